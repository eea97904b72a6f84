//! The controller, its webview and its settings: what is registered is kept, what is set is noted, and a navigation
//! starts a scene.

use crate::runtime::com::{Table, inside, invoke, keep, methods, object, state};
use crate::runtime::cookies::{self, Cookie};
use crate::runtime::notes::{fault, give_text, note, read};
use crate::runtime::{browser, keyboard, later, scene};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::ffi::c_void;
use webview2_com::Microsoft::Web::WebView2::Win32::*;
use windows::Win32::Foundation::{E_INVALIDARG, HWND, RECT, S_OK};
use windows::core::{BOOL, HRESULT, HSTRING, IUnknown, Interface, PCWSTR, PWSTR};

/// Notes a setting by its name.
macro_rules! setting {
    ($name:literal) => {{
        unsafe extern "system" fn set(_: *mut c_void, value: BOOL) -> HRESULT {
            note(&format!("setting: {} {}", $name, value.as_bool()));
            S_OK
        }
        set
    }};
}

/// Keeps a handler of an event.
macro_rules! on {
    ($event:literal) => {{
        unsafe extern "system" fn add(this: *mut c_void, handler: *mut c_void, token: *mut i64) -> HRESULT {
            // SAFETY: a method of a view.
            unsafe { state::<View>(this) }.add($event, handler, token)
        }
        add
    }};
}

#[derive(Default)]
pub(crate) struct View {
    /// By the event's name.
    handlers: RefCell<HashMap<String, Vec<IUnknown>>>,
    pub(crate) filters: RefCell<Vec<String>>,
    /// By their numbers, from 1.
    scripts: RefCell<Vec<Option<String>>>,
    /// Of the page that is shown, and of the load under way.
    pub(crate) source: RefCell<String>,
    pub(crate) going: RefCell<String>,
    /// The number of the last load that began.
    pub(crate) load: Cell<u64>,
    jar: RefCell<Vec<Cookie>>,
}

impl View {
    pub(crate) fn put_cookie(&self, cookie: Cookie) {
        cookies::put(&self.jar, cookie);
    }

    pub(crate) fn cookies(&self) -> Vec<Cookie> {
        self.jar.borrow().clone()
    }

    /// `*` for any text, as in WebView2's filters.
    pub(crate) fn is_covered(&self, url: &str) -> bool {
        fn matches(pattern: &str, text: &str) -> bool {
            match pattern.split_once('*') {
                None => pattern == text,
                Some((start, rest)) => text.strip_prefix(start).is_some_and(|text| {
                    (0..=text.len()).any(|at| text.get(at..).is_some_and(|text| matches(rest, text)))
                }),
            }
        }
        self.filters.borrow().iter().any(|filter| matches(filter, url))
    }

    fn add(&self, event: &str, handler: *mut c_void, token: *mut i64) -> HRESULT {
        // SAFETY: an object or null.
        let Some(handler) = (unsafe { keep(handler) }) else { return E_INVALIDARG };
        let mut handlers = self.handlers.borrow_mut();
        let handlers = handlers.entry(event.to_owned()).or_default();
        handlers.push(handler);
        // SAFETY: `token` can be written.
        unsafe { *token = handlers.len() as i64 };
        S_OK
    }
}

/// Calls those who want to hear of it, in the order in which they came. The view itself stands for the sender.
pub(crate) fn raise(view: &IUnknown, event: &str, args: &IUnknown) {
    let handlers = inside::<View>(view).handlers.borrow().get(event).cloned().unwrap_or_default();
    for handler in handlers {
        let code = invoke(&handler, view.as_raw() as usize, args.as_raw());
        if code.is_err() && crate::runtime::notes::refusal().is_none() {
            fault(&format!("a handler of {event} answers {:#010x}", code.0));
        }
    }
}

/// The name that a DevTools event's handlers are kept under.
pub(crate) fn devtools_event(name: &str) -> String {
    format!("DevTools {name}")
}

pub(crate) fn controller(window: HWND) -> IUnknown {
    type State = (IUnknown, usize);
    unsafe extern "system" fn view_of(this: *mut c_void, out: *mut *mut c_void) -> HRESULT {
        // SAFETY: a method of such an object; `out` can be written.
        unsafe { *out = state::<State>(this).0.clone().into_raw() };
        S_OK
    }
    unsafe extern "system" fn parent(this: *mut c_void, out: *mut HWND) -> HRESULT {
        // SAFETY: a method of such an object; `out` can be written.
        unsafe { *out = HWND(state::<State>(this).1 as *mut c_void) };
        S_OK
    }
    unsafe extern "system" fn set_visible(_: *mut c_void, visible: BOOL) -> HRESULT {
        note(&format!("controller: visible {}", visible.as_bool()));
        S_OK
    }
    unsafe extern "system" fn visible(_: *mut c_void, out: *mut BOOL) -> HRESULT {
        // SAFETY: `out` can be written.
        unsafe { *out = true.into() };
        S_OK
    }
    unsafe extern "system" fn focus(this: *mut c_void, _: COREWEBVIEW2_MOVE_FOCUS_REASON) -> HRESULT {
        // SAFETY: a method of such an object.
        keyboard::focus(HWND(unsafe { state::<State>(this) }.1 as *mut c_void));
        S_OK
    }
    unsafe extern "system" fn on_key(this: *mut c_void, handler: *mut c_void, token: *mut i64) -> HRESULT {
        // SAFETY: a method of such an object.
        inside::<View>(&unsafe { state::<State>(this) }.0).add("AcceleratorKeyPressed", handler, token)
    }
    unsafe extern "system" fn bounds(_: *mut c_void, out: *mut RECT) -> HRESULT {
        // SAFETY: `out` can be written.
        unsafe { *out = RECT { left: 0, top: 0, right: 480, bottom: 680 } };
        S_OK
    }
    unsafe extern "system" fn set_bounds(_: *mut c_void, _: RECT) -> HRESULT {
        S_OK
    }
    unsafe extern "system" fn set_zoom(_: *mut c_void, _: f64) -> HRESULT {
        S_OK
    }
    unsafe extern "system" fn set_color(_: *mut c_void, _: COREWEBVIEW2_COLOR) -> HRESULT {
        S_OK
    }
    unsafe extern "system" fn moved(_: *mut c_void) -> HRESULT {
        S_OK
    }
    unsafe extern "system" fn close(_: *mut c_void) -> HRESULT {
        note("controller: closed");
        S_OK
    }
    unsafe extern "system" fn on_nothing(_: *mut c_void, _: *mut c_void, _: *mut i64) -> HRESULT {
        S_OK
    }
    keyboard::window(window);
    let mut table = Table::new();
    methods!(
        table,
        ICoreWebView2Controller_Vtbl {
            IsVisible: visible,
            SetIsVisible: set_visible,
            Bounds: bounds,
            SetBounds: set_bounds,
            SetZoomFactor: set_zoom,
            MoveFocus: focus,
            add_MoveFocusRequested: on_nothing,
            add_GotFocus: on_nothing,
            add_LostFocus: on_nothing,
            add_AcceleratorKeyPressed: on_key,
            ParentWindow: parent,
            NotifyParentWindowPositionChanged: moved,
            Close: close,
            CoreWebView2: view_of,
        }
    );
    methods!(table, ICoreWebView2Controller2_Vtbl { SetDefaultBackgroundColor: set_color });
    methods!(table, ICoreWebView2Controller4_Vtbl { SetAllowExternalDrop: setting!("AllowExternalDrop") });
    let behind: State = (webview(), window.0 as usize);
    object("the controller", ICoreWebView2Controller4_Vtbl::matches, table, behind)
}

fn webview() -> IUnknown {
    let mut table = Table::new();
    methods!(
        table,
        ICoreWebView2_Vtbl {
            Settings: settings,
            Source: source,
            Navigate: navigate,
            Stop: stop,
            add_NavigationStarting: on!("NavigationStarting"),
            add_ContentLoading: on!("ContentLoading"),
            add_NavigationCompleted: on!("NavigationCompleted"),
            add_FrameNavigationStarting: on!("FrameNavigationStarting"),
            add_ScriptDialogOpening: on!("ScriptDialogOpening"),
            add_PermissionRequested: on!("PermissionRequested"),
            add_ProcessFailed: on!("ProcessFailed"),
            AddScriptToExecuteOnDocumentCreated: add_script,
            RemoveScriptToExecuteOnDocumentCreated: remove_script,
            ExecuteScript: execute,
            add_WebMessageReceived: on!("WebMessageReceived"),
            CallDevToolsProtocolMethod: call,
            GetDevToolsProtocolEventReceiver: receiver,
            add_NewWindowRequested: on!("NewWindowRequested"),
            add_DocumentTitleChanged: on!("DocumentTitleChanged"),
            add_ContainsFullScreenElementChanged: on!("ContainsFullScreenElementChanged"),
            ContainsFullScreenElement: yes,
            add_WebResourceRequested: on!("WebResourceRequested"),
            AddWebResourceRequestedFilter: add_filter,
            RemoveWebResourceRequestedFilter: remove_filter,
            add_WindowCloseRequested: on!("WindowCloseRequested"),
        }
    );
    methods!(
        table,
        ICoreWebView2_2_Vtbl {
            CookieManager: cookie_manager,
            add_WebResourceResponseReceived: on!("WebResourceResponseReceived"),
        }
    );
    methods!(table, ICoreWebView2_4_Vtbl { add_DownloadStarting: on!("DownloadStarting") });
    methods!(
        table,
        ICoreWebView2_5_Vtbl { add_ClientCertificateRequested: on!("ClientCertificateRequested") }
    );
    methods!(
        table,
        ICoreWebView2_10_Vtbl { add_BasicAuthenticationRequested: on!("BasicAuthenticationRequested") }
    );
    methods!(table, ICoreWebView2_11_Vtbl { add_ContextMenuRequested: on!("ContextMenuRequested") });
    methods!(table, ICoreWebView2_13_Vtbl { Profile: profile });
    methods!(
        table,
        ICoreWebView2_14_Vtbl { add_ServerCertificateErrorDetected: on!("ServerCertificateErrorDetected") }
    );
    methods!(
        table,
        ICoreWebView2_18_Vtbl { add_LaunchingExternalUriScheme: on!("LaunchingExternalUriScheme") }
    );
    methods!(table, ICoreWebView2_21_Vtbl { ExecuteScriptWithResult: execute_with_result });
    methods!(
        table,
        ICoreWebView2_22_Vtbl {
            AddWebResourceRequestedFilterWithRequestSourceKinds: add_filter_of_kinds,
            RemoveWebResourceRequestedFilterWithRequestSourceKinds: remove_filter_of_kinds,
        }
    );
    let behind = View { source: RefCell::new("about:blank".to_owned()), ..View::default() };
    let view = object("the webview", ICoreWebView2_22_Vtbl::matches, table, behind);
    browser::connect(&view);
    view
}

unsafe extern "system" fn settings(_: *mut c_void, out: *mut *mut c_void) -> HRESULT {
    unsafe extern "system" fn set_agent(_: *mut c_void, _: PCWSTR) -> HRESULT {
        S_OK
    }
    let mut table = Table::new();
    methods!(
        table,
        ICoreWebView2Settings_Vtbl {
            SetIsScriptEnabled: setting!("IsScriptEnabled"),
            SetIsWebMessageEnabled: setting!("IsWebMessageEnabled"),
            SetAreDefaultScriptDialogsEnabled: setting!("AreDefaultScriptDialogsEnabled"),
            SetIsStatusBarEnabled: setting!("IsStatusBarEnabled"),
            SetAreDevToolsEnabled: setting!("AreDevToolsEnabled"),
            SetAreDefaultContextMenusEnabled: setting!("AreDefaultContextMenusEnabled"),
            SetAreHostObjectsAllowed: setting!("AreHostObjectsAllowed"),
            SetIsZoomControlEnabled: setting!("IsZoomControlEnabled"),
            SetIsBuiltInErrorPageEnabled: setting!("IsBuiltInErrorPageEnabled"),
        }
    );
    methods!(table, ICoreWebView2Settings2_Vtbl { SetUserAgent: set_agent });
    methods!(
        table,
        ICoreWebView2Settings3_Vtbl {
            SetAreBrowserAcceleratorKeysEnabled: setting!("AreBrowserAcceleratorKeysEnabled"),
        }
    );
    methods!(
        table,
        ICoreWebView2Settings4_Vtbl {
            SetIsPasswordAutosaveEnabled: setting!("IsPasswordAutosaveEnabled"),
            SetIsGeneralAutofillEnabled: setting!("IsGeneralAutofillEnabled"),
        }
    );
    methods!(table, ICoreWebView2Settings5_Vtbl { SetIsPinchZoomEnabled: setting!("IsPinchZoomEnabled") });
    methods!(
        table,
        ICoreWebView2Settings6_Vtbl { SetIsSwipeNavigationEnabled: setting!("IsSwipeNavigationEnabled") }
    );
    methods!(
        table,
        ICoreWebView2Settings8_Vtbl {
            SetIsReputationCheckingRequired: setting!("IsReputationCheckingRequired"),
        }
    );
    methods!(
        table,
        ICoreWebView2Settings9_Vtbl {
            SetIsNonClientRegionSupportEnabled: setting!("IsNonClientRegionSupportEnabled"),
        }
    );
    let settings = object("the settings", ICoreWebView2Settings9_Vtbl::matches, table, ());
    // SAFETY: `out` can be written.
    unsafe { *out = settings.into_raw() };
    S_OK
}

/// For the colour scheme.
unsafe extern "system" fn profile(_: *mut c_void, out: *mut *mut c_void) -> HRESULT {
    unsafe extern "system" fn set(_: *mut c_void, _: COREWEBVIEW2_PREFERRED_COLOR_SCHEME) -> HRESULT {
        S_OK
    }
    let mut table = Table::new();
    methods!(table, ICoreWebView2Profile_Vtbl { SetPreferredColorScheme: set });
    // SAFETY: `out` can be written.
    unsafe { *out = object("the profile", ICoreWebView2Profile_Vtbl::matches, table, ()).into_raw() };
    S_OK
}

unsafe extern "system" fn source(this: *mut c_void, out: *mut PWSTR) -> HRESULT {
    // SAFETY: a method of a view; `out` can be written.
    unsafe { give_text(&state::<View>(this).source.borrow(), out) }
}

unsafe extern "system" fn yes(_: *mut c_void, out: *mut BOOL) -> HRESULT {
    // SAFETY: `out` can be written.
    unsafe { *out = true.into() };
    S_OK
}

unsafe extern "system" fn navigate(this: *mut c_void, url: PCWSTR) -> HRESULT {
    // SAFETY: a method of a view, and a text that ends with zero.
    let (view, url) = unsafe { (keep(this), read(url)) };
    let Some(view) = view else { return E_INVALIDARG };
    // The query holds a request of ours.
    note(&format!("navigate: {}", url.split('?').next().unwrap_or_default()));
    if browser::is_there() {
        browser::navigate(&url);
    } else {
        later::run(0, move || scene::play(&view, &url));
    }
    S_OK
}

unsafe extern "system" fn stop(_: *mut c_void) -> HRESULT {
    note("stopped");
    S_OK
}

unsafe extern "system" fn add_script(this: *mut c_void, script: PCWSTR, handler: *mut c_void) -> HRESULT {
    // SAFETY: a method of a view, a text that ends with zero, and an object or null.
    let (view, script, handler) = unsafe { (state::<View>(this), read(script), keep(handler)) };
    let mut scripts = view.scripts.borrow_mut();
    scripts.push(Some(script.clone()));
    let number = scripts.len().to_string();
    if browser::is_there() {
        browser::add_script(&script);
    }
    if let Some(handler) = handler {
        later::run(0, move || {
            let number = HSTRING::from(number);
            let _ = invoke(&handler, 0, number.as_ptr().cast_mut().cast());
        });
    }
    S_OK
}

unsafe extern "system" fn remove_script(this: *mut c_void, number: PCWSTR) -> HRESULT {
    // SAFETY: a method of a view, and a text that ends with zero.
    let (view, number) = unsafe { (state::<View>(this), read(number)) };
    let mut scripts = view.scripts.borrow_mut();
    let index = number.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    match index.and_then(|index| scripts.get_mut(index)).and_then(Option::take) {
        Some(_) => {
            if browser::is_there() {
                browser::remove_script(&number);
            }
            let left = scripts.iter().flatten().count();
            note(&format!("script: removed; left {left}"));
            S_OK
        }
        None => E_INVALIDARG,
    }
}

unsafe extern "system" fn execute(_: *mut c_void, script: PCWSTR, handler: *mut c_void) -> HRESULT {
    // SAFETY: a text that ends with zero, and an object or null.
    let (script, handler) = unsafe { (read(script), keep(handler)) };
    note(&format!("execute: {}", script.chars().take(60).collect::<String>().replace('\n', " ")));
    if browser::is_there() {
        browser::evaluate(&script);
    }
    if let Some(handler) = handler {
        later::run(0, move || {
            let nothing = HSTRING::from("null");
            let _ = invoke(&handler, 0, nothing.as_ptr().cast_mut().cast());
        });
    }
    S_OK
}

/// Its result is one that nobody here reads.
unsafe extern "system" fn execute_with_result(
    this: *mut c_void,
    script: PCWSTR,
    _handler: *mut c_void,
) -> HRESULT {
    // SAFETY: as it came.
    unsafe { execute(this, script, std::ptr::null_mut()) }
}

/// Answered in their order.
unsafe extern "system" fn call(
    _: *mut c_void,
    method: PCWSTR,
    parameters: PCWSTR,
    handler: *mut c_void,
) -> HRESULT {
    // SAFETY: texts that end with zero, and an object or null.
    let (method, parameters, handler) = unsafe { (read(method), read(parameters), keep(handler)) };
    let Some(handler) = handler else { return E_INVALIDARG };
    note(&format!("devtools: {method}"));
    let answer = move |code: HRESULT, said: &str| {
        let said = HSTRING::from(said);
        let _ = invoke(&handler, code.0.cast_unsigned() as usize, said.as_ptr().cast_mut().cast());
    };
    // Asked by a test, as a policy may do it: the call is taken and its answer an error.
    let denied = crate::runtime::notes::refusal()
        .filter(|refusal| refusal.method == method)
        .map(|refusal| refusal.code);
    if let Some(code) = denied {
        later::run(0, move || answer(code, ""));
    } else if browser::is_there() {
        browser::pass_on(&method, &parameters, answer);
    } else {
        later::run(0, move || answer(S_OK, "{}"));
    }
    S_OK
}

unsafe extern "system" fn receiver(this: *mut c_void, event: PCWSTR, out: *mut *mut c_void) -> HRESULT {
    type State = (IUnknown, String);
    unsafe extern "system" fn listen(this: *mut c_void, handler: *mut c_void, token: *mut i64) -> HRESULT {
        // SAFETY: a method of such an object.
        let (view, event): &State = unsafe { state(this) };
        inside::<View>(view).add(event, handler, token)
    }
    let mut table = Table::new();
    methods!(
        table,
        ICoreWebView2DevToolsProtocolEventReceiver_Vtbl { add_DevToolsProtocolEventReceived: listen }
    );
    // SAFETY: a method of a view, and a text that ends with zero.
    let (view, event) = unsafe { (keep(this), devtools_event(&read(event))) };
    let Some(view) = view else { return E_INVALIDARG };
    let matches = ICoreWebView2DevToolsProtocolEventReceiver_Vtbl::matches;
    let behind: State = (view, event);
    // SAFETY: `out` can be written.
    unsafe { *out = object("a receiver of DevTools events", matches, table, behind).into_raw() };
    S_OK
}

unsafe extern "system" fn cookie_manager(this: *mut c_void, out: *mut *mut c_void) -> HRESULT {
    // SAFETY: a method of a view; `out` can be written.
    unsafe {
        state::<View>(this);
        let Some(view) = keep(this) else { return E_INVALIDARG };
        *out = cookies::manager(view).into_raw();
    }
    S_OK
}

type Context = COREWEBVIEW2_WEB_RESOURCE_CONTEXT;
type Kinds = COREWEBVIEW2_WEB_RESOURCE_REQUEST_SOURCE_KINDS;

unsafe extern "system" fn add_filter(this: *mut c_void, filter: PCWSTR, _: Context) -> HRESULT {
    // SAFETY: a method of a view, and a text that ends with zero.
    let (view, filter) = unsafe { (state::<View>(this), read(filter)) };
    note(&format!("filter: {filter}"));
    view.filters.borrow_mut().push(filter);
    S_OK
}

unsafe extern "system" fn remove_filter(this: *mut c_void, filter: PCWSTR, _: Context) -> HRESULT {
    // SAFETY: a method of a view, and a text that ends with zero.
    let (view, filter) = unsafe { (state::<View>(this), read(filter)) };
    let mut filters = view.filters.borrow_mut();
    let Some(at) = filters.iter().position(|known| *known == filter) else { return E_INVALIDARG };
    note(&format!("filter: removed: {filter}"));
    filters.remove(at);
    S_OK
}

unsafe extern "system" fn add_filter_of_kinds(
    this: *mut c_void,
    filter: PCWSTR,
    context: Context,
    _: Kinds,
) -> HRESULT {
    // SAFETY: as it came.
    unsafe { add_filter(this, filter, context) }
}

unsafe extern "system" fn remove_filter_of_kinds(
    this: *mut c_void,
    filter: PCWSTR,
    context: Context,
    _: Kinds,
) -> HRESULT {
    // SAFETY: as it came.
    unsafe { remove_filter(this, filter, context) }
}
