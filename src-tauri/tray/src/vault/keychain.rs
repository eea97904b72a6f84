//! The keychain of this system, by one of keyring-core's stores.

#[cfg_attr(target_os = "linux", path = "keychain/linux.rs")]
#[cfg_attr(target_os = "macos", path = "keychain/macos.rs")]
#[cfg_attr(windows, path = "keychain/windows.rs")]
mod system;

use super::Keychain;
use keyring_core::Error;
use std::path::Path;

pub(super) struct System;

impl Keychain for System {
    fn load(&self, vault: &Path) -> Result<Option<Vec<u8>>, String> {
        match system::entry(vault).and_then(|entry| entry.get_secret()) {
            Ok(key) => Ok(Some(key)),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(system::reason(&error)),
        }
    }

    fn store(&self, vault: &Path, key: &[u8]) -> Result<(), String> {
        system::entry(vault).and_then(|entry| entry.set_secret(key)).map_err(|error| system::reason(&error))
    }
}
