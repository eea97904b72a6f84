//! macOS shows icons, and tells of sleep and of a second start, in the main thread alone: that one runs the
//! application's loop, and everything else has a thread of its own.

#![expect(unsafe_code, reason = "an Objective-C class, and the calls that end an application's loop")]

use crate::{macos, opened};
use objc2::rc::Retained;
use objc2::runtime::{NSObjectProtocol, ProtocolObject};
use objc2::{DefinedClass as _, MainThreadMarker, MainThreadOnly, define_class, msg_send};
use objc2_app_kit::{
    NSApplication, NSApplicationActivationPolicy, NSApplicationDelegate, NSApplicationTerminateReply,
    NSEvent, NSEventModifierFlags, NSEventType,
};
use objc2_foundation::{NSActivityOptions, NSObject, NSPoint, NSProcessInfo, ns_string};
use rustix::process::{Signal, getpid, kill_process};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

pub(super) fn run(body: impl FnOnce() -> ExitCode + Send + 'static) -> ExitCode {
    let Some(mtm) = MainThreadMarker::new().filter(|_| macos::has_desktop()) else { return body() };
    let app = NSApplication::sharedApplication(mtm);
    // No place in the Dock and no menu of its own, even where it does not run from its bundle.
    app.setActivationPolicy(NSApplicationActivationPolicy::Accessory);
    let asked_to_end = Arc::new(AtomicBool::new(false));
    let delegate = Delegate::new(mtm, Arc::clone(&asked_to_end));
    // The application does not keep it alive.
    app.setDelegate(Some(ProtocolObject::from_ref(&*delegate)));
    // Nobody sees a window of ours, so that the system would let our clocks go late (App Nap).
    let options = NSActivityOptions::UserInitiatedAllowingIdleSystemSleep;
    let reason = ns_string!("AWS sessions end, and are renewed, by the clock");
    let activity = NSProcessInfo::processInfo().beginActivityWithOptions_reason(options, reason);
    let thread = std::thread::Builder::new().name("rolecall".into()).spawn(move || {
        let _end = EndOfLoop(asked_to_end);
        body()
    });
    let Ok(thread) = thread else { return ExitCode::FAILURE };
    app.run();
    let code = thread.join().unwrap_or(ExitCode::FAILURE);
    // SAFETY: it is the activity that was begun above, and it is ended once.
    unsafe { NSProcessInfo::processInfo().endActivity(&activity) };
    code
}

/// Ends the application's loop when the body ends, in whichever way.
struct EndOfLoop(Arc<AtomicBool>);

impl Drop for EndOfLoop {
    fn drop(&mut self) {
        let asked_to_end = Arc::clone(&self.0);
        macos::on_main(move |mtm| {
            let app = NSApplication::sharedApplication(mtm);
            if asked_to_end.load(Ordering::Relaxed) {
                // Whoever asked waits for this answer, and the process ends with it.
                return app.replyToApplicationShouldTerminate(true);
            }
            app.stop(None);
            // The loop looks whether it is to stop when an event has come.
            let nothing = NSEvent::otherEventWithType_location_modifierFlags_timestamp_windowNumber_context_subtype_data1_data2(
                NSEventType::ApplicationDefined,
                NSPoint::new(0.0, 0.0),
                NSEventModifierFlags::empty(),
                0.0,
                0,
                None,
                0,
                0,
                0,
            );
            if let Some(nothing) = nothing {
                app.postEvent_atStart(&nothing, true);
            }
        });
    }
}

define_class!(
    // SAFETY: NSObject asks nothing of its subclasses, and there is no Drop.
    #[unsafe(super(NSObject))]
    #[thread_kind = MainThreadOnly]
    #[name = "RolecallApplicationDelegate"]
    #[ivars = Arc<AtomicBool>]
    struct Delegate;

    // SAFETY: NSObjectProtocol asks nothing.
    unsafe impl NSObjectProtocol for Delegate {}

    // SAFETY: the methods have the types that the protocol gives them.
    unsafe impl NSApplicationDelegate for Delegate {
        /// The person logs out, or somebody quits us by the system's own means.
        #[unsafe(method(applicationShouldTerminate:))]
        fn should_terminate(&self, _app: &NSApplication) -> NSApplicationTerminateReply {
            self.ivars().store(true, Ordering::Relaxed);
            // What ends the rest of the process at a signal ends it here, too.
            let _ = kill_process(getpid(), Signal::TERM);
            NSApplicationTerminateReply::TerminateLater
        }

        /// Somebody opens the program though it runs. The system starts no second one.
        #[unsafe(method(applicationShouldHandleReopen:hasVisibleWindows:))]
        fn should_handle_reopen(&self, _app: &NSApplication, _has_visible_windows: bool) -> bool {
            macos::give_way();
            std::thread::spawn(opened::open_running);
            false
        }
    }
);

impl Delegate {
    fn new(mtm: MainThreadMarker, asked_to_end: Arc<AtomicBool>) -> Retained<Self> {
        let delegate = Self::alloc(mtm).set_ivars(asked_to_end);
        // SAFETY: NSObject's init takes nothing and returns the object.
        unsafe { msg_send![super(delegate), init] }
    }
}
