//! The icon on Linux: a StatusNotifierItem with a com.canonical.dbusmenu, served by ksni.

use super::Shown;
use super::picture::pictures;
use crate::menu::{Action, Item};
use ksni::menu::{CheckmarkItem, StandardItem, SubMenu};
use ksni::{Handle, MenuItem, ToolTip, TrayMethods};
use rolecall_core::view::IconState;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::mpsc::UnboundedSender;

/// The icon; it is there from the moment at which a tray host is, and gone when this is dropped.
pub(crate) struct Icon {
    handle: Option<Handle<SniItem>>,
}

/// The StatusNotifierItem's state.
struct SniItem {
    shown: Shown,
    pressed: UnboundedSender<Action>,
    seen: UnboundedSender<bool>,
    offline: Arc<AtomicBool>,
}

impl Icon {
    /// Shows the icon; presses go to `pressed`, whether a desktop shows it to `seen`. Without a session bus there is
    /// none, and the program goes on.
    pub(crate) async fn new(
        shown: Shown,
        pressed: UnboundedSender<Action>,
        seen: UnboundedSender<bool>,
    ) -> Self {
        let offline = Arc::new(AtomicBool::new(false));
        let item = SniItem { shown, pressed, seen: seen.clone(), offline: Arc::clone(&offline) };
        // Registers when a host appears, and again with each new one.
        let spawned = item.assume_sni_available(true).spawn().await;
        let handle = spawned.inspect_err(|error| tracing::warn!("no tray icon: {error}")).ok();
        let _ = seen.send(handle.is_some() && !offline.load(Ordering::Relaxed));
        Self { handle }
    }

    pub(crate) async fn show(&self, shown: Shown) {
        if let Some(handle) = &self.handle {
            handle.update(|item| item.shown = shown).await;
        }
    }

    pub(crate) async fn remove(self) {
        if let Some(handle) = self.handle {
            handle.shutdown().await;
        }
    }
}

impl ksni::Tray for SniItem {
    fn id(&self) -> String {
        "org.rolecall.Rolecall".into()
    }

    fn title(&self) -> String {
        "Rolecall".into()
    }

    fn status(&self) -> ksni::Status {
        ksni::Status::Active
    }

    fn icon_pixmap(&self) -> Vec<ksni::Icon> {
        let argb = |rgba: &[u8]| rgba.chunks_exact(4).flat_map(|p| [p[3], p[0], p[1], p[2]]).collect();
        let icon = |picture: super::picture::Picture| {
            let size = i32::try_from(picture.size).unwrap_or_default();
            ksni::Icon { width: size, height: size, data: argb(&picture.rgba) }
        };
        pictures(self.shown.state, self.shown.frame).into_iter().map(icon).collect()
    }

    fn tool_tip(&self) -> ToolTip {
        // The description may hold markup.
        let description = self.shown.tooltip.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        ToolTip { title: title(self.shown.state).into(), description, ..ToolTip::default() }
    }

    fn watcher_online(&self) {
        let _ = self.seen.send(true);
    }

    fn watcher_offline(&self, _: ksni::OfflineReason) -> bool {
        self.offline.store(true, Ordering::Relaxed);
        let _ = self.seen.send(false);
        true
    }

    fn activate(&mut self, _x: i32, _y: i32) {
        let _ = self.pressed.send(Action::LeftClick);
    }

    fn menu(&self) -> Vec<MenuItem<Self>> {
        items(&self.shown.menu)
    }
}

fn title(state: IconState) -> &'static str {
    match state {
        IconState::SignedOut => "Rolecall: signed out",
        IconState::Active => "Rolecall",
        IconState::EndingSoon => "Rolecall: ending soon",
        IconState::Expired => "Rolecall: expired",
        IconState::Working => "Rolecall: signing in",
    }
}

fn items(items: &[Item]) -> Vec<MenuItem<SniItem>> {
    items.iter().map(item).collect()
}

fn item(item: &Item) -> MenuItem<SniItem> {
    match item {
        Item::Action { label, action } => {
            StandardItem { label: escape(label), activate: press(action), ..StandardItem::default() }.into()
        }
        Item::Choice { label, current, action } => CheckmarkItem {
            label: escape(label),
            checked: *current,
            activate: press(action),
            ..CheckmarkItem::default()
        }
        .into(),
        Item::Submenu { label, items: below } => {
            SubMenu { label: escape(label), submenu: items(below), ..SubMenu::default() }.into()
        }
        Item::Separator => MenuItem::Separator,
    }
}

fn press(action: &Action) -> Box<dyn Fn(&mut SniItem) + Send> {
    let action = action.clone();
    Box::new(move |item| {
        let _ = item.pressed.send(action.clone());
    })
}

/// An underscore would mark the next letter as the item's key.
fn escape(label: &str) -> String {
    label.replace('_', "__")
}
