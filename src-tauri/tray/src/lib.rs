//! The resident process as a library, so that tests can play whole days with its controller; `main` starts it.

mod alarm;
mod clipboard;
pub mod compose;
pub mod console;
pub mod controller;
mod doctor;
pub mod environment;
mod files;
pub mod footprint;
mod icon;
pub mod lock;
mod log;
mod main_window;
pub mod memory;
pub mod menu;
pub mod names;
pub mod notice;
mod notify;
mod run;
pub mod sealed;
mod sign_in;
mod socket;
pub mod sts;
pub mod vault;
mod watch;
mod web;
