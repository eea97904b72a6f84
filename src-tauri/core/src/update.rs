//! Whether a newer Rolecall is offered: what runs and how it came here, what a signed feed says, what is to be done.
//!
//! Nothing is downloaded or installed: that is the package manager's or the person's business.

mod feed;
mod installed;
mod source;
#[cfg(test)]
mod tests;
mod trouble;

pub use feed::{Feed, Platform, is_in_the_future};
pub use installed::{FILE, Installed};
pub use source::{Key, Source};
pub use trouble::Trouble;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The program that asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Running {
    /// `0.1.0`.
    pub version: String,
    pub installed: Installed,
    /// As feeds name it: `linux-x86_64`, `windows-x86_64`, `darwin-aarch64`.
    pub system: String,
}

/// What somebody who asks is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Update {
    pub running: String,
    pub installed: Installed,
    /// The feed's address.
    pub feed: String,
    /// The version that the feed offers, newer or not.
    pub latest: String,
    /// Only what is newer than what runs.
    pub offer: Option<Offered>,
    /// The file that was to be looked at: it is what the feed offers.
    pub file: Option<Checked>,
    /// What to do, one or two sentences.
    pub advice: String,
}

/// A newer version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Offered {
    pub version: String,
    #[cfg_attr(test, ts(as = "Option<String>"))]
    pub date: Option<Timestamp>,
    pub notes: Option<String>,
    /// Where it can be had; `None` where there is nothing for this system.
    pub url: Option<String>,
}

/// A downloaded file whose signature is that of the feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Checked {
    pub path: String,
    pub version: String,
    /// For which system it is, as the feed names it.
    pub system: String,
}

impl Running {
    /// What this program was built for.
    pub fn here(version: &str, installed: Installed) -> Self {
        let os = if cfg!(target_os = "macos") { "darwin" } else { std::env::consts::OS };
        let system = format!("{os}-{}", std::env::consts::ARCH);
        Self { version: version.to_owned(), installed, system }
    }

    /// `Rolecall 0.1.0, installed as a Debian package`.
    pub fn words(&self) -> String {
        format!("Rolecall {}, {}", self.version, self.installed.words())
    }
}
