//! A notification server that shows nothing, remembers everything, and can press the buttons.

use super::bus::Bus;
use super::{Done, Trouble, wait};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use zbus::Connection;
use zbus::message::Header;
use zbus::object_server::SignalEmitter;
use zbus::zvariant::OwnedValue;

const PATH: &str = "/org/freedesktop/Notifications";

/// One notification as it was asked for; a replaced one is here as often as it was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    pub id: u32,
    pub app: String,
    pub summary: String,
    pub body: String,
    pub icon: String,
    /// Key and label; the key `default` is a click on the body.
    pub actions: Vec<(String, String)>,
    /// Milliseconds; -1 for the server's choice, 0 for never.
    pub expires: i32,
    /// 0 low, 1 normal, 2 critical.
    pub urgency: u8,
}

/// A person, or a server, that presses an action at the moment at which a notification is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuickPress {
    /// Presses notifications whose summary contains this.
    pub summary: String,
    /// The action's key.
    pub action: String,
    /// Whether the press goes to the program that asked (GNOME Shell, dunst), or to everybody on the bus (KDE, mako).
    pub to_the_program_only: bool,
}

/// The server. Dropping it takes it off the bus.
#[derive(Debug)]
pub struct Notifications {
    connection: Connection,
    kept: Arc<Kept>,
}

#[derive(Debug)]
struct Kept {
    all: Mutex<Vec<Notification>>,
    closed: Mutex<Vec<u32>>,
    quick_press: Mutex<Option<QuickPress>>,
    refusals: Mutex<usize>,
    bell: watch::Sender<usize>,
}

impl Notifications {
    pub async fn start(bus: &Bus) -> Done<Self> {
        let bell = watch::Sender::new(0);
        let kept = Arc::new(Kept {
            all: Mutex::default(),
            closed: Mutex::default(),
            quick_press: Mutex::default(),
            refusals: Mutex::default(),
            bell,
        });
        let connection = zbus::connection::Builder::address(bus.address())?
            .serve_at(PATH, Recorder { kept: Arc::clone(&kept) })?
            .name("org.freedesktop.Notifications")?
            .build()
            .await?;
        Ok(Self { connection, kept })
    }

    /// Presses from now on at once, before the program has even learned the notification's id.
    pub fn press_at_once(&self, press: Option<QuickPress>) {
        *lock(&self.kept.quick_press) = press;
    }

    /// Refuses the next `count` notifications.
    pub fn refuse(&self, count: usize) {
        *lock(&self.kept.refusals) = count;
    }

    /// All that came, in order.
    pub fn all(&self) -> Vec<Notification> {
        lock(&self.kept.all).clone()
    }

    /// The ids that their program has taken back.
    pub fn taken_back(&self) -> Vec<u32> {
        lock(&self.kept.closed).clone()
    }

    /// Waits for a notification that fits, after the first `from` ones.
    pub async fn wait(
        &self,
        what: &str,
        from: usize,
        at_most: Duration,
        fits: impl Fn(&Notification) -> bool,
    ) -> Done<Notification> {
        let mut bell = self.kept.bell.subscribe();
        let found = async {
            loop {
                bell.mark_unchanged();
                let found = lock(&self.kept.all).iter().skip(from).find(|one| fits(one)).cloned();
                if found.is_some() || bell.changed().await.is_err() {
                    return found;
                }
            }
        };
        match tokio::time::timeout(at_most, found).await {
            Ok(Some(found)) => Ok(found),
            _ => {
                let seen: Vec<_> = self.all().into_iter().skip(from).map(|one| one.summary).collect();
                let Trouble(late) = wait::late(&format!("the notification {what}"), at_most);
                Err(Trouble::new(format!("{late}; there were {seen:?}")))
            }
        }
    }

    /// Presses a button by its label or key; `default` clicks the body. Then the notification is gone.
    pub async fn press(&self, one: &Notification, action: &str) -> Done<()> {
        let known = one.actions.iter().find(|(key, label)| key == action || label == action);
        let Some((key, _)) = known else {
            return Err(Trouble::new(format!("no button {action:?} among {:?}", one.actions)));
        };
        let emitter = SignalEmitter::new(&self.connection, PATH)?;
        Recorder::action_invoked(&emitter, one.id, key).await?;
        self.close(one).await
    }

    /// As when a person closes it.
    pub async fn close(&self, one: &Notification) -> Done<()> {
        const BY_THE_PERSON: u32 = 2;
        let emitter = SignalEmitter::new(&self.connection, PATH)?;
        Ok(Recorder::notification_closed(&emitter, one.id, BY_THE_PERSON).await?)
    }
}

/// The D-Bus side.
#[derive(Debug)]
struct Recorder {
    kept: Arc<Kept>,
}

impl Recorder {
    #[expect(clippy::too_many_arguments, reason = "the protocol has eight")]
    fn remember(
        &self,
        app: String,
        replaces: u32,
        icon: String,
        summary: String,
        body: String,
        actions: Vec<String>,
        hints: &HashMap<String, OwnedValue>,
        expires: i32,
    ) -> u32 {
        let mut all = lock(&self.kept.all);
        let highest = all.iter().map(|one| one.id).max().unwrap_or(0);
        let id = if replaces > 0 { replaces } else { highest + 1 };
        let actions = actions.chunks_exact(2).map(|pair| (pair[0].clone(), pair[1].clone())).collect();
        let urgency = hints.get("urgency").and_then(|value| u8::try_from(value).ok()).unwrap_or(1);
        all.push(Notification { id, app, summary, body, icon, actions, expires, urgency });
        let count = all.len();
        drop(all);
        self.kept.bell.send_replace(count);
        id
    }
}

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Recorder {
    #[expect(clippy::too_many_arguments, reason = "the protocol has eight")]
    async fn notify(
        &self,
        app: String,
        replaces: u32,
        icon: String,
        summary: String,
        body: String,
        actions: Vec<String>,
        hints: HashMap<String, OwnedValue>,
        expires: i32,
        #[zbus(header)] header: Header<'_>,
        #[zbus(signal_emitter)] emitter: SignalEmitter<'_>,
    ) -> zbus::fdo::Result<u32> {
        let refusals = std::mem::take(&mut *lock(&self.kept.refusals));
        if let Some(left) = refusals.checked_sub(1) {
            *lock(&self.kept.refusals) = left;
            return Err(zbus::fdo::Error::LimitsExceeded("too many notifications at once".into()));
        }
        let quick = lock(&self.kept.quick_press).clone().filter(|quick| summary.contains(&quick.summary));
        let id = self.remember(app, replaces, icon, summary, body, actions, &hints, expires);
        if let Some(quick) = quick {
            let emitter = match header.sender() {
                Some(program) if quick.to_the_program_only => {
                    emitter.set_destination(program.to_owned().into())
                }
                _ => emitter,
            };
            // As Plasma and GNOME Shell do it: first the right to come to the front.
            let _ = Self::activation_token(&emitter, id, "make-believe-token").await;
            let _ = Self::action_invoked(&emitter, id, &quick.action).await;
        }
        Ok(id)
    }

    async fn close_notification(&self, id: u32, #[zbus(signal_emitter)] emitter: SignalEmitter<'_>) {
        const BY_A_CALL: u32 = 3;
        lock(&self.kept.closed).push(id);
        let _ = Self::notification_closed(&emitter, id, BY_A_CALL).await;
    }

    fn get_capabilities(&self) -> Vec<String> {
        ["actions", "body", "persistence"].map(str::to_owned).to_vec()
    }

    fn get_server_information(&self) -> (String, String, String, String) {
        ("rolecall-rig".into(), "Rolecall".into(), env!("CARGO_PKG_VERSION").into(), "1.2".into())
    }

    #[zbus(signal)]
    async fn activation_token(emitter: &SignalEmitter<'_>, id: u32, token: &str) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn action_invoked(emitter: &SignalEmitter<'_>, id: u32, action: &str) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn notification_closed(emitter: &SignalEmitter<'_>, id: u32, reason: u32) -> zbus::Result<()>;
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
