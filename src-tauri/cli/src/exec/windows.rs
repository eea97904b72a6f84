//! Windows: the command is waited for, and its end is passed on.

#![expect(unsafe_code, reason = "the console's Ctrl-C is taken through a Windows function")]

use std::process::Command;
use windows_sys::Win32::Foundation::TRUE;
use windows_sys::Win32::System::Console::SetConsoleCtrlHandler;
use windows_sys::core::BOOL;

/// Returns only where it could not be run.
pub(crate) fn run(command: &mut Command) -> std::io::Error {
    // SAFETY: the handler is a function of ours that touches nothing. Unlike the plain "ignore", it is not inherited:
    // Ctrl-C reaches the command, and only we go on waiting.
    unsafe { SetConsoleCtrlHandler(Some(taken), TRUE) };
    match command.status() {
        Ok(status) => std::process::exit(status.code().unwrap_or(1)),
        Err(error) => error,
    }
}

unsafe extern "system" fn taken(_event: u32) -> BOOL {
    TRUE
}
