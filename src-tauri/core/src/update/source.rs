//! Where a feed is and whose signature it must bear: an address and a minisign public key.

use crate::profile::is_private_address;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use minisign_verify::{Error, PublicKey, Signature};
use std::io::{self, Read};
use url::Url;

/// What the person or an administrator has named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    feed: Url,
    key: Key,
}

/// A public key as `minisign -G` and `tauri signer generate` print it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    text: String,
    parsed: PublicKey,
}

/// What stands behind the feed's own address to make that of its signature (`minisign -S` names it so).
const SIGNATURE: &str = ".minisig";

impl Source {
    /// # Errors
    /// What is wrong with the address or the key, as a half-sentence.
    pub fn parse(feed: &str, key: &str) -> Result<Self, String> {
        Ok(Self { feed: address(feed)?, key: Key::parse(key)? })
    }

    pub fn feed(&self) -> &Url {
        &self.feed
    }

    pub fn key(&self) -> &Key {
        &self.key
    }

    /// Where the feed's signature is: beside it, `latest.json.minisig`.
    pub fn signature(&self) -> Url {
        let mut url = self.feed.clone();
        url.set_path(&format!("{}{SIGNATURE}", url.path()));
        url
    }
}

/// # Errors
/// What is wrong with it, as a half-sentence.
pub(crate) fn address(text: &str) -> Result<Url, String> {
    let url = Url::parse(text.trim()).map_err(|_| "update_feed is not an address".to_owned())?;
    if !is_private_address(&url) {
        return Err("update_feed must be https (http is for loopback only)".to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
        return Err("update_feed must not hold a user name, a password or a fragment".to_owned());
    }
    Ok(url)
}

impl Key {
    /// The key's line, the text of a `.pub` file, or that text in base64, as Tauri writes it.
    ///
    /// # Errors
    /// What is wrong with it, as a half-sentence.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let wrapped = || unwrapped(text).and_then(|inner| PublicKey::decode(&inner).ok());
        let parsed =
            PublicKey::from_base64(text).ok().or_else(|| PublicKey::decode(text).ok()).or_else(wrapped);
        let parsed = parsed.ok_or("update_key is not a public key of minisign")?;
        Ok(Self { text: text.to_owned(), parsed })
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// When a text was signed: the signature's own, trusted, comment says so.
    ///
    /// # Errors
    /// Why the signature does not count, as a half-sentence.
    pub(super) fn signed(&self, text: &str, signature: &str) -> Result<Timestamp, String> {
        let signature = read(signature)?;
        self.parsed.verify(text.as_bytes(), &signature, false).map_err(|error| reason(&error))?;
        // Only now is the comment to be believed.
        let comment = signature.trusted_comment();
        let seconds = comment.split('\t').find_map(|part| part.trim().strip_prefix("timestamp:"));
        let at = seconds.and_then(|seconds| seconds.trim().parse().ok()).map(Timestamp::from_second);
        at.and_then(Result::ok).ok_or_else(|| "it does not say when it was made".to_owned())
    }

    /// Whether a file bears this signature.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(super) fn has_signed(&self, mut file: impl Read, signature: &str) -> io::Result<bool> {
        let Ok(signature) = read(signature) else { return Ok(false) };
        let Ok(mut verifier) = self.parsed.verify_stream(&signature) else { return Ok(false) };
        let mut buffer = vec![0; 64 * 1024];
        loop {
            match file.read(&mut buffer) {
                Ok(0) => return Ok(verifier.finalize().is_ok()),
                Ok(length) => verifier.update(&buffer[..length]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

/// minisign's own text, or Tauri's base64 of it.
fn read(text: &str) -> Result<Signature, String> {
    let text = text.trim();
    let inner = unwrapped(text);
    Signature::decode(inner.as_deref().unwrap_or(text)).map_err(|error| reason(&error))
}

fn unwrapped(text: &str) -> Option<String> {
    String::from_utf8(STANDARD.decode(text).ok()?).ok()
}

fn reason(error: &Error) -> String {
    match error {
        Error::InvalidSignature => "the signature is of another text",
        Error::UnexpectedKeyId => "it was made with another key",
        Error::UnsupportedLegacyMode | Error::UnexpectedAlgorithm | Error::UnsupportedAlgorithm => {
            "it is of a kind that is not used any more: sign it anew with minisign 0.10 or newer"
        }
        Error::InvalidEncoding | Error::IoError(_) => "what stands there is not a signature of minisign",
    }
    .to_owned()
}
