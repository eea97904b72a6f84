//! The person's AppData.

use super::Folders;
use std::path::PathBuf;

pub(super) fn find(variable: &dyn Fn(&str) -> Option<PathBuf>) -> Option<Folders> {
    let home = || variable("USERPROFILE");
    let local = variable("LOCALAPPDATA").or_else(|| Some(home()?.join("AppData/Local")))?.join("Rolecall");
    let roaming = variable("APPDATA").or_else(|| Some(home()?.join("AppData/Roaming")))?.join("Rolecall");
    Some(Folders {
        socket: local.join("run").join("service.address"),
        run: local.join("run"),
        service: local.join("run"),
        state: local.join("state"),
        config: roaming,
        data: local.join("data"),
    })
}
