//! The main thread, which some desktops want for themselves.

#[cfg_attr(target_os = "macos", path = "event_loop/macos.rs")]
#[cfg_attr(not(target_os = "macos"), path = "event_loop/elsewhere.rs")]
mod system;

use std::process::ExitCode;

/// Runs `body` to its end, with what the desktop needs meanwhile. To be called by the main thread.
pub fn run(body: impl FnOnce() -> ExitCode + Send + 'static) -> ExitCode {
    system::run(body)
}
