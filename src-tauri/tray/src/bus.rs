//! When to connect again to the session's or the system's message bus (D-Bus).
//!
//! A bus restarts (an update of its package, a crash), or appears only after this program (started by cron, or before
//! the desktop). Whatever uses it comes back by itself, without waking an idle computer more than once a minute.

use std::time::Duration;
use tokio::time::Instant;

/// The first pause. A bus that restarts is back in a moment.
const SHORTEST_PAUSE: Duration = Duration::from_millis(250);
/// No pause is longer.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// Growing pauses between attempts: each is twice as long as the one before.
#[derive(Debug)]
pub(crate) struct Backoff {
    next_pause: Duration,
    /// When the last pause ended.
    attempt_began: Instant,
}

impl Backoff {
    pub(crate) fn new() -> Self {
        Self { next_pause: SHORTEST_PAUSE, attempt_began: Instant::now() }
    }

    /// Waits before the next attempt. What had worked for longer than the longest pause begins again with a short one.
    pub(crate) async fn pause(&mut self) {
        tokio::time::sleep_until(self.next_attempt()).await;
        self.attempt_began = Instant::now();
    }

    /// When to try again what has just failed.
    pub(crate) fn next_attempt(&mut self) -> Instant {
        let pause = self.take(self.attempt_began.elapsed());
        self.attempt_began = Instant::now() + pause;
        self.attempt_began
    }

    fn take(&mut self, lasted: Duration) -> Duration {
        if lasted > LONGEST_PAUSE {
            self.next_pause = SHORTEST_PAUSE;
        }
        let pause = self.next_pause;
        self.next_pause = (pause * 2).min(LONGEST_PAUSE);
        pause
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_minute_and_begin_anew_after_a_time_that_worked() {
        let mut backoff = Backoff::new();
        let mut pauses = |lasted| backoff.take(Duration::from_secs(lasted)).as_millis();
        let growing: Vec<_> = (0..10).map(|_| pauses(1)).collect();
        assert_eq!(growing, [250, 500, 1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000]);
        assert_eq!((pauses(61), pauses(0)), (250, 500));
    }
}
