//! Why keys did not reach a WSL distribution, and what to do about it.

use super::Distribution;
use crate::problem::Kind;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    #[error(
        "This Rolecall is not Windows' own, and only that one writes into WSL: a sign-in belongs to the system whose policy and device sign-on it passed."
    )]
    OnlyFromWindows,
    #[error("WSL could not be asked: {reason}.")]
    Unavailable { reason: String },
    #[error("There is no WSL distribution named '{wanted}'.")]
    NoDistribution { wanted: Distribution, there: Vec<Distribution> },
    #[error("{distribution} is not running, so the keys of {profile} were not written there.")]
    Stopped { distribution: Distribution, profile: String },
    #[error("{distribution} is not running, so keys of {profile} that were written there still stand there.")]
    Kept { distribution: Distribution, profile: String },
    #[error("Where {distribution} keeps its AWS files could not be found out: {reason}.")]
    Home { distribution: Distribution, reason: String },
    #[error("{path} is written, but others in {distribution} may read it: {reason}.")]
    Mode { distribution: Distribution, path: String, reason: String },
    #[error("{profile} names no WSL distribution.")]
    NotNamed { profile: String },
    #[error("{profile} keeps nothing in plain text, in WSL neither.")]
    Process { profile: String },
}

impl Trouble {
    /// Its stable code, its kind, and what to do.
    pub(crate) fn facts(&self) -> (&'static str, Kind, String) {
        use Kind::{Files, SignIn};
        let say = |text: &str| text.to_owned();
        match self {
            Self::OnlyFromWindows => (
                "wsl.only_from_windows",
                Files,
                say(
                    "Set rolecall_wsl in the profile of Windows and sign in there; or paste into ~/.aws/config what `rolecall.exe wsl config PROFILE` prints.",
                ),
            ),
            Self::Unavailable { .. } => (
                "wsl.unavailable",
                Files,
                say("See what `wsl --status` says; without WSL, take rolecall_wsl out of the profile."),
            ),
            Self::NoDistribution { there, .. } if there.is_empty() => {
                ("wsl.no_distribution", Files, say("There is none at all: `wsl --install` makes one."))
            }
            Self::NoDistribution { there, .. } => {
                let there: Vec<_> = there.iter().map(Distribution::as_str).collect();
                (
                    "wsl.no_distribution",
                    Files,
                    format!("Correct rolecall_wsl; there are: {}.", there.join(", ")),
                )
            }
            Self::Stopped { profile, .. } => (
                "wsl.stopped",
                SignIn,
                format!(
                    "Start it, then run `rolecall wsl write \"{profile}\"`; the next sign-in or renewal does that, too."
                ),
            ),
            Self::Kept { .. } => (
                "wsl.kept",
                SignIn,
                say(
                    "They end by themselves. To have them gone at once, start it and remove that section by hand.",
                ),
            ),
            Self::Home { .. } => (
                "wsl.no_home",
                Files,
                say("Open a shell in it once; `ls -ld ~/.aws` there should name a folder."),
            ),
            Self::Mode { .. } => ("wsl.mode", Files, say("Run there: chmod 600 ~/.aws/credentials")),
            Self::NotNamed { .. } => (
                "wsl.not_named",
                Files,
                say("Add `rolecall_wsl = NAME` to its section; `rolecall wsl list` shows the names."),
            ),
            Self::Process { profile } => {
                ("wsl.process", Files, format!("Let WSL ask for them: rolecall wsl config \"{profile}\""))
            }
        }
    }
}
