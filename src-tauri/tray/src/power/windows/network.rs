//! NotifyUnicastIpAddressChange and NotifyRouteChange2 (IP Helper): the system calls us, on threads of its own.

use crate::power::{Happening, quiet};
use std::ffi::c_void;
use std::io;
use std::ptr::null_mut;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use windows_sys::Win32::Foundation::{ERROR_SUCCESS, HANDLE};
use windows_sys::Win32::NetworkManagement::IpHelper::{
    CancelMibChangeNotify2, MIB_IPFORWARD_ROW2, MIB_NOTIFICATION_TYPE, MIB_UNICASTIPADDRESS_ROW,
    NotifyRouteChange2, NotifyUnicastIpAddressChange,
};
use windows_sys::Win32::Networking::WinSock::AF_UNSPEC;

/// Tells until the other end of `to` is gone.
pub(super) async fn tell(to: &UnboundedSender<Happening>) -> io::Result<()> {
    let (news_to, mut news) = unbounded_channel();
    // Before the notifications, which use it: dropped after them.
    let news_to = Box::new(news_to);
    let _notifications = [Notification::addresses(&news_to)?, Notification::routes(&news_to)?];
    // The sender lives as long as this, so that there is always a next one.
    quiet::tell(to, async || news.recv().await.ok_or_else(|| io::ErrorKind::BrokenPipe.into())).await
}

/// Dropped, it is cancelled; when that returns, nobody calls any more.
struct Notification(HANDLE);

// The handle is only a name for the system.
#[expect(unsafe_code, reason = "the system takes the handle on any thread")]
// SAFETY: CancelMibChangeNotify2 may be called from any thread but the callback's own.
unsafe impl Send for Notification {}

impl Notification {
    fn addresses(news: &UnboundedSender<()>) -> io::Result<Self> {
        let (mut handle, context) = (null_mut(), (&raw const *news).cast::<c_void>());
        #[expect(unsafe_code, reason = "a call into the system")]
        // SAFETY: the context outlives the notification, see `tell`; the callback only reads it.
        let result = unsafe {
            NotifyUnicastIpAddressChange(AF_UNSPEC, Some(address), context, false, &raw mut handle)
        };
        Self::made(result, handle)
    }

    fn routes(news: &UnboundedSender<()>) -> io::Result<Self> {
        let (mut handle, context) = (null_mut(), (&raw const *news).cast::<c_void>());
        #[expect(unsafe_code, reason = "a call into the system")]
        // SAFETY: as for the addresses.
        let result = unsafe { NotifyRouteChange2(AF_UNSPEC, Some(route), context, false, &raw mut handle) };
        Self::made(result, handle)
    }

    fn made(result: u32, handle: HANDLE) -> io::Result<Self> {
        if result == ERROR_SUCCESS {
            Ok(Self(handle))
        } else {
            Err(io::Error::from_raw_os_error(i32::try_from(result).unwrap_or_default()))
        }
    }
}

impl Drop for Notification {
    fn drop(&mut self) {
        #[expect(unsafe_code, reason = "a call into the system")]
        // SAFETY: the handle is the one that the system gave, cancelled once.
        unsafe {
            CancelMibChangeNotify2(self.0);
        }
    }
}

#[expect(unsafe_code, reason = "called by the system")]
unsafe extern "system" fn address(
    context: *const c_void,
    _: *const MIB_UNICASTIPADDRESS_ROW,
    _: MIB_NOTIFICATION_TYPE,
) {
    // SAFETY: the context is what `addresses` gave.
    unsafe { ring(context) }
}

#[expect(unsafe_code, reason = "called by the system")]
unsafe extern "system" fn route(
    context: *const c_void,
    _: *const MIB_IPFORWARD_ROW2,
    _: MIB_NOTIFICATION_TYPE,
) {
    // SAFETY: the context is what `routes` gave.
    unsafe { ring(context) }
}

#[expect(unsafe_code, reason = "reads what a callback was given")]
unsafe fn ring(context: *const c_void) {
    // SAFETY: a sender that lives for as long as the notification; senders may be used on any thread.
    if let Some(news) = unsafe { context.cast::<UnboundedSender<()>>().as_ref() } {
        let _ = news.send(());
    }
}
