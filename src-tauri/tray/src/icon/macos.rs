//! The icon in macOS's menu bar: a template picture, made and changed in the main thread.

#![expect(
    unsafe_code,
    reason = "notifications are named by a framework's constants, and a menu comes by its pointer"
)]

use super::Shown;
use super::native::Native;
use crate::macos;
use crate::menu::{self, Action, Item};
use block2::RcBlock;
use dispatch2::MainThreadBound;
use objc2::MainThreadMarker;
use objc2::rc::Retained;
use objc2::runtime::{NSObjectProtocol, ProtocolObject};
use objc2_app_kit::{
    NSAccessibility as _, NSMenu, NSMenuDidBeginTrackingNotification, NSMenuDidEndTrackingNotification,
};
use objc2_foundation::{NSNotification, NSNotificationCenter, NSNotificationName, ns_string};
use std::cell::{Cell, RefCell};
use std::ptr::NonNull;
use std::sync::{Arc, Weak};
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::oneshot;
use tray_icon::menu::ContextMenu as _;

/// In pixels, for a screen with two of them to a point: the menu bar has room for 22 points.
const SIZE: u32 = 44;

/// The icon, gone when this is dropped. None without a desktop.
pub(crate) struct Icon(Option<Arc<MainThreadBound<Held>>>);

/// The icon in the main thread.
struct Held {
    /// None where it could not be made, and then nobody has this.
    native: RefCell<Option<Native>>,
    shown: RefCell<Shown>,
    /// The menu that the icon has.
    menu: RefCell<Vec<Item>>,
    /// Whether it must be made anew: somebody pressed a choice.
    again: Cell<bool>,
    /// Whether the person looks at it: one that is replaced closes.
    open: Cell<bool>,
    observers: [Observer; 2],
}

type Observer = Retained<ProtocolObject<dyn NSObjectProtocol>>;

impl Icon {
    /// Shows the icon; presses go to `pressed`, whether a desktop shows it to `seen`.
    pub(crate) async fn new(
        shown: Shown,
        pressed: UnboundedSender<Action>,
        seen: UnboundedSender<bool>,
    ) -> Self {
        let icon = if macos::has_desktop() { make(shown, pressed).await } else { None };
        let _ = seen.send(icon.is_some());
        Self(icon)
    }

    pub(crate) async fn show(&self, shown: Shown) {
        let Some(icon) = self.0.clone() else { return };
        macos::on_main(move |mtm| {
            let held = icon.get(mtm);
            held.shown.replace(shown);
            held.draw();
        });
    }

    pub(crate) async fn remove(self) {
        // The last who has it drops it there.
        macos::on_main(move |_| drop(self.0));
    }
}

async fn make(shown: Shown, pressed: UnboundedSender<Action>) -> Option<Arc<MainThreadBound<Held>>> {
    let (made, icon) = oneshot::channel();
    macos::on_main(move |mtm| _ = made.send(Held::new(mtm, shown, pressed)));
    icon.await.ok()?.inspect_err(|error| tracing::warn!("no icon: {error}")).ok()
}

impl Held {
    fn new(
        mtm: MainThreadMarker,
        shown: Shown,
        pressed: UnboundedSender<Action>,
    ) -> Result<Arc<MainThreadBound<Self>>, tray_icon::Error> {
        let mut failed = None;
        let held = Arc::new_cyclic(|weak: &Weak<MainThreadBound<Self>>| {
            let touched = weak.clone();
            let native = Native::new(pressed, move || {
                later(&touched, |held| {
                    held.again.set(true);
                    held.draw();
                })
            });
            let native = native.map_err(|error| failed = Some(error)).ok();
            if let Some(button) =
                native.as_ref().and_then(|native| native.icon().ns_status_item()?.button(mtm))
            {
                button.setAccessibilityLabel(Some(ns_string!("Rolecall")));
            }
            // SAFETY: the framework sets its constants before anything of ours runs.
            let (begins, ends) =
                unsafe { (NSMenuDidBeginTrackingNotification, NSMenuDidEndTrackingNotification) };
            let held = Self {
                native: RefCell::new(native),
                shown: RefCell::new(shown),
                menu: RefCell::default(),
                again: Cell::new(false),
                open: Cell::new(false),
                observers: [observe(begins, weak, true), observe(ends, weak, false)],
            };
            MainThreadBound::new(held, mtm)
        });
        if let Some(error) = failed {
            return Err(error);
        }
        held.get(mtm).draw();
        Ok(held)
    }

    fn draw(&self) {
        let mut shown = self.shown.borrow().clone();
        shown.menu = menu::for_left_click(shown.menu);
        let open = self.open.get();
        if open {
            shown.menu.clone_from(&self.menu.borrow());
        }
        let again = !open && self.again.take();
        let mut native = self.native.borrow_mut();
        let Some(native) = native.as_mut() else { return };
        match native.draw(&shown, SIZE, again) {
            Ok(()) => _ = self.menu.replace(shown.menu),
            Err(error) => tracing::warn!("the icon was not drawn: {error}"),
        }
        if !open {
            reach_without_mouse(native);
        }
    }
}

/// VoiceOver and the keyboard (Ctrl+F8) press the button itself, which opens the menu that it has. tray-icon gives it one
/// for the time of a mouse click only, and takes it away after it.
fn reach_without_mouse(native: &Native) {
    let Some((item, drawn)) = native.icon().ns_status_item().zip(native.drawn()) else { return };
    // SAFETY: muda's menu, alive as long as `drawn`; the item keeps it.
    item.setMenu(unsafe { drawn.ns_menu().cast::<NSMenu>().as_ref() });
}

impl Drop for Held {
    fn drop(&mut self) {
        for observer in &self.observers {
            // SAFETY: it is what this center gave for the observer.
            unsafe { NSNotificationCenter::defaultCenter().removeObserver((**observer).as_ref()) };
        }
    }
}

/// In the main thread's next turn: what is going on there, such as the choice of an item, comes to its end first.
fn later(held: &Weak<MainThreadBound<Held>>, work: impl FnOnce(&Held) + Send + 'static) {
    let held = held.clone();
    macos::on_main(move |mtm| {
        if let Some(held) = held.upgrade() {
            work(held.get(mtm));
        }
    });
}

/// Follows whether the menu is open.
fn observe(name: &NSNotificationName, held: &Weak<MainThreadBound<Held>>, open: bool) -> Observer {
    let held = held.clone();
    let block = RcBlock::new(move |_: NonNull<NSNotification>| {
        // Menus are told of in the main thread.
        let Some((mtm, of)) = MainThreadMarker::new().zip(held.upgrade()) else { return };
        of.get(mtm).open.set(open);
        later(&held, Held::draw);
    });
    // SAFETY: any object may send it, and without a queue the block runs in the thread that tells.
    unsafe {
        NSNotificationCenter::defaultCenter().addObserverForName_object_queue_usingBlock(
            Some(name),
            None,
            None,
            &block,
        )
    }
}
