//! The real programs: beside this one, as they are built and as they are installed.

use rolecall_demo::rig::{Done, Trouble};
use std::path::{Path, PathBuf};

#[derive(Debug)]
pub(crate) struct Programs {
    pub(crate) tray: PathBuf,
    pub(crate) client: PathBuf,
}

pub(crate) fn find(folder: Option<&Path>) -> Done<Programs> {
    let beside = || {
        let own = std::env::current_exe().ok()?.canonicalize().ok()?;
        Some(own.parent()?.to_owned())
    };
    let folder = match folder {
        Some(folder) => folder.canonicalize().map_err(Trouble::at("the folder of the programs"))?,
        None => {
            beside().ok_or_else(|| Trouble::new("this program's own place is unknown: use --programs DIR"))?
        }
    };
    let program = |name: &str| {
        let path = folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
        if path.is_file() {
            return Ok(path);
        }
        let folder = folder.display();
        Err(Trouble::new(format!(
            "{name} is not in {folder}: build all of them (cargo build --release), or use --programs DIR"
        )))
    };
    // The tray starts the window itself.
    program("rolecall-window")?;
    Ok(Programs { tray: program("rolecall-tray")?, client: program("rolecall")? })
}
