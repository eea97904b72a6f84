//! What it takes to try the real programs without a desktop: a private display and bus, a tray host, a notification
//! server, a person with a keyboard. Everything that is started is ended by its id when its value is dropped.

#[cfg(target_os = "linux")]
pub mod broker;
#[cfg(target_os = "linux")]
pub mod bus;
#[cfg(target_os = "linux")]
pub mod chromium;
#[cfg(target_os = "linux")]
pub mod desktop;
#[cfg(target_os = "linux")]
pub mod display;
#[cfg(target_os = "linux")]
pub mod dunst;
#[cfg_attr(unix, path = "group/unix.rs")]
#[cfg_attr(not(unix), path = "group/other.rs")]
mod group;
pub mod home;
#[cfg(target_os = "linux")]
pub mod keyring;
pub mod kubernetes;
#[cfg(target_os = "linux")]
pub mod logind;
#[cfg(target_os = "linux")]
pub mod menu;
pub mod moto;
#[cfg(target_os = "linux")]
pub mod notifications;
#[cfg(target_os = "linux")]
pub mod panel;
#[cfg(target_os = "linux")]
pub mod person;
#[cfg(target_os = "linux")]
pub mod portal;
pub mod program;
#[cfg(target_os = "linux")]
pub mod screen;
#[cfg(target_os = "linux")]
pub mod tray_host;
pub mod wait;
#[cfg(target_os = "linux")]
pub mod x11;

use std::io;

/// What went wrong in the rig, in a sentence that names the step.
#[derive(Debug)]
pub struct Trouble(pub String);

impl Trouble {
    pub fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }

    /// Adds what was being done to what went wrong.
    pub fn at(doing: &str) -> impl FnOnce(io::Error) -> Self + '_ {
        move |error| Self(format!("{doing}: {error}"))
    }
}

impl std::fmt::Display for Trouble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Trouble {}

#[cfg(target_os = "linux")]
impl From<zbus::Error> for Trouble {
    fn from(error: zbus::Error) -> Self {
        Self(format!("D-Bus: {error}"))
    }
}

/// What the rig's functions return.
pub type Done<T> = Result<T, Trouble>;
