//! `exec`: a command with credentials in its environment.

#[cfg_attr(unix, path = "exec/unix.rs")]
#[cfg_attr(windows, path = "exec/windows.rs")]
mod system;

/// Lets another program take this one's place.
pub(crate) use system::run as hand_over;

use crate::arguments::Exec;
use crate::credentials::{self, Asker, Given};
use crate::exit::Exit;
use crate::progress::Progress;
use crate::say::{self, Said};
use rolecall_core::problem::{Kind, Report};
use rolecall_core::shell;
use std::ffi::{OsStr, OsString};
use std::io::ErrorKind;
use std::process::Command;

/// Returns only where the command was not run, or where the system cannot replace a process and it ended with 0.
pub(crate) fn run(options: Exec) -> Result<Exit, Said> {
    let mut progress = Progress::new();
    let asker = Asker::Person { may_ask: options.asking.may_ask() };
    let given = credentials::ask(options.named.profile(), asker, |profile, stage| {
        progress.show(profile, stage);
    });
    drop(progress);
    Ok(match given {
        Ok(given) => with(&given, &options.command),
        Err(problem) => failed(&problem.0, Exit::ExecFailed),
    })
}

/// Runs it with the credentials in its environment; returns as [`run`] does.
pub(crate) fn with(given: &Given, words: &[OsString]) -> Exit {
    let Some(mut command) = command(words) else { return Exit::ExecFailed };
    say::remarks(&given.remarks);
    if given.is_other_account() {
        command.env_remove(shell::ACCOUNT);
    }
    for (name, value) in shell::variables(&given.credentials, given.region.as_deref()) {
        command.env(name, value.expose());
    }
    let error = hand_over(&mut command);
    not_run(command.get_program(), &error)
}

/// The command, told of no profile, token or role of others: some SDKs would read them before the keys, or add them.
pub(crate) fn command(words: &[OsString]) -> Option<Command> {
    let (program, arguments) = words.split_first()?;
    let mut command = Command::new(system::find(program));
    command.args(arguments);
    for name in shell::CONFLICTING.iter().chain(&shell::OTHER_SOURCES) {
        command.env_remove(name);
    }
    Some(command)
}

/// Says why a command could not be run.
pub(crate) fn not_run(program: &OsStr, error: &std::io::Error) -> Exit {
    let exit = if error.kind() == ErrorKind::NotFound { Exit::NotFound } else { Exit::CannotExecute };
    failed(&why(program, error), exit)
}

/// Says it, and ends as the caller's own part does.
pub(crate) fn failed(problem: &Report, exit: Exit) -> Exit {
    say::report(problem);
    exit
}

fn why(program: &OsStr, error: &std::io::Error) -> Report {
    let name = program.display();
    let (code, what, help) = if error.kind() == ErrorKind::NotFound {
        ("exec.not_found", format!("{name} was not found."), "Check its spelling, and PATH.")
    } else if error.kind() == ErrorKind::InvalidInput && cfg!(windows) {
        (
            "exec.argument",
            format!("{name} is a batch file, which cannot receive one of the arguments: {error}."),
            "Remove line breaks from the arguments, or run the program that the batch file starts.",
        )
    } else {
        (
            "exec.cannot_execute",
            format!("{name} cannot be executed: {error}."),
            "Check that it is a program, and that you may run it.",
        )
    };
    Report { code: code.into(), kind: Kind::SignIn, what, help: help.into(), mend: None }
}
