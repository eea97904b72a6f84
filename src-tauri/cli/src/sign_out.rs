//! `sign-out`: the credentials of one profile, or of all, are removed.

use crate::arguments::SignOut;
use crate::exit::Exit;
use crate::say::{self, Said};
use crate::status::unexpected;
use rolecall_client as tray;
use rolecall_core::message::{Reply, Request};

pub(crate) fn run(options: SignOut) -> Result<Exit, Said> {
    if options.all {
        return all();
    }
    match tray::ask(Request::SignOut { profile: options.named.profile() })?.next_reply()? {
        Reply::SignedOut { profile } => say::words(&format!("{profile}: signed out.")),
        other => return Err(unexpected(other)),
    }
    Ok(Exit::Done)
}

fn all() -> Result<Exit, Said> {
    let mut conversation = tray::ask(Request::SignOutAll)?;
    let (mut worst, mut any) = (Exit::Done, false);
    loop {
        match conversation.next_reply()? {
            Reply::SignedOut { profile } => say::words(&format!("{profile}: signed out.")),
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
    Ok(worst)
}
