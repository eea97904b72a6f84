//! What AppKit and Foundation tell a program whose application loop runs.

#![expect(unsafe_code, reason = "notifications are named by the frameworks' own constants")]

use super::Happening;
use block2::RcBlock;
use objc2::rc::{Retained, autoreleasepool};
use objc2::runtime::{NSObjectProtocol, ProtocolObject};
use objc2_app_kit::{NSWorkspace, NSWorkspaceDidWakeNotification, NSWorkspaceWillSleepNotification};
use objc2_foundation::{
    NSNotification, NSNotificationCenter, NSNotificationName, NSSystemClockDidChangeNotification,
};
use std::ptr::NonNull;
use tokio::sync::mpsc::UnboundedSender;

type Observer = Retained<ProtocolObject<dyn NSObjectProtocol>>;

/// Tell until they are dropped.
pub(super) struct Observers(Vec<(Retained<NSNotificationCenter>, Observer)>);

impl Observers {
    pub(super) fn new(to: &UnboundedSender<Happening>) -> Self {
        autoreleasepool(|_| {
            // Sleep is told there and nowhere else.
            let workspace = NSWorkspace::sharedWorkspace().notificationCenter();
            let usual = NSNotificationCenter::defaultCenter();
            // SAFETY: the frameworks set their constants before anything of ours runs.
            let named = unsafe {
                [
                    (workspace.clone(), NSWorkspaceWillSleepNotification, Happening::Sleeps),
                    (workspace, NSWorkspaceDidWakeNotification, Happening::Woke),
                    (usual, NSSystemClockDidChangeNotification, Happening::ClockSet),
                ]
            };
            let observers = named.into_iter().map(|(center, name, happening)| {
                let observer = observe(&center, name, happening, to.clone());
                (center, observer)
            });
            Self(observers.collect())
        })
    }
}

fn observe(
    center: &NSNotificationCenter,
    name: &NSNotificationName,
    happening: Happening,
    to: UnboundedSender<Happening>,
) -> Observer {
    let block = RcBlock::new(move |_: NonNull<NSNotification>| _ = to.send(happening));
    // SAFETY: any object may send it; without a queue the block runs in the thread that tells, and a sender may be used
    // in any.
    unsafe { center.addObserverForName_object_queue_usingBlock(Some(name), None, None, &block) }
}

impl Drop for Observers {
    fn drop(&mut self) {
        for (center, observer) in &self.0 {
            // SAFETY: it is what this center gave for the observer.
            unsafe { center.removeObserver(observer.as_ref()) };
        }
    }
}
