//! What the engine says about the loads of the top frame, and where frames may not go.
#![expect(unsafe_code, reason = "WebView2 is a COM interface")]

use super::super::address;
use super::super::chromium::{LoadEnd, load_end};
use super::super::flow::Event;
use super::{Called, call, called, handled, text};
use rolecall_core::sign_in::Acs;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::mpsc::Sender;
use url::Url;
use webview2_com::Microsoft::Web::WebView2::Win32::{
    COREWEBVIEW2_PROCESS_FAILED_KIND, COREWEBVIEW2_PROCESS_FAILED_KIND_BROWSER_PROCESS_EXITED,
    COREWEBVIEW2_PROCESS_FAILED_KIND_RENDER_PROCESS_EXITED,
    COREWEBVIEW2_SERVER_CERTIFICATE_ERROR_ACTION_CANCEL, COREWEBVIEW2_WEB_ERROR_STATUS, ICoreWebView2,
    ICoreWebView2_2, ICoreWebView2_14, ICoreWebView2ContentLoadingEventArgs,
    ICoreWebView2NavigationCompletedEventArgs, ICoreWebView2NavigationCompletedEventArgs2,
    ICoreWebView2NavigationStartingEventArgs, ICoreWebView2ProcessFailedEventArgs,
    ICoreWebView2ProcessFailedEventArgs2, ICoreWebView2ServerCertificateErrorDetectedEventArgs,
};
use webview2_com::{
    ContentLoadingEventHandler, NavigationCompletedEventHandler, NavigationStartingEventHandler,
    ProcessFailedEventHandler, ServerCertificateErrorDetectedEventHandler,
    WebResourceResponseReceivedEventHandler, WindowCloseRequestedEventHandler,
};
use windows::core::{BOOL, Interface, Result as Com};

/// Where the top frame is going, or went last, and the engine's number of that load.
#[derive(Clone, Default)]
pub(super) struct Going(Rc<(RefCell<Option<Url>>, Cell<u64>)>);

impl Going {
    fn to(&self, url: Option<Url>, load: u64) {
        *self.0.0.borrow_mut() = url;
        self.0.1.set(load);
    }

    /// Whether this load is the last that began: the end of another is the end of nothing.
    fn is_latest(&self, load: u64) -> bool {
        self.0.1.get() == load
    }

    /// Fragments are not sent, so a request does not know them.
    pub(super) fn is(&self, url: &Url) -> bool {
        let bare = |url: &Url| {
            let mut url = url.clone();
            url.set_fragment(None);
            url
        };
        self.0.0.borrow().as_ref().is_some_and(|going| bare(going) == bare(url))
    }

    fn host(&self) -> String {
        self.0.0.borrow().as_ref().and_then(address::host).unwrap_or_default()
    }
}

pub(super) fn watch(view: &ICoreWebView2, going: &Going, acs: &[Acs], events: &Sender<Event>) -> Called<()> {
    starts(view, going, acs, events)?;
    ends(view, going, events)?;
    certificates(view, going, events)?;
    // For the tokens of handlers that nobody takes off again.
    let mut token = 0;
    let tx = events.clone();
    let gone = ProcessFailedEventHandler::create(Box::new(move |_, args| {
        let Some(args) = args else { return Ok(()) };
        handled(
            "ProcessFailed",
            death(&args).map(|death| {
                if let Some(words) = death {
                    let _ = tx.send(Event::EngineFailed(words));
                }
            }),
        )
    }));
    let tx = events.clone();
    let closed = WindowCloseRequestedEventHandler::create(Box::new(move |_, _| {
        // wry destroys the view when the page calls window.close().
        let _ = tx.send(Event::EngineGone);
        Ok(())
    }));
    // SAFETY: the webview keeps its own reference to each handler.
    unsafe {
        call!(view => add_ProcessFailed(&gone, &mut token))?;
        call!(view => add_WindowCloseRequested(&closed, &mut token))
    }
}

/// Of what the engine died; None where it goes on without the process that ended.
fn death(args: &ICoreWebView2ProcessFailedEventArgs) -> Com<Option<String>> {
    let mut kind = COREWEBVIEW2_PROCESS_FAILED_KIND::default();
    // SAFETY: `kind` is written during the call.
    unsafe { args.ProcessFailedKind(&mut kind)? };
    let process = match kind {
        COREWEBVIEW2_PROCESS_FAILED_KIND_BROWSER_PROCESS_EXITED => "browser",
        COREWEBVIEW2_PROCESS_FAILED_KIND_RENDER_PROCESS_EXITED => "page",
        _ => return Ok(None),
    };
    let mut code = 0;
    // SAFETY: `code` is written during the call. Older runtimes do not know it.
    let known = args
        .cast::<ICoreWebView2ProcessFailedEventArgs2>()
        .and_then(|args| unsafe { args.ExitCode(&mut code) })
        .is_ok();
    let code = if known { format!(" with {code:#010x}") } else { String::new() };
    Ok(Some(format!("its {process} process ended{code}")))
}

/// wry has registered the shared rule for the top frame first; it has been applied when ours is called.
fn starts(view: &ICoreWebView2, going: &Going, acs: &[Acs], events: &Sender<Event>) -> Called<()> {
    let mut token = 0;
    let (accepted, going, tx) = (acs.to_vec(), going.clone(), events.clone());
    let top_frame = move |args: ICoreWebView2NavigationStartingEventArgs| {
        let Start { url, load, stopped, redirected } = start(&args)?;
        if stopped {
            return Ok(());
        }
        let posts = url.as_ref().is_some_and(|url| address::is_acs(url, &accepted));
        if posts && redirected {
            // No request of its own would be shown to us, so this one would leave.
            // SAFETY: a plain call.
            return unsafe { args.SetCancel(true) };
        }
        going.to(url, load);
        if !posts {
            let _ = tx.send(if redirected { Event::LoadWentOn } else { Event::LoadStarted });
        }
        Ok(())
    };
    let (accepted, tx) = (acs.to_vec(), events.clone());
    let sub_frame = move |args: ICoreWebView2NavigationStartingEventArgs| {
        let Start { url, .. } = start(&args)?;
        if url.as_ref().is_some_and(|url| address::is_acs(url, &accepted)) {
            let _ = tx.send(Event::PostStopped);
        }
        if !url.is_some_and(|url| address::may_visit(&url, &accepted)) {
            // SAFETY: a plain call.
            unsafe { args.SetCancel(true)? };
        }
        Ok(())
    };
    let top = NavigationStartingEventHandler::create(Box::new(move |_, args| {
        args.map_or(Ok(()), |args| handled("NavigationStarting", top_frame(args)))
    }));
    let frame = NavigationStartingEventHandler::create(Box::new(move |_, args| {
        args.map_or(Ok(()), |args| handled("FrameNavigationStarting", sub_frame(args)))
    }));
    // SAFETY: the webview keeps its own reference to each handler.
    unsafe {
        call!(view => add_NavigationStarting(&top, &mut token))?;
        call!(view => add_FrameNavigationStarting(&frame, &mut token))
    }
}

/// A load that begins, or goes on elsewhere.
struct Start {
    url: Option<Url>,
    /// The engine's number of it: the same for all redirects.
    load: u64,
    /// Somebody before us has stopped it.
    stopped: bool,
    /// By a server.
    redirected: bool,
}

fn start(args: &ICoreWebView2NavigationStartingEventArgs) -> Com<Start> {
    let (mut stopped, mut redirected, mut load) = (BOOL::default(), BOOL::default(), 0);
    // SAFETY: what is handed in is written during the calls.
    let url = unsafe {
        args.Cancel(&mut stopped)?;
        args.IsRedirected(&mut redirected)?;
        args.NavigationId(&mut load)?;
        text(|text| args.Uri(text))?
    };
    let (stopped, redirected) = (stopped.as_bool(), redirected.as_bool());
    Ok(Start { url: Url::parse(&url).ok(), load, stopped, redirected })
}

fn ends(view: &ICoreWebView2, going: &Going, events: &Sender<Event>) -> Called<()> {
    let mut token = 0;
    let tx = events.clone();
    let commit = move |view: ICoreWebView2, args: ICoreWebView2ContentLoadingEventArgs| {
        let mut error = BOOL::default();
        // SAFETY: what is handed in is written during the calls.
        let url = unsafe {
            args.IsErrorPage(&mut error)?;
            text(|text| view.Source(text))?
        };
        if !error.as_bool() {
            let _ = tx.send(Event::Committed(url.parse().ok()));
        }
        Ok(())
    };
    let committed = ContentLoadingEventHandler::create(Box::new(move |view, args| match (view, args) {
        (Some(view), Some(args)) => handled("ContentLoading", commit(view, args)),
        _ => Ok(()),
    }));
    let (going, tx) = (going.clone(), events.clone());
    let complete = move |args: ICoreWebView2NavigationCompletedEventArgs| {
        let mut load = 0;
        // SAFETY: `load` is written during the call.
        unsafe { args.NavigationId(&mut load)? };
        if !going.is_latest(load) {
            return Ok(());
        }
        let event = match end(&args)? {
            // After a stop the page that was there is still there: a download, an answer without content, a post to an
            // ACS.
            None | Some(LoadEnd::Stopped) => Event::LoadFinished,
            Some(LoadEnd::Certificate) => Event::CertificateRefused { host: going.host() },
            Some(LoadEnd::Failed(reason)) => {
                Event::LoadFailed { host: going.host(), reason: reason.to_owned() }
            }
        };
        let _ = tx.send(event);
        Ok(())
    };
    let ended = NavigationCompletedEventHandler::create(Box::new(move |_, args| {
        args.map_or(Ok(()), |args| handled("NavigationCompleted", complete(args)))
    }));
    let tx = events.clone();
    let received = WebResourceResponseReceivedEventHandler::create(Box::new(move |_, _| {
        let _ = tx.send(Event::LoadWentOn);
        Ok(())
    }));
    // SAFETY: the webview keeps its own reference to each handler.
    unsafe {
        call!(view => add_ContentLoading(&committed, &mut token))?;
        call!(view => add_NavigationCompleted(&ended, &mut token))?;
        let view = view.cast::<ICoreWebView2_2>().map_err(called("ICoreWebView2_2"))?;
        call!(view => add_WebResourceResponseReceived(&received, &mut token))
    }
}

/// None where a page was loaded, be it a server's page about an error.
fn end(args: &ICoreWebView2NavigationCompletedEventArgs) -> Com<Option<LoadEnd>> {
    let (mut success, mut http) = (BOOL::default(), 0);
    let mut status = COREWEBVIEW2_WEB_ERROR_STATUS::default();
    // SAFETY: what is handed in is written during the calls.
    unsafe {
        args.IsSuccess(&mut success)?;
        args.WebErrorStatus(&mut status)?;
        if let Ok(args) = args.cast::<ICoreWebView2NavigationCompletedEventArgs2>() {
            args.HttpStatusCode(&mut http)?;
        }
    }
    let loaded = success.as_bool() || http >= 400;
    Ok((!loaded).then(|| load_end(status.0)))
}

/// No exception for any certificate, of a page or of a picture on it. Without this the engine would offer one.
fn certificates(view: &ICoreWebView2, going: &Going, events: &Sender<Event>) -> Called<()> {
    let mut token = 0;
    let (going, tx) = (going.clone(), events.clone());
    let refuse = move |args: ICoreWebView2ServerCertificateErrorDetectedEventArgs| {
        // SAFETY: plain calls; the text is written during its own.
        let url = unsafe {
            args.SetAction(COREWEBVIEW2_SERVER_CERTIFICATE_ERROR_ACTION_CANCEL)?;
            text(|text| args.RequestUri(text))?
        };
        if Url::parse(&url).is_ok_and(|url| going.is(&url)) {
            let _ = tx.send(Event::CertificateRefused { host: going.host() });
        }
        Ok(())
    };
    let refused = ServerCertificateErrorDetectedEventHandler::create(Box::new(move |_, args| {
        args.map_or(Ok(()), |args| handled("ServerCertificateErrorDetected", refuse(args)))
    }));
    let view = view.cast::<ICoreWebView2_14>().map_err(called("ICoreWebView2_14"))?;
    // SAFETY: the webview keeps its own reference to the handler.
    unsafe { call!(view => add_ServerCertificateErrorDetected(&refused, &mut token)) }
}
