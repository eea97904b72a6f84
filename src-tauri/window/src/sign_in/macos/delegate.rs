//! What the webview asks and tells about loads, passwords and devices. It takes the place of wry's delegates, which
//! keep failures to themselves, offer a file chooser, and reload a page whose process crashed.
#![expect(unsafe_code, reason = "WebKit is an Objective-C framework")]

use super::super::address;
use super::super::flow::Event;
use block2::DynBlock;
use objc2::rc::Retained;
use objc2::runtime::{NSObject, ProtocolObject};
use objc2::{DefinedClass, MainThreadMarker, MainThreadOnly, define_class, msg_send};
use objc2_foundation::{
    NSError, NSObjectProtocol, NSURL, NSURLAuthenticationChallenge, NSURLAuthenticationMethodDefault,
    NSURLAuthenticationMethodHTTPBasic, NSURLAuthenticationMethodHTTPDigest, NSURLAuthenticationMethodNTLM,
    NSURLCredential, NSURLErrorCancelled, NSURLErrorDomain, NSURLErrorFailingURLErrorKey,
    NSURLErrorServerCertificateHasBadDate, NSURLErrorServerCertificateNotYetValid,
    NSURLSessionAuthChallengeDisposition,
};
use objc2_web_kit::{
    WKFrameInfo, WKMediaCaptureType, WKNavigation, WKNavigationAction, WKNavigationActionPolicy,
    WKNavigationDelegate, WKNavigationResponse, WKNavigationResponsePolicy, WKPermissionDecision,
    WKSecurityOrigin, WKUIDelegate, WKWebView,
};
use rolecall_core::sign_in::Acs;
use std::sync::mpsc::Sender;
use url::Url;

pub(super) struct Watch {
    acs: Vec<Acs>,
    events: Sender<Event>,
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
            // Certificates are judged by the system, and Kerberos answered by it; it knows no password, so the page that
            // the server has for that case is shown.
            let usual = NSURLSessionAuthChallengeDisposition::PerformDefaultHandling;
            answer.call((usual, std::ptr::null_mut()));
        }

        #[unsafe(method(webView:authenticationChallenge:shouldAllowDeprecatedTLS:))]
        fn old_tls(
            &self,
            _: &WKWebView,
            _: &NSURLAuthenticationChallenge,
            decide: &DynBlock<dyn Fn(objc2::runtime::Bool)>,
        ) {
            decide.call((objc2::runtime::Bool::NO,));
        }
    }

    // What is not here is refused by WebKit itself: windows, file choosers, dialogs.
    // SAFETY: the method has the protocol's signature, and the block is called exactly once.
    unsafe impl WKUIDelegate for Delegate {
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
);

pub(super) fn install(view: &WKWebView, acs: &[Acs], events: &Sender<Event>, main: MainThreadMarker) {
    let watch = Watch { acs: acs.to_vec(), events: events.clone() };
    let delegate = Delegate::alloc(main).set_ivars(watch);
    // SAFETY: NSObject's initialiser.
    let delegate: Retained<Delegate> = unsafe { msg_send![super(delegate), init] };
    // SAFETY: plain calls on the main thread.
    unsafe {
        view.setNavigationDelegate(Some(ProtocolObject::from_ref(&*delegate)));
        view.setUIDelegate(Some(ProtocolObject::from_ref(&*delegate)));
    }
    // The view does not keep its delegates: this one lives as long as the process.
    std::mem::forget(delegate);
}

impl Delegate {
    fn say(&self, event: Event) {
        let _ = self.ivars().events.send(event);
    }

    fn may_go(&self, action: &WKNavigationAction) -> bool {
        let acs = &self.ivars().acs;
        // SAFETY: plain calls.
        let (url, download) =
            unsafe { (action.request().URL().and_then(|url| parsed(&url)), action.shouldPerformDownload()) };
        let Some(url) = url else { return false };
        if address::is_acs(&url, acs) {
            self.say(Event::PostStopped);
        }
        !download && address::may_visit(&url, acs)
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
