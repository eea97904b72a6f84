//! Windows: as `exec` does it there, the command is waited for, and its end is passed on.

use crate::exec;
use std::process::Command;

/// An AWS file with nothing in it.
pub(super) const EMPTY_FILE: &str = "NUL";

/// Returns only where it could not be run.
pub(super) fn run(command: &mut Command) -> std::io::Error {
    exec::hand_over(command)
}
