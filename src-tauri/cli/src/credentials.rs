//! Credentials of a profile, as `env`, `exec` and `credential-process` ask for them.

use crate::environment;
use crate::say::Said;
use crate::status::unexpected;
use rolecall_client as tray;
use rolecall_core::credentials::Credentials;
use rolecall_core::message::{Reply, Request, Stage};
use rolecall_core::problem::{Kind, Problem};
use rolecall_core::profile::ProfileName;

/// What was given out.
pub(crate) struct Given {
    pub(crate) region: Option<String>,
    pub(crate) credentials: Credentials,
}

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asker {
    /// Somebody at a terminal, who may be asked to sign in or would rather not.
    Person { may_ask: bool },
    /// A tool, by itself, again and again.
    Tool,
}

pub(crate) fn ask(
    profile: Option<ProfileName>,
    asker: Asker,
    mut progress: impl FnMut(&ProfileName, Stage),
) -> Result<Given, Said> {
    // Over SSH a window would open where nobody sits.
    let may_ask = asker != Asker::Person { may_ask: false };
    let blind = may_ask && environment::is_blind();
    let request = Request::Credentials {
        profile,
        may_ask: may_ask && !blind,
        by_tool: asker == Asker::Tool,
        context: environment::context(),
    };
    let mut conversation = tray::ask(request)?;
    loop {
        match conversation.next_reply()? {
            Reply::Progress { profile, stage } => progress(&profile, stage),
            Reply::Credentials { region, credentials, .. } => return Ok(Given { region, credentials }),
            Reply::Problem { problem, .. } if blind && problem.kind == Kind::NotSignedIn => {
                return Err(Problem::NoDisplay.into());
            }
            other => return Err(unexpected(other)),
        }
    }
}
