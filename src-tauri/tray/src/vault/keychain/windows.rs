//! The Credential Manager: what is kept there is sealed with the person's own sign-in to Windows (DPAPI). Where an
//! administrator forbids it, a file that is sealed in the same way keeps the key.

#[path = "sealed_file.rs"]
mod sealed_file;

use super::System;
use super::fallback::{Fallback, Keeper, Refusal};
use crate::vault::{Keychain, file};
use keyring_core::api::CredentialStoreApi as _;
use keyring_core::{Entry, Error};
use sealed_file::SealedFile;
use std::collections::HashMap;
use std::path::Path;
use windows_native_keyring_store::Store;
use windows_sys::Win32::Foundation::ERROR_NO_SUCH_LOGON_SESSION;

/// A generic credential of this computer alone: it does not roam.
pub(super) fn entry(vault: &Path) -> Result<Entry, Error> {
    let persistence = HashMap::from([("persistence", "Local")]);
    Store::new()?.build("rolecall", &vault.to_string_lossy(), Some(&persistence))
}

struct CredentialManager;

impl Keeper for CredentialManager {
    fn load(&self, vault: &Path) -> Result<Option<Vec<u8>>, Refusal> {
        super::load(vault).map_err(refusal)
    }

    fn store(&self, vault: &Path, key: &[u8]) -> Result<(), Refusal> {
        super::store(vault, key).map_err(refusal)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "maps errors")]
fn refusal(error: Error) -> Refusal {
    match &error {
        // "Do not allow storage of passwords and credentials for network authentication".
        Error::NoStorageAccess(cause) => Refusal {
            reason: format!(
                "the Credential Manager refuses (Windows error {ERROR_NO_SUCH_LOGON_SESSION}, {cause})"
            ),
            for_good: true,
        },
        Error::PlatformFailure(cause) => {
            Refusal { reason: format!("the Credential Manager does not answer ({cause})"), for_good: false }
        }
        other => Refusal { reason: other.to_string(), for_good: false },
    }
}

const BOTH: Fallback<CredentialManager, SealedFile> =
    Fallback { first: CredentialManager, second: SealedFile };

impl Keychain for System {
    fn load(&self, vault: &Path) -> Result<Option<Vec<u8>>, String> {
        BOTH.load(vault, file::list(vault).is_empty())
    }

    fn store(&self, vault: &Path, key: &[u8]) -> Result<(), String> {
        BOTH.store(vault, key)
    }

    fn remark(&self, vault: &Path) -> Option<String> {
        let why = BOTH.falls_back(vault)?.map(|reason| format!(", because {reason}")).unwrap_or_default();
        let path = sealed_file::path(vault);
        Some(format!(
            "Rolecall keeps the key of the vault in {}, sealed for your Windows account{why}.",
            path.display()
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(System.remark(&vault), None);
        entry(&vault).and_then(|entry| entry.delete_credential()).expect("removed");
        assert_eq!(System.load(&vault), Ok(None));
    }

    struct Forbidden;

    impl Keeper for Forbidden {
        fn load(&self, _: &Path) -> Result<Option<Vec<u8>>, Refusal> {
            Err(refusal(Error::NoStorageAccess("a policy".into())))
        }

        fn store(&self, vault: &Path, _: &[u8]) -> Result<(), Refusal> {
            self.load(vault).map(drop)
        }
    }

    #[test]
    fn a_sealed_file_keeps_the_key_that_the_credential_manager_refuses() {
        let folder = tempfile::tempdir().expect("a folder");
        let vault = folder.path().join("Jörg Müller").join("vault");
        let both = Fallback { first: Forbidden, second: SealedFile };
        assert_eq!(both.load(&vault, true), Ok(None));
        assert!(both.load(&vault, false).is_err());
        let key: Vec<u8> = (0..64).collect();
        both.store(&vault, &key).expect("stored");
        assert_eq!(both.load(&vault, false), Ok(Some(key.clone())));
        let sealed = std::fs::read(sealed_file::path(&vault)).expect("there");
        assert!(
            !sealed.windows(16).any(|part| key.windows(16).any(|of_key| of_key == part)),
            "in plain text"
        );
        let reason = both.falls_back(&vault).flatten().expect("a reason");
        assert!(reason.contains("1312"), "{reason}");
        both.store(&vault, &[7; 32]).expect("replaced");
        assert_eq!(both.load(&vault, false), Ok(Some(vec![7; 32])));
        std::fs::write(sealed_file::path(&vault), b"damaged").expect("written");
        assert_eq!(SealedFile.load(&vault), Ok(None), "a new key can be made");
    }
}
