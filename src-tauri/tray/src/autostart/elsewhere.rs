//! Elsewhere: no way yet.

use rolecall_core::problem::Problem;
use std::path::{Path, PathBuf};

#[derive(Debug)]
pub(crate) struct Autostart;

impl Autostart {
    pub(crate) fn new(_config_home: &Path, _program: PathBuf) -> Self {
        Self
    }

    pub(crate) fn file(&self) -> PathBuf {
        PathBuf::new()
    }

    /// None: the system offers no way.
    pub(crate) fn is_on(&self) -> Option<bool> {
        None
    }

    /// # Errors
    /// [`Problem::Autostart`].
    pub(crate) fn set(&self, _on: bool) -> Result<(), Problem> {
        Err(Problem::Autostart { reason: "Rolecall does not know how on this system".into() })
    }
}
