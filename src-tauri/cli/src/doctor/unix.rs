//! Unix: files have permission bits.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt as _;

pub(super) fn mode(metadata: &Metadata) -> Option<u32> {
    Some(metadata.mode() & 0o7777)
}
