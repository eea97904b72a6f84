//! macOS: a mark that clipboard managers honour (`org.nspasteboard.ConcealedType`, nspasteboard.org).

use arboard::{Set, SetExtApple as _};

pub(super) fn unremembered(set: Set<'_>) -> Set<'_> {
    set.exclude_from_history()
}
