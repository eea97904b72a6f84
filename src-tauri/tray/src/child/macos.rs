//! macOS gives the desktop's programs a PATH of the system's own folders: what a kubeconfig names lies in those of
//! Homebrew and of other installers, which only a shell adds.

use std::path::PathBuf;
use tokio::process::Command;

const MORE: [&str; 2] = ["/opt/homebrew/bin", "/usr/local/bin"];

pub(super) fn prepare(command: &mut Command) {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    for more in MORE.map(PathBuf::from) {
        // Last: the person's own order goes before.
        if !folders.contains(&more) {
            folders.push(more);
        }
    }
    if let Ok(path) = std::env::join_paths(folders) {
        command.env("PATH", path);
    }
}

/// Displays have no names here.
pub(super) fn is_there(_display: &std::collections::BTreeMap<String, String>) -> bool {
    true
}

/// A program comes to the front by its own word.
pub(super) fn let_come_forward(_process: u32) {}
