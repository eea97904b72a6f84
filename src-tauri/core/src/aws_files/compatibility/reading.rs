//! What one reader takes an AWS file for, in a shape that readings can be compared in.

use std::collections::BTreeMap;

/// A whole file as one reader takes it.
#[derive(Debug, Default)]
pub(super) struct Reading {
    pub(super) sections: BTreeMap<SectionName, ReadSection>,
    /// Lines for which the reader refuses the whole file.
    pub(super) refusals: Vec<Refusal>,
    /// Headers whose keys may or may not win against those of another spelling of the same name.
    pub(super) unstable: Vec<(usize, SectionName)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) line: usize,
    pub(super) rule: super::Rule,
}

/// What a section describes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum SectionName {
    Profile(String),
    SsoSession(String),
    /// In a credentials file, where no reader looks for them.
    Services(String),
}

#[derive(Debug, Clone)]
pub(super) struct ReadSection {
    /// The line of its header.
    pub(super) line: usize,
    /// By their names in lower case.
    pub(super) keys: BTreeMap<String, ReadValue>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ReadValue {
    pub(super) line: usize,
    pub(super) value: Value,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Text(String),
    /// The indented lines below a key without a value of its own: `s3 =`.
    Block(BTreeMap<String, String>),
}

impl Reading {
    pub(super) fn refuse(&mut self, line: usize, rule: super::Rule) {
        self.refusals.push(Refusal { line, rule });
    }
}

impl Value {
    /// A text that begins with a line feed is a block; lines of it without `=` are left out.
    pub(super) fn of<'a>(text: String, lines: impl Fn(&str) -> Vec<(String, String)> + 'a) -> Self {
        match text.strip_prefix('\n') {
            Some(block) => Self::Block(lines(block).into_iter().collect()),
            None => Self::Text(text),
        }
    }
}

/// What Python takes for a blank: Unicode's blanks and the four separators of ASCII.
pub(super) fn is_python_blank(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}

pub(super) fn python_trim(text: &str) -> &str {
    text.trim_matches(is_python_blank)
}

/// Whether the SDKs take a name of a profile or a key (aws-runtime's `validate_identifier`).
pub(super) fn is_identifier(name: &str) -> bool {
    name.chars().all(|c| c.is_ascii_alphanumeric() || "_-/.%@:+".contains(c))
}
