//! The sign-in webview on Linux: WebKitGTK, with everything taken away that a sign-in does not need.

mod capture;
mod cookies;
mod harden;
mod process;

pub(super) use process::prepare;
pub(crate) use process::{Engine, end};

use super::{Builder, address, flow::Event};
use rolecall_core::sign_in::{Failure, Request};
use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;
use tauri::WebviewWindow;
use tauri::webview::PlatformWebview;
use webkit2gtk::{LoadEvent, NetworkError, PolicyError, WebView, WebViewExt, glib};

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

pub(super) fn private<'a>(builder: Builder<'a>, _: &Request, _: &Path) -> Result<Builder<'a>, Failure> {
    Ok(builder.incognito(true))
}

pub(super) fn show(window: &WebviewWindow) -> tauri::Result<()> {
    window.show().and_then(|()| window.set_focus())
}

pub(crate) fn own_page(builder: Builder<'_>, folder: PathBuf) -> Builder<'_> {
    builder.data_directory(folder)
}

/// Hardens the webview, installs the capture, sets the jar, and only then loads the page.
pub(super) fn attach(webview: PlatformWebview, request: &Request, events: Sender<Event>) {
    let view = webview.inner();
    harden::take_away(&view, &events);
    capture::install(&view, &events);
    watch_loads(&view, &events);
    let url = request.url.clone();
    cookies::set(&view, &request.cookies, events, move |view| view.load_uri(&url));
}

pub(super) fn read_cookies(webview: PlatformWebview, events: Sender<Event>) {
    cookies::read(&webview.inner(), events);
}

pub(super) fn look_again(webview: PlatformWebview) {
    capture::look_again(&webview.inner());
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
    view.connect_web_process_terminated(move |_, _| {
        let _ = tx.send(Event::EngineGone);
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
