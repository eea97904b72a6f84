//! Unix: the command is waited for, what is asked of this process is asked of it, and its end is passed on.

use rustix::process::{Pid, Signal, getpgrp, kill_process};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2};
use signal_hook::iterator::Signals;
use std::os::unix::process::ExitStatusExt as _;
use std::process::Command;

/// An AWS file with nothing in it.
pub(super) const EMPTY_FILE: &str = "/dev/null";

/// Returns only where it could not be run.
pub(super) fn run(command: &mut Command) -> std::io::Error {
    // Before it runs: what arrives in between waits.
    let mut signals = match Signals::new([SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2]) {
        Ok(signals) => signals,
        Err(error) => return error,
    };
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => return error,
    };
    let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    std::thread::spawn(move || {
        for number in signals.forever() {
            let by_keyboard = matches!(number, SIGINT | SIGQUIT) && in_the_foreground();
            if let (false, Some(pid), Some(signal)) = (by_keyboard, pid, Signal::from_named_raw(number)) {
                let _ = kill_process(pid, signal);
            }
        }
    });
    match child.wait() {
        Ok(status) => std::process::exit(
            status.code().or_else(|| status.signal().map(|signal| 128 + signal)).unwrap_or(1),
        ),
        Err(error) => error,
    }
}

/// A terminal gives Ctrl-C to everybody in the foreground: the command has had it already.
fn in_the_foreground() -> bool {
    let ours = getpgrp();
    let has = |terminal: rustix::io::Result<Pid>| terminal.is_ok_and(|group| group == ours);
    has(rustix::termios::tcgetpgrp(std::io::stdin()))
        || has(rustix::termios::tcgetpgrp(std::io::stderr()))
        || has(rustix::termios::tcgetpgrp(std::io::stdout()))
}
