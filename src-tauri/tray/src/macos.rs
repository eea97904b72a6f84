//! What several of our macOS files ask of the system: is there a desktop, is there a bundle, the main thread, and who is
//! in front.

use crate::menu::Action;
use dispatch2::DispatchQueue;
use objc2::{MainThreadMarker, sel};
use objc2_app_kit::NSApplication;
use objc2_core_graphics::CGSessionCopyCurrentDictionary;
use objc2_foundation::{NSBundle, NSObjectProtocol as _, ns_string};
use std::sync::{Mutex, PoisonError};
use tokio::sync::oneshot;

/// Whether this process belongs to somebody's desktop. Over ssh it does not: there AppKit would end the process, and
/// nobody runs the main thread's queue.
pub(crate) fn has_desktop() -> bool {
    CGSessionCopyCurrentDictionary().is_some()
}

/// Whether the program lies in its bundle. Only then does the system know whose notifications these are: it ends a
/// process that has any without one.
pub(crate) fn has_bundle() -> bool {
    NSBundle::mainBundle().bundleIdentifier().is_some()
}

/// Gives work to the main thread, which runs the application's loop.
pub(crate) fn on_main(work: impl FnOnce(MainThreadMarker) + Send + 'static) {
    DispatchQueue::main().exec_async(move || {
        if let Some(mtm) = MainThreadMarker::new() {
            work(mtm);
        }
    });
}

/// To be called before what somebody pressed is done.
pub(crate) fn before(action: &Action) {
    if action.opens_a_window() {
        give_way();
    }
}

/// Lets the main window, which is another program, come to the front: since macOS 14 only a program that is there itself
/// may hand that on, and a click on our icon makes it none.
pub(crate) fn give_way() {
    on_main(|mtm| {
        let app = NSApplication::sharedApplication(mtm);
        if app.respondsToSelector(sel!(yieldActivationToApplicationWithBundleIdentifier:)) {
            app.activate();
            app.yieldActivationToApplicationWithBundleIdentifier(ns_string!("org.rolecall.Rolecall.Window"));
        }
    });
}

/// For a block that is called once, in whichever thread.
pub(crate) fn once<T: Send + 'static>() -> (impl Fn(T) + 'static, oneshot::Receiver<T>) {
    let (to, from) = oneshot::channel();
    let to = Mutex::new(Some(to));
    let answer = move |value| {
        if let Some(to) = to.lock().unwrap_or_else(PoisonError::into_inner).take() {
            let _ = to.send(value);
        }
    };
    (answer, from)
}
