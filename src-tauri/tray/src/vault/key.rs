//! XChaCha20-Poly1305 under a 32-byte key: its 24-byte nonces may be random.

use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

const KEY_LENGTH: usize = 32;
const NONCE_LENGTH: usize = 24;

#[derive(Clone)]
pub(super) struct Key(Zeroizing<[u8; KEY_LENGTH]>);

impl Key {
    /// # Errors
    /// Where the system gives no random bytes.
    pub(super) fn random() -> Result<Self, String> {
        let mut bytes = Zeroizing::new([0; KEY_LENGTH]);
        fill(bytes.as_mut_slice())?;
        Ok(Self(bytes))
    }

    /// `None` where it has another length.
    pub(super) fn from_bytes(bytes: Vec<u8>) -> Option<Self> {
        let bytes = Zeroizing::new(bytes);
        Some(Self(Zeroizing::new(bytes.as_slice().try_into().ok()?)))
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.0.as_slice()
    }

    /// The nonce and the sealed text, which opens only together with `label`.
    ///
    /// # Errors
    /// Where the system gives no random bytes.
    pub(super) fn seal(&self, text: &[u8], label: &[u8]) -> Result<(Vec<u8>, Vec<u8>), String> {
        let mut nonce = [0; NONCE_LENGTH];
        fill(&mut nonce)?;
        let payload = Payload { msg: text, aad: label };
        let sealed = self.cipher().encrypt(&XNonce::from(nonce), payload).map_err(|e| e.to_string())?;
        Ok((nonce.to_vec(), sealed))
    }

    /// `None` where anything was changed, or another key sealed it.
    pub(super) fn open(&self, nonce: &[u8], sealed: &[u8], label: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let nonce: [u8; NONCE_LENGTH] = nonce.try_into().ok()?;
        let payload = Payload { msg: sealed, aad: label };
        self.cipher().decrypt(&XNonce::from(nonce), payload).ok().map(Zeroizing::new)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new((&*self.0).into())
    }
}

/// The key, and the one before it while not everything is sealed with the new one yet. The keychain keeps both then, so
/// that nothing is lost whenever the program ends.
#[derive(Clone)]
pub(super) struct Keys {
    pub(super) current: Key,
    pub(super) previous: Option<Key>,
}

impl Keys {
    /// `None` where there are neither one nor two keys in it.
    pub(super) fn from_bytes(bytes: Vec<u8>) -> Option<Self> {
        let mut bytes = Zeroizing::new(bytes);
        let previous = match bytes.len() {
            KEY_LENGTH => None,
            length if length == 2 * KEY_LENGTH => Some(Key::from_bytes(bytes.split_off(KEY_LENGTH))?),
            _ => return None,
        };
        Some(Self { current: Key::from_bytes(std::mem::take(&mut *bytes))?, previous })
    }

    pub(super) fn bytes(&self) -> Zeroizing<Vec<u8>> {
        let previous = self.previous.as_ref().map(Key::bytes).unwrap_or_default();
        // In one piece: a vector that grew would leave a copy behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(2 * KEY_LENGTH));
        bytes.extend_from_slice(self.current.bytes());
        bytes.extend_from_slice(previous);
        bytes
    }
}

fn fill(bytes: &mut [u8]) -> Result<(), String> {
    getrandom::fill(bytes).map_err(|error| format!("the system gives no random bytes: {error}"))
}
