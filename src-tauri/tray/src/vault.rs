//! What must outlive the process without plain text: sealed files, and their key in the system's keychain.
//!
//! Blocking: the keychain may ask the person to unlock it.

mod file;
mod key;
#[cfg_attr(target_os = "linux", path = "vault/linux.rs")]
mod keychain;
mod task;

pub(crate) use task::VaultTo;

use crate::sealed::{Label, Sealed};
use key::Key;
use rolecall_core::problem::{Problem, foreign};
use std::path::{Path, PathBuf};
use std::sync::Arc;

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
        Self { folder, keychain, key: None }
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
        let key = self.key()?;
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
        let key = self.key()?;
        file::write(&self.folder, &key, item).map_err(|error| Problem::SealedUnwritable {
            path: self.folder.display().to_string(),
            reason: foreign(&error.to_string()),
        })
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

    fn key(&mut self) -> Result<Key, Problem> {
        if let Some(key) = &self.key {
            return Ok(key.clone());
        }
        let unavailable = |reason: String| Problem::KeychainUnavailable { reason: foreign(&reason) };
        let key = match self.keychain.load(&self.folder).map_err(unavailable)? {
            Some(bytes) => Key::from_bytes(bytes)
                .ok_or_else(|| unavailable("its entry for Rolecall is not a key of ours".into()))?,
            None => {
                let key = Key::random().map_err(unavailable)?;
                self.keychain.store(&self.folder, key.bytes()).map_err(unavailable)?;
                key
            }
        };
        self.key = Some(key.clone());
        Ok(key)
    }
}

#[cfg(test)]
mod tests;
