//! The WebView2 environment of one sign-in: its own folder, arguments and processes.
#![expect(unsafe_code, reason = "WebView2 is a COM interface")]

use super::super::proxy::Proxies;
use super::super::{NotOpened, chromium};
use super::{called, words};
use rolecall_core::sign_in::Failure;
use std::path::Path;
use std::sync::mpsc::channel;
use webview2_com::Microsoft::Web::WebView2::Win32::{
    CreateCoreWebView2EnvironmentWithOptions, ICoreWebView2Environment, ICoreWebView2EnvironmentOptions,
};
use webview2_com::{
    CoreWebView2EnvironmentOptions, CreateCoreWebView2EnvironmentCompletedHandler, Error, wait_with_pump,
};
use windows::Win32::Foundation::{E_POINTER, ERROR_FILE_NOT_FOUND, RPC_E_CHANGED_MODE};
use windows::Win32::Globalization::{GetUserDefaultUILanguage, LCIDToLocaleName, LOCALE_ALLOW_NEUTRAL_NAMES};
use windows::Win32::System::Com::{COINIT_APARTMENTTHREADED, CoInitializeEx};
use windows::core::{HSTRING, PCWSTR};

/// To be called on the thread of the windows; its messages are served meanwhile.
///
/// # Errors
/// [`Failure::NoRuntime`] where the runtime is not there any more, [`Failure::Engine`] where it does not start, with the
/// HRESULT.
pub(super) fn create(folder: &Path, os_sso: bool) -> Result<ICoreWebView2Environment, NotOpened> {
    const CALL: &str = "CreateCoreWebView2EnvironmentWithOptions";
    apartment().map_err(|error| (Failure::Engine, Some(words(&called("CoInitializeEx")(error)))))?;
    make(folder, os_sso).map_err(|error| match error {
        Error::WindowsError(error) if error.code() == ERROR_FILE_NOT_FOUND.to_hresult() => {
            (Failure::NoRuntime, Some(words(&called(CALL)(error))))
        }
        Error::WindowsError(error) => (Failure::Engine, Some(words(&called(CALL)(error)))),
        // The message loop ended, or the answer never came.
        other => (Failure::Engine, Some(format!("{CALL}: {other}"))),
    })
}

/// The engine wants a single-threaded apartment, and nobody before us has made one: tao does it with its first window,
/// wry with its first webview.
fn apartment() -> windows::core::Result<()> {
    // SAFETY: a plain call. It is undone by the end of the process only: the apartment lasts as long as the windows.
    let made = unsafe { CoInitializeEx(None, COINIT_APARTMENTTHREADED) };
    // Where the thread is in another kind of apartment, the engine itself says what it thinks of it.
    if made == RPC_E_CHANGED_MODE { Ok(()) } else { made.ok() }
}

fn make(folder: &Path, os_sso: bool) -> webview2_com::Result<ICoreWebView2Environment> {
    let proxies = Proxies::from_environment(|name| std::env::var(name).ok());
    let options = CoreWebView2EnvironmentOptions::default();
    // SAFETY: nobody else knows `options` yet.
    unsafe {
        options.set_additional_browser_arguments(chromium::arguments(proxies.as_ref()));
        options.set_language(language());
        options.set_allow_single_sign_on_using_os_primary_account(os_sso);
        // Reports of crashes stay in the folder, and go with it.
        options.set_is_custom_crash_reporting_enabled(true);
        options.set_exclusive_user_data_folder_access(true);
    }
    let (tx, made) = channel();
    let handler =
        CreateCoreWebView2EnvironmentCompletedHandler::create(Box::new(move |code, environment| {
            let _ = tx.send(code.and_then(|()| environment.ok_or_else(|| E_POINTER.into())));
            Ok(())
        }));
    // SAFETY: on a single-threaded apartment, see `apartment`; the texts outlive the call, and the engine
    // keeps its own references to options and handler.
    unsafe {
        CreateCoreWebView2EnvironmentWithOptions(
            PCWSTR::null(),
            &HSTRING::from(folder),
            &ICoreWebView2EnvironmentOptions::from(options),
            &handler,
        )?;
    }
    Ok(wait_with_pump(made)??)
}

/// That of the user's Windows: `de-DE`. The engine's own choice where it cannot be told.
fn language() -> String {
    // LOCALE_NAME_MAX_LENGTH.
    let mut name = [0; 85];
    // SAFETY: the buffer's length goes with it.
    let length = unsafe {
        LCIDToLocaleName(u32::from(GetUserDefaultUILanguage()), Some(&mut name), LOCALE_ALLOW_NEUTRAL_NAMES)
    };
    // With its final zero.
    let length = usize::try_from(length).unwrap_or_default().saturating_sub(1);
    String::from_utf16_lossy(&name[..length])
}
