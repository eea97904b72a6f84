//! Access lists and extended attributes of macOS (copyfile(3), acl(3)).

#![expect(
    unsafe_code,
    reason = "the access list of an open file is reached through functions of the system's library"
)]

use super::NotKept;
use std::ffi::{c_int, c_void};
use std::fs::File;
use std::io;
use std::os::fd::AsRawFd as _;
use std::ptr;

pub(super) fn remove_list(file: &File) -> io::Result<()> {
    // SAFETY: makes a list without entries, or answers null.
    let empty = unsafe { acl_init(0) };
    if empty.is_null() {
        return Err(io::Error::last_os_error());
    }
    let empty = List(empty);
    // SAFETY: both are open while the call lasts.
    if unsafe { acl_set_fd_np(file.as_raw_fd(), empty.0, EXTENDED) } == 0 {
        return Ok(());
    }
    let error = io::Error::last_os_error();
    if is_absent(&error) { Ok(()) } else { Err(error) }
}

/// Never with the mode, which stands beside the list.
pub(super) fn copy_list(old: &File, new: &File, _group_is_kept: bool) -> Result<bool, NotKept> {
    if list(old)?.is_some() {
        copy(old, new, libc::COPYFILE_ACL)
            .map_err(|error| NotKept::Attribute { name: "access list".to_owned(), error })?;
    }
    Ok(false)
}

/// A list that only denies gives nobody anything.
pub(super) fn is_open_to_others(file: &File, mode: u32) -> io::Result<bool> {
    Ok(mode & 0o077 != 0 || list(file)?.is_some_and(|list| list.allows()))
}

pub(super) fn copy_attributes(old: &File, new: &File, _narrowed: bool) -> Result<(), NotKept> {
    copy(old, new, libc::COPYFILE_XATTR)
        .map_err(|error| NotKept::Attribute { name: "extended attributes".to_owned(), error })
}

fn copy(old: &File, new: &File, what: libc::copyfile_flags_t) -> io::Result<()> {
    // SAFETY: both files are open, and null is "no state".
    let done = unsafe { libc::fcopyfile(old.as_raw_fd(), new.as_raw_fd(), ptr::null_mut(), what) };
    let error = io::Error::last_os_error();
    if done == 0 || is_absent(&error) { Ok(()) } else { Err(error) }
}

/// The file system knows no such thing.
fn is_absent(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::Unsupported || error.raw_os_error() == Some(libc::ENOTSUP)
}

struct List(*mut c_void);

fn list(file: &File) -> io::Result<Option<List>> {
    // SAFETY: the file is open; the answer is a list of ours, or null.
    let list = unsafe { acl_get_fd_np(file.as_raw_fd(), EXTENDED) };
    if !list.is_null() {
        return Ok(Some(List(list)));
    }
    let error = io::Error::last_os_error();
    if is_absent(&error) || error.kind() == io::ErrorKind::NotFound { Ok(None) } else { Err(error) }
}

impl List {
    fn allows(&self) -> bool {
        let mut which = FIRST;
        loop {
            let (mut entry, mut tag) = (ptr::null_mut(), 0);
            // SAFETY: the list is ours; the entry belongs to it.
            let found = unsafe { acl_get_entry(self.0, which, &raw mut entry) } == 0
                && unsafe { acl_get_tag_type(entry, &raw mut tag) } == 0;
            match found {
                true if tag == ALLOW => return true,
                true => which = NEXT,
                false => return false,
            }
        }
    }
}

impl Drop for List {
    fn drop(&mut self) {
        // SAFETY: made by the library, and not used again.
        unsafe { acl_free(self.0) };
    }
}

/// ACL_TYPE_EXTENDED, ACL_FIRST_ENTRY, ACL_NEXT_ENTRY, ACL_EXTENDED_ALLOW of sys/acl.h.
const EXTENDED: c_int = 0x100;
const FIRST: c_int = 0;
const NEXT: c_int = -1;
const ALLOW: c_int = 1;

unsafe extern "C" {
    fn acl_init(count: c_int) -> *mut c_void;
    fn acl_free(object: *mut c_void) -> c_int;
    fn acl_get_fd_np(file: c_int, kind: c_int) -> *mut c_void;
    fn acl_set_fd_np(file: c_int, list: *mut c_void, kind: c_int) -> c_int;
    fn acl_get_entry(list: *mut c_void, which: c_int, entry: *mut *mut c_void) -> c_int;
    fn acl_get_tag_type(entry: *mut c_void, tag: *mut c_int) -> c_int;
}
