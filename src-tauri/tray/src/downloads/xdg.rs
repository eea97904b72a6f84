//! The folder of downloads as `user-dirs.dirs` names it (xdg-user-dirs).

use std::path::{Path, PathBuf};

pub(super) fn named(config_home: &Path, home: &Path) -> Option<PathBuf> {
    named_in(&std::fs::read_to_string(config_home.join("user-dirs.dirs")).ok()?, home)
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
