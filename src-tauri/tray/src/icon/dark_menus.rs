//! Popup menus as dark as the person's other programs: neither tray-icon nor muda asks for it, and Windows keeps the
//! way undocumented. tao, which draws our windows, and Windows' own programs go by the same two entries of uxtheme.dll,
//! which have no names; where they are missing the menu is light, as before.

#![expect(unsafe_code, reason = "calls into the system")]

use rolecall_client::win32::wide;
use std::ptr::null_mut;
use windows_sys::Win32::Foundation::FARPROC;
use windows_sys::Win32::System::LibraryLoader::{
    GetProcAddress, LOAD_LIBRARY_SEARCH_SYSTEM32, LoadLibraryExW,
};

/// Windows 10 1903: before it, entry 135 was another function.
const FIRST_BUILD: u32 = 18_362;
const SET_PREFERRED_APP_MODE: u16 = 135;
const FLUSH_MENU_THEMES: u16 = 136;
/// Dark where the person wants dark programs.
const ALLOW_DARK: i32 = 1;

/// From now on this process's menus follow the person's choice. To be called before the first one.
pub(super) fn allow() {
    let Some(entry) = entry(SET_PREFERRED_APP_MODE) else { return };
    // SAFETY: since FIRST_BUILD this entry takes and returns one number.
    unsafe {
        let set: unsafe extern "system" fn(i32) -> i32 = std::mem::transmute(entry);
        set(ALLOW_DARK);
    }
}

/// The person may have chosen otherwise.
pub(super) fn follow() {
    let Some(entry) = entry(FLUSH_MENU_THEMES) else { return };
    // SAFETY: since FIRST_BUILD this entry takes and returns nothing.
    unsafe {
        let flush: unsafe extern "system" fn() = std::mem::transmute(entry);
        flush();
    }
}

fn entry(number: u16) -> Option<unsafe extern "system" fn() -> isize> {
    if !knows(windows_version::OsVersion::current().build) {
        return None;
    }
    // SAFETY: the name has a zero at its end; a number in a pointer's place means an entry without a name. The library
    // stays for as long as the process.
    let entry: FARPROC = unsafe {
        let library = LoadLibraryExW(wide("uxtheme.dll").as_ptr(), null_mut(), LOAD_LIBRARY_SEARCH_SYSTEM32);
        if library.is_null() {
            return None;
        }
        GetProcAddress(library, std::ptr::without_provenance(usize::from(number)))
    };
    entry
}

fn knows(build: u32) -> bool {
    build >= FIRST_BUILD
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_where_the_entries_are_what_they_are_taken_for() {
        assert_eq!([10_240, 17_763, 18_362, 19_045, 26_100].map(knows), [false, false, true, true, true]);
        // Twice, as a change of theme does it.
        allow();
        follow();
        follow();
    }
}
