//! Notifications on Linux: org.freedesktop.Notifications, asked and listened to over one connection.
//!
//! Over zbus itself, which the tray icon brings along, and not through notify-rust 4.18: that begins to listen only
//! after a notification is shown, and listens anew for each message, so that presses are lost. `desktop::notifications`
//! shows which.

use super::{Order, action_of, key};
use crate::bus::Backoff;
use crate::menu::Action;
use crate::notice::{Notification, Urgency};
use rolecall_core::profile::ProfileName;
use std::collections::HashMap;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use tokio::time::{Instant, sleep_until, timeout};
use tokio_stream::StreamExt as _;
use zbus::zvariant::Value;

/// A notification server that takes longer than this is as good as none.
const PATIENCE: Duration = Duration::from_secs(10);
/// What needs no answer and could not be shown for this long is no news any more.
const NEWS: Duration = Duration::from_secs(60);

/// Desktop Notifications Specification 1.2.
#[zbus::proxy(
    interface = "org.freedesktop.Notifications",
    default_service = "org.freedesktop.Notifications",
    default_path = "/org/freedesktop/Notifications",
    gen_blocking = false
)]
trait Notifications {
    #[expect(clippy::too_many_arguments, reason = "the specification's")]
    fn notify(
        &self,
        app: &str,
        replaces: u32,
        icon: &str,
        summary: &str,
        body: &str,
        actions: &[&str],
        hints: HashMap<&str, Value<'_>>,
        expires: i32,
    ) -> zbus::Result<u32>;
    fn close_notification(&self, id: u32) -> zbus::Result<()>;
    fn get_capabilities(&self) -> zbus::Result<Vec<String>>;
    #[zbus(signal)]
    fn action_invoked(&self, id: u32, key: String) -> zbus::Result<()>;
}

/// Without a session bus nothing is shown, and nothing else is lost.
pub(super) fn start(from: UnboundedReceiver<Order>, pressed: UnboundedSender<Action>) {
    tokio::task::spawn_local(serve(from, pressed));
}

/// Connects when there is something to show, and again after the bus has ended. Nothing wakes this while there is
/// nothing to show.
async fn serve(mut from: UnboundedReceiver<Order>, pressed: UnboundedSender<Action>) {
    let mut waiting = Waiting::default();
    let mut backoff = Backoff::new();
    let mut last_error = String::new();
    loop {
        while waiting.is_empty() {
            let Some(order) = from.recv().await else { return };
            waiting.take(order);
        }
        let ended = match timeout(PATIENCE, connect()).await {
            Ok(Ok((connection, proxy))) => {
                last_error.clear();
                converse(&connection, proxy, &mut from, &pressed, &mut waiting).await
            }
            Ok(Err(error)) => Err(error),
            Err(_) => Err(zbus::Error::Failure("the session bus does not answer".into())),
        };
        match ended {
            Ok(()) => return,
            Err(error) => {
                let error = error.to_string();
                // Once for each cause, however long it lasts.
                if error != last_error {
                    tracing::warn!("notifications are not shown for now: {error}");
                    last_error = error;
                }
            }
        }
        if !waiting.is_empty() && !paused(&mut backoff, &mut from, &mut waiting).await {
            return;
        }
    }
}

async fn connect() -> zbus::Result<(zbus::Connection, NotificationsProxy<'static>)> {
    let connection = zbus::Connection::session().await?;
    let proxy = NotificationsProxy::new(&connection).await?;
    Ok((connection, proxy))
}

/// Waits before the next attempt, and takes what comes meanwhile; whether anybody still wants anything.
async fn paused(backoff: &mut Backoff, from: &mut UnboundedReceiver<Order>, waiting: &mut Waiting) -> bool {
    let mut pause = std::pin::pin!(backoff.pause());
    loop {
        tokio::select! {
            () = &mut pause => return true,
            order = from.recv() => match order {
                Some(order) => waiting.take(order),
                None => return false,
            },
        }
    }
}

/// Shows and listens until nobody wants anything any more.
///
/// # Errors
/// The bus has ended.
async fn converse(
    connection: &zbus::Connection,
    proxy: NotificationsProxy<'static>,
    from: &mut UnboundedReceiver<Order>,
    pressed: &UnboundedSender<Action>,
    waiting: &mut Waiting,
) -> zbus::Result<()> {
    // Listened to before anything is shown: a press may come before the reply that tells the number.
    let mut presses = proxy.receive_action_invoked().await?;
    let mut owners = proxy.inner().receive_owner_changed().await?;
    let mut server = Server { proxy, shown: HashMap::new(), markup: None, last_error: String::new() };
    let mut backoff = Backoff::new();
    let mut again = server.show_all(waiting, &mut backoff).await;
    loop {
        let retry = async move {
            match again {
                Some(at) => sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = retry => again = server.show_all(waiting, &mut backoff).await,
            order = from.recv() => match order {
                Some(Order::Silence(about)) => {
                    waiting.forget(&about);
                    server.silence(about).await;
                }
                Some(order) => {
                    waiting.take(order);
                    again = server.show_all(waiting, &mut backoff).await;
                }
                None => return Ok(()),
            },
            Some(press) = presses.next() => {
                if let Ok(press) = press.args()
                    && let Some(action) = server.action_of(*press.id(), press.key())
                {
                    let _ = pressed.send(action);
                }
            }
            Some(owner) = owners.next() => {
                // Another server counts anew: a number of the last one may be another program's with this one.
                server.shown.clear();
                server.markup = None;
                if owner.is_some() {
                    again = server.show_all(waiting, &mut backoff).await;
                }
            }
            () = connection.closed() => return Err(zbus::Error::Failure("the session bus has ended".into())),
        }
    }
}

/// What could not be shown yet: for each subject the last.
#[derive(Default)]
struct Waiting(Vec<(Instant, Notification)>);

impl Waiting {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn take(&mut self, order: Order) {
        match order {
            Order::Show(notification) => self.put(Instant::now(), *notification),
            Order::Silence(about) => self.forget(&about),
            Order::Finish { .. } => {}
        }
    }

    fn put(&mut self, since: Instant, notification: Notification) {
        self.0.retain(|(_, other)| other.about != notification.about);
        self.0.push((since, notification));
    }

    fn forget(&mut self, about: &ProfileName) {
        self.0.retain(|(_, one)| one.about.as_ref() != Some(about));
    }

    /// Takes out what is still worth showing, the oldest first.
    fn drain(&mut self) -> Vec<(Instant, Notification)> {
        let mut all = std::mem::take(&mut self.0);
        all.retain(|(since, one)| one.lasts() || since.elapsed() < NEWS);
        all
    }
}

/// Nobody on the bus shows notifications: the bus says when somebody does.
fn is_without_server(error: &zbus::Error) -> bool {
    match error {
        zbus::Error::MethodError(name, ..) => name.as_str() == "org.freedesktop.DBus.Error.ServiceUnknown",
        zbus::Error::FDO(error) => matches!(**error, zbus::fdo::Error::ServiceUnknown(_)),
        _ => false,
    }
}

struct Server {
    proxy: NotificationsProxy<'static>,
    /// For each subject the notification shown last: the next one replaces it.
    shown: HashMap<Option<ProfileName>, (u32, Notification)>,
    /// Whether the server reads the body as markup; asked once.
    markup: Option<bool>,
    /// Why the last one was not shown.
    last_error: String,
}

impl Server {
    /// Shows what waits. What cannot be shown goes on waiting, for the next server or the next bus; and where there is
    /// a server, until the moment that is the answer.
    async fn show_all(&mut self, waiting: &mut Waiting, backoff: &mut Backoff) -> Option<Instant> {
        let mut has_server = true;
        for (since, notification) in waiting.drain() {
            let error = match timeout(PATIENCE, self.show(&notification)).await {
                Ok(Ok(id)) => {
                    self.last_error.clear();
                    self.shown.insert(notification.about.clone(), (id, notification));
                    continue;
                }
                Ok(Err(error)) => {
                    has_server &= !is_without_server(&error);
                    error.to_string()
                }
                Err(_) => "the notification server does not answer".to_owned(),
            };
            waiting.put(since, notification);
            // Once for each cause, however long it lasts.
            if error != self.last_error {
                tracing::warn!("no notification was shown: {error}");
                self.last_error = error;
            }
        }
        (has_server && !waiting.is_empty()).then(|| backoff.next_attempt())
    }

    async fn show(&mut self, notification: &Notification) -> zbus::Result<u32> {
        let keys: Vec<String> = (0..notification.buttons.len()).map(key).collect();
        let buttons =
            keys.iter().zip(&notification.buttons).flat_map(|(key, button)| [key.as_str(), button.label]);
        let actions: Vec<&str> = ["default", "Open Rolecall"].into_iter().chain(buttons).collect();
        let urgency: u8 = match notification.urgency {
            Urgency::Low => 0,
            Urgency::Normal => 1,
            Urgency::Critical => 2,
        };
        let hints = HashMap::from([
            ("urgency", Value::from(urgency)),
            ("desktop-entry", "org.rolecall.Rolecall".into()),
        ]);
        let replaces = self.shown.get(&notification.about).map_or(0, |(id, _)| *id);
        let body = self.body(&notification.body).await;
        let (title, icon) = (&notification.title, "org.rolecall.Rolecall");
        self.proxy.notify("Rolecall", replaces, icon, title, &body, &actions, hints, -1).await
    }

    /// Takes back what is shown about it and would stay there, or has a button.
    async fn silence(&mut self, about: ProfileName) {
        let about = Some(about);
        if self.shown.get(&about).is_some_and(|(_, one)| one.lasts())
            && let Some((id, _)) = self.shown.remove(&about)
        {
            let _ = timeout(PATIENCE, self.proxy.close_notification(id)).await;
        }
    }

    async fn body(&mut self, text: &str) -> String {
        let markup = match self.markup {
            Some(markup) => markup,
            None => {
                let has = self.proxy.get_capabilities().await.unwrap_or_default();
                *self.markup.insert(has.iter().any(|capability| capability == "body-markup"))
            }
        };
        if markup {
            text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
        } else {
            text.to_owned()
        }
    }

    /// What a press means; `None` for one that only closes, and for other programs' notifications.
    fn action_of(&self, id: u32, key: &str) -> Option<Action> {
        let (_, notification) = self.shown.values().find(|(shown, _)| *shown == id)?;
        if key == "default" { Some(Action::LeftClick) } else { action_of(notification, key) }
    }
}
