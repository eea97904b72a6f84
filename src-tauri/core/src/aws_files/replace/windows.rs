//! What replacing a file needs of Windows.

use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::path::Path;

/// Folders below the profile folder inherit its access list: the user's own.
pub(super) fn create_folders(folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)
}

pub(super) fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    options
}

/// Its time and bytes decide: which file it is matters only to who watches it after the rename.
pub(super) fn is_same_file(_old: &Metadata, _new: &Metadata) -> bool {
    true
}

/// A new file inherits the folder's access list; there is no mode to keep.
pub(super) fn keep_owner_and_mode(_file: &File, _old: &Metadata) -> io::Result<()> {
    Ok(())
}

/// None: an open file cannot be replaced, neither by others nor by who has it open. For the same reason nobody can
/// write onto the old file after a rename: there is nothing to watch.
pub(super) fn to_watch(_read: File) -> Option<File> {
    None
}

/// ERROR_ACCESS_DENIED and ERROR_SHARING_VIOLATION: a reader has the file open.
pub(super) fn is_in_use(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(5 | 32))
}

/// A folder cannot be opened here; NTFS journals the rename.
pub(super) fn sync_folder(_folder: &Path) {}
