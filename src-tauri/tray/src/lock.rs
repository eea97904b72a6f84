//! One resident process for each person: a lock that is held for life.

use std::fs::{File, TryLockError};
use std::path::Path;

/// Held until dropped.
#[derive(Debug)]
pub struct Lock {
    _file: File,
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
    /// Locks `lock` in the run folder, which must be there.
    ///
    /// # Errors
    /// [`LockError::AlreadyRunning`] where another process holds it.
    pub fn take(run: &Path) -> Result<Self, LockError> {
        let file = File::options().create(true).truncate(false).write(true).open(run.join("lock"))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(LockError::AlreadyRunning),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_holds_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let first = Lock::take(folder.path()).expect("free");
        assert!(matches!(Lock::take(folder.path()), Err(LockError::AlreadyRunning)));
        drop(first);
        assert!(Lock::take(folder.path()).is_ok());
    }
}
