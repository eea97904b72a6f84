//! Programs that are started for their output.

#[cfg_attr(windows, path = "child/windows.rs")]
#[cfg_attr(target_os = "macos", path = "child/macos.rs")]
#[cfg_attr(target_os = "linux", path = "child/linux.rs")]
mod system;

use rolecall_client::child_environment::{self, Purpose};
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use tokio::process::{Child, Command};

/// A command that shows nothing of itself, and ends with us.
pub(crate) fn unseen(program: impl AsRef<OsStr>, purpose: Purpose) -> Command {
    let mut command = Command::new(program);
    command.env_clear().envs(environment(purpose));
    system::prepare(&mut command);
    command.kill_on_drop(true);
    command
}

/// A window that opens because of a click may come before all others: to be called as soon as its process runs.
pub(crate) fn let_come_forward(child: &Child) {
    if let Some(process) = child.id() {
        system::let_come_forward(process);
    }
}

/// What a child gets of our own environment.
pub(crate) fn environment(purpose: Purpose) -> impl Iterator<Item = (OsString, OsString)> {
    child_environment::allowed(purpose, std::env::vars_os())
}

/// The same for what shows something. Where the client that asks names a display, that one counts, with nothing of our
/// own beside it: ours may be that of an `ssh -X` which has ended long since. A client's rest is for a service that was
/// started without.
pub(crate) fn desktop_environment(display: &BTreeMap<String, String>) -> BTreeMap<OsString, OsString> {
    merged(display, comes_first(display), environment(Purpose::Desktop))
}

/// Whether a client's display and bus go before our own: it names a display that is still there. The last client's is
/// remembered, and may be gone, too.
pub(crate) fn comes_first(display: &BTreeMap<String, String>) -> bool {
    SCREENS.iter().any(|name| display.contains_key(*name))
        && (SCREENS.iter().all(|name| std::env::var_os(name).is_none()) || system::is_there(display))
}

/// What names a display.
const SCREENS: [&str; 2] = ["DISPLAY", "WAYLAND_DISPLAY"];
/// What must not be mixed: of one client, or of ours.
const OF_A_SCREEN: [&str; 3] = ["DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY"];

fn merged(
    display: &BTreeMap<String, String>,
    theirs_first: bool,
    own: impl Iterator<Item = (OsString, OsString)>,
) -> BTreeMap<OsString, OsString> {
    let theirs = display.iter().map(|(name, value)| (OsString::from(name), OsString::from(value)));
    let own: Vec<_> = own.collect();
    if theirs_first {
        let own = own.into_iter().filter(|(name, _)| !OF_A_SCREEN.iter().any(|screen| name == *screen));
        return own.chain(theirs).collect();
    }
    let has_screen = own.iter().any(|(name, _)| SCREENS.iter().any(|screen| name == *screen));
    let theirs = theirs.filter(|(name, _)| !has_screen || !OF_A_SCREEN.iter().any(|screen| name == *screen));
    theirs.chain(own).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_s_display_replaces_ours_as_a_whole() {
        let own = || {
            let own = [("PATH", "/bin"), ("DISPLAY", "localhost:10.0"), ("XAUTHORITY", "/tmp/ssh")];
            own.into_iter().map(|(name, value)| (name.into(), value.into()))
        };
        let of = |all: &[(&str, &str)]| -> BTreeMap<String, String> {
            all.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
        };
        let text = |all: BTreeMap<OsString, OsString>| {
            let lines = all.iter().map(|(name, value)| format!("{}={}", name.display(), value.display()));
            lines.collect::<Vec<_>>().join(" ")
        };
        let desktop = of(&[("WAYLAND_DISPLAY", "wayland-0"), ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/bus")]);
        assert_eq!(
            text(merged(&desktop, true, own())),
            "DBUS_SESSION_BUS_ADDRESS=unix:path=/bus PATH=/bin WAYLAND_DISPLAY=wayland-0"
        );
        assert_eq!(
            text(merged(&desktop, false, own())),
            "DBUS_SESSION_BUS_ADDRESS=unix:path=/bus DISPLAY=localhost:10.0 PATH=/bin XAUTHORITY=/tmp/ssh"
        );
        assert_eq!(text(merged(&of(&[("DISPLAY", ":0")]), false, std::iter::empty())), "DISPLAY=:0");
        // No display, no claim.
        assert!(!comes_first(&of(&[("DBUS_SESSION_BUS_ADDRESS", "unix:path=/bus")])));
    }
}
