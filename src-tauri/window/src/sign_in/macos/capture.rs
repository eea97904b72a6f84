//! The capture script's world, and the only message port of the webview.
#![expect(unsafe_code, reason = "WebKit is an Objective-C framework")]

use super::super::{CAPTURE, WORLD};
use objc2::rc::Retained;
use objc2::runtime::{NSObject, ProtocolObject};
use objc2::{DefinedClass, MainThreadMarker, MainThreadOnly, define_class, msg_send};
use objc2_foundation::{NSObjectProtocol, NSString};
use objc2_web_kit::{
    WKContentWorld, WKScriptMessage, WKScriptMessageHandler, WKUserContentController, WKUserScript,
    WKUserScriptInjectionTime, WKWebView,
};
use rolecall_core::secret::Secret;

/// What hears the reports.
pub(super) type Tell = Box<dyn Fn(Secret)>;

define_class!(
    // SAFETY: NSObject asks nothing of its subclasses, and this one has no `Drop`.
    #[unsafe(super(NSObject))]
    #[thread_kind = MainThreadOnly]
    #[ivars = Tell]
    struct Port;

    // SAFETY: NSObjectProtocol asks nothing.
    unsafe impl NSObjectProtocol for Port {}

    // SAFETY: the method has the protocol's signature.
    unsafe impl WKScriptMessageHandler for Port {
        #[unsafe(method(userContentController:didReceiveScriptMessage:))]
        fn received(&self, _: &WKUserContentController, message: &WKScriptMessage) {
            // SAFETY: a plain call.
            if let Ok(text) = unsafe { message.body() }.downcast::<NSString>() {
                (self.ivars())(Secret::new(text.to_string()));
            }
        }
    }
);

/// Takes Tauri's message port and scripts away from every page, and installs ours in a world of its own. The controller
/// keeps port, script and world for as long as it lives.
pub(super) fn install(content: &WKUserContentController, tell: Tell, main: MainThreadMarker) {
    let port = Port::alloc(main).set_ivars(tell);
    // SAFETY: NSObject's initialiser.
    let port: Retained<Port> = unsafe { msg_send![super(port), init] };
    let source = format!("{CAPTURE}(window.webkit.messageHandlers.{WORLD});");
    let world = world(main);
    // SAFETY: plain calls on the main thread. A name may be added to a world once only, and all are taken off before.
    unsafe {
        content.removeAllUserScripts();
        content.removeAllScriptMessageHandlers();
        content.addScriptMessageHandler_contentWorld_name(
            ProtocolObject::from_ref(&*port),
            &world,
            &NSString::from_str(WORLD),
        );
        content.addUserScript(&WKUserScript::initWithSource_injectionTime_forMainFrameOnly_inContentWorld(
            WKUserScript::alloc(main),
            &NSString::from_str(&source),
            WKUserScriptInjectionTime::AtDocumentStart,
            true,
            &world,
        ));
    }
}

/// Calls the capture script in its world.
pub(super) fn look_again(view: &WKWebView, main: MainThreadMarker) {
    let script = NSString::from_str("rolecallLookAgain()");
    // SAFETY: a plain call on the main thread; nobody waits for its end.
    unsafe {
        view.evaluateJavaScript_inFrame_inContentWorld_completionHandler(&script, None, &world(main), None);
    }
}

/// The same one each time, while anything of it lives.
fn world(main: MainThreadMarker) -> Retained<WKContentWorld> {
    // SAFETY: a plain call on the main thread.
    unsafe { WKContentWorld::worldWithName(&NSString::from_str(WORLD), main) }
}
