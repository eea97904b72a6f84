//! The resident process, seen from a client: found, started, asked. The command line and the main window share it.

mod beside;
pub mod child_environment;
mod conversation;
mod environment;
mod line;
pub mod loopback_peer;
pub mod panic_message;
mod resident;
pub mod service_address;
#[cfg_attr(unix, path = "unix.rs")]
#[cfg_attr(windows, path = "windows.rs")]
mod system;
#[cfg(target_os = "linux")]
mod systemd;
pub mod trouble;
#[cfg(windows)]
pub mod win32;

pub use beside::beside;
pub use conversation::{Conversation, Limits};
pub use environment::{environment, profile};
pub use resident::{ask, ask_running, ask_running_within, context, folders};
