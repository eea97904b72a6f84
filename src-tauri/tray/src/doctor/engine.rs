//! The sign-in window's program: is it there, and with which web engine?

use crate::child;
use rolecall_core::checkup::Finding;
use rolecall_core::problem::foreign;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

const ABOUT: &str = "sign-in window";
const PATIENCE: Duration = Duration::from_secs(6);
const HELP: &str = if cfg!(windows) {
    "Install Rolecall again, and WebView2 from https://developer.microsoft.com/microsoft-edge/webview2/."
} else if cfg!(target_os = "macos") {
    "Install Rolecall again: rolecall-window belongs beside rolecall-tray."
} else {
    "Install Rolecall again: rolecall-window belongs beside rolecall-tray, with WebKitGTK 4.1."
};

pub(super) async fn examine(program: &Path, display: &BTreeMap<String, String>) -> Finding {
    let mut command = child::unseen(program);
    command.arg("engine").stdin(Stdio::null()).stderr(Stdio::null());
    let output = match tokio::time::timeout(PATIENCE, command.output()).await {
        Ok(Ok(output)) => output,
        Ok(Err(error)) => {
            let what = format!("{} does not start: {error}.", program.display());
            return Finding::broken(ABOUT, what, HELP);
        }
        Err(_) => return Finding::broken(ABOUT, format!("{} does not answer.", program.display()), HELP),
    };
    if !output.status.success() {
        let what = format!("{} ended with {}.", program.display(), output.status);
        return Finding::broken(ABOUT, what, HELP);
    }
    let engine = foreign(String::from_utf8_lossy(&output.stdout).trim());
    let set = |name: &str| display.contains_key(name) || std::env::var_os(name).is_some();
    if cfg!(target_os = "linux") && !set("DISPLAY") && !set("WAYLAND_DISPLAY") {
        return Finding::advice(
            ABOUT,
            format!("It is there ({engine}), but there is no display to show it on."),
            "Run `rolecall doctor` in a terminal inside your desktop session.",
        );
    }
    Finding::ok(ABOUT, format!("It is there, with {engine}."))
}
