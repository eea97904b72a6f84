//! Windows: the process's own access list lets nobody read its memory or write there. Who runs as the same user could
//! still change the list, as its owner, and an administrator may do anything: it keeps out who does not try hard.

use rolecall_client::win32::{SecurityDescriptor, user_sid};
use std::io;
use windows_sys::Win32::Security::{DACL_SECURITY_INFORMATION, SetKernelObjectSecurity};
use windows_sys::Win32::System::LibraryLoader::{LOAD_LIBRARY_SEARCH_SYSTEM32, SetDefaultDllDirectories};
use windows_sys::Win32::System::Threading::{
    GetCurrentProcess, PROCESS_QUERY_LIMITED_INFORMATION, PROCESS_SYNCHRONIZE, PROCESS_TERMINATE,
};

pub(super) fn keep_memory() -> io::Result<()> {
    // Whatever loads a library later looks for it where only administrators may write.
    #[expect(unsafe_code, reason = "a call into the system")]
    // SAFETY: it takes one number and keeps nothing of ours.
    if unsafe { SetDefaultDllDirectories(LOAD_LIBRARY_SEARCH_SYSTEM32) } == 0 {
        return Err(io::Error::last_os_error());
    }
    let rights = PROCESS_QUERY_LIMITED_INFORMATION | PROCESS_TERMINATE | PROCESS_SYNCHRONIZE;
    let list = format!("D:P(A;;{rights:#x};;;{})(A;;{rights:#x};;;SY)", user_sid()?);
    let descriptor = SecurityDescriptor::parse(&list)?;
    #[expect(unsafe_code, reason = "a call into the system")]
    // SAFETY: the descriptor lives until the call returns, and the handle is a constant that means this process.
    let done = unsafe {
        SetKernelObjectSecurity(GetCurrentProcess(), DACL_SECURITY_INFORMATION, descriptor.as_ptr())
    };
    if done == 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}
