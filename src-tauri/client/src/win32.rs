//! What our Windows files ask of the system on both ends of the pipe: who we are, whose an object is, text as it
//! wants it.

use std::ffi::{OsString, c_void};
use std::io;
use std::os::windows::ffi::OsStringExt as _;
use std::os::windows::io::{AsRawHandle, FromRawHandle as _, OwnedHandle};
use std::ptr::null_mut;
use windows_sys::Win32::Foundation::{ERROR_SUCCESS, LocalFree};
use windows_sys::Win32::Security::Authorization::{
    ConvertSidToStringSidW, ConvertStringSecurityDescriptorToSecurityDescriptorW, GetSecurityInfo,
    SDDL_REVISION_1, SE_KERNEL_OBJECT,
};
use windows_sys::Win32::Security::{
    GetTokenInformation, OWNER_SECURITY_INFORMATION, PSECURITY_DESCRIPTOR, PSID, TOKEN_QUERY, TOKEN_USER,
    TokenUser,
};
use windows_sys::Win32::System::Threading::{
    GetCurrentProcess, OpenProcess, OpenProcessToken, PROCESS_QUERY_LIMITED_INFORMATION,
};

/// UTF-16 with a zero at its end.
pub fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().chain([0]).collect()
}

/// What [`wide`] makes, back again.
///
/// # Safety
/// There must be a text with a zero at its end.
#[expect(unsafe_code, reason = "reads what the system gave")]
pub unsafe fn narrow(text: *const u16) -> OsString {
    // SAFETY: up to the zero all of it is there.
    unsafe {
        let length = (0..).take_while(|at| *text.add(*at) != 0).count();
        OsString::from_wide(std::slice::from_raw_parts(text, length))
    }
}

/// The security identifier of the person whose process this is: `S-1-5-21-…`.
///
/// # Errors
/// The system's own.
pub fn user_sid() -> io::Result<String> {
    sid_of(&process_token()?)
}

/// The same of another process, by its number.
///
/// # Errors
/// It is not there, or somebody else's.
pub fn process_user_sid(id: u32) -> io::Result<String> {
    #[expect(unsafe_code, reason = "calls into the system")]
    // SAFETY: where the calls succeed the handles are ours alone, and closed by who owns them.
    let token = unsafe {
        let process = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, 0, id);
        if process.is_null() {
            return Err(io::Error::last_os_error());
        }
        let process = OwnedHandle::from_raw_handle(process);
        let mut token = null_mut();
        if OpenProcessToken(process.as_raw_handle(), TOKEN_QUERY, &raw mut token) == 0 {
            return Err(io::Error::last_os_error());
        }
        OwnedHandle::from_raw_handle(token)
    };
    sid_of(&token)
}

fn sid_of(token: &OwnedHandle) -> io::Result<String> {
    // A SID has at most 68 bytes; u64, for the alignment of what stands in front of it.
    let mut user = [0_u64; 16];
    let mut length = 0;
    #[expect(unsafe_code, reason = "calls into the system")]
    // SAFETY: the buffer is as long as is said, and aligned for a TOKEN_USER, which the call puts at its start with the
    // SID behind it.
    unsafe {
        let size = u32::try_from(size_of_val(&user)).unwrap_or_default();
        let buffer = user.as_mut_ptr().cast::<c_void>();
        if GetTokenInformation(token.as_raw_handle(), TokenUser, buffer, size, &raw mut length) == 0 {
            return Err(io::Error::last_os_error());
        }
        text((*user.as_ptr().cast::<TOKEN_USER>()).User.Sid)
    }
}

/// Whose a pipe is, as [`user_sid`] writes it.
///
/// # Errors
/// The system's own.
pub fn owner_sid(object: &impl AsRawHandle) -> io::Result<String> {
    let (mut owner, mut descriptor) = (null_mut(), null_mut());
    #[expect(unsafe_code, reason = "calls into the system")]
    // SAFETY: the handle lives until the call returns; the owner stands in the descriptor, which is ours until it is
    // dropped.
    unsafe {
        let result = GetSecurityInfo(
            object.as_raw_handle(),
            SE_KERNEL_OBJECT,
            OWNER_SECURITY_INFORMATION,
            &raw mut owner,
            null_mut(),
            null_mut(),
            null_mut(),
            &raw mut descriptor,
        );
        if result != ERROR_SUCCESS {
            return Err(io::Error::from_raw_os_error(i32::try_from(result).unwrap_or_default()));
        }
        let _descriptor = SecurityDescriptor(descriptor);
        text(owner)
    }
}

#[expect(unsafe_code, reason = "reads what the system gave")]
unsafe fn text(sid: PSID) -> io::Result<String> {
    let mut text = null_mut();
    // SAFETY: the caller's SID is one; the text is the system's until LocalFree and has a zero at its end.
    unsafe {
        if ConvertSidToStringSidW(sid, &raw mut text) == 0 {
            return Err(io::Error::last_os_error());
        }
        let sid = narrow(text).to_string_lossy().into_owned();
        LocalFree(text.cast());
        Ok(sid)
    }
}

fn process_token() -> io::Result<OwnedHandle> {
    let mut token = null_mut();
    #[expect(unsafe_code, reason = "a call into the system")]
    // SAFETY: where the call succeeds the handle is ours alone, and closed by who owns it.
    unsafe {
        if OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &raw mut token) == 0 {
            return Err(io::Error::last_os_error());
        }
        Ok(OwnedHandle::from_raw_handle(token))
    }
}

/// Who may do what, as the system holds it.
pub struct SecurityDescriptor(PSECURITY_DESCRIPTOR);

impl SecurityDescriptor {
    /// From the security descriptor definition language: `D:P(A;;GA;;;S-1-…)`.
    ///
    /// # Errors
    /// The system's own.
    pub fn parse(sddl: &str) -> io::Result<Self> {
        let mut descriptor = null_mut();
        #[expect(unsafe_code, reason = "a call into the system")]
        // SAFETY: the text has a zero at its end; what is returned is ours until LocalFree.
        let done = unsafe {
            ConvertStringSecurityDescriptorToSecurityDescriptorW(
                wide(sddl).as_ptr(),
                SDDL_REVISION_1,
                &raw mut descriptor,
                null_mut(),
            )
        };
        if done == 0 { Err(io::Error::last_os_error()) } else { Ok(Self(descriptor)) }
    }

    pub fn as_ptr(&self) -> PSECURITY_DESCRIPTOR {
        self.0
    }
}

impl Drop for SecurityDescriptor {
    fn drop(&mut self) {
        #[expect(unsafe_code, reason = "a call into the system")]
        // SAFETY: allocated by the system for us, and freed once.
        unsafe {
            LocalFree(self.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_we_are() {
        let sid = user_sid().expect("a SID");
        assert!(sid.starts_with("S-1-5-"), "{sid}");
        SecurityDescriptor::parse(&format!("D:P(A;;GA;;;{sid})")).expect("a descriptor");
        assert!(SecurityDescriptor::parse("D:P(A;;GA;;;nobody)").is_err());
    }
}
