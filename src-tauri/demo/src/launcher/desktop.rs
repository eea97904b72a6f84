//! On a desktop: the person at it plays, with the real tray, screen and notifications.

use super::SHORT_SETTINGS;
use super::programs::Programs;
use super::story::Story;
use crate::Arguments;
use rolecall_demo::Server;
use rolecall_demo::rig::home::Home;
use rolecall_demo::rig::program::Program;
use rolecall_demo::rig::{Done, Trouble};
use rolecall_demo::world::PASSWORD;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

/// Whether there is a screen and, where that is a thing, a session bus.
pub(crate) fn is_there() -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || ((set("DISPLAY") || set("WAYLAND_DISPLAY")) && session_bus().is_some())
}

pub(crate) async fn play(
    server: &Server,
    programs: &Programs,
    arguments: &Arguments,
    story: &mut Story,
) -> Done<()> {
    let home = Home::new()?;
    home.write_demo_profiles(server)?;
    if arguments.short_sessions {
        home.write_settings(SHORT_SETTINGS)?;
    }
    let mut command = Command::new(&programs.tray);
    let kept = session();
    home.apply(&mut command);
    home.apply_aws(&mut command, server);
    command.envs(kept);
    let mut tray = Program::start(&mut command, Some(&home.log("tray")))?;
    story.words(&format!(
        "Rolecall is in your tray, with a make-believe Entra and AWS behind it. Nothing of yours is touched.

  1  Click Rolecall's icon in the tray, then: Sign in to demo
  2  User name: ada@example.org     password: {PASSWORD}
  3  Type the number that the page shows into the make-believe phone below it, and press Yes.
  4  In the tray's menu: Choose a role for demo ▸ an account ▸ a role
     Later: demo ▸ Switch role. No question is asked.
  5  demo ▸ Chained roles ▸ demo-logs: a role that is assumed by way of another.
  (demo-bob has one role only: bob@example.org, the same password.)

The temporary home: {}
What was written:   {}
From a shell:       {}

Ctrl-C ends the demo.",
        home.path().display(),
        home.credentials_file().display(),
        client(&home, programs),
    ));
    tokio::select! {
        pressed = tokio::signal::ctrl_c() => pressed.map_err(Trouble::at("waiting for Ctrl-C"))?,
        ended = end_of(&mut tray) => ended.map_err(|trouble| explained(trouble, &home))?,
    }
    drop(tray);
    match home.masked_credentials() {
        Some(text) => {
            story.words(&format!("\n~/.aws/credentials of the temporary home, secrets masked:\n\n{text}"))
        }
        None => story.words("\nNo credentials were written."),
    }
    story.words("Everything is cleaned up.");
    Ok(())
}

/// As long as the person likes.
async fn end_of(tray: &mut Program) -> Done<()> {
    const A_WEEK: Duration = Duration::from_secs(7 * 24 * 3600);
    let status = tray.end(A_WEEK).await?;
    if status.success() { Ok(()) } else { Err(Trouble::new(format!("the tray ended with {status}"))) }
}

fn explained(Trouble(what): Trouble, home: &Home) -> Trouble {
    let said = std::fs::read_to_string(home.log("tray")).unwrap_or_default();
    Trouble::new(format!("{what}\n{said}"))
}

fn client(home: &Home, programs: &Programs) -> String {
    let (run, client) = (home.path().join("run"), &programs.client);
    format!("HOME={} XDG_RUNTIME_DIR={} {} status", home.path().display(), run.display(), client.display())
}

/// What leads to the person's screen and bus by way of the folders that the demo replaces, made explicit.
fn session() -> Vec<(&'static str, OsString)> {
    let mut kept = Vec::new();
    if !cfg!(target_os = "linux") {
        return kept;
    }
    let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    if let Some(address) = session_bus() {
        kept.push(("DBUS_SESSION_BUS_ADDRESS", address));
    }
    if let (Some(display), Some(runtime)) = (std::env::var_os("WAYLAND_DISPLAY"), &runtime) {
        // An absolute name stays what it is.
        kept.push(("WAYLAND_DISPLAY", runtime.join(display).into_os_string()));
    }
    let cookie = std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".Xauthority"));
    if let (None, Some(cookie)) = (std::env::var_os("XAUTHORITY"), cookie.filter(|file| file.is_file())) {
        kept.push(("XAUTHORITY", cookie.into_os_string()));
    }
    kept
}

fn session_bus() -> Option<OsString> {
    if let Some(address) = std::env::var_os("DBUS_SESSION_BUS_ADDRESS").filter(|address| !address.is_empty())
    {
        return Some(address);
    }
    let socket = PathBuf::from(std::env::var_os("XDG_RUNTIME_DIR")?).join("bus");
    let mut address = OsString::from("unix:path=");
    address.push(&socket);
    socket.exists().then_some(address)
}
