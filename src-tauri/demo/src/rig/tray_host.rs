//! A tray: our own StatusNotifierWatcher, or a panel's; and the items in it, read and pressed.

use super::bus::Bus;
use super::menu::{DbusMenuProxy, Entry};
use super::{Done, Trouble, wait};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use zbus::Connection;
use zbus::message::Header;
use zbus::object_server::SignalEmitter;
use zbus::zvariant::{OwnedObjectPath, Value};

/// Width, height and ARGB bytes.
type Pixmap = (i32, i32, Vec<u8>);

const WATCHER: &str = "org.kde.StatusNotifierWatcher";

/// A tray without a picture: takes items in and keeps them for tests.
#[derive(Debug)]
pub struct TrayHost {
    connection: Connection,
}

/// What an item says in words: title, state, icon and tooltip.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Face {
    pub id: String,
    pub title: String,
    pub status: String,
    pub icon_name: String,
    /// How many pictures the item brings along.
    pub pixmaps: usize,
    pub tooltip_title: String,
    pub tooltip_text: String,
}

/// One icon in a tray.
#[derive(Debug, Clone)]
pub struct Item {
    connection: Connection,
    service: String,
    path: String,
}

impl TrayHost {
    /// Becomes the bus's only tray.
    pub async fn start(bus: &Bus) -> Done<Self> {
        let connection = zbus::connection::Builder::address(bus.address())?
            .serve_at("/StatusNotifierWatcher", Watcher::default())?
            .name(WATCHER)?
            .build()
            .await?;
        Ok(Self { connection })
    }

    /// The first item, once there is one.
    pub async fn item(&self, at_most: Duration) -> Done<Item> {
        Item::find(&self.connection, at_most).await
    }
}

impl Item {
    /// The first living item of whichever tray is on the bus: ours, or a panel's.
    pub async fn find(connection: &Connection, at_most: Duration) -> Done<Self> {
        wait::until("an icon in the tray", at_most, async || {
            let watcher = WatcherProxy::builder(connection)
                .cache_properties(zbus::proxy::CacheProperties::No)
                .build()
                .await
                .ok()?;
            for name in watcher.registered_status_notifier_items().await.ok()? {
                let (service, path) = match name.find('/') {
                    Some(place) => name.split_at(place),
                    None => (name.as_str(), "/StatusNotifierItem"),
                };
                let item = Self {
                    connection: connection.clone(),
                    service: service.to_owned(),
                    path: path.to_owned(),
                };
                if item.alive().await {
                    return Some(item);
                }
            }
            None
        })
        .await
    }

    /// Whether its program is still on the bus.
    pub async fn alive(&self) -> bool {
        let Ok(bus) = zbus::fdo::DBusProxy::new(&self.connection).await else { return false };
        let Ok(name) = self.service.as_str().try_into() else { return false };
        bus.name_has_owner(name).await.unwrap_or(false)
    }

    /// Waits until its program has left the bus.
    pub async fn gone(&self, at_most: Duration) -> Done<()> {
        wait::until("the icon to leave the tray", at_most, async || (!self.alive().await).then_some(())).await
    }

    pub async fn face(&self) -> Done<Face> {
        let item = self.proxy().await?;
        let (_, _, tooltip_title, tooltip_text) = item.tool_tip().await.unwrap_or_default();
        Ok(Face {
            id: item.id().await.unwrap_or_default(),
            title: item.title().await.unwrap_or_default(),
            status: item.status().await.unwrap_or_default(),
            icon_name: item.icon_name().await.unwrap_or_default(),
            pixmaps: item.icon_pixmap().await.unwrap_or_default().len(),
            tooltip_title,
            tooltip_text,
        })
    }

    /// The whole menu as it now stands.
    pub async fn menu(&self) -> Done<Entry> {
        self.menu_proxy().await?.menu().await
    }

    /// Waits until the menu is as it should be; the trouble shows how it is instead.
    pub async fn menu_when(
        &self,
        what: &str,
        at_most: Duration,
        right: impl Fn(&Entry) -> bool,
    ) -> Done<Entry> {
        let mut last = None;
        let found = wait::until(what, at_most, async || {
            let menu = self.menu().await.ok()?;
            let fits = right(&menu);
            last = Some(menu.clone());
            fits.then_some(menu)
        });
        match found.await {
            Ok(menu) => Ok(menu),
            Err(Trouble(late)) => {
                let seen = last.map_or_else(|| "the menu cannot be read".to_owned(), |menu| menu.outline());
                Err(Trouble::new(format!("{late}; the menu is\n{seen}")))
            }
        }
    }

    /// Waits for an entry that can be pressed, by labels as in [`Entry::find`], and presses it.
    pub async fn press(&self, path: &[&str], at_most: Duration) -> Done<()> {
        let what = format!("the menu entry {}", path.join(" ▸ "));
        let pressable = |menu: &Entry| menu.find(path).is_some_and(|entry| entry.enabled);
        // Entries get new numbers when the menu changes, which may be between the look and the click.
        let mut looks = 0;
        loop {
            let menu = self.menu_when(&what, at_most, pressable).await?;
            let id = menu.find(path).map(|entry| entry.id).ok_or_else(|| Trouble::new(&what))?;
            looks += 1;
            match self.menu_proxy().await?.event(id, "clicked", &Value::from(""), 0).await {
                Err(_) if looks < 3 => {}
                clicked => return Ok(clicked?),
            }
        }
    }

    /// A left click.
    pub async fn activate(&self) -> Done<()> {
        Ok(self.proxy().await?.activate(0, 0).await?)
    }

    async fn proxy(&self) -> Done<StatusNotifierItemProxy<'_>> {
        Ok(StatusNotifierItemProxy::builder(&self.connection)
            .destination(self.service.as_str())?
            .path(self.path.as_str())?
            .cache_properties(zbus::proxy::CacheProperties::No)
            .build()
            .await?)
    }

    async fn menu_proxy(&self) -> Done<DbusMenuProxy<'static>> {
        let path = self.proxy().await?.menu().await?;
        Ok(DbusMenuProxy::builder(&self.connection)
            .destination(self.service.clone())?
            .path(path)?
            .build()
            .await?)
    }
}

/// The D-Bus side of [`TrayHost`].
#[derive(Debug, Default)]
struct Watcher {
    items: Arc<Mutex<Vec<String>>>,
}

#[zbus::interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    /// A bus name, or the path of an object of the caller's.
    async fn register_status_notifier_item(
        &self,
        service: String,
        #[zbus(header)] header: Header<'_>,
        #[zbus(signal_emitter)] emitter: SignalEmitter<'_>,
    ) {
        let sender = header.sender().map(ToString::to_string).unwrap_or_default();
        let item = if service.starts_with('/') {
            format!("{sender}{service}")
        } else {
            format!("{service}/StatusNotifierItem")
        };
        self.items.lock().unwrap_or_else(PoisonError::into_inner).push(item.clone());
        // Nobody may be listening.
        let _ = Self::status_notifier_item_registered(&emitter, &item).await;
    }

    fn register_status_notifier_host(&self, _service: String) {}

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        self.items.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }

    #[zbus(signal)]
    async fn status_notifier_item_registered(emitter: &SignalEmitter<'_>, item: &str) -> zbus::Result<()>;
}

#[zbus::proxy(
    interface = "org.kde.StatusNotifierWatcher",
    default_service = "org.kde.StatusNotifierWatcher",
    default_path = "/StatusNotifierWatcher",
    gen_blocking = false
)]
trait Watcher {
    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> zbus::Result<Vec<String>>;
}

#[zbus::proxy(interface = "org.kde.StatusNotifierItem", gen_blocking = false)]
trait StatusNotifierItem {
    #[zbus(property)]
    fn id(&self) -> zbus::Result<String>;
    #[zbus(property)]
    fn title(&self) -> zbus::Result<String>;
    #[zbus(property)]
    fn status(&self) -> zbus::Result<String>;
    #[zbus(property)]
    fn icon_name(&self) -> zbus::Result<String>;
    #[zbus(property)]
    fn icon_pixmap(&self) -> zbus::Result<Vec<Pixmap>>;
    #[zbus(property)]
    fn tool_tip(&self) -> zbus::Result<(String, Vec<Pixmap>, String, String)>;
    #[zbus(property)]
    fn menu(&self) -> zbus::Result<OwnedObjectPath>;
    fn activate(&self, x: i32, y: i32) -> zbus::Result<()>;
}
