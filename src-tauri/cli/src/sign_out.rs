//! `sign-out`: the credentials of one profile, or of all, are removed.

use crate::arguments::SignOut;
use crate::exit::Exit;
use crate::say::{self, Said};
use crate::status::unexpected;
use rolecall_client as tray;
use rolecall_core::message::{Reply, Request};
use rolecall_core::profile::ProfileName;

pub(crate) fn run(options: SignOut) -> Result<Exit, Said> {
    let SignOut { named, all: every, forget } = options;
    if every {
        return all(forget);
    }
    match tray::ask(Request::SignOut { profile: named.profile(), forget })?.next_reply()? {
        Reply::SignedOut { profile } if forget => {
            say::words(&format!("{profile}: signed out; its remembered sign-in is forgotten."));
        }
        Reply::SignedOut { profile } => signed_out(&profile),
        other => return Err(unexpected(other)),
    }
    Ok(Exit::Done)
}

fn all(forget: bool) -> Result<Exit, Said> {
    let mut conversation = tray::ask(Request::SignOutAll { forget })?;
    let (mut worst, mut any) = (Exit::Done, false);
    loop {
        match conversation.next_reply()? {
            Reply::SignedOut { profile } => signed_out(&profile),
            Reply::Done => break,
            other => {
                let problem = unexpected(other);
                say::report(&problem.0);
                worst = worst.max(Exit::of(&problem.0));
            }
        }
        any = true;
    }
    if !any {
        say::words("Nobody was signed in.");
    }
    // What went wrong may have been the forgetting.
    if forget && worst == Exit::Done {
        say::words("All remembered sign-ins are forgotten.");
    }
    Ok(worst)
}

fn signed_out(profile: &ProfileName) {
    say::words(&format!("{profile}: signed out."));
}
