//! `rolecall-window`: one window, one purpose, then gone. `main` is the main window; `sign-in` signs a person in and
//! hands the assertion over; `engine` names the web engine.
#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

mod foreground;
mod main_window;
mod sign_in;

use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    rolecall_client::panic_message::say_place_only("rolecall-window", |_| ());
    let mut arguments = std::env::args_os().skip(1);
    match (arguments.next(), arguments.next()) {
        (Some(purpose), None) if purpose == "sign-in" => sign_in::run(),
        (Some(purpose), None) if purpose == "main" => main_window::run(),
        (Some(purpose), None) if purpose == "engine" => print_engine(),
        _ => {
            say(
                "usage: rolecall-window main|sign-in|engine\nRolecall's tray starts this program; open its window by `rolecall open`.",
            );
            ExitCode::from(2)
        }
    }
}

/// `rolecall-window engine`, for `rolecall doctor` where there is no display.
fn print_engine() -> ExitCode {
    match engine() {
        Ok(engine) => {
            let _ = writeln!(std::io::stdout(), "{engine}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            say(&format!("rolecall-window: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// The web engine's name and version.
///
/// # Errors
/// Its name, and why its version is not known.
fn engine() -> Result<String, String> {
    let engine = if cfg!(windows) {
        "WebView2"
    } else if cfg!(target_os = "macos") {
        "WebKit"
    } else {
        "WebKitGTK"
    };
    match tauri::webview_version() {
        Ok(version) => Ok(format!("{engine} {version}")),
        Err(error) => Err(format!("{engine}: {error}")),
    }
}

/// One message for people on standard error; never a secret, never a page's text.
fn say(words: &str) {
    let _ = writeln!(std::io::stderr(), "{words}");
}
