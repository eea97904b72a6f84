//! Unix: the socket itself knows time limits, the peer's user id is asked for, and a process group outlives the
//! terminal.

use crate::line::{self, Heard};
use interprocess::local_socket::{Stream, prelude::*};
use interprocess::os::unix::uds_local_socket;
use rolecall_core::problem::Report;
use rustix::net::{AddressFamily, SocketAddrUnix, SocketType, sockopt};
use std::io::BufReader;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::Duration;

/// What the resident process says, line by line. No thread: one would cost a `credential-process` a third of its time.
pub(crate) struct Listener {
    reader: BufReader<Stream>,
    begun: Vec<u8>,
}

/// By hand, because only a limit that is set before it connects ends the wait in a full queue.
pub(crate) fn connect(socket: &Path, limit: Duration) -> std::io::Result<Stream> {
    let address = SocketAddrUnix::new(socket)?;
    let stream = rustix::net::socket(AddressFamily::UNIX, SocketType::STREAM, None)?;
    rustix::io::fcntl_setfd(&stream, rustix::io::FdFlags::CLOEXEC)?;
    sockopt::set_socket_timeout(&stream, sockopt::Timeout::Send, Some(limit))?;
    rustix::net::connect(&stream, &address)?;
    Ok(uds_local_socket::Stream::from(stream).into())
}

/// Whether the process at the other end is of the same user.
pub(crate) fn is_ours(stream: &Stream) -> bool {
    let peer = stream.peer_creds().ok().and_then(|peer| peer.euid());
    peer == Some(rustix::process::geteuid().as_raw())
}

/// A session of its own, because Ctrl-C and the end of the terminal are not meant for it; no folder that it keeps busy;
/// and no descriptor but the three standard ones: a lock or a pipe of whoever started us is not to be held for as long as
/// it lives.
pub(crate) fn detach(command: &mut Command) {
    command.current_dir("/");
    let last = last_descriptor();
    #[expect(unsafe_code, reason = "runs between fork and exec")]
    // SAFETY: what it calls are system calls alone, which are safe between fork and exec: no memory is allocated, no lock
    // taken.
    unsafe {
        command.pre_exec(move || {
            rustix::process::setsid()?;
            close_on_exec_from(libc::STDERR_FILENO + 1, last);
            Ok(())
        });
    }
}

/// Nothing but a session holds processes together.
pub(crate) fn spawn_apart(command: &mut Command) -> std::io::Result<Child> {
    command.spawn()
}

/// A program's descriptors are below its limit; where that is high the system has to say which are open.
fn last_descriptor() -> i32 {
    const MOST: u64 = 65_536;
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    i32::try_from(limit.unwrap_or(MOST).min(MOST)).unwrap_or(i32::MAX)
}

/// Not at once: std's own pipe tells whether the program could be executed.
fn close_on_exec_from(first: i32, last: i32) {
    #[cfg(target_os = "linux")]
    {
        let (from, to) = (libc::c_long::from(first), libc::c_long::from(u32::MAX));
        #[expect(unsafe_code, reason = "close_range(2), which glibc has since 2.34 only")]
        // SAFETY: three numbers; no descriptor is closed here.
        let done = unsafe {
            libc::syscall(libc::SYS_close_range, from, to, libc::c_long::from(CLOSE_RANGE_CLOEXEC))
        };
        if done == 0 {
            return;
        }
    }
    for descriptor in first..last {
        #[expect(unsafe_code, reason = "fcntl(2) with descriptors that may not be open")]
        // SAFETY: two numbers; one that is not open is refused.
        unsafe {
            libc::fcntl(descriptor, libc::F_SETFD, libc::FD_CLOEXEC);
        }
    }
}

/// linux/close_range.h, since Linux 5.11.
#[cfg(target_os = "linux")]
const CLOSE_RANGE_CLOEXEC: u32 = 4;

#[cfg(target_os = "linux")]
pub(crate) use crate::systemd::start as start_as_unit;

/// No manager of services that a client could ask.
#[cfg(not(target_os = "linux"))]
pub(crate) fn start_as_unit(
    _program: &Path,
    _folders: &rolecall_core::folders::Folders,
    _environment: &[(std::ffi::OsString, std::ffi::OsString)],
) -> bool {
    false
}

/// macOS names a program by the link that it was started by, such as one in a folder of PATH.
pub(crate) fn without_links(program: PathBuf) -> PathBuf {
    std::fs::canonicalize(&program).unwrap_or(program)
}

impl Listener {
    pub(crate) fn new(stream: Stream) -> Self {
        Self { reader: BufReader::new(stream), begun: Vec::new() }
    }

    pub(crate) fn hear(&mut self, limit: Option<Duration>) -> Result<Heard, Report> {
        // Zero would mean no limit.
        let limit = limit.map(|limit| limit.max(Duration::from_millis(1)));
        let _ = self.reader.get_ref().set_recv_timeout(limit);
        line::read(&mut self.reader, &mut self.begun)
    }
}
