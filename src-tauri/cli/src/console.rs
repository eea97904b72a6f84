//! `console`: the AWS console, opened by the resident process, or its address.

use crate::arguments::Console;
use crate::environment;
use crate::exit::Exit;
use crate::progress::Progress;
use crate::say::{self, Said};
use crate::status::unexpected;
use rolecall_client as tray;
use rolecall_core::message::{Reply, Request};

pub(crate) fn run(options: Console) -> Result<Exit, Said> {
    let profile = options.named.profile();
    let mut conversation = tray::ask(Request::Console {
        context: environment::context(profile.as_ref()),
        profile,
        service: options.service,
        print: options.print,
        may_ask: options.asking.may_ask(),
    })?;
    let mut progress = Progress::new();
    loop {
        match conversation.next_reply()? {
            Reply::Progress { profile, stage } => progress.show(&profile, stage),
            Reply::Console { profile, role, url } => {
                drop(progress);
                match url {
                    Some(url) => say::data(url.expose()),
                    None => say::words(&match role {
                        Some(role) => {
                            format!(
                                "Opened the console as {} in {} ({profile}).",
                                role.name(),
                                role.account()
                            )
                        }
                        None => format!("Opened the console as {profile}."),
                    }),
                }
                return Ok(Exit::Done);
            }
            other => return Err(unexpected(other)),
        }
    }
}
