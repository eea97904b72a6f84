//! Linux: the portal (`org.freedesktop.portal.ProxyResolver`), which GNOME, KDE and others answer from their network
//! settings, script included. Without it there are no settings that one library or command could read for all of them:
//! then there is no proxy but that of the environment.

use super::{Answer, Origin, server};
use rolecall_core::problem::foreign;
use std::time::Duration;
use url::Url;
use zbus::Connection;

const NAME: &str = "org.freedesktop.portal.Desktop";
const PATH: &str = "/org/freedesktop/portal/desktop";
const INTERFACE: &str = "org.freedesktop.portal.ProxyResolver";
/// It may have to be started, and to fetch a script.
const PATIENCE: Duration = Duration::from_secs(3);

pub(super) async fn ask(place: &Url) -> Answer {
    let Ok(asked) = tokio::time::timeout(PATIENCE, look_up(place)).await else {
        return Answer::unknown("the desktop's portal did not answer in time");
    };
    match asked {
        Ok(found) => {
            let ways = found.iter().map(|way| server::parse(way)).collect();
            Answer { ways, origin: Origin::Settings, unknown: None }
        }
        Err(zbus::Error::MethodError(name, ..)) if !is_absent(name.as_str()) => {
            Answer::unknown(format!("the desktop's portal refuses to say ({})", foreign(&name)))
        }
        // No bus, or no portal on it: nobody has network settings here.
        Err(error) => {
            tracing::debug!("no proxy settings of the desktop: {error}");
            Answer::none()
        }
    }
}

/// A connection for this question alone, as it is seldom asked.
async fn look_up(place: &Url) -> zbus::Result<Vec<String>> {
    let connection = Connection::session().await?;
    let answer =
        connection.call_method(Some(NAME), PATH, Some(INTERFACE), "Lookup", &(place.as_str(),)).await?;
    answer.body().deserialize()
}

/// D-Bus Specification, "Standard Interfaces" and "Message Bus Messages": nobody has the name, nobody can be started for
/// it, or it is a portal without this part.
fn is_absent(error: &str) -> bool {
    let Some(error) = error.strip_prefix("org.freedesktop.DBus.Error.") else { return false };
    error.starts_with("Spawn.")
        || ["ServiceUnknown", "NameHasNoOwner", "UnknownMethod", "UnknownInterface", "UnknownObject"]
            .contains(&error)
}
