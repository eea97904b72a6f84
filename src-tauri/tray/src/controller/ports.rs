//! What the controller hears and what it says: inputs, commands, and the data in them.

use super::Arrangement;
use crate::broker;
use crate::console::Visit;
use crate::memory::Memory;
use crate::menu::Action;
use crate::notice::Notification;
use crate::power::Happening;
use crate::sealed::{Label, Sealed};
use crate::sts;
use crate::vault::Unsealed;
use crate::wsl;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use rolecall_core::audit::Entry;
use rolecall_core::aws_files::compatibility::Conflict;
use rolecall_core::checkup::Finding;
use rolecall_core::client_environment::{ClientEnvironment, NetworkSettings};
use rolecall_core::credentials::Credentials;
use rolecall_core::draft::Imported;
use rolecall_core::message::{Reply, Request, window};
use rolecall_core::offer::Offer;
use rolecall_core::policy::Policy;
use rolecall_core::problem::Problem;
use rolecall_core::profile::{CredentialsKept, ProfileFiles, ProfileName};
use rolecall_core::role::AccountId;
use rolecall_core::secret::Secret;
use rolecall_core::session::Attempt;
use rolecall_core::settings::{Choices, Settings};
use rolecall_core::shell::Shell;
use rolecall_core::sign_in::{self, Outcome};
use rolecall_core::update::{Checked, Feed, Running, Source};
use rolecall_core::wsl::Distribution;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Whatever happens to the resident process.
#[derive(Debug)]
pub enum Input {
    /// A click in the menu, on the icon or on a notification's button.
    Person(Action),
    Client {
        client: ClientId,
        request: Box<Request>,
        environment: Box<ClientEnvironment>,
        /// Whether its environment names the files that we read; else the problem.
        files: Result<(), Problem>,
    },
    ClientGone(ClientId),
    /// The sign-in window's process has ended; `Err` where it ended without an outcome, or did not start.
    WindowEnded {
        attempt: Attempt,
        outcome: Result<Outcome, Problem>,
    },
    /// STS has answered.
    Granted {
        attempt: Attempt,
        profile: ProfileName,
        result: Result<sts::Grant, Problem>,
    },
    /// The credentials file was written, or not; a problem beside success is something to be said.
    Written {
        attempt: Attempt,
        profile: ProfileName,
        result: Result<Option<Problem>, Problem>,
    },
    /// STS has answered who asked for a role with another's credentials, or with a token.
    Taken {
        attempt: Attempt,
        profile: ProfileName,
        result: Result<sts::Taken, Problem>,
    },
    /// A kept role's section and keys are written, or not.
    RoleWritten {
        attempt: Attempt,
        profile: ProfileName,
        result: Result<Option<Problem>, Problem>,
    },
    /// What the kit has to tell the window.
    KitSaid {
        client: ClientId,
        result: Result<window::Told, Problem>,
    },
    /// Our keys were removed from the credentials file, or not.
    Forgotten {
        profile: ProfileName,
        result: Result<Option<Problem>, Problem>,
    },
    FilesRead(Box<Files>),
    /// The person's files say where this profile keeps its credentials, or not.
    Arranged {
        profile: ProfileName,
        result: Result<Option<Problem>, Problem>,
    },
    VaultRead(Result<Unsealed, Problem>),
    Sealed {
        label: Label,
        result: Result<(), Problem>,
    },
    /// The console is open, or its address known; `None`: a person asked by the menu.
    Visited {
        client: Option<ClientId>,
        profile: ProfileName,
        result: Result<Option<Secret>, Problem>,
    },
    Copied {
        client: Option<ClientId>,
        profile: ProfileName,
        shell: Shell,
        result: Result<(), Problem>,
    },
    Examined {
        client: ClientId,
        findings: Vec<Finding>,
        /// The names of those of our own variables that a client compares with its own.
        variables: Vec<String>,
    },
    /// The profile stands in the config file, or not.
    Edited {
        client: ClientId,
        profile: ProfileName,
        /// Sign in to it as soon as it is read.
        sign_in: bool,
        result: Result<Option<Problem>, Problem>,
    },
    /// `settings.toml` is written, or not.
    Settled {
        client: ClientId,
        result: Result<(), Problem>,
    },
    /// What a client asked for is done, or not.
    Served {
        client: ClientId,
        result: Result<window::Told, Problem>,
    },
    /// The main window's process has ended, or did not start.
    MainWindowEnded(Result<(), Problem>),
    /// What AWS's sign-in page calls the accounts.
    NamesFound(Vec<(AccountId, String)>),
    /// Whether the desktop shows the icon.
    IconShown(bool),
    /// Whether an identity broker could be asked; `None` where this system has none.
    BrokerLookedFor(Option<bool>),
    /// What is sealed has a new key, or not.
    VaultKeyReplaced(Result<(), Problem>),
    /// Who started us expects to see something, and the desktop shows no icon.
    NothingToSee,
    /// What stands at the address that an organisation's profiles come from.
    OfferRead {
        client: ClientId,
        origin: String,
        result: Result<String, Problem>,
    },
    /// An organisation's profiles are written, or not.
    Accepted {
        client: ClientId,
        result: Result<Option<Problem>, Problem>,
    },
    /// What a feed offers, or what is wrong with it.
    UpdateFound {
        client: ClientId,
        result: Result<Box<Found>, Problem>,
    },
    /// What became of the keys in each distribution; `None`: nobody waits to hear it.
    WslWritten {
        client: Option<ClientId>,
        profile: ProfileName,
        outcomes: wsl::Outcomes,
    },
    /// Which distributions there are, and whether each runs.
    WslListed {
        client: ClientId,
        result: Result<Vec<(Distribution, bool)>, Problem>,
    },
    /// The desktop session has begun, and we with it.
    LoggedIn,
    Happened(Happening),
    /// The machine's time zone is another.
    Zone(TimeZone),
    Clock,
}

/// What is to be done outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    OpenWindow {
        attempt: Attempt,
        request: sign_in::Request,
        /// Ask the system's own sign-on for a cookie first.
        broker: Option<broker::Ask>,
        display: BTreeMap<String, String>,
    },
    ShowWindow {
        attempt: Attempt,
    },
    CloseWindow {
        attempt: Attempt,
    },
    Assume {
        attempt: Attempt,
        profile: ProfileName,
        ask: sts::Ask,
    },
    Write {
        attempt: Attempt,
        profile: ProfileName,
        kept: CredentialsKept,
        credentials: Credentials,
    },
    Take {
        attempt: Attempt,
        profile: ProfileName,
        take: sts::Take,
    },
    /// Write a kept role's keys where they belong, and its section first, where that is new or another.
    WriteRole {
        attempt: Attempt,
        profile: ProfileName,
        section: Option<ProfileEdit>,
        kept: CredentialsKept,
        credentials: Credentials,
    },
    /// Run `rolecall-kit` for the window.
    RunKit {
        client: ClientId,
        arguments: Vec<String>,
    },
    Forget {
        profile: ProfileName,
    },
    Arrange {
        profile: ProfileName,
        arrangement: Arrangement,
    },
    /// Read the person's files, changed or not.
    ReadFiles,
    ReadVault,
    Seal {
        item: Sealed,
    },
    Discard {
        label: Label,
    },
    Visit {
        client: Option<ClientId>,
        profile: ProfileName,
        visit: Visit,
    },
    Copy {
        client: Option<ClientId>,
        profile: ProfileName,
        shell: Shell,
        text: Secret,
        time: SignedDuration,
    },
    /// Look at everything that `rolecall doctor` speaks of.
    Examine {
        client: ClientId,
        display: BTreeMap<String, String>,
        /// The WSL distributions that profiles name.
        wsl: BTreeMap<ProfileName, Vec<Distribution>>,
    },
    OpenMainWindow {
        display: BTreeMap<String, String>,
    },
    /// Change one profile's section of the config file.
    Edit {
        client: ClientId,
        profile: ProfileName,
        edit: ProfileEdit,
        sign_in: bool,
    },
    /// Write `settings.toml`.
    Settle {
        client: ClientId,
        choices: Choices,
    },
    /// Look what other tools' files hold.
    FindImports {
        client: ClientId,
        /// What goes before it.
        offered: Vec<Imported>,
    },
    StartAtLogin {
        client: ClientId,
        on: bool,
    },
    /// Add a line to the audit log.
    Record(Entry),
    ReadRecords {
        client: ClientId,
        skip: u32,
        limit: u32,
    },
    ExportRecords {
        client: ClientId,
    },
    /// Read an organisation's profiles.
    ReadOffer {
        client: ClientId,
        url: String,
    },
    /// Write an organisation's profiles into the config file.
    AcceptOffer {
        client: ClientId,
        offer: Offer,
    },
    /// Read a feed, and look at a file.
    LookForUpdate {
        client: ClientId,
        lookup: Box<Lookup>,
    },
    /// Write the keys into WSL distributions, too, or (`None`) remove those that stand there; one after the other.
    WriteWsl {
        client: Option<ClientId>,
        profile: ProfileName,
        distributions: Vec<Distribution>,
        credentials: Option<Credentials>,
    },
    ListWsl {
        client: ClientId,
    },
    /// Put text that is no secret into the clipboard.
    CopyText {
        client: ClientId,
        text: String,
    },
    /// Ask AWS's sign-in page what the accounts are called.
    FindNames {
        url: String,
        assertion: Secret,
    },
    Notify(Notification),
    /// What is shown about this profile, or a group that begins with it, is over.
    Silence {
        about: ProfileName,
    },
    /// `last`: close the connection after it.
    Reply {
        client: ClientId,
        reply: Reply,
        last: bool,
    },
    SaveMemory(Memory),
    /// Is an identity broker on the session bus?
    LookForBroker {
        display: BTreeMap<String, String>,
    },
    /// What is sealed gets a new key, and the old one is forgotten; after everything that was discarded.
    ReplaceVaultKey,
    Quit,
}

/// A change of one profile's section.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProfileEdit {
    /// The section must not be there yet.
    pub new: bool,
    pub set: Vec<(&'static str, String)>,
    pub remove: Vec<&'static str>,
}

/// Which feed is to be read, for whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lookup {
    pub source: Source,
    pub running: Running,
    /// A downloaded file that is to be what the feed offers.
    pub file: Option<String>,
}

/// A feed that is believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub feed: Feed,
    pub file: Option<Checked>,
}

/// One connection to the socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClientId(pub u64);

/// What was read from the person's files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Files {
    pub config: Config,
    /// The sections of the credentials file that hold an access key, or why it could not be read.
    pub credentials: Result<BTreeMap<ProfileName, Keys>, Problem>,
    pub credentials_path: PathBuf,
    /// The credentials file without its secrets: what it says of profiles beside their keys.
    pub credentials_settings: String,
    /// Profiles of the credentials file, secrets included, of which one tool would make another identity than the next.
    pub credentials_conflicts: Vec<Conflict>,
    pub settings: Result<Settings, Problem>,
    pub settings_path: PathBuf,
    /// An administrator's, where there is one; or why it is not used.
    pub policy: Result<Option<Policy>, Problem>,
    /// `None` where this system offers no way.
    pub start_at_login: Option<bool>,
}

impl Files {
    /// What both AWS files say of profiles; none where the config file could not be read.
    pub fn profiles(&self) -> Option<ProfileFiles<'_>> {
        let config = self.config.text.as_ref().ok()?.as_deref().unwrap_or_default();
        Some(ProfileFiles {
            config,
            config_path: &self.config.path,
            credentials: &self.credentials_settings,
            credentials_path: &self.credentials_path,
            credentials_conflicts: Some(&self.credentials_conflicts),
        })
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    pub path: PathBuf,
    /// `Ok(None)`: there is no file.
    pub text: Result<Option<String>, Problem>,
}

/// What a section of the credentials file says about its credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keys {
    pub access_key_id: String,
    pub until: Option<Timestamp>,
    /// All of them, where they are temporary and have an end. A long-lived secret is not taken into memory.
    pub temporary: Option<Credentials>,
}

/// What never changes while the process runs.
pub struct Fixed {
    /// `AZURE_AUTHORITY_HOST`.
    pub authority_default: Option<String>,
    /// What the environment of this process says of the network, or what is wrong with that.
    pub network: Result<NetworkSettings, Problem>,
    /// `AWS_ENDPOINT_URL_SIGNIN`.
    pub sign_in_url: Option<String>,
    /// The command line's program, for a `credential_process`.
    pub program: PathBuf,
    pub running: Running,
    /// Whether this system has WSL distributions beside it.
    pub wsl: bool,
    pub zone: TimeZone,
    /// Makes the ID of an AuthnRequest: `id` and a random UUID.
    pub new_request_id: Box<dyn FnMut() -> String>,
}

impl Default for Files {
    fn default() -> Self {
        let config = Config { path: PathBuf::new(), text: Ok(None) };
        Self {
            config,
            credentials: Ok(BTreeMap::new()),
            credentials_path: PathBuf::new(),
            credentials_settings: String::new(),
            credentials_conflicts: vec![],
            settings: Ok(Settings::default()),
            settings_path: PathBuf::new(),
            policy: Ok(None),
            start_at_login: None,
        }
    }
}
