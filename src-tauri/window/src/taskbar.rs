//! Whose button a window has in the taskbar: without this, WebView2 makes up an identity of its own for each window.
#![expect(unsafe_code, reason = "a call of the shell")]

use windows::Win32::UI::Shell::SetCurrentProcessExplicitAppUserModelID;
use windows::Win32::UI::WindowsAndMessaging::{MB_ICONWARNING, MessageBoxW};
use windows::core::{HSTRING, w};

/// The AppUserModelID of the Start menu's shortcut, which gives the button its name, its picture and what a pinned one
/// starts. To be called before there is a window.
pub(crate) fn introduce() {
    // SAFETY: a plain call with a constant text.
    if let Err(error) = unsafe { SetCurrentProcessExplicitAppUserModelID(w!("org.rolecall.Rolecall")) } {
        crate::say(&format!("rolecall-window: no AppUserModelID: {:#010x}", error.code().0));
    }
}

/// Tells a person who pressed our button, and has no terminal to read in.
pub(crate) fn tell(what: &str) {
    // SAFETY: a plain call; the texts outlive it.
    unsafe { MessageBoxW(None, &HSTRING::from(what), w!("Rolecall"), MB_ICONWARNING) };
}
