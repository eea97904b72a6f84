//! The folder in which the web engine may leave its things: gone when the sign-in ends, or, after a crash, when the
//! next one starts.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

const PREFIX: &str = "rolecall-sign-in-";
const LOCK: &str = "lock";
/// Younger folders may be about to be locked by their owner.
const SETTLED: Duration = Duration::from_secs(60);

pub(crate) struct Scratch {
    path: PathBuf,
    /// Held for life: what is locked is in use.
    lock: File,
}

impl Scratch {
    /// A new folder below `parent`, for its owner only; folders of crashed sign-ins there are removed first.
    pub(crate) fn new(parent: &Path) -> io::Result<Self> {
        sweep(parent, SystemTime::now());
        // Kept by name: the process ends without running destructors.
        let path = tempfile::Builder::new().prefix(PREFIX).tempdir_in(parent)?.keep();
        let lock = File::create_new(path.join(LOCK))?;
        lock.lock()?;
        Ok(Self { path, lock })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn remove(self) {
        // First: not every file system of Windows removes a file that is open.
        drop(self.lock);
        let _ = std::fs::remove_dir_all(&self.path);
    }
}

/// Removes what crashed sign-ins left. What belongs to somebody else cannot be opened or removed, and is left alone.
fn sweep(parent: &Path, now: SystemTime) {
    let Ok(entries) = std::fs::read_dir(parent) else { return };
    for entry in entries.flatten() {
        let ours = entry.file_name().to_str().is_some_and(|name| name.starts_with(PREFIX));
        // `DirEntry::metadata` does not follow links.
        let settled = entry.metadata().is_ok_and(|metadata| {
            metadata.is_dir()
                && metadata
                    .modified()
                    .is_ok_and(|time| now.duration_since(time).is_ok_and(|age| age >= SETTLED))
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
        let living = Scratch::new(parent.path()).unwrap();
        let crashed = Scratch::new(parent.path()).unwrap().path().to_owned();
        let starting = parent.path().join(format!("{PREFIX}starting"));
        std::fs::create_dir(&starting).unwrap();
        let foreign = parent.path().join("somebody-elses");
        std::fs::create_dir(&foreign).unwrap();
        let there = || [living.path(), &crashed, &starting, &foreign].map(Path::exists);

        let next = Scratch::new(parent.path()).unwrap();
        assert_eq!(there(), [true; 4], "too young to judge");
        sweep(parent.path(), SystemTime::now() + Duration::from_secs(3600));
        assert_eq!(there(), [true, false, false, true], "in use; left by crashes; another name");
        let path = next.path().to_owned();
        assert!(path.exists());
        next.remove();
        assert!(!path.exists());
    }
}
