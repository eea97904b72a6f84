//! macOS: the preferences that a device management lays down, for this person or for the computer, else a file.
//!
//! They are read as the files that they are, and not through CFPreferences, so that one look at owner and mode serves
//! every place, and a person can be told which file it is.

use super::{Policy, managed};
use std::path::{Path, PathBuf};

/// Where macOS keeps them ("Managed Preferences", in the name of the domain).
const MANAGED: &str = "/Library/Managed Preferences";
const PREFERENCES: &str = "org.rolecall.Rolecall.plist";
const FILE: &str = "/Library/Application Support/Rolecall/policy.toml";

pub(super) fn path() -> PathBuf {
    // What cannot be looked at is there, and so is a link to nowhere: to go on to the next would be to leave it out.
    let missing = |error: &std::io::Error| error.kind() == std::io::ErrorKind::NotFound;
    let there = |place: &PathBuf| !place.symlink_metadata().is_err_and(|error| missing(&error));
    all().into_iter().find(there).unwrap_or_else(|| FILE.into())
}

pub(super) fn all() -> Vec<PathBuf> {
    let managed = Path::new(MANAGED);
    let own = user().map(|name| managed.join(name).join(PREFERENCES));
    own.into_iter().chain([managed.join(PREFERENCES), FILE.into()]).collect()
}

pub(super) fn read(path: &Path) -> Result<Option<Policy>, String> {
    let is_list = path.extension().is_some_and(|extension| extension == "plist");
    let parse = |bytes: Vec<u8>| if is_list { managed::parse(&bytes) } else { super::of_text(bytes) };
    super::file::bytes(path)?.map(parse).transpose()
}

/// By the user id: a variable could name somebody else.
fn user() -> Option<String> {
    nix::unistd::User::from_uid(nix::unistd::Uid::effective()).ok().flatten().map(|user| user.name)
}
