//! Elsewhere it is a thread like any other.

use std::process::ExitCode;

pub(super) fn run(body: impl FnOnce() -> ExitCode) -> ExitCode {
    body()
}
