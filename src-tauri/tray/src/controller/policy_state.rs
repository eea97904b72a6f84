//! The administrator's policy: which one is in force, and that nothing new is obtained while there is one that cannot be
//! used.

use super::Controller;
use jiff::{SignedDuration, Timestamp};
use rolecall_core::policy::Policy;
use rolecall_core::problem::Problem;
use rolecall_core::session::Work;
use rolecall_core::time;

/// A policy that is gone, or says nothing any more, may be in the middle of being replaced.
pub(super) const REPLACED: SignedDuration = SignedDuration::from_secs(10);

impl Controller {
    /// Asked before anything that obtains new credentials, or that a policy could forbid.
    ///
    /// # Errors
    /// [`Problem::PolicyRefused`]: there is a policy, and nobody knows what it says.
    pub(super) fn policy_is_usable(&self) -> Result<(), Problem> {
        self.files.policy.as_ref().map(drop).map_err(Clone::clone)
    }

    /// Which policy is in force, now that the files say this. One that cannot be used leaves the last one in force.
    pub(super) fn take_policy(&mut self, read: &Result<Option<Policy>, Problem>, now: Timestamp) {
        let Ok(policy) = read else {
            self.policy_withdrawn = None;
            return;
        };
        let says_nothing = |policy: &Option<Policy>| policy.as_ref().is_none_or(|p| *p == Policy::default());
        if says_nothing(policy)
            && !says_nothing(&self.policy)
            && *self.policy_withdrawn.get_or_insert(time::after(now, REPLACED)) > now
        {
            return;
        }
        let sure = self.policy_withdrawn.take().is_some_and(|withdrawn| withdrawn <= now);
        if self.policy != *policy {
            self.policy_changes(policy.clone(), sure, now);
        }
    }

    /// When a policy that is gone is no longer in force.
    pub(super) fn policy_withdrawn_at(&self) -> Option<Timestamp> {
        self.policy_withdrawn
    }

    pub(super) fn policy_clock(&mut self, now: Timestamp) {
        if self.policy_withdrawn.is_some_and(|withdrawn| withdrawn <= now) {
            self.files_read(self.files.clone(), now);
        }
    }

    /// The policy can be used again: what was refused because of it is not held against anybody.
    pub(super) fn policy_is_usable_again(&mut self) {
        let refused = |problem: &Problem| matches!(problem, Problem::PolicyRefused { .. });
        self.failed.retain(|_, (_, problem)| !refused(problem));
        for session in self.sessions.values_mut() {
            if matches!(&session.work, Work::Failed(problem) if refused(problem)) {
                session.work = Work::Idle;
            }
        }
        for session in self.assumed.values_mut() {
            if session.failed.as_ref().is_some_and(|(problem, _)| refused(problem)) {
                session.failed = None;
                session.forget_tries();
            }
        }
    }
}
