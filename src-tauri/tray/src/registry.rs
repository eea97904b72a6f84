//! What the registry says on Windows and files say elsewhere: the policy, and whether we start at login.

#[cfg_attr(windows, path = "registry/windows.rs")]
#[cfg_attr(not(windows), path = "registry/elsewhere.rs")]
mod system;

pub(crate) use system::{listen, stamp};
