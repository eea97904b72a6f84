//! The credentials of one profile, asked of the resident process for each request, by one question at a time.

use crate::credentials::{self, Asker};
use crate::progress;
use jiff::{SignedDuration, Timestamp};
use rolecall_core::credentials::Credentials;
use rolecall_core::problem::Report;
use rolecall_core::profile::ProfileName;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// SDKs give up after one or two seconds, and a renewal may take longer: till it is there, what is left will do.
const PATIENCE: Duration = Duration::from_millis(800);
const LEFT: SignedDuration = SignedDuration::from_mins(1);

/// The resident process itself gives a person five minutes.
const PERSON: Duration = Duration::from_secs(6 * 60);

pub(super) struct Keeper {
    profile: Option<ProfileName>,
    asker: Asker,
    state: Mutex<State>,
    answered: Condvar,
}

struct State {
    /// None after a refusal: whoever signed out wants nothing handed out any more.
    last: Option<Credentials>,
    refusal: Option<Report>,
    asking: bool,
    answers: u64,
}

impl Keeper {
    pub(super) fn new(profile: Option<ProfileName>, asker: Asker, first: Credentials) -> Arc<Self> {
        let state = State { last: Some(first), refusal: None, asking: false, answers: 0 };
        Arc::new(Self { profile, asker, state: Mutex::new(state), answered: Condvar::new() })
    }

    pub(super) fn credentials(self: &Arc<Self>) -> Result<Credentials, Report> {
        let mut state = self.lock();
        let before = state.answers;
        if !state.asking {
            state.asking = true;
            let keeper = Arc::clone(self);
            std::thread::spawn(move || keeper.ask());
        }
        let left = state.last.as_ref().map(|last| last.expiration.duration_since(Timestamp::now()));
        let patience = if left.is_some_and(|left| left > LEFT) { PATIENCE } else { PERSON };
        let waited = self.answered.wait_timeout_while(state, patience, |state| state.answers == before);
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        match (&state.last, &state.refusal) {
            (Some(last), _) => Ok(last.clone()),
            (None, Some(refusal)) => Err(refusal.clone()),
            (None, None) => Err(rolecall_client::trouble::not_running()),
        }
    }

    fn ask(&self) {
        let given = credentials::ask(self.profile.clone(), self.asker, progress::to_a_tool());
        let mut state = self.lock();
        (state.last, state.refusal) = match given {
            Ok(given) => (Some(given.credentials), None),
            Err(problem) => (None, Some(problem.0)),
        };
        state.asking = false;
        state.answers += 1;
        self.answered.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
