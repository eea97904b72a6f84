//! The make-believe world's clock: the real one, moved forward when a test asks for it.

use jiff::{SignedDuration, Timestamp};
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

#[derive(Debug, Default)]
pub(crate) struct Clock {
    ahead_ms: AtomicI64,
}

impl Clock {
    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::now() + SignedDuration::from_millis(self.ahead_ms.load(Ordering::SeqCst))
    }

    pub(crate) fn advance(&self, by: Duration) {
        let ms = i64::try_from(by.as_millis()).unwrap_or(i64::MAX / 4);
        self.ahead_ms.fetch_add(ms, Ordering::SeqCst);
    }
}

/// `2026-11-22T18:11:04Z`, as STS writes it.
pub(crate) fn seconds(at: Timestamp) -> String {
    format!("{at:.0}")
}

/// `2026-11-22T18:11:04.123Z`, as Entra writes it.
pub(crate) fn milliseconds(at: Timestamp) -> String {
    format!("{at:.3}")
}

/// A length of time for adding to a [`Timestamp`].
pub(crate) fn span(length: Duration) -> SignedDuration {
    SignedDuration::try_from(length).unwrap_or(SignedDuration::from_hours(24 * 365))
}
