//! The window that has the keyboard in place of the real one's: what is typed goes to the page.

use crate::runtime::{browser, later};
use windows::Win32::Foundation::{HWND, LPARAM, LRESULT, WPARAM};
use windows::Win32::UI::Input::KeyboardAndMouse::SetFocus;
use windows::Win32::UI::WindowsAndMessaging::{
    DefWindowProcW, GW_CHILD, GetWindow, WM_CHAR, WS_CHILD, WS_VISIBLE,
};
use windows::core::w;

/// Made as a child of the program's window. Where there is no page behind the view, nobody types.
pub(crate) fn window(parent: HWND) {
    if !browser::is_there() {
        return;
    }
    later::window(w!("RolecallStandInKeyboard"), take, WS_CHILD | WS_VISIBLE, 4000, parent);
}

pub(crate) fn focus(parent: HWND) {
    // SAFETY: plain calls.
    unsafe {
        let _ = SetFocus(GetWindow(parent, GW_CHILD).ok());
    }
}

unsafe extern "system" fn take(window: HWND, message: u32, first: WPARAM, second: LPARAM) -> LRESULT {
    if message != WM_CHAR {
        // SAFETY: as it came.
        return unsafe { DefWindowProcW(window, message, first, second) };
    }
    if let Some(typed) = u32::try_from(first.0).ok().and_then(char::from_u32) {
        browser::type_character(typed);
    }
    LRESULT(0)
}
