//! The folder in which the web engine may leave its things: gone when the sign-in ends, or, after a crash, when the
//! next one starts.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

const PREFIX: &str = "rolecall-sign-in-";
const LOCK: &str = "lock";
/// Younger folders may be about to be locked by their owner.
const SETTLED: Duration = Duration::from_secs(60);

pub(crate) struct Scratch {
    path: PathBuf,
    /// Held for life: what is locked is in use.
    _lock: File,
}

impl Scratch {
    /// A new folder below `parent`, for its owner only; folders of crashed sign-ins there are removed first.
    pub(crate) fn new(parent: &Path) -> io::Result<Self> {
        sweep(parent);
        // Kept by name: the process ends without running destructors.
        let path = tempfile::Builder::new().prefix(PREFIX).tempdir_in(parent)?.keep();
        let lock = File::create_new(path.join(LOCK))?;
        lock.lock()?;
        Ok(Self { path, _lock: lock })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn remove(&self) {
        let _ = std::fs::remove_dir_all(&self.path);
    }
}

/// Removes what crashed sign-ins left. What belongs to somebody else cannot be opened or removed, and is left alone.
fn sweep(parent: &Path) {
    let Ok(entries) = std::fs::read_dir(parent) else { return };
    for entry in entries.flatten() {
        let ours = entry.file_name().to_str().is_some_and(|name| name.starts_with(PREFIX));
        // `DirEntry::metadata` does not follow links.
        let settled = entry.metadata().is_ok_and(|metadata| {
            metadata.is_dir()
                && metadata.modified().is_ok_and(|time| time.elapsed().is_ok_and(|age| age >= SETTLED))
        });
        if ours && settled && !in_use(&entry.path()) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

fn in_use(folder: &Path) -> bool {
    match File::open(folder.join(LOCK)) {
        Ok(lock) => matches!(lock.try_lock(), Err(TryLockError::WouldBlock)),
        Err(error) => error.kind() != io::ErrorKind::NotFound,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crashed_sign_ins_are_swept_and_living_ones_are_not() {
        let parent = tempfile::tempdir().unwrap();
        let old = std::time::SystemTime::now() - Duration::from_secs(3600);
        let age = |path: &Path| File::open(path).unwrap().set_modified(old).unwrap();
        let living = Scratch::new(parent.path()).unwrap();
        age(living.path());
        let crashed = Scratch::new(parent.path()).unwrap();
        let crashed_path = crashed.path().to_owned();
        age(&crashed_path);
        drop(crashed);
        let starting = parent.path().join(format!("{PREFIX}starting"));
        std::fs::create_dir(&starting).unwrap();
        let foreign = parent.path().join("somebody-elses");
        std::fs::create_dir(&foreign).unwrap();
        age(&foreign);

        let next = Scratch::new(parent.path()).unwrap();
        assert!(living.path().exists(), "locked");
        assert!(!crashed_path.exists(), "left by a crash");
        assert!(starting.exists(), "too young to judge");
        assert!(foreign.exists(), "another name");
        next.remove();
        assert!(!next.path().exists());
    }
}
