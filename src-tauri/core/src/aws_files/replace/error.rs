//! Why a file was not read or replaced. Nothing here holds a byte of the file.

use std::io;
use std::path::{Path, PathBuf};

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {problem}", path.display())]
pub struct FileError {
    /// The file, or the folder, that the problem is about.
    pub path: PathBuf,
    pub problem: FileProblem,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileProblem {
    #[error("line {line} is not UTF-8")]
    NotUtf8 { line: usize },
    /// Its owner may not write it: somebody made it so.
    #[error("the file is read-only")]
    ReadOnlyFile,
    #[error("the folder cannot be written")]
    ReadOnlyFolder,
    #[error("access is denied")]
    Denied,
    /// The disk is full, or a quota or size limit is reached.
    #[error("no space is left")]
    Full,
    /// An access list, a label or another extended attribute that the new file cannot have.
    #[error("its attribute {name} cannot be kept ({reason})")]
    Attribute { name: String, reason: String },
    #[error("it is not a file")]
    NotAFile,
    #[error("its links lead in a circle")]
    LinkLoop,
    /// Another program that locks as we do did not finish in time.
    #[error("another program holds the lock")]
    Locked,
    /// Programs that do not lock kept writing.
    #[error("other programs keep writing it")]
    Contested,
    /// Another program has the file open (Windows), or it is a mount of its own (Linux).
    #[error("another program holds it open")]
    InUse,
    #[error("{text}")]
    Io { kind: io::ErrorKind, text: String },
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UpdateError<E> {
    #[error(transparent)]
    File(#[from] FileError),
    /// The edit itself said no; the file is untouched.
    #[error("{0}")]
    Edit(E),
}

impl FileError {
    pub(super) fn new(path: &Path, problem: FileProblem) -> Self {
        Self { path: path.to_owned(), problem }
    }

    pub(super) fn of(path: &Path, error: &io::Error) -> Self {
        let problem = match error.kind() {
            _ if super::system::is_shared_out(error) => FileProblem::InUse,
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
                FileProblem::Full
            }
            io::ErrorKind::ReadOnlyFilesystem => FileProblem::ReadOnlyFolder,
            io::ErrorKind::PermissionDenied => FileProblem::Denied,
            io::ErrorKind::ResourceBusy => FileProblem::InUse,
            kind => FileProblem::Io { kind, text: error.to_string() },
        };
        Self::new(path, problem)
    }

    /// An error at making something in a folder.
    pub(super) fn in_folder(folder: &Path, error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::PermissionDenied => Self::new(folder, FileProblem::ReadOnlyFolder),
            _ => Self::of(folder, error),
        }
    }
}
