//! What we keep in folders of our own is nobody else's to read, also where an older version or another umask left it open.

use std::path::Path;

/// Files that this process makes from here on are its user's alone.
pub fn make_private() {
    #[cfg(unix)]
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
}

/// Folders 0700, files 0600; on Windows the person's own AppData lets nobody else in. What is another user's, and links,
/// are left alone.
pub(crate) fn tighten(folder: &Path) {
    #[cfg(unix)]
    system::tighten(folder, 4);
    #[cfg(not(unix))]
    let _ = folder;
}

#[cfg(unix)]
mod system {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    use std::path::Path;

    pub(super) fn tighten(path: &Path, depth: u8) {
        let Ok(metadata) = std::fs::symlink_metadata(path) else { return };
        if metadata.uid() != rustix::process::geteuid().as_raw() {
            return;
        }
        let (folder, file) = (metadata.is_dir(), metadata.is_file());
        let mode = if folder { 0o700 } else { 0o600 };
        let ours = metadata.permissions().mode() & 0o777;
        // Rights that somebody took away stay away.
        if (folder || file) && ours & !mode != 0 {
            let tightened = std::fs::Permissions::from_mode(ours & mode);
            if let Err(error) = std::fs::set_permissions(path, tightened) {
                tracing::warn!("{} can be read by others: {error}", path.display());
            }
        }
        if folder && depth > 0 {
            for entry in std::fs::read_dir(path).into_iter().flatten().flatten() {
                tighten(&entry.path(), depth - 1);
            }
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn what_was_open_is_closed_and_links_are_left_alone() {
        let place = tempfile::tempdir().expect("a folder");
        let path = |name: &str| place.path().join(name);
        let set = |name: &str, mode| {
            std::fs::set_permissions(path(name), std::fs::Permissions::from_mode(mode)).expect("a mode");
        };
        let mode = |name: &str| std::fs::metadata(path(name)).expect("there").permissions().mode() & 0o777;
        std::fs::create_dir_all(path("ours/below")).expect("folders");
        for file in ["ours/log", "ours/below/audit", "theirs"] {
            std::fs::write(path(file), "x").expect("written");
            set(file, 0o664);
        }
        std::fs::write(path("ours/locked"), "x").expect("written");
        set("ours/locked", 0o400);
        set("ours", 0o777);
        set("ours/below", 0o755);
        std::os::unix::fs::symlink(path("theirs"), path("ours/link")).expect("a link");
        tighten(&path("ours"));
        let found = ["ours", "ours/below", "ours/log", "ours/below/audit", "ours/locked", "theirs"].map(mode);
        assert_eq!(found, [0o700, 0o700, 0o600, 0o600, 0o400, 0o664]);
    }
}
