//! Notifications on Linux: org.freedesktop.Notifications, asked and listened to over one connection.
//!
//! Over zbus itself, which the tray icon brings along, and not through notify-rust: that opens a connection for each
//! notification and begins to listen only after it is shown, so that a quick press is lost.

use super::{Order, action_of, key};
use crate::menu::Action;
use crate::notice::{Notification, Urgency};
use rolecall_core::profile::ProfileName;
use std::collections::HashMap;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use tokio_stream::StreamExt as _;
use zbus::zvariant::Value;

/// A notification server that takes longer than this is as good as none.
const PATIENCE: Duration = Duration::from_secs(10);
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
pub(super) fn start(mut from: UnboundedReceiver<Order>, pressed: UnboundedSender<Action>) {
    tokio::task::spawn_local(async move {
        // A bus or server that is not there yet is looked for again with the next notification.
        while let Err(error) = serve(&mut from, &pressed).await {
            tracing::warn!("a notification was not shown: {error}");
        }
    });
}

async fn serve(from: &mut UnboundedReceiver<Order>, pressed: &UnboundedSender<Action>) -> zbus::Result<()> {
    let first = loop {
        match from.recv().await {
            Some(Order::Show(notification)) => break notification,
            Some(Order::Silence(_) | Order::Finish { .. }) => {}
            None => return Ok(()),
        }
    };
    let connection = zbus::Connection::session().await?;
    let mut server =
        Server { proxy: NotificationsProxy::new(&connection).await?, shown: HashMap::new(), markup: None };
    let mut presses = server.proxy.receive_action_invoked().await?;
    let mut next = Some(first);
    loop {
        if let Some(notification) = next.take() {
            match tokio::time::timeout(PATIENCE, server.show(*notification)).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::warn!("no notification was shown: {error}"),
                Err(_) => tracing::warn!("the notification server does not answer"),
            }
        }
        tokio::select! {
            order = from.recv() => match order {
                Some(Order::Show(notification)) => next = Some(notification),
                Some(Order::Silence(about)) => server.silence(about).await,
                Some(Order::Finish { .. }) => {}
                None => return Ok(()),
            },
            Some(press) = presses.next() => {
                if let Ok(press) = press.args()
                    && let Some(action) = server.action_of(*press.id(), press.key())
                {
                    let _ = pressed.send(action);
                }
            }
        }
    }
}

struct Server<'a> {
    proxy: NotificationsProxy<'a>,
    /// For each subject the notification shown last: the next one replaces it.
    shown: HashMap<Option<ProfileName>, (u32, Notification)>,
    /// Whether the server reads the body as markup; asked once.
    markup: Option<bool>,
}

impl Server<'_> {
    async fn show(&mut self, notification: Notification) -> zbus::Result<()> {
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
        let id = self.proxy.notify("Rolecall", replaces, icon, title, &body, &actions, hints, -1).await?;
        self.shown.insert(notification.about.clone(), (id, notification));
        Ok(())
    }

    /// Takes back what is shown about it and would stay there, or has a button.
    async fn silence(&mut self, about: ProfileName) {
        let about = Some(about);
        if self.shown.get(&about).is_some_and(|(_, one)| one.lasts())
            && let Some((id, _)) = self.shown.remove(&about)
        {
            let _ = tokio::time::timeout(PATIENCE, self.proxy.close_notification(id)).await;
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
