//! One resident process for each person: a lock that is held for life.

use std::fs::{File, TryLockError};
use std::path::Path;

/// Held until dropped.
#[derive(Debug)]
pub struct Lock {
    #[cfg_attr(windows, expect(dead_code, reason = "its life is its purpose"))]
    file: File,
}

/// Why the lock was not taken.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    #[error("Rolecall is already running")]
    AlreadyRunning,
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

impl Lock {
    /// Locks the file, whose folder must be there.
    ///
    /// # Errors
    /// [`LockError::AlreadyRunning`] where another process holds it.
    pub fn take(path: &Path) -> Result<Self, LockError> {
        let mut options = File::options();
        options.create(true).truncate(false).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { file }),
            Err(TryLockError::WouldBlock) => Err(LockError::AlreadyRunning),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }

    /// Whether the file that we hold is the one that others would find there.
    #[cfg(unix)]
    pub(crate) fn is_at(&self, path: &Path) -> bool {
        use std::os::unix::fs::MetadataExt as _;
        let (ours, there) = (self.file.metadata(), std::fs::symlink_metadata(path));
        matches!((ours, there), (Ok(ours), Ok(there)) if (ours.dev(), ours.ino()) == (there.dev(), there.ino()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_holds_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("lock");
        let first = Lock::take(&path).expect("free");
        assert!(matches!(Lock::take(&path), Err(LockError::AlreadyRunning)));
        drop(first);
        assert!(Lock::take(&path).is_ok());
    }
}
