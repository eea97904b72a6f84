//! macOS: no core dump, and no debugger. Whoever wants to read the memory without one needs the process's task port,
//! which the system refuses to all but itself where the program is signed for the hardened runtime.

use rustix::process::{Resource, Rlimit, setrlimit};
use std::io;

pub(super) fn keep_memory() -> io::Result<()> {
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    #[expect(unsafe_code, reason = "ptrace(2)")]
    // SAFETY: this request looks at none of the other arguments.
    let denied = unsafe { libc::ptrace(libc::PT_DENY_ATTACH, 0, std::ptr::null_mut(), 0) };
    if denied == -1 { Err(io::Error::last_os_error()) } else { Ok(()) }
}
