//! Windows: pipes know no time limits, so a thread listens; a pipe says whose it is; a process without a console
//! outlives the terminal.

use crate::line::{self, Heard};
use crate::trouble;
use crate::win32::{owner_sid, user_sid};
use rolecall_core::problem::Report;
use std::fs::File;
use std::io::{self, BufReader};
use std::os::windows::fs::OpenOptionsExt as _;
use std::os::windows::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};
use windows_sys::Win32::Foundation::{ERROR_PIPE_BUSY, HANDLE_FLAG_INHERIT, SetHandleInformation};
use windows_sys::Win32::Storage::FileSystem::SECURITY_IDENTIFICATION;
use windows_sys::Win32::System::Console::{
    GetStdHandle, STD_ERROR_HANDLE, STD_INPUT_HANDLE, STD_OUTPUT_HANDLE,
};
use windows_sys::Win32::System::Threading::{CREATE_NEW_PROCESS_GROUP, DETACHED_PROCESS};

/// How soon a pipe that was busy is tried again.
const AGAIN: Duration = Duration::from_millis(5);

/// What the resident process says, line by line.
pub(crate) struct Listener(Receiver<Result<Heard, Report>>);

/// Whoever serves the pipe may learn who we are, and not act as we.
pub(crate) fn connect(socket: &Path, limit: Duration) -> io::Result<File> {
    let deadline = Instant::now() + limit;
    loop {
        let mut options = File::options();
        let opened = options.read(true).write(true).security_qos_flags(SECURITY_IDENTIFICATION).open(socket);
        let busy = opened.as_ref().err().and_then(io::Error::raw_os_error).map(i32::cast_unsigned)
            == Some(ERROR_PIPE_BUSY);
        if !busy {
            return opened;
        }
        if Instant::now() > deadline {
            return Err(io::ErrorKind::TimedOut.into());
        }
        std::thread::sleep(AGAIN);
    }
}

/// Whether the process at the other end is of the same user: it said so when it made the pipe, and only the user
/// themselves can say that.
pub(crate) fn is_ours(stream: &File) -> bool {
    owner_sid(stream).ok().zip(user_sid().ok()).is_some_and(|(owner, user)| owner == user)
}

/// And without our own pipes: a child inherits every handle that may be inherited, and whoever reads what we say to its
/// end (an SDK that asks `credential-process`) would wait for as long as the resident process lives.
pub(crate) fn detach(command: &mut Command) {
    for stream in [STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, STD_ERROR_HANDLE] {
        #[expect(unsafe_code, reason = "calls into the system")]
        // SAFETY: a handle of ours, or none, which the second call refuses.
        unsafe {
            SetHandleInformation(GetStdHandle(stream), HANDLE_FLAG_INHERIT, 0);
        }
    }
    command.creation_flags(DETACHED_PROCESS | CREATE_NEW_PROCESS_GROUP);
}

/// No manager of services that a client could ask without an administrator's rights.
pub(crate) fn start_as_unit(
    _program: &Path,
    _folders: &rolecall_core::folders::Folders,
    _environment: &[(std::ffi::OsString, std::ffi::OsString)],
) -> bool {
    false
}

/// The system says where the program lies; a path without links would be one that not every program reads.
pub(crate) fn without_links(program: PathBuf) -> PathBuf {
    program
}

impl Listener {
    pub(crate) fn new(stream: File) -> Self {
        let (to, heard) = channel();
        std::thread::spawn(move || {
            let (mut reader, mut begun) = (BufReader::new(stream), Vec::new());
            loop {
                let line = line::read(&mut reader, &mut begun);
                let last = line.is_err();
                if to.send(line).is_err() || last {
                    return;
                }
            }
        });
        Self(heard)
    }

    pub(crate) fn hear(&mut self, limit: Option<Duration>) -> Result<Heard, Report> {
        let heard = match limit {
            Some(limit) => self.0.recv_timeout(limit),
            None => self.0.recv().map_err(RecvTimeoutError::from),
        };
        match heard {
            Ok(heard) => heard,
            Err(RecvTimeoutError::Timeout) => Ok(Heard::Silence),
            Err(RecvTimeoutError::Disconnected) => Err(trouble::gone()),
        }
    }
}
