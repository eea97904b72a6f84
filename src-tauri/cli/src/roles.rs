//! `roles` and `switch`: the roles that were seen at the last sign-in, listed or taken.

use crate::arguments::{Named, Roles, Switch};
use crate::exit::Exit;
use crate::say::{self, Said};
use crate::{choose, show, sign_in, status, which};
use rolecall_core::problem::{Kind, Problem, Report};
use rolecall_core::role::RoleArn;
use rolecall_core::view::{ProfileView, State};
use serde::Serialize;

/// One role of `roles --json`.
#[derive(Serialize)]
struct Listed<'a> {
    role: &'a RoleArn,
    account: String,
    account_name: Option<&'a str>,
    name: &'a str,
    current: bool,
}

pub(crate) fn list(options: Roles) -> Result<Exit, Said> {
    let view = status::view()?;
    let profile = which::profile(&view, options.named.profile().as_ref())?;
    known(profile)?;
    let current = current(profile);
    if options.json {
        let listed = profile.roles.iter().map(|role| Listed {
            role,
            account: role.account().to_string(),
            account_name: view.accounts.get(&role.account()).map(String::as_str),
            name: role.name(),
            current: Some(role) == current,
        });
        say::data(&serde_json::to_string_pretty(&listed.collect::<Vec<_>>()).unwrap_or_default());
    } else {
        say::data(&show::marked_roles(&profile.roles, current));
    }
    Ok(Exit::Done)
}

pub(crate) fn switch(options: Switch) -> Result<Exit, Said> {
    let named = Named::of(options.profile).profile();
    if options.role.is_some() {
        return sign_in::one(named, options.role);
    }
    let view = status::view()?;
    let profile = which::profile(&view, named.as_ref())?;
    known(profile)?;
    if !choose::can_ask() {
        say::words(&format!("{}: name the role to switch to: rolecall switch ROLE", profile.name));
        say::data(&show::marked_roles(&profile.roles, current(profile)));
        return Ok(Exit::PersonNeeded);
    }
    let role = choose::role(&profile.name, &profile.roles, current(profile))?;
    sign_in::one(Some(profile.name.clone()), Some(role.as_str().to_owned()))
}

/// The role of credentials that still work.
fn current(profile: &ProfileView) -> Option<&RoleArn> {
    let alive = matches!(profile.state, State::Active | State::EndingSoon);
    profile.role.as_ref().filter(|_| alive)
}

fn known(profile: &ProfileView) -> Result<(), Said> {
    if !profile.roles.is_empty() {
        return Ok(());
    }
    if let (State::Unusable, Some(problem)) = (profile.state, &profile.problem) {
        return Err(Said(problem.clone()));
    }
    let name = profile.name.as_str().to_owned();
    Err(Said(Report {
        code: "roles.unknown".into(),
        kind: Kind::NotSignedIn,
        what: format!("{name}: its roles are not known before the first sign-in."),
        help: Problem::ProfileSignedOut { profile: name }.help(),
        mend: None,
    }))
}
