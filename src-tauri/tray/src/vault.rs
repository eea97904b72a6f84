//! What must outlive the process without plain text: sealed files, and their key in the system's keychain.
//!
//! Blocking: the keychain may ask the person to unlock it.

mod file;
mod key;
mod keychain;
mod task;

pub(crate) use task::VaultTo;

use crate::sealed::{Label, Sealed};
use key::Key;
use rolecall_core::problem::{Problem, foreign};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Where a 32-byte key is kept. Named by the vault's path: another vault (the demo's, a test's) has another key.
pub(crate) trait Keychain: Send + Sync {
    /// `Ok(None)`: there is none yet.
    ///
    /// # Errors
    /// A half-sentence: why not.
    fn load(&self, vault: &Path) -> Result<Option<Vec<u8>>, String>;

    /// # Errors
    /// A half-sentence: why not.
    fn store(&self, vault: &Path, key: &[u8]) -> Result<(), String>;
}

/// The keychain of this system.
pub(crate) fn system_keychain() -> Arc<dyn Keychain> {
    Arc::new(keychain::System)
}

#[derive(Clone)]
pub(crate) struct Vault {
    folder: PathBuf,
    keychain: Arc<dyn Keychain>,
    /// Had from the keychain once.
    key: Option<Key>,
    /// Set by who no longer waits for what is being done.
    abandoned: Arc<AtomicBool>,
}

/// What was found in the vault.
#[derive(Debug, Default)]
pub struct Unsealed {
    pub items: Vec<Sealed>,
    /// Why some of them could not be opened.
    pub problems: Vec<Problem>,
}

impl Vault {
    pub(crate) fn new(folder: PathBuf, keychain: Arc<dyn Keychain>) -> Self {
        Self { folder, keychain, key: None, abandoned: Arc::default() }
    }

    /// Everything in it. Where there is nothing, the keychain is left in peace.
    ///
    /// # Errors
    /// [`Problem::KeychainUnavailable`].
    pub(crate) fn read(&mut self) -> Result<Unsealed, Problem> {
        let files = file::list(&self.folder);
        if files.is_empty() {
            return Ok(Unsealed::default());
        }
        let missing = || Problem::SealedUnreadable { what: "the vault".into() };
        let key = self.key()?.ok_or_else(missing)?;
        let mut unsealed = Unsealed::default();
        for path in files {
            match file::open(&path, &key) {
                Ok(item) => unsealed.items.push(item),
                Err(what) => unsealed.problems.push(Problem::SealedUnreadable { what }),
            }
        }
        Ok(unsealed)
    }

    /// # Errors
    /// [`Problem::KeychainUnavailable`], [`Problem::SealedUnwritable`].
    pub(crate) fn seal(&mut self, item: &Sealed) -> Result<(), Problem> {
        let key = match self.key()? {
            Some(key) => key,
            None => self.make_key()?,
        };
        self.go_on()?;
        file::write(&self.folder, &key, item).map_err(|error| Problem::SealedUnwritable {
            path: self.folder.display().to_string(),
            reason: foreign(&error.to_string()),
        })
    }

    /// From now on, until the next call, the returned flag keeps this vault from writing anything.
    fn abandonable(&mut self) -> Arc<AtomicBool> {
        self.abandoned = Arc::default();
        Arc::clone(&self.abandoned)
    }

    fn go_on(&self) -> Result<(), Problem> {
        let late = || unavailable("it answered too late".into());
        if self.abandoned.load(Ordering::Relaxed) { Err(late()) } else { Ok(()) }
    }

    /// Removes what is sealed under a label, if anything is.
    pub(crate) fn discard(&self, label: &Label) {
        let path = file::path(&self.folder, label);
        if let Err(error) = std::fs::remove_file(&path)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!("{} was not removed: {error}", path.display());
        }
    }

    /// Whether the key can be had.
    ///
    /// # Errors
    /// [`Problem::KeychainUnavailable`].
    pub(crate) fn check(&mut self) -> Result<(), Problem> {
        self.key().map(drop)
    }

    /// `None` where there is none yet.
    fn key(&mut self) -> Result<Option<Key>, Problem> {
        if self.key.is_none() {
            self.key = match self.keychain.load(&self.folder).map_err(unavailable)? {
                Some(bytes) => {
                    let wrong = || unavailable("its entry for Rolecall is not a key of ours".into());
                    Some(Key::from_bytes(bytes).ok_or_else(wrong)?)
                }
                None => None,
            };
        }
        Ok(self.key.clone())
    }

    fn make_key(&mut self) -> Result<Key, Problem> {
        self.go_on()?;
        let key = Key::random().map_err(unavailable)?;
        self.keychain.store(&self.folder, key.bytes()).map_err(unavailable)?;
        self.key = Some(key.clone());
        Ok(key)
    }
}

fn unavailable(reason: String) -> Problem {
    Problem::KeychainUnavailable { reason: foreign(&reason) }
}

#[cfg(test)]
mod tests;
