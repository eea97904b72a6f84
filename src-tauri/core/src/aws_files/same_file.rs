//! Whether two paths name one file, which need not exist.

use std::path::{Component, Path, PathBuf};

/// Links that lead to links: more of them are taken for a loop, as the system does.
const MOST_LINKS: usize = 40;

/// The absolute path with links, `.` and `..` resolved as far as it exists; a relative one is relative to the folder
/// of this process.
pub fn resolve(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    resolve_absolute(&absolute, MOST_LINKS)
}

fn resolve_absolute(path: &Path, links_left: usize) -> PathBuf {
    if let Ok(resolved) = std::fs::canonicalize(path) {
        return resolved;
    }
    // A link to a file that is not there yet: what is written goes there.
    if links_left > 0
        && let Ok(target) = std::fs::read_link(path)
        && let Some(parent) = path.parent()
    {
        return resolve_absolute(&parent.join(target), links_left - 1);
    }
    match (path.parent(), path.components().next_back()) {
        (Some(parent), Some(Component::Normal(name))) => resolve_absolute(parent, links_left).join(name),
        (Some(parent), Some(Component::ParentDir)) => {
            let mut resolved = resolve_absolute(parent, links_left);
            resolved.pop();
            resolved
        }
        _ => path.to_owned(),
    }
}

/// Both are read by the same name of the same file.
pub fn is_same_file(one: &Path, other: &Path) -> bool {
    if one == other {
        return true;
    }
    let (one, other) = (resolve(one), resolve(other));
    is_same_path(&one, &other) || is_same_inode(&one, &other)
}

#[cfg(windows)]
fn is_same_path(one: &Path, other: &Path) -> bool {
    let plain = |path: &Path| {
        let text = path.to_string_lossy().replace('/', "\\").to_lowercase();
        text.strip_prefix(r"\\?\").map(str::to_owned).unwrap_or(text)
    };
    one == other || plain(one) == plain(other)
}

#[cfg(not(windows))]
fn is_same_path(one: &Path, other: &Path) -> bool {
    one == other
}

/// A file with one name, seen by two paths: a folder that is mounted twice, or a file system that does not tell
/// capitals. A file with two names is two files as soon as one of them is replaced.
#[cfg(unix)]
fn is_same_inode(one: &Path, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    match (std::fs::metadata(one), std::fs::metadata(other)) {
        (Ok(one), Ok(other)) => {
            one.is_file() && one.nlink() == 1 && (one.dev(), one.ino()) == (other.dev(), other.ino())
        }
        _ => false,
    }
}

#[cfg(not(unix))]
fn is_same_inode(_one: &Path, _other: &Path) -> bool {
    false
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn spellings_of_one_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |path: &str| folder.path().join(path);
        std::fs::create_dir(at("real")).expect("a folder");
        std::fs::write(at("real/config"), "").expect("a file");
        symlink(at("real"), at("link")).expect("a link");
        symlink("real/config", at("config")).expect("a link");
        symlink("real/later", at("dangling")).expect("a link");
        symlink("loop", at("loop")).expect("a link");
        std::fs::hard_link(at("real/config"), at("second name")).expect("a second name");
        for (one, other, same) in [
            ("real/config", "link/config", true),
            ("real/config", "config", true),
            ("real/config", "real/../real/./config", true),
            ("real/config", "missing/../real/config", true),
            ("real/later", "link/later", true),
            ("real/later", "dangling", true),
            ("missing/a", "missing/b/../a", true),
            ("real/config", "real/later", false),
            ("real/config", "second name", false),
            ("loop", "real/config", false),
        ] {
            assert_eq!(is_same_file(&at(one), &at(other)), same, "{one} {other}");
        }
    }
}
