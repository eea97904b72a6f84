//! Unix: the command takes this process's place, so that signals and its end are its own.

use std::os::unix::process::CommandExt as _;
use std::process::Command;

/// Returns only where it could not be run.
pub(crate) fn run(command: &mut Command) -> std::io::Error {
    command.exec()
}
