//! Our programs lie beside each other.

use crate::system;
use std::path::PathBuf;

/// The path of another program of ours; its bare name where the system does not say where this one lies.
pub fn beside(name: &str) -> PathBuf {
    let name = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    match std::env::current_exe() {
        Ok(ours) => system::without_links(ours).with_file_name(name),
        Err(_) => name.into(),
    }
}
