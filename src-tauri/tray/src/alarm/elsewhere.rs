//! Elsewhere: tokio's own timers. On macOS they stand still while the machine sleeps; `power` tells when it wakes.

use std::time::Duration;

pub(crate) struct Alarm;

impl Alarm {
    pub(crate) fn new() -> Self {
        Self
    }

    /// Returns after `wait`; never, where there is nothing to wait for.
    pub(crate) async fn after(&self, wait: Option<Duration>) {
        match wait {
            Some(wait) => tokio::time::sleep(wait).await,
            None => std::future::pending().await,
        }
    }
}
