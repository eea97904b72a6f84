//! Profiles that an organisation offers at an address or in a file: read, compared, never trusted.

mod apply;
mod read;

pub use read::read;

use crate::aws_files::document::{Dialect, Document};
use crate::profile::ProfileName;
use serde::{Deserialize, Serialize};
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash as _, Hasher as _};

/// What was read, and may be shown to a person: sections with nothing in them but what sets up a sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The address or path, for the words of problems.
    origin: String,
    /// In the text's order, each name once.
    profiles: Vec<Offered>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Offered {
    name: ProfileName,
    kind: Kind,
    /// Lower-case names, values as they are written; in the text's order, each once, at least one.
    keys: Vec<(String, String)>,
}

/// What the section makes of a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// It signs in through Entra.
    Entra,
    /// `role_arn` and `source_profile`.
    Chained,
    /// Region or output only.
    Plain,
}

/// What accepting an offer would change of one profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub profile: ProfileName,
    /// The config file has no such profile yet.
    pub new: bool,
    /// In the offer's order; keys that are the same are not among them.
    pub keys: Vec<KeyChange>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyChange {
    pub key: String,
    pub before: Option<String>,
    pub after: String,
}

impl Offer {
    /// How many profiles it holds; at least one.
    pub fn count(&self) -> usize {
        self.profiles.len()
    }

    /// What would change in a config file of this text, profile by profile in the offer's order; none: the file says
    /// all of it already.
    pub fn changes(&self, config: &str) -> Vec<Change> {
        let document = Document::parse(config, Dialect::Config);
        let changes = self.profiles.iter().map(|offered| offered.change(&document));
        changes.filter(|change| !change.keys.is_empty()).collect()
    }

    /// A name for this offer and these changes, 16 hexadecimal digits: what was shown is what is written, where the
    /// same process makes both. No protection against whoever can choose the offer.
    pub fn digest(&self, changes: &[Change]) -> String {
        let mut hasher = DefaultHasher::new();
        self.origin.hash(&mut hasher);
        for offered in &self.profiles {
            (&offered.name, &offered.keys).hash(&mut hasher);
        }
        for change in changes {
            (&change.profile, change.new, change.keys.len()).hash(&mut hasher);
            for key in &change.keys {
                (&key.key, &key.before, &key.after).hash(&mut hasher);
            }
        }
        format!("{:016x}", hasher.finish())
    }
}

impl Offered {
    fn change(&self, config: &Document<'_>) -> Change {
        let name = self.name.as_str();
        let keys = self.keys.iter().filter_map(|(key, after)| {
            let before =
                config.get(name, key).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
            let same = before.as_deref().is_some_and(|before| plain(before) == *after);
            (!same).then(|| KeyChange { key: key.clone(), before, after: after.clone() })
        });
        let new = config.sections_of(name).next().is_none();
        Change { profile: self.name.clone(), new, keys: keys.collect() }
    }
}

/// A value without the backslashes that aws-azure-login writes before what it would take for a comment; profiles are
/// read so, too.
fn plain(value: &str) -> String {
    value.trim().replace("\\#", "#").replace("\\;", ";")
}

#[cfg(test)]
mod tests;
