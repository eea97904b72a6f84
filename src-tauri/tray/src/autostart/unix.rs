//! A file in a folder of the person's that the desktop reads at login: written whole, or removed.
//!
//! Ours and not `auto-launch`'s: 0.6 knows no XDG_CONFIG_HOME, quotes nothing, and takes a hidden entry for one that is on.

use super::entry;
#[cfg(target_os = "macos")]
use super::login_items::{show_switch, switched_off};
use rolecall_core::problem::{Problem, foreign};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Elsewhere the entry itself says so.
#[cfg(not(target_os = "macos"))]
fn switched_off(_entry: &Path) -> bool {
    false
}

#[cfg(not(target_os = "macos"))]
fn show_switch() {}

/// The entry of one program in one person's folder.
#[derive(Debug)]
pub(crate) struct Autostart {
    folder: PathBuf,
    program: PathBuf,
}

impl Autostart {
    /// `config_home` is where programs keep their configuration; `program` is started with `--login`, and has an
    /// absolute path.
    pub(crate) fn new(config_home: &Path, program: PathBuf) -> Self {
        Self { folder: entry::folder(config_home), program }
    }

    /// Whether the desktop will start this very program; None where the system offers no way.
    pub(crate) fn is_on(&self) -> Option<bool> {
        let text = std::fs::read(self.file()).unwrap_or_default();
        Some(entry::starts(&text, &self.program) && !switched_off(&self.file()))
    }

    /// Writes the entry whole, or removes it. One that is on already is left as it is.
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
        if switched_off(&self.file()) {
            show_switch();
            let reason = "System Settings, General, Login Items does not allow it: switch Rolecall on there";
            return Err(Problem::Autostart { reason: reason.into() });
        }
        let text = entry::text(&self.program).map_err(|reason| Problem::Autostart { reason })?;
        self.write(&text).map_err(failed)
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.folder.join(entry::FILE)
    }

    fn remove(&self) -> io::Result<()> {
        match std::fs::remove_file(self.file()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    fn write(&self, text: &[u8]) -> io::Result<()> {
        std::fs::create_dir_all(&self.folder)?;
        // What the desktop reads ends otherwise: no half file does. It wants none that others may write.
        let mut file = tempfile::Builder::new().prefix(".rolecall-").tempfile_in(&self.folder)?;
        file.write_all(text)?;
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
        let autostart = Autostart::new(&home.path().join("new"), "/opt/my tools/rolecall-tray".into());
        assert_eq!(autostart.is_on(), Some(false));
        autostart.set(false).expect("nothing to remove");
        autostart.set(true).expect("written");
        assert_eq!(autostart.is_on(), Some(true));
        let folder = autostart.file().parent().expect("a folder").to_owned();
        assert!(folder.starts_with(home.path()), "{}", folder.display());
        let left = || std::fs::read_dir(&folder).expect("folder").count();
        assert_eq!(left(), 1, "nothing but the entry");
        let other = Autostart::new(&home.path().join("new"), "/usr/bin/rolecall-tray".into());
        assert_eq!(other.is_on(), Some(false), "another program's");
        other.set(true).expect("written over");
        assert_eq!((autostart.is_on(), other.is_on()), (Some(false), Some(true)));
        other.set(false).expect("removed");
        assert_eq!((other.is_on(), left()), (Some(false), 0));
    }

    #[cfg(target_os = "linux")]
    mod desktop_entries {
        use super::*;

        #[test]
        fn an_entry_that_is_on_is_left_as_it_is() {
            let home = tempfile::tempdir().expect("folder");
            let autostart = Autostart::new(home.path(), "/usr/bin/rolecall-tray".into());
            autostart.set(true).expect("written");
            assert_eq!(autostart.file(), home.path().join("autostart/org.rolecall.Rolecall.desktop"));
            let edited = std::fs::read_to_string(autostart.file()).expect("entry") + "X-Mine=yes\n";
            std::fs::write(autostart.file(), &edited).expect("edited");
            autostart.set(true).expect("nothing to do");
            assert_eq!(std::fs::read_to_string(autostart.file()).expect("entry"), edited);
            std::fs::write(autostart.file(), edited + "Hidden=true\n").expect("switched off by the desktop");
            assert_eq!(autostart.is_on(), Some(false));
            autostart.set(true).expect("written");
            assert_eq!(autostart.is_on(), Some(true));
        }

        #[test]
        fn what_cannot_be_written_is_told() {
            let home = tempfile::tempdir().expect("folder");
            std::fs::write(home.path().join("autostart"), "a file").expect("file");
            let problem = Autostart::new(home.path(), "/usr/bin/x".into()).set(true).expect_err("no folder");
            assert_eq!(problem.code(), "autostart.failed");
            let odd = Autostart::new(&home.path().join("b"), "/opt/a=b/x".into()).set(true).expect_err("odd");
            assert!(odd.to_string().contains("'='"), "{odd}");
            assert!(!home.path().join("b").exists());
        }
    }
}
