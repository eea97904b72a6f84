//! Windows: the pipe's name is made from the person's folder, and so is the lock's place; nobody can delete a pipe.

use super::InstanceError;
use crate::lock::Lock;
use crate::socket;
use interprocess::local_socket::tokio::Listener;
use rolecall_core::folders::Folders;
use std::path::{Path, PathBuf};

pub(crate) struct SingleInstance {
    run: PathBuf,
    socket: PathBuf,
    _lock: Lock,
}

impl SingleInstance {
    /// # Errors
    /// Another one runs, or the folder cannot be made.
    pub(crate) fn acquire(folders: &Folders) -> Result<Self, InstanceError> {
        let io = |error| InstanceError::Io { what: folders.run.display().to_string(), error };
        socket::prepare_folder(&folders.run).map_err(io)?;
        let lock = Lock::take(&folders.run.join("lock"))?;
        Ok(Self { run: folders.run.clone(), socket: folders.socket.clone(), _lock: lock })
    }

    /// Whether one could run here.
    ///
    /// # Errors
    /// As [`SingleInstance::acquire`] and [`SingleInstance::listen`].
    pub(crate) fn check(folders: &Folders) -> Result<(), InstanceError> {
        Self::acquire(folders)?.listen().map(drop)
    }

    pub(crate) fn run_folder(&self) -> &Path {
        &self.run
    }

    /// # Errors
    /// The system's own.
    pub(crate) fn listen(&mut self) -> Result<Listener, InstanceError> {
        let io = |error| InstanceError::Io { what: self.socket.display().to_string(), error };
        socket::bind(&self.socket).map_err(io)
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

    pub(crate) fn finish(&self) {}
}
