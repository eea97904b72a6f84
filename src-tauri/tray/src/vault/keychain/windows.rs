//! The Credential Manager: what is kept there is sealed with the person's own sign-in to Windows (DPAPI).

use keyring_core::api::CredentialStoreApi as _;
use keyring_core::{Entry, Error};
use std::collections::HashMap;
use std::path::Path;
use windows_native_keyring_store::Store;

/// A generic credential of this computer alone: it does not roam.
pub(super) fn entry(vault: &Path) -> Result<Entry, Error> {
    let persistence = HashMap::from([("persistence", "Local")]);
    Store::new()?.build("rolecall", &vault.to_string_lossy(), Some(&persistence))
}

pub(super) fn reason(error: &Error) -> String {
    match error {
        Error::NoStorageAccess(cause) => format!("the Credential Manager refuses ({cause})"),
        Error::PlatformFailure(cause) => format!("the Credential Manager does not answer ({cause})"),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::Keychain as _;
    use crate::vault::keychain::System;

    #[test]
    fn a_key_is_kept_by_the_path_of_its_vault() {
        let folder = tempfile::tempdir().expect("a folder");
        let (vault, other) = (folder.path().join("Jörg\u{2019}s vault"), folder.path().join("other"));
        assert_eq!(System.load(&vault), Ok(None));
        let key: Vec<u8> = (0..32).collect();
        System.store(&vault, &key).expect("stored");
        assert_eq!((System.load(&vault), System.load(&other)), (Ok(Some(key)), Ok(None)));
        System.store(&vault, &[7; 32]).expect("replaced");
        assert_eq!(System.load(&vault), Ok(Some(vec![7; 32])));
        entry(&vault).and_then(|entry| entry.delete_credential()).expect("removed");
        assert_eq!(System.load(&vault), Ok(None));
    }
}
