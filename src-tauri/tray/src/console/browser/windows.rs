//! Windows: the shell opens the page in the person's browser, without another program in between: a PowerShell below a
//! program that waits in the background is what a watchful system blocks.

use rolecall_client::win32::wide;
use std::collections::BTreeMap;
use std::io;
use std::ptr::null;
use windows_sys::Win32::System::Com::{
    COINIT_APARTMENTTHREADED, COINIT_DISABLE_OLE1DDE, CoInitializeEx, CoUninitialize,
};
use windows_sys::Win32::UI::Shell::{
    SEE_MASK_FLAG_NO_UI, SEE_MASK_NOASYNC, SHELLEXECUTEINFOW, ShellExecuteExW,
};
use windows_sys::Win32::UI::WindowsAndMessaging::SW_SHOWNORMAL;

pub(super) fn start(address: &str, _display: &BTreeMap<String, String>) -> io::Result<()> {
    let address = wide(address);
    let mut what = SHELLEXECUTEINFOW {
        cbSize: u32::try_from(size_of::<SHELLEXECUTEINFOW>()).unwrap_or_default(),
        // This thread may end at once; and what went wrong is told by us.
        fMask: SEE_MASK_NOASYNC | SEE_MASK_FLAG_NO_UI,
        lpFile: address.as_ptr(),
        nShow: SW_SHOWNORMAL,
        ..Default::default()
    };
    #[expect(unsafe_code, reason = "calls into the system")]
    // SAFETY: the structure has its size, and its text, which ends with a zero, outlives the call. A browser may be
    // opened by a COM object: the apartment is this thread's, and given back where we made it.
    unsafe {
        let apartment =
            CoInitializeEx(null(), (COINIT_APARTMENTTHREADED | COINIT_DISABLE_OLE1DDE).cast_unsigned());
        let opened = ShellExecuteExW(&raw mut what) != 0;
        let error = io::Error::last_os_error();
        if apartment >= 0 {
            CoUninitialize();
        }
        if opened { Ok(()) } else { Err(error) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};
    use windows_registry::{CURRENT_USER, Key, LOCAL_MACHINE};

    #[test]
    fn the_program_that_is_registered_gets_the_address_and_no_other_runs() {
        let folder = tempfile::tempdir().expect("a folder");
        let said = folder.path().join("said");
        let scheme = format!("rolecall-test-{}", std::process::id());
        let class = format!(r"Software\Classes\{scheme}");
        let command = format!("cmd.exe /c echo %1> \"{}\"", said.display());
        let register = |root: &Key| -> windows_registry::Result<()> {
            root.create(&class)?.set_string("URL Protocol", "")?;
            root.create(format!(r"{class}\shell\open\command"))?.set_string("", &command)
        };
        register(CURRENT_USER).expect("registered");
        // Wine 8 does not look there.
        let _ = register(LOCAL_MACHINE);
        let started = start(&format!("{scheme}:page"), &BTreeMap::new());
        let late = Instant::now() + Duration::from_secs(60);
        let mut heard = String::new();
        while started.is_ok() && heard.is_empty() && Instant::now() < late {
            std::thread::sleep(Duration::from_millis(20));
            heard = std::fs::read_to_string(&said).unwrap_or_default();
        }
        CURRENT_USER.remove_tree(&class).expect("removed");
        let _ = LOCAL_MACHINE.remove_tree(&class);
        started.expect("started");
        assert_eq!(heard.trim(), format!("{scheme}:page"));
        assert!(start(&format!("{scheme}:page"), &BTreeMap::new()).is_err(), "nothing is registered for it");
    }
}
