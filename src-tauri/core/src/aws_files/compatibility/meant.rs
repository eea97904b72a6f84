//! What the person who wrote a file meant by it: the documented grammar, and where a line breaks it, what it plainly
//! says all the same.

use super::reading::{ReadSection, ReadValue, Reading, SectionName, Value, is_python_blank, python_trim};
use super::rules::is_profile_key;
use crate::aws_files::document::{BLANKS, Dialect, Document, Key, Section, comment_start, unquoted};
use std::collections::BTreeMap;

pub(super) fn read(document: &Document<'_>) -> Reading {
    let mut reading = Reading::default();
    for section in document.sections() {
        let Some(name) = name_of(section, document.dialect) else { continue };
        if document.is_hidden(section) {
            continue;
        }
        let read = reading
            .sections
            .entry(name)
            .or_insert_with(|| ReadSection { line: section.line, keys: BTreeMap::new() });
        let keys = section.keys().iter().filter(|key| !key.name.is_empty());
        read.keys.extend(keys.map(|key| {
            let name = python_trim(key.name).to_lowercase();
            (name, ReadValue { line: key.line, value: value(key) })
        }));
    }
    reading
}

/// What a section is plainly meant to describe, though not every reader takes it so.
fn name_of(section: &Section<'_>, dialect: Dialect) -> Option<SectionName> {
    let profile = section.profile.map(|name| SectionName::Profile(name.to_owned()));
    let header = section.header;
    let after = |word: &str| {
        let name = header.strip_prefix(word)?;
        name.starts_with(BLANKS).then(|| unquoted(name.trim_matches(BLANKS)).to_owned())
    };
    let session = || after("sso-session").map(SectionName::SsoSession);
    match dialect {
        Dialect::Config => profile.or_else(session).or_else(|| meant_for_a_profile(section)),
        Dialect::Credentials => after("profile")
            .map(SectionName::Profile)
            .or_else(session)
            .or_else(|| after("services").map(SectionName::Services))
            .or(profile),
    }
}

/// `[work]` in a config file, with keys that only a profile has.
pub(super) fn meant_for_a_profile(section: &Section<'_>) -> Option<SectionName> {
    let is_one = section.keys().iter().any(|key| is_profile_key(&key.name.to_ascii_lowercase()));
    (is_one && !section.header.contains(BLANKS)).then(|| SectionName::Profile(section.header.to_owned()))
}

fn value(key: &Key<'_>) -> Value {
    let first = key.first_value().trim_matches(is_python_blank);
    let lines = key.below().iter().filter(|below| !below.is_comment).map(|below| below.text);
    let text = lines.fold(first.to_owned(), |text, line| text + "\n" + line);
    Value::of(text, block)
}

/// A note behind a value of a block is a note, too, though no reader knows that.
fn block(text: &str) -> Vec<(String, String)> {
    let lines = text.split('\n').filter_map(|line| line.split_once('='));
    lines
        .map(|(key, value)| {
            let end = comment_start(value).unwrap_or(value.len());
            (python_trim(key).to_owned(), python_trim(&value[..end]).to_owned())
        })
        .collect()
}
