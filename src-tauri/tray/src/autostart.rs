//! Whether the desktop starts us at login.

#[cfg_attr(target_os = "linux", path = "autostart/linux.rs")]
#[cfg_attr(windows, path = "autostart/windows.rs")]
#[cfg_attr(not(any(target_os = "linux", windows)), path = "autostart/elsewhere.rs")]
mod system;

pub(crate) use system::Autostart;
#[cfg(windows)]
pub(crate) use system::RUN;
