//! Everything that can go wrong, as facts, with a stable code; and the words for it: what happened, then what to do.

mod help;

use crate::client_environment::OtherFile;
use crate::entra_error;
use crate::refusal::Refusal;
use crate::role::RoleArn;
use crate::{update, wsl};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// What a problem is about: decides the exit code of the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Files or configuration.
    Files,
    /// A person is needed, or said no.
    Person,
    /// The sign-in itself did not work.
    SignIn,
    /// AWS refused.
    Aws,
    /// Nobody is signed in.
    NotSignedIn,
}

/// A problem as facts. `Display` says what happened; [`Problem::help`] what to do; [`Problem::code`] never changes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    #[error("There is no AWS config file at {path}.")]
    ConfigMissing { path: String },
    #[error("{path} could not be read: {reason}.")]
    FileUnreadable { path: String, reason: String },
    #[error("{path}, line {line}: {reason}.")]
    FileNotUnderstood { path: String, line: usize, reason: String },
    #[error("{path} has no profile that signs in through Entra.")]
    NoEntraProfile { path: String },
    #[error("{path}, section [{section}]: {key} is missing.")]
    KeyMissing { path: String, section: String, key: String },
    #[error("{path}, section [{section}]: {key} {reason}.")]
    KeyInvalid { path: String, section: String, key: String, reason: String },
    #[error("{path} has a profile named '{name}' already.")]
    ProfileTaken { path: String, name: String },
    #[error("'{name}' cannot be a profile's name: it {reason}.")]
    NameInvalid { name: String, reason: String },
    #[error("{place} leads to IAM Identity Center, not to an IAM SAML provider.")]
    IdentityCenterApplication { place: String },
    #[error("{variable} in the environment {reason}.")]
    VariableInvalid { variable: String, reason: String },
    #[error("{}.", words_of_other_files(files))]
    OtherFiles { files: Vec<OtherFile> },
    #[error("{path}: {reason}.")]
    SettingsInvalid { path: String, reason: String },
    #[error("The policy {path} cannot be used: {reason}.")]
    PolicyRefused { path: String, reason: String },
    #[error("The policy of {by} does not allow {what}.")]
    PolicyForbids { by: String, what: String },
    #[error("{origin} could not be read: {reason}.")]
    OfferUnreadable { origin: String, reason: String },
    #[error("{origin} is refused: {}.", reasons.join("; "))]
    OfferRefused { origin: String, reasons: Vec<String> },
    #[error("What was shown of this offer is not the latest any more.")]
    OfferGone,
    #[error(transparent)]
    Update(#[from] update::Trouble),
    #[error(transparent)]
    Wsl(#[from] wsl::Trouble),
    #[error("Start at login could not be changed: {reason}.")]
    Autostart { reason: String },
    #[error("There is no Entra profile named '{name}'.")]
    UnknownProfile { name: String, nearest: Option<String> },
    #[error("There are several Entra profiles: {names}.")]
    ProfileNotNamed { names: String },
    #[error("'{wanted}' names none of the roles that {profile} may assume.")]
    RoleNotOffered { profile: String, wanted: String },
    #[error("'{wanted}' names several of the roles that {profile} may assume.")]
    RoleAmbiguous { profile: String, wanted: String },
    #[error("{path} could not be written: {reason}. It is as it was.")]
    FileUnwritable { path: String, reason: String },
    #[error("{path} was left as it is: {reason}.")]
    EditRefused { path: String, reason: String },
    #[error("Another program wrote {path} at the same moment as Rolecall; what it wrote there may be lost.")]
    ForeignWriteLost { path: String },
    /// Said once: afterwards it is so no more.
    #[error(
        "Other users of this computer had a right to {path} (mode {mode}). Rolecall made it private (mode 600)."
    )]
    AccessNarrowed { path: String, mode: String },
    #[error("{path} had a second name (a hard link). The file of that name is not updated.")]
    OtherNameRemains { path: String },
    #[error(
        "{path}, section [{section}], holds a long-lived access key ({key_prefix}…), which Rolecall does not overwrite."
    )]
    LongLivedKey { path: String, section: String, key_prefix: String },
    #[error(
        "{path}, section [{section}], has a credential_process of another tool, which Rolecall leaves alone."
    )]
    ForeignCredentialProcess { path: String, section: String },
    #[error("'{text}' cannot stand in a credential_process that every shell reads alike.")]
    ProcessUnquotable { text: String },
    #[error("The system keychain cannot be used: {reason}. Sessions are kept in memory only.")]
    KeychainUnavailable { reason: String },
    #[error("The key of what Rolecall keeps sealed could not be replaced: {reason}.")]
    VaultKeyNotReplaced { reason: String },
    #[error("The sealed file of {what} cannot be opened: it is damaged, or from another computer.")]
    SealedUnreadable { what: String },
    #[error("{path} could not be sealed: {reason}. What belongs there is kept in memory only.")]
    SealedUnwritable { path: String, reason: String },

    #[error("Another sign-in to {profile} is under way.")]
    Busy { profile: String },
    #[error("The sign-in window was closed.")]
    Cancelled,
    #[error("Entra refused the sign-in with {}.", entra_error::described(error))]
    EntraRefused { error: String },
    #[error("Entra wants to ask something before it signs {profile} in.")]
    PersonNeeded { profile: String },
    #[error("Nobody has signed in to {profile} by hand for more than {}.", crate::expiry::left_words(*within))]
    PersonAway { profile: String, within: SignedDuration },
    #[error("The sign-in was not finished in time.")]
    SignInTimeout,
    #[error("There is no display to show the sign-in page on.")]
    NoDisplay,
    #[error("There is no Microsoft Edge WebView2 runtime on this computer, and Rolecall's windows need it.")]
    NoRuntime,
    #[error("The sign-in window could not be started: {reason}.")]
    WindowUnavailable { reason: String },
    #[error("The web engine could not start its sandbox: {reason}.")]
    SandboxUnavailable { reason: String, fix: String },
    #[error("The sign-in window ended unexpectedly.")]
    WindowCrashed,
    #[error("The web engine of the sign-in window failed: {detail}.")]
    EngineFailed { detail: String },
    #[error("Rolecall's window could not be opened: {reason}.")]
    MainWindow { reason: String },
    #[error("The sign-in page could not be loaded: {detail}.")]
    PageUnreachable { detail: String },
    #[error("The certificate of {host} is not trusted, so the sign-in page was not opened.")]
    Certificate { host: String },
    #[error("The page answered a request that Rolecall did not make.")]
    OtherRequest,
    #[error("The page posted to an address that is not AWS's: {acs}.")]
    OtherAcs { acs: String },
    #[error("The page that posted the sign-in was not encrypted: {page}.")]
    InsecurePage { page: String },
    #[error("Entra answered with an error: {status}.")]
    SamlStatus { status: String },
    #[error("Entra's answer could not be read: {reason}.")]
    SamlJunk { reason: String },
    #[error("Entra's answer is {characters} characters long; AWS takes at most 100,000.")]
    SamlTooLarge { characters: usize },
    #[error("Entra's answer had expired when it arrived.")]
    SamlExpired,
    #[error("Entra's answer lists no AWS role for you.")]
    NoRoles,
    #[error("Entra's answer is encrypted, so its roles cannot be read here.")]
    RolesEncrypted { profile: String },

    #[error("AWS did not take the sign-in in time.")]
    AwsExpired,
    #[error("AWS did not accept the sign-in: {message}")]
    AwsInvalidToken { message: String },
    #[error("AWS does not let {} assume {}.{}", refusal.caller.words(), refusal.role, refusal.quoted())]
    AwsAccessDenied { refusal: Box<Refusal> },
    #[error("The role's trust policy rejected a claim of the sign-in: {message}")]
    AwsRejectedClaim { message: String },
    #[error("STS is switched off for this account in region {region}.")]
    AwsRegionDisabled { region: String },
    #[error("The session's tags or policy are too large for AWS: {message}")]
    AwsPolicyTooLarge { message: String },
    #[error("AWS does not accept credentials of STS here ({endpoint}): {message}")]
    AwsInvalidClientToken { endpoint: String, region: String, message: String },
    #[error("AWS did not accept the signature of the request: {message}")]
    AwsSignature { message: String },
    #[error("The time in the request to AWS is wrong: {message}")]
    AwsClock { message: String },
    #[error("AWS refused the duration of the session: {message}")]
    AwsDuration { message: String },
    #[error("AWS asks to slow down.")]
    AwsThrottled,
    #[error("AWS has trouble of its own ({code}).")]
    AwsUnavailable { code: String },
    #[error("{endpoint} did not answer in time.")]
    AwsTimeout { endpoint: String },
    #[error("{endpoint} could not be reached: {reason}.")]
    AwsUnreachable { endpoint: String, reason: String },
    #[error("The certificate of {endpoint} is not trusted: {reason}.")]
    AwsCertificate { endpoint: String, reason: String },
    #[error("The proxy {proxy} (set {set}) asks for a user name and password.")]
    ProxySignIn { proxy: String, set: String },
    #[error("The proxy {proxy} (set {set}) does not connect to {endpoint}.")]
    ProxyRefused { proxy: String, set: String, endpoint: String },
    #[error("The proxy {proxy} (set {set}) could not be reached: {reason}.")]
    ProxyUnreachable { proxy: String, set: String, reason: String },
    #[error("{endpoint} did not answer in time through the proxy {proxy} (set {set}).")]
    ProxyTimeout { proxy: String, set: String, endpoint: String },
    #[error("The proxy set {set} cannot be used: {reason}.")]
    ProxyUnusable { set: String, reason: String },
    #[error("The certificates in {path} cannot be used: {reason}.")]
    CaBundle { path: String, reason: String },
    #[error("This shell uses another STS, whose credentials Rolecall does not write to your AWS files.")]
    EndpointNotKept,
    #[error("{endpoint} answered something that is not from AWS.")]
    AwsNotAws { endpoint: String },
    #[error("AWS refused: {code}: {message}")]
    AwsOther { code: String, message: String },

    #[error("These profiles are each other's source: {}.", names.join(" → "))]
    ChainLoop { names: Vec<String> },
    #[error("The source profile of {profile}, '{source_profile}', does not exist.")]
    ChainSource { profile: String, source_profile: String, nearest: Option<String> },
    #[error("{profile} begins with the credentials of '{source_profile}', which are not Rolecall's.")]
    ChainElsewhere { profile: String, source_profile: String },
    #[error("{from} cannot assume {to}: they are in different partitions of AWS.")]
    ChainPartition { from: RoleArn, to: RoleArn },
    #[error(
        "{profile} asks for {seconds} seconds, but AWS gives one hour at most to a role that is assumed from another role."
    )]
    ChainOneHour { profile: String, seconds: u32 },
    #[error(
        "{profile} has an mfa_serial, which is not used: a session that began with a sign-on at Entra has no MFA device in AWS."
    )]
    ChainMfa { profile: String },
    #[error("{profile} has one role of its own; there is nothing to choose.")]
    OneRole { profile: String },
    #[error("{path}: the token {reason}.")]
    TokenFile { path: String, reason: String },
    #[error("{path}: the token of {subject} ended at {expired}.")]
    TokenOver { path: String, subject: String, expired: Timestamp },
    #[error("AWS did not accept the token: {message}")]
    TokenRefused { message: String },
    #[error("The credentials of {pod} are over, or were never taken.")]
    PodOver { pod: String },
    #[error("The cluster did not answer in time.")]
    KitTimeout,
    #[error("{program} could not be run: {reason}.")]
    KitUnavailable { program: String, reason: String },

    #[error("{page}.")]
    ConsolePage { page: String },
    #[error("AWS did not let these credentials into the console.")]
    ConsoleRefused,
    #[error("No browser could be opened: {reason}.")]
    NoBrowser { reason: String },
    #[error("The clipboard cannot be used: {reason}.")]
    NoClipboard { reason: String },

    #[error("Nobody is signed in.")]
    NotSignedIn,
    #[error("{profile} is signed out.")]
    ProfileSignedOut { profile: String },
    #[error("Nobody finished the sign-in to {profile} in time.")]
    Waited { profile: String },
    #[error("The request was not understood: {reason}.")]
    BadRequest { reason: String },
}

/// The code of [`Problem::OtherFiles`].
pub const OTHER_FILES: &str = "environment.other_files";

/// A problem as it travels: to the command line, the window, a notification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Report {
    /// Stable: `sign_in.cancelled`.
    pub code: String,
    pub kind: Kind,
    /// What happened, one sentence.
    pub what: String,
    /// What to do, one or two sentences.
    pub help: String,
    /// Lines to copy that would mend it: a policy, in most cases.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub mend: Option<String>,
}

impl Problem {
    pub fn report(&self) -> Report {
        let (code, kind, help) = self.facts();
        Report { code: code.to_owned(), kind, what: self.to_string(), help, mend: self.mend() }
    }

    /// Lines to copy that would fix it.
    fn mend(&self) -> Option<String> {
        match self {
            Self::AwsAccessDenied { refusal } => refusal.mend(),
            _ => None,
        }
    }

    pub fn code(&self) -> &'static str {
        self.facts().0
    }

    pub fn kind(&self) -> Kind {
        self.facts().1
    }

    /// Whether it is said beside something that worked.
    pub fn is_remark(&self) -> bool {
        matches!(
            self,
            Self::ForeignWriteLost { .. } | Self::AccessNarrowed { .. } | Self::OtherNameRemains { .. }
        )
    }

    /// Whether it may well be gone in a while, without anybody's help: the network, or a server under load.
    pub fn passes(&self) -> bool {
        matches!(
            self,
            Self::PageUnreachable { .. }
                // A hotel's or a train's network shows its own page first.
                | Self::Certificate { .. }
                | Self::SignInTimeout
                | Self::WindowCrashed
                | Self::EngineFailed { .. }
                | Self::AwsThrottled
                | Self::AwsUnavailable { .. }
                | Self::AwsTimeout { .. }
                | Self::AwsUnreachable { .. }
                | Self::AwsCertificate { .. }
                | Self::ProxyUnreachable { .. }
                | Self::ProxyTimeout { .. }
                | Self::AwsNotAws { .. }
                | Self::AwsExpired
                // Another program holds its lock, or the disk is full for a moment.
                | Self::FileUnwritable { .. }
        ) || matches!(self, Self::EntraRefused { error } if entra_error::find(error).is_some_and(|advice| advice.transient))
    }

    /// The next step, for a tired person.
    pub fn help(&self) -> String {
        self.facts().2
    }
}

/// `The config file of your environment is A, but the Rolecall background service reads B`.
fn words_of_other_files(files: &[OtherFile]) -> String {
    let one = |file: &OtherFile| {
        format!(
            "the {} of your environment is {}, but the Rolecall background service reads {}",
            file.what, file.client, file.service
        )
    };
    let words = files.iter().map(one).collect::<Vec<_>>().join("; ");
    words.replacen("the ", "The ", 1)
}

/// A text of somebody else's, fit to stand in ours: one line, no control characters, not endless.
pub fn foreign(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(300).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_says_what_happened_and_what_to_do() {
        let problem = Problem::KeyMissing {
            path: "/home/ada/.aws/config".into(),
            section: "profile work".into(),
            key: "azure_tenant_id".into(),
        };
        let report = problem.report();
        assert_eq!(report.code, "config.key_missing");
        assert_eq!(report.what, "/home/ada/.aws/config, section [profile work]: azure_tenant_id is missing.");
        assert_eq!(report.help, "Add a line 'azure_tenant_id = …' to that section.");
    }
}
