//! The short name (8.3) of a path, where the file system keeps them.

use std::os::windows::ffi::OsStrExt as _;
use std::path::Path;
use windows_sys::Win32::Storage::FileSystem::GetShortPathNameW;

/// `None` where there is nothing at the path. Where no short names are kept it is the long one.
pub(super) fn short_name(path: &Path) -> Option<String> {
    let long: Vec<u16> = path.as_os_str().encode_wide().chain([0]).collect();
    let mut short = vec![0_u16; long.len() + 260];
    let size = u32::try_from(short.len()).ok()?;
    #[expect(unsafe_code, reason = "a call into the system")]
    // SAFETY: the first text ends with a zero, and the buffer is as long as is said.
    let length = unsafe { GetShortPathNameW(long.as_ptr(), short.as_mut_ptr(), size) };
    // Longer than the buffer: as long as that would have to be.
    let short = short.get(..length as usize).filter(|short| !short.is_empty())?;
    String::from_utf16(short).ok()
}
