//! What this process was given: its variables.

pub(crate) use rolecall_client::context;
use std::ffi::OsString;

/// An empty variable is as good as none.
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

pub(crate) fn raw(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

/// A remote shell without a display.
pub(crate) fn is_blind() -> bool {
    let set = |names: [&str; 2]| names.into_iter().any(|name| variable(name).is_some());
    set(["SSH_CONNECTION", "SSH_TTY"]) && !set(["DISPLAY", "WAYLAND_DISPLAY"])
}
