//! Not written yet.

use rolecall_core::problem::Report;
use std::process::ExitCode;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {}

pub(crate) fn run(_arguments: Arguments) -> Result<ExitCode, Report> {
    Ok(ExitCode::FAILURE)
}
