//! Windows: neither its history, nor its cloud, nor programs that look on are to have it.

use arboard::{Set, SetExtWindows as _};

pub(super) fn unremembered(set: Set<'_>) -> Set<'_> {
    set.exclude_from_monitoring().exclude_from_cloud().exclude_from_history()
}
