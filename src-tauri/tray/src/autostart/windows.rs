//! Windows: a value of the person's `Run` key; the Task Manager switches it off in a key of its own.

use rolecall_core::problem::{Problem, foreign};
use std::path::{Path, PathBuf};
use windows::core::HRESULT;
use windows_registry::{CURRENT_USER, Key, Type};
use windows_sys::Win32::Foundation::ERROR_FILE_NOT_FOUND;

pub(crate) const RUN: &str = r"Software\Microsoft\Windows\CurrentVersion\Run";
/// Twelve bytes a value; the first is odd where it is switched off.
const APPROVED: &str = r"Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run";
const NAME: &str = "Rolecall";

/// The entry of one program for one person.
#[derive(Debug)]
pub(crate) struct Autostart {
    program: PathBuf,
}

impl Autostart {
    /// `program` is started with `--login`, and has an absolute path.
    pub(crate) fn new(_config_home: &Path, program: PathBuf) -> Self {
        Self { program }
    }

    /// No file: the registry is read whenever the files are.
    pub(crate) fn file(&self) -> PathBuf {
        PathBuf::new()
    }

    /// Whether Windows will start this very program; None where the system offers no way.
    pub(crate) fn is_on(&self) -> Option<bool> {
        let run = CURRENT_USER.open(RUN).and_then(|run| run.get_string(NAME)).ok();
        Some(run.is_some_and(|command| starts(&command, &self.program)) && !switched_off())
    }

    /// Writes the value, or removes it. One that is on already is left as it is.
    ///
    /// # Errors
    /// [`Problem::Autostart`]; then everything is as it was.
    pub(crate) fn set(&self, on: bool) -> Result<(), Problem> {
        let failed = |error: windows::core::Error| Problem::Autostart {
            reason: foreign(&format!(r"HKEY_CURRENT_USER\{RUN}: {}", error.message())),
        };
        if !on {
            return CURRENT_USER.create(RUN).and_then(|run| remove(&run)).map_err(failed);
        }
        if self.is_on() == Some(true) {
            return Ok(());
        }
        let run = CURRENT_USER.create(RUN).map_err(failed)?;
        run.set_string(NAME, command(&self.program)).map_err(failed)?;
        // Who switches it on here means it, whatever they said in the Task Manager.
        if let Ok(approved) = CURRENT_USER.options().read().write().open(APPROVED) {
            remove(&approved).map_err(failed)?;
        }
        Ok(())
    }
}

fn remove(key: &Key) -> windows::core::Result<()> {
    match key.remove_value(NAME) {
        Err(error) if error.code() == HRESULT::from_win32(ERROR_FILE_NOT_FOUND) => Ok(()),
        other => other,
    }
}

fn switched_off() -> bool {
    let value = CURRENT_USER.open(APPROVED).and_then(|approved| approved.get_value(NAME));
    value.is_ok_and(|value| value.ty() == Type::Bytes && value.first().is_some_and(|first| first % 2 == 1))
}

/// Quoted, because a space would end the program's name; a path holds no quote.
fn command(program: &Path) -> String {
    format!("\"{}\" --login", program.display())
}

/// Paths differ in nothing by case.
fn starts(found: &str, program: &Path) -> bool {
    found.trim().to_lowercase() == command(program).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of this person's registry: the value that was there is put back.
    #[test]
    fn on_and_off_and_switched_off_elsewhere() {
        let before = CURRENT_USER.open(RUN).and_then(|run| run.get_string(NAME)).ok();
        let autostart = Autostart::new(Path::new(""), r"C:\Program Files\Röle Call\rolecall-tray.exe".into());
        autostart.set(false).expect("nothing to remove");
        assert_eq!(autostart.is_on(), Some(false));
        autostart.set(true).expect("written");
        assert_eq!(autostart.is_on(), Some(true));
        let other = Autostart::new(Path::new(""), r"C:\elsewhere\rolecall-tray.exe".into());
        assert_eq!(other.is_on(), Some(false), "another program's");
        let approved = CURRENT_USER.create(APPROVED).expect("a key");
        approved.set_bytes(NAME, Type::Bytes, &[3, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8]).expect("switched off");
        assert_eq!(autostart.is_on(), Some(false));
        autostart.set(true).expect("switched on");
        assert_eq!(autostart.is_on(), Some(true));
        autostart.set(false).expect("removed");
        assert_eq!(autostart.is_on(), Some(false));
        if let Some(before) = before {
            CURRENT_USER.create(RUN).and_then(|run| run.set_string(NAME, before)).expect("put back");
        }
    }
}
