//! The sign-in webview on Windows: WebView2, with everything taken away that a sign-in does not need.
#![expect(unsafe_code, reason = "WebView2 is a COM interface")]

mod capture;
mod cookies;
mod environment;
mod harden;
mod loads;
mod process;
mod report;
mod second_window;

pub(super) use process::prepare;
pub(crate) use process::{Engine, end, has_display};

use super::{Builder, NotOpened, Pressed, chromium, flow::Event};
use crate::say;
use rolecall_core::problem::foreign;
use rolecall_core::sign_in::Request;
use second_window::SecondWindows;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::Sender;
use tauri::webview::{NewWindowFeatures, NewWindowResponse, PermissionResponse, PlatformWebview};
use tauri::{Url, Wry};
use webview2_com::Microsoft::Web::WebView2::Win32::ICoreWebView2;
use webview2_com::take_pwstr;
use windows::core::{HSTRING, PWSTR, Result as Com};

/// The body of a post can only be read from the request itself, which is then answered here.
pub(super) const ANSWERS_POSTS: bool = true;

/// Whether there is a WebView2 runtime: part of Windows 11, installed with Edge, but not everywhere.
pub(crate) fn has_engine() -> bool {
    tauri::webview_version().is_ok()
}

pub(super) fn start(_: &mut tauri::App) {}

/// Second windows are opened for a person's click, and for nothing else.
pub(super) fn new_window(
    app: &tauri::App,
    request: &Request,
    events: &Sender<Event>,
    pressed: &Pressed,
) -> impl Fn(Url, NewWindowFeatures) -> NewWindowResponse<Wry> + Send + 'static {
    let windows = SecondWindows {
        app: app.handle().clone(),
        request: request.clone(),
        events: events.clone(),
        pressed: pressed.clone(),
        open: Arc::default(),
        last_number: Arc::default(),
    };
    move |url, features| windows.answer(&url, features)
}

/// Private by its throw-away folder, and by the engine's private mode where the system's account may not sign on: it
/// cannot in that mode, and Entra's device checks fail there.
pub(super) fn private<'a>(
    builder: Builder<'a>,
    request: &Request,
    folder: &Path,
) -> Result<Builder<'a>, NotOpened> {
    let environment = environment::create(folder, request.os_sso)?;
    Ok(builder
        .with_environment(environment)
        .incognito(!request.os_sso)
        .on_permission_request(|_, _| PermissionResponse::Deny))
}

/// Hardens the webview, installs the capture, sets the jar, and only then loads the page.
pub(super) fn attach(webview: PlatformWebview, request: &Request, events: Sender<Event>) {
    let (url, jar, tx) = (HSTRING::from(&request.url), request.cookies.clone(), events.clone());
    let installed = install(&webview, request, &events, move |view| {
        cookies::set(view, &jar, tx, move |view| navigate(view, &url))
    });
    if let Err(trouble) = installed {
        let _ = events.send(Event::EngineFailed(words(&trouble)));
    }
}

/// Calls `then` when every new document will be watched.
fn install(
    webview: &PlatformWebview,
    request: &Request,
    events: &Sender<Event>,
    then: impl FnOnce(&ICoreWebView2) -> Called<()> + 'static,
) -> Called<()> {
    // SAFETY: on the thread that made the controller, as all calls on the webview here and below: they are made in
    // closures of `with_webview` or in the webview's own event handlers.
    let view = unsafe { call!(webview.controller() => CoreWebView2()) }?;
    harden::take_away(&webview.controller(), &view, request.mode, events)?;
    let going = loads::Going::default();
    loads::watch(&view, &going, &request.acs, events)?;
    capture::install(&view, &webview.environment(), &going, &request.acs, events)?;
    report::install(&view, events, then)
}

/// The same for a second window, which its opener fills.
fn attach_second(webview: &PlatformWebview, request: &Request, events: &Sender<Event>) {
    if let Err(trouble) = install(webview, request, events, |_| Ok(())) {
        say(&format!("rolecall-window: a second window: {}", words(&trouble)));
        let _ = events.send(Event::EngineGone);
    }
}

fn navigate(view: &ICoreWebView2, url: &HSTRING) -> Called<()> {
    // SAFETY: a plain call; `url` outlives it.
    unsafe { call!(view => Navigate(url)) }
}

pub(super) fn read_cookies(webview: PlatformWebview, events: Sender<Event>) {
    // SAFETY: see `install`.
    let view = unsafe { call!(webview.controller() => CoreWebView2()) };
    if let Err(trouble) = view.and_then(|view| cookies::read(&view, &events)) {
        say(&format!("rolecall-window: the jar cannot be read: {}", words(&trouble)));
        let _ = events.send(Event::Cookies(None));
    }
}

/// Not needed here: what was posted has been read from the post.
pub(super) fn look_again(_: PlatformWebview) {}

pub(crate) fn own_page(builder: Builder<'_>, folder: PathBuf) -> Builder<'_> {
    builder.data_directory(folder).additional_browser_args(&chromium::arguments(None))
}

/// A call that the engine refused, and its answer.
struct Refused {
    call: &'static str,
    error: windows::core::Error,
}

/// What a call of the engine's gives.
type Called<T> = Result<T, Refused>;

/// For `map_err`: says of which call an error is the answer.
fn called(call: &'static str) -> impl Fn(windows::core::Error) -> Refused {
    move |error| Refused { call, error }
}

/// A call on a COM object; where it is refused, the error names it. To be used in an `unsafe` block that says why.
macro_rules! call {
    ($object:expr => $method:ident($($argument:expr),* $(,)?)) => {
        $object.$method($($argument),*).map_err($crate::sign_in::platform::called(stringify!($method)))
    };
}
use call;

/// What a handler of ours answers the engine; an error would be heard by nobody else.
fn handled(event: &'static str, done: Com<()>) -> Com<()> {
    if let Err(error) = &done {
        say(&format!("rolecall-window: in {event}: {}", words(&called("handler")(error.clone()))));
    }
    done
}

/// `add_NavigationStarting: 0x80004005 (Unspecified error)`: what a report of a fault has to hold.
fn words(Refused { call, error }: &Refused) -> String {
    let message = error.message();
    let message = message.trim().trim_end_matches('.');
    let number = format!("{call}: {:#010x}", error.code().0);
    if message.is_empty() { number } else { foreign(&format!("{number} ({message})")) }
}

/// What a getter hands out as a text of ours to free.
fn text(get: impl FnOnce(*mut PWSTR) -> Com<()>) -> Com<String> {
    let mut text = PWSTR::null();
    get(&mut text)?;
    Ok(take_pwstr(text))
}
