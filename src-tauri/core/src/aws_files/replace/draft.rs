//! The temporary file that becomes the file.

use super::seen::Seen;
use super::{Access, FileError, FileProblem, system};
use std::ffi::{OsStr, OsString};
use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;
use tempfile::NamedTempFile;

const SUFFIX: &str = ".tmp";

/// A whole new text on the disk, under a name of its own; removed unless it replaces the file.
pub(super) struct Draft {
    file: NamedTempFile,
    narrowed_from: Option<u32>,
}

impl Draft {
    pub(super) fn write(
        target: &Path,
        folder: &Path,
        text: &str,
        old: &Seen,
        access: Access,
    ) -> Result<Self, FileError> {
        // Made with mode 0600, and opened to others only after the owner is right.
        let mut file = tempfile::Builder::new()
            .prefix(&own_name(target, ""))
            .suffix(SUFFIX)
            .tempfile_in(folder)
            .map_err(|error| FileError::in_folder(folder, &error))?;
        let io = |error: io::Error| FileError::of(target, &error);
        file.write_all(text.as_bytes()).map_err(io)?;
        let narrowed_from = system::give_access(file.as_file(), old.watched(), old.metadata.as_ref(), access)
            .map_err(|failed| match failed {
                NotKept::Attribute { name, error }
                    if FileError::of(target, &error).problem != FileProblem::Full =>
                {
                    let reason = error.to_string();
                    FileError::new(target, FileProblem::Attribute { name, reason })
                }
                NotKept::Attribute { error, .. } | NotKept::Io(error) => FileError::of(target, &error),
            })?;
        file.as_file().sync_all().map_err(io)?;
        Ok(Self { file, narrowed_from })
    }

    /// The mode of the file that it replaces, if that gave others a right and this one does not.
    pub(super) fn narrowed_from(&self) -> Option<u32> {
        self.narrowed_from
    }

    /// Whether `seen` changed less than `quiet` before this draft was written, by the file system's own clock.
    pub(super) fn is_younger_than(&self, quiet: Duration, seen: &Seen) -> bool {
        let written = self.file.as_file().metadata().and_then(|draft| draft.modified());
        let changed = seen.metadata.as_ref().and_then(|seen| seen.modified().ok());
        let (Ok(written), Some(changed)) = (written, changed) else { return false };
        written.duration_since(changed).is_ok_and(|age| age < quiet)
    }

    /// False: somebody made the file that was not there when it was read.
    pub(super) fn replace(self, target: &Path, old: &Seen) -> io::Result<bool> {
        if !old.exists() {
            return match self.file.persist_noclobber(target) {
                Ok(_) => Ok(true),
                Err(failed) if failed.error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
                Err(failed) => Err(failed.error),
            };
        }
        system::replace(self.file, target).map(|()| true)
    }
}

/// Why a draft is not what its file was.
pub(super) enum NotKept {
    Io(io::Error),
    #[cfg_attr(windows, expect(dead_code, reason = "ReplaceFileW keeps them"))]
    Attribute {
        name: String,
        error: io::Error,
    },
}

impl From<io::Error> for NotKept {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// `.credentials.rolecall.` and a kind: the files that we put beside `credentials`.
pub(super) fn own_name(target: &Path, kind: &str) -> OsString {
    let mut name = OsString::from(".");
    name.push(target.file_name().unwrap_or(OsStr::new("file")));
    name.push(".rolecall.");
    name.push(kind);
    name
}

/// Removes the drafts of programs that were killed. Only for whoever holds the lock: then no draft is in use.
pub(super) fn sweep(target: &Path, folder: &Path) {
    let prefix = own_name(target, "");
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.as_encoded_bytes();
        if name.starts_with(prefix.as_encoded_bytes()) && name.ends_with(SUFFIX.as_bytes()) {
            // A draft that cannot be removed harms nobody.
            let _ = std::fs::remove_file(entry.path());
        }
    }
}
