//! The icon in macOS's menu bar: a template picture, made and changed in the main thread.

use super::Shown;
use super::native::Native;
use crate::macos;
use crate::menu::{Action, Item};
use block2::RcBlock;
use dispatch2::MainThreadBound;
use objc2::MainThreadMarker;
use objc2::rc::Retained;
use objc2::runtime::{NSObjectProtocol, ProtocolObject};
use objc2_app_kit::{
    NSAccessibility as _, NSMenuDidBeginTrackingNotification, NSMenuDidEndTrackingNotification,
};
use objc2_foundation::{NSNotification, NSNotificationCenter, NSNotificationName, ns_string};
use std::cell::{Cell, RefCell};
use std::ptr::NonNull;
use std::sync::{Arc, Weak};
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::oneshot;

/// In pixels, for a screen with two of them to a point: the menu bar has room for 22 points.
const SIZE: u32 = 44;

/// The icon, gone when this is dropped. None without a desktop.
pub(crate) struct Icon(Option<Arc<MainThreadBound<Held>>>);

/// The icon in the main thread.
struct Held {
    native: RefCell<Native>,
    shown: RefCell<Shown>,
    /// The menu that the icon has.
    menu: RefCell<Vec<Item>>,
    /// Whether the person looks at it: a menu that is replaced closes.
    open: Cell<bool>,
    observers: RefCell<Vec<Retained<ProtocolObject<dyn NSObjectProtocol>>>>,
}

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
            held.draw(false);
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
        let (redraw, to_redraw) = std::sync::mpsc::channel::<Weak<MainThreadBound<Self>>>();
        let _ = (redraw, to_redraw);
        unimplemented!()
    }
}
