//! A top-level window, never shown: windows for messages alone hear no broadcasts.

use crate::power::Happening;
use rolecall_client::win32::wide;
use std::ffi::c_void;
use std::io;
use std::ptr::{null, null_mut};
use tokio::sync::mpsc::UnboundedSender;
use windows_sys::Win32::Foundation::{HWND, LPARAM, LRESULT, WPARAM};
use windows_sys::Win32::System::LibraryLoader::GetModuleHandleW;
use windows_sys::Win32::System::Power::RegisterSuspendResumeNotification;
use windows_sys::Win32::UI::WindowsAndMessaging::{
    CREATESTRUCTW, CreateWindowExW, DEVICE_NOTIFY_WINDOW_HANDLE, DefWindowProcW, DispatchMessageW,
    GWLP_USERDATA, GetMessageW, GetWindowLongPtrW, MSG, PBT_APMRESUMEAUTOMATIC, PBT_APMRESUMESUSPEND,
    PBT_APMSUSPEND, RegisterClassW, SetWindowLongPtrW, WM_NCCREATE, WM_POWERBROADCAST, WM_TIMECHANGE,
    WNDCLASSW, WS_OVERLAPPED,
};

const CLASS: &str = "org.rolecall.Rolecall.power";

/// Tells for as long as the process lives.
///
/// # Errors
/// There can be no window.
pub(super) fn tell(to: UnboundedSender<Happening>) -> io::Result<()> {
    let (class, to) = (wide(CLASS), Box::new(to));
    #[expect(unsafe_code, reason = "a window and its messages")]
    // SAFETY: names have a zero at their end and live until the calls return; the sender lives until the loop ends, as
    // does the window, which belongs to this thread alone; the message is written before it is read.
    unsafe {
        let module = GetModuleHandleW(null());
        let description = WNDCLASSW {
            lpfnWndProc: Some(hear),
            lpszClassName: class.as_ptr(),
            hInstance: module,
            ..std::mem::zeroed()
        };
        RegisterClassW(&raw const description);
        let window = CreateWindowExW(
            0,
            class.as_ptr(),
            null(),
            WS_OVERLAPPED,
            0,
            0,
            0,
            0,
            null_mut(),
            null_mut(),
            module,
            (&raw const *to).cast::<c_void>(),
        );
        if window.is_null() {
            return Err(io::Error::last_os_error());
        }
        // Computers that never sleep deeply (modern standby) only tell those who ask; others tell everybody.
        RegisterSuspendResumeNotification(window, DEVICE_NOTIFY_WINDOW_HANDLE);
        let mut message: MSG = std::mem::zeroed();
        while GetMessageW(&raw mut message, null_mut(), 0, 0) > 0 {
            DispatchMessageW(&raw const message);
        }
    }
    Ok(())
}

/// What a message says of the computer.
fn happening(message: u32, detail: WPARAM) -> Option<Happening> {
    match (message, u32::try_from(detail).unwrap_or_default()) {
        (WM_POWERBROADCAST, PBT_APMSUSPEND) => Some(Happening::Sleeps),
        (WM_POWERBROADCAST, PBT_APMRESUMEAUTOMATIC | PBT_APMRESUMESUSPEND) => Some(Happening::Woke),
        // Another time zone comes as this, too.
        (WM_TIMECHANGE, _) => Some(Happening::ClockSet),
        _ => None,
    }
}

#[expect(unsafe_code, reason = "called by the system")]
unsafe extern "system" fn hear(window: HWND, message: u32, detail: WPARAM, more: LPARAM) -> LRESULT {
    // SAFETY: called with a window of this class on its own thread: the first message carries what CreateWindowExW was
    // given, which outlives the window, and later ones find it there.
    unsafe {
        if message == WM_NCCREATE {
            let given = (*(more as *const CREATESTRUCTW)).lpCreateParams;
            SetWindowLongPtrW(window, GWLP_USERDATA, given as isize);
        }
        let to = GetWindowLongPtrW(window, GWLP_USERDATA) as *const UnboundedSender<Happening>;
        if let (Some(to), Some(happening)) = (to.as_ref(), happening(message, detail)) {
            let _ = to.send(happening);
        }
        DefWindowProcW(window, message, detail, more)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};
    use tokio::sync::mpsc::unbounded_channel;
    use windows_sys::Win32::UI::WindowsAndMessaging::{FindWindowW, SendMessageW, WM_NULL};

    #[test]
    fn what_the_system_broadcasts() {
        let (to, mut happenings) = unbounded_channel();
        std::thread::spawn(move || tell(to));
        let late = Instant::now() + Duration::from_secs(20);
        let window = loop {
            #[expect(unsafe_code, reason = "as the system would")]
            // SAFETY: the name has a zero at its end.
            let window = unsafe { FindWindowW(wide(CLASS).as_ptr(), null()) };
            if !window.is_null() {
                break window;
            }
            assert!(Instant::now() < late, "no window");
            std::thread::yield_now();
        };
        let (resumed, suspends) = (PBT_APMRESUMEAUTOMATIC as usize, PBT_APMSUSPEND as usize);
        for (message, detail, expected) in [
            (WM_POWERBROADCAST, suspends, Some(Happening::Sleeps)),
            (WM_POWERBROADCAST, resumed, Some(Happening::Woke)),
            (WM_POWERBROADCAST, 0xffff, None),
            (WM_TIMECHANGE, 0, Some(Happening::ClockSet)),
            (WM_NULL, suspends, None),
        ] {
            #[expect(unsafe_code, reason = "as the system would")]
            // SAFETY: the window's thread answers before the call returns.
            unsafe {
                SendMessageW(window, message, detail, 0);
            }
            assert_eq!(happenings.try_recv().ok(), expected, "{message:#x} {detail:#x}");
        }
    }
}
