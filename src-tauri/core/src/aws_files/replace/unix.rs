//! What replacing a file needs of Linux and macOS.

#[cfg_attr(target_os = "linux", path = "access_linux.rs")]
#[cfg_attr(target_os = "macos", path = "access_macos.rs")]
mod access;

use super::Access;
use super::draft::NotKept;
use std::fs::{DirBuilder, File, Metadata, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
use std::path::Path;
use tempfile::NamedTempFile;

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

/// Gives `new` what `old` has: owner and group where we may, mode, access list and extended attributes; but no right
/// for a group that is another one, and with [`Access::OwnerOnly`] none for anybody but the owner. The mode of `old` is
/// the answer, if that took a right away.
pub(super) fn give_access(
    new: &File,
    old: Option<&File>,
    metadata: Option<&Metadata>,
    access: Access,
) -> Result<Option<u32>, NotKept> {
    // A folder can hand its own list down to every file that is made in it.
    access::remove_list(new)?;
    let (Some(old), Some(metadata)) = (old, metadata) else { return Ok(None) };
    let made = new.metadata()?;
    if made.uid() != metadata.uid() {
        let _ = fchown(new, Some(metadata.uid()), None);
    }
    let group_is_kept = made.gid() == metadata.gid() || fchown(new, None, Some(metadata.gid())).is_ok();
    let mode = metadata.mode() & 0o777;
    let open = access::is_open_to_others(old, mode)?;
    let narrowed = access == Access::OwnerOnly && open;
    if narrowed {
        new.set_permissions(Permissions::from_mode(mode & 0o600))?;
    } else {
        // First the list: until then the file is its owner's alone. With a list the group's part of the mode is the most
        // that the list gives anybody, and no right of the group.
        if !access::copy_list(old, new, group_is_kept)? {
            let mode = mode & if group_is_kept { 0o777 } else { 0o707 };
            new.set_permissions(Permissions::from_mode(mode))?;
        }
    }
    access::copy_attributes(old, new, narrowed)?;
    Ok(narrowed.then_some(mode))
}

pub(super) fn is_open_to_others(path: &Path) -> bool {
    let open = || access::is_open_to_others(&File::open(path)?, path.metadata()?.mode() & 0o777);
    open().or_else(|_: io::Error| Ok::<_, io::Error>(path.metadata()?.mode() & 0o077 != 0)).unwrap_or(false)
}

pub(super) fn has_other_names(old: &Metadata) -> bool {
    old.nlink() > 1
}

pub(super) fn replace(new: NamedTempFile, target: &Path) -> io::Result<()> {
    new.persist(target).map(drop).map_err(|failed| failed.error)
}

/// The file that was read stays open: it shows what is written onto it while it is replaced.
pub(super) fn to_watch(read: File) -> Option<File> {
    Some(read)
}

/// A rename does not care who has the file open.
pub(super) fn is_in_use(_error: &io::Error) -> bool {
    false
}

/// Opening a file for oneself alone is not known here.
pub(super) fn is_shared_out(_error: &io::Error) -> bool {
    false
}

/// Makes the rename last through a power cut. The file is whole either way, so a file system that cannot is no error.
pub(super) fn sync_folder(folder: &Path) {
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
}
