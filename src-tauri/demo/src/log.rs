//! What the make-believe world has seen, in order: tests read it, and wait for what they expect in it.

use crate::entra::Page;
use jiff::Timestamp;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// One request, or one thing that a page told about itself. No query, body, cookie or key is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// By the world's own clock.
    pub at: Timestamp,
    pub method: String,
    pub path: String,
    pub kind: Kind,
}

/// What a request was for, or what was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// This page was answered.
    Page(Page),
    /// This page's scripts run.
    Loaded(Page),
    /// This page is on a screen.
    Visible(Page),
    /// This page has the keyboard.
    Focused(Page),
    /// This page's form came in.
    Form(Page),
    /// Somebody used the make-believe phone.
    Phone,
    /// An STS action.
    Sts(String),
    /// A console federation action.
    Federation(String),
    /// An action of the sign-in site's `/oauth`: `logout`.
    Oauth(String),
    /// A browser's POST reached AWS's assertion consumer service.
    Acs,
    /// A program's did, which reads the accounts' names there.
    AccountNames,
    Other,
}

#[derive(Debug)]
pub(crate) struct Log {
    seen: Mutex<Vec<Seen>>,
    grown: Condvar,
    bell: watch::Sender<u64>,
}

impl Log {
    pub(crate) fn new() -> Self {
        Self { seen: Mutex::default(), grown: Condvar::new(), bell: watch::Sender::new(0) }
    }

    pub(crate) fn add(&self, seen: Seen) {
        lock(&self.seen).push(seen);
        self.ring();
    }

    /// Something changed that somebody may be waiting for.
    pub(crate) fn ring(&self) {
        self.grown.notify_all();
        self.bell.send_modify(|count| *count += 1);
    }

    pub(crate) fn bell(&self) -> watch::Receiver<u64> {
        self.bell.subscribe()
    }

    pub(crate) fn all(&self) -> Vec<Seen> {
        lock(&self.seen).clone()
    }

    pub(crate) fn len(&self) -> usize {
        lock(&self.seen).len()
    }

    pub(crate) fn find(&self, from: usize, wanted: &dyn Fn(&Seen) -> bool) -> Option<Seen> {
        lock(&self.seen).iter().skip(from).find(|seen| wanted(seen)).cloned()
    }

    pub(crate) fn wait(
        &self,
        from: usize,
        at_most: Duration,
        wanted: &dyn Fn(&Seen) -> bool,
    ) -> Option<Seen> {
        let deadline = Instant::now() + at_most;
        let mut seen = lock(&self.seen);
        loop {
            if let Some(found) = seen.iter().skip(from).find(|seen| wanted(seen)) {
                return Some(found.clone());
            }
            let left = deadline.checked_duration_since(Instant::now())?;
            seen = self.grown.wait_timeout(seen, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

/// A poisoned lock's content is still the world's: another test thread's panic is that test's affair.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
