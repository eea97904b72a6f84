//! What happens to the computer: it sleeps and wakes, somebody sets its clock, its network changes.

#[cfg_attr(target_os = "linux", path = "power/linux/mod.rs")]
#[cfg_attr(target_os = "macos", path = "power/macos/mod.rs")]
#[cfg_attr(windows, path = "power/windows/mod.rs")]
mod system;

mod quiet;

use tokio::sync::mpsc::UnboundedSender;

/// What happened. Each may come without need, and several for one event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happening {
    /// It is about to.
    Sleeps,
    Woke,
    /// The clock jumped (by hand, by a time server, over a sleep), or shows another time zone.
    ClockSet,
    /// Links, addresses or routes changed, and have been quiet since.
    NetworkChanged,
}

/// Tells `to` until its other end is gone; what the system does not offer is left out. Costs nothing while nothing
/// happens. To be called inside a `LocalSet`.
pub(crate) fn listen(to: UnboundedSender<Happening>) {
    system::listen(to);
}
