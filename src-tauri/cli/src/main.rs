//! `rolecall`: asks the resident process, starts it where none runs, says what came of it.

mod arguments;
mod exit;
mod say;
mod show;
mod tray;

use arguments::{Arguments, Command, SignIn};
use clap::Parser as _;
use exit::Exit;
use jiff::Timestamp;
use rolecall_core::folders::Folders;
use rolecall_core::message::{ClientContext, Reply, Request, Stage};
use rolecall_core::profile::ProfileName;
use std::process::ExitCode;
use tray::Tray;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let result = match arguments.command.unwrap_or(Command::Status { json: false }) {
        Command::Status { json } => status(json),
        Command::SignIn(options) => sign_in(options),
        Command::Quit => quit(),
    };
    match result {
        Ok(exit) => exit.into(),
        Err(problem) => {
            say::problem(&problem);
            Exit::of(&problem).into()
        }
    }
}

fn status(json: bool) -> Result<Exit, say::Said> {
    let view = match tray()?.ask(&Request::Status)?.next_reply()? {
        Reply::Status { view } => view,
        other => return Err(unexpected(other)),
    };
    if json {
        say::data(&serde_json::to_string_pretty(&view).unwrap_or_default());
    } else {
        say::data(&show::table(&view, Timestamp::now()));
        view.problems.iter().for_each(say::report);
    }
    Ok(Exit::Done)
}

fn sign_in(options: SignIn) -> Result<Exit, say::Said> {
    let named = options.profile.or(options.profile_option).or_else(|| variable("AWS_PROFILE"));
    let request = Request::SignIn {
        profile: named.map(ProfileName::new),
        role: options.role,
        context: ClientContext::from_variables(variable),
    };
    let mut conversation = tray()?.ask(&request)?;
    loop {
        match conversation.next_reply()? {
            Reply::Progress { profile, stage } => say::words(&match stage {
                Stage::SigningIn => {
                    format!("{profile}: signing in; a window opens if Entra has a question …")
                }
                Stage::Assuming => format!("{profile}: asking AWS for the role …"),
            }),
            Reply::SignedIn { profile, role, until, shortened } => {
                say::words(&show::signed_in(&profile, &role, until, shortened, Timestamp::now()));
                return Ok(Exit::Done);
            }
            Reply::Choose { profile, roles } => {
                say::words(&format!(
                    "{profile}: {} roles; choose one with --role, or in the tray menu:",
                    roles.len()
                ));
                say::data(&show::roles(&roles));
                return Ok(Exit::PersonNeeded);
            }
            Reply::Problem { problem } => return Err(say::Said(problem)),
            other => return Err(unexpected(other)),
        }
    }
}

fn quit() -> Result<Exit, say::Said> {
    let Some(folders) = folders() else { return Ok(Exit::Done) };
    let Some(tray) = Tray::running(&folders)? else {
        say::words("Rolecall was not running.");
        return Ok(Exit::Done);
    };
    match tray.ask(&Request::Quit)?.next_reply()? {
        Reply::Done => Ok(Exit::Done),
        other => Err(unexpected(other)),
    }
}

fn tray() -> Result<Tray, say::Said> {
    Tray::running_or_started(&folders().ok_or_else(tray::no_home)?)
}

fn folders() -> Option<Folders> {
    Folders::find(&|name| std::env::var_os(name))
}

/// An empty variable is as good as none.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn unexpected(reply: Reply) -> say::Said {
    match reply {
        Reply::Problem { problem } => say::Said(problem),
        _ => tray::other_version(),
    }
}
