//! Programs that are started for their output.

#[cfg_attr(windows, path = "child/windows.rs")]
#[cfg_attr(not(windows), path = "child/elsewhere.rs")]
mod system;

use std::ffi::OsStr;
use tokio::process::Command;

/// A command that shows nothing of itself, and ends with us.
pub(crate) fn unseen(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    system::hide(&mut command);
    command.kill_on_drop(true);
    command
}
