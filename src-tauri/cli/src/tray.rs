//! The resident process, seen from a client: found, started, asked.

mod conversation;
mod line;
#[cfg_attr(unix, path = "tray/unix.rs")]
#[cfg_attr(windows, path = "tray/windows.rs")]
mod system;
pub(crate) mod trouble;

pub(crate) use conversation::{Conversation, Limits};

use crate::environment;
use crate::say::Said;
use rolecall_core::message::Request;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How long a resident process may take to open its socket after it was started.
const START: Duration = Duration::from_secs(10);

/// Asks the resident process; starts it where none runs.
pub(crate) fn ask(request: Request) -> Result<Conversation, Said> {
    let socket = environment::folders()?.socket;
    let limits = Limits::of(&request);
    match Conversation::open(&socket, &request, limits)? {
        Some(conversation) => Ok(conversation),
        None => start(&socket, &request, limits),
    }
}

/// Asks the resident process if there is one.
pub(crate) fn ask_running(request: Request) -> Result<Option<Conversation>, Said> {
    let limits = Limits::of(&request);
    ask_running_within(request, limits)
}

pub(crate) fn ask_running_within(request: Request, limits: Limits) -> Result<Option<Conversation>, Said> {
    Conversation::open(&environment::folders()?.socket, &request, limits)
}

fn start(socket: &Path, request: &Request, limits: Limits) -> Result<Conversation, Said> {
    let program = program();
    let mut command = Command::new(&program);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    system::detach(&mut command);
    let not_started = |why: &str| trouble::not_started(&program, why);
    let mut child = command.spawn().map_err(|error| not_started(&error.to_string()))?;
    let deadline = Instant::now() + START;
    loop {
        if let Some(conversation) = Conversation::open(socket, request, limits)? {
            return Ok(conversation);
        }
        // Another client may have started one at the same moment: ours then ends at once, with success.
        let failed = child.try_wait().ok().flatten().is_some_and(|status| !status.success());
        if failed || Instant::now() > deadline {
            return Err(not_started(if failed { "it ended at once" } else { "it does not answer" }));
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The resident program belongs beside this one.
fn program() -> PathBuf {
    let name = format!("rolecall-tray{}", std::env::consts::EXE_SUFFIX);
    std::env::current_exe().map_or_else(|_| name.clone().into(), |ours| ours.with_file_name(&name))
}
