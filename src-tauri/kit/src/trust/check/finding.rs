//! What is wrong with a policy, and what to write instead.

use serde::Serialize;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Finding {
    /// Stable: `trust.sub_missing`.
    pub(super) code: &'static str,
    /// Counted from one; none: it is about the whole policy.
    pub(super) statement: Option<usize>,
    pub(super) what: String,
    /// What to write instead.
    pub(super) instead: String,
}

/// Findings about one policy, in the order of its statements; and what cannot be told from the file alone.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub(super) found: Vec<Finding>,
    pub(super) notes: Vec<String>,
}

impl Findings {
    pub(super) fn add(
        &mut self,
        code: &'static str,
        statement: impl Into<Option<usize>>,
        what: impl Into<String>,
        instead: impl Into<String>,
    ) {
        let finding =
            Finding { code, statement: statement.into(), what: what.into(), instead: instead.into() };
        if !self.found.contains(&finding) {
            self.found.push(finding);
        }
    }

    pub(super) fn note(&mut self, note: impl Into<String>) {
        let note = note.into();
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }
}
