//! What events hand to their handlers.

use crate::runtime::com::{Table, inside, keep, methods, object, state};
use crate::runtime::notes::{fault, give_text, read};
use std::cell::{Cell, RefCell};
use std::ffi::c_void;
use webview2_com::Microsoft::Web::WebView2::Win32::*;
use windows::Win32::Foundation::{E_INVALIDARG, S_OK};
use windows::Win32::System::Com::{ISequentialStream_Vtbl, IStream_Vtbl};
use windows::core::{BOOL, HRESULT, IUnknown, Interface, PCWSTR, PWSTR};

/// A getter of a plain value, and one of a text.
macro_rules! getter {
    ($state:ty, $out:ty, $behind:ident => $value:expr) => {{
        unsafe extern "system" fn get(this: *mut c_void, out: *mut $out) -> HRESULT {
            // SAFETY: a method of an object with this state, and what is handed in can be written.
            unsafe {
                let $behind: &$state = state(this);
                *out = $value;
            }
            S_OK
        }
        get
    }};
    (text $state:ty, $behind:ident => $value:expr) => {{
        unsafe extern "system" fn get(this: *mut c_void, out: *mut windows::core::PWSTR) -> HRESULT {
            // SAFETY: as above.
            unsafe {
                let $behind: &$state = state(this);
                $crate::runtime::notes::give_text($value, out)
            }
        }
        get
    }};
}
pub(crate) use getter;

/// An event that says nothing but that it happened.
pub(crate) fn nothing() -> IUnknown {
    object("event arguments", |_| false, Table::new(), ())
}

/// Where to, of which load, whether redirected, and whether a handler stopped it.
pub(crate) struct Starting {
    pub(crate) url: String,
    pub(crate) load: u64,
    pub(crate) redirected: bool,
    pub(crate) stopped: Cell<bool>,
}

pub(crate) fn starting(url: &str, load: u64, redirected: bool) -> IUnknown {
    unsafe extern "system" fn set_cancel(this: *mut c_void, cancel: BOOL) -> HRESULT {
        // SAFETY: a method of an object with this state.
        unsafe { state::<Starting>(this) }.stopped.set(cancel.as_bool());
        S_OK
    }
    let mut table = Table::new();
    methods!(
        table,
        ICoreWebView2NavigationStartingEventArgs_Vtbl {
            Uri: getter!(text Starting, behind => &behind.url),
            IsRedirected: getter!(Starting, BOOL, behind => behind.redirected.into()),
            Cancel: getter!(Starting, BOOL, behind => behind.stopped.get().into()),
            SetCancel: set_cancel,
            NavigationId: getter!(Starting, u64, behind => behind.load),
        }
    );
    let behind = Starting { url: url.to_owned(), load, redirected, stopped: Cell::new(false) };
    object(
        "NavigationStarting's arguments",
        ICoreWebView2NavigationStartingEventArgs_Vtbl::matches,
        table,
        behind,
    )
}

pub(crate) fn loading(load: u64) -> IUnknown {
    let mut table = Table::new();
    methods!(
        table,
        ICoreWebView2ContentLoadingEventArgs_Vtbl {
            IsErrorPage: getter!(u64, BOOL, _load => false.into()),
            NavigationId: getter!(u64, u64, load => *load),
        }
    );
    object("ContentLoading's arguments", ICoreWebView2ContentLoadingEventArgs_Vtbl::matches, table, load)
}

/// The end of a load. A status of 0 is success, another a COREWEBVIEW2_WEB_ERROR_STATUS; `http` is the server's.
pub(crate) struct Completed {
    pub(crate) load: u64,
    pub(crate) status: i32,
    pub(crate) http: i32,
}

pub(crate) fn completed(behind: Completed) -> IUnknown {
    let mut table = Table::new();
    methods!(
        table,
        ICoreWebView2NavigationCompletedEventArgs_Vtbl {
            IsSuccess: getter!(Completed, BOOL, behind => (behind.status == 0 && behind.http < 400).into()),
            WebErrorStatus: getter!(Completed, COREWEBVIEW2_WEB_ERROR_STATUS, behind => COREWEBVIEW2_WEB_ERROR_STATUS(behind.status)),
            NavigationId: getter!(Completed, u64, behind => behind.load),
        }
    );
    methods!(
        table,
        ICoreWebView2NavigationCompletedEventArgs2_Vtbl {
            HttpStatusCode: getter!(Completed, i32, behind => behind.http),
        }
    );
    let matches = ICoreWebView2NavigationCompletedEventArgs2_Vtbl::matches;
    object("NavigationCompleted's arguments", matches, table, behind)
}

/// A request, and what a handler answered it with.
#[derive(Default)]
pub(crate) struct Requested {
    pub(crate) method: String,
    pub(crate) url: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
    pub(crate) answered: RefCell<Option<IUnknown>>,
    pub(crate) deferred: Cell<bool>,
    /// Called when a handler that asked for time is done.
    pub(crate) then: RefCell<Option<Box<dyn FnOnce()>>>,
}

impl Requested {
    pub(crate) fn header(&self, wanted: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
        found.map(|(_, value)| value.as_str())
    }

    /// The status of the answer.
    pub(crate) fn status(&self) -> Option<i32> {
        self.answered.borrow().as_ref().map(|response| inside::<Response>(response).status)
    }
}

/// What a program answers a request with.
pub(crate) struct Response {
    pub(crate) status: i32,
    /// Lines of `NAME: VALUE`.
    pub(crate) headers: String,
    pub(crate) body: Vec<u8>,
}

pub(crate) fn requested(behind: Requested) -> IUnknown {
    unsafe extern "system" fn request_of(this: *mut c_void, out: *mut *mut c_void) -> HRESULT {
        // SAFETY: a method of such an object; `out` can be written.
        unsafe {
            state::<Requested>(this);
            let Some(args) = keep(this) else { return E_INVALIDARG };
            *out = request(args).into_raw();
        }
        S_OK
    }
    unsafe extern "system" fn answer(this: *mut c_void, response: *mut c_void) -> HRESULT {
        // SAFETY: a method of such an object, and an object of ours.
        unsafe { *state::<Requested>(this).answered.borrow_mut() = keep(response) };
        S_OK
    }
    unsafe extern "system" fn defer(this: *mut c_void, out: *mut *mut c_void) -> HRESULT {
        unsafe extern "system" fn complete(this: *mut c_void) -> HRESULT {
            // SAFETY: a method of such an object.
            let args = unsafe { state::<IUnknown>(this) };
            let then = inside::<Requested>(args).then.take();
            if let Some(then) = then {
                then();
            }
            S_OK
        }
        // SAFETY: a method of such an object; `out` can be written.
        unsafe {
            state::<Requested>(this).deferred.set(true);
            let Some(args) = keep(this) else { return E_INVALIDARG };
            let mut table = Table::new();
            methods!(table, ICoreWebView2Deferral_Vtbl { Complete: complete });
            *out = object("deferral", ICoreWebView2Deferral_Vtbl::matches, table, args).into_raw();
        }
        S_OK
    }
    let mut table = Table::new();
    methods!(
        table,
        ICoreWebView2WebResourceRequestedEventArgs_Vtbl {
            Request: request_of,
            SetResponse: answer,
            GetDeferral: defer,
        }
    );
    let matches = ICoreWebView2WebResourceRequestedEventArgs_Vtbl::matches;
    object("WebResourceRequested's arguments", matches, table, behind)
}

/// The request as its own object; behind it are the arguments.
fn request(args: IUnknown) -> IUnknown {
    unsafe extern "system" fn content(this: *mut c_void, out: *mut *mut c_void) -> HRESULT {
        // SAFETY: a method of such an object; `out` can be written.
        unsafe {
            let args: &IUnknown = state(this);
            *out = body(inside::<Requested>(args).body.clone().into_bytes()).into_raw();
        }
        S_OK
    }
    unsafe extern "system" fn headers_of(this: *mut c_void, out: *mut *mut c_void) -> HRESULT {
        unsafe extern "system" fn get(this: *mut c_void, name: PCWSTR, out: *mut PWSTR) -> HRESULT {
            // SAFETY: a method of such an object; `out` can be written.
            unsafe {
                let args: &IUnknown = state(this);
                match inside::<Requested>(args).header(&read(name)) {
                    Some(value) => give_text(value, out),
                    None => E_INVALIDARG,
                }
            }
        }
        unsafe extern "system" fn iterate(this: *mut c_void, out: *mut *mut c_void) -> HRESULT {
            // SAFETY: a method of such an object; `out` can be written.
            unsafe {
                let args: &IUnknown = state(this);
                *out = iterator(inside::<Requested>(args).headers.clone()).into_raw();
            }
            S_OK
        }
        let mut table = Table::new();
        methods!(table, ICoreWebView2HttpRequestHeaders_Vtbl { GetHeader: get, GetIterator: iterate });
        let matches = ICoreWebView2HttpRequestHeaders_Vtbl::matches;
        // SAFETY: a method of such an object; `out` can be written.
        unsafe {
            let args: &IUnknown = state(this);
            *out = object("a request's headers", matches, table, args.clone()).into_raw();
        }
        S_OK
    }
    let mut table = Table::new();
    methods!(
        table,
        ICoreWebView2WebResourceRequest_Vtbl {
            Uri: getter!(text IUnknown, args => &inside::<Requested>(args).url),
            Method: getter!(text IUnknown, args => &inside::<Requested>(args).method),
            Content: content,
            Headers: headers_of,
        }
    );
    object("a request", ICoreWebView2WebResourceRequest_Vtbl::matches, table, args)
}

/// A stream that hands out seven bytes at a time, as a slow pipe may.
fn body(bytes: Vec<u8>) -> IUnknown {
    type State = (Vec<u8>, Cell<usize>);
    unsafe extern "system" fn read(
        this: *mut c_void,
        out: *mut c_void,
        room: u32,
        count: *mut u32,
    ) -> HRESULT {
        const AT_ONCE: usize = 7;
        // SAFETY: a method of such an object; the buffer has the room that is said.
        unsafe {
            let (bytes, at): &State = state(this);
            let rest = bytes.get(at.get()..).unwrap_or_default();
            let length = rest.len().min(room as usize).min(AT_ONCE);
            std::ptr::copy_nonoverlapping(rest.as_ptr(), out.cast(), length);
            at.set(at.get() + length);
            if !count.is_null() {
                *count = length as u32;
            }
        }
        S_OK
    }
    let mut table = Table::new();
    methods!(table, ISequentialStream_Vtbl { Read: read });
    object("a request's body", IStream_Vtbl::matches, table, (bytes, Cell::new(0)))
}

fn iterator(headers: Vec<(String, String)>) -> IUnknown {
    type State = (Vec<(String, String)>, Cell<usize>);
    unsafe extern "system" fn current(this: *mut c_void, name: *mut PWSTR, value: *mut PWSTR) -> HRESULT {
        // SAFETY: a method of such an object; both can be written.
        unsafe {
            let (headers, at): &State = state(this);
            let Some((said, what)) = headers.get(at.get()) else { return E_INVALIDARG };
            let _ = give_text(said, name);
            give_text(what, value)
        }
    }
    unsafe extern "system" fn next(this: *mut c_void, out: *mut BOOL) -> HRESULT {
        // SAFETY: a method of such an object; `out` can be written.
        unsafe {
            let (headers, at): &State = state(this);
            at.set(at.get() + 1);
            *out = (at.get() < headers.len()).into();
        }
        S_OK
    }
    let mut table = Table::new();
    methods!(
        table,
        ICoreWebView2HttpHeadersCollectionIterator_Vtbl {
            HasCurrentHeader: getter!(State, BOOL, behind => (behind.1.get() < behind.0.len()).into()),
            GetCurrentHeader: current,
            MoveNext: next,
        }
    );
    let matches = ICoreWebView2HttpHeadersCollectionIterator_Vtbl::matches;
    object("an iterator of headers", matches, table, (headers, Cell::new(0)))
}

/// A process of the engine is gone: a COREWEBVIEW2_PROCESS_FAILED_KIND and its exit code.
pub(crate) fn failed(kind: i32, code: i32) -> IUnknown {
    type State = (i32, i32);
    let mut table = Table::new();
    methods!(
        table,
        ICoreWebView2ProcessFailedEventArgs_Vtbl {
            ProcessFailedKind: getter!(State, COREWEBVIEW2_PROCESS_FAILED_KIND, behind => COREWEBVIEW2_PROCESS_FAILED_KIND(behind.0)),
        }
    );
    methods!(
        table,
        ICoreWebView2ProcessFailedEventArgs2_Vtbl { ExitCode: getter!(State, i32, behind => behind.1) }
    );
    let matches = ICoreWebView2ProcessFailedEventArgs2_Vtbl::matches;
    object("ProcessFailed's arguments", matches, table, (kind, code))
}

/// A dialog of a page's script: its kind, and whether a handler accepted it.
pub(crate) struct Dialog {
    kind: i32,
    pub(crate) accepted: Cell<bool>,
}

pub(crate) fn dialog(kind: i32) -> IUnknown {
    unsafe extern "system" fn accept(this: *mut c_void) -> HRESULT {
        // SAFETY: a method of an object with this state.
        unsafe { state::<Dialog>(this) }.accepted.set(true);
        S_OK
    }
    let mut table = Table::new();
    methods!(
        table,
        ICoreWebView2ScriptDialogOpeningEventArgs_Vtbl {
            Kind: getter!(Dialog, COREWEBVIEW2_SCRIPT_DIALOG_KIND, behind => COREWEBVIEW2_SCRIPT_DIALOG_KIND(behind.kind)),
            Accept: accept,
        }
    );
    let behind = Dialog { kind, accepted: Cell::new(false) };
    object(
        "ScriptDialogOpening's arguments",
        ICoreWebView2ScriptDialogOpeningEventArgs_Vtbl::matches,
        table,
        behind,
    )
}

/// A server's certificate that is not trusted, and the COREWEBVIEW2_SERVER_CERTIFICATE_ERROR_ACTION of a handler.
pub(crate) struct Certificate {
    url: String,
    pub(crate) action: Cell<i32>,
}

pub(crate) fn certificate(url: &str) -> IUnknown {
    type Action = COREWEBVIEW2_SERVER_CERTIFICATE_ERROR_ACTION;
    unsafe extern "system" fn set(this: *mut c_void, action: Action) -> HRESULT {
        // SAFETY: a method of an object with this state.
        unsafe { state::<Certificate>(this) }.action.set(action.0);
        S_OK
    }
    let mut table = Table::new();
    methods!(
        table,
        ICoreWebView2ServerCertificateErrorDetectedEventArgs_Vtbl {
            RequestUri: getter!(text Certificate, behind => &behind.url),
            SetAction: set,
        }
    );
    let behind = Certificate { url: url.to_owned(), action: Cell::new(-1) };
    let matches = ICoreWebView2ServerCertificateErrorDetectedEventArgs_Vtbl::matches;
    object("ServerCertificateErrorDetected's arguments", matches, table, behind)
}

/// A key that is more than a letter.
pub(crate) struct Key {
    key: u32,
    pub(crate) handled: Cell<bool>,
}

pub(crate) fn key(key: u32) -> IUnknown {
    unsafe extern "system" fn set(this: *mut c_void, handled: BOOL) -> HRESULT {
        // SAFETY: a method of an object with this state.
        unsafe { state::<Key>(this) }.handled.set(handled.as_bool());
        S_OK
    }
    let mut table = Table::new();
    methods!(
        table,
        ICoreWebView2AcceleratorKeyPressedEventArgs_Vtbl {
            VirtualKey: getter!(Key, u32, behind => behind.key),
            SetHandled: set,
        }
    );
    let matches = ICoreWebView2AcceleratorKeyPressedEventArgs_Vtbl::matches;
    object("AcceleratorKeyPressed's arguments", matches, table, Key { key, handled: Cell::new(false) })
}

/// The menu of the right mouse button.
pub(crate) struct Menu {
    pub(crate) items: RefCell<Vec<String>>,
    pub(crate) handled: Cell<bool>,
}

pub(crate) fn menu(names: &[&str]) -> IUnknown {
    unsafe extern "system" fn set(this: *mut c_void, handled: BOOL) -> HRESULT {
        // SAFETY: a method of an object with this state.
        unsafe { state::<Menu>(this) }.handled.set(handled.as_bool());
        S_OK
    }
    unsafe extern "system" fn items(this: *mut c_void, out: *mut *mut c_void) -> HRESULT {
        // SAFETY: a method of such an object; `out` can be written.
        unsafe {
            let Some(args) = keep(this) else { return E_INVALIDARG };
            *out = menu_items(args).into_raw();
        }
        S_OK
    }
    let mut table = Table::new();
    methods!(table, ICoreWebView2ContextMenuRequestedEventArgs_Vtbl { MenuItems: items, SetHandled: set });
    let items = RefCell::new(names.iter().map(|name| (*name).to_owned()).collect());
    let matches = ICoreWebView2ContextMenuRequestedEventArgs_Vtbl::matches;
    object("ContextMenuRequested's arguments", matches, table, Menu { items, handled: Cell::new(false) })
}

fn menu_items(args: IUnknown) -> IUnknown {
    unsafe extern "system" fn at(this: *mut c_void, index: u32, out: *mut *mut c_void) -> HRESULT {
        // SAFETY: a method of such an object; `out` can be written.
        unsafe {
            let args: &IUnknown = state(this);
            let name = inside::<Menu>(args).items.borrow().get(index as usize).cloned();
            let Some(name) = name else {
                fault("a menu was asked for an item beyond its end");
                return E_INVALIDARG;
            };
            let mut table = Table::new();
            methods!(table, ICoreWebView2ContextMenuItem_Vtbl { Name: getter!(text String, name => name) });
            *out =
                object("a menu's item", ICoreWebView2ContextMenuItem_Vtbl::matches, table, name).into_raw();
        }
        S_OK
    }
    unsafe extern "system" fn remove(this: *mut c_void, index: u32) -> HRESULT {
        // SAFETY: a method of such an object.
        let args: &IUnknown = unsafe { state(this) };
        let mut items = inside::<Menu>(args).items.borrow_mut();
        if (index as usize) < items.len() {
            items.remove(index as usize);
            return S_OK;
        }
        fault("a menu was told to remove an item beyond its end");
        E_INVALIDARG
    }
    let mut table = Table::new();
    methods!(
        table,
        ICoreWebView2ContextMenuItemCollection_Vtbl {
            Count: getter!(IUnknown, u32, args => inside::<Menu>(args).items.borrow().len() as u32),
            GetValueAtIndex: at,
            RemoveValueAtIndex: remove,
        }
    );
    object("a menu's items", ICoreWebView2ContextMenuItemCollection_Vtbl::matches, table, args)
}

/// A DevTools event.
pub(crate) fn devtools(json: &str) -> IUnknown {
    let mut table = Table::new();
    methods!(
        table,
        ICoreWebView2DevToolsProtocolEventReceivedEventArgs_Vtbl {
            ParameterObjectAsJson: getter!(text String, json => json),
        }
    );
    let matches = ICoreWebView2DevToolsProtocolEventReceivedEventArgs_Vtbl::matches;
    object("DevToolsProtocolEventReceived's arguments", matches, table, json.to_owned())
}
