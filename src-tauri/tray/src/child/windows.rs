//! Windows would open a console for a command line program of a process that has none.

use tokio::process::Command;
use windows_sys::Win32::System::Threading::CREATE_NO_WINDOW;
use windows_sys::Win32::UI::WindowsAndMessaging::AllowSetForegroundWindow;

pub(super) fn prepare(command: &mut Command) {
    command.creation_flags(CREATE_NO_WINDOW);
}

/// Displays have no names here.
pub(super) fn is_there(_display: &std::collections::BTreeMap<String, String>) -> bool {
    true
}

/// Only who was clicked may pass the front on, and only once; where we were not, nothing changes.
pub(super) fn let_come_forward(process: u32) {
    #[expect(unsafe_code, reason = "a call into the system")]
    // SAFETY: it takes one number; a process that is gone gets nothing.
    unsafe {
        AllowSetForegroundWindow(process);
    }
}
