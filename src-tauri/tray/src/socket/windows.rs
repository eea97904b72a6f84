//! A named pipe that its owner alone may open, from this computer alone.

use interprocess::local_socket::tokio::{Listener, Stream};
use interprocess::local_socket::{GenericFilePath, ListenerOptions, ToFsName};
use interprocess::os::windows::local_socket::ListenerOptionsExt as _;
use interprocess::os::windows::security_descriptor::SecurityDescriptor;
use rolecall_client::win32::user_sid;
use std::io;
use std::path::Path;
use widestring::U16CString;

/// Makes the run folder; a person's own AppData lets nobody else in.
///
/// # Errors
/// The system's own.
pub(crate) fn prepare_folder(run: &Path) -> io::Result<()> {
    std::fs::create_dir_all(run)
}

/// Fails where the name is taken: the first instance of a pipe decides who may open it.
pub(super) fn bind(address: &Path) -> io::Result<Listener> {
    let sid = user_sid()?;
    // Ours by name, for clients to see; nobody from the network; everything for us and nothing for others.
    let list = format!("O:{sid}D:P(D;;GA;;;NU)(A;;GA;;;{sid})");
    let list = U16CString::from_str(list).map_err(io::Error::other)?;
    ListenerOptions::new()
        .name(address.to_fs_name::<GenericFilePath>()?)
        .security_descriptor(SecurityDescriptor::deserialize(&list)?)
        .create_tokio()
}

/// The access list has seen to it.
pub(super) fn is_ours(_stream: &Stream) -> bool {
    true
}
