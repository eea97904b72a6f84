//! A program and its children as one process group, so that all of them can be ended by one id.

use rustix::process::{Pid, Signal, kill_process_group};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command};

pub(super) fn of_its_own(command: &mut Command) {
    command.process_group(0);
}

/// Asks the program and its children to end.
pub(super) fn ask(child: &Child) {
    signal(child, Signal::TERM);
}

/// Ends the program and its children.
pub(super) fn kill(child: &mut Child) {
    signal(child, Signal::KILL);
}

fn signal(child: &Child, signal: Signal) {
    if let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        // Gone already is as good as gone now.
        let _ = kill_process_group(group, signal);
    }
}
