//! The icon in the tray: what it shows is a value, how it is shown is each system's own.

#[cfg(windows)]
mod dark_menus;
#[cfg(not(target_os = "linux"))]
mod native;
#[cfg_attr(target_os = "linux", path = "icon/linux.rs")]
#[cfg_attr(target_os = "macos", path = "icon/macos.rs")]
#[cfg_attr(windows, path = "icon/windows.rs")]
mod system;

mod picture;

pub(crate) use system::Icon;

use crate::menu::Item;
use rolecall_core::view::IconState;

/// Everything that the icon shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) state: IconState,
    /// Which picture of the motion, where the state has one.
    pub(crate) frame: usize,
    pub(crate) tooltip: String,
    pub(crate) menu: Vec<Item>,
}

/// How many pictures the motion of [`IconState::Working`] has.
pub(crate) const FRAMES: usize = 8;
