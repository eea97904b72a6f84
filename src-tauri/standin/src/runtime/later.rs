//! What the runtime does later, on the thread that asked: by a message to a window of its own, as the real one does it.

use std::cell::OnceCell;
use std::time::Duration;
use windows::Win32::Foundation::{HWND, LPARAM, LRESULT, WPARAM};
use windows::Win32::System::LibraryLoader::GetModuleHandleW;
use windows::Win32::UI::WindowsAndMessaging::{
    CreateWindowExW, DefWindowProcW, HWND_MESSAGE, PostMessageW, RegisterClassW, WINDOW_EX_STYLE,
    WINDOW_STYLE, WM_APP, WNDCLASSW,
};
use windows::core::{PCWSTR, w};

thread_local! {
    static WINDOW: OnceCell<usize> = const { OnceCell::new() };
}

type Job = Box<dyn FnOnce()>;

/// A thread whose messages are served, for others.
#[derive(Clone, Copy)]
pub(crate) struct Here(usize);

/// This thread.
pub(crate) fn here() -> Here {
    Here(WINDOW.with(|window| *window.get_or_init(make)))
}

impl Here {
    /// Runs `job` there, in its turn.
    pub(crate) fn run(self, job: impl FnOnce() + Send + 'static) {
        self.post(Box::new(job));
    }

    fn post(self, job: Job) {
        let job = Box::into_raw(Box::new(job)) as usize;
        // SAFETY: the window is never destroyed. What is not posted is not run: its process is ending.
        let _ = unsafe { PostMessageW(Some(HWND(self.0 as _)), WM_APP, WPARAM(job), LPARAM(0)) };
    }
}

/// Runs `job` on this thread after so many milliseconds, when its messages are served.
pub(crate) fn run(milliseconds: u64, job: impl FnOnce() + 'static) {
    struct Carried(Job);
    // SAFETY: it is only run by the thread that it came from.
    unsafe impl Send for Carried {}
    let here = here();
    let job = Carried(Box::new(job));
    if milliseconds == 0 {
        return here.post(job.0);
    }
    std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(milliseconds));
        let job = job;
        here.post(job.0);
    });
}

fn make() -> usize {
    let made = window(w!("RolecallStandIn"), take, WINDOW_STYLE::default(), 0, HWND_MESSAGE);
    made.map_or(0, |window| window.0 as usize)
}

/// A square window of a class of its own; None where the system refuses it.
pub(crate) fn window(
    class: PCWSTR,
    take: unsafe extern "system" fn(HWND, u32, WPARAM, LPARAM) -> LRESULT,
    style: WINDOW_STYLE,
    size: i32,
    parent: HWND,
) -> Option<HWND> {
    // SAFETY: plain calls; a class that is known already stays as it is.
    unsafe {
        let instance = GetModuleHandleW(PCWSTR::null()).unwrap_or_default().into();
        RegisterClassW(&WNDCLASSW {
            lpfnWndProc: Some(take),
            hInstance: instance,
            lpszClassName: class,
            ..Default::default()
        });
        let (plain, none, ours) = (WINDOW_EX_STYLE::default(), PCWSTR::null(), Some(instance));
        CreateWindowExW(plain, class, none, style, 0, 0, size, size, Some(parent), None, ours, None).ok()
    }
}

unsafe extern "system" fn take(window: HWND, message: u32, first: WPARAM, second: LPARAM) -> LRESULT {
    if message != WM_APP {
        // SAFETY: as it came.
        return unsafe { DefWindowProcW(window, message, first, second) };
    }
    // SAFETY: nobody else posts this message to a window of this class.
    let job = unsafe { Box::from_raw(first.0 as *mut Job) };
    job();
    LRESULT(0)
}
