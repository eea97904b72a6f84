//! Completion in the shell: profiles and roles as a running resident process knows them.

use crate::arguments::{Arguments, CompletedShell};
use crate::environment;
use crate::exit::Exit;
use crate::say::{self, Said};
use crate::status::reads_other_files;
use clap::CommandFactory as _;
use clap_complete::CompletionCandidate;
use clap_complete::env::{Bash, CompleteEnv, EnvCompleter, Fish, Powershell, Zsh};
use rolecall_client::{self as tray, Limits};
use rolecall_core::aws_files::{locate, replace};
use rolecall_core::message::{Reply, Request};
use rolecall_core::profile::{ProfileFiles, Profiles};
use rolecall_core::role::RoleArn;
use rolecall_core::view::View;
use std::ffi::OsStr;
use std::time::Duration;

/// The variable through which the registered script asks.
const VARIABLE: &str = "COMPLETE";

/// A person waits with a finger on Tab.
const LIMITS: Limits = Limits { first: Duration::from_millis(500), next: Some(Duration::from_millis(500)) };

/// Answers and ends the process where a shell's completion asks; else costs one look at the environment.
pub(crate) fn answer_a_shell() {
    CompleteEnv::with_factory(Arguments::command).var(VARIABLE).complete();
}

/// `completions`: the script calls `rolecall` by its name, so that it can be packaged.
pub(crate) fn script(shell: CompletedShell) -> Result<Exit, Said> {
    let shell: &dyn EnvCompleter = match shell {
        CompletedShell::Bash => &Bash,
        CompletedShell::Zsh => &Zsh,
        CompletedShell::Fish => &Fish,
        CompletedShell::PowerShell => &Powershell,
    };
    let mut script = Vec::new();
    let name = env!("CARGO_BIN_NAME");
    // Writing to memory does not fail.
    let _ = shell.write_registration(VARIABLE, name, name, name, &mut script);
    say::data(String::from_utf8_lossy(&script).trim());
    Ok(Exit::Done)
}

pub(crate) fn profiles() -> Vec<CompletionCandidate> {
    let names: Vec<_> = match view() {
        Some(view) => {
            let roles = view.role_profiles.into_iter().map(|profile| profile.name);
            view.profiles.into_iter().map(|profile| profile.name).chain(roles).collect()
        }
        None => in_the_config_file().unwrap_or_default(),
    };
    names.iter().map(|name| CompletionCandidate::new(name.as_str())).collect()
}

/// Names, where one name is one role; else, and once a number is begun, ACCOUNT/NAME.
pub(crate) fn roles(begun: &OsStr) -> Vec<CompletionCandidate> {
    let begun = begun.to_string_lossy();
    let mut roles: Vec<RoleArn> =
        view().into_iter().flat_map(|view| view.profiles).flat_map(|profile| profile.roles).collect();
    roles.sort();
    roles.dedup();
    let alone = |role: &RoleArn| roles.iter().filter(|other| other.name() == role.name()).count() == 1;
    let text = |role: &RoleArn| {
        if alone(role) && !begun.starts_with(|first: char| first.is_ascii_digit()) {
            role.name().to_owned()
        } else {
            format!("{}/{}", role.account(), role.name())
        }
    };
    let texts = roles.iter().map(text).filter(|text| text.starts_with(&*begun));
    texts.map(CompletionCandidate::new).collect()
}

/// Only of a process that runs: completion starts nothing.
fn view() -> Option<View> {
    match tray::ask_running_within(Request::Status, LIMITS).ok()??.next_reply().ok()? {
        Reply::Status { view } if !reads_other_files(&view) => Some(view),
        _ => None,
    }
}

fn in_the_config_file() -> Option<Vec<rolecall_core::profile::ProfileName>> {
    let files = locate::locate(&environment::raw).ok()?;
    let config = replace::read(&files.config).ok()??;
    let credentials = replace::read(&files.credentials).ok().flatten().unwrap_or_default();
    let both = ProfileFiles {
        config: &config,
        config_path: &files.config,
        credentials: &credentials,
        credentials_path: &files.credentials,
        credentials_conflicts: None,
    };
    let profiles = Profiles::parse_both(&both, None);
    let roles = profiles.roles().map(|profile| profile.name.clone());
    Some(profiles.entra().map(|profile| profile.name.clone()).chain(roles).collect())
}
