//! `rolecall-demo`: the real programs against a make-believe Entra and AWS, on a desktop or without one.

mod launcher;

use clap::Parser;
use std::path::PathBuf;
use std::process::ExitCode;

/// Tries Rolecall on this computer without an account anywhere: the real programs, a make-believe Entra and AWS.
///
/// Your own files are not touched: everything lives in a temporary home that goes when the demo ends.
#[derive(Debug, Parser)]
#[command(version)]
pub(crate) struct Arguments {
    /// Play the whole story by itself: on Linux on a private screen, even where there is a desktop; on Windows and macOS
    /// on this one, whose keyboard it uses.
    #[arg(long)]
    headless: bool,
    /// Sessions of two minutes with warnings a minute and half a minute before the end.
    #[arg(long)]
    short_sessions: bool,
    /// Where the pictures of the headless story go.
    #[arg(long, value_name = "DIR", default_value = "out/demo")]
    screenshots: PathBuf,
    /// Where rolecall-tray, rolecall-window and rolecall are; beside this program, if not said.
    #[arg(long, value_name = "DIR")]
    programs: Option<PathBuf>,
    /// Only the make-believe Entra and AWS: prints what to put into a profile, for trying other tools.
    #[arg(long, conflicts_with_all = ["headless", "short_sessions"])]
    server_only: bool,
}

fn main() -> ExitCode {
    launcher::run(&Arguments::parse())
}
