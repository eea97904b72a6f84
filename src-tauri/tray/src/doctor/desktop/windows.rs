//! The desktop's part: is there a taskbar, and are our toasts shown?

use crate::notify;
use rolecall_client::win32::wide;
use rolecall_core::checkup::Finding;
use rolecall_core::problem::foreign;
use std::ptr::null;
use windows::UI::Notifications::NotificationSetting;
use windows_sys::Win32::UI::WindowsAndMessaging::FindWindowW;

const TRAY: &str = "tray";
const NOTIFICATIONS: &str = "notifications";

pub(super) async fn examine() -> Vec<Finding> {
    let notifications = tokio::task::spawn_blocking(notifications).await;
    [tray()].into_iter().chain(notifications.ok()).collect()
}

fn tray() -> Finding {
    #[expect(unsafe_code, reason = "a call into the system")]
    // SAFETY: the name has a zero at its end.
    let taskbar = unsafe { FindWindowW(wide("Shell_TrayWnd").as_ptr(), null()) };
    if taskbar.is_null() {
        let help = "Without Explorer there are no icons; `rolecall` does everything in a terminal, too.";
        return Finding::advice(TRAY, "There is no taskbar.", help);
    }
    Finding::ok(TRAY, "There is a taskbar. A hidden icon is behind the arrow beside the clock.")
}

fn notifications() -> Finding {
    let off = |who: &str, help: &str| {
        let what = format!("{who}, so no warning before the end is seen.");
        Finding::advice(NOTIFICATIONS, what, help)
    };
    let settings = "Switch them on in Settings, System, Notifications, or look at `rolecall status`.";
    let asked = "Ask who manages this computer, or look at `rolecall status`.";
    match notify::setting() {
        Ok(NotificationSetting::Enabled) => Finding::ok(NOTIFICATIONS, "Windows shows them, with buttons."),
        Ok(NotificationSetting::DisabledForApplication) => {
            off("Windows shows none of Rolecall's notifications", settings)
        }
        Ok(NotificationSetting::DisabledForUser) => off("Windows shows you no notifications", settings),
        Ok(NotificationSetting::DisabledByGroupPolicy) => {
            off("Your organisation forbids notifications", asked)
        }
        Ok(_) => off("Rolecall is not entered for notifications", "Install Rolecall again."),
        Err(error) => {
            let reason = foreign(error.message().trim());
            let what = format!("The notification platform does not answer ({reason})");
            off(&what, "Look at `rolecall status`, or restart Windows.")
        }
    }
}
