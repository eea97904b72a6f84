//! What an administrator lays down for everybody on a machine: `policy.toml`.

mod file;
mod place;

pub use place::{path, places};

use crate::draft::{Draft, Imported, Meaning};
use crate::expiry::Warnings;
use crate::message::window::PolicyShown;
use crate::problem::Problem;
use crate::profile::{CredentialsKept, EntraProfile};
use crate::role::AccountId;
use crate::settings::{Choices, Renew, Settings};
use crate::update::Source;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use url::Url;

/// What the file says; nothing of it is in force that it does not say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Policy {
    /// Whose it is.
    pub organisation: Option<String>,
    /// In the file's order.
    pub tenants: Vec<Tenant>,
    /// Profiles to take over, each without a flaw, in the file's order.
    pub offers: Vec<Draft>,
    pub accounts: BTreeMap<AccountId, String>,
    /// `host` or `host:port`, lower case; Microsoft's own are not among them unless they are named.
    pub login_hosts: Option<Vec<String>>,
    /// The only hosts at which STS, and console federation where it is not AWS's own, may be asked; as `login_hosts`.
    pub sts_hosts: Option<Vec<String>>,
    /// False: forbidden. True says nothing.
    pub remember_sign_in: Option<bool>,
    /// Only [`CredentialsKept::Process`].
    pub credentials: Option<CredentialsKept>,
    /// 1 to 12.
    pub max_duration_hours: Option<u8>,
    pub warn_before: Option<Warnings>,
    pub renew: Option<Renew>,
    /// How long after a person last signed in a session may be renewed unasked; more than nothing, at most 12 hours.
    pub renew_within: Option<SignedDuration>,
    pub os_sign_on: Option<bool>,
    /// Whether AWS's sign-in page is asked what the accounts are called.
    pub account_names: Option<bool>,
    /// False: nobody looks for updates. True says nothing.
    pub updates: Option<bool>,
    /// Where updates are looked for, in place of what a person names.
    pub update: Option<Source>,
}

/// What a policy takes out of the person's hands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Lock {
    WarnBefore,
    Renew,
    OsSignOn,
    AccountNames,
    /// Remembered sign-ins are forbidden.
    RememberMe,
    /// Every profile keeps its credentials out of plain text.
    Process,
    /// Sessions are no longer than this.
    Duration,
    /// Only these login hosts.
    LoginHosts,
}

/// A tenant to choose in the form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Tenant {
    pub name: String,
    /// A GUID or a domain.
    pub id: String,
}

impl Policy {
    /// Whose it is, for the words of problems and windows: the organisation, else the file.
    pub fn by(&self) -> String {
        self.organisation.clone().unwrap_or_else(|| path().display().to_string())
    }

    /// What it takes out of the person's hands.
    pub fn locked(&self) -> Vec<Lock> {
        let locks = [
            (Lock::WarnBefore, self.warn_before.is_some()),
            (Lock::Renew, self.renew.is_some()),
            (Lock::OsSignOn, self.os_sign_on.is_some()),
            (Lock::AccountNames, self.account_names.is_some()),
            (Lock::RememberMe, self.forbids_remembering()),
            (Lock::Process, self.demands_process()),
            (Lock::Duration, self.max_duration_hours.is_some()),
            (Lock::LoginHosts, self.login_hosts.is_some()),
        ];
        locks.into_iter().filter(|(_, set)| *set).map(|(lock, _)| lock).collect()
    }

    /// The profile as it may be used.
    ///
    /// # Errors
    /// [`Problem::PolicyForbids`]: its login host is none that is allowed.
    pub fn apply(&self, mut profile: EntraProfile) -> Result<EntraProfile, Problem> {
        let login = profile.authority.url();
        if !self.allows_host(login) {
            let what = format!("signing in at {}", file::host_of(login).unwrap_or_default());
            return Err(Problem::PolicyForbids { by: self.by(), what });
        }
        profile.remember_me &= !self.forbids_remembering();
        profile.os_sso &= self.os_sign_on != Some(false);
        if self.demands_process() {
            profile.credentials = CredentialsKept::Process;
        }
        profile.duration_hours = profile.duration_hours.min(self.max_duration_hours.unwrap_or(u8::MAX));
        Ok(profile)
    }

    /// The settings as they count.
    pub fn settings(&self, settings: Settings) -> Settings {
        Settings {
            warnings: self.warn_before.clone().unwrap_or(settings.warnings),
            renew: self.renew.unwrap_or(settings.renew),
            os_sign_on: self.os_sign_on.unwrap_or(settings.os_sign_on),
            account_names: self.account_names.unwrap_or(settings.account_names),
            ..settings
        }
    }

    /// What a person chose, with their own earlier choices in place of what is not theirs to choose here.
    pub fn leave(&self, chosen: Choices, own: Choices) -> Choices {
        Choices {
            warn_before: if self.warn_before.is_some() { own.warn_before } else { chosen.warn_before },
            renew: if self.renew.is_some() { own.renew } else { chosen.renew },
            os_sign_on: if self.os_sign_on.is_some() { own.os_sign_on } else { chosen.os_sign_on },
            account_names: if self.account_names.is_some() {
                own.account_names
            } else {
                chosen.account_names
            },
            ..chosen
        }
    }

    /// Whether one may sign in at the address's host and port; its scheme and path do not matter.
    pub fn allows_host(&self, url: &Url) -> bool {
        let allowed = |hosts: &Vec<String>| file::host_of(url).is_some_and(|host| hosts.contains(&host));
        self.login_hosts.as_ref().is_none_or(allowed)
    }

    /// Whether STS may be asked at that address.
    pub fn allows_sts(&self, url: &Url) -> bool {
        let allowed = |hosts: &Vec<String>| file::host_of(url).is_some_and(|host| hosts.contains(&host));
        self.sts_hosts.as_ref().is_none_or(allowed)
    }

    /// As the main window shows it.
    pub fn shown(&self) -> PolicyShown {
        PolicyShown {
            by: self.by(),
            path: path().display().to_string(),
            locked: self.locked(),
            tenants: self.tenants.clone(),
            max_hours: self.max_duration_hours,
            renew_within: self.renew_within.map(|within| u32::try_from(within.as_mins()).unwrap_or(u32::MAX)),
        }
    }

    /// The offered profiles, for the form to begin with.
    pub fn imports(&self) -> Vec<Imported> {
        let import = |draft: &Draft| Imported {
            tool: self.by(),
            name: draft.name.clone(),
            offered: true,
            meaning: Meaning::Entra { draft: draft.clone() },
        };
        self.offers.iter().map(import).collect()
    }

    pub fn forbids_remembering(&self) -> bool {
        self.remember_sign_in == Some(false)
    }

    pub fn forbids_updates(&self) -> bool {
        self.updates == Some(false)
    }

    pub fn demands_process(&self) -> bool {
        self.credentials == Some(CredentialsKept::Process)
    }
}

#[cfg(test)]
mod tests;
