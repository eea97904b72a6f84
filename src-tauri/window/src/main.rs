//! `rolecall-window`: one window, one purpose, then gone. `main` is the main window; `sign-in` signs a person in and
//! hands the assertion over; `engine` names the web engine, `engine --probe` opens it; without a word it asks the resident
//! process for the main window.
#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

mod foreground;
mod main_window;
mod sign_in;
#[cfg(windows)]
mod taskbar;
#[cfg(windows)]
mod terminal;

use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    rolecall_client::panic_message::say_place_only("rolecall-window", |_| ());
    #[cfg(windows)]
    terminal::attach();
    #[cfg(windows)]
    taskbar::introduce();
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let arguments: Option<Vec<&str>> = arguments.iter().map(|argument| argument.to_str()).collect();
    match arguments.as_deref() {
        Some(["sign-in"]) => sign_in::run(),
        Some(["main"]) => main_window::run(),
        Some(["engine"]) => print_engine(),
        Some(["engine", "--probe"]) => sign_in::probe(),
        // By a double click, or pinned to the taskbar.
        Some([]) => main_window::ask_for_it(),
        _ => {
            say(
                "usage: rolecall-window [main|sign-in|engine [--probe]]\nRolecall's tray starts this program; open its window by `rolecall open`.",
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
