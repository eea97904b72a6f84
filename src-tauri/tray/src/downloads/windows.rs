//! The known folder, which a person or a policy may have moved.

use rolecall_client::win32::narrow;
use std::path::{Path, PathBuf};
use std::ptr::null_mut;
use windows_sys::Win32::System::Com::CoTaskMemFree;
use windows_sys::Win32::UI::Shell::{FOLDERID_Downloads, KF_FLAG_DEFAULT, SHGetKnownFolderPath};

pub(super) fn named(_config_home: &Path, _home: &Path) -> Option<PathBuf> {
    let mut path = null_mut();
    let (folder, flags) = (FOLDERID_Downloads, KF_FLAG_DEFAULT.cast_unsigned());
    #[expect(unsafe_code, reason = "a call into the system")]
    // SAFETY: where the call succeeds the text has a zero at its end; it is ours to free in either case.
    unsafe {
        let result = SHGetKnownFolderPath(&raw const folder, flags, null_mut(), &raw mut path);
        let folder = (result >= 0).then(|| PathBuf::from(narrow(path)));
        CoTaskMemFree(path.cast());
        folder
    }
}
