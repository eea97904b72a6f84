//! `rolecall-kit`: `rolecall` runs it.

use std::process::ExitCode;

fn main() -> ExitCode {
    rolecall_kit::run()
}
