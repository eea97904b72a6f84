//! Whether the desktop starts us at login.

#[cfg_attr(target_os = "linux", path = "autostart/linux.rs")]
#[cfg_attr(not(target_os = "linux"), path = "autostart/elsewhere.rs")]
mod system;

pub(crate) use system::Autostart;
