//! The sign-in webview on Linux: WebKitGTK, with everything taken away that a sign-in does not need.

mod capture;
mod cookies;
mod harden;
mod process;

pub(crate) use process::end;
pub(super) use process::prepare;

use super::{address, flow::Event};
use rolecall_core::sign_in::Request;
use std::sync::mpsc::Sender;
use tauri::webview::PlatformWebview;
use webkit2gtk::{LoadEvent, NetworkError, PolicyError, WebView, WebViewExt, glib};

/// Whether GTK finds a display. Starts GTK.
pub(crate) fn has_display() -> bool {
    gtk::init().is_ok()
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
