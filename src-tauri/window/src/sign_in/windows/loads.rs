//! What the engine says about the loads of the top frame, and where frames may not go.
#![expect(unsafe_code, reason = "WebView2 is a COM interface")]

use super::super::address;
use super::super::chromium::{LoadEnd, load_end};
use super::super::flow::Event;
use super::text;
use rolecall_core::sign_in::Acs;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::mpsc::Sender;
use url::Url;
use webview2_com::Microsoft::Web::WebView2::Win32::{
    COREWEBVIEW2_PROCESS_FAILED_KIND, COREWEBVIEW2_PROCESS_FAILED_KIND_BROWSER_PROCESS_EXITED,
    COREWEBVIEW2_PROCESS_FAILED_KIND_RENDER_PROCESS_EXITED,
    COREWEBVIEW2_SERVER_CERTIFICATE_ERROR_ACTION_CANCEL, COREWEBVIEW2_WEB_ERROR_STATUS, ICoreWebView2,
    ICoreWebView2_2, ICoreWebView2_14, ICoreWebView2NavigationCompletedEventArgs,
    ICoreWebView2NavigationCompletedEventArgs2, ICoreWebView2NavigationStartingEventArgs,
};
use webview2_com::{
    ContentLoadingEventHandler, NavigationCompletedEventHandler, NavigationStartingEventHandler,
    ProcessFailedEventHandler, ServerCertificateErrorDetectedEventHandler,
    WebResourceResponseReceivedEventHandler, WindowCloseRequestedEventHandler,
};
use windows::core::{BOOL, Interface, Result as Com};

/// Where the top frame is going, or went last.
#[derive(Clone, Default)]
pub(super) struct Going(Rc<RefCell<Option<Url>>>);

impl Going {
    fn to(&self, url: Option<Url>) {
        *self.0.borrow_mut() = url;
    }

    /// Fragments are not sent, so a request does not know them.
    pub(super) fn is(&self, url: &Url) -> bool {
        let bare = |url: &Url| {
            let mut url = url.clone();
            url.set_fragment(None);
            url
        };
        self.0.borrow().as_ref().is_some_and(|going| bare(going) == bare(url))
    }

    fn host(&self) -> String {
        self.0.borrow().as_ref().and_then(address::host).unwrap_or_default()
    }
}

pub(super) fn watch(view: &ICoreWebView2, going: &Going, acs: &[Acs], events: &Sender<Event>) -> Com<()> {
    starts(view, going, acs, events)?;
    ends(view, going, events)?;
    certificates(view, going, events)?;
    // For the tokens of handlers that nobody takes off again.
    let mut token = 0;
    let tx = events.clone();
    let gone = ProcessFailedEventHandler::create(Box::new(move |_, args| {
        let mut kind = COREWEBVIEW2_PROCESS_FAILED_KIND::default();
        // SAFETY: `kind` is written during the call.
        args.map_or(Ok(()), |args| unsafe { args.ProcessFailedKind(&mut kind) })?;
        let fatal = [
            COREWEBVIEW2_PROCESS_FAILED_KIND_BROWSER_PROCESS_EXITED,
            COREWEBVIEW2_PROCESS_FAILED_KIND_RENDER_PROCESS_EXITED,
        ];
        if fatal.contains(&kind) {
            let _ = tx.send(Event::EngineGone);
        }
        Ok(())
    }));
    let tx = events.clone();
    let closed = WindowCloseRequestedEventHandler::create(Box::new(move |_, _| {
        // wry destroys the view when the page calls window.close().
        let _ = tx.send(Event::EngineGone);
        Ok(())
    }));
    // SAFETY: the webview keeps its own reference to each handler.
    unsafe {
        view.add_ProcessFailed(&gone, &mut token)?;
        view.add_WindowCloseRequested(&closed, &mut token)
    }
}

/// wry has registered the shared rule for the top frame first; it has been applied when ours is called.
fn starts(view: &ICoreWebView2, going: &Going, acs: &[Acs], events: &Sender<Event>) -> Com<()> {
    let mut token = 0;
    let (accepted, going, tx) = (acs.to_vec(), going.clone(), events.clone());
    let top = NavigationStartingEventHandler::create(Box::new(move |_, args| {
        let Some(args) = args else { return Ok(()) };
        let (url, stopped, redirected) = start(&args)?;
        if stopped {
            return Ok(());
        }
        let posts = url.as_ref().is_some_and(|url| address::is_acs(url, &accepted));
        if posts && redirected {
            // No request of its own would be shown to us, so this one would leave.
            // SAFETY: a plain call.
            return unsafe { args.SetCancel(true) };
        }
        going.to(url);
        if !posts {
            let _ = tx.send(if redirected { Event::LoadWentOn } else { Event::LoadStarted });
        }
        Ok(())
    }));
    let (accepted, tx) = (acs.to_vec(), events.clone());
    let frame = NavigationStartingEventHandler::create(Box::new(move |_, args| {
        let Some(args) = args else { return Ok(()) };
        let (url, _, _) = start(&args)?;
        if url.as_ref().is_some_and(|url| address::is_acs(url, &accepted)) {
            let _ = tx.send(Event::PostStopped);
        }
        if !url.is_some_and(|url| address::may_visit(&url, &accepted)) {
            // SAFETY: a plain call.
            unsafe { args.SetCancel(true)? };
        }
        Ok(())
    }));
    // SAFETY: the webview keeps its own reference to each handler.
    unsafe {
        view.add_NavigationStarting(&top, &mut token)?;
        view.add_FrameNavigationStarting(&frame, &mut token)
    }
}

/// Where to, whether it is stopped already, and whether a server redirected it.
fn start(args: &ICoreWebView2NavigationStartingEventArgs) -> Com<(Option<Url>, bool, bool)> {
    let (mut stopped, mut redirected) = (BOOL::default(), BOOL::default());
    // SAFETY: what is handed in is written during the calls.
    let url = unsafe {
        args.Cancel(&mut stopped)?;
        args.IsRedirected(&mut redirected)?;
        text(|text| args.Uri(text))?
    };
    Ok((Url::parse(&url).ok(), stopped.as_bool(), redirected.as_bool()))
}

fn ends(view: &ICoreWebView2, going: &Going, events: &Sender<Event>) -> Com<()> {
    let mut token = 0;
    let tx = events.clone();
    let committed = ContentLoadingEventHandler::create(Box::new(move |view, args| {
        let (Some(view), Some(args)) = (view, args) else { return Ok(()) };
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
    }));
    let (going, tx) = (going.clone(), events.clone());
    let ended = NavigationCompletedEventHandler::create(Box::new(move |_, args| {
        let Some(args) = args else { return Ok(()) };
        let event = match end(&args)? {
            None => Event::LoadFinished,
            Some(LoadEnd::Stopped) => return Ok(()),
            Some(LoadEnd::Certificate) => Event::CertificateRefused { host: going.host() },
            Some(LoadEnd::Failed(reason)) => {
                Event::LoadFailed { host: going.host(), reason: reason.to_owned() }
            }
        };
        let _ = tx.send(event);
        Ok(())
    }));
    let tx = events.clone();
    let received = WebResourceResponseReceivedEventHandler::create(Box::new(move |_, _| {
        let _ = tx.send(Event::LoadWentOn);
        Ok(())
    }));
    // SAFETY: the webview keeps its own reference to each handler.
    unsafe {
        view.add_ContentLoading(&committed, &mut token)?;
        view.add_NavigationCompleted(&ended, &mut token)?;
        view.cast::<ICoreWebView2_2>()?.add_WebResourceResponseReceived(&received, &mut token)
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
fn certificates(view: &ICoreWebView2, going: &Going, events: &Sender<Event>) -> Com<()> {
    let mut token = 0;
    let (going, tx) = (going.clone(), events.clone());
    let refused = ServerCertificateErrorDetectedEventHandler::create(Box::new(move |_, args| {
        let Some(args) = args else { return Ok(()) };
        // SAFETY: plain calls; the text is written during its own.
        let url = unsafe {
            args.SetAction(COREWEBVIEW2_SERVER_CERTIFICATE_ERROR_ACTION_CANCEL)?;
            text(|text| args.RequestUri(text))?
        };
        if Url::parse(&url).is_ok_and(|url| going.is(&url)) {
            let _ = tx.send(Event::CertificateRefused { host: going.host() });
        }
        Ok(())
    }));
    // SAFETY: the webview keeps its own reference to the handler.
    unsafe { view.cast::<ICoreWebView2_14>()?.add_ServerCertificateErrorDetected(&refused, &mut token) }
}
