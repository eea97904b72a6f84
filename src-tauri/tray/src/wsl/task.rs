//! Off the loop, and one after the other: keys that are removed after they were written are gone.

use super::{Outcomes, Wsl, write};
use rolecall_core::credentials::Credentials;
use rolecall_core::problem::Problem;
use rolecall_core::profile::ProfileName;
use rolecall_core::wsl::{Distribution, Trouble};
use std::rc::Rc;
use std::sync::Arc;
use tokio::sync::Mutex;

/// WSL as the loop asks it; `None` where this system has none.
#[derive(Clone)]
pub(crate) struct WslTo {
    wsl: Option<Arc<dyn Wsl>>,
    turn: Rc<Mutex<()>>,
}

impl WslTo {
    pub(crate) fn new(wsl: Option<Arc<dyn Wsl>>) -> Self {
        Self { wsl, turn: Rc::default() }
    }

    pub(crate) fn system(&self) -> Option<Arc<dyn Wsl>> {
        self.wsl.clone()
    }

    /// As [`write`]; those who ask first come first.
    pub(crate) async fn write(
        &self,
        profile: ProfileName,
        distributions: Vec<Distribution>,
        credentials: Option<Credentials>,
    ) -> Outcomes {
        let Some(wsl) = self.wsl.clone() else { return vec![] };
        let _turn = self.turn.lock().await;
        let written = tokio::task::spawn_blocking(move || {
            write(wsl.as_ref(), &profile, &distributions, credentials.as_ref())
        });
        written.await.unwrap_or_default()
    }

    /// # Errors
    /// [`Trouble::Unavailable`], [`Trouble::OnlyFromWindows`].
    pub(crate) async fn distributions(&self) -> Result<Vec<(Distribution, bool)>, Problem> {
        let wsl = self.wsl.clone().ok_or(Trouble::OnlyFromWindows)?;
        let asked = tokio::task::spawn_blocking(move || wsl.distributions()).await;
        let gone = |error: tokio::task::JoinError| Trouble::Unavailable { reason: error.to_string() };
        Ok(asked.map_err(gone)??)
    }
}
