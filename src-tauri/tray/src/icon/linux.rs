//! The icon on Linux: a StatusNotifierItem with a com.canonical.dbusmenu, served by ksni.

use super::Shown;
use super::picture::pictures;
use crate::bus::Backoff;
use crate::menu::{Action, Item};
use ksni::menu::{CheckmarkItem, StandardItem, SubMenu};
use ksni::{Handle, MenuItem, ToolTip, TrayMethods};
use rolecall_core::view::IconState;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

/// How long the end of the program waits until the icon is gone.
const REMOVAL_TIME: Duration = Duration::from_secs(1);

/// The icon. It shows from the moment at which a tray host is there, again after the session bus or the tray host has
/// restarted, and is gone when this is dropped.
pub(crate) struct Icon {
    shown: watch::Sender<Shown>,
    task: JoinHandle<()>,
}

impl Icon {
    /// Shows the icon; presses go to `pressed`, whether a desktop shows it to `seen`. Without a session bus there is
    /// none, and the program goes on.
    pub(crate) async fn new(
        shown: Shown,
        pressed: UnboundedSender<Action>,
        seen: UnboundedSender<bool>,
    ) -> Self {
        let (to, from) = watch::channel(shown);
        Self { shown: to, task: tokio::task::spawn_local(keep(from, pressed, seen)) }
    }

    pub(crate) async fn show(&self, shown: Shown) {
        self.shown.send_replace(shown);
    }

    pub(crate) async fn remove(self) {
        let Self { shown, task } = self;
        drop(shown);
        let _ = tokio::time::timeout(REMOVAL_TIME, task).await;
    }
}

/// Keeps the icon in the tray until the sender of `shown` is dropped.
async fn keep(
    mut shown: watch::Receiver<Shown>,
    pressed: UnboundedSender<Action>,
    seen: UnboundedSender<bool>,
) {
    let mut backoff = Backoff::new();
    let mut last_error = String::new();
    loop {
        match register(&mut shown, &pressed, &seen).await {
            Ok(registered) => {
                last_error.clear();
                if registered.serve(&mut shown).await == End::Unwanted {
                    return;
                }
                tracing::info!("the tray icon is gone; it comes back with the session bus");
            }
            Err(error) => {
                let error = error.to_string();
                // Once for each cause, however long it lasts.
                if error != last_error {
                    tracing::warn!("no tray icon: {error}");
                    last_error = error;
                }
            }
        }
        let _ = seen.send(false);
        tokio::select! {
            () = unwanted(&mut shown) => return,
            () = backoff.pause() => {}
        }
    }
}

/// Waits until nobody wants to show anything any more.
async fn unwanted(shown: &mut watch::Receiver<Shown>) {
    while shown.changed().await.is_ok() {}
}

async fn register(
    shown: &mut watch::Receiver<Shown>,
    pressed: &UnboundedSender<Action>,
    seen: &UnboundedSender<bool>,
) -> Result<Registered, ksni::Error> {
    // ksni does not say when its own connection ends: this one ends at the same moment.
    let connection = zbus::Connection::session().await.map_err(ksni::Error::Dbus)?;
    let offline = Arc::new(AtomicBool::new(false));
    let refused = Arc::new(Notify::new());
    let item = SniItem {
        shown: shown.borrow_and_update().clone(),
        pressed: pressed.clone(),
        seen: seen.clone(),
        offline: Arc::clone(&offline),
        refused: Arc::clone(&refused),
    };
    // Registers when a host appears, and again with each new one.
    let handle = item.assume_sni_available(true).spawn().await?;
    let _ = seen.send(!offline.load(Ordering::Relaxed));
    Ok(Registered { connection, handle, refused })
}

/// An icon on the bus.
struct Registered {
    connection: zbus::Connection,
    handle: Handle<SniItem>,
    refused: Arc<Notify>,
}

#[derive(PartialEq, Eq)]
enum End {
    /// Nobody wants to show anything any more.
    Unwanted,
    /// The bus has ended, or the tray host has refused the icon.
    Lost,
}

impl Registered {
    async fn serve(self, shown: &mut watch::Receiver<Shown>) -> End {
        let end = loop {
            tokio::select! {
                changed = shown.changed() => {
                    if changed.is_err() {
                        break End::Unwanted;
                    }
                    let new = shown.borrow_and_update().clone();
                    self.handle.update(|item| item.shown = new).await;
                }
                () = self.connection.closed() => break End::Lost,
                () = self.refused.notified() => break End::Lost,
            }
        };
        self.handle.shutdown().await;
        end
    }
}

/// The StatusNotifierItem's state.
struct SniItem {
    shown: Shown,
    pressed: UnboundedSender<Action>,
    seen: UnboundedSender<bool>,
    offline: Arc<AtomicBool>,
    /// Told when a tray host is there that did not take the icon: it may have been too early.
    refused: Arc<Notify>,
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

    fn watcher_offline(&self, reason: ksni::OfflineReason) -> bool {
        let absent = match &reason {
            ksni::OfflineReason::Error(ksni::Error::Watcher(error)) => {
                matches!(error, zbus::fdo::Error::ServiceUnknown(_))
            }
            ksni::OfflineReason::Error(_) => false,
            _ => true,
        };
        if !absent {
            self.refused.notify_one();
        }
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
