//! What must outlive the process without plain text: sealed files, and their key in the system's keychain.
//!
//! Blocking: the keychain may ask the person to unlock it.

mod file;
mod key;
mod keychain;
mod task;

pub(crate) use task::VaultTo;

use crate::sealed::{Label, Sealed};
use key::{Key, Keys};
use rolecall_core::problem::{Problem, foreign};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Where a 32-byte key is kept, or two of them. Named by the vault's path: another vault (the demo's, a test's) has another key.
pub(crate) trait Keychain: Send + Sync {
    /// `Ok(None)`: there is none yet.
    ///
    /// # Errors
    /// A half-sentence: why not.
    fn load(&self, vault: &Path) -> Result<Option<Vec<u8>>, String>;

    /// # Errors
    /// A half-sentence: why not.
    fn store(&self, vault: &Path, key: &[u8]) -> Result<(), String>;

    /// A sentence for the doctor, where the key is in another place than usual.
    fn remark(&self, _vault: &Path) -> Option<String> {
        None
    }
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
    keys: Option<Keys>,
    /// A keychain that did not answer in time may still put an older key over a newer one.
    replacing_hangs: bool,
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
        Self { folder, keychain, keys: None, replacing_hangs: false, abandoned: Arc::default() }
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
        let keys = self.keys()?.ok_or_else(missing)?;
        let mut unsealed = Unsealed::default();
        for path in files {
            match open(&path, &keys) {
                Ok(item) => unsealed.items.push(item),
                Err(what) => unsealed.problems.push(Problem::SealedUnreadable { what }),
            }
        }
        // The program ended while the key was being replaced.
        if keys.previous.is_some()
            && let Err(problem) = self.finish_replacing(&keys)
        {
            unsealed.problems.push(not_replaced(problem));
        }
        Ok(unsealed)
    }

    /// What is sealed gets a new key: a copy of a file that was deleted before can be opened by nobody any more. Where
    /// the program ends in the middle of it, nothing is lost, and the next [`Vault::read`] finishes it.
    ///
    /// # Errors
    /// [`Problem::VaultKeyNotReplaced`]: everything can still be opened, and so can what was deleted.
    pub(crate) fn replace_key(&mut self) -> Result<(), Problem> {
        let replaced = self.try_to_replace_key();
        replaced.map_err(|problem| {
            // What the keychain holds now is to be asked anew.
            self.keys = None;
            not_replaced(problem)
        })
    }

    fn try_to_replace_key(&mut self) -> Result<(), Problem> {
        // Where there is no folder, or no key, nothing was ever sealed.
        if !self.folder.is_dir() {
            return Ok(());
        }
        if self.replacing_hangs {
            return Err(unavailable("it did not answer last time; start Rolecall again".into()));
        }
        let Some(mut keys) = self.keys()? else { return Ok(()) };
        if keys.previous.is_some() {
            self.finish_replacing(&keys)?;
            keys.previous = None;
        }
        self.go_on()?;
        let current = Key::random().map_err(unavailable)?;
        let both = Keys { current, previous: Some(keys.current) };
        self.keychain.store(&self.folder, &both.bytes()).map_err(unavailable)?;
        self.keys = Some(both.clone());
        self.finish_replacing(&both)
    }

    /// Seals with the new key what the old one has sealed, then forgets the old one.
    fn finish_replacing(&mut self, keys: &Keys) -> Result<(), Problem> {
        for path in file::list(&self.folder) {
            if file::open(&path, &keys.current).is_ok() {
                continue;
            }
            // What neither opens was damaged before, and stays as it is.
            if let Some(item) = keys.previous.as_ref().and_then(|previous| file::open(&path, previous).ok()) {
                self.write(&keys.current, &item)?;
            }
        }
        self.go_on()?;
        let only = Keys { current: keys.current.clone(), previous: None };
        self.keychain.store(&self.folder, &only.bytes()).map_err(unavailable)?;
        self.keys = Some(only);
        Ok(())
    }

    /// Removes what writers that were interrupted have left.
    pub(crate) fn sweep(&self) {
        file::sweep(&self.folder);
    }

    /// # Errors
    /// [`Problem::KeychainUnavailable`], [`Problem::SealedUnwritable`].
    pub(crate) fn seal(&mut self, item: &Sealed) -> Result<(), Problem> {
        let key = match self.keys()? {
            Some(keys) => keys.current,
            None => self.make_key()?,
        };
        self.write(&key, item)
    }

    fn write(&self, key: &Key, item: &Sealed) -> Result<(), Problem> {
        self.go_on()?;
        file::write(&self.folder, key, item).map_err(|error| Problem::SealedUnwritable {
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
        if let Err(error) = file::remove(&self.folder, label)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!("{} was not removed: {error}", file::path(&self.folder, label).display());
        }
    }

    /// The keychain did not answer in time: it is asked for the keys again when they are needed.
    fn gives_up(&mut self, replacing: bool) {
        self.keys = None;
        self.replacing_hangs |= replacing;
    }

    /// Whether the key can be had; a sentence, where it is in another place than usual.
    ///
    /// # Errors
    /// [`Problem::KeychainUnavailable`].
    pub(crate) fn check(&mut self) -> Result<Option<String>, Problem> {
        self.keys()?;
        Ok(self.keychain.remark(&self.folder))
    }

    /// `None` where there is none yet.
    fn keys(&mut self) -> Result<Option<Keys>, Problem> {
        if self.keys.is_none() {
            self.keys = match self.keychain.load(&self.folder).map_err(unavailable)? {
                Some(bytes) => {
                    let wrong = || unavailable("its entry for Rolecall is not a key of ours".into());
                    Some(Keys::from_bytes(bytes).ok_or_else(wrong)?)
                }
                None => None,
            };
        }
        Ok(self.keys.clone())
    }

    fn make_key(&mut self) -> Result<Key, Problem> {
        self.go_on()?;
        let key = Key::random().map_err(unavailable)?;
        self.keychain.store(&self.folder, key.bytes()).map_err(unavailable)?;
        self.keys = Some(Keys { current: key.clone(), previous: None });
        Ok(key)
    }
}

/// # Errors
/// What the file is about.
fn open(path: &Path, keys: &Keys) -> Result<Sealed, String> {
    let opened = file::open(path, &keys.current);
    opened.or_else(|what| keys.previous.as_ref().and_then(|key| file::open(path, key).ok()).ok_or(what))
}

fn not_replaced(problem: Problem) -> Problem {
    match problem {
        Problem::KeychainUnavailable { reason } | Problem::SealedUnwritable { reason, .. } => {
            Problem::VaultKeyNotReplaced { reason }
        }
        problem => problem,
    }
}

fn unavailable(reason: String) -> Problem {
    Problem::KeychainUnavailable { reason: foreign(&reason) }
}

#[cfg(test)]
mod tests;
