//! The sign-in webview on Linux: WebKitGTK, with everything taken away that a sign-in does not need.

mod capture;
mod cookies;
mod harden;
mod process;
mod runtime_folder;
mod second_window;

pub(super) use process::prepare;
pub(crate) use process::{Engine, end};

use super::{Builder, NotOpened, Pressed, address, flow::Event};
use gtk::glib::Propagation;
use gtk::prelude::WidgetExt;
use rolecall_core::sign_in::{Mode, Request};
use second_window::SecondWindows;
use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;
use tauri::webview::{NewWindowFeatures, NewWindowResponse, PlatformWebview};
use tauri::{Url, Wry};
use webkit2gtk::{
    LoadEvent, NetworkError, PolicyError, WebProcessTerminationReason, WebView, WebViewExt, glib,
};

/// A post is stopped before it starts; the capture script has seen its form.
pub(super) const ANSWERS_POSTS: bool = false;

/// Whether GTK finds a display. Starts GTK.
pub(crate) fn has_display() -> bool {
    gtk::init().is_ok()
}

/// This program is linked to it.
pub(crate) fn has_engine() -> bool {
    true
}

pub(super) fn start(_: &mut tauri::App) {}

/// `second_window` answers in its place.
pub(super) fn new_window(
    _: &tauri::App,
    _: &Request,
    _: &Sender<Event>,
    _: &Pressed,
) -> impl Fn(Url, NewWindowFeatures) -> NewWindowResponse<Wry> + Send + 'static {
    |_, _| NewWindowResponse::Deny
}

pub(super) fn private<'a>(builder: Builder<'a>, _: &Request, _: &Path) -> Result<Builder<'a>, NotOpened> {
    Ok(builder.incognito(true))
}

pub(crate) fn own_page(builder: Builder<'_>, folder: PathBuf) -> Builder<'_> {
    builder.data_directory(folder)
}

/// Hardens the webview, installs the capture, sets the jar, and only then loads the page.
pub(super) fn attach(webview: PlatformWebview, request: &Request, events: Sender<Event>) {
    let view = webview.inner();
    harden::take_away(&view, request.mode == Mode::Interactive, &events);
    let tx = events.clone();
    let installed = capture::install(&view, move |report| drop(tx.send(Event::Report(report))));
    if !installed {
        let _ = events.send(Event::EngineGone);
        return;
    }
    watch_loads(&view, &events);
    watch_person(&view, &events);
    second_window::allow(&view, &SecondWindows::new(request, &events));
    let url = request.url.clone();
    cookies::set(&view, &request.cookies, events, move |view| view.load_uri(&url));
}

pub(super) fn read_cookies(webview: PlatformWebview, events: Sender<Event>) {
    cookies::read(&webview.inner(), events);
}

pub(super) fn look_again(webview: PlatformWebview) {
    capture::look_again(&webview.inner());
}

/// Keys and buttons as the window system brings them to the view: in frames, too, where the capture script is not.
fn watch_person(view: &WebView, events: &Sender<Event>) {
    let acted = |events: &Sender<Event>| {
        let _ = events.send(Event::PersonActed);
        Propagation::Proceed
    };
    let tx = events.clone();
    view.connect_button_press_event(move |_, _| acted(&tx));
    let tx = events.clone();
    view.connect_touch_event(move |_, _| acted(&tx));
    let tx = events.clone();
    // A modifier alone may only be on its way to another window.
    view.connect_key_press_event(move |_, key| {
        if key.is_modifier() || is_modifier(*key.keyval()) { Propagation::Proceed } else { acted(&tx) }
    });
}

/// Not every X server says so with the event. X11's keysyms: Shift_L to Hyper_R, and the shifts of third levels.
fn is_modifier(keysym: u32) -> bool {
    matches!(keysym, 0xffe1..=0xffee | 0xfe01..=0xfe0f | 0xff7e | 0xff7f)
}

fn watch_loads(view: &WebView, events: &Sender<Event>) {
    let tx = events.clone();
    view.connect_load_changed(move |view, load| {
        let event = match load {
            LoadEvent::Started => Event::LoadStarted,
            LoadEvent::Redirected => Event::LoadWentOn,
            // Only now is the view's address that of the page it shows; before, it is where it is going.
            LoadEvent::Committed => Event::Committed(view.uri().and_then(|uri| uri.parse().ok())),
            LoadEvent::Finished => Event::LoadFinished,
            _ => return,
        };
        let _ = tx.send(event);
    });
    let tx = events.clone();
    view.connect_estimated_load_progress_notify(move |_| {
        let _ = tx.send(Event::LoadWentOn);
    });
    let tx = events.clone();
    view.connect_load_failed(move |_, _, uri, error| {
        if !is_ours(error) {
            let _ = tx.send(Event::LoadFailed { host: host_of(uri), reason: error.message().to_owned() });
        }
        true
    });
    let tx = events.clone();
    view.connect_load_failed_with_tls_errors(move |_, uri, _, _| {
        let _ = tx.send(Event::CertificateRefused { host: host_of(uri) });
        true
    });
    let tx = events.clone();
    view.connect_web_process_terminated(move |_, reason| {
        let how = match reason {
            WebProcessTerminationReason::ExceededMemoryLimit => "used too much memory",
            _ => "crashed",
        };
        let _ = tx.send(Event::EngineFailed(format!("its page process {how}")));
    });
}

/// Loads that we stopped ourselves, or that the page gave up for another, are no failures.
fn is_ours(error: &glib::Error) -> bool {
    let policy =
        error.domain() == PolicyError::quark() && !error.matches(PolicyError::CannotUseRestrictedPort);
    policy || error.matches(NetworkError::Cancelled)
}

fn host_of(uri: &str) -> String {
    uri.parse().ok().and_then(|url| address::host(&url)).unwrap_or_default()
}
