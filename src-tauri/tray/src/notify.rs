//! Notifications on the desktop: shown, replaced by the next about the same profile, their buttons passed on.

#[cfg(windows)]
mod activator;
#[cfg(any(target_os = "macos", test))]
mod answers;
#[cfg_attr(target_os = "linux", path = "notify/linux.rs")]
#[cfg_attr(target_os = "macos", path = "notify/macos.rs")]
#[cfg_attr(windows, path = "notify/windows.rs")]
mod system;
#[cfg(any(windows, test))]
mod toast;
#[cfg(any(windows, test))]
mod toast_arguments;

#[cfg(windows)]
pub(crate) use system::{next_press, setting};

use crate::menu::Action;
use crate::notice::Notification;
use rolecall_core::profile::ProfileName;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;

/// The AppUserModelID of the Start menu's shortcut.
#[cfg(windows)]
pub(crate) const APP: &str = "org.rolecall.Rolecall";

/// How long our own end waits for the last word.
const LAST: Duration = Duration::from_secs(1);

/// Shows notifications one after the other, beside the main loop: a server that hangs holds up nothing else.
pub(crate) struct Notifier(UnboundedSender<Order>);

enum Order {
    Show(Box<Notification>),
    Silence(ProfileName),
    /// Answered, by being dropped, when everything before it was shown.
    Finish {
        _told: oneshot::Sender<()>,
    },
}

impl Notifier {
    /// What is pressed goes to `pressed`. To be called inside a `LocalSet`.
    pub(crate) fn new(pressed: UnboundedSender<Action>) -> Self {
        let (to, from) = unbounded_channel();
        system::start(from, pressed);
        Self(to)
    }

    pub(crate) fn show(&self, notification: Notification) {
        let _ = self.0.send(Order::Show(Box::new(notification)));
    }

    pub(crate) fn silence(&self, about: ProfileName) {
        let _ = self.0.send(Order::Silence(about));
    }

    /// Waits a moment for what was to be shown.
    pub(crate) async fn finish(&self) {
        let (told, done) = oneshot::channel();
        if self.0.send(Order::Finish { _told: told }).is_ok() {
            let _ = tokio::time::timeout(LAST, done).await;
        }
    }
}

/// A button's name by its place, as systems give it back.
#[cfg(any(not(windows), test))]
fn key(index: usize) -> String {
    format!("button-{index}")
}

/// What a button of that name does; `None` for one that only closes, and for none of ours.
#[cfg(any(not(windows), test))]
fn action_of(notification: &Notification, key: &str) -> Option<Action> {
    let index: usize = key.strip_prefix("button-")?.parse().ok()?;
    notification.buttons.get(index)?.action.clone()
}
