//! The window that has the keyboard in place of the real one's: what is typed goes to the page.

use crate::runtime::browser;
use windows::Win32::Foundation::{HWND, LPARAM, LRESULT, WPARAM};
use windows::Win32::System::LibraryLoader::GetModuleHandleW;
use windows::Win32::UI::Input::KeyboardAndMouse::SetFocus;
use windows::Win32::UI::WindowsAndMessaging::{
    CreateWindowExW, DefWindowProcW, GW_CHILD, GetWindow, RegisterClassW, WINDOW_EX_STYLE, WM_CHAR,
    WNDCLASSW, WS_CHILD, WS_VISIBLE,
};
use windows::core::{PCWSTR, w};

/// Made as a child of the program's window. Where there is no page behind the view, nobody types.
pub(crate) fn window(parent: HWND) {
    if !browser::is_there() {
        return;
    }
    let class = w!("RolecallStandInKeyboard");
    // SAFETY: plain calls; a class that is known already stays as it is.
    unsafe {
        let instance = GetModuleHandleW(PCWSTR::null()).unwrap_or_default().into();
        RegisterClassW(&WNDCLASSW {
            lpfnWndProc: Some(take),
            hInstance: instance,
            lpszClassName: class,
            ..Default::default()
        });
        let (plain, style) = (WINDOW_EX_STYLE::default(), WS_CHILD | WS_VISIBLE);
        let (none, ours) = (PCWSTR::null(), Some(instance));
        let _ = CreateWindowExW(plain, class, none, style, 0, 0, 4000, 4000, Some(parent), None, ours, None);
    }
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
