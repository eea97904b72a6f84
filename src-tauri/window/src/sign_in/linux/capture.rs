//! The capture script's world, and the only message port of the webview.
#![expect(
    unsafe_code,
    reason = "wry's signal handlers can only be found and removed by GObject's C functions"
)]

use super::super::{CAPTURE, WORLD};
use javascriptcore::ValueExt;
use rolecall_core::secret::Secret;
use webkit2gtk::glib::translate::IntoGlib;
use webkit2gtk::glib::{self, gobject_ffi, prelude::*};
use webkit2gtk::{
    UserContentInjectedFrames, UserContentManagerExt, UserScript, UserScriptInjectionTime, WebView,
    WebViewExt, gio,
};

/// Takes Tauri's message port and scripts away from every page, and installs ours in a world of its own. `tell` hears its
/// reports. False where there is no place for it.
pub(super) fn install(view: &WebView, tell: impl Fn(Secret) + 'static) -> bool {
    let Some(content) = view.user_content_manager() else { return false };
    content.unregister_script_message_handler("ipc");
    content.remove_all_scripts();
    // wry listens without a detail, so it would be given our messages as well.
    disconnect_all(&content, "script-message-received");

    content.connect_script_message_received(Some(WORLD), move |_, message| {
        if let Some(value) = message.js_value() {
            tell(Secret::new(value.to_str()));
        }
    });
    content.register_script_message_handler_in_world(WORLD, WORLD);
    content.add_script(&UserScript::for_world(
        &format!("{CAPTURE}(window.webkit.messageHandlers.{WORLD});"),
        UserContentInjectedFrames::TopFrame,
        UserScriptInjectionTime::Start,
        WORLD,
        &[],
        &[],
    ));
    true
}

/// Calls the capture script in its world.
#[expect(deprecated, reason = "its successor is not in the webkit2gtk crate")]
pub(super) fn look_again(view: &WebView) {
    view.run_javascript_in_world("rolecallLookAgain()", WORLD, None::<&gio::Cancellable>, |_| {});
}

/// Removes every handler of the signal, whoever connected it.
pub(super) fn disconnect_all(object: &impl IsA<glib::Object>, signal: &str) {
    let object = object.upcast_ref::<glib::Object>();
    let Some(signal) = glib::subclass::SignalId::lookup(signal, object.type_()) else { return };
    // SAFETY: the object is alive; handlers are found by signal alone, so no other pointer is read.
    unsafe {
        loop {
            let handler = gobject_ffi::g_signal_handler_find(
                object.as_ptr(),
                gobject_ffi::G_SIGNAL_MATCH_ID,
                signal.into_glib(),
                0,
                std::ptr::null_mut(),
                std::ptr::null_mut(),
                std::ptr::null_mut(),
            );
            if handler == 0 {
                return;
            }
            gobject_ffi::g_signal_handler_disconnect(object.as_ptr(), handler);
        }
    }
}
