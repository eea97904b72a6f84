//! One sealed file: JSON with a label in the clear, a nonce, and the sealed content, which is bound to the label.

use super::key::Key;
use crate::sealed::{Content, Label, Sealed};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

const VERSION: u32 = 1;
const SUFFIX: &str = "sealed";
/// How the name of a file begins that is not whole yet.
const DRAFT: &str = ".new-";
/// Cookies and tokens of one sign-on are some kilobytes.
const LARGEST: u64 = 4 * 1024 * 1024;

#[derive(Serialize, Deserialize)]
struct Envelope {
    version: u32,
    label: Label,
    nonce: String,
    sealed: String,
}

/// The sealed files of a folder; none where it is not there.
pub(super) fn list(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<_> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == SUFFIX))
        .collect();
    files.sort();
    files
}

/// Where a label's content lies: names of profiles are not always names of files.
pub(super) fn path(folder: &Path, label: &Label) -> PathBuf {
    let digest = Sha256::digest(bound(label));
    let name: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    folder.join(name).with_extension(SUFFIX)
}

/// # Errors
/// The file's name, or what it says it is about.
pub(super) fn open(path: &Path, key: &Key) -> Result<Sealed, String> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let envelope = read(path).ok_or(name)?;
    let label = envelope.label;
    let content = || {
        // A file that was copied over another one would bring its own label.
        let in_place = path.parent().map(|folder| self::path(folder, &label)).as_deref() == Some(path);
        let (nonce, sealed) = (STANDARD.decode(envelope.nonce).ok()?, STANDARD.decode(envelope.sealed).ok()?);
        let text = key.open(&nonce, &sealed, &bound(&label)).filter(|_| in_place)?;
        serde_json::from_slice::<Content>(&text).ok()
    };
    match content() {
        Some(content) => Ok((label, content)),
        None => Err(label.to_string()),
    }
}

pub(super) fn write(folder: &Path, key: &Key, (label, content): &Sealed) -> io::Result<()> {
    let text = Zeroizing::new(serde_json::to_vec(content)?);
    let (nonce, sealed) = key.seal(&text, &bound(label)).map_err(io::Error::other)?;
    let (nonce, sealed) = (STANDARD.encode(nonce), STANDARD.encode(sealed));
    let envelope = Envelope { version: VERSION, label: label.clone(), nonce, sealed };
    make_private(folder)?;
    // 0600, and either the old file or the new one, whatever happens.
    let mut file = tempfile::Builder::new().prefix(DRAFT).tempfile_in(folder)?;
    file.write_all(&serde_json::to_vec(&envelope)?)?;
    file.as_file().sync_all()?;
    file.persist(path(folder, label))?;
    sync(folder)
}

/// # Errors
/// Also where there is none.
pub(super) fn remove(folder: &Path, label: &Label) -> io::Result<()> {
    std::fs::remove_file(path(folder, label))?;
    sync(folder)
}

/// Removes the drafts of writers that were interrupted: there is one process that writes, and it has just begun.
pub(super) fn sweep(folder: &Path) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let draft = entry.file_name().to_string_lossy().starts_with(DRAFT);
        if draft && let Err(error) = std::fs::remove_file(entry.path()) {
            tracing::warn!("{} was not removed: {error}", entry.path().display());
        }
    }
}

/// The names in a folder outlive a power cut, too. Windows has no way to ask for that, nor have some file systems.
fn sync(folder: &Path) -> io::Result<()> {
    if !cfg!(unix) {
        return Ok(());
    }
    match std::fs::File::open(folder)?.sync_all() {
        Err(error) if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) => {
            Ok(())
        }
        synced => synced,
    }
}

fn read(path: &Path) -> Option<Envelope> {
    if std::fs::metadata(path).ok()?.len() > LARGEST {
        return None;
    }
    let envelope: Envelope = serde_json::from_slice(&std::fs::read(path).ok()?).ok()?;
    (envelope.version == VERSION).then_some(envelope)
}

/// What the seal binds the content to.
fn bound(label: &Label) -> Vec<u8> {
    serde_json::to_vec(&("rolecall vault", VERSION, label)).unwrap_or_default()
}

fn make_private(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    if folder.is_dir() {
        return Ok(());
    }
    builder.create(folder)?;
    folder.parent().map_or(Ok(()), sync)
}
