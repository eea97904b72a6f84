//! What tries to break the replace: kills, other writers, full disks, folders without rights. Unix only: elsewhere the
//! unit tests of `aws_files::replace` stand for it.
#![cfg(unix)]

mod child;
mod kill;
mod limits;
mod together;
