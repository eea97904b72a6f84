//! A Unix socket in a folder that only its owner can enter.

use interprocess::local_socket::tokio::{Listener, Stream};
use interprocess::local_socket::traits::StreamCommon as _;
use interprocess::local_socket::{GenericFilePath, ListenerOptions, ToFsName};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::Path;

/// Makes the run folder with mode 0700.
///
/// # Errors
/// Where it belongs to somebody else: whoever owns the folder could put their own socket there.
pub(crate) fn prepare_folder(run: &Path) -> io::Result<()> {
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(run)?;
    let metadata = std::fs::symlink_metadata(run)?;
    if !metadata.is_dir() || metadata.uid() != rustix::process::geteuid().as_raw() {
        let text = format!("{} is not a folder of yours", run.display());
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, text));
    }
    // Of a folder that is on a read-only file system, or right already, nothing is changed.
    if metadata.permissions().mode() & 0o7777 == 0o700 {
        return Ok(());
    }
    std::fs::set_permissions(run, std::fs::Permissions::from_mode(0o700))
}

pub(super) fn bind(address: &Path) -> io::Result<Listener> {
    match std::fs::remove_file(address) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    // The holder of the lock removes it, before the lock goes: a listener that is dropped later could hit the next one's.
    ListenerOptions::new().name(address.to_fs_name::<GenericFilePath>()?).reclaim_name(false).create_tokio()
}

pub(super) fn is_ours(stream: &Stream) -> bool {
    let peer = stream.peer_creds().ok().and_then(|peer| peer.euid());
    peer == Some(rustix::process::geteuid().as_raw())
}
