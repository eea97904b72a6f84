//! Notifications on Linux: org.freedesktop.Notifications, through notify-rust.

use crate::menu::Action;
use crate::notice::{Notification, Urgency};
use notify_rust::NotificationHandle;
use rolecall_core::profile::ProfileName;
use std::collections::HashMap;
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::JoinHandle;

/// Shows notifications and sends what is pressed.
pub(crate) struct Notifier {
    pressed: UnboundedSender<Action>,
    /// For each subject the notification shown last, and who listens for its buttons.
    shown: HashMap<Option<ProfileName>, (u32, JoinHandle<()>)>,
    /// Whether the server reads the body as markup; asked once.
    markup: Option<bool>,
}

impl Notifier {
    pub(crate) fn new(pressed: UnboundedSender<Action>) -> Self {
        Self { pressed, shown: HashMap::new(), markup: None }
    }

    /// Shows one. A desktop without a notification server loses nothing but the notification.
    pub(crate) async fn show(&mut self, notification: Notification) {
        let earlier = self.shown.remove(&notification.about);
        let mut wanted = notify_rust::Notification::new();
        wanted
            .appname("Rolecall")
            .icon("rolecall")
            .hint(notify_rust::Hint::DesktopEntry("org.rolecall.Rolecall".into()))
            .summary(&notification.title)
            .body(&self.body(&notification.body).await)
            .urgency(match notification.urgency {
                Urgency::Low => notify_rust::Urgency::Low,
                Urgency::Normal => notify_rust::Urgency::Normal,
                Urgency::Critical => notify_rust::Urgency::Critical,
            })
            .action("default", "Open Rolecall");
        for (index, button) in notification.buttons.iter().enumerate() {
            wanted.action(&format!("button-{index}"), button.label);
        }
        if let Some((id, listening)) = earlier {
            listening.abort();
            wanted.id(id);
        }
        match wanted.show_async().await {
            Ok(handle) => {
                let id = handle.id();
                let about = notification.about.clone();
                let listening = tokio::task::spawn_local(listen(handle, notification, self.pressed.clone()));
                self.shown.insert(about, (id, listening));
            }
            Err(error) => tracing::warn!("no notification was shown: {error}"),
        }
    }

    async fn body(&mut self, text: &str) -> String {
        let markup = match self.markup {
            Some(markup) => markup,
            None => {
                let asked = tokio::task::spawn_blocking(notify_rust::get_capabilities).await;
                let markup =
                    asked.is_ok_and(|answer| answer.is_ok_and(|has| has.iter().any(|c| c == "body-markup")));
                *self.markup.insert(markup)
            }
        };
        if markup {
            text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
        } else {
            text.to_owned()
        }
    }
}

/// Waits for the notification's end, and passes on which button it was.
async fn listen(handle: NotificationHandle, notification: Notification, pressed: UnboundedSender<Action>) {
    let action_of = |key: &str| match key {
        "default" => Some(Action::LeftClick),
        key => {
            let index: usize = key.strip_prefix("button-")?.parse().ok()?;
            notification.buttons.get(index)?.action.clone()
        }
    };
    handle
        .wait_for_action_async(|response| {
            if let notify_rust::NotificationResponse::Action(key) = response
                && let Some(action) = action_of(key)
            {
                let _ = pressed.send(action);
            }
        })
        .await;
}
