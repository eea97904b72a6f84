//! The real program with the real WebKitGTK, on an X display and against a web server of each test's own.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "what cannot be had fails the test")]

mod capture;
mod engine;
mod harness;
mod hostile;
mod jar;
mod network;
mod old_engine;
mod person;
mod private;
mod second_window;
