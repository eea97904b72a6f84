//! The credentials of one profile, asked of the resident process for each request, by one question at a time.

use crate::credentials::{self, Asker};
use crate::progress;
use crate::say::Said;
use jiff::{SignedDuration, Timestamp};
use rolecall_core::credentials::Credentials;
use rolecall_core::message::Stage;
use rolecall_core::problem::Report;
use rolecall_core::profile::ProfileName;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// SDKs give up after one or two seconds, and a renewal may take longer: till it is there, what is left will do.
const PATIENCE: Duration = Duration::from_millis(800);
const LEFT: SignedDuration = SignedDuration::from_mins(1);

/// The resident process itself gives a person five minutes.
const PERSON: Duration = Duration::from_secs(6 * 60);

/// Codes of what AWS and the network get over by themselves.
const PASSING: [&str; 8] = [
    "aws.throttled",
    "aws.unavailable",
    "aws.timeout",
    "aws.unreachable",
    "aws.certificate",
    "aws.not_aws",
    "proxy.unreachable",
    "proxy.timeout",
];

pub(super) struct Keeper {
    profile: Option<ProfileName>,
    asker: Asker,
    state: Mutex<State>,
    answered: Condvar,
}

struct State {
    /// None after a refusal, and while a person is asked: whoever signed out wants nothing handed out any more.
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
        let begun = Instant::now();
        let mut state = self.lock();
        let before = state.answers;
        if !state.asking {
            state.asking = true;
            let keeper = Arc::clone(self);
            std::thread::spawn(move || keeper.ask());
        }
        while state.answers == before {
            let patience = if state.last.as_ref().is_some_and(lasts) { PATIENCE } else { PERSON };
            let left = patience.saturating_sub(begun.elapsed());
            if left.is_zero() {
                break;
            }
            (state, _) = self.answered.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner);
        }
        let fresh = state.answers != before;
        match (&state.last, &state.refusal) {
            (Some(last), _) if fresh || lasts(last) => Ok(last.clone()),
            (_, Some(refusal)) => Err(refusal.clone()),
            (_, None) => Err(rolecall_client::trouble::not_running()),
        }
    }

    fn ask(&self) {
        let mut say = progress::to_a_tool();
        let given = credentials::ask(self.profile.clone(), self.asker, |profile, stage| {
            // Only where there is nothing left that it could give is a person asked.
            if stage != Stage::Assuming {
                self.lock().last = None;
                self.answered.notify_all();
            }
            say(profile, stage);
        });
        let mut state = self.lock();
        match given {
            Ok(given) => (state.last, state.refusal) = (Some(given.credentials), None),
            Err(Said(problem)) => {
                state.last = state.last.take().filter(|last| passes(&problem) && lasts(last));
                state.refusal = Some(problem);
            }
        }
        state.asking = false;
        state.answers += 1;
        self.answered.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether it may well be gone in a while: the network, AWS under load, a resident process that starts anew.
pub(super) fn passes(problem: &Report) -> bool {
    PASSING.contains(&problem.code.as_str()) || problem.code.starts_with("tray.")
}

fn lasts(credentials: &Credentials) -> bool {
    credentials.expiration.duration_since(Timestamp::now()) > LEFT
}
