//! What happens after the first navigation to a page: the lines of a file, in their order, each in a turn of its own.
//!
//! ```text
//! start URL, redirect URL         NavigationStarting, anew or of the load under way; where a handler stops it,
//!                                 NavigationCompleted follows
//! commit                          the page is there: WebResourceResponseReceived, ContentLoading
//! done [STATUS [HTTP]]            NavigationCompleted of the last load; 0, or a COREWEBVIEW2_WEB_ERROR_STATUS
//! done-before STATUS              NavigationCompleted of the load before the last
//! frame URL                       FrameNavigationStarting
//! report JSON                     Runtime.bindingCalled with these parameters
//! post URL ORIGIN BODY            a form is posted: NavigationStarting, WebResourceRequested if a filter covers it;
//!                                 ORIGIN may be `-` for none, and BODY `FILL n` for so many bytes of a form
//! cookie NAME VALUE DOMAIN PATH SECURE HTTP_ONLY SAME_SITE EXPIRES    the server sets one; EXPIRES may be `-`
//! password, client-certificate    BasicAuthenticationRequested, ClientCertificateRequested
//! certificate URL                 ServerCertificateErrorDetected
//! dialog KIND                     ScriptDialogOpening
//! died KIND CODE                  ProcessFailed
//! close                           WindowCloseRequested
//! key NUMBER                      AcceleratorKeyPressed
//! menu NAME …                     ContextMenuRequested
//! full-screen                     ContainsFullScreenElementChanged
//! wait MILLISECONDS
//! ```

use crate::runtime::cookies::Cookie;
use crate::runtime::notes::{fault, note};
use crate::runtime::view::{View, devtools_event, raise};
use crate::runtime::{args, browser, com::inside, later};
use windows::core::IUnknown;

/// COREWEBVIEW2_WEB_ERROR_STATUS_OPERATION_CANCELED.
const STOPPED: i32 = 14;

pub(crate) fn play(view: &IUnknown, url: &str) {
    start(view, url, false);
    if url == "about:blank" {
        commit(view);
        done(view, 0, 0, 0);
        return;
    }
    let path = std::env::var_os("WEBVIEW2_STANDIN_SCENE").unwrap_or_default();
    let lines = std::fs::read_to_string(path).unwrap_or_default().lines().rev().map(str::to_owned).collect();
    next(view.clone(), lines);
}

fn next(view: IUnknown, mut lines: Vec<String>) {
    let Some(line) = lines.pop() else { return note("scene: ended") };
    let wait = line.strip_prefix("wait ").and_then(|time| time.parse().ok()).unwrap_or(0);
    later::run(wait, move || {
        let words: Vec<&str> = line.split(' ').collect();
        let number = |index: usize| words.get(index).and_then(|word| word.parse().ok()).unwrap_or(0);
        let rest = line.split_once(' ').map_or("", |(_, rest)| rest);
        match words.first().copied().unwrap_or_default() {
            "start" => drop(start(&view, rest, false)),
            "redirect" => drop(start(&view, rest, true)),
            "commit" => commit(&view),
            "done" => done(&view, 0, number(1), number(2)),
            "done-before" => done(&view, 1, number(1), 0),
            "frame" => drop(frame(&view, rest)),
            "report" => raise(&view, &devtools_event("Runtime.bindingCalled"), &args::devtools(rest)),
            "post" => post(&view, rest),
            "cookie" => set_cookie(&view, &words),
            "password" => raise(&view, "BasicAuthenticationRequested", &args::nothing()),
            "client-certificate" => raise(&view, "ClientCertificateRequested", &args::nothing()),
            "certificate" => certificate(&view, rest),
            "dialog" => drop(dialog(&view, number(1))),
            "died" => raise(&view, "ProcessFailed", &args::failed(number(1), number(2))),
            "close" => raise(&view, "WindowCloseRequested", &args::nothing()),
            "key" => key(&view, number(1).unsigned_abs()),
            "menu" => menu(&view, &words[1..]),
            "full-screen" => raise(&view, "ContainsFullScreenElementChanged", &args::nothing()),
            "wait" => {}
            _ => fault(&format!("a scene with a line that means nothing: {line}")),
        }
        next(view, lines);
    });
}

/// Whether it was let go.
pub(crate) fn start(view: &IUnknown, url: &str, redirected: bool) -> bool {
    let behind: &View = inside(view);
    if !redirected {
        behind.load.set(behind.load.get() + 1);
    }
    let starting = args::starting(url, behind.load.get(), redirected);
    raise(view, "NavigationStarting", &starting);
    let stopped = inside::<args::Starting>(&starting).stopped.get();
    let shown = url.split('?').next().unwrap_or_default();
    note(&format!("start: {shown} {}", if stopped { "is stopped" } else { "goes on" }));
    if !stopped {
        url.clone_into(&mut behind.going.borrow_mut());
    } else if !browser::is_there() {
        done(view, 0, STOPPED, 0);
    }
    !stopped
}

/// Whether it was let go.
pub(crate) fn frame(view: &IUnknown, url: &str) -> bool {
    let starting = args::starting(url, 0, false);
    raise(view, "FrameNavigationStarting", &starting);
    let stopped = inside::<args::Starting>(&starting).stopped.get();
    note(&format!("frame: {url} {}", if stopped { "is stopped" } else { "goes on" }));
    !stopped
}

fn commit(view: &IUnknown) {
    raise(view, "WebResourceResponseReceived", &args::nothing());
    let behind: &View = inside(view);
    let going = behind.going.borrow().clone();
    going.clone_into(&mut behind.source.borrow_mut());
    raise(view, "ContentLoading", &args::loading(behind.load.get()));
}

/// Of the load so many before the last.
pub(crate) fn done(view: &IUnknown, before: u64, status: i32, http: i32) {
    let load = inside::<View>(view).load.get().saturating_sub(before);
    raise(view, "NavigationCompleted", &args::completed(args::Completed { load, status, http }));
}

fn post(view: &IUnknown, rest: &str) {
    let mut parts = rest.splitn(3, ' ');
    let [url, origin, body] = [0; 3].map(|_| parts.next().unwrap_or_default());
    if !start(view, url, false) {
        return;
    }
    let filled = body.strip_prefix("FILL ").and_then(|length| length.parse().ok());
    let body =
        filled.map_or_else(|| body.to_owned(), |length| format!("SAMLResponse={}", "A".repeat(length)));
    let origin = (origin != "-").then(|| ("Origin".to_owned(), origin.to_owned()));
    let request = args::requested(args::Requested {
        method: "POST".to_owned(),
        url: url.to_owned(),
        headers: origin.into_iter().collect(),
        body,
        ..args::Requested::default()
    });
    if inside::<View>(view).is_covered(url) {
        raise(view, "WebResourceRequested", &request);
    }
    match inside::<args::Requested>(&request).status() {
        Some(status) => note(&format!("post: answered here with {status}")),
        None => note(&format!("post: LEFT FOR {url}")),
    }
    done(view, 0, STOPPED, 0);
}

fn set_cookie(view: &IUnknown, words: &[&str]) {
    let text = |index: usize| words.get(index).copied().unwrap_or_default();
    inside::<View>(view).put_cookie(Cookie {
        name: text(1).to_owned(),
        value: text(2).to_owned(),
        domain: text(3).to_owned(),
        path: text(4).to_owned(),
        secure: text(5) == "true",
        http_only: text(6) == "true",
        same_site: text(7).parse().unwrap_or(1),
        expires: text(8).parse().ok(),
    });
}

fn certificate(view: &IUnknown, url: &str) {
    let certificate = args::certificate(url);
    raise(view, "ServerCertificateErrorDetected", &certificate);
    note(&format!("certificate: action {}", inside::<args::Certificate>(&certificate).action.get()));
}

/// Whether it was accepted.
pub(crate) fn dialog(view: &IUnknown, kind: i32) -> bool {
    let dialog = args::dialog(kind);
    raise(view, "ScriptDialogOpening", &dialog);
    let accepted = inside::<args::Dialog>(&dialog).accepted.get();
    note(&format!("dialog: {kind} accepted {accepted}"));
    accepted
}

fn key(view: &IUnknown, key: u32) {
    let pressed = args::key(key);
    raise(view, "AcceleratorKeyPressed", &pressed);
    note(&format!("key: {key} held back {}", inside::<args::Key>(&pressed).handled.get()));
}

fn menu(view: &IUnknown, names: &[&str]) {
    let menu = args::menu(names);
    raise(view, "ContextMenuRequested", &menu);
    let menu: &args::Menu = inside(&menu);
    note(&format!("menu: {:?} refused {}", menu.items.borrow(), menu.handled.get()));
}
