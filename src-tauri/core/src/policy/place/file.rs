//! A file that only root can have written.

use std::fs::{File, Metadata};
use std::io::{ErrorKind, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

/// In bytes.
const SIZE_LIMIT: u64 = 1024 * 1024;
const ROOT: u32 = 0;
/// The bits that let the group or others write.
const WRITABLE: u32 = 0o022;

/// # Errors
/// A half-sentence that says why the file is not trusted or not read.
pub(super) fn bytes(path: &Path) -> Result<Option<Vec<u8>>, String> {
    bytes_of(path, ROOT)
}

/// The same for a file and a folder that must belong to this user.
fn bytes_of(path: &Path, owner: u32) -> Result<Option<Vec<u8>>, String> {
    let unreadable = |error: std::io::Error| format!("it cannot be read ({error})");
    let named = match path.symlink_metadata() {
        Ok(found) => found,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(error)),
    };
    // Asked before opening, too: to open a pipe is to wait for its writer.
    if !named.is_file() {
        return Err("it is a link or no file".to_owned());
    }
    let folder = path.parent().unwrap_or(Path::new("/"));
    let folder = folder.symlink_metadata().map_err(unreadable)?;
    if !folder.is_dir() {
        return Err("its folder is a link".to_owned());
    }
    protected(&folder, owner).map_err(|reason| format!("its folder {reason}"))?;
    let mut file = File::open(path).map_err(unreadable)?;
    let opened = file.metadata().map_err(unreadable)?;
    // The file that is read is the one of that name: nobody has put a link there in between.
    if (opened.dev(), opened.ino()) != (named.dev(), named.ino()) || !opened.is_file() {
        return Err("it was replaced while it was read".to_owned());
    }
    protected(&opened, owner).map_err(|reason| format!("it {reason}"))?;
    let mut bytes = vec![];
    file.by_ref().take(SIZE_LIMIT + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > SIZE_LIMIT {
        return Err("it is larger than a megabyte".to_owned());
    }
    Ok(Some(bytes))
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
        symlink(&other, &path).expect("a link");
        assert_eq!(scene.bytes(), Err("it is a link or no file".to_owned()));
        std::fs::remove_file(&path).expect("removed");
        std::fs::create_dir(&path).expect("a folder");
        assert_eq!(scene.bytes(), Err("it is a link or no file".to_owned()));
        std::fs::remove_dir(&path).expect("removed");
        let _listener = std::os::unix::net::UnixListener::bind(&path).expect("a socket");
        assert_eq!(scene.bytes(), Err("it is a link or no file".to_owned()));
        std::fs::remove_file(&path).expect("removed");
        std::fs::rename(&other, &path).expect("renamed");
        std::fs::rename(&folder, home.join("elsewhere")).expect("renamed");
        assert_eq!(scene.bytes(), Ok(None));
        symlink(home.join("elsewhere"), &folder).expect("a link");
        assert_eq!(scene.bytes(), Err("its folder is a link".to_owned()));
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
