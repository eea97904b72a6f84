//! The person's AppData; the pipe's name is made from the folder, so that each person (and each test) has their own.

use super::Folders;
use std::path::PathBuf;

pub(super) fn find(variable: &dyn Fn(&str) -> Option<PathBuf>) -> Option<Folders> {
    let home = || variable("USERPROFILE");
    let local = variable("LOCALAPPDATA").or_else(|| Some(home()?.join("AppData/Local")))?.join("Rolecall");
    let roaming = variable("APPDATA").or_else(|| Some(home()?.join("AppData/Roaming")))?.join("Rolecall");
    Some(Folders {
        socket: PathBuf::from(format!(r"\\.\pipe\rolecall-{:016x}", fnv1a(&local.to_string_lossy()))),
        run: local.join("run"),
        state: local.join("state"),
        config: roaming,
        data: local.join("data"),
    })
}

/// FNV-1a, 64 bits: only to make a short name of a long path.
fn fnv1a(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
