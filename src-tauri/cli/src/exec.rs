//! `exec`: a command with credentials in its environment.

#[cfg_attr(unix, path = "exec/unix.rs")]
#[cfg_attr(windows, path = "exec/windows.rs")]
mod system;

use crate::arguments::Exec;
use crate::credentials::{self, Asker};
use crate::exit::Exit;
use crate::progress::Progress;
use crate::say::{self, Said};
use rolecall_core::problem::{Kind, Report};
use rolecall_core::shell;
use std::ffi::OsStr;
use std::io::ErrorKind;
use std::process::Command;

/// Returns only where the command was not run, or where the system cannot replace a process and it ended with 0.
pub(crate) fn run(options: Exec) -> Result<Exit, Said> {
    let Some((program, arguments)) = options.command.split_first() else { return Ok(Exit::ExecFailed) };
    let mut progress = Progress::new();
    let asker = Asker::Person { may_ask: options.asking.may_ask() };
    let given = credentials::ask(options.named.profile(), asker, |profile, stage| {
        progress.show(profile, stage);
    });
    drop(progress);
    let given = match given {
        Ok(given) => given,
        Err(problem) => return Ok(failed(problem.0, Exit::ExecFailed)),
    };
    let mut command = Command::new(program);
    command.args(arguments);
    // A named profile would be read before the keys by some SDKs, and may be another account's.
    command.env_remove("AWS_PROFILE").env_remove("AWS_DEFAULT_PROFILE");
    for (name, value) in shell::variables(&given.credentials, given.region.as_deref()) {
        command.env(name, value.expose());
    }
    let error = system::run(&mut command);
    let exit = if error.kind() == ErrorKind::NotFound { Exit::NotFound } else { Exit::CannotExecute };
    Ok(failed(not_run(program, &error), exit))
}

fn failed(problem: Report, exit: Exit) -> Exit {
    say::report(&problem);
    exit
}

fn not_run(program: &OsStr, error: &std::io::Error) -> Report {
    let name = program.display();
    let (code, what, help) = if error.kind() == ErrorKind::NotFound {
        ("exec.not_found", format!("{name} was not found."), "Check its spelling, and PATH.")
    } else {
        (
            "exec.cannot_execute",
            format!("{name} cannot be executed: {error}."),
            "Check that it is a program, and that you may run it.",
        )
    };
    Report { code: code.into(), kind: Kind::SignIn, what, help: help.into(), mend: None }
}
