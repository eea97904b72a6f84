//! `rolecall-tray`: the resident process. `rolecall` is its command line.
//!
//! Started again, it opens the main window of the one that runs; with `--quiet` it shows nothing but its icon, with
//! `--login` (what the desktop's autostart says) it may sign in, too. A client starts it by `--service`: as quiet, and
//! with nothing of the environment but what the service goes by. Windows starts it by `--toast` when a notification is
//! pressed that another process has left in the list.

// A console that nobody asked for would open beside the icon.
#![cfg_attr(windows, windows_subsystem = "windows")]

use rolecall_client::panic_message;
use rolecall_tray::compose::{self, Start, StartError};
use rolecall_tray::environment::{self, Environment};
use rolecall_tray::footprint;
use rolecall_tray::lock::LockError;
use rolecall_tray::single_instance::InstanceError;
use rolecall_tray::{event_loop, names, opened, private, private_files, process_limits, signals};
use std::io::Write as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    panic_message::say_place_only("rolecall-tray", rolecall_tray::log_panic);
    private_files::make_private();
    if let Err(error) = private::keep_memory() {
        return say(&format!("rolecall-tray: {error}"), ExitCode::FAILURE);
    }
    let argument = std::env::args_os().nth(1).map(|argument| argument.to_string_lossy().into_owned());
    match argument.as_deref() {
        None => event_loop::run(|| start(Start::Seen)),
        Some("--service") => {
            environment::keep_what_is_allowed();
            event_loop::run(|| start(Start::Quiet))
        }
        Some("--check") => check(),
        Some("--quiet") => event_loop::run(|| start(Start::Quiet)),
        Some("--login") => event_loop::run(|| start(Start::Login)),
        #[cfg(windows)]
        Some("--toast") => event_loop::run(|| start(Start::Toast)),
        Some(purpose) if purpose == names::PURPOSE => names::run(),
        Some("--version") => say(&format!("rolecall-tray {}", env!("CARGO_PKG_VERSION")), ExitCode::SUCCESS),
        Some(_) => say(
            "usage: rolecall-tray [--quiet | --login]\nThe command line is `rolecall`.",
            ExitCode::from(2),
        ),
    }
}

/// What keeps it from running, for a client that has started it in vain.
fn check() -> ExitCode {
    let checked = match Environment::read(&|name| std::env::var_os(name)) {
        Ok(environment) => compose::check(&environment).map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    match checked {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => say(&format!("rolecall-tray: {error}"), ExitCode::FAILURE),
    }
}

fn start(how: Start) -> ExitCode {
    process_limits::raise();
    footprint::share_heap();
    let environment = match Environment::read(&|name| std::env::var_os(name)) {
        Ok(environment) => environment,
        Err(error) => return say(&format!("rolecall-tray: {error}"), ExitCode::FAILURE),
    };
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return say(&format!("rolecall-tray: {error}"), ExitCode::FAILURE),
    };
    let local = tokio::task::LocalSet::new();
    let result = local.block_on(&runtime, compose::run(environment, how, signals::terminated()));
    runtime.shutdown_background();
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(StartError::Instance(InstanceError::Lock(LockError::AlreadyRunning)))
            if how == Start::Seen && opened::open_running() =>
        {
            ExitCode::SUCCESS
        }
        #[cfg(windows)]
        Err(StartError::Instance(InstanceError::Lock(LockError::AlreadyRunning))) if how == Start::Toast => {
            if opened::pass_press_on() {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            }
        }
        Err(StartError::Instance(InstanceError::Lock(LockError::AlreadyRunning))) => say(
            "Rolecall is already running: look for its icon, or run `rolecall status`.",
            ExitCode::SUCCESS,
        ),
        Err(error) => say(&format!("rolecall-tray: {error}"), ExitCode::FAILURE),
    }
}

fn say(text: &str, code: ExitCode) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "{text}");
    code
}
