//! The login keychain. It gives the key to the program that put it there, known by its signature, and asks the person
//! about any other.

use apple_native_keyring_store::keychain::Store;
use keyring_core::api::CredentialStoreApi as _;
use keyring_core::{Entry, Error};
use std::path::Path;

/// Keychain Access shows an entry by it.
const SERVICE: &str = "Rolecall: key of the vault";

pub(super) fn entry(vault: &Path) -> Result<Entry, Error> {
    Store::new()?.build(SERVICE, &vault.to_string_lossy(), None)
}

pub(super) fn reason(error: &Error) -> String {
    match error {
        Error::NoStorageAccess(cause) => format!("the login keychain cannot be used ({cause})"),
        // Locked, and nobody unlocked it; or the person said no.
        Error::PlatformFailure(cause) => format!("the login keychain does not give it ({cause})"),
        other => other.to_string(),
    }
}
