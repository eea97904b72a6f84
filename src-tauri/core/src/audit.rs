//! The audit log: what was assumed, when, for which profile, until when, how, and by which door. No secret.

mod csv;
mod log;

pub use csv::csv;
pub use log::Log;

use crate::profile::ProfileName;
use crate::role::RoleArn;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One line of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Entry {
    #[cfg_attr(test, ts(as = "String"))]
    pub at: Timestamp,
    pub profile: ProfileName,
    pub door: Door,
    #[serde(flatten)]
    pub what: Recorded,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Recorded {
    /// AWS gave credentials for the role.
    Assumed {
        role: RoleArn,
        #[cfg_attr(test, ts(as = "String"))]
        until: Timestamp,
        /// Names the session in CloudTrail; no secret.
        access_key_id: String,
        how: How,
    },
    /// Our keys were removed.
    SignedOut {
        /// The cookies of the sign-on, too.
        forgot: bool,
    },
    /// A sign-in or a renewal came to nothing.
    Failed {
        /// A problem's stable code: `sign_in.cancelled`.
        code: String,
    },
}

/// Whether a person answered the sign-in's pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// The sign-in page was never shown, or no page was needed at all.
    Silent,
    /// The page was shown, and answered.
    Person,
    /// No sign-in: assumed with the credentials of another role.
    Chained,
    /// No sign-in: assumed with a token.
    WebIdentity,
}

/// Who asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Door {
    /// The tray's icon, its menu or a notification's button.
    Tray,
    /// The main window.
    Window,
    /// The command line.
    CommandLine,
    /// A tool, by `credential_process`.
    Tool,
    /// Nobody: the renewal before the end.
    Renewal,
    /// Nobody: the start of the desktop session.
    Login,
}
