//! Programs that are started for their output.

#[cfg_attr(windows, path = "child/windows.rs")]
#[cfg_attr(target_os = "macos", path = "child/macos.rs")]
#[cfg_attr(target_os = "linux", path = "child/linux.rs")]
mod system;

use rolecall_client::child_environment::{self, Purpose};
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use tokio::process::Command;

/// A command that shows nothing of itself, and ends with us.
pub(crate) fn unseen(program: impl AsRef<OsStr>, purpose: Purpose) -> Command {
    let mut command = Command::new(program);
    command.env_clear().envs(environment(purpose));
    system::prepare(&mut command);
    command.kill_on_drop(true);
    command
}

/// What a child gets of our own environment.
pub(crate) fn environment(purpose: Purpose) -> impl Iterator<Item = (OsString, OsString)> {
    child_environment::allowed(purpose, std::env::vars_os())
}

/// The same for what shows something: a client's display is for a service that was started without one; its own comes
/// first.
pub(crate) fn desktop_environment(display: &BTreeMap<String, String>) -> BTreeMap<OsString, OsString> {
    let theirs = display.iter().map(|(name, value)| (name.into(), value.into()));
    theirs.chain(environment(Purpose::Desktop)).collect()
}
