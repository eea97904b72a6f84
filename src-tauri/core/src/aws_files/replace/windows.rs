//! What replacing a file needs of Windows.

#![expect(unsafe_code, reason = "a file keeps its access list only through a function of Windows")]

use super::Access;
use super::draft::NotKept;
use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::os::windows::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::ptr;
use std::time::Duration;
use tempfile::NamedTempFile;
use windows_sys::Win32::Foundation::{
    ERROR_ACCESS_DENIED, ERROR_CALL_NOT_IMPLEMENTED, ERROR_INVALID_FUNCTION, ERROR_LOCK_VIOLATION,
    ERROR_NOT_SUPPORTED, ERROR_SHARING_VIOLATION, ERROR_UNABLE_TO_MOVE_REPLACEMENT,
    ERROR_UNABLE_TO_MOVE_REPLACEMENT_2, ERROR_UNABLE_TO_REMOVE_REPLACED, WIN32_ERROR,
};
use windows_sys::Win32::Storage::FileSystem::{
    FILE_ATTRIBUTE_NORMAL, FILE_ATTRIBUTE_TEMPORARY, GetFileAttributesW, INVALID_FILE_ATTRIBUTES,
    ReplaceFileW, SetFileAttributesW,
};

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

/// A new file inherits the folder's access list; [`replace`] keeps that of an old one. There is no mode.
pub(super) fn give_access(
    _new: &File,
    _old: Option<&File>,
    _metadata: Option<&Metadata>,
    _access: Access,
) -> Result<Option<u32>, NotKept> {
    Ok(None)
}

pub(super) fn is_open_to_others(_path: &Path) -> bool {
    false
}

/// Nobody can ask without the file's handle.
pub(super) fn has_other_names(_old: &Metadata) -> bool {
    false
}

/// Access list, owner, streams, encryption and attributes of the file that is there stay, or nothing happens: no error
/// at keeping them is ignored. File systems that have none of these get a plain rename.
pub(super) fn replace(new: NamedTempFile, target: &Path) -> io::Result<()> {
    let draft = new.into_temp_path();
    let (from, to) = (wide(&draft), wide(target));
    take_attributes(&from, &to);
    let before = leftovers(target);
    // SAFETY: both are texts that end with a nul; null is "no backup", and the last two are reserved.
    if unsafe { ReplaceFileW(to.as_ptr(), from.as_ptr(), ptr::null(), 0, ptr::null(), ptr::null()) } != 0 {
        return Ok(());
    }
    let error = io::Error::last_os_error();
    // The old file has no name any more, or another one.
    if is(&error, &[ERROR_UNABLE_TO_MOVE_REPLACEMENT, ERROR_UNABLE_TO_MOVE_REPLACEMENT_2]) {
        let moved = move_there(draft, target);
        sweep(target, &before);
        return moved;
    }
    sweep(target, &before);
    if is(&error, &[ERROR_NOT_SUPPORTED, ERROR_INVALID_FUNCTION, ERROR_CALL_NOT_IMPLEMENTED]) {
        return draft.persist(target).map_err(|failed| failed.error);
    }
    Err(error)
}

/// The old file is gone already: now the new one must not be lost, whoever holds its name for a moment.
fn move_there(mut draft: tempfile::TempPath, target: &Path) -> io::Result<()> {
    let mut tries = 0;
    loop {
        match draft.persist(target) {
            Ok(()) => return Ok(()),
            Err(failed) if tries < 100 => {
                (draft, tries) = (failed.path, tries + 1);
                std::thread::sleep(Duration::from_millis(20));
            }
            Err(failed) => {
                let _ = failed.path.keep();
                return Err(failed.error);
            }
        }
    }
}

/// Removes what our ReplaceFileW has left beside the file: the old text, under another name. What was there `before` may
/// be all that is left of a file, and so it is where there is no file now.
fn sweep(target: &Path, before: &[PathBuf]) {
    if target.exists() {
        for left in leftovers(target).iter().filter(|left| !before.contains(left)) {
            let _ = std::fs::remove_file(left);
        }
    }
}

fn leftovers(target: &Path) -> Vec<PathBuf> {
    let (Some(folder), Some(name)) = (target.parent(), target.file_name()) else { return vec![] };
    let name = name.to_string_lossy();
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let left = entries.filter(|entry| {
        let is_empty = || entry.metadata().is_ok_and(|metadata| metadata.len() == 0);
        is_leftover(&entry.file_name().to_string_lossy(), &name, is_empty)
    });
    left.map(|entry| entry.path()).collect()
}

/// `credentials~RF1a2b3c.TMP`; Wine makes an empty `rf1a2b.tmp`.
fn is_leftover(left: &str, name: &str, is_empty: impl FnOnce() -> bool) -> bool {
    let left = left.to_lowercase();
    let Some(left) = left.strip_suffix(".tmp") else { return false };
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_hexdigit());
    let windows = left.strip_prefix(&name.to_lowercase()).and_then(|rest| rest.strip_prefix("~rf"));
    windows.is_some_and(is_number) || left.strip_prefix("rf").is_some_and(is_number) && is_empty()
}

/// What is hidden stays hidden; and no file of ours stays "temporary".
fn take_attributes(draft: &[u16], target: &[u16]) {
    // SAFETY: texts that end with a nul.
    let attributes = match unsafe { GetFileAttributesW(target.as_ptr()) } {
        INVALID_FILE_ATTRIBUTES => 0,
        attributes => attributes & !FILE_ATTRIBUTE_TEMPORARY,
    };
    let attributes = if attributes == 0 { FILE_ATTRIBUTE_NORMAL } else { attributes };
    // SAFETY: as above. If it fails, ReplaceFileW merges them all the same.
    unsafe { SetFileAttributesW(draft.as_ptr(), attributes) };
}

/// In the form that may be longer than 260 characters.
fn wide(path: &Path) -> Vec<u16> {
    let path = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    path.as_os_str().encode_wide().chain([0]).collect()
}

fn is(error: &io::Error, codes: &[WIN32_ERROR]) -> bool {
    error.raw_os_error().is_some_and(|code| codes.iter().any(|known| known.cast_signed() == code))
}

/// None: an open file cannot be replaced, neither by others nor by who has it open. For the same reason nobody can
/// write onto the old file after a rename: there is nothing to watch.
pub(super) fn to_watch(_read: File) -> Option<File> {
    None
}

/// A reader has the file open.
pub(super) fn is_in_use(error: &io::Error) -> bool {
    is_shared_out(error) || is(error, &[ERROR_ACCESS_DENIED, ERROR_UNABLE_TO_REMOVE_REPLACED])
}

/// Another program has the file, or a part of it, for itself: a backup, a virus scanner.
pub(super) fn is_shared_out(error: &io::Error) -> bool {
    is(error, &[ERROR_SHARING_VIOLATION, ERROR_LOCK_VIOLATION])
}

/// A folder cannot be opened here; NTFS journals the rename.
pub(super) fn sync_folder(_folder: &Path) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_failed_replace_leaves_is_known() {
        for (left, empty, is) in [
            ("credentials~RF1a2b3c.TMP", false, true),
            ("Credentials~rf1A2B3C.tmp", false, true),
            ("config~RF1a2b3c.TMP", false, false),
            ("credentials~RF.TMP", false, false),
            ("credentials~RFx.TMP", false, false),
            ("credentials", true, false),
            ("rf1a2b.tmp", true, true),
            ("rf1a2b.tmp", false, false),
            ("rfc.txt", true, false),
        ] {
            assert_eq!(is_leftover(left, "credentials", || empty), is, "{left}");
        }
    }
}
