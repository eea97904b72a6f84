//! Why nobody is told of an update, and what to do about it.

use crate::problem::Kind;
use jiff::Timestamp;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    #[error("{running}, runs, and no update feed is named: Rolecall does not look for a newer version.")]
    NoFeed { running: String, keeper: &'static str },
    #[error("The update feed that is named cannot be used: {reason}.")]
    Source { reason: String },
    #[error("{address} could not be read: {reason}.")]
    Unreachable { address: String, reason: String },
    #[error("{address} is not believed: {reason}.")]
    Signature { address: String, reason: String },
    #[error("{address} is signed, but is not an update feed: {reason}.")]
    Feed { address: String, reason: String },
    #[error("{address} was signed at {signed}, before the feed that was seen there last, of {seen}.")]
    Replayed { address: String, signed: Timestamp, seen: Timestamp },
    #[error("{path} is not what the feed offers as {version}: its signature is not of that file.")]
    File { path: String, version: String },
    #[error("{path} is Rolecall {version}, which is older than the {running} that runs.")]
    Older { path: String, version: String, running: String },
}

impl Trouble {
    /// Its stable code, its kind, and what to do.
    pub(crate) fn facts(&self) -> (&'static str, Kind, String) {
        use Kind::{Files, SignIn};
        let say = |text: &str| text.to_owned();
        match self {
            Self::NoFeed { keeper, .. } => ("update.no_feed", Files, say(keeper)),
            Self::Source { .. } => (
                "update.source",
                Files,
                say("Correct update_feed and update_key in settings.toml; the policy's go before them."),
            ),
            Self::Unreachable { .. } => (
                "update.unreachable",
                SignIn,
                say(
                    "Check update_feed, and whether the network or VPN is up; the signature lies beside the feed.",
                ),
            ),
            Self::Signature { .. } => (
                "update.signature",
                SignIn,
                say(
                    "Install nothing from there. Tell whoever makes the feed, and compare update_key with theirs.",
                ),
            ),
            Self::Feed { .. } => (
                "update.feed",
                SignIn,
                say("Tell whoever makes the feed: it must be the static JSON of Tauri's updater."),
            ),
            Self::Replayed { .. } => (
                "update.replayed",
                SignIn,
                say(
                    "Somebody may be serving an old feed to keep you from an update: tell whoever makes it. Who withdraws a version signs the feed anew.",
                ),
            ),
            Self::File { .. } => (
                "update.file",
                SignIn,
                say("Do not install it. Download it again from the address that `rolecall update` shows."),
            ),
            Self::Older { .. } => (
                "update.older",
                SignIn,
                say("Do not install it: what it mends no more is known to everybody."),
            ),
        }
    }
}
