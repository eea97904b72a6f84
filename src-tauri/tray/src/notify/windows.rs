//! Notifications on Windows: toasts of the action center, under the AppUserModelID that the installer registered.
//!
//! Over WinRT itself: tauri-winrt-notification can neither replace a toast nor take one back.

use super::activator::{CLASS_TEXT, Server, Told};
use super::toast_arguments::Presses;
use super::{APP, Order, toast};
use crate::menu::Action;
use crate::notice::Notification;
use rolecall_client::win32::wide;
use rolecall_core::profile::ProfileName;
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use uuid::Uuid;
use windows::Data::Xml::Dom::XmlDocument;
use windows::Foundation::TypedEventHandler;
use windows::UI::Notifications::{
    NotificationSetting, ToastActivatedEventArgs, ToastNotification, ToastNotificationManager, ToastNotifier,
};
use windows::core::{HSTRING, IInspectable, Interface as _, Ref, Result};
use windows_registry::{CURRENT_USER, Key, LOCAL_MACHINE};
use windows_sys::Win32::UI::Shell::SetCurrentProcessExplicitAppUserModelID;

const GROUP: &str = "rolecall";

/// On a thread of its own: the platform may take its time. Where it is off nothing is shown, and nothing else is lost.
pub(super) fn start(from: UnboundedReceiver<Order>, pressed: UnboundedSender<Action>) {
    std::thread::spawn(move || serve(from, pressed));
}

/// Whether toasts of ours are shown, or what keeps them back.
///
/// # Errors
/// There is no platform for them, or we are unknown to it.
pub(crate) fn setting() -> Result<NotificationSetting> {
    notifier()?.Setting()
}

/// The press for which Windows has started this process, where another one shows the toasts; `None` where none comes
/// in `time`.
pub(crate) fn next_press(time: Duration) -> Option<Action> {
    let (to, from) = std::sync::mpsc::sync_channel(1);
    let _server = Server::register(told(move |action| _ = to.try_send(action))).ok()?;
    from.recv_timeout(time).ok()
}

fn told(press: impl Fn(Action) + Send + Sync + 'static) -> Told {
    let presses = Mutex::new(Presses::default());
    Arc::new(move |arguments| {
        let action = presses.lock().unwrap_or_else(PoisonError::into_inner).take(arguments);
        if let Some(action) = action {
            press(action);
        }
    })
}

fn serve(mut from: UnboundedReceiver<Order>, pressed: UnboundedSender<Action>) {
    introduce();
    let told = told(move |action| _ = pressed.send(action));
    let server = Server::register(Arc::clone(&told));
    if let Err(error) = &server {
        tracing::warn!("notifications in the list do nothing when pressed: {}", error.message());
    }
    let mut shown = Shown { told, toasts: HashMap::new() };
    while let Some(order) = from.blocking_recv() {
        let done = match order {
            Order::Show(notification) => shown.show(*notification),
            Order::Silence(about) => shown.silence(about),
            Order::Finish { .. } => Ok(()),
        };
        if let Err(error) = done {
            tracing::warn!("a notification was not shown: {}", error.message());
        }
    }
}

/// Without an entry the platform shows nothing of ours: one that was not installed enters itself, for this person.
fn introduce() {
    if ![LOCAL_MACHINE, CURRENT_USER].into_iter().any(is_entered)
        && let Err(error) = enter()
    {
        tracing::warn!("notifications may not be shown: {}", error.message());
    }
    #[expect(unsafe_code, reason = "a call into the system")]
    // SAFETY: the text has a zero at its end and is copied.
    let result = unsafe { SetCurrentProcessExplicitAppUserModelID(wide(APP).as_ptr()) };
    if result < 0 {
        tracing::warn!("the program has no AppUserModelID: {result:#x}");
    }
}

fn app_key() -> String {
    format!(r"Software\Classes\AppUserModelId\{APP}")
}

fn class_key() -> String {
    format!(r"Software\Classes\CLSID\{CLASS_TEXT}\LocalServer32")
}

/// Whether toasts have a name there, and a program that is started for them and is still on the disk.
fn is_entered(hive: &Key) -> bool {
    let command = hive.open(class_key()).and_then(|key| key.get_string(""));
    let program =
        command.ok().and_then(|command| command.strip_prefix('"')?.split('"').next().map(str::to_owned));
    hive.open(app_key()).is_ok() && program.is_some_and(|program| Path::new(&program).is_file())
}

fn enter() -> Result<()> {
    let app = CURRENT_USER.create(app_key())?;
    app.set_string("DisplayName", "Rolecall")?;
    app.set_string("CustomActivator", CLASS_TEXT)?;
    let Ok(program) = std::env::current_exe() else { return Ok(()) };
    CURRENT_USER.create(class_key())?.set_string("", format!("\"{}\" --toast", program.display()))
}

fn notifier() -> Result<ToastNotifier> {
    ToastNotificationManager::CreateToastNotifierWithId(&HSTRING::from(APP))
}

struct Shown {
    told: Told,
    /// For each subject the toast shown last: the next one replaces it.
    toasts: HashMap<Option<ProfileName>, One>,
}

struct One {
    lasting: bool,
    /// Kept, because it is what is pressed while its banner is on the screen.
    _toast: ToastNotification,
}

impl Shown {
    fn show(&mut self, notification: Notification) -> Result<()> {
        let number = Uuid::new_v4();
        let document = XmlDocument::new()?;
        document.LoadXml(&HSTRING::from(toast::document(number, &notification)))?;
        let toast = ToastNotification::CreateToastNotification(&document)?;
        let about = notification.about.clone();
        toast.SetTag(&HSTRING::from(toast::tag(about.as_ref())))?;
        toast.SetGroup(&HSTRING::from(GROUP))?;
        let told = Arc::clone(&self.told);
        toast.Activated(&TypedEventHandler::new(
            move |_: Ref<'_, ToastNotification>, event: Ref<'_, IInspectable>| {
                let arguments = event.ok()?.cast::<ToastActivatedEventArgs>()?.Arguments()?.to_string();
                // The body's own are what the document launches with, or nothing.
                let body = || toast::body_arguments(number);
                told(&if arguments.is_empty() { body() } else { arguments });
                Ok(())
            },
        ))?;
        notifier()?.Show(&toast)?;
        self.toasts.insert(about, One { lasting: notification.lasts(), _toast: toast });
        Ok(())
    }

    /// Takes back what is shown about it and would stay there, or has a button. What a tray before this one has shown
    /// may be either.
    fn silence(&mut self, about: ProfileName) -> Result<()> {
        let about = Some(about);
        let remove = || {
            let tag = HSTRING::from(toast::tag(about.as_ref()));
            let history = ToastNotificationManager::History()?;
            history.RemoveGroupedTagWithId(&tag, &HSTRING::from(GROUP), &HSTRING::from(APP))
        };
        match self.toasts.get_mut(&about) {
            Some(one) if one.lasting => {
                one.lasting = false;
                remove()
            }
            Some(_) => Ok(()),
            None => {
                let _ = remove();
                Ok(())
            }
        }
    }
}
