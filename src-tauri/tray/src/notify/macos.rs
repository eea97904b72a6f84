//! Notifications on macOS: UNUserNotificationCenter, which asks the person once whether they want any.

#![expect(unsafe_code, reason = "an Objective-C class, constants of a framework and what blocks are given")]

use super::{Order, answers, key};
use crate::macos;
use crate::menu::Action;
use crate::notice::{Notification, Urgency};
use block2::{DynBlock, RcBlock};
use objc2::rc::{Retained, autoreleasepool};
use objc2::runtime::{Bool, NSObjectProtocol, ProtocolObject};
use objc2::{AnyThread, DefinedClass as _, define_class, msg_send};
use objc2_foundation::{NSArray, NSError, NSObject, NSSet, NSString};
use objc2_user_notifications::{
    UNAuthorizationOptions, UNMutableNotificationContent, UNNotification, UNNotificationAction,
    UNNotificationActionOptions, UNNotificationCategory, UNNotificationCategoryOptions,
    UNNotificationDefaultActionIdentifier, UNNotificationPresentationOptions, UNNotificationRequest,
    UNNotificationResponse, UNNotificationSound, UNUserNotificationCenter, UNUserNotificationCenterDelegate,
};
use rolecall_core::problem::foreign;
use rolecall_core::profile::ProfileName;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use tokio::sync::oneshot;

/// A center that takes longer than this is as good as none.
const PATIENCE: Duration = Duration::from_secs(10);
/// What the person is asked the first time, they need not answer at once; but what was to be said grows old.
const ASKED: Duration = Duration::from_secs(2 * 60);
/// Beside the main loop. Outside of its bundle the program shows none, and nothing else is lost.
pub(super) fn start(from: UnboundedReceiver<Order>, pressed: UnboundedSender<Action>) {
    tokio::task::spawn_local(serve(from, pressed));
}

async fn serve(mut from: UnboundedReceiver<Order>, pressed: UnboundedSender<Action>) {
    // NSUserNotificationCenter, its forerunner, would need a bundle as well.
    let mut center = (macos::has_desktop() && macos::has_bundle()).then(|| Center::new(pressed));
    if center.is_none() {
        tracing::warn!("no notifications: they need a desktop, and the program inside Rolecall.app");
    }
    while let Some(order) = from.recv().await {
        match (order, &mut center) {
            (Order::Show(notification), Some(center)) => center.show(*notification).await,
            (Order::Silence(about), Some(center)) => center.silence(&about),
            (Order::Show(_) | Order::Silence(_), None) | (Order::Finish { .. }, _) => {}
        }
    }
}

/// What is shown, by its name: the next one of the name replaces it.
type Shown = Arc<Mutex<HashMap<String, Notification>>>;

struct Center {
    center: Retained<UNUserNotificationCenter>,
    /// The center does not keep it alive.
    _delegate: Retained<Delegate>,
    shown: Shown,
    /// What was said of why none is shown: it is said once.
    refused: Option<String>,
}

impl Center {
    /// Only in a bundle: elsewhere the framework ends the process.
    fn new(pressed: UnboundedSender<Action>) -> Self {
        autoreleasepool(|_| {
            let shown = Shown::default();
            let center = UNUserNotificationCenter::currentNotificationCenter();
            let delegate = Delegate::new(Listening { shown: Arc::clone(&shown), pressed });
            center.setDelegate(Some(ProtocolObject::from_ref(&*delegate)));
            let categories: Vec<_> = answers::ROWS.into_iter().filter_map(category).collect();
            center.setNotificationCategories(&NSSet::from_retained_slice(&categories));
            Self { center, _delegate: delegate, shown, refused: None }
        })
    }

    async fn show(&mut self, notification: Notification) {
        // Asked each time: the person may have changed their mind, and is not asked again.
        match tokio::time::timeout(ASKED, self.ask()).await {
            Ok(Ok(Ok(()))) => {}
            Ok(Ok(Err(why))) => return self.refuse(why),
            Ok(Err(_)) | Err(_) => return tracing::warn!("no notification was shown: nobody allowed it"),
        }
        self.refused = None;
        let name = answers::name(notification.about.as_ref());
        // Before it is there: a quick press is not lost.
        self.shown().insert(name.clone(), notification.clone());
        match tokio::time::timeout(PATIENCE, self.add(&name, &notification)).await {
            Ok(Ok(Ok(()))) => {}
            Ok(Ok(Err(why))) => tracing::warn!("no notification was shown: {why}"),
            Ok(Err(_)) | Err(_) => tracing::warn!("the notification center does not answer"),
        }
    }

    /// Takes back what is shown about it and would stay there, or has a button.
    fn silence(&self, about: &ProfileName) {
        let name = answers::name(Some(about));
        let mut shown = self.shown();
        if shown.get(&name).is_some_and(Notification::lasts) {
            shown.remove(&name);
            autoreleasepool(|_| {
                let names = NSArray::from_retained_slice(&[NSString::from_str(&name)]);
                self.center.removePendingNotificationRequestsWithIdentifiers(&names);
                self.center.removeDeliveredNotificationsWithIdentifiers(&names);
            });
        }
    }

    fn refuse(&mut self, why: String) {
        if self.refused.as_ref() != Some(&why) {
            tracing::warn!("notifications are not shown: {why}");
            self.refused = Some(why);
        }
    }

    fn shown(&self) -> std::sync::MutexGuard<'_, HashMap<String, Notification>> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the person wants notifications; the first time the system asks them.
    fn ask(&self) -> oneshot::Receiver<Result<(), String>> {
        let (answer, answered) = macos::once();
        let block = RcBlock::new(move |granted: Bool, error: *mut NSError| {
            let off = || "they are switched off in System Settings, Notifications, Rolecall".to_owned();
            answer(match reason(error) {
                _ if granted.as_bool() => Ok(()),
                Some(why) => Err(why),
                None => Err(off()),
            });
        });
        let options = UNAuthorizationOptions::Alert | UNAuthorizationOptions::Sound;
        self.center.requestAuthorizationWithOptions_completionHandler(options, &block);
        answered
    }

    fn add(&self, name: &str, notification: &Notification) -> oneshot::Receiver<Result<(), String>> {
        let (answer, answered) = macos::once();
        let block = RcBlock::new(move |error: *mut NSError| answer(reason(error).map_or(Ok(()), Err)));
        autoreleasepool(|_| {
            let content = UNMutableNotificationContent::new();
            content.setTitle(&NSString::from_str(&answers::title(&notification.title)));
            content.setBody(&NSString::from_str(&answers::body(&notification.body)));
            if let Some(category) = answers::category(answers::labels(&notification.buttons)) {
                content.setCategoryIdentifier(&NSString::from_str(&category));
            }
            // Whether it stays until it is dismissed is the person's choice in System Settings.
            if notification.urgency == Urgency::Critical {
                content.setSound(Some(&UNNotificationSound::defaultSound()));
            }
            let name = NSString::from_str(name);
            // Without a trigger it is shown at once.
            let request = UNNotificationRequest::requestWithIdentifier_content_trigger(&name, &content, None);
            self.center.addNotificationRequest_withCompletionHandler(&request, Some(&block));
        });
        answered
    }
}

fn category(row: &[&str]) -> Option<Retained<UNNotificationCategory>> {
    let name = answers::category(row.iter().copied())?;
    let actions: Vec<_> = row.iter().enumerate().map(|(index, label)| button(index, label)).collect();
    Some(UNNotificationCategory::categoryWithIdentifier_actions_intentIdentifiers_options(
        &NSString::from_str(&name),
        &NSArray::from_retained_slice(&actions),
        &NSArray::new(),
        UNNotificationCategoryOptions::empty(),
    ))
}

/// Not in the foreground: what a button does shows itself where it has something to show.
fn button(index: usize, label: &str) -> Retained<UNNotificationAction> {
    UNNotificationAction::actionWithIdentifier_title_options(
        &NSString::from_str(&key(index)),
        &NSString::from_str(label),
        UNNotificationActionOptions::empty(),
    )
}

fn reason(error: *mut NSError) -> Option<String> {
    // SAFETY: a block is given null, or an error that lives until it returns.
    let error = unsafe { error.as_ref() }?;
    Some(foreign(&error.localizedDescription().to_string()))
}

struct Listening {
    shown: Shown,
    pressed: UnboundedSender<Action>,
}

define_class!(
    // SAFETY: NSObject asks nothing of its subclasses, and there is no Drop.
    #[unsafe(super(NSObject))]
    #[name = "RolecallNotificationDelegate"]
    #[ivars = Listening]
    struct Delegate;

    // SAFETY: NSObjectProtocol asks nothing.
    unsafe impl NSObjectProtocol for Delegate {}

    // SAFETY: the methods have the types that the protocol gives them, and each calls its block once.
    unsafe impl UNUserNotificationCenterDelegate for Delegate {
        /// Without it nothing is shown while a program is in front, which ours is while its menu is open.
        #[unsafe(method(userNotificationCenter:willPresentNotification:withCompletionHandler:))]
        fn will_present(
            &self,
            _center: &UNUserNotificationCenter,
            _notification: &UNNotification,
            done: &DynBlock<dyn Fn(UNNotificationPresentationOptions)>,
        ) {
            done.call((UNNotificationPresentationOptions::Banner
                | UNNotificationPresentationOptions::List
                | UNNotificationPresentationOptions::Sound,));
        }

        #[unsafe(method(userNotificationCenter:didReceiveNotificationResponse:withCompletionHandler:))]
        fn did_receive(
            &self,
            _center: &UNUserNotificationCenter,
            response: &UNNotificationResponse,
            done: &DynBlock<dyn Fn()>,
        ) {
            let name = response.notification().request().identifier().to_string();
            let answer = response.actionIdentifier();
            // SAFETY: the framework sets its constants before anything of ours runs.
            let body = unsafe { UNNotificationDefaultActionIdentifier };
            let answer = if *answer == *body { answers::BODY.to_owned() } else { answer.to_string() };
            let Listening { shown, pressed } = self.ivars();
            let shown = shown.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(action) = answers::action_of(shown.get(&name), &answer) {
                if action == Action::LeftClick {
                    macos::give_way();
                }
                let _ = pressed.send(action);
            }
            done.call(());
        }
    }
);

impl Delegate {
    fn new(listening: Listening) -> Retained<Self> {
        let delegate = Self::alloc().set_ivars(listening);
        // SAFETY: NSObject's init takes nothing and returns the object.
        unsafe { msg_send![super(delegate), init] }
    }
}
