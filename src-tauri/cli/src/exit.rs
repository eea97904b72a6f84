//! Exit codes: a promise to scripts.

use rolecall_core::problem::{Kind, Report};
use std::process::ExitCode;

/// In the order of the codes: of several the worst is the highest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exit {
    Done = 0,
    Failed = 1,
    /// Wrong usage: mostly said by clap.
    Usage = 2,
    NotSignedIn = 3,
    PersonNeeded = 4,
    AwsRefused = 5,
    Files = 6,
    /// `exec` could not do its own part. It and the two below are what `env`, `nice` and `timeout` use, too.
    ExecFailed = 125,
    CannotExecute = 126,
    NotFound = 127,
}

impl Exit {
    pub(crate) fn of(report: &Report) -> Self {
        match report.kind {
            Kind::Files => Self::Files,
            Kind::Person => Self::PersonNeeded,
            Kind::SignIn => Self::Failed,
            Kind::Aws => Self::AwsRefused,
            Kind::NotSignedIn => Self::NotSignedIn,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
