//! Notifications on the desktop: shown, replaced by the next about the same profile, their buttons passed on.

#[cfg(any(target_os = "macos", test))]
mod answers;
#[cfg_attr(target_os = "linux", path = "notify/linux.rs")]
#[cfg_attr(target_os = "macos", path = "notify/macos.rs")]
#[cfg_attr(windows, path = "notify/windows.rs")]
mod system;
#[cfg(any(windows, test))]
mod toast;

pub(crate) use system::Notifier;
#[cfg(windows)]
pub(crate) use system::setting;
