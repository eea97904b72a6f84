//! Unix: the command takes this process's place, so that signals and its end are its own.

use std::ffi::OsStr;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

/// The system looks for it itself.
pub(super) fn find(program: &OsStr) -> &OsStr {
    program
}

/// Returns only where it could not be run.
pub(crate) fn run(command: &mut Command) -> std::io::Error {
    command.exec()
}
