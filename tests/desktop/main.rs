//! The built programs on a private X display and session bus: real WebKitGTK, a real tray protocol, real AWS clients.
#![cfg(target_os = "linux")]

mod bus;
mod chains;
mod clipboard;
mod command_line;
mod console;
mod doors;
mod eks;
mod endpoint;
mod faults;
mod judges;
mod life;
mod morning;
mod network;
mod notifications;
mod pods;
mod policy;
mod process;
mod proxy;
mod sandbox;
mod scene;
mod service;
mod traces;
mod updates;
mod vault;
mod warnings;
mod whole_day;
mod window;
mod wine;
