//! How far a request is: one line that is written over on a terminal, else one line a stage.

use crate::say;
use rolecall_core::message::Stage;
use rolecall_core::profile::ProfileName;
use std::io::Write as _;

/// For what tools run: one line, once, as the tool may show it in the midst of its own.
pub(crate) fn to_a_tool() -> impl FnMut(&ProfileName, Stage) {
    let mut told = false;
    move |profile, stage| {
        if !told && stage != Stage::Assuming {
            told = true;
            say::words(&format!(
                "rolecall: a person is needed: finish the sign-in to {profile} in Rolecall's window …"
            ));
        }
    }
}

/// The line that stands there is wiped when this is dropped.
pub(crate) struct Progress {
    rewrite: bool,
    /// The last line, and whether it still stands there.
    last: String,
    standing: bool,
}

impl Progress {
    pub(crate) fn new() -> Self {
        Self { rewrite: say::can_rewrite(&std::io::stderr()), last: String::new(), standing: false }
    }

    pub(crate) fn show(&mut self, profile: &ProfileName, stage: Stage) {
        let line = words(profile, stage);
        if line == self.last {
            return;
        }
        if self.rewrite {
            // Without wrapping (7l): a wrapped line could not be wiped by one carriage return.
            let _ = write!(std::io::stderr(), "\r\x1b[2K\x1b[?7l{line}\x1b[?7h");
            self.standing = true;
        } else {
            say::words(&line);
        }
        self.last = line;
    }

    /// Makes room for words that stay.
    pub(crate) fn wipe(&mut self) {
        if std::mem::take(&mut self.standing) {
            let _ = write!(std::io::stderr(), "\r\x1b[2K");
        }
        self.last.clear();
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.wipe();
    }
}

fn words(profile: &ProfileName, stage: Stage) -> String {
    match stage {
        Stage::SigningIn => format!("{profile}: signing in; a window opens if Entra has a question …"),
        Stage::Choosing => format!("{profile}: waiting for a role to be chosen in the tray menu …"),
        Stage::Assuming => format!("{profile}: asking AWS for the role …"),
    }
}
