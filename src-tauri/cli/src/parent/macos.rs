//! macOS: `ps` knows the parent's name.

use rolecall_core::shell::Shell;
use std::process::Command;

pub(crate) const USUAL_SHELL: Shell = Shell::Bash;

pub(crate) fn program() -> Option<String> {
    let parent = std::os::unix::process::parent_id().to_string();
    let output = Command::new("/bin/ps").args(["-o", "comm=", "-p", &parent]).output().ok()?;
    Some(String::from_utf8(output.stdout).ok()?.trim().to_owned())
}
