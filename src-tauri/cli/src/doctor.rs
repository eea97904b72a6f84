//! `doctor`: what the resident process finds, and what only a client can see.

mod files;
#[cfg_attr(unix, path = "doctor/unix.rs")]
#[cfg_attr(windows, path = "doctor/windows.rs")]
mod system;

use crate::exit::Exit;
use crate::say::{self, Said};
use crate::status::unexpected;
use crate::{environment, show};
use rolecall_client as tray;
use rolecall_core::checkup::{Finding, Verdict};
use rolecall_core::launch_environment;
use rolecall_core::message::{Reply, Request, VERSION};
use serde::Serialize;

/// `doctor --json`.
#[derive(Serialize)]
struct Findings {
    findings: Vec<Finding>,
}

pub(crate) fn run(json: bool) -> Result<Exit, Said> {
    let mut findings = findings();
    findings.extend(files::two_homes());
    let broken = findings.iter().any(|finding| finding.verdict == Verdict::Broken);
    if json {
        say::data(&serde_json::to_string_pretty(&Findings { findings }).unwrap_or_default());
    } else {
        let _ = say::coloured(&show::findings(&findings));
    }
    Ok(if broken { Exit::Failed } else { Exit::Done })
}

fn findings() -> Vec<Finding> {
    let about = "socket";
    match ask() {
        Ok(Seen { findings: theirs, config, credentials, variables }) => {
            let well = format!(
                "The Rolecall background service answers, in version {VERSION} of the socket protocol."
            );
            let mut findings = vec![Finding::ok(about, well)];
            findings.extend(theirs);
            findings.extend(files::read_elsewhere(&config, &credentials));
            let here = launch_environment::set(&|name| std::env::var_os(name));
            // An older one does not say.
            findings.extend(variables.and_then(|theirs| launch_environment::compare(&here, &theirs)));
            findings
        }
        Err(Said(problem)) => {
            let mut findings = vec![Finding::broken(about, problem.what, problem.help)];
            findings.extend(files::seen_from_here());
            findings
        }
    }
}

/// What the background service says of itself.
struct Seen {
    findings: Vec<Finding>,
    /// The paths of the config and the credentials file that it reads.
    config: String,
    credentials: String,
    /// The names of the variables that it was started with.
    variables: Option<Vec<String>>,
}

fn ask() -> Result<Seen, Said> {
    match tray::ask(Request::Doctor { context: environment::context(None) })?.next_reply()? {
        Reply::Doctor { findings, config, credentials, variables } => {
            Ok(Seen { findings, config, credentials, variables })
        }
        other => Err(unexpected(other)),
    }
}
