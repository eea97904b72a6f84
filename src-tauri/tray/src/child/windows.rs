//! Windows would open a console for a command line program of a process that has none.

use tokio::process::Command;
use windows_sys::Win32::System::Threading::CREATE_NO_WINDOW;

pub(super) fn prepare(command: &mut Command) {
    command.creation_flags(CREATE_NO_WINDOW);
}

/// Displays have no names here.
pub(super) fn is_there(_display: &std::collections::BTreeMap<String, String>) -> bool {
    true
}
