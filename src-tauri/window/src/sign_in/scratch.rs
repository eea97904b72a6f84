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
    /// Whether it stays when we are gone.
    kept: bool,
}

impl Scratch {
    /// A new folder below `parent`, for its owner only; folders of crashed sign-ins there are removed first.
    pub(crate) fn new(parent: &Path) -> io::Result<Self> {
        sweep(parent, SystemTime::now());
        // Kept by name: the process ends without running destructors.
        let path = tempfile::Builder::new().prefix(PREFIX).tempdir_in(parent)?.keep();
        let lock = File::create_new(path.join(LOCK))?;
        lock.lock()?;
        Ok(Self { path, lock, kept: false })
    }

    /// A folder that stays, for one process at a time: what the engine has laid out there need not be laid out again.
    /// For pages of our own only.
    ///
    /// # Errors
    /// It cannot be made, or another process uses it.
    #[cfg_attr(not(windows), allow(dead_code, reason = "the other engines lay nothing out"))]
    pub(crate) fn kept(path: PathBuf) -> io::Result<Self> {
        std::fs::create_dir_all(&path)?;
        let lock = File::options().create(true).append(true).open(path.join(LOCK))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path, lock, kept: true }),
            Err(TryLockError::WouldBlock) => Err(io::ErrorKind::WouldBlock.into()),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn remove(self) {
        // First: not every file system of Windows removes a file that is open.
        drop(self.lock);
        if !self.kept {
            let _ = std::fs::remove_dir_all(&self.path);
        }
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
    fn a_folder_that_stays_is_used_by_one_at_a_time() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("Rolecall/webview");
        let first = Scratch::kept(path.clone()).unwrap();
        std::fs::write(path.join("cache"), "x").unwrap();
        assert_eq!(
            Scratch::kept(path.clone()).err().map(|error| error.kind()),
            Some(io::ErrorKind::WouldBlock)
        );
        first.remove();
        let second = Scratch::kept(path.clone()).unwrap();
        assert!(path.join("cache").exists());
        drop(second);
    }

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
