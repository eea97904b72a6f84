//! Linux: a type beside the text that histories know (KDE's `x-kde-passwordManagerHint`).

use arboard::{Set, SetExtLinux as _};

pub(super) fn unremembered(set: Set<'_>) -> Set<'_> {
    set.exclude_from_history()
}
