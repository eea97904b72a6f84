//! The main window's process: started, and waited for. It speaks to us by the socket, as any client.

use crate::{child, sign_in};
use rolecall_core::problem::{Problem, foreign};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;

/// What the process ends with where there is no display: the window system's own words are for nobody.
const NO_DISPLAY: i32 = 3;
/// And where the system has no web engine.
const NO_RUNTIME: i32 = 4;

/// Runs the window to its end.
///
/// # Errors
/// [`Problem::MainWindow`], [`Problem::NoDisplay`], [`Problem::NoRuntime`].
pub(crate) async fn run(
    program: &Path,
    run: &Path,
    display: &BTreeMap<String, String>,
    files: &[(&'static str, PathBuf); 2],
) -> Result<(), Problem> {
    let failed = |reason: String| Problem::MainWindow { reason };
    let mut command = sign_in::window_command(program, "main", display);
    // It is a client as others are, and of the same files.
    command.envs(files.iter().map(|(name, path)| (name, path)));
    // What the engine keeps goes with it.
    let scratch = sign_in::scratch(run).map_err(|error| failed(foreign(&error.to_string())))?;
    command.stdin(Stdio::null()).stdout(Stdio::null()).envs(sign_in::temporary(scratch.path()));
    let mut child =
        command.spawn().map_err(|error| failed(foreign(&format!("{}: {error}", program.display()))))?;
    child::let_come_forward(&child);
    let status = child.wait().await.map_err(|error| failed(foreign(&error.to_string())))?;
    match status.code() {
        Some(0) => Ok(()),
        Some(NO_DISPLAY) => Err(Problem::NoDisplay),
        Some(NO_RUNTIME) => Err(Problem::NoRuntime),
        _ => Err(failed(format!("its process ended with {status}"))),
    }
}
