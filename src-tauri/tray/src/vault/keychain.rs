//! The keychain of this system, by one of keyring-core's stores.

#[cfg(any(windows, test))]
mod fallback;
#[cfg_attr(target_os = "linux", path = "keychain/linux.rs")]
#[cfg_attr(target_os = "macos", path = "keychain/macos.rs")]
#[cfg_attr(windows, path = "keychain/windows.rs")]
mod system;

#[cfg(not(windows))]
use super::Keychain;
use keyring_core::Error;
use std::path::Path;

pub(super) struct System;

#[cfg(not(windows))]
impl Keychain for System {
    fn load(&self, vault: &Path) -> Result<Option<Vec<u8>>, String> {
        load(vault).map_err(|error| system::reason(&error))
    }

    fn store(&self, vault: &Path, key: &[u8]) -> Result<(), String> {
        store(vault, key).map_err(|error| system::reason(&error))
    }
}

fn load(vault: &Path) -> Result<Option<Vec<u8>>, Error> {
    match system::entry(vault).and_then(|entry| entry.get_secret()) {
        Ok(key) => Ok(Some(key)),
        Err(Error::NoEntry) => Ok(None),
        Err(error) => Err(error),
    }
}

fn store(vault: &Path, key: &[u8]) -> Result<(), Error> {
    system::entry(vault).and_then(|entry| entry.set_secret(key))
}
