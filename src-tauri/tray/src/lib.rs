//! The resident process as a library, so that tests can play whole days with its controller; `main` starts it.

pub mod compose;
pub mod controller;
pub mod environment;
mod files;
mod icon;
pub mod lock;
mod log;
pub mod memory;
pub mod menu;
pub mod notice;
mod notify;
mod run;
mod sign_in;
mod socket;
pub mod sts;
mod watch;
