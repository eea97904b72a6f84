//! Exit codes: a promise to scripts.

use crate::say::Said;
use rolecall_core::problem::Kind;
use std::process::ExitCode;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    Done = 0,
    Failed = 1,
    // 2 is clap's: wrong usage.
    NotSignedIn = 3,
    PersonNeeded = 4,
    AwsRefused = 5,
    Files = 6,
}

impl Exit {
    pub(crate) fn of(said: &Said) -> Self {
        match said.0.kind {
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
