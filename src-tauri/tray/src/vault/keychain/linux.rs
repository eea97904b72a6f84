//! The Secret Service: GNOME Keyring, KWallet, KeePassXC.

use keyring_core::api::CredentialStoreApi as _;
use keyring_core::{Entry, Error};
use std::collections::HashMap;
use std::path::Path;
use zbus_secret_service_keyring_store::Store;

/// A connection for each call: none is kept over a day for what is needed once.
pub(super) fn entry(vault: &Path) -> Result<Entry, Error> {
    let label = HashMap::from([("label", "Rolecall: key of the vault")]);
    Store::new()?.build("rolecall", &vault.to_string_lossy(), Some(&label))
}

pub(super) fn reason(error: &Error) -> String {
    match error {
        Error::NoStorageAccess(_) => "it is locked".to_owned(),
        Error::PlatformFailure(cause) => format!("no keychain answers ({cause})"),
        other => other.to_string(),
    }
}
