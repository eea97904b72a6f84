//! Unix: the peer's user id, and a process that outlives the terminal.

use interprocess::local_socket::{Stream, prelude::*};
use std::os::unix::process::CommandExt as _;
use std::process::Command;

/// Whether the process at the other end is of the same user.
pub(crate) fn is_ours(stream: &Stream) -> bool {
    let peer = stream.peer_creds().ok().and_then(|peer| peer.euid());
    peer == Some(rustix::process::geteuid().as_raw())
}

/// A process group of its own: Ctrl-C in the terminal is not meant for it.
pub(crate) fn detach(command: &mut Command) {
    command.process_group(0);
}
