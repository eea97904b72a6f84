//! Whether this program is in front of what the person does. Only macOS makes a program of each process that has a
//! window: with an icon in the Dock, and with the keyboard, both from its start if nobody says otherwise.
//!
//! ```text
//! fn builder() -> tauri::Builder              an application that takes no focus by starting
//! fn start_hidden(&mut App)                   no icon in the Dock; between building and running the application
//! fn show(&WebviewWindow) -> tauri::Result    the window, in front, of a program like others
//! ```

#[cfg_attr(target_os = "macos", path = "foreground/macos.rs")]
#[cfg_attr(not(target_os = "macos"), path = "foreground/elsewhere.rs")]
mod system;

pub(crate) use system::{builder, show, start_hidden};
