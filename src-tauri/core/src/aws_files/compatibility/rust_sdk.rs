//! How the AWS SDK for Rust reads a file (aws-runtime's `env_config`), which keeps to the grammar of the "AWS SDKs and
//! Tools Reference Guide".

use super::Rule;
use super::reading::{ReadSection, ReadValue, Reading, SectionName, Value, is_identifier};
use crate::aws_files::document::{BLANKS, BYTE_ORDER_MARK, COMMENT, Dialect};
use std::collections::{BTreeMap, HashMap};

struct Section<'t> {
    /// None: refused; what stands below it is read for its own refusals only.
    header: Option<&'t str>,
    line: usize,
    keys: HashMap<String, Key>,
}

struct Key {
    line: usize,
    value: String,
}

enum State {
    Starting,
    /// A header, and no key below it yet.
    Header,
    Key {
        name: String,
        is_block: bool,
    },
    /// Below a line that was refused for its indentation: more of them say nothing new.
    Refused,
}

pub(super) fn read(text: &str, dialect: Dialect) -> Reading {
    let mut reading = Reading::default();
    let sections = read_sections(text, &mut reading);
    let named = sections.into_iter().filter_map(|section| {
        let (name, with_prefix) = name_of(section.header?, dialect)?;
        Some((name, with_prefix, section))
    });
    let named: Vec<_> = named.collect();
    let default = SectionName::Profile("default".to_owned());
    let hides_default = named.iter().any(|(name, with_prefix, _)| *with_prefix && *name == default);
    let mut first_headers: HashMap<SectionName, usize> = HashMap::new();
    for (name, with_prefix, section) in named {
        if hides_default && !with_prefix && name == default {
            continue;
        }
        if first_headers.insert(name.clone(), section.line).is_some() {
            // Two spellings of one profile: which of them wins is left to chance.
            reading.unstable.push((section.line, name.clone()));
        }
        let read = reading
            .sections
            .entry(name)
            .or_insert_with(|| ReadSection { line: section.line, keys: BTreeMap::new() });
        let keys = section.keys.into_iter().filter(|(name, _)| is_identifier(name));
        read.keys.extend(
            keys.map(|(name, key)| (name, ReadValue { line: key.line, value: Value::of(key.value, block) })),
        );
    }
    reading
}

fn read_sections<'t>(text: &'t str, reading: &mut Reading) -> Vec<Section<'t>> {
    let mut sections: Vec<Section<'t>> = vec![];
    let mut by_header: HashMap<&str, usize> = HashMap::new();
    let mut current = usize::MAX;
    let mut state = State::Starting;
    let content = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    if content.len() < text.len() {
        reading.refuse(1, Rule::ByteOrderMark);
    }
    for (index, line) in content.lines().enumerate() {
        let number = index + 1;
        if line.trim_matches(BLANKS).is_empty() || line.starts_with(COMMENT) {
            continue;
        }
        if line.starts_with('[') {
            let header = prepare(line, false).strip_prefix('[').and_then(|line| line.strip_suffix(']'));
            if header.is_none() {
                reading.refuse(number, Rule::UnclearHeader);
            }
            let known = header.and_then(|header| by_header.get(header).copied());
            current = known.unwrap_or_else(|| {
                sections.push(Section { header, line: number, keys: HashMap::new() });
                by_header.extend(header.map(|header| (header, sections.len() - 1)));
                sections.len() - 1
            });
            state = State::Header;
        } else if line.starts_with(BLANKS) {
            let refused = match &state {
                State::Starting => Some(Rule::KeyBeforeSection),
                State::Header => Some(Rule::IndentedFirstKey),
                State::Refused => None,
                State::Key { name, is_block } => {
                    if *is_block && let Err(rule) = property(line) {
                        let rule = if rule == Rule::NoKey { rule } else { Rule::SubPropertyNoEquals };
                        reading.refuse(number, rule);
                    }
                    if let Some(key) = sections[current].keys.get_mut(name) {
                        key.value.push('\n');
                        key.value.push_str(line.trim_matches(BLANKS));
                    }
                    continue;
                }
            };
            if let Some(rule) = refused {
                reading.refuse(number, indented_comment(line).unwrap_or(rule));
                state = if current == usize::MAX { State::Starting } else { State::Refused };
            }
        } else if current == usize::MAX {
            reading.refuse(number, Rule::KeyBeforeSection);
        } else {
            match property(line) {
                Ok((name, value)) => {
                    let key = Key { line: number, value: value.to_owned() };
                    state = State::Key { name: name.clone(), is_block: value.is_empty() };
                    sections[current].keys.insert(name, key);
                }
                Err(rule) => {
                    reading.refuse(number, rule);
                    state = State::Refused;
                }
            }
        }
    }
    sections
}

fn indented_comment(line: &str) -> Option<Rule> {
    line.trim_start_matches(BLANKS).starts_with(COMMENT).then_some(Rule::IndentedComment)
}

fn property(line: &str) -> Result<(String, &str), Rule> {
    let (name, value) = prepare(line, true).split_once('=').ok_or(Rule::NoDelimiter)?;
    let name = name.trim_matches(BLANKS);
    if name.is_empty() {
        return Err(Rule::NoKey);
    }
    Ok((name.to_ascii_lowercase(), value.trim_matches(BLANKS)))
}

/// Without blanks at its ends and without a comment, before which there may have to be a blank.
fn prepare(line: &str, comment_needs_blank: bool) -> &str {
    let line = line.trim_matches(BLANKS);
    let mut after_blank = false;
    let comment = line.char_indices().find_map(|(index, c)| {
        let found = COMMENT.contains(&c) && (after_blank || !comment_needs_blank);
        after_blank = c.is_whitespace();
        found.then_some(index)
    });
    comment.map_or(line, |index| &line[..index]).trim_matches(BLANKS)
}

fn block(text: &str) -> Vec<(String, String)> {
    let lines = text.split('\n').filter_map(|line| line.split_once('='));
    lines
        .map(|(key, value)| (key.trim_matches(BLANKS).to_owned(), value.trim_matches(BLANKS).to_owned()))
        .collect()
}

/// The section's name, and whether the word `profile` stands before it.
fn name_of(header: &str, dialect: Dialect) -> Option<(SectionName, bool)> {
    let header = header.trim_matches(BLANKS);
    let (prefix, name) = match header.split_once(BLANKS) {
        Some((prefix, name)) => (Some(prefix.trim()), name.trim()),
        None => (None, header.trim()),
    };
    if !is_identifier(name) {
        return None;
    }
    let owned = name.to_owned();
    match (dialect, prefix) {
        (Dialect::Credentials, None) => Some((SectionName::Profile(owned), false)),
        (Dialect::Config, None) => (name == "default").then_some((SectionName::Profile(owned), false)),
        (Dialect::Config, Some("profile")) => Some((SectionName::Profile(owned), true)),
        (Dialect::Config, Some("sso-session")) => Some((SectionName::SsoSession(owned), false)),
        _ => None,
    }
}
