//! Windows: a pipe's owner is seen to by its access list, and a process without a console outlives the terminal.

use interprocess::local_socket::Stream;
use std::os::windows::process::CommandExt as _;
use std::process::Command;

const DETACHED_PROCESS: u32 = 0x0000_0008;
const CREATE_NEW_PROCESS_GROUP: u32 = 0x0000_0200;

/// The pipe lets nobody in but its owner, and its name cannot be taken while the owner's process lives.
pub(crate) fn is_ours(_stream: &Stream) -> bool {
    true
}

pub(crate) fn detach(command: &mut Command) {
    command.creation_flags(DETACHED_PROCESS | CREATE_NEW_PROCESS_GROUP);
}
