//! macOS: what is not said before the loop runs, tao decides when the application is launched: an icon in the Dock, and
//! the keyboard taken from whoever has it.
#![expect(unsafe_code, reason = "a window by its pointer, and a method that older systems lack")]

use objc2::{MainThreadMarker, sel};
use objc2_app_kit::{NSApplication, NSRequestUserAttentionType, NSWindow};
use objc2_foundation::NSObjectProtocol as _;
use tauri::{ActivationPolicy, App, Builder, Manager as _, WebviewWindow, Wry};

pub(crate) fn builder() -> Builder<Wry> {
    Builder::default().activate_ignoring_other_apps(false)
}

pub(crate) fn start_hidden(app: &mut App) {
    app.set_activation_policy(ActivationPolicy::Accessory);
}

/// From here on it is a program like others, with an icon in the Dock.
pub(crate) fn show(window: &WebviewWindow) -> tauri::Result<()> {
    window.app_handle().set_activation_policy(ActivationPolicy::Regular)?;
    window.show()?;
    window.set_focus()?;
    let shown = window.clone();
    window.run_on_main_thread(move || bring_to_front(&shown))
}

/// Since macOS 14 the program in front has to give way, which it does not do for one that somebody else started. The
/// window then lies on top all the same, and the icon in the Dock calls the person once.
fn bring_to_front(window: &WebviewWindow) {
    let (Some(main), Ok(pointer)) = (MainThreadMarker::new(), window.ns_window()) else { return };
    let app = NSApplication::sharedApplication(main);
    // SAFETY: tao's window, which lives as long as the handle in this call.
    if let Some(window) = unsafe { pointer.cast::<NSWindow>().as_ref() } {
        window.orderFrontRegardless();
    }
    // Of macOS 14. What older ones know, `set_focus` has called.
    if app.respondsToSelector(sel!(activate)) {
        app.activate();
    }
    // Nothing at all for a program that is in front, and taken back as soon as it is.
    app.requestUserAttention(NSRequestUserAttentionType::InformationalRequest);
}
