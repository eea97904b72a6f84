//! What must be done to the process itself before the web engine starts, and how it leaves.
#![expect(unsafe_code, reason = "descriptors, environment and exit are system calls")]

use std::fs::File;
use std::io;
use std::os::fd::AsFd;

/// A variable of the developer's that would open the engine to others.
const UNWANTED: &str = "TAURI_WEBVIEW_AUTOMATION";

/// Takes the outcome's pipe from standard output: what comes back is close-on-exec, and standard output is standard error
/// from now on. Nobody may debug this process, and it leaves no core file.
///
/// To be called while there is one thread.
pub(crate) fn prepare() -> io::Result<File> {
    // F_DUPFD_CLOEXEC, above the three standard descriptors.
    let pipe = File::from(io::stdout().as_fd().try_clone_to_owned()?);
    let none = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: plain system calls, on descriptors that are open for the whole life of the process and on a limit that
    // outlives its call.
    let done = unsafe {
        libc::dup2(2, 1) >= 0
            && libc::setrlimit(libc::RLIMIT_CORE, &raw const none) == 0
            && libc::ptrace(libc::PT_DENY_ATTACH, 0, std::ptr::null_mut(), 0) == 0
    };
    if !done {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: no other thread exists yet that could read the environment.
    unsafe { std::env::remove_var(UNWANTED) };
    Ok(pipe)
}

/// The engine's processes are the system's, and end by themselves when they see that we are gone.
pub(crate) struct Engine;

impl Engine {
    pub(crate) fn own() -> Self {
        Self
    }

    pub(crate) fn stop(&self) {}
}

/// Ends the process at once.
pub(crate) fn end() -> ! {
    // SAFETY: never returns; nothing of ours waits for destructors or exit handlers.
    unsafe { libc::_exit(0) }
}
