//! Credentials of a profile, as `env`, `exec` and `credential-process` ask for them.

use crate::say::Said;
use crate::status::unexpected;
use crate::{environment, tray};
use rolecall_core::credentials::Credentials;
use rolecall_core::message::{Reply, Request, Stage};
use rolecall_core::profile::ProfileName;

/// What was given out.
pub(crate) struct Given {
    pub(crate) region: Option<String>,
    pub(crate) credentials: Credentials,
}

pub(crate) fn ask(
    profile: Option<ProfileName>,
    may_ask: bool,
    mut progress: impl FnMut(&ProfileName, Stage),
) -> Result<Given, Said> {
    let request = Request::Credentials { profile, may_ask, context: environment::context() };
    let mut conversation = tray::ask(request)?;
    loop {
        match conversation.next_reply()? {
            Reply::Progress { profile, stage } => progress(&profile, stage),
            Reply::Credentials { region, credentials, .. } => return Ok(Given { region, credentials }),
            other => return Err(unexpected(other)),
        }
    }
}
