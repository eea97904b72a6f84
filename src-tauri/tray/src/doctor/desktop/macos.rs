//! The menu bar, and whether the person wants notifications.

use crate::macos;
use block2::RcBlock;
use objc2_user_notifications::{
    UNAlertStyle, UNAuthorizationStatus, UNNotificationSettings, UNUserNotificationCenter,
};
use rolecall_core::checkup::Finding;
use std::ptr::NonNull;
use std::time::Duration;
use tokio::sync::oneshot;

const PATIENCE: Duration = Duration::from_secs(3);

const TRAY: &str = "menu bar";
const NOTIFICATIONS: &str = "notifications";

pub(super) async fn examine() -> Vec<Finding> {
    if !macos::has_desktop() {
        let help = "Open Rolecall on your desktop; everything else works without one.";
        return vec![Finding::advice("desktop", "Rolecall runs without one.", help)];
    }
    let tray = Finding::ok(TRAY, "The icon is there; where it is crowded, macOS may hide it.");
    if !macos::has_bundle() {
        let what = "macOS shows none: the program does not lie in its bundle.";
        return vec![tray, Finding::advice(NOTIFICATIONS, what, "Install Rolecall.app, and open that.")];
    }
    let set = tokio::time::timeout(PATIENCE, settings()).await;
    vec![tray, set.ok().and_then(Result::ok).map_or_else(silent, notifications)]
}

fn silent() -> Finding {
    let help = "Log out and in again, or look at `rolecall status`.";
    Finding::advice(NOTIFICATIONS, "The notification center does not answer.", help)
}

fn settings() -> oneshot::Receiver<(UNAuthorizationStatus, UNAlertStyle)> {
    let (answer, answered) = macos::once();
    let block = RcBlock::new(move |settings: NonNull<UNNotificationSettings>| {
        #[expect(unsafe_code, reason = "what a block is given")]
        // SAFETY: they live until the block returns.
        let settings = unsafe { settings.as_ref() };
        answer((settings.authorizationStatus(), settings.alertStyle()));
    });
    UNUserNotificationCenter::currentNotificationCenter()
        .getNotificationSettingsWithCompletionHandler(&block);
    answered
}

fn notifications((status, style): (UNAuthorizationStatus, UNAlertStyle)) -> Finding {
    let settings = "System Settings, Notifications, Rolecall: allow them, as alerts if they shall stay.";
    match (status, style) {
        (UNAuthorizationStatus::NotDetermined, _) => {
            Finding::ok(NOTIFICATIONS, "macOS will ask you about them with the first one.")
        }
        (UNAuthorizationStatus::Denied, _) | (_, UNAlertStyle::None) => {
            let what = "You have switched them off, so no warning before the end is seen.";
            Finding::advice(NOTIFICATIONS, what, settings)
        }
        (_, UNAlertStyle::Alert) => Finding::ok(NOTIFICATIONS, "macOS shows them, until you answer."),
        _ => Finding::ok(NOTIFICATIONS, "macOS shows them for a moment; their buttons are in its list."),
    }
}
