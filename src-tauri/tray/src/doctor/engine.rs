//! Tests the sign-in window: opens the web engine on an empty page, hidden, in the same way as a sign-in does. Without a
//! display it is only asked for its name.

use crate::{child, sign_in};
use rolecall_client::child_environment::Purpose;
use rolecall_core::checkup::Finding;
use rolecall_core::problem::{Problem, foreign};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

const ABOUT: &str = "sign-in window";
const PATIENCE: Duration = Duration::from_secs(6);
const HELP: &str = if cfg!(windows) {
    "Install Rolecall again, and WebView2 from https://developer.microsoft.com/microsoft-edge/webview2/."
} else if cfg!(target_os = "macos") {
    "Install Rolecall again: its window is Contents/Helpers/Rolecall Window.app inside Rolecall.app."
} else {
    "Install Rolecall again: rolecall-window belongs beside rolecall-tray, with WebKitGTK 4.1."
};

pub(super) async fn examine(program: &Path, run: &Path, display: &BTreeMap<String, String>) -> Finding {
    let set = |name: &str| display.contains_key(name) || std::env::var_os(name).is_some();
    if cfg!(target_os = "linux") && !set("DISPLAY") && !set("WAYLAND_DISPLAY") {
        return without_display(program).await;
    }
    match sign_in::test(program, run, display).await {
        Ok(engine) => Finding::ok(ABOUT, format!("It opens, with {}.", foreign(&engine))),
        Err(Problem::NoDisplay) => without_display(program).await,
        Err(problem @ Problem::WindowUnavailable { .. }) => Finding::broken(ABOUT, problem.to_string(), HELP),
        Err(problem) => Finding::problem(ABOUT, &problem),
    }
}

async fn without_display(program: &Path) -> Finding {
    let mut command = child::unseen(program, Purpose::Desktop);
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
    Finding::advice(
        ABOUT,
        format!("It is installed ({engine}), but there is no display to show it on."),
        "Run `rolecall doctor` in a terminal inside your desktop session.",
    )
}
