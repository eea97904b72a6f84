//! The runtime: its one export, the environment, and what belongs to it.
#![expect(unsafe_code, reason = "COM objects made by hand")]
#![expect(
    clippy::missing_const_for_thread_local,
    reason = "they are; clippy does not see it for this target"
)]

mod args;
mod browser;
mod com;
mod cookies;
mod keyboard;
mod later;
mod notes;
mod scene;
mod view;

use com::{Table, invoke, keep, methods, object, state};
use notes::{fault, note, read, refusal};
use std::cell::Cell;
use std::ffi::c_void;
use webview2_com::Microsoft::Web::WebView2::Win32::*;
use webview2_com::take_pwstr;
use windows::Win32::Foundation::{CO_E_NOTINITIALIZED, E_POINTER, HWND, RPC_E_CHANGED_MODE, S_OK};
use windows::Win32::System::Com::{
    APTTYPE, APTTYPE_MAINSTA, APTTYPE_STA, APTTYPEQUALIFIER, CoGetApartmentType, IStream,
};
use windows::core::{BOOL, HRESULT, IUnknown, Interface, PCWSTR, PWSTR};

/// What the loader calls.
///
/// There is no `DllCanUnloadNow`: where it exists, the loader lets go of the DLL after this call.
///
/// # Safety
/// Texts end with zero, objects are objects.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "system" fn CreateWebViewEnvironmentWithOptionsInternal(
    _check_running_instance: bool,
    _runtime: i32,
    folder: PCWSTR,
    options: *mut c_void,
    handler: *mut c_void,
) -> HRESULT {
    let (mut kind, mut qualifier) = (APTTYPE::default(), APTTYPEQUALIFIER::default());
    // SAFETY: plain calls, and texts that end with zero.
    let (apartment, folder) = unsafe { (CoGetApartmentType(&mut kind, &mut qualifier), read(folder)) };
    note(&format!("environment: folder {folder}"));
    // As Microsoft's page on CreateCoreWebView2EnvironmentWithOptions has it.
    if apartment.is_err() {
        note("environment: refused: no apartment");
        return CO_E_NOTINITIALIZED;
    }
    if kind != APTTYPE_STA && kind != APTTYPE_MAINSTA {
        note("environment: refused: not a single-threaded apartment");
        return RPC_E_CHANGED_MODE;
    }
    if let Some(refusal) =
        refusal().filter(|refusal| refusal.method == "CreateCoreWebView2EnvironmentWithOptions")
    {
        return refusal.code;
    }
    note_options(options);
    // SAFETY: an object or null.
    let Some(handler) = (unsafe { keep(handler) }) else { return E_POINTER };
    later::run(0, move || {
        let _ = invoke(&handler, 0, environment().as_raw());
    });
    S_OK
}

fn note_options(options: *mut c_void) {
    // SAFETY: an object or null.
    let Some(options) = (unsafe { ICoreWebView2EnvironmentOptions::from_raw_borrowed(&options) }) else {
        return;
    };
    let text = |get: &dyn Fn(*mut PWSTR) -> windows::core::Result<()>| {
        let mut text = PWSTR::null();
        get(&mut text).map(|()| take_pwstr(text)).unwrap_or_default()
    };
    let flag = |get: &dyn Fn(*mut BOOL) -> windows::core::Result<()>| {
        let mut flag = BOOL::default();
        get(&mut flag).is_ok() && flag.as_bool()
    };
    // SAFETY: what is handed in is written during the calls.
    unsafe {
        note(&format!("options: arguments {}", text(&|out| options.AdditionalBrowserArguments(out))));
        let exclusive = options
            .cast::<ICoreWebView2EnvironmentOptions2>()
            .is_ok_and(|more| flag(&|out| more.ExclusiveUserDataFolderAccess(out)));
        let own_crashes = options
            .cast::<ICoreWebView2EnvironmentOptions3>()
            .is_ok_and(|more| flag(&|out| more.IsCustomCrashReportingEnabled(out)));
        note(&format!(
            "options: language {} sso {} exclusive {exclusive} own crashes {own_crashes}",
            text(&|out| options.Language(out)),
            flag(&|out| options.AllowSingleSignOnUsingOSPrimaryAccount(out)),
        ));
    }
}

fn environment() -> IUnknown {
    let mut table = Table::new();
    methods!(
        table,
        ICoreWebView2Environment_Vtbl {
            CreateCoreWebView2Controller: create_controller,
            CreateWebResourceResponse: create_response,
        }
    );
    methods!(
        table,
        ICoreWebView2Environment10_Vtbl {
            CreateCoreWebView2ControllerOptions: create_controller_options,
            CreateCoreWebView2ControllerWithOptions: create_controller_with_options,
        }
    );
    object("the environment", ICoreWebView2Environment10_Vtbl::matches, table, ())
}

unsafe extern "system" fn create_controller(_: *mut c_void, window: HWND, handler: *mut c_void) -> HRESULT {
    // SAFETY: an object or null.
    let Some(handler) = (unsafe { keep(handler) }) else { return E_POINTER };
    let window = window.0 as usize;
    later::run(0, move || {
        let controller = view::controller(HWND(window as *mut c_void));
        let _ = invoke(&handler, 0, controller.as_raw());
    });
    S_OK
}

unsafe extern "system" fn create_controller_with_options(
    this: *mut c_void,
    window: HWND,
    options: *mut c_void,
    handler: *mut c_void,
) -> HRESULT {
    // SAFETY: options of ours; the rest as it came.
    unsafe {
        note(&format!("controller: private {}", state::<Cell<bool>>(options).get()));
        create_controller(this, window, handler)
    }
}

unsafe extern "system" fn create_controller_options(_: *mut c_void, out: *mut *mut c_void) -> HRESULT {
    unsafe extern "system" fn set_private(this: *mut c_void, private: BOOL) -> HRESULT {
        // SAFETY: a method of an object with this state.
        unsafe { state::<Cell<bool>>(this) }.set(private.as_bool());
        S_OK
    }
    unsafe extern "system" fn set_name(_: *mut c_void, name: PCWSTR) -> HRESULT {
        // SAFETY: a text that ends with zero.
        note(&format!("controller: profile {}", unsafe { read(name) }));
        S_OK
    }
    let mut table = Table::new();
    methods!(
        table,
        ICoreWebView2ControllerOptions_Vtbl {
            SetIsInPrivateModeEnabled: set_private,
            SetProfileName: set_name,
        }
    );
    let matches = ICoreWebView2ControllerOptions_Vtbl::matches;
    // SAFETY: `out` can be written.
    unsafe { *out = object("controller options", matches, table, Cell::new(false)).into_raw() };
    S_OK
}

unsafe extern "system" fn create_response(
    _: *mut c_void,
    content: *mut c_void,
    status: i32,
    _reason: PCWSTR,
    headers: PCWSTR,
    out: *mut *mut c_void,
) -> HRESULT {
    let mut body = Vec::new();
    // SAFETY: a stream or null; the buffer's length goes with it.
    if let Some(stream) = unsafe { IStream::from_raw_borrowed(&content) } {
        let mut part = [0; 16 * 1024];
        loop {
            let mut length = 0;
            // SAFETY: as above.
            let done = unsafe { stream.Read(part.as_mut_ptr().cast(), part.len() as u32, Some(&mut length)) };
            if done.is_err() || length == 0 {
                break;
            }
            body.extend(part.iter().take(length as usize));
        }
    }
    if !(100..600).contains(&status) {
        fault(&format!("a response of status {status}"));
    }
    // SAFETY: a text that ends with zero; `out` can be written.
    unsafe {
        let behind = args::Response { status, headers: read(headers), body };
        let matches = ICoreWebView2WebResourceResponse_Vtbl::matches;
        *out = object("a response", matches, Table::new(), behind).into_raw();
    }
    S_OK
}
