//! What the main window may ask, and what it is told: no secret either way.
//!
//! The window's one command takes an [`Ask`] and hands back [`Told`]s; there is no variant that could hold a key, a
//! token, a cookie or an assertion, so the resident process does the copying and opens the console by itself. The
//! types that the window's own language sees are generated from these (`ui/src/lib/wire.ts`).

use crate::audit::Entry;
use crate::checkup::Finding;
use crate::draft::{Draft, Imported, Understood, Wrong};
use crate::pod::{Became, Pod, Pods};
use crate::policy::{Lock, Tenant};
use crate::problem::Report;
use crate::profile::ProfileName;
use crate::role::{AccountId, RoleArn};
use crate::settings::Choices;
use crate::shell::Shell;
use crate::update::{Installed, Update};
use crate::view::View;
use serde::{Deserialize, Serialize};

/// One question or wish. Where nothing else is said the answer is [`Told::Done`], [`Told::Wrong`] or
/// [`Told::Problem`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Ask {
    /// [`Told::Board`] now and after each change, [`Told::Turn`] when somebody opens a page, until the window goes.
    Watch,
    /// Answered at once: how it goes on is seen on the board.
    SignIn {
        profile: ProfileName,
    },
    SignInAll,
    /// One of the roles that the board lists for the profile: a first choice, or a switch.
    Choose {
        profile: ProfileName,
        role: RoleArn,
    },
    Renew {
        profile: ProfileName,
    },
    /// Ends a sign-in or a choice under way; what is held stays held.
    Cancel {
        profile: ProfileName,
    },
    /// Answered when our keys are gone. Also ends a sign-in or a choice under way.
    SignOut {
        profile: ProfileName,
        /// The cookies of its sign-on, too: the next sign-in asks everything anew.
        #[serde(default)]
        forget: bool,
    },
    /// Opens the AWS console in the person's browser; answered when it is open.
    Console {
        profile: ProfileName,
        /// A page of the console (`ec2`, `s3`); its home where it is absent.
        service: Option<String>,
    },
    /// Assumes the role of a role profile, anew where it is assumed already. [`Ask::SignOut`] drops it.
    Assume {
        profile: ProfileName,
    },
    /// Service accounts that carry a role, of a context of the kubeconfig; of the current one where it is absent.
    /// Answered by [`Told::Pods`].
    FindPods {
        context: Option<String>,
    },
    /// Assumes the role of a service account, and keeps it as a profile. Answered by [`Told::Became`].
    BecomePod {
        pod: Pod,
        /// The profile's name; `pod-NAMESPACE-SERVICEACCOUNT` where it is absent.
        name: Option<String>,
    },
    /// Puts the credentials into the clipboard, as this shell reads them. Answered by [`Told::Copied`].
    Copy {
        profile: ProfileName,
        shell: Shell,
    },
    /// A favourite, or not any more.
    Star {
        role: RoleArn,
        starred: bool,
    },
    /// Writes `azure_default_role_arn` into the profile, or (`None`) takes it out.
    UseAlways {
        profile: ProfileName,
        role: Option<RoleArn>,
    },
    /// A profile of its own for another role of the same sign-in; it is signed in to at once.
    AlsoInto {
        profile: ProfileName,
        role: RoleArn,
        name: String,
    },
    /// The name that the person gives an account; `None` goes back to what AWS calls it.
    NameAccount {
        account: AccountId,
        name: Option<String>,
    },
    /// What a pasted address says. Answered by [`Told::Link`], or [`Told::Wrong`] for the field `link`.
    ReadLink {
        text: String,
    },
    /// Answered by [`Told::Wrong`], with no fields where all is well.
    CheckDraft {
        draft: Draft,
        /// The profile that it edits; none for a new one.
        edits: Option<ProfileName>,
    },
    /// Writes the profile into the config file.
    SaveDraft {
        draft: Draft,
        edits: Option<ProfileName>,
    },
    /// Answered by [`Told::Draft`]: the profile as it stands in the config file.
    ReadDraft {
        profile: ProfileName,
    },
    /// What other tools' files hold. Answered by [`Told::Imports`].
    FindImports,
    /// Writes `settings.toml`.
    Settle {
        choices: Choices,
    },
    /// Forgets the cookies of one remembered sign-in: a [`Remembered::id`].
    Forget {
        id: String,
    },
    /// Whether Rolecall starts when the desktop session begins.
    StartAtLogin {
        on: bool,
    },
    /// Entries of the audit log, the newest first. Answered by [`Told::Activity`].
    Activity {
        /// How many of the newest to leave out.
        skip: u32,
        limit: u32,
    },
    /// Writes the audit log into the person's folder of downloads. Answered by [`Told::Exported`].
    ExportActivity,
    TestNotification,
    /// Answered by [`Told::Findings`].
    Doctor,
    /// The same findings, as text in the clipboard.
    CopyFindings,
    /// Looks for a newer version. Answered by [`Told::Update`].
    CheckUpdate,
    /// The sentence that says why there is no icon was read.
    HintRead,
    /// The resident process ends; credentials stay valid.
    Quit,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Told {
    Board {
        board: Box<Board>,
    },
    /// Somebody has asked for this page; the window comes to the front.
    Turn {
        page: Page,
    },
    Done,
    Copied {
        /// Seconds after which the clipboard is cleared.
        clears_after: u32,
    },
    Link {
        understood: Understood,
    },
    Wrong {
        wrong: Vec<Wrong>,
    },
    Draft {
        draft: Draft,
    },
    Imports {
        imports: Vec<Imported>,
    },
    Findings {
        findings: Vec<Finding>,
    },
    Activity {
        /// The newest first.
        entries: Vec<Entry>,
        /// Whether there are older ones.
        more: bool,
    },
    Exported {
        path: String,
    },
    Pods {
        pods: Pods,
    },
    Became {
        became: Became,
    },
    Update {
        update: Update,
    },
    Problem {
        problem: Report,
    },
}

/// Everything that the main window shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Board {
    pub view: View,
    /// The starred roles, of whichever profile.
    pub favourites: Vec<RoleArn>,
    pub details: Vec<Details>,
    /// The config file's other profiles: Rolecall leaves them alone.
    pub others: Vec<ProfileName>,
    /// Whose cookies are kept.
    pub remembered: Vec<Remembered>,
    pub choices: Choices,
    /// Whether Rolecall starts when the desktop session begins; `None` where this system offers no way.
    pub start_at_login: Option<bool>,
    /// What an administrator has laid down, where there is something.
    pub policy: Option<PolicyShown>,
    /// Counts what was recorded since the resident process began: when it changes, [`Ask::Activity`] has news.
    pub recorded: u32,
    pub place: Place,
}

/// An administrator's policy, as far as a person meets it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PolicyShown {
    /// Whose it is; the file's path where it does not say.
    pub by: String,
    pub path: String,
    /// What cannot be changed here.
    pub locked: Vec<Lock>,
    /// Tenants to choose from in the form.
    pub tenants: Vec<Tenant>,
    /// The longest session, in hours.
    pub max_hours: Option<u8>,
    /// For how many minutes after a person last signed in a session may be renewed unasked.
    pub renew_within: Option<u32>,
}

/// What an Entra profile's section says, as far as a person wants to see it; of usable profiles only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Details {
    pub profile: ProfileName,
    pub tenant: String,
    pub username: Option<String>,
    pub region: Option<String>,
    /// Hours.
    pub duration: u8,
    pub default_role: Option<RoleArn>,
    /// Nothing in plain text: credentials are served by `credential_process`.
    pub process: bool,
    pub remember_me: bool,
    /// The system's own sign-on is asked.
    pub os_sso: bool,
}

/// The cookies of one sign-on, as a person knows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Remembered {
    pub id: String,
    /// The login host.
    pub host: String,
    pub tenant: String,
    pub user: Option<String>,
    /// Sealed on disk: outlives the program. Else only for as long as it runs.
    pub sealed: bool,
}

/// Where the resident process stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Place {
    pub config: String,
    pub credentials: String,
    pub settings: String,
    /// Of the resident process.
    pub version: String,
    /// How it came to this computer.
    pub installed: Installed,
    /// Whether a feed is named, so that one can look for a newer version.
    pub updates: bool,
    /// Whether the desktop shows the icon; `None` while that is not known.
    pub icon: Option<bool>,
    /// Whether the person has read why there is no icon.
    pub hint_read: bool,
    /// Linux: whether an identity broker could be asked; `None` while that is not known, and elsewhere.
    pub identity_broker: Option<bool>,
}

/// A page of the main window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Page {
    Sessions,
    /// The role chooser.
    Roles {
        profile: ProfileName,
    },
    /// A new profile.
    Configure,
    Settings,
    /// The audit log.
    Activity,
    /// Service accounts of Kubernetes, whose roles can be taken.
    Pods,
}

#[cfg(test)]
mod tests;
