//! Where the policy lies, and whether only an administrator can have written it.

use super::Policy;
use crate::problem::Problem;
use std::path::{Path, PathBuf};

#[cfg(unix)]
mod file;
#[cfg(any(target_os = "macos", test))]
mod managed;
#[cfg_attr(target_os = "linux", path = "place/linux.rs")]
#[cfg_attr(target_os = "macos", path = "place/macos.rs")]
#[cfg_attr(windows, path = "place/windows.rs")]
mod places;
#[cfg(any(windows, test))]
mod registry;

/// Where the policy lies, or would. No environment variable moves it.
pub fn path() -> PathBuf {
    places::path()
}

/// Everywhere that one may lie: where there are several, the first that is there counts, and it alone. The last is that
/// of a file, which any administrator can lay down.
pub fn places() -> Vec<PathBuf> {
    places::all()
}

impl Policy {
    /// What is laid down there; `None` where nothing is.
    ///
    /// # Errors
    /// [`Problem::PolicyRefused`]: others than an administrator could have written it (its owner or mode, or those of
    /// its folder; a link, or no file), or it is not understood.
    pub fn read(path: &Path) -> Result<Option<Self>, Problem> {
        let refused = |reason| Problem::PolicyRefused { path: path.display().to_string(), reason };
        places::read(path).map_err(refused)
    }
}

/// A file of the policy's own grammar.
#[cfg(unix)]
fn of_text(bytes: Vec<u8>) -> Result<Policy, String> {
    let text = String::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())?;
    Policy::parse(&text)
}

/// The same keys from where there are no lines to name.
#[cfg(any(not(target_os = "linux"), test))]
fn of_table(table: &toml::Table) -> Result<Policy, String> {
    let text = toml::to_string(table).map_err(|error| crate::problem::foreign(&error.to_string()))?;
    Policy::parse(&text).map_err(|wrong| match wrong.split_once(": ") {
        Some((line, what)) if line.starts_with("line ") => what.to_owned(),
        _ => wrong,
    })
}

#[cfg(all(test, unix))]
#[test]
fn a_policy_is_text() {
    assert_eq!(of_text(b"# nothing".to_vec()), Ok(Policy::default()));
    assert_eq!(of_text(b"\xff".to_vec()), Err("it is not UTF-8".to_owned()));
}
