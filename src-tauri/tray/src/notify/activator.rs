//! Where Windows tells a press of a toast that no object of this process hears: one in the notification list, or of a
//! tray before this one. It calls a class of ours by its number, and starts `rolecall-tray --toast` for it where no
//! tray runs ("Send a local toast notification from desktop C++ WRL apps", Microsoft Learn).

#![expect(unsafe_code, reason = "a COM class")]

use std::ffi::c_void;
use std::ptr::null_mut;
use std::sync::Arc;
use windows::Win32::System::Com::{
    CLSCTX_LOCAL_SERVER, COINIT_MULTITHREADED, CoInitializeEx, CoRegisterClassObject, CoRevokeClassObject,
    IClassFactory, IClassFactory_Impl, REGCLS_MULTIPLEUSE,
};
use windows::Win32::UI::Notifications::{
    INotificationActivationCallback, INotificationActivationCallback_Impl, NOTIFICATION_USER_INPUT_DATA,
};
use windows::core::{BOOL, GUID, HRESULT, IUnknown, Interface as _, PCWSTR, Ref, Result, implement};
use windows_sys::Win32::Foundation::{CLASS_E_NOAGGREGATION, E_INVALIDARG, E_POINTER};

/// The class's number: the installer writes it (packaging/windows/rolecall.nsi).
pub(crate) const CLASS: GUID = GUID::from_u128(0x3a12_d42c_91e9_4e2c_8018_e5e9_2d38_ec78);
/// The same as the registry has it.
pub(crate) const CLASS_TEXT: &str = "{3A12D42C-91E9-4E2C-8018-E5E92D38EC78}";

/// Takes a toast's arguments.
pub(super) type Told = Arc<dyn Fn(&str) + Send + Sync>;

/// The class, known to Windows until this is dropped.
pub(super) struct Server {
    registered: u32,
}

impl Server {
    /// The calling thread is of the multithreaded apartment afterwards: calls come on threads of COM's own, and nobody
    /// has to pump messages for them.
    ///
    /// # Errors
    /// The system's own.
    pub(super) fn register(told: Told) -> Result<Self> {
        Self::register_as(&CLASS, told)
    }

    fn register_as(class: &GUID, told: Told) -> Result<Self> {
        let factory: IClassFactory = Factory(told).into();
        // SAFETY: the number lives until the calls return; the class outlives its registration, which counts a reference
        // to it.
        let registered = unsafe {
            CoInitializeEx(None, COINIT_MULTITHREADED).ok()?;
            CoRegisterClassObject(class, &factory, CLSCTX_LOCAL_SERVER, REGCLS_MULTIPLEUSE)?
        };
        Ok(Self { registered })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // SAFETY: the number is the one that was given to us.
        let _ = unsafe { CoRevokeClassObject(self.registered) };
    }
}

#[implement(IClassFactory)]
struct Factory(Told);

impl IClassFactory_Impl for Factory_Impl {
    fn CreateInstance(
        &self,
        outer: Ref<'_, IUnknown>,
        interface: *const GUID,
        object: *mut *mut c_void,
    ) -> Result<()> {
        if interface.is_null() || object.is_null() {
            return Err(HRESULT(E_POINTER).into());
        }
        // SAFETY: the caller has room for one pointer there.
        unsafe { *object = null_mut() };
        if outer.is_some() {
            return Err(HRESULT(CLASS_E_NOAGGREGATION).into());
        }
        let activator: INotificationActivationCallback = Activator(Arc::clone(&self.0)).into();
        // SAFETY: neither is null, as seen above.
        unsafe { activator.query(interface, object) }.ok()
    }

    /// Nothing depends on it: the tray runs until it is quit.
    fn LockServer(&self, _lock: BOOL) -> Result<()> {
        Ok(())
    }
}

#[implement(INotificationActivationCallback)]
struct Activator(Told);

impl INotificationActivationCallback_Impl for Activator_Impl {
    /// What somebody typed into a toast is left alone: ours ask for nothing.
    fn Activate(
        &self,
        app: &PCWSTR,
        arguments: &PCWSTR,
        _inputs: *const NOTIFICATION_USER_INPUT_DATA,
        _count: u32,
    ) -> Result<()> {
        // SAFETY: neither is null, and both end with a zero and stay until the call returns.
        let text =
            |text: &PCWSTR| (!text.is_null()).then(|| String::from_utf16_lossy(unsafe { text.as_wide() }));
        if text(app).as_deref() != Some(super::APP) {
            return Err(HRESULT(E_INVALIDARG).into());
        }
        (self.0)(&text(arguments).unwrap_or_default());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::mpsc::unbounded_channel;
    use windows::Win32::System::Com::CoCreateInstance;
    use windows::core::HSTRING;

    /// Another one: a tray that is installed here must not be started.
    const TEST: GUID = GUID::from_u128(0x8f9d_2f5c_6f3e_4c55_9d0b_1c0f_5a2b_7e61);

    /// As Windows does it: the class by its number, an object of it, one call.
    fn press(app: &str, arguments: &str) -> Result<()> {
        // SAFETY: the texts live until the calls return.
        unsafe {
            CoInitializeEx(None, COINIT_MULTITHREADED).ok()?;
            let activator: INotificationActivationCallback =
                CoCreateInstance(&TEST, None, CLSCTX_LOCAL_SERVER)?;
            activator.Activate(&HSTRING::from(app), &HSTRING::from(arguments), &[])
        }
    }

    #[test]
    fn a_press_reaches_us_by_the_class_s_number() {
        assert_eq!(format!("{{{CLASS:?}}}"), CLASS_TEXT);
        press(super::super::APP, "early").expect_err("nobody is there");
        let (to, mut from) = unbounded_channel();
        let server = Server::register_as(&TEST, Arc::new(move |text: &str| _ = to.send(text.to_owned())));
        let server = server.expect("registered");
        // From another thread than the one that waits for what is to be shown.
        let elsewhere = std::thread::spawn(|| {
            press("another.program", "theirs").expect_err("not ours");
            press(super::super::APP, "toast=1&do=renew&profile=Jörg").expect("told");
        });
        elsewhere.join().expect("pressed");
        assert_eq!(from.try_recv().as_deref(), Ok("toast=1&do=renew&profile=Jörg"));
        assert!(from.try_recv().is_err(), "once");
        drop(server);
        press(super::super::APP, "late").expect_err("nobody is there any more");
    }
}
