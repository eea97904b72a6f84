//! `sign-in`: one profile or all of them, with a chooser where there are several roles.

use crate::arguments::SignIn;
use crate::exit::Exit;
use crate::progress::Progress;
use crate::say::{self, Said};
use crate::status::unexpected;
use crate::{choose, environment, show};
use jiff::Timestamp;
use rolecall_client as tray;
use rolecall_core::message::{Reply, Request};
use rolecall_core::profile::ProfileName;
use rolecall_core::role::RoleArn;

pub(crate) fn run(options: SignIn) -> Result<Exit, Said> {
    if options.all { all() } else { one(options.named.profile(), options.role) }
}

/// Signs one profile in; a choice that is asked back is made here, or left to the caller's next call.
pub(crate) fn one(mut profile: Option<ProfileName>, mut role: Option<String>) -> Result<Exit, Said> {
    loop {
        let context = environment::context(profile.as_ref());
        let request = Request::SignIn { profile, role, context };
        let mut conversation = tray::ask(request)?;
        let mut progress = Progress::new();
        let (asked, roles) = loop {
            match conversation.next_reply()? {
                Reply::Progress { profile, stage } => progress.show(&profile, stage),
                Reply::Choose { profile, roles } => break (profile, roles),
                reply => {
                    drop(progress);
                    return signed_in(reply);
                }
            }
        };
        drop(progress);
        match chosen(&asked, &roles) {
            Some(choice) => (profile, role) = (Some(asked), Some(choice?.as_str().to_owned())),
            None => return Ok(Exit::PersonNeeded),
        }
    }
}

fn all() -> Result<Exit, Said> {
    let mut conversation = tray::ask(Request::SignInAll { context: environment::context(None) })?;
    let mut progress = Progress::new();
    let mut worst = Exit::Done;
    let mut to_choose = vec![];
    loop {
        match conversation.next_reply()? {
            Reply::Progress { profile, stage } => progress.show(&profile, stage),
            Reply::Choose { profile, roles } => to_choose.push((profile, roles)),
            Reply::Done => break,
            reply => {
                progress.wipe();
                worst = worst.max(said(signed_in(reply)));
            }
        }
    }
    drop(progress);
    // One after the other, when everything that needs nobody is done.
    for (profile, roles) in to_choose {
        worst = worst.max(said(match chosen(&profile, &roles) {
            Some(Ok(role)) => one(Some(profile), Some(role.as_str().to_owned())),
            Some(Err(problem)) => Err(problem),
            None => Ok(Exit::PersonNeeded),
        }));
    }
    Ok(worst)
}

/// `None`: there is no terminal to ask on, and the roles were listed.
fn chosen(profile: &ProfileName, roles: &[RoleArn]) -> Option<Result<RoleArn, Said>> {
    if choose::can_ask() {
        return Some(choose::role(profile, roles, None));
    }
    let count = roles.len();
    say::words(&format!("{profile}: {count} roles; choose one with --role, or in the tray menu:"));
    say::data(&show::roles(roles));
    None
}

fn signed_in(reply: Reply) -> Result<Exit, Said> {
    match reply {
        Reply::SignedIn { profile, role, until, shortened } => {
            say::words(&show::signed_in(&profile, &role, until, shortened, Timestamp::now()));
            Ok(Exit::Done)
        }
        other => Err(unexpected(other)),
    }
}

/// Says the problem now, because others follow.
fn said(result: Result<Exit, Said>) -> Exit {
    result.unwrap_or_else(|problem| {
        say::report(&problem.0);
        Exit::of(&problem.0)
    })
}
