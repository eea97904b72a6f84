//! What the demo says while it plays: numbered steps, and what went wrong.

use rolecall_demo::rig::Trouble;
use std::io::{Write, stderr, stdout};
use std::process::ExitCode;

#[derive(Debug, Default)]
pub(crate) struct Story {
    step: u32,
}

impl Story {
    /// The next step, as it happens.
    pub(crate) fn step(&mut self, text: &str) {
        self.step += 1;
        say(&format!("{:>2}  {text}\n", self.step));
    }

    /// Something that belongs to the last step: indented.
    pub(crate) fn note(&self, text: &str) {
        for line in text.lines() {
            say(&format!("      {line}\n"));
        }
    }

    /// Plain words.
    pub(crate) fn words(&self, text: &str) {
        say(&format!("{text}\n"));
    }

    pub(crate) fn failed(&self, trouble: &Trouble) -> ExitCode {
        // Where even this cannot be written, the exit code says it.
        let _ = writeln!(stderr(), "✗   {trouble}");
        ExitCode::FAILURE
    }
}

fn say(text: &str) {
    let mut out = stdout().lock();
    // A reader that has gone away is no reason to leave programs behind.
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
