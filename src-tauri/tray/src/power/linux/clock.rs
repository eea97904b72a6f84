//! A timer in the far future that the kernel cancels when the clock jumps (timerfd_create(2)): it never rings.

use crate::power::Happening;
use rustix::fd::OwnedFd;
use rustix::io::Errno;
use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create, timerfd_settime,
};
use std::io;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::sync::mpsc::UnboundedSender;

/// Tells until the other end of `to` is gone.
pub(super) async fn tell(to: &UnboundedSender<Happening>) -> io::Result<()> {
    let timer = timerfd_create(TimerfdClockId::Realtime, TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC)?;
    arm(&timer)?;
    #[expect(unsafe_code, reason = "AsyncFd owns the descriptor and never gives it away")]
    let timer = unsafe { AsyncFd::register_with_interest(timer, Interest::READABLE) }?;
    loop {
        let mut ready = tokio::select! {
            () = to.closed() => return Ok(()),
            ready = timer.readable() => ready?,
        };
        let mut rung = [0; 8];
        match ready.try_io(|timer| Ok(rustix::io::read(timer, &mut rung)?)) {
            Ok(Err(error)) if Errno::from_io_error(&error) == Some(Errno::CANCELED) => {
                let _ = to.send(Happening::ClockSet);
            }
            Ok(Err(error)) => return Err(error),
            Ok(Ok(_)) => {}
            Err(_) => continue,
        }
        arm(timer.get_ref())?;
    }
}

fn arm(timer: &OwnedFd) -> io::Result<()> {
    let flags = TimerfdTimerFlags::ABSTIME | TimerfdTimerFlags::CANCEL_ON_SET;
    let never = Timespec { tv_sec: i64::MAX, tv_nsec: 0 };
    let once = Itimerspec { it_interval: Timespec { tv_sec: 0, tv_nsec: 0 }, it_value: never };
    match timerfd_settime(timer, flags, &once) {
        // It was set once more in between, which was told already; the timer is armed all the same.
        Ok(_) | Err(Errno::CANCELED) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
