//! What this process was given: its variables, and the folders that follow from them.

use crate::say::Said;
use crate::tray::trouble;
use rolecall_core::folders::Folders;
use rolecall_core::message::ClientContext;
use std::ffi::OsString;

/// An empty variable is as good as none.
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

pub(crate) fn raw(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

pub(crate) fn folders() -> Result<Folders, Said> {
    Folders::find(&raw).ok_or_else(trouble::no_home)
}

/// A remote shell without a display.
pub(crate) fn is_blind() -> bool {
    let set = |names: [&str; 2]| names.into_iter().any(|name| variable(name).is_some());
    set(["SSH_CONNECTION", "SSH_TTY"]) && !set(["DISPLAY", "WAYLAND_DISPLAY"])
}

/// What travels with a request that may show a window.
pub(crate) fn context() -> ClientContext {
    ClientContext::from_variables(variable)
}
