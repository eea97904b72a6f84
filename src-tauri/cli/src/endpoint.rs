//! `exec --endpoint`: a command that asks this process for its credentials, again and again, so that they are never
//! over (AWS SDKs and Tools Reference Guide, "Container credential provider").

mod compose;
mod door;
mod keeper;
mod server;
mod shadow;
#[cfg_attr(unix, path = "endpoint/unix.rs")]
#[cfg_attr(windows, path = "endpoint/windows.rs")]
mod system;

use crate::arguments::{EndpointCommand, Exec};
use crate::credentials::{self, Asker, Given};
use crate::exit::Exit;
use crate::progress::Progress;
use crate::say::{self, Said};
use crate::{environment, exec};
use keeper::Keeper;
use rolecall_core::problem::{Kind, Report};
use rolecall_core::shell;
use server::Server;
use std::process::Command;

/// Keys, which every SDK reads before the endpoint; what else leads elsewhere no command of ours gets.
const KEYS: [&str; 4] =
    ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_CREDENTIAL_EXPIRATION"];

/// Returns only where the command was not run.
pub(crate) fn run(options: Exec) -> Result<Exit, Said> {
    let Some(mut command) = exec::command(&options.command) else { return Ok(Exit::ExecFailed) };
    let may_ask = options.asking.may_ask();
    let named = options.named.profile();
    let mut progress = Progress::new();
    // Now, while somebody looks at the terminal.
    let first = credentials::ask(named.clone(), Asker::Person { may_ask }, |profile, stage| {
        progress.show(profile, stage);
    });
    drop(progress);
    let first = match first {
        Ok(given) => given,
        Err(problem) => return Ok(exec::failed(&problem.0, Exit::ExecFailed)),
    };
    say::remarks(&first.remarks);
    surround(&mut command, &first);
    // The last used profile may be another one in an hour; a pod's environment has no name to ask for.
    let by_environment = named.is_none() && environment::context(None).web_identity.is_some();
    let profile = if by_environment { None } else { Some(first.profile.clone()) };
    match Server::start(Keeper::new(profile, Asker::Tool { may_ask }, first.credentials)) {
        Ok(server) => {
            command.env("AWS_CONTAINER_CREDENTIALS_FULL_URI", server.address());
            command.env("AWS_CONTAINER_AUTHORIZATION_TOKEN", server.token().expose());
        }
        Err(error) => return Ok(exec::failed(&not_opened(&error), Exit::ExecFailed)),
    }
    let error = system::run(&mut command);
    Ok(exec::not_run(command.get_program(), &error))
}

/// `endpoint compose`.
pub(crate) fn print(command: &EndpointCommand) -> Result<Exit, Said> {
    match command {
        EndpointCommand::Compose { services } => say::data(&compose::text(services)),
    }
    Ok(Exit::Done)
}

/// Everything but the endpoint itself.
fn surround(command: &mut Command, given: &Given) {
    for name in KEYS {
        command.env_remove(name);
    }
    if given.is_other_account() {
        command.env_remove(shell::ACCOUNT);
    }
    for name in given.region.iter().flat_map(|_| ["AWS_REGION", "AWS_DEFAULT_REGION"]) {
        command.env(name, given.region.as_deref().unwrap_or_default());
    }
    for (variable, path) in shadow::files(&environment::raw) {
        say::words(&format!(
            "note: [default] in {} has credentials of its own, which come before the endpoint: the command does not \
             see that file.",
            path.display()
        ));
        command.env(variable, system::EMPTY_FILE);
    }
}

fn not_opened(error: &std::io::Error) -> Report {
    Report {
        code: "endpoint.not_opened".into(),
        kind: Kind::SignIn,
        what: format!("The endpoint could not be opened on this computer: {error}."),
        help: "Check that programs may listen on 127.0.0.1, or leave out --endpoint.".into(),
        mend: None,
    }
}
