//! The resident process as a library, so that tests can play whole days with its controller; `main` starts it.

mod alarm;
mod autostart;
pub mod broker;
#[cfg(target_os = "linux")]
mod bus;
mod child;
mod clipboard;
pub mod compose;
pub mod console;
pub mod controller;
mod doctor;
mod downloads;
pub mod environment;
pub mod event_loop;
mod files;
pub mod footprint;
mod icon;
mod kit;
pub mod lock;
mod log;
#[cfg(target_os = "macos")]
mod macos;
mod main_window;
pub mod memory;
pub mod menu;
pub mod names;
pub mod notice;
mod notify;
pub mod opened;
pub mod power;
pub mod private;
pub mod private_files;
pub mod process_limits;
mod proxy;
mod registry;
mod run;
pub mod sealed;
mod sign_in;
pub mod signals;
pub mod single_instance;
mod socket;
pub mod sts;
mod token;
mod update;
pub mod vault;
mod watch;
mod web;
pub mod wsl;
mod zone;

/// A panic's place goes to the log, too.
pub fn log_panic(words: &str) {
    tracing::error!("{words}");
}
