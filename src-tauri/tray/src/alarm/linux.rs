//! Linux: a timerfd(2), because tokio's timers wake three times for one that is a minute away; it counts while the
//! machine sleeps, too.

use rustix::fd::OwnedFd;
use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create, timerfd_settime,
};
use std::time::Duration;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// `None` inside where the system gives no timer: then tokio's does.
pub(crate) struct Alarm(Option<AsyncFd<OwnedFd>>);

impl Alarm {
    pub(crate) fn new() -> Self {
        let flags = TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC;
        let timer = timerfd_create(TimerfdClockId::Boottime, flags).ok();
        #[expect(unsafe_code, reason = "AsyncFd owns the descriptor and never gives it away")]
        let registered =
            timer.map(|timer| unsafe { AsyncFd::register_with_interest(timer, Interest::READABLE) });
        Self(registered.and_then(Result::ok))
    }

    /// Returns after `wait`; never, where there is nothing to wait for.
    pub(crate) async fn after(&self, wait: Option<Duration>) {
        let Some(wait) = wait else { return std::future::pending().await };
        // Zero would switch it off.
        let wait = wait.max(Duration::from_millis(1));
        let Some(timer) = &self.0 else { return tokio::time::sleep(wait).await };
        let value = Timespec {
            tv_sec: i64::try_from(wait.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: wait.subsec_nanos().into(),
        };
        let once = Itimerspec { it_interval: Timespec { tv_sec: 0, tv_nsec: 0 }, it_value: value };
        if timerfd_settime(timer, TimerfdTimerFlags::empty(), &once).is_err() {
            return tokio::time::sleep(wait).await;
        }
        loop {
            let Ok(mut ready) = timer.readable().await else { return };
            let mut rung = [0; 8];
            // An alarm that rang for an earlier wait was read away by setting it anew.
            if ready.try_io(|timer| Ok(rustix::io::read(timer, &mut rung)?)).is_ok() {
                return;
            }
        }
    }
}
