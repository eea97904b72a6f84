//! The built programs on a private X display and session bus: real WebKitGTK, a real tray protocol, real AWS clients.
#![cfg(target_os = "linux")]

mod clients;
mod faults;
mod life;
mod morning;
mod proxy;
mod scene;
mod warnings;
