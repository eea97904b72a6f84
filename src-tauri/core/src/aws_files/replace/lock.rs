//! The lock beside the file: of several Rolecalls one writes at a time.

use super::draft::own_name;
use super::{FileError, FileProblem, system};
use std::fs::{File, TryLockError};
use std::path::Path;
use std::time::{Duration, Instant};

/// Held until dropped. Its file stays: removing it would let two programs lock two files of one name.
pub(super) struct Lock {
    /// None where the file system has no locks: the check before the rename must do.
    file: Option<File>,
}

const POLL: Duration = Duration::from_millis(5);

impl Lock {
    pub(super) fn take(target: &Path, folder: &Path, patience: Duration) -> Result<Self, FileError> {
        let path = folder.join(own_name(target, "lock"));
        let file =
            system::private_file().open(&path).map_err(|error| FileError::in_folder(folder, &error))?;
        let deadline = Instant::now() + patience;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self { file: Some(file) }),
                Err(TryLockError::WouldBlock) if Instant::now() < deadline => std::thread::sleep(POLL),
                Err(TryLockError::WouldBlock) => return Err(FileError::new(target, FileProblem::Locked)),
                Err(TryLockError::Error(_)) => return Ok(Self { file: None }),
            }
        }
    }

    pub(super) fn is_exclusive(&self) -> bool {
        self.file.is_some()
    }
}
