//! A file as it was when it was read, and whether it still is.

use super::{FileError, FileProblem, system};
use std::fs::{File, Metadata};
use std::io::{self, Read, Seek};
use std::path::Path;
use std::time::{Duration, Instant};

pub(super) struct Seen {
    pub(super) text: String,
    /// None: there was no file.
    pub(super) metadata: Option<Metadata>,
    /// The very file that was read, whatever has its name now; None where the system needs it closed.
    watched: Option<File>,
}

/// What was written onto a file after it had been replaced.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Since {
    Nothing,
    Text(String),
    /// Something, but no text that stands still.
    Unclear,
}

impl Seen {
    pub(super) fn read(path: &Path) -> Result<Self, FileError> {
        let fail = |error: io::Error| FileError::of(path, &error);
        // Asked before opening: to open a pipe is to wait for its writer.
        match path.metadata() {
            Ok(found) if !found.is_file() => return Err(FileError::new(path, FileProblem::NotAFile)),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::nothing()),
            Err(error) => return Err(fail(error)),
        }
        let mut file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::nothing()),
            Err(error) => return Err(fail(error)),
        };
        // Before the bytes: a write in between then shows as a change, not as nothing.
        let metadata = file.metadata().map_err(fail)?;
        let text = read_all(&mut file).map_err(fail)?;
        let text = String::from_utf8(text).map_err(|error| {
            let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
            let line = good.iter().filter(|byte| **byte == b'\n').count() + 1;
            FileError::new(path, FileProblem::NotUtf8 { line })
        })?;
        Ok(Self { text, metadata: Some(metadata), watched: system::to_watch(file) })
    }

    /// As [`Seen::read`], again and again while another program has the file for itself.
    pub(super) fn read_until(path: &Path, pause: Duration, deadline: Instant) -> Result<Self, FileError> {
        loop {
            match Self::read(path) {
                Err(FileError { problem: FileProblem::InUse, .. }) if Instant::now() < deadline => {
                    std::thread::sleep(pause);
                }
                read => return read,
            }
        }
    }

    /// The file that was read.
    pub(super) fn watched(&self) -> Option<&File> {
        self.watched.as_ref()
    }

    pub(super) fn exists(&self) -> bool {
        self.metadata.is_some()
    }

    /// By its mode: root may write anything, but whoever took the right to write away meant it.
    pub(super) fn is_read_only(&self) -> bool {
        self.metadata.as_ref().is_some_and(|metadata| metadata.permissions().readonly())
    }

    /// Whether the same file with the same bytes has the name `path`.
    pub(super) fn is_still_at(&self, path: &Path) -> Result<bool, FileError> {
        let now = match Self::read(path) {
            Err(FileError { problem: FileProblem::NotUtf8 { .. } | FileProblem::InUse, .. }) => {
                return Ok(false);
            }
            now => now?,
        };
        let same = match (&self.metadata, &now.metadata) {
            (None, None) => true,
            (Some(old), Some(new)) => {
                system::is_same_file(old, new) && old.modified().ok() == new.modified().ok()
            }
            _ => false,
        };
        Ok(same && self.text == now.text)
    }

    /// What a program that had the replaced file open wrote onto it.
    pub(super) fn written_since(&mut self, quiet: Duration, deadline: Instant) -> Since {
        let Some(file) = &mut self.watched else { return Since::Nothing };
        let Ok(mut last) = read_all(file) else { return Since::Unclear };
        if last == self.text.as_bytes() {
            return Since::Nothing;
        }
        while Instant::now() < deadline {
            std::thread::sleep(quiet);
            match read_all(file) {
                // Empty: emptied by a program that has not written yet.
                Ok(now) if now == last && !now.is_empty() => {
                    return String::from_utf8(now).map_or(Since::Unclear, Since::Text);
                }
                Ok(now) => last = now,
                Err(_) => return Since::Unclear,
            }
        }
        Since::Unclear
    }

    fn nothing() -> Self {
        Self { text: String::new(), metadata: None, watched: None }
    }
}

fn read_all(file: &mut File) -> io::Result<Vec<u8>> {
    let mut bytes = vec![];
    file.rewind()?;
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}
