//! What the WSL distributions that a profile names are to hold: the same keys as the credentials file, or none.

use super::{ClientId, Command, Controller};
use crate::notice;
use crate::wsl::Outcomes;
use jiff::Timestamp;
use rolecall_core::credentials::Credentials;
use rolecall_core::message::Reply;
use rolecall_core::problem::{Problem, Report};
use rolecall_core::profile::{CredentialsKept, ProfileName};
use rolecall_core::wsl::{self, Distribution, Listed, Told, Trouble, Wish, Written};
use std::collections::BTreeMap;

/// What was last said of a profile: a distribution that does not run is not told of at each renewal.
pub(super) type WslTold = BTreeMap<ProfileName, Vec<Report>>;

impl Controller {
    /// The credentials file of this profile has these keys now, or none any more.
    pub(super) fn also_in_wsl(&mut self, profile: &ProfileName, credentials: Option<Credentials>) {
        let distributions = self.distributions_of(profile);
        if !distributions.is_empty() && self.fixed.wsl {
            let (client, profile) = (None, profile.clone());
            self.commands.push(Command::WriteWsl { client, profile, distributions, credentials });
        }
    }

    /// # Errors
    /// [`Trouble::OnlyFromWindows`], and what else stands in the way.
    pub(super) fn wsl(&mut self, client: ClientId, wish: Wish, now: Timestamp) -> Result<(), Problem> {
        if !self.fixed.wsl {
            return Err(Trouble::OnlyFromWindows.into());
        }
        match wish {
            Wish::List => self.commands.push(Command::ListWsl { client }),
            Wish::Config { profile } => {
                if !self.section_names().contains(&profile) {
                    self.profiles.find(&profile)?;
                }
                let lines = wsl::config_lines(&self.fixed.program, &profile)?;
                self.answer(client, Reply::Wsl { told: Told::Config { lines } });
            }
            Wish::Write { profile } => {
                let profile = profile.map_or_else(|| self.usual_profile(), Ok)?;
                let credentials = Some(self.keys_for_wsl(&profile, now)?);
                let distributions = self.distributions_of(&profile);
                let client = Some(client);
                self.commands.push(Command::WriteWsl { client, profile, distributions, credentials });
            }
        }
        Ok(())
    }

    pub(super) fn wsl_written(&mut self, client: Option<ClientId>, profile: ProfileName, outcomes: Outcomes) {
        let written: Vec<_> = outcomes
            .into_iter()
            .map(|(distribution, result)| Written {
                distribution,
                problem: result.err().map(|problem| problem.report()),
            })
            .collect();
        let problems: Vec<_> = written.iter().filter_map(|written| written.problem.clone()).collect();
        let before = match problems.is_empty() {
            true => self.wsl_told.remove(&profile),
            false => self.wsl_told.insert(profile.clone(), problems.clone()),
        };
        match client {
            Some(client) => self.answer(client, Reply::Wsl { told: Told::Written { profile, written } }),
            // Of no profile: what is shown of its session stays.
            None if !problems.is_empty() && before.as_ref() != Some(&problems) => {
                self.commands.push(Command::Notify(notice::of_problems(None, &problems)));
            }
            None => {}
        }
    }

    pub(super) fn wsl_listed(
        &mut self,
        client: ClientId,
        result: Result<Vec<(Distribution, bool)>, Problem>,
    ) {
        let wanted = self.all_distributions();
        let listed = |(name, running): (Distribution, bool)| {
            let names = |wanted: &[Distribution]| wanted.iter().any(|one| one.is(&name));
            let profiles = wanted.iter().filter(|(_, wanted)| names(wanted));
            Listed { profiles: profiles.map(|(profile, _)| profile.clone()).collect(), name, running }
        };
        let reply = match result {
            Ok(there) => {
                let distributions = there.into_iter().map(listed).collect();
                Reply::Wsl { told: Told::Distributions { distributions } }
            }
            Err(problem) => Reply::Problem { profile: None, problem: problem.report() },
        };
        self.answer(client, reply);
    }

    /// Of every profile that names some.
    pub(super) fn all_distributions(&self) -> BTreeMap<ProfileName, Vec<Distribution>> {
        let entra = self.profiles.entra().map(|profile| (&profile.name, &profile.wsl));
        let roles = self.profiles.roles().map(|profile| (&profile.name, &profile.wsl));
        let named = entra.chain(roles).filter(|(_, wsl)| !wsl.is_empty());
        named.map(|(name, wsl)| (name.clone(), wsl.clone())).collect()
    }

    fn distributions_of(&self, name: &ProfileName) -> Vec<Distribution> {
        self.all_distributions().remove(name).unwrap_or_default()
    }

    /// What is held for a profile that may stand in plain text.
    fn keys_for_wsl(&self, name: &ProfileName, now: Timestamp) -> Result<Credentials, Problem> {
        let profile = || name.as_str().to_owned();
        let kept = match self.role_profile(name) {
            Some(role) => self.kept_of(role),
            None => self.profiles.find(name)?.credentials,
        };
        if kept == CredentialsKept::Process {
            return Err(Trouble::Process { profile: profile() }.into());
        }
        if self.distributions_of(name).is_empty() {
            return Err(Trouble::NotNamed { profile: profile() }.into());
        }
        let held = self.keys.get(name).filter(|held| held.role.is_some());
        let held = held.filter(|_| self.left(name, now).is_positive());
        held.map(|held| held.credentials.clone())
            .ok_or_else(|| Problem::ProfileSignedOut { profile: profile() })
    }
}
