//! `rolecall-window`: one window, one purpose, then gone. `main` is the main window; `sign-in` signs a person in and
//! hands the assertion over; `engine` names the web engine.
#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

mod main_window;
mod sign_in;

use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    match (arguments.next(), arguments.next()) {
        (Some(purpose), None) if purpose == "sign-in" => sign_in::run(),
        (Some(purpose), None) if purpose == "main" => main_window::run(),
        (Some(purpose), None) if purpose == "engine" => engine(),
        _ => {
            say(
                "usage: rolecall-window main|sign-in|engine\nRolecall's tray starts this program; open its window by `rolecall open`.",
            );
            ExitCode::from(2)
        }
    }
}

/// For `rolecall doctor`.
fn engine() -> ExitCode {
    let engine = if cfg!(windows) {
        "WebView2"
    } else if cfg!(target_os = "macos") {
        "WebKit"
    } else {
        "WebKitGTK"
    };
    match tauri::webview_version() {
        Ok(version) => {
            let _ = writeln!(std::io::stdout(), "{engine} {version}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            say(&format!("rolecall-window: {engine}: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// One message for people on standard error; never a secret, never a page's text.
fn say(words: &str) {
    let _ = writeln!(std::io::stderr(), "{words}");
}
