//! The Library of the person's home.

use super::Folders;
use std::path::PathBuf;

pub(super) fn find(variable: &dyn Fn(&str) -> Option<PathBuf>) -> Option<Folders> {
    let support = variable("HOME")?.join("Library/Application Support/org.rolecall.Rolecall");
    let run = support.join("run");
    Some(Folders {
        state: support.join("state"),
        config: support.clone(),
        data: support.join("data"),
        socket: run.join("socket"),
        run,
    })
}
