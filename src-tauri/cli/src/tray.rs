//! The resident process, seen from a client: found, started, asked.

#[cfg_attr(unix, path = "tray/unix.rs")]
#[cfg_attr(windows, path = "tray/windows.rs")]
mod system;

use crate::say::Said;
use interprocess::local_socket::{GenericFilePath, Stream, ToFsName, prelude::*};
use rolecall_core::folders::Folders;
use rolecall_core::message::{ANSWER_LIMIT, Answer, Ask, Reply, Request, VERSION};
use rolecall_core::problem::{Kind, Report};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A connection to the resident process. It carries one request.
pub(crate) struct Tray(Stream);

/// A request that was sent, with its replies to come.
pub(crate) struct Conversation(BufReader<Stream>);

/// How long a resident process may take to open its socket after it was started.
const START: Duration = Duration::from_secs(10);

impl Tray {
    /// `None` where no resident process runs.
    pub(crate) fn running(folders: &Folders) -> Result<Option<Self>, Said> {
        let name = folders.socket.as_path().to_fs_name::<GenericFilePath>().map_err(|_| no_home())?;
        let Ok(stream) = Stream::connect(name) else { return Ok(None) };
        if !system::is_ours(&stream) {
            return Err(said(
                "tray.other_user",
                "The socket of the resident program belongs to another user.",
                "Somebody may be listening in: tell your administrator, and remove it if it is not yours.",
            ));
        }
        Ok(Some(Self(stream)))
    }

    /// Starts it where none runs.
    pub(crate) fn running_or_started(folders: &Folders) -> Result<Self, Said> {
        if let Some(tray) = Self::running(folders)? {
            return Ok(tray);
        }
        let program = program();
        let mut command = Command::new(&program);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        system::detach(&mut command);
        let not_started = |why: &str| {
            said(
                "tray.not_started",
                &format!("The resident program {} did not start: {why}.", program.display()),
                "Install Rolecall again, or run rolecall-tray in a terminal and look at what it prints.",
            )
        };
        let mut child = command.spawn().map_err(|error| not_started(&error.to_string()))?;
        let deadline = Instant::now() + START;
        loop {
            if let Some(tray) = Self::running(folders)? {
                return Ok(tray);
            }
            // Another client may have started one at the same moment: ours then ends at once, with success.
            let failed = child.try_wait().ok().flatten().is_some_and(|status| !status.success());
            if failed || Instant::now() > deadline {
                return Err(not_started(if failed { "it ended at once" } else { "it does not answer" }));
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    pub(crate) fn ask(mut self, request: &Request) -> Result<Conversation, Said> {
        let ask = Ask { version: VERSION, request: request.clone() };
        let mut line = serde_json::to_vec(&ask).map_err(|_| other_version())?;
        line.push(b'\n');
        self.0.write_all(&line).and_then(|()| self.0.flush()).map_err(|_| gone())?;
        Ok(Conversation(BufReader::new(self.0)))
    }
}

impl Conversation {
    pub(crate) fn next_reply(&mut self) -> Result<Reply, Said> {
        let mut line = Vec::new();
        let limit = ANSWER_LIMIT as u64;
        match self.0.by_ref().take(limit).read_until(b'\n', &mut line) {
            Ok(length) if length > 0 => {}
            _ => return Err(gone()),
        }
        let answer: Answer = serde_json::from_slice(&line).map_err(|_| other_version())?;
        if answer.version == VERSION { Ok(answer.reply) } else { Err(other_version()) }
    }
}

/// The resident program belongs beside this one.
fn program() -> std::path::PathBuf {
    let name = format!("rolecall-tray{}", std::env::consts::EXE_SUFFIX);
    std::env::current_exe().map_or_else(|_| name.clone().into(), |ours| ours.with_file_name(&name))
}

pub(crate) fn no_home() -> Said {
    said(
        "environment.no_home",
        "There is no home folder to look in: HOME is not set.",
        "Log in as a user with a home folder, or set HOME.",
    )
}

pub(crate) fn other_version() -> Said {
    said(
        "tray.other_version",
        "The resident program answered something that this version does not understand.",
        "Programs of different versions may be running: quit Rolecall and start it again.",
    )
}

fn gone() -> Said {
    said(
        "tray.gone",
        "The resident program ended before it answered.",
        "Try again; it is started anew by itself.",
    )
}

fn said(code: &str, what: &str, help: &str) -> Said {
    Said(Report { code: code.into(), kind: Kind::SignIn, what: what.into(), help: help.into() })
}
