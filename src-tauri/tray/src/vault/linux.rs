//! The Secret Service: GNOME Keyring, KWallet, KeePassXC.

use super::Keychain;
use keyring_core::api::CredentialStoreApi as _;
use keyring_core::{Entry, Error};
use std::collections::HashMap;
use std::path::Path;
use zbus_secret_service_keyring_store::Store;

pub(super) struct System;

impl Keychain for System {
    fn load(&self, vault: &Path) -> Result<Option<Vec<u8>>, String> {
        match entry(vault).and_then(|entry| entry.get_secret()) {
            Ok(key) => Ok(Some(key)),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(reason(&error)),
        }
    }

    fn store(&self, vault: &Path, key: &[u8]) -> Result<(), String> {
        entry(vault).and_then(|entry| entry.set_secret(key)).map_err(|error| reason(&error))
    }
}

/// A connection for each call: none is kept over a day for what is needed once.
fn entry(vault: &Path) -> Result<Entry, Error> {
    let label = HashMap::from([("label", "Rolecall: key of the vault")]);
    Store::new()?.build("rolecall", &vault.to_string_lossy(), Some(&label))
}

fn reason(error: &Error) -> String {
    match error {
        Error::NoStorageAccess(_) => "it is locked".to_owned(),
        Error::PlatformFailure(cause) => format!("no keychain answers ({cause})"),
        other => other.to_string(),
    }
}
