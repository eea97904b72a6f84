//! Notices when somebody else changes the person's files.

#[cfg_attr(target_os = "linux", path = "watch/linux.rs")]
#[cfg_attr(not(target_os = "linux"), path = "watch/elsewhere.rs")]
mod system;

pub(crate) use system::Watch;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What to look at for one file: the folder that is there, of the file itself and of what it links to; and the paths
/// whose events count, the folders that may still appear among them.
fn places(file: &Path) -> (Vec<PathBuf>, BTreeSet<PathBuf>) {
    let real = std::fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
    let (mut folders, mut names) = (vec![], BTreeSet::new());
    for path in [file, &real] {
        names.extend(path.ancestors().take(3).map(Path::to_owned));
        folders.extend(path.ancestors().skip(1).find(|folder| folder.is_dir()).map(Path::to_owned));
    }
    (folders, names)
}
