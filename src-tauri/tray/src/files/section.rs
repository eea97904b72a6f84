//! One section of a file edited, whosever file it is; never over what could not be had again.

use super::unwritable;
use rolecall_core::aws_files::document::{Dialect, Document};
use rolecall_core::aws_files::edit::{self, EditError};
use rolecall_core::aws_files::replace::{self, UpdateError, Waits};
use rolecall_core::credentials::{Credentials, KEYS};
use rolecall_core::problem::Problem;
use rolecall_core::profile::ProfileName;
use std::path::Path;

/// Writes the four keys into the profile's section of a credentials file.
///
/// # Errors
/// As [`Disk::write`].
pub(crate) fn write_keys(
    file: &Path,
    profile: &ProfileName,
    credentials: &Credentials,
) -> Result<Option<Problem>, Problem> {
    let values = credentials.file_values();
    let values: Vec<_> = values.iter().map(|(key, value)| (*key, value.expose())).collect();
    update(file, profile, |text| {
        if let Some(key_prefix) = long_lived_key(text, profile) {
            return Err(Refusal::LongLivedKey { key_prefix });
        }
        Ok(edit::set(text, Dialect::Credentials, profile.as_str(), &values)?)
    })
}

/// Removes the four keys from the profile's section of a credentials file.
///
/// # Errors
/// As [`Disk::write`].
pub(crate) fn remove_keys(file: &Path, profile: &ProfileName) -> Result<Option<Problem>, Problem> {
    update(file, profile, |text| match long_lived_key(text, profile) {
        Some(key_prefix) => Err(Refusal::LongLivedKey { key_prefix }),
        None => Ok(edit::remove(text, Dialect::Credentials, profile.as_str(), &KEYS)?),
    })
}

pub(super) fn update(
    file: &Path,
    profile: &ProfileName,
    edit: impl FnMut(&str) -> Result<String, Refusal>,
) -> Result<Option<Problem>, Problem> {
    let path = file.display().to_string();
    match replace::update(file, Waits::default(), edit) {
        Ok(written) => Ok(written.lost_foreign_write.then_some(Problem::ForeignWriteLost { path })),
        Err(error) => Err(problem(error, path, profile)),
    }
}

fn problem(error: UpdateError<Refusal>, path: String, profile: &ProfileName) -> Problem {
    match error {
        UpdateError::File(error) => unwritable(&error),
        UpdateError::Edit(Refusal::Edit(error)) => Problem::EditRefused { path, reason: error.to_string() },
        UpdateError::Edit(Refusal::LongLivedKey { key_prefix }) => {
            Problem::LongLivedKey { path, section: profile.as_str().to_owned(), key_prefix }
        }
        UpdateError::Edit(Refusal::Taken) => {
            Problem::ProfileTaken { path, name: profile.as_str().to_owned() }
        }
        UpdateError::Edit(Refusal::ForeignProcess) => {
            let section = format!("profile {profile}");
            Problem::ForeignCredentialProcess { path, section }
        }
    }
}

/// Why a section is left as it is.
#[derive(Debug)]
pub(super) enum Refusal {
    Edit(EditError),
    LongLivedKey { key_prefix: String },
    ForeignProcess,
    Taken,
}

impl From<EditError> for Refusal {
    fn from(error: EditError) -> Self {
        Self::Edit(error)
    }
}

/// The start of a long-lived key (`AKIA…`) that stands in the section: AWS shows its secret once, so it is the one
/// thing in that file that cannot be had again.
fn long_lived_key(text: &str, profile: &ProfileName) -> Option<String> {
    let document = Document::parse(text, Dialect::Credentials);
    let id = document.get(profile.as_str(), KEYS[0])?;
    id.starts_with("AKIA").then(|| id.chars().take(8).collect())
}
