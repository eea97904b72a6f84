//! Notifications on the desktop: shown, replaced by the next about the same profile, their buttons passed on.

#[cfg_attr(target_os = "linux", path = "notify/linux.rs")]
mod system;

pub(crate) use system::Notifier;
