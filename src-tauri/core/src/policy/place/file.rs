//! A file that only root can have written.

use std::fs::{Metadata, OpenOptions};
use std::io::{ErrorKind, Read as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;

/// In bytes.
const SIZE_LIMIT: u64 = 1024 * 1024;
const ROOT: u32 = 0;
/// The bits that let the group or others write.
const WRITABLE: u32 = 0o022;

/// How often a file that was replaced while it was read is read again: a rename takes no time worth waiting for.
const READS: usize = 20;

/// Why there are no bytes.
enum Unread {
    /// A half-sentence.
    Refused(String),
    /// Another file has that name now.
    Replaced,
}

/// `None` only where nothing of that name exists.
///
/// # Errors
/// A half-sentence that says why the file is not trusted or not read.
pub(super) fn bytes(path: &Path) -> Result<Option<Vec<u8>>, String> {
    bytes_of(path, ROOT)
}

/// The same for a file and a folder that must belong to this user.
fn bytes_of(path: &Path, owner: u32) -> Result<Option<Vec<u8>>, String> {
    for _ in 0..READS {
        match read_once(path, owner) {
            Ok(bytes) => return Ok(bytes),
            Err(Unread::Refused(reason)) => return Err(reason),
            Err(Unread::Replaced) => {}
        }
    }
    Err("it was replaced again and again while it was read".to_owned())
}

fn read_once(path: &Path, owner: u32) -> Result<Option<Vec<u8>>, Unread> {
    let folder_path = path.parent().unwrap_or(Path::new("/"));
    let named = match path.symlink_metadata() {
        Ok(found) => found,
        // A folder that is a link to nowhere is one that somebody has put there.
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return match folder_path.symlink_metadata() {
                Ok(folder) if folder.is_symlink() => Err(refused("its folder is a link")),
                Ok(_) => Ok(None),
                Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
                Err(error) => Err(unreadable(&error)),
            };
        }
        Err(error) => return Err(unreadable(&error)),
    };
    if named.is_symlink() {
        return Err(refused("it is a link, not a file"));
    }
    // Asked before opening, too: a device may do something when it is opened.
    if !named.is_file() {
        return Err(refused("it is not a regular file"));
    }
    let folder = folder_path.symlink_metadata().map_err(|error| unreadable(&error))?;
    if !folder.is_dir() {
        return Err(refused("its folder is a link"));
    }
    protected(&folder, owner).map_err(|reason| Unread::Refused(format!("its folder {reason}")))?;
    // A pipe or a link that was put there since is neither waited for nor followed.
    let flags = libc::O_NONBLOCK | libc::O_NOFOLLOW;
    let mut file = match OpenOptions::new().read(true).custom_flags(flags).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Err(Unread::Replaced),
        Err(error) if error.raw_os_error() == Some(libc::ELOOP) => return Err(Unread::Replaced),
        Err(error) => return Err(unreadable(&error)),
    };
    let opened = file.metadata().map_err(|error| unreadable(&error))?;
    // The file that is read is the one of that name: nobody has put another there in between.
    if (opened.dev(), opened.ino()) != (named.dev(), named.ino()) || !opened.is_file() {
        return Err(Unread::Replaced);
    }
    protected(&opened, owner).map_err(|reason| Unread::Refused(format!("it {reason}")))?;
    let mut bytes = vec![];
    file.by_ref().take(SIZE_LIMIT + 1).read_to_end(&mut bytes).map_err(|error| unreadable(&error))?;
    if bytes.len() as u64 > SIZE_LIMIT {
        return Err(refused("it is larger than a megabyte"));
    }
    Ok(Some(bytes))
}

fn refused(reason: &str) -> Unread {
    Unread::Refused(reason.to_owned())
}

fn unreadable(error: &std::io::Error) -> Unread {
    Unread::Refused(match error.kind() {
        ErrorKind::PermissionDenied => {
            "you are not allowed to read it (everyone can read a file of mode 0644 in a folder of mode 0755)"
                .to_owned()
        }
        _ => format!("it cannot be read ({error})"),
    })
}

fn protected(metadata: &Metadata, owner: u32) -> Result<(), String> {
    let (uid, mode) = (metadata.uid(), metadata.mode() & 0o7777);
    if uid != owner {
        let who = if owner == ROOT { "root".to_owned() } else { format!("user {owner}") };
        return Err(format!("belongs to user {uid}, not to {who}"));
    }
    if mode & WRITABLE != 0 {
        return Err(format!("may be written by others than its owner (its mode is {mode:03o})"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::Permissions;
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    use std::path::PathBuf;

    struct Scene {
        home: tempfile::TempDir,
        owner: u32,
    }

    impl Scene {
        fn new() -> Self {
            let home = tempfile::tempdir().expect("a folder");
            let owner = home.path().metadata().expect("a folder").uid();
            std::fs::create_dir(home.path().join("rolecall")).expect("a folder");
            let scene = Self { home, owner };
            std::fs::write(scene.path(), "organisation = 'A'").expect("written");
            scene.chmod(&scene.path(), 0o644);
            scene.chmod(&scene.folder(), 0o755);
            scene
        }

        fn folder(&self) -> PathBuf {
            self.home.path().join("rolecall")
        }

        fn path(&self) -> PathBuf {
            self.folder().join("policy.toml")
        }

        fn chmod(&self, path: &Path, mode: u32) {
            std::fs::set_permissions(path, Permissions::from_mode(mode)).expect("permissions");
        }

        fn bytes(&self) -> Result<Option<Vec<u8>>, String> {
            bytes_of(&self.path(), self.owner)
        }
    }

    #[test]
    fn modes() {
        for (folder, file, reason) in [
            (0o755, 0o644, None),
            (0o700, 0o600, None),
            (0o755, 0o664, Some("it may be written by others than its owner (its mode is 664)")),
            (0o755, 0o646, Some("it may be written by others than its owner (its mode is 646)")),
            (0o775, 0o644, Some("its folder may be written by others than its owner (its mode is 775)")),
            (0o1777, 0o644, Some("its folder may be written by others than its owner (its mode is 1777)")),
        ] {
            let scene = Scene::new();
            scene.chmod(&scene.path(), file);
            scene.chmod(&scene.folder(), folder);
            let wanted =
                reason.map_or(Ok(Some(b"organisation = 'A'".to_vec())), |reason| Err(reason.to_owned()));
            assert_eq!(scene.bytes(), wanted, "{folder:o} {file:o}");
        }
    }

    #[test]
    fn owners() {
        let scene = Scene::new();
        let reason = bytes_of(&scene.path(), scene.owner + 1).expect_err("another user's");
        assert_eq!(
            reason,
            format!("its folder belongs to user {0}, not to user {1}", scene.owner, scene.owner + 1)
        );
        if scene.owner != ROOT {
            let reason = bytes(&scene.path()).expect_err("another user's");
            assert!(reason.ends_with("not to root"), "{reason}");
            return;
        }
        // Only root can give files away.
        for (path, part) in
            [(scene.path(), "it belongs to user 12345, not to root"), (scene.folder(), "its folder belongs")]
        {
            std::os::unix::fs::chown(&path, Some(12345), None).expect("given away");
            let reason = bytes(&scene.path()).expect_err("another user's");
            assert!(reason.starts_with(part), "{reason}");
        }
    }

    #[test]
    fn nothing_but_a_file_in_a_folder() {
        let scene = Scene::new();
        let (path, folder, home) = (scene.path(), scene.folder(), scene.home.path());
        let other = home.join("other.toml");
        std::fs::rename(&path, &other).expect("renamed");
        assert_eq!(scene.bytes(), Ok(None));
        for target in [&other, &home.join("nowhere")] {
            symlink(target, &path).expect("a link");
            assert_eq!(scene.bytes(), Err("it is a link, not a file".to_owned()));
            std::fs::remove_file(&path).expect("removed");
        }
        std::fs::create_dir(&path).expect("a folder");
        assert_eq!(scene.bytes(), Err("it is not a regular file".to_owned()));
        std::fs::remove_dir(&path).expect("removed");
        let _listener = std::os::unix::net::UnixListener::bind(&path).expect("a socket");
        assert_eq!(scene.bytes(), Err("it is not a regular file".to_owned()));
        std::fs::remove_file(&path).expect("removed");
        // Nobody writes into this pipe: whoever opened it would wait for ever.
        let made = std::process::Command::new("mkfifo").arg(&path).status().expect("mkfifo");
        assert!(made.success());
        assert_eq!(scene.bytes(), Err("it is not a regular file".to_owned()));
        std::fs::remove_file(&path).expect("removed");
        std::fs::rename(&other, &path).expect("renamed");
        std::fs::rename(&folder, home.join("elsewhere")).expect("renamed");
        assert_eq!(scene.bytes(), Ok(None));
        for target in ["elsewhere", "nowhere"] {
            symlink(home.join(target), &folder).expect("a link");
            assert_eq!(scene.bytes(), Err("its folder is a link".to_owned()), "{target}");
            std::fs::remove_file(&folder).expect("removed");
        }
        std::fs::write(&folder, "").expect("a file in the place of the folder");
        assert!(scene.bytes().expect_err("no folder").starts_with("it cannot be read"));
    }

    #[test]
    fn a_file_that_is_replaced_again_and_again_is_read_each_time() {
        let scene = Scene::new();
        let (path, draft) = (scene.path(), scene.folder().join("draft"));
        let stop = std::sync::atomic::AtomicBool::new(false);
        std::thread::scope(|threads| {
            threads.spawn(|| {
                while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                    std::fs::write(&draft, "organisation = 'A'").expect("written");
                    scene.chmod(&draft, 0o644);
                    std::fs::rename(&draft, &path).expect("renamed");
                }
            });
            let read: Vec<_> = (0..2000).map(|_| scene.bytes()).collect();
            stop.store(true, std::sync::atomic::Ordering::Relaxed);
            for read in read {
                assert_eq!(read, Ok(Some(b"organisation = 'A'".to_vec())));
            }
        });
    }

    #[test]
    fn sizes() {
        let scene = Scene::new();
        let limit = usize::try_from(SIZE_LIMIT).expect("a size");
        for (bytes, reason) in
            [(vec![b'#'; limit], None), (vec![b'#'; limit + 1], Some("it is larger than a megabyte"))]
        {
            std::fs::write(scene.path(), &bytes).expect("written");
            assert_eq!(scene.bytes().err().as_deref(), reason, "{}", bytes.len());
        }
    }
}
