//! What replacing a file needs of Linux and macOS.

use std::fs::{DirBuilder, File, Metadata, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
use std::path::Path;

pub(super) fn create_folders(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

pub(super) fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false).mode(0o600);
    options
}

pub(super) fn is_same_file(old: &Metadata, new: &Metadata) -> bool {
    (old.dev(), old.ino()) == (new.dev(), new.ino())
}

/// The owner and group of `old` where we may give them, and its mode: but no right for a group that is another one.
pub(super) fn keep_owner_and_mode(file: &File, old: &Metadata) -> io::Result<()> {
    let new = file.metadata()?;
    if new.uid() != old.uid() {
        let _ = fchown(file, Some(old.uid()), None);
    }
    let group_is_kept = new.gid() == old.gid() || fchown(file, None, Some(old.gid())).is_ok();
    let mode = old.mode() & if group_is_kept { 0o777 } else { 0o707 };
    file.set_permissions(Permissions::from_mode(mode))
}

/// The file that was read stays open: it shows what is written onto it while it is replaced.
pub(super) fn to_watch(read: File) -> Option<File> {
    Some(read)
}

/// A rename does not care who has the file open.
pub(super) fn is_in_use(_error: &io::Error) -> bool {
    false
}

/// Makes the rename last through a power cut. The file is whole either way, so a file system that cannot is no error.
pub(super) fn sync_folder(folder: &Path) {
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
}
