//! macOS: a list in the person's folder of launch agents (launchd.plist(5)), which counts from the next login on.
//!
//! Whoever switches the agent off in System Settings does so beside the list: that is not seen here.

use super::agent;
use rolecall_core::problem::{Problem, foreign};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// The agent of one program in one person's folder.
#[derive(Debug)]
pub(crate) struct Autostart {
    folder: PathBuf,
    program: PathBuf,
}

impl Autostart {
    /// `config_home` is `~/Library/Application Support`; `program` is started with `--login`, and has an absolute path.
    pub(crate) fn new(config_home: &Path, program: PathBuf) -> Self {
        Self { folder: config_home.with_file_name("LaunchAgents"), program }
    }

    /// Whether the next login starts this very program.
    pub(crate) fn is_on(&self) -> Option<bool> {
        let list = std::fs::read(self.file()).unwrap_or_default();
        Some(agent::starts(&list, &self.program))
    }

    /// Writes the list whole, or removes it. One that is on already is left as it is.
    ///
    /// # Errors
    /// [`Problem::Autostart`]; then everything is as it was.
    pub(crate) fn set(&self, on: bool) -> Result<(), Problem> {
        let failed = |error: io::Error| Problem::Autostart {
            reason: foreign(&format!("{}: {error}", self.file().display())),
        };
        if !on {
            return self.remove().map_err(failed);
        }
        if self.is_on() == Some(true) {
            return Ok(());
        }
        let list = agent::list(&self.program).map_err(|reason| Problem::Autostart { reason })?;
        self.write(&list).map_err(failed)
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.folder.join(format!("{}.plist", agent::LABEL))
    }

    /// A running agent goes on: launchd forgets it at logout.
    fn remove(&self) -> io::Result<()> {
        match std::fs::remove_file(self.file()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    fn write(&self, list: &[u8]) -> io::Result<()> {
        std::fs::create_dir_all(&self.folder)?;
        // launchd reads what ends with .plist: no half file does. It wants none that others may write.
        let mut file = tempfile::Builder::new().prefix(".rolecall-").tempfile_in(&self.folder)?;
        file.write_all(list)?;
        file.as_file().sync_all()?;
        file.persist(self.file())?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn on_and_off_and_on_again() {
        let home = tempfile::tempdir().expect("folder");
        let autostart = Autostart::new(&home.path().join("Application Support"), "/opt/my tools/tray".into());
        assert_eq!(autostart.is_on(), Some(false));
        autostart.set(false).expect("nothing to remove");
        autostart.set(true).expect("written");
        assert_eq!(autostart.is_on(), Some(true));
        let left = || std::fs::read_dir(home.path().join("LaunchAgents")).expect("folder").count();
        assert_eq!(left(), 1, "nothing but the list");
        let other = Autostart::new(&home.path().join("Application Support"), "/opt/other".into());
        assert_eq!(other.is_on(), Some(false), "another program's");
        other.set(true).expect("written over");
        assert_eq!((autostart.is_on(), other.is_on()), (Some(false), Some(true)));
        other.set(false).expect("removed");
        assert_eq!((other.is_on(), left()), (Some(false), 0));
    }
}
