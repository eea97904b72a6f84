//! The desktop's part: is there a tray, and does anybody show notifications?

use rolecall_core::checkup::Finding;
use rolecall_core::problem::foreign;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(3);

const TRAY: &str = "tray";
const NOTIFICATIONS: &str = "notifications";

/// The specification of KDE and freedesktop.
#[zbus::proxy(
    interface = "org.kde.StatusNotifierWatcher",
    default_service = "org.kde.StatusNotifierWatcher",
    default_path = "/StatusNotifierWatcher",
    gen_blocking = false
)]
trait Watcher {
    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> zbus::Result<bool>;
}

#[zbus::proxy(
    interface = "org.freedesktop.Notifications",
    default_service = "org.freedesktop.Notifications",
    default_path = "/org/freedesktop/Notifications",
    gen_blocking = false
)]
trait Server {
    fn get_server_information(&self) -> zbus::Result<(String, String, String, String)>;
    fn get_capabilities(&self) -> zbus::Result<Vec<String>>;
}

pub(super) async fn examine() -> Vec<Finding> {
    let looked = tokio::time::timeout(PATIENCE, async {
        let bus = zbus::Connection::session().await?;
        zbus::Result::Ok(vec![tray(&bus).await, notifications(&bus).await])
    });
    let no_bus = |reason: String| {
        let help = "Start Rolecall inside your desktop session; everything else works without one.";
        vec![Finding::advice("desktop", format!("There is no session bus: {reason}."), help)]
    };
    match looked.await {
        Ok(Ok(findings)) => findings,
        Ok(Err(error)) => no_bus(foreign(&error.to_string())),
        Err(_) => no_bus("it does not answer".to_owned()),
    }
}

async fn tray(bus: &zbus::Connection) -> Finding {
    let host = async { WatcherProxy::new(bus).await?.is_status_notifier_host_registered().await };
    match host.await {
        Ok(true) => Finding::ok(TRAY, "The desktop shows tray icons."),
        Ok(false) | Err(_) => Finding::advice(
            TRAY,
            "The desktop shows no tray icons.",
            "On GNOME, install the AppIndicator extension; `rolecall` does everything in a terminal, too.",
        ),
    }
}

async fn notifications(bus: &zbus::Connection) -> Finding {
    let server = async {
        let server = ServerProxy::new(bus).await?;
        zbus::Result::Ok((server.get_server_information().await?, server.get_capabilities().await?))
    };
    match server.await {
        Ok(((name, ..), capabilities)) if capabilities.iter().any(|c| c == "actions") => {
            Finding::ok(NOTIFICATIONS, format!("{} shows them, with buttons.", foreign(&name)))
        }
        Ok(((name, ..), _)) => Finding::advice(
            NOTIFICATIONS,
            format!("{} shows them, but without buttons.", foreign(&name)),
            "Use the tray menu instead of [Renew now] and [Sign in].",
        ),
        Err(_) => Finding::advice(
            NOTIFICATIONS,
            "Nobody shows notifications, so no warning before the end is seen.",
            "Install a notification server (dunst, mako), or look at `rolecall status`.",
        ),
    }
}
