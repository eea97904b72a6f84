//! What this process was given: its variables.

use rolecall_core::message::ClientContext;
use rolecall_core::profile::ProfileName;
use std::ffi::OsString;

/// What travels with a request for a profile; a pod's environment counts only where none is named.
pub(crate) fn context(profile: Option<&ProfileName>) -> ClientContext {
    let context = rolecall_client::context();
    let web_identity = context.web_identity.filter(|_| profile.is_none());
    ClientContext { web_identity, ..context }
}

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
