//! Waiting for an instant with one wake-up.

#[cfg_attr(target_os = "linux", path = "alarm/linux.rs")]
#[cfg_attr(not(target_os = "linux"), path = "alarm/elsewhere.rs")]
mod system;

pub(crate) use system::Alarm;
