//! Whether the desktop starts us at login.

#[cfg_attr(unix, path = "autostart/unix.rs")]
#[cfg_attr(windows, path = "autostart/windows.rs")]
mod system;

#[cfg(any(target_os = "macos", test))]
#[cfg_attr(not(target_os = "macos"), allow(dead_code, reason = "only macOS asks where it lies"))]
mod agent;
#[cfg(target_os = "macos")]
use agent as entry;
#[cfg(target_os = "linux")]
mod entry;
#[cfg(target_os = "macos")]
mod login_items;

pub(crate) use system::Autostart;
#[cfg(windows)]
pub(crate) use system::RUN;
