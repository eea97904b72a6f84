//! Credentials of a profile, as `env`, `exec`, `credential-process` and others ask for them.

use crate::environment;
use crate::say::Said;
use crate::status::unexpected;
use rolecall_client as tray;
use rolecall_core::credentials::Credentials;
use rolecall_core::message::{Reply, Request, Stage};
use rolecall_core::problem::{Kind, Problem, Report};
use rolecall_core::profile::ProfileName;
use rolecall_core::role::RoleArn;
use rolecall_core::shell;

/// What was given out.
pub(crate) struct Given {
    /// Whose they are.
    pub(crate) profile: ProfileName,
    pub(crate) role: Option<RoleArn>,
    pub(crate) region: Option<String>,
    pub(crate) credentials: Credentials,
    pub(crate) remarks: Vec<Report>,
}

/// Who asks.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Asker {
    /// Somebody at a terminal, who may be asked to sign in or would rather not.
    Person { may_ask: bool },
    /// A tool, by itself, again and again, for which somebody may be asked or not.
    Tool { may_ask: bool },
}

pub(crate) fn ask(
    profile: Option<ProfileName>,
    asker: Asker,
    progress: impl FnMut(&ProfileName, Stage),
) -> Result<Given, Said> {
    let (Asker::Person { may_ask: wanted } | Asker::Tool { may_ask: wanted }) = asker;
    let request = |may_ask| Request::Credentials {
        context: environment::context(profile.as_ref()),
        profile,
        may_ask,
        by_tool: matches!(asker, Asker::Tool { .. }),
    };
    Given::of(settle(wanted, request, progress)?)
}

/// Asks, and shows how far it is until the reply that counts.
pub(crate) fn settle(
    wanted: bool,
    request: impl FnOnce(bool) -> Request,
    mut progress: impl FnMut(&ProfileName, Stage),
) -> Result<Reply, Said> {
    // Over SSH a window would open where nobody sits.
    let blind = wanted && environment::is_blind();
    let mut conversation = tray::ask(request(wanted && !blind))?;
    loop {
        match conversation.next_reply()? {
            Reply::Progress { profile, stage } => progress(&profile, stage),
            Reply::Problem { problem, .. } if blind && problem.kind == Kind::NotSignedIn => {
                return Err(Problem::NoDisplay.into());
            }
            reply => return Ok(reply),
        }
    }
}

impl Given {
    /// Whether the environment's `AWS_ACCOUNT_ID` is another account than that of these credentials, or may be one.
    pub(crate) fn is_other_account(&self) -> bool {
        let account = self.role.as_ref().map(RoleArn::account);
        environment::variable(shell::ACCOUNT)
            .is_some_and(|said| account.is_none_or(|account| account.as_str() != said))
    }

    pub(crate) fn of(reply: Reply) -> Result<Self, Said> {
        match reply {
            Reply::Credentials { profile, role, region, credentials, remarks } => {
                Ok(Self { profile, role, region, credentials, remarks })
            }
            other => Err(unexpected(other)),
        }
    }
}
