//! kubectl's own lock: a file beside the kubeconfig that exists while somebody writes it.

use crate::problem::files as problem;
use rolecall_core::problem::Report;
use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// kubectl holds it for a moment only.
const PATIENCE: Duration = Duration::from_secs(3);

/// Gone when it is dropped.
pub(super) struct Lock(PathBuf);

impl Lock {
    pub(super) fn take(path: &Path) -> Result<Self, Report> {
        let mut name = path.as_os_str().to_owned();
        name.push(".lock");
        let lock = PathBuf::from(name);
        let deadline = Instant::now() + PATIENCE;
        loop {
            match File::options().write(true).create_new(true).open(&lock) {
                Ok(_) => return Ok(Self(lock)),
                Err(error) if error.kind() == ErrorKind::AlreadyExists && Instant::now() < deadline => {
                    std::thread::sleep(Duration::from_millis(50));
                }
                Err(error) if error.kind() == ErrorKind::AlreadyExists => return Err(held(path, &lock)),
                Err(error) if error.kind() == ErrorKind::NotFound => make_folder(path)?,
                Err(error) => return Err(super::not_written(path, &error.to_string())),
            }
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn make_folder(path: &Path) -> Result<(), Report> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.exists());
    let Some(folder) = folder else { return Err(super::not_written(path, "its folder is not there")) };
    std::fs::create_dir_all(folder).map_err(|error| super::not_written(path, &error.to_string()))
}

fn held(path: &Path, lock: &Path) -> Report {
    problem(
        "kube.locked",
        &format!("{} is being written by another program: there is {}.", path.display(), lock.display()),
        "Try again. If no kubectl is running, it was left behind: remove it.",
    )
}
