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

use super::{Builder, Pressed, chromium, flow::Event};
use rolecall_core::sign_in::{Failure, Request};
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
) -> Result<Builder<'a>, Failure> {
    let environment = environment::create(folder, request.os_sso)?;
    Ok(builder
        .with_environment(environment)
        .incognito(!request.os_sso)
        .on_permission_request(|_, _| PermissionResponse::Deny))
}

/// Hardens the webview, installs the capture, sets the jar, and only then loads the page.
pub(super) fn attach(webview: PlatformWebview, request: &Request, events: Sender<Event>) {
    if install(&webview, request, &events).is_err() {
        let _ = events.send(Event::EngineGone);
    }
}

fn install(webview: &PlatformWebview, request: &Request, events: &Sender<Event>) -> Com<()> {
    // SAFETY: on the thread that made the controller, as all calls on the webview here and below: they are made in
    // closures of `with_webview` or in the webview's own event handlers.
    let view = unsafe { webview.controller().CoreWebView2()? };
    harden::take_away(&view, request.mode, events)?;
    let going = loads::Going::default();
    loads::watch(&view, &going, &request.acs, events)?;
    capture::install(&view, &webview.environment(), &going, &request.acs, events)?;
    let (url, jar, tx) = (HSTRING::from(&request.url), request.cookies.clone(), events.clone());
    report::install(&view, events, move |view| cookies::set(view, &jar, tx, move |view| navigate(view, &url)))
}

/// The same for a second window, which its opener fills.
fn attach_second(webview: &PlatformWebview, request: &Request, events: &Sender<Event>) {
    if install_second(webview, request, events).is_err() {
        let _ = events.send(Event::EngineGone);
    }
}

fn install_second(webview: &PlatformWebview, request: &Request, events: &Sender<Event>) -> Com<()> {
    // SAFETY: see `install`.
    let view = unsafe { webview.controller().CoreWebView2()? };
    harden::take_away(&view, request.mode, events)?;
    let going = loads::Going::default();
    loads::watch(&view, &going, &request.acs, events)?;
    capture::install(&view, &webview.environment(), &going, &request.acs, events)?;
    report::install(&view, events, |_| Ok(()))
}

fn navigate(view: &ICoreWebView2, url: &HSTRING) -> Com<()> {
    // SAFETY: a plain call; `url` outlives it.
    unsafe { view.Navigate(url) }
}

pub(super) fn read_cookies(webview: PlatformWebview, events: Sender<Event>) {
    // SAFETY: see `install`.
    let asked = unsafe { webview.controller().CoreWebView2() }.and_then(|view| cookies::read(&view, &events));
    if asked.is_err() {
        let _ = events.send(Event::Cookies(None));
    }
}

/// Not needed here: what was posted has been read from the post.
pub(super) fn look_again(_: PlatformWebview) {}

pub(crate) fn own_page(builder: Builder<'_>, folder: PathBuf) -> Builder<'_> {
    builder.data_directory(folder).additional_browser_args(&chromium::arguments(None))
}

/// What a getter hands out as a text of ours to free.
fn text(get: impl FnOnce(*mut PWSTR) -> Com<()>) -> Com<String> {
    let mut text = PWSTR::null();
    get(&mut text)?;
    Ok(take_pwstr(text))
}
