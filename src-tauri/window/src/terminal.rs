//! A program of windows has no terminal, not even when it is started in one: what it says would be lost.
#![expect(unsafe_code, reason = "calls of the console")]

use windows::Win32::System::Console::{
    ATTACH_PARENT_PROCESS, AttachConsole, GetStdHandle, STD_OUTPUT_HANDLE,
};

/// Where nobody took our output, it goes to the terminal that we were started in, if there is one.
pub(crate) fn attach() {
    // SAFETY: plain calls.
    unsafe {
        let taken = GetStdHandle(STD_OUTPUT_HANDLE).is_ok_and(|handle| !handle.is_invalid());
        if !taken {
            let _ = AttachConsole(ATTACH_PARENT_PROCESS);
        }
    }
}
