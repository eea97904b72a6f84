//! Where a person looks for what a program has saved for them.

#[cfg_attr(windows, path = "downloads/windows.rs")]
#[cfg_attr(not(windows), path = "downloads/xdg.rs")]
mod system;

use std::path::{Path, PathBuf};

/// The folder of downloads as the system names it, else `Downloads`, else the home itself.
pub(crate) fn folder(config_home: &Path, home: Option<&Path>) -> PathBuf {
    let home = home.unwrap_or(Path::new("/"));
    let candidates = [system::named(config_home, home), Some(home.join("Downloads"))];
    candidates.into_iter().flatten().find(|folder| folder.is_dir()).unwrap_or_else(|| home.to_owned())
}
