//! One sign-in under way: what was asked, how far the person has come.

use super::request::AuthnRequest;
use crate::log::lock;
use std::sync::Mutex;
use uuid::Uuid;

#[derive(Debug, Clone)]
pub(crate) struct Flow {
    pub(crate) id: String,
    pub(crate) request: AuthnRequest,
    /// Set with the user name, before the password is known.
    pub(crate) user: Option<String>,
    pub(crate) password_given: bool,
    pub(crate) challenge: Option<Challenge>,
}

/// The number that a page shows and a phone asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Challenge {
    pub(crate) number: String,
    pub(crate) answer: Answer,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    None,
    Approved,
    Denied,
}

#[derive(Debug, Default)]
pub(crate) struct Flows(Mutex<Vec<Flow>>);

impl Flows {
    pub(crate) fn begin(&self, request: AuthnRequest) -> Flow {
        let id = Uuid::new_v4().to_string();
        let flow = Flow { id, request, user: None, password_given: false, challenge: None };
        lock(&self.0).push(flow.clone());
        flow
    }

    pub(crate) fn get(&self, id: &str) -> Option<Flow> {
        lock(&self.0).iter().find(|flow| flow.id == id).cloned()
    }

    pub(crate) fn keep(&self, flow: &Flow) {
        if let Some(kept) = lock(&self.0).iter_mut().find(|kept| kept.id == flow.id) {
            *kept = flow.clone();
        }
    }

    pub(crate) fn end(&self, id: &str) {
        lock(&self.0).retain(|flow| flow.id != id);
    }

    pub(crate) fn number_for(&self, user: &str) -> Option<String> {
        let flows = lock(&self.0);
        let (_, challenge) = flows.iter().rev().filter_map(asked).find(|(name, _)| name == user)?;
        Some(challenge.number)
    }

    pub(crate) fn approve(&self, user: &str) -> bool {
        let mut flows = lock(&self.0);
        let flow = flows.iter_mut().rev().find(|flow| asked(flow).is_some_and(|(name, _)| name == user));
        let Some(challenge) = flow.and_then(|flow| flow.challenge.as_mut()) else { return false };
        challenge.answer = Answer::Approved;
        true
    }
}

fn asked(flow: &Flow) -> Option<(String, Challenge)> {
    let open = flow.challenge.clone().filter(|challenge| challenge.answer == Answer::None)?;
    Some((flow.user.clone()?, open))
}

impl Challenge {
    /// Two digits, as Entra shows them.
    pub(crate) fn new() -> Self {
        let byte = Uuid::new_v4().into_bytes()[0];
        Self { number: format!("{:02}", 10 + byte % 90), answer: Answer::None }
    }
}
