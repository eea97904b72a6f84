//! What `rolecall doctor` finds: one line a thing looked at, with what to do about it. No secret in any of them.

mod files;

pub use files::{FileSeen, aws_files};

use crate::problem::Problem;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Finding {
    /// What was looked at: `config file`, `keychain`.
    pub about: String,
    pub verdict: Verdict,
    /// What was found, one sentence.
    pub what: String,
    /// What to do; nothing where all is well.
    pub help: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Ok,
    /// Works, but could be better.
    Advice,
    /// Something will not work.
    Broken,
}

impl Finding {
    pub fn ok(about: &str, what: impl Into<String>) -> Self {
        Self { about: about.to_owned(), verdict: Verdict::Ok, what: what.into(), help: None }
    }

    pub fn advice(about: &str, what: impl Into<String>, help: impl Into<String>) -> Self {
        let help = Some(help.into());
        Self { about: about.to_owned(), verdict: Verdict::Advice, what: what.into(), help }
    }

    pub fn broken(about: &str, what: impl Into<String>, help: impl Into<String>) -> Self {
        Self { verdict: Verdict::Broken, ..Self::advice(about, what, help) }
    }

    pub fn problem(about: &str, problem: &Problem) -> Self {
        Self::broken(about, problem.to_string(), problem.help())
    }
}

/// Windows: `HOME` and `USERPROFILE` name two folders, and AWS tools do not agree on which of them counts.
pub fn two_homes(home: &Path, profile: &Path, used: &Path) -> Finding {
    let (home, profile, used) = (home.display(), profile.display(), used.join(".aws"));
    Finding::advice(
        "home folder",
        format!(
            "HOME is {home}, and USERPROFILE is {profile}. Rolecall uses the AWS files in {}. The AWS CLI, boto3 and \
             tools in Go (Terraform, eksctl) read those of USERPROFILE; the SDKs for Java, JavaScript and Rust read \
             those of HOME.",
            used.display()
        ),
        "Let both variables name the same folder, or set AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE for all \
         programs.",
    )
}
