//! The icon in the notification area: a thread of its own makes it, and pumps its messages.

use super::native::Native;
use super::{Shown, dark_menus};
use crate::menu::Action;
use rolecall_client::win32::wide;
use std::io;
use std::os::windows::io::{AsRawHandle as _, FromRawHandle as _, OwnedHandle};
use std::ptr::{null, null_mut};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::oneshot;
use windows_sys::Win32::Foundation::{HWND, LPARAM, LRESULT, WAIT_TIMEOUT, WPARAM};
use windows_sys::Win32::System::Threading::{CreateEventW, INFINITE, SetEvent};
use windows_sys::Win32::UI::HiDpi::{GetDpiForSystem, GetDpiForWindow, GetSystemMetricsForDpi};
use windows_sys::Win32::UI::Shell::{DefSubclassProc, SetWindowSubclass};
use windows_sys::Win32::UI::WindowsAndMessaging::{
    DispatchMessageW, FindWindowW, MSG, MWMO_INPUTAVAILABLE, MsgWaitForMultipleObjectsEx, PM_REMOVE,
    PeekMessageW, QS_ALLINPUT, RegisterWindowMessageW, SM_CXSMICON, SendMessageW, TranslateMessage,
    WM_DISPLAYCHANGE, WM_DPICHANGED, WM_SETTINGCHANGE,
};

/// How long a taskbar that is not there yet is left alone, in milliseconds.
const RETRY: u32 = 2_000;
/// A number of our own among those who look at the window's messages.
const LISTENER: usize = 1;
/// How long our own end waits for the icon to go.
const LAST: Duration = Duration::from_secs(1);

/// The icon; gone when it is removed.
pub(crate) struct Icon(Arc<Orders>);

/// What the thread has to do next: only the newest picture counts.
struct Orders {
    next: Mutex<Next>,
    wake: OwnedHandle,
}

#[derive(Default)]
struct Next {
    shown: Option<Shown>,
    /// The menu must be made anew: somebody pressed a choice.
    again: bool,
    /// Answered, by being dropped, when the icon is gone.
    remove: Option<oneshot::Sender<()>>,
}

impl Icon {
    /// Shows the icon; presses go to `pressed`, whether the taskbar shows it to `seen`. Without one there is none yet,
    /// and the program goes on.
    pub(crate) async fn new(
        shown: Shown,
        pressed: UnboundedSender<Action>,
        seen: UnboundedSender<bool>,
    ) -> Self {
        let next = Mutex::new(Next { shown: Some(shown), ..Next::default() });
        let orders = Arc::new(Orders { next, wake: event() });
        let theirs = Arc::clone(&orders);
        std::thread::spawn(move || {
            if let Err(error) = serve(&theirs, pressed, &seen) {
                tracing::warn!("no tray icon: {error}");
                let _ = seen.send(false);
            }
        });
        Self(orders)
    }

    pub(crate) async fn show(&self, shown: Shown) {
        self.0.order(|next| next.shown = Some(shown));
    }

    pub(crate) async fn remove(self) {
        let (told, gone) = oneshot::channel();
        self.0.order(|next| next.remove = Some(told));
        let _ = tokio::time::timeout(LAST, gone).await;
    }
}

impl Orders {
    fn order(&self, change: impl FnOnce(&mut Next)) {
        change(&mut self.next.lock().unwrap_or_else(PoisonError::into_inner));
        #[expect(unsafe_code, reason = "a call into the system")]
        // SAFETY: the event lives as long as self.
        unsafe {
            SetEvent(self.wake.as_raw_handle());
        }
    }

    fn take(&self) -> Next {
        std::mem::take(&mut self.next.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// An event that is reset by who waits for it: unlike a message to the thread it is not lost while a menu is open, and
/// nothing is drawn into an open menu.
fn event() -> OwnedHandle {
    #[expect(unsafe_code, reason = "a call into the system")]
    // SAFETY: no pointer is given; the handle is ours alone. It only fails where there is no memory.
    unsafe {
        OwnedHandle::from_raw_handle(CreateEventW(null(), 0, 0, null()))
    }
}

fn serve(
    orders: &Arc<Orders>,
    pressed: UnboundedSender<Action>,
    seen: &UnboundedSender<bool>,
) -> Result<(), tray_icon::Error> {
    let touched = Arc::clone(orders);
    dark_menus::allow();
    let mut native = Native::new(pressed, move || touched.order(|next| next.again = true))?;
    let window = native.icon().window_handle();
    listen(window, orders);
    let mut latest = None;
    let mut is_seen = None;
    let mut added = Instant::now();
    loop {
        let next = orders.take();
        if let Some(_told) = next.remove {
            let removed = native.icon().set_visible(false);
            // Its end would wait for a taskbar that may hang.
            std::mem::forget(native);
            return removed;
        }
        latest = next.shown.or(latest);
        if is_seen == Some(false) && added.elapsed() >= Duration::from_millis(RETRY.into()) {
            add_again(window);
            added = Instant::now();
        }
        let drawn = latest.as_ref().map_or(Ok(()), |shown| native.draw(shown, size(), next.again));
        let now_seen = drawn.is_ok();
        if is_seen.replace(now_seen) != Some(now_seen) {
            let _ = seen.send(now_seen);
        }
        wait(&orders.wake, if now_seen { INFINITE } else { RETRY })?;
    }
}

/// A taskbar that is busy, as just after the login, refuses an icon or does not answer in time, and never asks again:
/// what tray-icon does then only changes icons that are there. It adds its own anew when it hears that there is a new
/// taskbar.
fn add_again(icon: HWND) {
    #[expect(unsafe_code, reason = "calls into the system")]
    // SAFETY: the name has a zero at its end; the window is this thread's, and the message takes nothing.
    unsafe {
        SendMessageW(icon, RegisterWindowMessageW(wide("TaskbarCreated").as_ptr()), 0, 0);
    }
}

/// From now on the icon is drawn anew when the resolution, the theme or the taskbar is another.
fn listen(icon: HWND, orders: &Arc<Orders>) {
    #[expect(unsafe_code, reason = "a call into the system")]
    // SAFETY: the window is this thread's. What is listened with is kept for ever, as is the window.
    unsafe {
        SetWindowSubclass(icon, Some(heard), LISTENER, Arc::into_raw(Arc::clone(orders)).expose_provenance());
    }
}

#[expect(unsafe_code, reason = "called by the system")]
unsafe extern "system" fn heard(
    window: HWND,
    message: u32,
    w: WPARAM,
    l: LPARAM,
    _listener: usize,
    orders: usize,
) -> LRESULT {
    // SAFETY: the window's own arguments are passed on as they are.
    let answer = unsafe { DefSubclassProc(window, message, w, l) };
    if message == WM_SETTINGCHANGE {
        dark_menus::follow();
    }
    if matches!(message, WM_SETTINGCHANGE | WM_DISPLAYCHANGE | WM_DPICHANGED) {
        // SAFETY: it is what `listen` gave, which lives for ever.
        unsafe { &*std::ptr::with_exposed_provenance::<Orders>(orders) }.order(|_| ());
    }
    answer
}

/// Dispatches messages until the event is set, or that many milliseconds are over.
fn wait(wake: &OwnedHandle, time: u32) -> io::Result<()> {
    const MESSAGES: u32 = 1;
    let handle = wake.as_raw_handle();
    loop {
        #[expect(unsafe_code, reason = "the message loop of a thread")]
        // SAFETY: the handle lives until the call returns; the message is written before it is read.
        unsafe {
            match MsgWaitForMultipleObjectsEx(1, &raw const handle, time, QS_ALLINPUT, MWMO_INPUTAVAILABLE) {
                0 | WAIT_TIMEOUT => return Ok(()),
                MESSAGES => {
                    // One at a time: a flood of them must not keep back what is to be drawn.
                    let mut message: MSG = std::mem::zeroed();
                    if PeekMessageW(&raw mut message, null_mut(), 0, 0, PM_REMOVE) != 0 {
                        TranslateMessage(&raw const message);
                        DispatchMessageW(&raw const message);
                    }
                }
                _ => return Err(io::Error::last_os_error()),
            }
        }
    }
}

/// How large small icons are on the monitor of the taskbar, in pixels.
fn size() -> u32 {
    #[expect(unsafe_code, reason = "calls into the system")]
    // SAFETY: the name has a zero at its end; a window that is gone has no resolution, which is 0.
    let size = unsafe {
        let taskbar = FindWindowW(wide("Shell_TrayWnd").as_ptr(), null());
        let dpi = if taskbar.is_null() { 0 } else { GetDpiForWindow(taskbar) };
        GetSystemMetricsForDpi(SM_CXSMICON, if dpi == 0 { GetDpiForSystem() } else { dpi })
    };
    u32::try_from(size).unwrap_or(16)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::menu::Item;
    use rolecall_core::message::window::Page;
    use rolecall_core::view::IconState;
    use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
    use tokio::sync::mpsc::unbounded_channel;
    use windows_sys::Win32::UI::Shell::{NIM_ADD, NIM_MODIFY};
    use windows_sys::Win32::UI::WindowsAndMessaging::{
        CreateWindowExW, DefWindowProcW, GetMessageW, PostMessageW, RegisterClassW, WM_COMMAND, WM_COPYDATA,
        WNDCLASSW, WS_EX_TOOLWINDOW, WS_EX_TOPMOST, WS_POPUP,
    };

    /// Windows' COPYDATASTRUCT, for which windows-sys would want one more feature.
    #[repr(C)]
    struct Copied {
        number: usize,
        length: u32,
        data: *const u32,
    }

    static ADDED: AtomicU32 = AtomicU32::new(0);
    static DRAWN: AtomicU32 = AtomicU32::new(0);

    /// A taskbar at a busy login: it refuses the first icon, and what changes one that it does not have.
    #[expect(unsafe_code, reason = "called by the system")]
    unsafe extern "system" fn busy_taskbar(window: HWND, message: u32, w: WPARAM, l: LPARAM) -> LRESULT {
        if message != WM_COPYDATA {
            // SAFETY: the window's own arguments are passed on as they are.
            return unsafe { DefWindowProcW(window, message, w, l) };
        }
        // SAFETY: the message brings such a structure. Windows puts a mark and the number into it, Wine the number
        // beside it.
        let asked = unsafe {
            let copied = &*std::ptr::with_exposed_provenance::<Copied>(l.cast_unsigned());
            let marked = copied.length >= 8 && copied.data.read_unaligned() == 0x3475_3423;
            let number = u32::try_from(copied.number).unwrap_or(u32::MAX);
            if marked { copied.data.add(1).read_unaligned() } else { number }
        };
        match asked {
            NIM_ADD => LRESULT::from(ADDED.fetch_add(1, SeqCst) > 0),
            NIM_MODIFY if ADDED.load(SeqCst) > 1 => {
                DRAWN.fetch_add(1, SeqCst);
                1
            }
            NIM_MODIFY => 0,
            _ => 1,
        }
    }

    /// Its window, on a thread of its own that never ends; whether it is in front of any other taskbar: of Wine's it is.
    fn open_busy_taskbar() -> bool {
        let (told, ready) = std::sync::mpsc::channel();
        #[expect(unsafe_code, reason = "a window")]
        std::thread::spawn(move || {
            let name = wide("Shell_TrayWnd");
            // SAFETY: the name has a zero at its end and outlives the calls; the message is written before it is read.
            unsafe {
                let class = WNDCLASSW {
                    lpfnWndProc: Some(busy_taskbar),
                    lpszClassName: name.as_ptr(),
                    ..std::mem::zeroed()
                };
                RegisterClassW(&raw const class);
                let style = WS_EX_TOOLWINDOW | WS_EX_TOPMOST;
                let none = null_mut();
                let window = CreateWindowExW(
                    style,
                    name.as_ptr(),
                    name.as_ptr(),
                    WS_POPUP,
                    0,
                    0,
                    1,
                    1,
                    none,
                    none,
                    none,
                    null(),
                );
                let _ = told.send(window == FindWindowW(name.as_ptr(), null()));
                let mut message: MSG = std::mem::zeroed();
                while GetMessageW(&raw mut message, null_mut(), 0, 0) > 0 {
                    DispatchMessageW(&raw const message);
                }
            }
        });
        ready.recv() == Ok(true)
    }

    fn send(message: u32) {
        #[expect(unsafe_code, reason = "as the system does")]
        // SAFETY: the name has a zero at its end; the message takes nothing.
        unsafe {
            SendMessageW(FindWindowW(wide("tray_icon_app").as_ptr(), null()), message, 0, 0);
        }
    }

    fn shown(menu: Vec<Item>) -> Shown {
        Shown { state: IconState::Active, frame: 0, tooltip: "work".into(), menu }
    }

    fn action(label: &str, action: Action) -> Item {
        Item::Action { label: label.into(), action }
    }

    /// Presses everything that has a command: only what is in the menu answers.
    fn press_all() {
        #[expect(unsafe_code, reason = "as a person's click would")]
        // SAFETY: the name has a zero at its end; a message to no window is one to nobody.
        unsafe {
            let window = FindWindowW(wide("tray_icon_app").as_ptr(), null());
            assert!(!window.is_null(), "no icon");
            // The newest first: what a press makes anew has a number that was passed already.
            for command in (1..4_000).rev() {
                PostMessageW(window, WM_COMMAND, command, 0);
            }
        }
    }

    async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
        let late = Instant::now() + Duration::from_secs(30);
        while !is_so() {
            assert!(Instant::now() < late, "waited in vain: {what}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// One test: presses of all icons of a process go to its first one.
    #[tokio::test(flavor = "current_thread")]
    async fn a_refused_icon_comes_again_and_its_menu_works() {
        let is_busy = open_busy_taskbar();
        let (pressed, mut presses) = unbounded_channel();
        let (seen_to, mut seen) = unbounded_channel();
        let inner = vec![action("Settings…", Action::Open(Page::Settings))];
        let below = Item::Submenu { label: "More".into(), items: inner };
        let icon = Icon::new(shown(vec![action("R&D", Action::SignInAll)]), pressed, seen_to).await;
        if is_busy {
            assert_eq!(seen.recv().await, Some(false), "refused");
            let soon = tokio::time::timeout(Duration::from_secs(30), seen.recv());
            assert_eq!(soon.await.expect("in time"), Some(true), "never added again");
            assert_eq!(ADDED.load(SeqCst), 2);

            // Another resolution or theme: another picture, although nothing else has changed.
            for message in [WM_DPICHANGED, WM_DISPLAYCHANGE, WM_SETTINGCHANGE] {
                let before = DRAWN.load(SeqCst);
                send(message);
                until("drawn again", || DRAWN.load(SeqCst) > before).await;
            }
        } else {
            seen.recv().await.expect("shown or not");
        }
        for (menu, expected) in [
            (vec![action("R&D", Action::SignInAll), Item::Separator], Action::SignInAll),
            (vec![Item::Separator, below], Action::Open(Page::Settings)),
            (vec![action("Quit Rolecall", Action::Quit)], Action::Quit),
        ] {
            icon.show(shown(menu)).await;
            let late = tokio::time::Instant::now() + Duration::from_secs(30);
            loop {
                press_all();
                // One of the menu before may still be on its way.
                let press = tokio::time::timeout(Duration::from_secs(1), presses.recv()).await;
                if press == Ok(Some(expected.clone())) {
                    break;
                }
                assert!(tokio::time::Instant::now() < late, "{expected:?} was not pressed");
            }
        }
        icon.remove().await;
    }
}
