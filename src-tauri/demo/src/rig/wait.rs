//! Waiting for a condition, with a deadline and a sentence for the case that it never comes.

use super::{Done, Trouble};
use std::time::{Duration, Instant};

/// How often a condition that cannot announce itself is looked at.
const LOOK: Duration = Duration::from_millis(25);

/// Looks until `look` finds something; after `at_most` the trouble says that there was no `what`.
pub async fn until<T>(what: &str, at_most: Duration, mut look: impl AsyncFnMut() -> Option<T>) -> Done<T> {
    let deadline = Instant::now() + at_most;
    loop {
        if let Some(found) = look().await {
            return Ok(found);
        }
        if Instant::now() >= deadline {
            return Err(late(what, at_most));
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// As [`until`], without async.
pub fn blocking<T>(what: &str, at_most: Duration, mut look: impl FnMut() -> Option<T>) -> Done<T> {
    let deadline = Instant::now() + at_most;
    loop {
        if let Some(found) = look() {
            return Ok(found);
        }
        if Instant::now() >= deadline {
            return Err(late(what, at_most));
        }
        std::thread::sleep(LOOK);
    }
}

pub(crate) fn late(what: &str, at_most: Duration) -> Trouble {
    Trouble::new(format!("waited {} s in vain for {what}", at_most.as_secs_f32()))
}
