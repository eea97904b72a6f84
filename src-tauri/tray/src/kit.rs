//! `rolecall-kit`, run for the window: Kubernetes libraries stay out of this process.

use crate::child;
use rolecall_client::child_environment::Purpose;
use rolecall_core::message::window::Told;
use rolecall_core::problem::{Problem, foreign};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::AsyncReadExt as _;

/// Beside our own programs.
pub(crate) const NAME: &str = if cfg!(windows) { "rolecall-kit.exe" } else { "rolecall-kit" };

/// A cluster behind a slow VPN, an exec plug-in, and STS.
const TIME: Duration = Duration::from_secs(90);
/// Some thousands of service accounts.
const MOST: u64 = 8 * 1024 * 1024;

/// Asks it with `--told`, to which it answers with one [`Told`].
///
/// # Errors
/// [`Problem::KitUnavailable`], [`Problem::KitTimeout`].
pub(crate) async fn ask(
    program: &Path,
    arguments: &[String],
    files: &[(&'static str, PathBuf); 2],
) -> Result<Told, Problem> {
    let failed = |reason: String| Problem::KitUnavailable {
        program: program.display().to_string(),
        reason: foreign(&reason),
    };
    let mut child = child::unseen(program, Purpose::Kubernetes)
        .args(arguments)
        // Where it asks us something, it is a client of the same files.
        .envs(files.iter().map(|(name, path)| (name, path)))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| failed(error.to_string()))?;
    let output = child.stdout.take();
    let read = async {
        let mut said = vec![];
        if let Some(output) = output {
            output.take(MOST).read_to_end(&mut said).await?;
        }
        child.wait().await.map(|_| said)
    };
    let said = tokio::time::timeout(TIME, read)
        .await
        .map_err(|_| Problem::KitTimeout)?
        .map_err(|error| failed(error.to_string()))?;
    serde_json::from_slice(&said).map_err(|_| failed("it said something that is not understood".into()))
}
