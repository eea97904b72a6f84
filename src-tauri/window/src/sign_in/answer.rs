//! The private pipe to the parent, and the one outcome that goes into it.

use super::flow::Event;
use crate::say;
use rolecall_core::sign_in::{Failure, Outcome};
use std::fs::File;
use std::io::Write;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tauri::RunEvent;

/// How long the conducting thread may take to answer and to clean up when the system ends the program.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// Gives the outcome exactly once: whoever comes first takes the pipe.
#[derive(Clone)]
pub(crate) struct Answer {
    pipe: Arc<Mutex<Option<File>>>,
    /// The engine's name, where a person reads the answer.
    reader: Option<String>,
}

impl Answer {
    pub(crate) fn new(pipe: File) -> Self {
        Self { pipe: Arc::new(Mutex::new(Some(pipe))), reader: None }
    }

    /// For a person who tests the engine of this name.
    pub(crate) fn in_words(pipe: File, engine: String) -> Self {
        Self { reader: Some(engine), ..Self::new(pipe) }
    }

    pub(crate) fn give(&self, outcome: &Outcome) {
        let taken = match self.pipe.lock() {
            Ok(mut pipe) => pipe.take(),
            Err(poisoned) => poisoned.into_inner().take(),
        };
        let Some(mut pipe) = taken else { return };
        let line = match &self.reader {
            Some(engine) => Ok(in_words(engine, outcome).into_bytes()),
            None => serde_json::to_vec(outcome),
        };
        let Ok(mut line) = line else { return };
        line.push(b'\n');
        if pipe.write_all(&line).is_err() {
            say("rolecall-window: nobody takes the outcome");
        }
    }

    /// The system ends the program, by Cmd+Q, by Quit in the Dock, or because the person logs out: they want no sign-in.
    /// The conducting thread says so, with the page's error, and ends the process; without it this is said here.
    pub(crate) fn give_at_exit(&self, event: &RunEvent, events: &Sender<Event>) {
        if !matches!(event, RunEvent::Exit) {
            return;
        }
        if events.send(Event::Closed).is_ok() {
            std::thread::park_timeout(LAST_WORDS);
        }
        self.give(&Outcome::Cancelled { error: None });
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

/// What became of a test of the engine.
fn in_words(engine: &str, outcome: &Outcome) -> String {
    match outcome {
        Outcome::EngineWorks { engine } => format!("{engine}: works"),
        Outcome::Failed { reason, detail } => {
            let reason = match reason {
                Failure::NoRuntime => "is not installed",
                Failure::NoDisplay => "has no display to show a window on",
                Failure::Timeout => "did not open in time",
                _ => "does not open",
            };
            match detail {
                Some(detail) => format!("{engine}: {reason}: {detail}"),
                None => format!("{engine}: {reason}"),
            }
        }
        _ => format!("{engine}: ended without an answer"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    #[test]
    fn a_person_reads_the_engine_s_own_number() {
        let failed = Outcome::Failed {
            reason: Failure::Engine,
            detail: Some("CreateCoreWebView2EnvironmentWithOptions: 0x800401f0".into()),
        };
        assert_eq!(
            in_words("WebView2 150.0", &failed),
            "WebView2 150.0: does not open: CreateCoreWebView2EnvironmentWithOptions: 0x800401f0"
        );
        let works = Outcome::EngineWorks { engine: "WebKitGTK 2.50.6".into() };
        assert_eq!(in_words("", &works), "WebKitGTK 2.50.6: works");
    }

    fn answered(event: &RunEvent, events: &Sender<Event>) -> String {
        let file = tempfile::NamedTempFile::new().expect("a file");
        Answer::new(file.reopen().expect("a pipe")).give_at_exit(event, events);
        std::fs::read_to_string(file.path()).expect("what was said")
    }

    #[test]
    fn quitting_by_the_system_s_means_is_a_cancel() {
        let (events, inbox) = channel();
        let cancelled = serde_json::to_string(&Outcome::Cancelled { error: None }).expect("JSON") + "\n";
        assert_eq!(answered(&RunEvent::Exit, &events), cancelled, "a conductor that hangs");
        assert!(matches!(inbox.try_recv(), Ok(Event::Closed)), "it hears of it first");
        drop(inbox);
        assert_eq!(answered(&RunEvent::Exit, &events), cancelled, "a conductor that is gone");
        assert_eq!(answered(&RunEvent::Ready, &events), "", "nothing ends yet");
    }
}
