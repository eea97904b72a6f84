//! Whether the desktop starts us at login.

#[cfg_attr(target_os = "linux", path = "autostart/linux.rs")]
#[cfg_attr(target_os = "macos", path = "autostart/macos.rs")]
#[cfg_attr(windows, path = "autostart/windows.rs")]
mod system;

#[cfg(any(target_os = "macos", test))]
mod agent;

pub(crate) use system::Autostart;
#[cfg(windows)]
pub(crate) use system::RUN;
