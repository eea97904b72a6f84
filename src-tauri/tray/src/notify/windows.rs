//! Notifications on Windows: toasts of the action center, under the AppUserModelID that the installer registered.
//!
//! Over WinRT itself: tauri-winrt-notification can neither replace a toast nor take one back.

use super::{Order, toast};
use crate::menu::Action;
use crate::notice::Notification;
use rolecall_client::win32::wide;
use rolecall_core::profile::ProfileName;
use std::collections::HashMap;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use windows::Data::Xml::Dom::XmlDocument;
use windows::Foundation::TypedEventHandler;
use windows::UI::Notifications::{
    NotificationSetting, ToastActivatedEventArgs, ToastNotification, ToastNotificationManager, ToastNotifier,
};
use windows::core::{HSTRING, IInspectable, Interface as _, Ref, Result};
use windows_registry::{CURRENT_USER, LOCAL_MACHINE};
use windows_sys::Win32::UI::Shell::SetCurrentProcessExplicitAppUserModelID;

/// The AppUserModelID of the Start menu's shortcut.
pub(crate) const APP: &str = "org.rolecall.Rolecall";
const GROUP: &str = "rolecall";
/// On a thread of its own: the platform may take its time. Where it is off nothing is shown, and nothing else is lost.
pub(super) fn start(from: UnboundedReceiver<Order>, pressed: UnboundedSender<Action>) {
    std::thread::spawn(move || serve(from, &pressed));
}

/// Whether toasts of ours are shown, or what keeps them back.
///
/// # Errors
/// There is no platform for them, or we are unknown to it.
pub(crate) fn setting() -> Result<NotificationSetting> {
    notifier()?.Setting()
}

fn serve(mut from: UnboundedReceiver<Order>, pressed: &UnboundedSender<Action>) {
    introduce();
    let mut shown = Shown::default();
    while let Some(order) = from.blocking_recv() {
        let done = match order {
            Order::Show(notification) => shown.show(*notification, pressed),
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
    let key = format!(r"Software\Classes\AppUserModelId\{APP}");
    if LOCAL_MACHINE.open(&key).is_err() && CURRENT_USER.open(&key).is_err() {
        let entered = CURRENT_USER.create(&key).and_then(|key| key.set_string("DisplayName", "Rolecall"));
        if let Err(error) = entered {
            tracing::warn!("notifications may not be shown: {}", error.message());
        }
    }
    #[expect(unsafe_code, reason = "a call into the system")]
    // SAFETY: the text has a zero at its end and is copied.
    let result = unsafe { SetCurrentProcessExplicitAppUserModelID(wide(APP).as_ptr()) };
    if result < 0 {
        tracing::warn!("the program has no AppUserModelID: {result:#x}");
    }
}

fn notifier() -> Result<ToastNotifier> {
    ToastNotificationManager::CreateToastNotifierWithId(&HSTRING::from(APP))
}

/// For each subject the toast shown last: the next one replaces it. The toast is kept because it is what is pressed.
#[derive(Default)]
struct Shown(HashMap<Option<ProfileName>, One>);

struct One {
    tag: HSTRING,
    lasting: bool,
    _toast: ToastNotification,
}

impl Shown {
    fn show(&mut self, notification: Notification, pressed: &UnboundedSender<Action>) -> Result<()> {
        let document = XmlDocument::new()?;
        document.LoadXml(&HSTRING::from(toast::document(&notification)))?;
        let toast = ToastNotification::CreateToastNotification(&document)?;
        let about = notification.about.clone();
        let tag = match self.0.get(&about) {
            Some(one) => one.tag.clone(),
            None => HSTRING::from(self.0.len().to_string()),
        };
        toast.SetTag(&tag)?;
        toast.SetGroup(&HSTRING::from(GROUP))?;
        let lasting = notification.lasts();
        let pressed = pressed.clone();
        toast.Activated(&TypedEventHandler::new(
            move |_: Ref<'_, ToastNotification>, event: Ref<'_, IInspectable>| {
                let arguments = event.ok()?.cast::<ToastActivatedEventArgs>()?.Arguments()?.to_string();
                if let Some(action) = toast::pressed(&notification, &arguments) {
                    let _ = pressed.send(action);
                }
                Ok(())
            },
        ))?;
        notifier()?.Show(&toast)?;
        self.0.insert(about, One { tag, lasting, _toast: toast });
        Ok(())
    }

    /// Takes back what is shown about it and would stay there, or has a button.
    fn silence(&mut self, about: ProfileName) -> Result<()> {
        match self.0.get_mut(&Some(about)) {
            Some(one) if one.lasting => {
                // Its tag stays its own.
                one.lasting = false;
                let history = ToastNotificationManager::History()?;
                history.RemoveGroupedTagWithId(&one.tag, &HSTRING::from(GROUP), &HSTRING::from(APP))
            }
            _ => Ok(()),
        }
    }
}
