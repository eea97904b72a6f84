//! Where Rolecall keeps what is its own, on each system; the environment is passed in.

#[cfg_attr(target_os = "linux", path = "folders/linux.rs")]
#[cfg_attr(target_os = "macos", path = "folders/macos.rs")]
#[cfg_attr(target_os = "windows", path = "folders/windows.rs")]
mod system;

/// Its rules can be tested anywhere.
#[cfg(all(test, not(target_os = "macos")))]
mod macos;

use std::ffi::OsString;
use std::path::PathBuf;

/// The folders of one person, not necessarily there yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folders {
    /// Roles seen, recents, logs: no secret.
    pub state: PathBuf,
    /// `settings.toml`.
    pub config: PathBuf,
    /// Sealed files.
    pub data: PathBuf,
    /// Socket and lock; 0700.
    pub run: PathBuf,
    /// The lock of the one background service of this home, and the record of where it listens. It depends on the home
    /// alone: a cron job or `su` without the session's variables finds the same one.
    pub service: PathBuf,
    /// The socket's path; on Windows, where the pipe has a random name, the file that says which.
    pub socket: PathBuf,
}

impl Folders {
    /// `None` where the environment does not even name a home.
    pub fn find(variable: &dyn Fn(&str) -> Option<OsString>) -> Option<Self> {
        system::find(&|name| variable(name).map(PathBuf::from).filter(|path| path.is_absolute()))
    }
}
