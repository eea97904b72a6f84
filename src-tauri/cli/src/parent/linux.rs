//! Linux: the name under which the parent runs.

use rolecall_core::shell::Shell;

pub(crate) const USUAL_SHELL: Shell = Shell::Bash;

pub(crate) fn program() -> Option<String> {
    let path = format!("/proc/{}/comm", std::os::unix::process::parent_id());
    Some(std::fs::read_to_string(path).ok()?.trim_end().to_owned())
}
