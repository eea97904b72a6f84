//! The sign-in webview on macOS: WKWebView, with everything taken away that a sign-in does not need.
#![expect(unsafe_code, reason = "WebKit is an Objective-C framework")]

mod capture;
mod cookies;
mod delegate;
mod dialog;
mod identity;
mod process;

pub(super) use process::prepare;
pub(crate) use process::{Engine, end};

use super::{Builder, NotOpened, Pressed, flow::Event};
use objc2::MainThreadMarker;
use objc2::rc::Retained;
use objc2_core_graphics::CGSessionCopyCurrentDictionary;
use objc2_foundation::{NSActivityOptions, NSProcessInfo, NSString, NSURL, NSURLRequest, ns_string};
use objc2_web_kit::{WKUserContentController, WKWebView};
use rolecall_core::sign_in::Request;
use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;
use tauri::utils::config::BackgroundThrottlingPolicy;
use tauri::webview::{NewWindowFeatures, NewWindowResponse, PlatformWebview};
use tauri::{Url, Wry};

/// A post is stopped before it starts; the capture script has seen its form.
pub(super) const ANSWERS_POSTS: bool = false;

/// Whether this process belongs to a session with a screen: not one of SSH.
pub(crate) fn has_display() -> bool {
    CGSessionCopyCurrentDictionary().is_some()
}

/// Part of the system.
pub(crate) fn has_engine() -> bool {
    true
}

/// A window that nobody sees is no reason for the system to let the clocks of this process go late (App Nap).
pub(super) fn start(_: &mut tauri::App) {
    let options = NSActivityOptions::UserInitiatedAllowingIdleSystemSleep;
    let reason = ns_string!("a sign-in");
    // Until the end of the process.
    std::mem::forget(NSProcessInfo::processInfo().beginActivityWithOptions_reason(options, reason));
}

/// `delegate` answers in its place.
pub(super) fn new_window(
    _: &tauri::App,
    _: &Request,
    _: &Sender<Event>,
    _: &Pressed,
) -> impl Fn(Url, NewWindowFeatures) -> NewWindowResponse<Wry> + Send + 'static {
    |_, _| NewWindowResponse::Deny
}

/// The store is one in memory; the system gives the engine no folder of ours. A hidden page goes as fast as one that is
/// shown (macOS 14).
pub(super) fn private<'a>(builder: Builder<'a>, _: &Request, _: &Path) -> Result<Builder<'a>, NotOpened> {
    Ok(builder.incognito(true).background_throttling(BackgroundThrottlingPolicy::Disabled))
}

/// Hardens the webview, installs the capture, sets the jar, and only then loads the page.
pub(super) fn attach(webview: PlatformWebview, request: &Request, events: Sender<Event>) {
    let (Some(main), Some(view), Some(content)) =
        (MainThreadMarker::new(), view(&webview), content(&webview))
    else {
        let _ = events.send(Event::EngineFailed("the window has no web view".into()));
        return;
    };
    switch_off(&view);
    delegate::install(&view, request, &events, main);
    let tx = events.clone();
    capture::install(&content, Box::new(move |report| drop(tx.send(Event::Report(report)))), main);
    let url = request.url.clone();
    cookies::set(&view, &request.cookies, move |view| {
        if load(view, &url).is_none() {
            let _ = events.send(Event::EngineGone);
        }
    });
}

pub(super) fn read_cookies(webview: PlatformWebview, events: Sender<Event>) {
    match view(&webview) {
        Some(view) => cookies::read(&view, events),
        None => {
            let _ = events.send(Event::Cookies(None));
        }
    }
}

pub(super) fn look_again(webview: PlatformWebview) {
    if let (Some(main), Some(view)) = (MainThreadMarker::new(), view(&webview)) {
        capture::look_again(&view, main);
    }
}

/// Nothing of it stays, as on the other systems, where its folder is thrown away.
pub(crate) fn own_page(builder: Builder<'_>, _: PathBuf) -> Builder<'_> {
    builder.incognito(true)
}

fn view(webview: &PlatformWebview) -> Option<Retained<WKWebView>> {
    // SAFETY: wry's view, which is a subclass of it and alive during this call.
    unsafe { Retained::retain(webview.inner().cast()) }
}

fn content(webview: &PlatformWebview) -> Option<Retained<WKUserContentController>> {
    // SAFETY: wry's controller, alive during this call.
    unsafe { Retained::retain(webview.controller().cast()) }
}

fn switch_off(view: &WKWebView) {
    // SAFETY: plain calls on the main thread. The preferences are the view's own, not a copy.
    unsafe {
        view.setAllowsBackForwardNavigationGestures(false);
        view.setAllowsLinkPreview(false);
        let preferences = view.configuration().preferences();
        preferences.setJavaScriptCanOpenWindowsAutomatically(false);
        // The title with the host has to be seen.
        preferences.setElementFullscreenEnabled(false);
        // Parts of every address would be sent to a reputation service.
        preferences.setFraudulentWebsiteWarningEnabled(false);
    }
}

fn load(view: &WKWebView, url: &str) -> Option<()> {
    let url = NSURL::URLWithString(&NSString::from_str(url))?;
    // SAFETY: a plain call on the main thread.
    unsafe { view.loadRequest(&NSURLRequest::requestWithURL(&url)) }.map(|_| ())
}
