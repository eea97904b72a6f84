//! Linux: one file in one place.

use super::Policy;
use std::path::{Path, PathBuf};

pub(super) fn path() -> PathBuf {
    PathBuf::from("/etc/rolecall/policy.toml")
}

pub(super) fn all() -> Vec<PathBuf> {
    vec![path()]
}

pub(super) fn read(path: &Path) -> Result<Option<Policy>, String> {
    super::file::bytes(path)?.map(super::of_text).transpose()
}
