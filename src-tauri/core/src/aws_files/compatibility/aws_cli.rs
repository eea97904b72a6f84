//! How botocore reads a file, and so do the AWS CLI and boto3: Python's `RawConfigParser`, then botocore's
//! `_parse_nested` and `build_profile_map`.

use super::Rule;
use super::reading::{ReadSection, ReadValue, Reading, SectionName, Value, is_python_blank, python_trim};
use crate::aws_files::document::{BYTE_ORDER_MARK, COMMENT, Dialect};
use std::collections::{BTreeMap, HashMap, HashSet};

/// `RawConfigParser`'s section whose keys every other section has.
pub(super) const FOR_ALL: &str = "DEFAULT";

#[derive(Default)]
struct Section<'t> {
    header: &'t str,
    line: usize,
    keys: Vec<Key<'t>>,
    known: HashSet<String>,
}

struct Key<'t> {
    name: String,
    line: usize,
    parts: Vec<(usize, &'t str)>,
}

pub(super) fn read(text: &str, dialect: Dialect) -> Reading {
    let mut reading = Reading::default();
    let sections = read_sections(text, &mut reading);
    let for_all = sections.iter().find(|section| section.header == FOR_ALL);
    let for_all = for_all.map(|section| keys(section, &mut reading)).unwrap_or_default();
    for section in sections.iter().filter(|section| section.header != FOR_ALL) {
        let mut keys = keys(section, &mut reading);
        for (name, value) in &for_all {
            keys.entry(name.clone()).or_insert_with(|| value.clone());
        }
        if let Some(name) = name_of(section.header, dialect) {
            // A later header of the same profile hides the earlier one whole.
            reading.sections.insert(name, ReadSection { line: section.line, keys });
        }
    }
    reading
}

fn read_sections<'t>(text: &'t str, reading: &mut Reading) -> Vec<Section<'t>> {
    let mut sections: Vec<Section<'_>> = vec![];
    let mut by_header: HashMap<&str, usize> = HashMap::new();
    let mut current: Option<usize> = None;
    let mut in_key = false;
    let mut level = 0;
    let content = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    if content.len() < text.len() {
        reading.refuse(1, Rule::ByteOrderMark);
    }
    for (number, line) in lines(content) {
        let stripped = python_trim(line);
        if stripped.is_empty() {
            if let Some(key) = current.filter(|_| in_key).and_then(|index| sections[index].keys.last_mut()) {
                key.parts.push((number, ""));
            }
            continue;
        }
        if stripped.starts_with(COMMENT) {
            continue;
        }
        let indent = line.chars().take_while(|c| is_python_blank(*c)).count();
        if in_key
            && indent > level
            && let Some(key) = current.and_then(|index| sections[index].keys.last_mut())
        {
            key.parts.push((number, stripped));
            continue;
        }
        level = indent;
        if let Some(header) = header(stripped) {
            in_key = false;
            let known = by_header.get(header).copied();
            let index = known.unwrap_or(sections.len());
            if known.is_none() {
                by_header.insert(header, index);
                sections.push(Section { header, line: number, ..Section::default() });
            } else if header != FOR_ALL {
                reading.refuse(number, Rule::DuplicateSection);
                // What follows is refused already: its keys need not be compared with those above.
                sections[index].known.clear();
            }
            current = Some(index);
        } else if let Some(index) = current {
            let Some(at) = stripped.find(['=', ':']) else {
                reading.refuse(number, no_key(stripped, Rule::NoDelimiter));
                continue;
            };
            let name = stripped[..at].trim_end_matches(is_python_blank).to_lowercase();
            if name.is_empty() {
                reading.refuse(number, Rule::NoKey);
            }
            in_key = !name.is_empty();
            let section = &mut sections[index];
            if !section.known.insert(name.clone()) && in_key {
                reading.refuse(number, Rule::DuplicateKey);
            }
            let value = python_trim(&stripped[at + 1..]);
            section.keys.push(Key { name, line: number, parts: vec![(number, value)] });
        } else {
            reading.refuse(number, no_key(stripped, Rule::KeyBeforeSection));
        }
    }
    sections
}

fn no_key(line: &str, rule: Rule) -> Rule {
    if line.starts_with('[') { Rule::UnclearHeader } else { rule }
}

/// `\[(.+)\]`: up to the last bracket of the line.
fn header(line: &str) -> Option<&str> {
    let inner = line.strip_prefix('[')?;
    let header = &inner[..inner.rfind(']')?];
    (!header.is_empty()).then_some(header)
}

fn keys(section: &Section<'_>, reading: &mut Reading) -> BTreeMap<String, ReadValue> {
    let keys = section.keys.iter().map(|key| {
        let parts: Vec<&str> = key.parts.iter().map(|(_, part)| *part).collect();
        let text = parts.join("\n").trim_end_matches(is_python_blank).to_owned();
        if text.starts_with('\n') {
            for (line, part) in key.parts.iter().skip(1) {
                let mut lines = part.split(is_python_line_end).map(python_trim);
                if lines.any(|line| !line.is_empty() && !line.contains('=')) {
                    reading.refuse(*line, Rule::SubPropertyNoEquals);
                }
            }
        }
        (key.name.clone(), ReadValue { line: key.line, value: Value::of(text, block) })
    });
    keys.collect()
}

fn block(text: &str) -> Vec<(String, String)> {
    let lines = text.split(is_python_line_end).filter_map(|line| line.split_once('='));
    lines.map(|(key, value)| (python_trim(key).to_owned(), python_trim(value).to_owned())).collect()
}

/// Where `str.splitlines` cuts.
fn is_python_line_end(c: char) -> bool {
    "\n\r\u{b}\u{c}\u{1c}\u{1d}\u{1e}\u{85}\u{2028}\u{2029}".contains(c)
}

/// With their numbers as an editor counts them; a carriage return alone ends a line, too.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split('\n').enumerate().flat_map(|(index, line)| {
        let line = line.strip_suffix('\r').unwrap_or(line);
        line.split('\r').map(move |line| (index + 1, line))
    })
}

fn name_of(header: &str, dialect: Dialect) -> Option<SectionName> {
    if dialect == Dialect::Credentials {
        return Some(SectionName::Profile(header.to_owned()));
    }
    let named = || match <[String; 2]>::try_from(shell_words(header)?) {
        Ok([_, name]) => Some(name),
        Err(_) => None,
    };
    if header.starts_with("profile") {
        named().map(SectionName::Profile)
    } else if header.starts_with("sso-session") {
        named().map(SectionName::SsoSession)
    } else {
        (header == "default").then(|| SectionName::Profile(header.to_owned()))
    }
}

/// Python's `shlex.split`; None: a quote is not closed, or nothing follows a backslash.
pub(super) fn shell_words(text: &str) -> Option<Vec<String>> {
    let mut words = vec![];
    let mut word: Option<String> = None;
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        match c {
            ' ' | '\t' | '\r' | '\n' => words.extend(word.take()),
            '\\' => word.get_or_insert_default().push(characters.next()?),
            '\'' | '"' => {
                let quoted = word.get_or_insert_default();
                loop {
                    match characters.next()? {
                        end if end == c => break,
                        '\\' if c == '"' => {
                            let escaped = characters.next()?;
                            // Within quotes a backslash stays, unless it stands before a quote or another backslash.
                            if !matches!(escaped, '"' | '\\') {
                                quoted.push('\\');
                            }
                            quoted.push(escaped);
                        }
                        other => quoted.push(other),
                    }
                }
            }
            other => word.get_or_insert_default().push(other),
        }
    }
    words.extend(word);
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_split_as_python_splits_them() {
        for (text, wanted) in [
            ("profile dev", Some(vec!["profile", "dev"])),
            ("profile  'a b' ", Some(vec!["profile", "a b"])),
            (r#"profile "a\"b\c""#, Some(vec!["profile", r#"a"b\c"#])),
            (r"profile a\ b", Some(vec!["profile", "a b"])),
            ("profile ''", Some(vec!["profile", ""])),
            ("profile it's", None),
            ("profile a\\", None),
            ("", Some(vec![])),
        ] {
            let wanted = wanted.map(|words| words.into_iter().map(str::to_owned).collect());
            assert_eq!(shell_words(text), wanted, "{text}");
        }
    }
}
