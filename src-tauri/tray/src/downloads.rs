//! Where a person looks for what a program has saved for them.

use std::path::{Path, PathBuf};

/// The folder of downloads as `user-dirs.dirs` names it (xdg-user-dirs), else `Downloads`, else the home itself.
pub(crate) fn folder(config_home: &Path, home: Option<&Path>) -> PathBuf {
    let home = home.unwrap_or(Path::new("/"));
    let named = std::fs::read_to_string(config_home.join("user-dirs.dirs")).unwrap_or_default();
    let candidates = [named_in(&named, home), Some(home.join("Downloads"))];
    candidates.into_iter().flatten().find(|folder| folder.is_dir()).unwrap_or_else(|| home.to_owned())
}

/// `XDG_DOWNLOAD_DIR="$HOME/Downloads"`
fn named_in(text: &str, home: &Path) -> Option<PathBuf> {
    let value = text.lines().find_map(|line| line.trim().strip_prefix("XDG_DOWNLOAD_DIR="))?;
    let value = value.trim().trim_matches('"');
    match value.strip_prefix("$HOME/") {
        Some(below) => Some(home.join(below)),
        None => Some(PathBuf::from(value)).filter(|path| path.is_absolute()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_xdg_user_dirs_write_it() {
        let home = Path::new("/home/ada");
        for (text, folder) in [
            ("# one\nXDG_DOWNLOAD_DIR=\"$HOME/Téléchargements\"\n", Some("/home/ada/Téléchargements")),
            ("XDG_DOWNLOAD_DIR=\"/data/downloads\"", Some("/data/downloads")),
            ("XDG_DOWNLOAD_DIR=\"relative\"", None),
            ("", None),
        ] {
            assert_eq!(named_in(text, home), folder.map(PathBuf::from), "{text}");
        }
    }
}
