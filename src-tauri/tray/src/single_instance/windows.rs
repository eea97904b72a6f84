//! Windows: a pipe with a new random name each time, which is written beside the lock in the person's own folder. Nobody
//! can delete a pipe.

use super::InstanceError;
use crate::lock::Lock;
use crate::socket;
use interprocess::local_socket::tokio::Listener;
use rolecall_client::service_address::{PIPE, ServiceFiles};
use rolecall_core::folders::Folders;
use std::path::{Path, PathBuf};

pub(crate) struct SingleInstance {
    run: PathBuf,
    address: PathBuf,
    _lock: Lock,
}

impl SingleInstance {
    /// # Errors
    /// Another one runs, or the folder cannot be made.
    pub(crate) fn acquire(folders: &Folders) -> Result<Self, InstanceError> {
        let io = |error| InstanceError::Io { what: folders.run.display().to_string(), error };
        socket::prepare_folder(&folders.run).map_err(io)?;
        let lock = Lock::take(&folders.run.join("lock"))?;
        Ok(Self { run: folders.run.clone(), address: ServiceFiles::of(folders).address, _lock: lock })
    }

    /// Whether one could run here.
    ///
    /// # Errors
    /// As [`SingleInstance::acquire`] and [`SingleInstance::listen`].
    pub(crate) fn check(folders: &Folders) -> Result<(), InstanceError> {
        let mut instance = Self::acquire(folders)?;
        let listened = instance.listen().map(drop);
        instance.finish();
        listened
    }

    pub(crate) fn run_folder(&self) -> &Path {
        &self.run
    }

    /// # Errors
    /// The system's own.
    pub(crate) fn listen(&mut self) -> Result<Listener, InstanceError> {
        let io = |what: &Path, error| InstanceError::Io { what: what.display().to_string(), error };
        let pipe = pipe_name().map_err(|error| io(&self.run, error))?;
        let listener = socket::bind(&pipe).map_err(|error| io(&pipe, error))?;
        let text = format!("{}\n", pipe.display());
        std::fs::write(&self.address, text).map_err(|error| io(&self.address, error))?;
        Ok(listener)
    }

    /// What must stay where it is: nothing that anybody could take away.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        vec![]
    }

    pub(crate) fn is_intact(&self) -> bool {
        true
    }

    /// # Errors
    /// As [`SingleInstance::acquire`].
    pub(crate) fn restore(&mut self) -> Result<Listener, InstanceError> {
        self.listen()
    }

    /// The end of the desktop session ends the process without a word: that is no crash, and looks like one.
    pub(crate) fn earlier_one_crashed(&self) -> bool {
        false
    }

    /// Others may take the name from here on.
    pub(crate) fn finish(&self) {
        let _ = std::fs::remove_file(&self.address);
    }
}

/// Who knows it before we have it could be there first.
fn pipe_name() -> std::io::Result<PathBuf> {
    let mut number = [0; 16];
    getrandom::fill(&mut number).map_err(|error| std::io::Error::other(error.to_string()))?;
    Ok(PathBuf::from(format!("{PIPE}{:032x}", u128::from_le_bytes(number))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_services_of_one_folder_are_one_and_its_pipe_has_a_name_that_nobody_knows() {
        let place = tempfile::tempdir().expect("a folder");
        let of = |spelling: String| {
            Folders::find(&|name| {
                (name == "LOCALAPPDATA" || name == "APPDATA").then(|| spelling.clone().into())
            })
            .expect("folders")
        };
        let usual = place.path().to_str().expect("text");
        let (folders, other) = (of(usual.to_owned()), of(format!(r"{}\", usual.to_uppercase())));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let _entered = runtime.enter();
        let name = || std::fs::read_to_string(&folders.socket).unwrap_or_default();
        let mut names = vec![];
        for _ in 0..2 {
            let mut instance = SingleInstance::acquire(&folders).expect("the first");
            let _listener = instance.listen().expect("a pipe");
            names.push(name());
            assert!(SingleInstance::acquire(&other).is_err(), "the lock is the same");
            assert_eq!(std::fs::read_to_string(&other.socket).expect("read"), name());
            instance.finish();
            assert_eq!(name(), "");
        }
        assert!(names[0].starts_with(PIPE) && names[0] != names[1], "{names:?}");
    }
}
