//! What clients ask the resident process, and what it answers: one JSON object a line, this is the only definition.

pub mod window;

use crate::checkup::Finding;
use crate::client_environment::ClientEnvironment;
use crate::credentials::Credentials;
use crate::offer::Change;
use crate::pod::{Became, Pod};
use crate::problem::Report;
use crate::profile::{Overrides, ProfileName};
use crate::role::RoleArn;
use crate::secret::Secret;
use crate::update::Update;
use crate::view::View;
use crate::wsl;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Raised when an older program could not understand a newer one.
pub const VERSION: u32 = 2;

/// Longer requests are refused: they have some kilobytes of variables.
pub const LINE_LIMIT: usize = 1024 * 1024;

/// Longer answers are not read: hundreds of profiles with thousands of roles each fit.
pub const ANSWER_LIMIT: usize = 64 * 1024 * 1024;

/// One line from a client. A connection carries one request and its replies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ask {
    pub version: u32,
    pub request: Request,
    pub environment: ClientEnvironment,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Request {
    /// Answered by [`Reply::Status`].
    Status,
    /// Answered by [`Reply::Status`] now and after each change, until the client goes.
    Watch,
    /// Answered by any number of [`Reply::Progress`], then [`Reply::SignedIn`], [`Reply::Choose`] or
    /// [`Reply::Problem`].
    SignIn {
        /// The last used one where it is absent.
        profile: Option<ProfileName>,
        /// A role's ARN, its name, or ACCOUNT/NAME.
        role: Option<String>,
        #[serde(default)]
        context: ClientContext,
    },
    /// Every profile that is signed out or expired. Answered as by [`Request::SignIn`] for each of them, and by
    /// [`Reply::Done`] at the end.
    SignInAll {
        #[serde(default)]
        context: ClientContext,
    },
    /// Answered by [`Reply::SignedOut`] or [`Reply::Problem`].
    SignOut {
        profile: Option<ProfileName>,
        /// The cookies of its sign-on, too.
        #[serde(default)]
        forget: bool,
    },
    /// Every profile that holds credentials of ours. Answered by [`Reply::SignedOut`] or [`Reply::Problem`] for each of
    /// them, and by [`Reply::Done`] at the end.
    SignOutAll {
        /// All cookies that are kept, too.
        #[serde(default)]
        forget: bool,
    },
    /// Answered by [`Reply::Credentials`] or [`Reply::Problem`], after any number of [`Reply::Progress`] where a
    /// person is asked. Credentials that end within a quarter of an hour are renewed first, hidden, where that can be.
    Credentials {
        profile: Option<ProfileName>,
        /// Whether a person may be asked where none are left; else that is [`Kind::NotSignedIn`](crate::problem::Kind).
        may_ask: bool,
        /// A tool asks by itself, not a person by hand: whoever has just closed the window is left in peace for some
        /// minutes.
        #[serde(default)]
        by_tool: bool,
        #[serde(default)]
        context: ClientContext,
    },
    /// Takes a role with another profile's credentials. Answered as by [`Request::Credentials`]; where it is to be a
    /// profile, by [`Reply::Assumed`] in place of the credentials.
    Assume {
        /// The source.
        profile: Option<ProfileName>,
        role: RoleArn,
        /// Writes, or changes, the profile of that name, for which Rolecall keeps credentials from then on.
        save_as: Option<ProfileName>,
        external_id: Option<String>,
        session_name: Option<String>,
        /// Seconds; an hour where it is absent, and at most.
        duration: Option<u32>,
        may_ask: bool,
        #[serde(default)]
        context: ClientContext,
    },
    /// Takes a pod's role with the token of its service account, and keeps it as a profile. Answered by
    /// [`Reply::Became`] or [`Reply::Problem`].
    AssumePod {
        pod: Pod,
        role: RoleArn,
        token: Secret,
        region: Option<String>,
        /// The profile's name; [`Pod::profile`] where it is absent.
        save_as: Option<ProfileName>,
    },
    /// Opens the AWS console in the person's browser. Answered as by [`Request::Credentials`], with
    /// [`Reply::Console`] at the end.
    Console {
        profile: Option<ProfileName>,
        /// A page of the console (`ec2`, `s3`); its home where it is absent.
        service: Option<String>,
        /// Give the address, open nothing.
        print: bool,
        may_ask: bool,
        #[serde(default)]
        context: ClientContext,
    },
    /// Answered by [`Reply::Doctor`].
    Doctor {
        #[serde(default)]
        context: ClientContext,
    },
    /// Opens the main window at a page, or turns an open one to it. Answered by [`Reply::Done`] or [`Reply::Problem`].
    Open {
        page: window::Page,
        #[serde(default)]
        context: ClientContext,
    },
    /// From the main window. Answered by [`Reply::Window`] alone.
    Window {
        ask: window::Ask,
        #[serde(default)]
        context: ClientContext,
    },
    /// Profiles that an organisation offers: looked at, not written. Answered by [`Reply::Offered`] or
    /// [`Reply::Problem`].
    Offer { source: Source },
    /// Writes what the last [`Reply::Offered`] of this digest showed. Answered by [`Reply::Done`] or
    /// [`Reply::Problem`].
    Accept { digest: String },
    /// What a signed feed offers. Answered by [`Reply::Update`] or [`Reply::Problem`].
    Update {
        /// A downloaded file, by its absolute path, that is to be what the feed offers.
        #[serde(default)]
        file: Option<String>,
    },
    /// Linux beside Windows. Answered by [`Reply::Wsl`] or [`Reply::Problem`].
    Wsl { wish: wsl::Wish },
    /// Answered by [`Reply::Ending`], after which the resident process ends. Credentials stay valid.
    Quit,
}

/// Where an organisation's profiles come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Source {
    /// https, or http on loopback: the resident process reads it.
    Address { url: String },
    /// A file's text, read by the client.
    File { path: String, text: String },
}

/// What a client brings from its own environment.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ClientContext {
    /// Its `AZURE_*` variables, for this request's profile only.
    #[serde(default)]
    pub overrides: Overrides,
    /// Its display and session bus ([`DISPLAY_VARIABLES`]), so that a resident process that was started without
    /// them can still show a window.
    #[serde(default)]
    pub display: BTreeMap<String, String>,
    /// A person sits at its terminal.
    #[serde(default)]
    pub by_hand: bool,
    /// The role that its environment names: for a request without a profile.
    #[serde(default)]
    pub web_identity: Option<WebIdentity>,
    /// Of the envelope; set by who receives it.
    #[serde(skip)]
    pub environment: ClientEnvironment,
}

/// A pod's environment: `AWS_ROLE_ARN`, `AWS_WEB_IDENTITY_TOKEN_FILE`, `AWS_ROLE_SESSION_NAME`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebIdentity {
    pub role: String,
    /// As the client's folder makes it: absolute.
    pub token_file: String,
    pub session_name: Option<String>,
}

/// The variables of [`ClientContext::display`]; no other name is taken from a client.
pub const DISPLAY_VARIABLES: [&str; 4] =
    ["DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "DBUS_SESSION_BUS_ADDRESS"];

/// One line from the resident process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    pub version: u32,
    pub reply: Reply,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Reply {
    Status {
        view: View,
    },
    Progress {
        profile: ProfileName,
        stage: Stage,
    },
    SignedIn {
        profile: ProfileName,
        role: RoleArn,
        until: Timestamp,
        shortened: Option<(u8, u8)>,
    },
    /// Several roles; the session waits for a choice.
    Choose {
        profile: ProfileName,
        roles: Vec<RoleArn>,
    },
    SignedOut {
        profile: ProfileName,
    },
    Credentials {
        profile: ProfileName,
        /// `None` where another tool wrote them.
        role: Option<RoleArn>,
        region: Option<String>,
        credentials: Credentials,
        /// What was asked for and AWS does not give.
        #[serde(default)]
        remarks: Vec<Report>,
    },
    /// A role is assumed, and its profile written.
    Assumed {
        profile: ProfileName,
        role: RoleArn,
        until: Timestamp,
        remarks: Vec<Report>,
    },
    Became {
        became: Became,
    },
    Console {
        profile: ProfileName,
        role: Option<RoleArn>,
        /// Where it was not opened: good for 15 minutes, for whoever has it.
        url: Option<Secret>,
    },
    Doctor {
        findings: Vec<Finding>,
        /// The files that the resident process reads: a client whose environment names others should know.
        config: String,
        credentials: String,
        /// The names of the variables that it was started with ([`crate::launch_environment`]).
        #[serde(default)]
        variables: Option<Vec<String>>,
    },
    Window {
        told: window::Told,
    },
    Offered {
        /// Those that differ from what the config file says; none: it says all of it already.
        changes: Vec<Change>,
        /// Names this offer in [`Request::Accept`].
        digest: String,
        /// The file that it would change.
        config: String,
    },
    Update {
        update: Update,
    },
    Wsl {
        told: wsl::Told,
    },
    /// The resident process ends.
    Ending {
        /// Whose credentials go on working, and until when.
        still: Vec<Still>,
    },
    Problem {
        /// Whose, where the request was for several.
        #[serde(default)]
        profile: Option<ProfileName>,
        problem: Report,
    },
    Done,
}

/// Credentials that outlive the resident process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Still {
    pub profile: ProfileName,
    pub role: RoleArn,
    pub until: Timestamp,
}

/// How far a sign-in is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The sign-in page is open; it shows itself when it needs a person.
    SigningIn,
    /// Several roles: a person chooses, in the tray menu.
    Choosing,
    /// AWS is asked for the role.
    Assuming,
}

impl Request {
    /// What a client brings besides its files, where the request has any.
    pub fn context_mut(&mut self) -> Option<&mut ClientContext> {
        match self {
            Self::SignIn { context, .. }
            | Self::SignInAll { context }
            | Self::Credentials { context, .. }
            | Self::Assume { context, .. }
            | Self::Console { context, .. }
            | Self::Doctor { context }
            | Self::Open { context, .. }
            | Self::Window { context, .. } => Some(context),
            Self::Status
            | Self::Watch
            | Self::SignOut { .. }
            | Self::SignOutAll { .. }
            | Self::AssumePod { .. }
            | Self::Offer { .. }
            | Self::Accept { .. }
            | Self::Update { .. }
            | Self::Wsl { .. }
            | Self::Quit => None,
        }
    }

    /// The profile that it names, where it may name none.
    pub fn profile_mut(&mut self) -> Option<&mut Option<ProfileName>> {
        match self {
            Self::SignIn { profile, .. }
            | Self::SignOut { profile, .. }
            | Self::Credentials { profile, .. }
            | Self::Assume { profile, .. }
            | Self::Console { profile, .. } => Some(profile),
            _ => None,
        }
    }

    /// Whether the answer, or what is done, depends on the AWS files: a client that reads others is refused.
    pub fn depends_on_files(&self) -> bool {
        match self {
            Self::Doctor { .. } | Self::Update { .. } | Self::Quit => false,
            Self::Window { ask, .. } => *ask != window::Ask::Quit,
            Self::Status
            | Self::Watch
            | Self::SignIn { .. }
            | Self::SignInAll { .. }
            | Self::SignOut { .. }
            | Self::SignOutAll { .. }
            | Self::Credentials { .. }
            | Self::Assume { .. }
            | Self::AssumePod { .. }
            | Self::Console { .. }
            | Self::Open { .. }
            | Self::Offer { .. }
            | Self::Accept { .. }
            | Self::Wsl { .. } => true,
        }
    }
}

impl ClientContext {
    /// Picks what belongs in it from an environment.
    pub fn from_variables(lookup: impl Fn(&str) -> Option<String>) -> Self {
        let display = DISPLAY_VARIABLES.iter().filter_map(|name| {
            let value = lookup(name)?;
            (!value.is_empty()).then(|| ((*name).to_owned(), value))
        });
        Self { display: display.collect(), overrides: Overrides::from_variables(lookup), ..Self::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client_environment::PathOnTheWire;

    #[test]
    fn requests_on_the_wire() {
        for (request, read) in [
            ("{\"type\":\"status\"}", Request::Status),
            (
                r#"{"type":"sign_in","profile":"work","role":null}"#,
                Request::SignIn {
                    profile: Some(ProfileName::new("work")),
                    role: None,
                    context: ClientContext::default(),
                },
            ),
        ] {
            let line = format!(
                r#"{{"version":2,"request":{request},"environment":{{"config_file":"/home/ada/.aws/config","credentials_file":null,"ca_bundle":null,"variables":{{}}}}}}"#
            );
            let config_file = Some(PathOnTheWire("/home/ada/.aws/config".into()));
            let environment = ClientEnvironment { config_file, ..ClientEnvironment::default() };
            let ask = Ask { version: VERSION, request: read, environment };
            assert_eq!(serde_json::from_str::<Ask>(&line).expect(&line), ask);
            // Whoever does not say which files they read is not answered.
            let silent = format!(r#"{{"version":2,"request":{request}}}"#);
            assert!(serde_json::from_str::<Ask>(&silent).is_err());
        }
    }

    #[test]
    fn only_the_named_variables_travel() {
        let context = ClientContext::from_variables(|name| Some(format!("value of {name}")));
        let text = serde_json::to_string(&context).expect("JSON");
        assert!(text.contains("WAYLAND_DISPLAY") && text.contains("azure_tenant_id"));
        assert!(!text.to_lowercase().contains("password") && !text.contains("AWS_"));
    }
}
