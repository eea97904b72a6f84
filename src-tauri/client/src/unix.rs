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
use std::process::Command;
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

/// A process group of its own, because Ctrl-C in the terminal is not meant for it; and no folder that it keeps busy.
pub(crate) fn detach(command: &mut Command) {
    command.process_group(0).current_dir("/");
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
