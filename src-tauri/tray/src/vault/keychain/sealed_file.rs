//! A key in a file beside its vault, which only the same Windows account can open (CryptProtectData).

use super::{Keeper, Refusal};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::ptr::{null, null_mut};
use windows_sys::Win32::Foundation::LocalFree;
use windows_sys::Win32::Security::Cryptography::{
    CRYPT_INTEGER_BLOB, CRYPTPROTECT_UI_FORBIDDEN, CryptProtectData, CryptUnprotectData,
};
use zeroize::{Zeroize as _, Zeroizing};

pub(super) struct SealedFile;

/// `vault.key` beside the folder `vault`.
pub(super) fn path(vault: &Path) -> PathBuf {
    vault.with_extension("key")
}

impl Keeper for SealedFile {
    /// A file that was damaged holds no key any more; nor does one whose account has another password by an
    /// administrator's hand, or that came from another computer.
    fn load(&self, vault: &Path) -> Result<Option<Vec<u8>>, Refusal> {
        let path = path(vault);
        let sealed = match std::fs::read(&path) {
            Ok(sealed) => sealed,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(refusal(&path, &error)),
        };
        match unseal(&sealed) {
            Ok(key) => Ok(Some(key)),
            Err(error) => {
                tracing::warn!("{} cannot be unsealed any more: {error}", path.display());
                Ok(None)
            }
        }
    }

    fn store(&self, vault: &Path, key: &[u8]) -> Result<(), Refusal> {
        let path = path(vault);
        seal(key).and_then(|sealed| write(&path, &sealed)).map_err(|error| refusal(&path, &error))
    }
}

fn refusal(path: &Path, error: &io::Error) -> Refusal {
    Refusal { reason: format!("the key in {} cannot be used ({error})", path.display()), for_good: false }
}

/// The old key or the new one, whenever the program ends.
fn write(path: &Path, sealed: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(path);
    std::fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(sealed)?;
    file.as_file().sync_all()?;
    file.persist(path).map(drop).map_err(|failed| failed.error)
}

fn seal(key: &[u8]) -> io::Result<Vec<u8>> {
    let mut key = Zeroizing::new(key.to_vec());
    let (key, mut sealed) = (blob(&mut key)?, nothing());
    #[expect(unsafe_code, reason = "a call into the system")]
    // SAFETY: the key outlives the call and is only read; what is returned is taken over.
    unsafe {
        let flags = CRYPTPROTECT_UI_FORBIDDEN;
        if CryptProtectData(&raw const key, null(), null(), null(), null(), flags, &raw mut sealed) == 0 {
            return Err(io::Error::last_os_error());
        }
        Ok(taken(sealed))
    }
}

fn unseal(sealed: &[u8]) -> io::Result<Vec<u8>> {
    let mut sealed = sealed.to_vec();
    let (sealed, mut key) = (blob(&mut sealed)?, nothing());
    #[expect(unsafe_code, reason = "a call into the system")]
    // SAFETY: the sealed text outlives the call and is only read; what is returned is taken over.
    unsafe {
        let flags = CRYPTPROTECT_UI_FORBIDDEN;
        let done =
            CryptUnprotectData(&raw const sealed, null_mut(), null(), null(), null(), flags, &raw mut key);
        if done == 0 {
            return Err(io::Error::last_os_error());
        }
        Ok(taken(key))
    }
}

fn blob(bytes: &mut [u8]) -> io::Result<CRYPT_INTEGER_BLOB> {
    let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
    Ok(CRYPT_INTEGER_BLOB { cbData: length, pbData: bytes.as_mut_ptr() })
}

fn nothing() -> CRYPT_INTEGER_BLOB {
    CRYPT_INTEGER_BLOB { cbData: 0, pbData: null_mut() }
}

/// # Safety
/// The system has allocated it for us.
#[expect(unsafe_code, reason = "takes over what the system gave")]
unsafe fn taken(blob: CRYPT_INTEGER_BLOB) -> Vec<u8> {
    // SAFETY: all of it is there, ours alone, and freed once, after what may be a key was wiped.
    unsafe {
        let bytes = std::slice::from_raw_parts_mut(blob.pbData, blob.cbData as usize);
        let taken = bytes.to_vec();
        bytes.zeroize();
        LocalFree(blob.pbData.cast());
        taken
    }
}
