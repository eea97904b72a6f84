//! The sign-in window's process: started with a request on its standard input, ended with one outcome on its pipe.

#[cfg(target_os = "linux")]
#[path = "sign_in/sandbox.rs"]
mod sandbox;

use crate::broker;
use crate::child;
use rolecall_core::problem::Problem;
use rolecall_core::sign_in::{Failure, LINE_LIMIT, Mode, Outcome, PERSON_TIME, Request, ToWindow};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::Instant;
use zeroize::Zeroizing;

/// What a running window may be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Show,
    Close,
}

/// How long a window that was told to close, or has said its outcome, may take to end.
const GRACE: Duration = Duration::from_secs(3);

/// How long a test of the engine may take: a first start reads a hundred megabytes.
const TEST_TIME: Duration = Duration::from_secs(20);

/// How the folders of windows begin, in the run folder.
const SCRATCH: &str = "sign-in-";

/// The session bus's address, None for the usual one. As for the display: a client's is for a service that was started
/// without one, or goes with its display.
pub(crate) fn bus_of(display: &BTreeMap<String, String>) -> Option<&str> {
    let variable = "DBUS_SESSION_BUS_ADDRESS";
    let counts = || std::env::var_os(variable).is_none() || child::comes_first(display);
    display.get(variable).filter(|_| counts()).map(String::as_str)
}

/// Runs one sign-in to its end, with a cookie of the system's own sign-on where there is one. The process's own files live in a folder of `run` that is removed after it.
///
/// # Errors
/// [`Problem::WindowUnavailable`] where it does not start, [`Problem::WindowCrashed`] where it ends without an outcome,
/// [`Problem::SignInTimeout`] where it does not end.
pub(crate) async fn run(
    program: &Path,
    run: &Path,
    mut request: Request,
    broker: Option<broker::Ask>,
    display: &BTreeMap<String, String>,
    mut orders: UnboundedReceiver<Order>,
) -> Result<Outcome, Problem> {
    if let Some(ask) = broker {
        let mut asking = std::pin::pin!(broker::cookie(&ask, bus_of(display)));
        let cookie = loop {
            tokio::select! {
                cookie = &mut asking => break cookie,
                order = orders.recv() => match order {
                    Some(Order::Show) => {
                        request.mode = Mode::Interactive;
                        request.timeout_ms = u64::try_from(PERSON_TIME.as_millis()).unwrap_or(u64::MAX);
                    }
                    Some(Order::Close) | None => return Ok(Outcome::Cancelled { error: None }),
                },
            }
        };
        request.cookies.extend(cookie);
    }
    let time = Duration::from_millis(request.timeout_ms);
    let ended = converse(program, run, ToWindow::Request(request), display, &mut orders, time).await;
    explained(ended).await
}

/// Opens the engine on an empty page, hidden, in the same way as for a sign-in; its name and version.
///
/// # Errors
/// Why no sign-in window would open. Never takes much longer than [`TEST_TIME`].
pub(crate) async fn test(
    program: &Path,
    run: &Path,
    display: &BTreeMap<String, String>,
) -> Result<String, Problem> {
    let timeout_ms = u64::try_from(TEST_TIME.as_millis()).unwrap_or(u64::MAX);
    // Nobody orders anything; without this end the window would be told to close.
    let (_orders, mut none) = unbounded_channel();
    let first = ToWindow::Test { timeout_ms };
    match explained(converse(program, run, first, display, &mut none, TEST_TIME).await).await? {
        Outcome::EngineWorks { engine } => Ok(engine),
        Outcome::Failed { reason: Failure::NoDisplay, .. } => Err(Problem::NoDisplay),
        Outcome::Failed { reason: Failure::NoRuntime, .. } => Err(Problem::NoRuntime),
        Outcome::Failed { reason: Failure::Timeout, .. } => Err(Problem::WindowUnavailable {
            reason: format!("it did not open within {} seconds", TEST_TIME.as_secs()),
        }),
        Outcome::Failed { reason: Failure::BadRequest, .. } => Err(Problem::WindowUnavailable {
            reason: "rolecall-window is of another version than rolecall-tray".into(),
        }),
        Outcome::Failed { detail: Some(detail), .. } => Err(Problem::WindowUnavailable { reason: detail }),
        _ => Err(Problem::WindowCrashed),
    }
}

/// With the cause in place of an engine's sudden end, where it can be found.
async fn explained(ended: Result<Outcome, Problem>) -> Result<Outcome, Problem> {
    #[cfg(target_os = "linux")]
    if matches!(ended, Err(Problem::WindowCrashed) | Ok(Outcome::Failed { reason: Failure::Engine, .. }))
        && let Some(problem) = sandbox::examine().await
    {
        return Err(problem);
    }
    ended
}

async fn converse(
    program: &Path,
    run: &Path,
    first: ToWindow,
    display: &BTreeMap<String, String>,
    orders: &mut UnboundedReceiver<Order>,
    time: Duration,
) -> Result<Outcome, Problem> {
    let unavailable = |reason: String| Problem::WindowUnavailable { reason };
    let scratch = scratch(run).map_err(|error| unavailable(format!("{}: {error}", run.display())))?;
    let mut child = command(program, scratch.path(), display)
        .spawn()
        .map_err(|error| unavailable(format!("{}: {error}", program.display())))?;
    if matches!(&first, ToWindow::Request(request) if request.mode == Mode::Interactive) {
        child::let_come_forward(&child);
    }
    let (Some(mut stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(unavailable("it has no pipes".into()));
    };
    let mut deadline = Instant::now() + time + 2 * GRACE;
    tell(&mut stdin, &first).await;
    let mut stdin = Some(stdin);
    let mut line = Zeroizing::new(Vec::new());
    let mut outcome = BufReader::new(stdout.take(LINE_LIMIT as u64));
    let read = {
        let mut reading = std::pin::pin!(outcome.read_until(b'\n', &mut line));
        loop {
            tokio::select! {
                read = &mut reading => break read,
                () = tokio::time::sleep_until(deadline) => return Err(Problem::SignInTimeout),
                order = orders.recv(), if stdin.is_some() => match (order, &mut stdin) {
                    (Some(Order::Show), Some(pipe)) => {
                        deadline = deadline.max(Instant::now() + PERSON_TIME + 2 * GRACE);
                        child::let_come_forward(&child);
                        tell(pipe, &ToWindow::Show).await;
                    }
                    _ => {
                        stdin = None;
                        break tokio::time::timeout(GRACE, &mut reading).await.unwrap_or(Ok(0));
                    }
                }
            }
        }
    };
    drop(stdin);
    end(&mut child).await;
    match read {
        Ok(length) if length > 0 => serde_json::from_slice(&line).map_err(|_| Problem::WindowCrashed),
        _ => Err(Problem::WindowCrashed),
    }
}

/// Removes what windows left whose parent was killed; only the holder of the lock may call this.
pub(crate) fn sweep(run: &Path) {
    for entry in std::fs::read_dir(run).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(SCRATCH) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

pub(crate) fn scratch(run: &Path) -> std::io::Result<TempDir> {
    // Somebody may have removed it a moment ago.
    crate::socket::prepare_folder(run)?;
    tempfile::Builder::new().prefix(SCRATCH).tempdir_in(run)
}

fn command(program: &Path, scratch: &Path, display: &BTreeMap<String, String>) -> Command {
    let mut command = window_command(program, "sign-in", display);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true).envs(temporary(scratch));
    command
}

/// The variables that name the folder for temporary files, on one system or another.
pub(crate) fn temporary(folder: &Path) -> [(&'static str, &Path); 3] {
    ["TMPDIR", "TMP", "TEMP"].map(|name| (name, folder))
}

/// The window program, for one purpose, with our environment as far as it has a use for it.
pub(crate) fn window_command(program: &Path, purpose: &str, display: &BTreeMap<String, String>) -> Command {
    let mut command = Command::new(program);
    command.arg(purpose);
    // The process that shows remote pages has no use for keys and passwords that somebody exported.
    command.env_clear().envs(child::desktop_environment(display));
    command
}

async fn tell(stdin: &mut ChildStdin, message: &ToWindow) {
    let Ok(text) = serde_json::to_vec(message) else { return };
    let mut line = Zeroizing::new(text);
    line.push(b'\n');
    // A window that has ended already says so on its own pipe.
    let _ = stdin.write_all(&line).await;
    let _ = stdin.flush().await;
}

async fn end(child: &mut Child) {
    if tokio::time::timeout(GRACE, child.wait()).await.is_err() {
        let _ = child.kill().await;
    }
}
