//! The private pipe to the parent, and the one outcome that goes into it.

use crate::say;
use rolecall_core::sign_in::{Failure, Outcome};
use std::fs::File;
use std::io::Write;
use std::sync::{Arc, Mutex};

/// Gives the outcome exactly once: whoever comes first takes the pipe.
#[derive(Clone)]
pub(crate) struct Answer(Arc<Mutex<Option<File>>>);

impl Answer {
    pub(crate) fn new(pipe: File) -> Self {
        Self(Arc::new(Mutex::new(Some(pipe))))
    }

    pub(crate) fn give(&self, outcome: &Outcome) {
        let taken = match self.0.lock() {
            Ok(mut pipe) => pipe.take(),
            Err(poisoned) => poisoned.into_inner().take(),
        };
        let Some(mut pipe) = taken else { return };
        let Ok(mut line) = serde_json::to_vec(outcome) else { return };
        line.push(b'\n');
        if pipe.write_all(&line).is_err() {
            say("rolecall-window: nobody takes the outcome");
        }
    }

    /// A panic is answered, too. Its text could hold anything, so only its place is printed.
    pub(crate) fn give_on_panic(&self) {
        let answer = self.clone();
        std::panic::set_hook(Box::new(move |panic| {
            if let Some(place) = panic.location() {
                say(&format!("rolecall-window: internal error at {}:{}", place.file(), place.line()));
            }
            answer.give(&Outcome::Failed { reason: Failure::Engine, detail: None });
            super::platform::end()
        }));
    }
}
