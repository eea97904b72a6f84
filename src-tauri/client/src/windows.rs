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
use std::process::{Child, Command};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};
use windows_sys::Win32::Foundation::{
    ERROR_ACCESS_DENIED, ERROR_PIPE_BUSY, HANDLE_FLAG_INHERIT, SetHandleInformation,
};
use windows_sys::Win32::Storage::FileSystem::SECURITY_IDENTIFICATION;
use windows_sys::Win32::System::Console::{
    GetStdHandle, STD_ERROR_HANDLE, STD_INPUT_HANDLE, STD_OUTPUT_HANDLE,
};
use windows_sys::Win32::System::Threading::{
    CREATE_BREAKAWAY_FROM_JOB, CREATE_NEW_PROCESS_GROUP, DETACHED_PROCESS,
};

/// How soon a pipe that was busy is tried again.
const AGAIN: Duration = Duration::from_millis(5);

const APART: u32 = DETACHED_PROCESS | CREATE_NEW_PROCESS_GROUP;

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
    command.creation_flags(APART);
}

/// Out of the job of the terminal, too: some editors, build agents and WSL end with them everything that they have
/// started. A job may forbid to leave it; then it is better to start in it than not at all.
pub(crate) fn spawn_apart(command: &mut Command) -> io::Result<Child> {
    match command.creation_flags(APART | CREATE_BREAKAWAY_FROM_JOB).spawn() {
        Err(error) if error.raw_os_error().map(i32::cast_unsigned) == Some(ERROR_ACCESS_DENIED) => {
            command.creation_flags(APART).spawn()
        }
        spawned => spawned,
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::windows::io::{AsRawHandle as _, FromRawHandle as _, OwnedHandle};
    use std::process::Stdio;
    use std::ptr::null;
    use windows_sys::Win32::System::JobObjects::{
        AssignProcessToJobObject, CreateJobObjectW, IsProcessInJob, JOB_OBJECT_LIMIT,
        JOB_OBJECT_LIMIT_BREAKAWAY_OK, JOBOBJECT_EXTENDED_LIMIT_INFORMATION,
        JobObjectExtendedLimitInformation, SetInformationJobObject,
    };
    use windows_sys::Win32::System::Threading::GetCurrentProcess;

    struct Job(OwnedHandle);

    #[expect(unsafe_code, reason = "calls into the system")]
    impl Job {
        fn new() -> Self {
            // SAFETY: the handle is ours alone.
            unsafe {
                let job = CreateJobObjectW(null(), null());
                assert!(!job.is_null());
                Self(OwnedHandle::from_raw_handle(job))
            }
        }

        fn limit(&self, limits: JOB_OBJECT_LIMIT) {
            let mut all = JOBOBJECT_EXTENDED_LIMIT_INFORMATION::default();
            all.BasicLimitInformation.LimitFlags = limits;
            let size = u32::try_from(size_of_val(&all)).expect("a size");
            // SAFETY: the structure is of the class and the size that are said.
            let done = unsafe {
                let (job, class) = (self.0.as_raw_handle(), JobObjectExtendedLimitInformation);
                SetInformationJobObject(job, class, (&raw const all).cast(), size)
            };
            assert_ne!(done, 0);
        }

        fn take_this_process(&self) {
            // SAFETY: both handles are good.
            assert_ne!(unsafe { AssignProcessToJobObject(self.0.as_raw_handle(), GetCurrentProcess()) }, 0);
        }

        fn holds(&self, child: &Child) -> bool {
            let mut held = 0;
            // SAFETY: both handles are good, and the answer has a place.
            let asked =
                unsafe { IsProcessInJob(child.as_raw_handle(), self.0.as_raw_handle(), &raw mut held) };
            assert_ne!(asked, 0);
            held != 0
        }
    }

    #[test]
    fn the_service_leaves_the_terminal_s_job_where_that_lets_it_go() {
        let job = Job::new();
        job.take_this_process();
        for (limits, held) in [(JOB_OBJECT_LIMIT_BREAKAWAY_OK, false), (0, true)] {
            job.limit(limits);
            let mut command = Command::new("cmd.exe");
            command.args(["/c", "pause"]).stdin(Stdio::piped()).stdout(Stdio::null());
            let mut child = spawn_apart(&mut command).expect("started");
            assert_eq!(job.holds(&child), held, "{limits}");
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
