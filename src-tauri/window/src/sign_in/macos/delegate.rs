//! What the webview asks and tells about loads, passwords and devices. It takes the place of wry's delegates, which
//! keep failures to themselves, offer a file chooser, and reload a page whose process crashed.
#![expect(unsafe_code, reason = "WebKit is an Objective-C framework")]

use super::super::address::{self, Verdict};
use super::super::flow::{Event, Flow, SecondWindowEvent};
use super::super::identity_center_stopped;
use super::{capture, dialog, identity};
use block2::DynBlock;
use objc2::rc::Retained;
use objc2::runtime::{Bool, NSObject, ProtocolObject};
use objc2::{DefinedClass, MainThreadMarker, MainThreadOnly, define_class, msg_send};
use objc2_app_kit::{NSBackingStoreType, NSWindow, NSWindowDelegate, NSWindowStyleMask};
use objc2_foundation::{
    NSError, NSNotification, NSObjectProtocol, NSPoint, NSRect, NSSize, NSString, NSURL,
    NSURLAuthenticationChallenge, NSURLAuthenticationMethodClientCertificate,
    NSURLAuthenticationMethodDefault, NSURLAuthenticationMethodHTTPBasic,
    NSURLAuthenticationMethodHTTPDigest, NSURLAuthenticationMethodNTLM, NSURLCredential, NSURLErrorCancelled,
    NSURLErrorDomain, NSURLErrorFailingURLErrorKey, NSURLErrorServerCertificateHasBadDate,
    NSURLErrorServerCertificateNotYetValid, NSURLSessionAuthChallengeDisposition,
};
use objc2_web_kit::{
    WKFrameInfo, WKMediaCaptureType, WKNavigation, WKNavigationAction, WKNavigationActionPolicy,
    WKNavigationDelegate, WKNavigationResponse, WKNavigationResponsePolicy, WKPermissionDecision,
    WKSecurityOrigin, WKUIDelegate, WKUserContentController, WKWebView, WKWebViewConfiguration,
    WKWindowFeatures,
};
use rolecall_core::sign_in::{Acs, Mode, Request};
use std::cell::Cell;
use std::rc::Rc;
use std::sync::mpsc::Sender;
use url::Url;

/// So many second windows at a time: a sign-in needs one, for terms of use or another provider's page.
const MOST: u32 = 3;

/// What all windows of one sign-in share.
struct SignIn {
    profile: String,
    acs: Vec<Acs>,
    interactive: bool,
    events: Sender<Event>,
    open: Cell<u32>,
    last_number: Cell<u32>,
}

pub(super) struct Watch {
    sign_in: Rc<SignIn>,
    /// None for the first window.
    second: Option<SecondWindow>,
}

struct SecondWindow {
    number: u32,
    window: Retained<NSWindow>,
}

define_class!(
    // SAFETY: NSObject asks nothing of its subclasses, and this one has no `Drop`.
    #[unsafe(super(NSObject))]
    #[thread_kind = MainThreadOnly]
    #[ivars = Watch]
    struct Delegate;

    // SAFETY: NSObjectProtocol asks nothing.
    unsafe impl NSObjectProtocol for Delegate {}

    // SAFETY: the methods have the protocol's signatures, and each block is called exactly once.
    unsafe impl WKNavigationDelegate for Delegate {
        #[unsafe(method(webView:decidePolicyForNavigationAction:decisionHandler:))]
        fn wants_to_go(
            &self,
            _: &WKWebView,
            action: &WKNavigationAction,
            decide: &DynBlock<dyn Fn(WKNavigationActionPolicy)>,
        ) {
            let allowed = self.may_go(action);
            let policy =
                if allowed { WKNavigationActionPolicy::Allow } else { WKNavigationActionPolicy::Cancel };
            decide.call((policy,));
        }

        #[unsafe(method(webView:decidePolicyForNavigationResponse:decisionHandler:))]
        fn received(
            &self,
            _: &WKWebView,
            response: &WKNavigationResponse,
            decide: &DynBlock<dyn Fn(WKNavigationResponsePolicy)>,
        ) {
            // What cannot be shown would be a download.
            // SAFETY: a plain call.
            let shown = unsafe { response.canShowMIMEType() };
            let policy =
                if shown { WKNavigationResponsePolicy::Allow } else { WKNavigationResponsePolicy::Cancel };
            decide.call((policy,));
        }

        #[unsafe(method(webView:didStartProvisionalNavigation:))]
        fn started(&self, _: &WKWebView, _: Option<&WKNavigation>) {
            self.say(Event::LoadStarted);
        }

        #[unsafe(method(webView:didReceiveServerRedirectForProvisionalNavigation:))]
        fn redirected(&self, _: &WKWebView, _: Option<&WKNavigation>) {
            self.say(Event::LoadWentOn);
        }

        #[unsafe(method(webView:didCommitNavigation:))]
        fn committed(&self, view: &WKWebView, _: Option<&WKNavigation>) {
            // SAFETY: a plain call.
            self.say(Event::Committed(unsafe { view.URL() }.and_then(|url| parsed(&url))));
        }

        #[unsafe(method(webView:didFinishNavigation:))]
        fn finished(&self, _: &WKWebView, _: Option<&WKNavigation>) {
            self.say(Event::LoadFinished);
        }

        #[unsafe(method(webView:didFailProvisionalNavigation:withError:))]
        fn not_loaded(&self, _: &WKWebView, _: Option<&WKNavigation>, error: &NSError) {
            self.failed(error);
        }

        #[unsafe(method(webView:didFailNavigation:withError:))]
        fn cut_short(&self, _: &WKWebView, _: Option<&WKNavigation>, error: &NSError) {
            self.failed(error);
        }

        #[unsafe(method(webViewWebContentProcessDidTerminate:))]
        fn crashed(&self, _: &WKWebView) {
            self.say(Event::EngineGone);
        }

        #[unsafe(method(webView:didReceiveAuthenticationChallenge:completionHandler:))]
        fn challenged(
            &self,
            _: &WKWebView,
            challenge: &NSURLAuthenticationChallenge,
            answer: &DynBlock<dyn Fn(NSURLSessionAuthChallengeDisposition, *mut NSURLCredential)>,
        ) {
            if asks_for_password(challenge) {
                self.say(Event::PasswordAsked);
            }
            if let Some(credential) = self.certificate(challenge) {
                let mine = NSURLSessionAuthChallengeDisposition::UseCredential;
                return answer.call((mine, Retained::as_ptr(&credential).cast_mut()));
            }
            // The server's certificates are judged by the system, and Kerberos answered by it; it knows no password, so
            // the page that the server has for that case is shown.
            let usual = NSURLSessionAuthChallengeDisposition::PerformDefaultHandling;
            answer.call((usual, std::ptr::null_mut()));
        }

        #[unsafe(method(webView:authenticationChallenge:shouldAllowDeprecatedTLS:))]
        fn old_tls(&self, _: &WKWebView, _: &NSURLAuthenticationChallenge, decide: &DynBlock<dyn Fn(Bool)>) {
            decide.call((Bool::NO,));
        }
    }

    // What is not here is refused by WebKit itself: file choosers.
    // SAFETY: the methods have the protocol's signatures, and each block is called exactly once.
    unsafe impl WKUIDelegate for Delegate {
        // Asked only where a person has clicked: the preferences let no script open windows by itself.
        #[unsafe(method_id(webView:createWebViewWithConfiguration:forNavigationAction:windowFeatures:))]
        fn wants_window(
            &self,
            _: &WKWebView,
            configuration: &WKWebViewConfiguration,
            action: &WKNavigationAction,
            _: &WKWindowFeatures,
        ) -> Option<Retained<WKWebView>> {
            self.open(configuration, action)
        }

        #[unsafe(method(webViewDidClose:))]
        fn closed_by_page(&self, _: &WKWebView) {
            if let Some(second) = &self.ivars().second {
                second.window.close();
            }
        }

        #[unsafe(method(webView:runJavaScriptAlertPanelWithMessage:initiatedByFrame:completionHandler:))]
        fn tells(&self, view: &WKWebView, message: &NSString, _: &WKFrameInfo, done: &DynBlock<dyn Fn()>) {
            self.put(view, &message.to_string(), &["OK"]);
            done.call(());
        }

        #[unsafe(method(webView:runJavaScriptConfirmPanelWithMessage:initiatedByFrame:completionHandler:))]
        fn asks(
            &self,
            view: &WKWebView,
            message: &NSString,
            _: &WKFrameInfo,
            answer: &DynBlock<dyn Fn(Bool)>,
        ) {
            let agreed = self.put(view, &message.to_string(), &["OK", "Cancel"]);
            answer.call((Bool::new(agreed),));
        }

        #[unsafe(method(webView:runJavaScriptTextInputPanelWithPrompt:defaultText:initiatedByFrame:completionHandler:))]
        fn asks_for_text(
            &self,
            view: &WKWebView,
            prompt: &NSString,
            _: Option<&NSString>,
            _: &WKFrameInfo,
            answer: &DynBlock<dyn Fn(*mut NSString)>,
        ) {
            // No sign-in asks like this: it is said that nothing was answered.
            let text = format!("{prompt}\n\nRolecall does not answer questions of this kind.");
            self.put(view, &text, &["OK"]);
            answer.call((std::ptr::null_mut(),));
        }

        #[unsafe(method(webView:requestMediaCapturePermissionForOrigin:initiatedByFrame:type:decisionHandler:))]
        fn wants_camera(
            &self,
            _: &WKWebView,
            _: &WKSecurityOrigin,
            _: &WKFrameInfo,
            _: WKMediaCaptureType,
            decide: &DynBlock<dyn Fn(WKPermissionDecision)>,
        ) {
            decide.call((WKPermissionDecision::Deny,));
        }
    }

    // SAFETY: the method has the protocol's signature.
    unsafe impl NSWindowDelegate for Delegate {
        #[unsafe(method(windowWillClose:))]
        fn closes(&self, _: &NSNotification) {
            let Watch { sign_in, second } = self.ivars();
            if let Some(second) = second {
                sign_in.open.set(sign_in.open.get().saturating_sub(1));
                // Nothing of the page goes on without its window.
                second.window.setContentView(None);
                let event = SecondWindowEvent::Closed;
                let _ = sign_in.events.send(Event::InSecondWindow { number: second.number, event });
            }
        }
    }
);

pub(super) fn install(view: &WKWebView, request: &Request, events: &Sender<Event>, main: MainThreadMarker) {
    let sign_in = Rc::new(SignIn {
        profile: request.profile.clone(),
        acs: request.acs.clone(),
        interactive: request.mode == Mode::Interactive,
        events: events.clone(),
        open: Cell::new(0),
        last_number: Cell::new(0),
    });
    Delegate::for_view(view, Watch { sign_in, second: None }, main);
}

impl Delegate {
    /// The view does not keep its delegates: this one lives as long as the process.
    fn for_view(view: &WKWebView, watch: Watch, main: MainThreadMarker) {
        let window = watch.second.as_ref().map(|second| second.window.clone());
        let delegate = Self::alloc(main).set_ivars(watch);
        // SAFETY: NSObject's initialiser.
        let delegate: Retained<Self> = unsafe { msg_send![super(delegate), init] };
        // SAFETY: plain calls on the main thread.
        unsafe {
            view.setNavigationDelegate(Some(ProtocolObject::from_ref(&*delegate)));
            view.setUIDelegate(Some(ProtocolObject::from_ref(&*delegate)));
        }
        if let Some(window) = window {
            window.setDelegate(Some(ProtocolObject::from_ref(&*delegate)));
        }
        std::mem::forget(delegate);
    }

    /// The loads of a second window are its page's own business; what the sign-in has to know of it is told.
    fn say(&self, event: Event) {
        let Watch { sign_in, second } = self.ivars();
        let event = match (second, event) {
            (None, event) => event,
            (Some(second), Event::Committed(page)) => {
                let title = Flow::title(page.as_ref(), &sign_in.profile);
                second.window.setTitle(&NSString::from_str(&title));
                let event = SecondWindowEvent::Committed(page);
                Event::InSecondWindow { number: second.number, event }
            }
            (Some(_), event @ (Event::PostStopped | Event::IdentityCenterStopped { .. })) => event,
            (Some(second), Event::EngineGone) => return second.window.close(),
            (Some(_), _) => return,
        };
        let _ = sign_in.events.send(event);
    }

    /// A window of its own for what a person has clicked: with the same store, under the same rules.
    fn open(
        &self,
        configuration: &WKWebViewConfiguration,
        action: &WKNavigationAction,
    ) -> Option<Retained<WKWebView>> {
        let sign_in = self.ivars().sign_in.clone();
        let main = self.mtm();
        // SAFETY: plain calls.
        let address = unsafe { action.request().URL() };
        // Without an address: an empty page, which its opener writes.
        let url = address.as_deref().filter(|url| url.absoluteString().is_some_and(|text| !text.is_empty()));
        let leads_somewhere = match url.map(parsed) {
            None => true,
            Some(None) => false,
            Some(Some(url)) => match address::verdict(&url, &sign_in.acs) {
                Verdict::Allowed | Verdict::Posts => true,
                Verdict::IdentityCenter => {
                    self.say(identity_center_stopped(&url));
                    false
                }
                Verdict::Refused => false,
            },
        };
        if !leads_somewhere || sign_in.open.get() >= MOST {
            return None;
        }
        let number = sign_in.last_number.get() + 1;
        sign_in.last_number.set(number);
        sign_in.open.set(sign_in.open.get() + 1);
        // SAFETY: a plain call on the main thread.
        let content = unsafe { WKUserContentController::new(main) };
        let tx = sign_in.events.clone();
        let tell = move |report| {
            let event = SecondWindowEvent::Report(report);
            let _ = tx.send(Event::InSecondWindow { number, event });
        };
        capture::install(&content, Box::new(tell), main);
        let frame = NSRect::new(NSPoint::new(0.0, 0.0), NSSize::new(480.0, 680.0));
        let style = NSWindowStyleMask::Titled | NSWindowStyleMask::Closable | NSWindowStyleMask::Resizable;
        // SAFETY: plain calls on the main thread. The window is kept by its delegate and not released when closed.
        let (view, window) = unsafe {
            configuration.setUserContentController(&content);
            let view = WKWebView::initWithFrame_configuration(WKWebView::alloc(main), frame, configuration);
            let window = NSWindow::initWithContentRect_styleMask_backing_defer(
                NSWindow::alloc(main),
                frame,
                style,
                NSBackingStoreType::Buffered,
                false,
            );
            window.setReleasedWhenClosed(false);
            (view, window)
        };
        window.setTitle(&NSString::from_str(&Flow::title(None, &sign_in.profile)));
        window.setContentView(Some(&view));
        window.center();
        let second = SecondWindow { number, window: window.clone() };
        Self::for_view(&view, Watch { sign_in, second: Some(second) }, main);
        window.makeKeyAndOrderFront(None);
        Some(view)
    }

    /// Puts a question of a page to the person; no, where nobody asked for the sign-in.
    fn put(&self, view: &WKWebView, text: &str, buttons: &[&str]) -> bool {
        let sign_in = &self.ivars().sign_in;
        if !sign_in.interactive {
            return false;
        }
        let _ = sign_in.events.send(Event::DialogAsked);
        // SAFETY: a plain call.
        let page = unsafe { view.URL() }.and_then(|url| parsed(&url));
        let host = page.as_ref().and_then(address::host).unwrap_or_default();
        dialog::ask(&host, text, buttons, self.mtm())
    }

    /// The client certificate that the server asks for, where there is one and the person wants it used. Nobody is asked
    /// for what nobody asked for: then the sign-in needs a person.
    fn certificate(&self, challenge: &NSURLAuthenticationChallenge) -> Option<Retained<NSURLCredential>> {
        let space = challenge.protectionSpace();
        // SAFETY: a constant of the framework.
        let wanted = unsafe { NSURLAuthenticationMethodClientCertificate };
        if !space.authenticationMethod().isEqualToString(wanted) {
            return None;
        }
        let identities = identity::find(space.distinguishedNames().as_deref())?;
        let sign_in = &self.ivars().sign_in;
        if !sign_in.interactive {
            self.say(Event::PasswordAsked);
            return None;
        }
        let _ = sign_in.events.send(Event::DialogAsked);
        identity::choose(&identities, &space.host().to_string(), self.mtm())
    }

    fn may_go(&self, action: &WKNavigationAction) -> bool {
        let acs = &self.ivars().sign_in.acs;
        // SAFETY: plain calls.
        let (url, download) =
            unsafe { (action.request().URL().and_then(|url| parsed(&url)), action.shouldPerformDownload()) };
        let Some(url) = url else { return false };
        let verdict = address::verdict(&url, acs);
        match verdict {
            Verdict::Posts => self.say(Event::PostStopped),
            Verdict::IdentityCenter => self.say(identity_center_stopped(&url)),
            Verdict::Allowed | Verdict::Refused => {}
        }
        !download && verdict == Verdict::Allowed
    }

    fn failed(&self, error: &NSError) {
        let domain = error.domain();
        // SAFETY: constants of the framework.
        let (loading, failing) = unsafe { (NSURLErrorDomain, NSURLErrorFailingURLErrorKey) };
        let host = error
            .userInfo()
            .objectForKey(failing)
            .and_then(|url| url.downcast::<NSURL>().ok())
            .and_then(|url| address::host(&parsed(&url)?))
            .unwrap_or_default();
        // Four numbers in a row, from the greatest down: bad date, untrusted, unknown root, not yet valid.
        let certificate = NSURLErrorServerCertificateNotYetValid..=NSURLErrorServerCertificateHasBadDate;
        let of_loading = domain.isEqualToString(loading);
        self.say(match error.code() {
            // Given up for another load.
            code if of_loading && code == NSURLErrorCancelled => return,
            // Stopped by us: FrameLoadInterruptedByPolicyChange.
            102 if domain.to_string() == "WebKitErrorDomain" => return,
            code if of_loading && certificate.contains(&code) => Event::CertificateRefused { host },
            _ => Event::LoadFailed { host, reason: error.localizedDescription().to_string() },
        });
    }
}

fn asks_for_password(challenge: &NSURLAuthenticationChallenge) -> bool {
    let method = challenge.protectionSpace().authenticationMethod();
    // SAFETY: constants of the framework.
    let asking = unsafe {
        [
            NSURLAuthenticationMethodDefault,
            NSURLAuthenticationMethodHTTPBasic,
            NSURLAuthenticationMethodHTTPDigest,
            NSURLAuthenticationMethodNTLM,
        ]
    };
    asking.iter().any(|asking| method.isEqualToString(asking))
}

fn parsed(url: &NSURL) -> Option<Url> {
    Url::parse(&url.absoluteString()?.to_string()).ok()
}
