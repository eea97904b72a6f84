//! What `~/.aws/config` says: which profiles sign in through Entra, how, and what the others are.

mod entra;
mod files;
mod network;
mod role_profile;

pub use entra::{Authority, CredentialsKept, EntraProfile, Overrides, is_private_address};
pub use files::{ProfileFiles, without_secrets};
pub use network::ProfileNetwork;
pub use role_profile::{DURATIONS, OUR_POD, OUR_ROLE, OUR_SOURCE, Origin, RoleProfile};

use crate::aws_files::document::{Dialect, Document};
use crate::problem::Problem;
use network::Services;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::HashMap;
use std::path::Path;
use std::rc::Rc;

/// A profile's name, as other AWS tools know it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(as = "String"))]
#[serde(transparent)]
pub struct ProfileName(String);

/// One profile of the config file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Profile {
    Entra(Box<EntraProfile>),
    Role(Box<RoleProfile>),
    /// Anything else: left alone.
    Other {
        name: ProfileName,
    },
}

/// The profiles of both files, read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Profiles {
    /// In the file's order.
    pub profiles: Vec<Profile>,
    /// Entra profiles that cannot be used as they stand, with what is wrong.
    pub broken: Vec<(ProfileName, Problem)>,
    /// The same of profiles with a role.
    pub broken_roles: Vec<(ProfileName, Problem)>,
    /// Where each is in `profiles`.
    places: HashMap<ProfileName, usize>,
    /// Found by name only: no list shows them, and nothing is written for them.
    pub isolated: Vec<Profile>,
}

/// All that the files say of one profile.
pub(crate) struct Section<'a> {
    pub(crate) path: String,
    /// The header between its brackets: `profile work`.
    pub(crate) header: String,
    pub(crate) name: ProfileName,
    /// The last of several wins.
    pub(crate) keys: Vec<(String, Cow<'a, str>)>,
    /// From which key on they are the credentials file's, its path, and the header there.
    credentials: Option<(usize, String, String)>,
    /// Those of the config file.
    services: Rc<Services>,
}

impl ProfileName {
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for ProfileName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl Profile {
    pub fn name(&self) -> &ProfileName {
        match self {
            Self::Entra(entra) => &entra.name,
            Self::Role(role) => &role.name,
            Self::Other { name } => name,
        }
    }
}

impl Profiles {
    /// Reads the text of a config file; `path` is for the words of problems only. A broken profile is no error of the
    /// file: it is listed in [`Profiles::broken`], and the others work.
    pub fn parse(text: &str, path: &Path, authority_default: Option<&str>) -> Self {
        Self::parse_both(&ProfileFiles::config_only(text, path), authority_default)
    }

    /// Reads both files, as AWS tools put them together.
    pub fn parse_both(files: &ProfileFiles<'_>, authority_default: Option<&str>) -> Self {
        let config = Document::parse(files.config, Dialect::Config);
        let credentials = Document::parse(files.credentials, Dialect::Credentials);
        let mut conflicts = files::conflicts(files);
        let mut profiles = Self::default();
        for section in files::merged(&config, &credentials, files) {
            profiles.add(&section, conflicts.remove(section.name.as_str()), authority_default);
        }
        profiles.index();
        profiles
    }

    fn index(&mut self) {
        let names = self.profiles.iter().enumerate();
        self.places = names.map(|(place, profile)| (profile.name().clone(), place)).collect();
    }

    /// The profile of that name, of whatever kind, [`Profiles::isolated`] included.
    pub fn named(&self, name: &ProfileName) -> Option<&Profile> {
        match self.places.get(name) {
            Some(place) => self.profiles.get(*place),
            None => self.isolated.iter().find(|profile| profile.name() == name),
        }
    }

    /// The Entra profile of that name; [`Profiles::find`] says why there is none.
    pub fn entra_named(&self, name: &ProfileName) -> Option<&EntraProfile> {
        match self.named(name)? {
            Profile::Entra(entra) => Some(entra),
            _ => None,
        }
    }

    /// The profile of that name whose role is assumed from something else.
    pub fn role_named(&self, name: &ProfileName) -> Option<&RoleProfile> {
        match self.named(name)? {
            Profile::Role(role) => Some(role),
            _ => None,
        }
    }

    pub fn entra(&self) -> impl Iterator<Item = &EntraProfile> {
        self.profiles.iter().filter_map(|profile| match profile {
            Profile::Entra(entra) => Some(entra.as_ref()),
            _ => None,
        })
    }

    /// The Entra profile of that name.
    ///
    /// # Errors
    /// What is wrong with it, or that there is none, with the nearest name.
    pub fn find(&self, name: &ProfileName) -> Result<&EntraProfile, Problem> {
        if let Some(profile) = self.entra_named(name) {
            return Ok(profile);
        }
        let mut broken = self.broken.iter().chain(&self.broken_roles);
        if let Some((_, problem)) = broken.find(|(broken, _)| broken == name) {
            return Err(problem.clone());
        }
        let names = self.entra().map(|profile| &profile.name);
        Err(unknown(name, names.chain(self.roles().map(|profile| &profile.name))))
    }

    /// Those with a role that is assumed from something else.
    pub fn roles(&self) -> impl Iterator<Item = &RoleProfile> {
        self.profiles.iter().filter_map(|profile| match profile {
            Profile::Role(role) => Some(role.as_ref()),
            _ => None,
        })
    }

    /// Each Entra profile as `change` makes it; one that it refuses is broken.
    pub fn map_entra(mut self, change: impl Fn(EntraProfile) -> Result<EntraProfile, Problem>) -> Self {
        let profiles = std::mem::take(&mut self.profiles);
        let mut mapped = self;
        for profile in profiles {
            match profile {
                Profile::Entra(entra) => {
                    let name = entra.name.clone();
                    match change(*entra) {
                        Ok(entra) => mapped.profiles.push(Profile::Entra(Box::new(entra))),
                        Err(problem) => mapped.broken.push((name, problem)),
                    }
                }
                other => mapped.profiles.push(other),
            }
        }
        mapped.index();
        mapped
    }

    fn add(&mut self, section: &Section<'_>, conflict: Option<Problem>, authority_default: Option<&str>) {
        let name = section.name.clone();
        if let Some(problem) = conflict {
            let broken = if section.has_entra_keys() { &mut self.broken } else { &mut self.broken_roles };
            broken.push((name, problem));
            return;
        }
        if section.has_entra_keys() {
            let read = match section.get("role_arn") {
                Some(_) => Err(section.invalid("role_arn", "stands beside azure_ keys: AWS tools would assume that role and ignore what Rolecall writes")),
                None => EntraProfile::read(section, &Overrides::default(), authority_default),
            };
            match read {
                Ok(profile) => self.profiles.push(Profile::Entra(Box::new(profile))),
                Err(problem) => self.broken.push((name, problem)),
            }
            return;
        }
        match RoleProfile::read(section) {
            Some(Ok(role)) => self.profiles.push(Profile::Role(Box::new(role))),
            Some(Err(problem)) => self.broken_roles.push((name, problem)),
            None => self.profiles.push(Profile::Other { name }),
        }
    }
}

/// Reads one Entra profile with a client's own overrides (its `AZURE_*` variables), which may also supply keys that
/// the section lacks.
///
/// # Errors
/// As [`Profiles::find`], and [`Problem::VariableInvalid`] for an override that cannot be.
pub fn read_with_overrides(
    files: &ProfileFiles<'_>,
    name: &ProfileName,
    overrides: &Overrides,
    authority_default: Option<&str>,
) -> Result<EntraProfile, Problem> {
    let find = || Profiles::parse_both(files, authority_default).find(name).cloned();
    if overrides.is_empty() {
        return find();
    }
    let config = Document::parse(files.config, Dialect::Config);
    let credentials = Document::parse(files.credentials, Dialect::Credentials);
    if let Some(problem) = files::conflicts(files).remove(name.as_str()) {
        return Err(problem);
    }
    let sections = files::merged(&config, &credentials, files);
    match sections.iter().find(|section| section.name == *name) {
        Some(section) => EntraProfile::read(section, overrides, authority_default),
        None => find(),
    }
}

impl Section<'_> {
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        let value = self.keys.iter().rev().find(|(name, _)| name == key)?.1.trim();
        (!value.is_empty()).then_some(value)
    }

    fn invalid(&self, key: &str, reason: &str) -> Problem {
        let (path, section) = self.place_of(key);
        Problem::KeyInvalid { path, section, key: key.to_owned(), reason: reason.to_owned() }
    }

    /// The file and the header that say it.
    pub(crate) fn place_of(&self, key: &str) -> (String, String) {
        let place = self.keys.iter().rposition(|(name, _)| name == key);
        match &self.credentials {
            Some((from, path, header)) if place.is_some_and(|place| place >= *from) => {
                (path.clone(), header.clone())
            }
            _ => (self.path.clone(), self.header.clone()),
        }
    }

    fn has_entra_keys(&self) -> bool {
        self.keys.iter().any(|(name, _)| name == "azure_tenant_id" || name == "azure_app_id_uri")
    }
}

/// There is no profile of that name among `names`; perhaps one that is nearly called so.
pub fn unknown<'a>(name: &ProfileName, names: impl Iterator<Item = &'a ProfileName>) -> Problem {
    let nearest = names
        .map(|there| (distance(there.as_str(), name.as_str()), there))
        .min()
        .filter(|(distance, nearest)| *distance <= nearest.as_str().chars().count().div_ceil(3).max(2))
        .map(|(_, nearest)| nearest.as_str().to_owned());
    Problem::UnknownProfile { name: name.as_str().to_owned(), nearest }
}

/// Levenshtein's distance, for "did you mean".
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, right) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(left != *right);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests;
