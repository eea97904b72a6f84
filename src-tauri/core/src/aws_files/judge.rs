//! The second opinion: rust-ini, a parser that we did not write, reads a text before and after an edit.

use crate::aws_files::document::{BLANKS, COMMENT};
use crate::aws_files::edit::Change;
use ini::{Ini, ParseOption, Properties};

/// What rust-ini reads other than it should.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Disagreement {
    #[error("it cannot read line {line}")]
    Unreadable { line: usize },
    #[error("it reads another section '{header}'")]
    OtherSection { header: String },
    #[error("it reads another key '{key}' of '{header}'")]
    OtherKey { header: String, key: String },
    #[error("it does not read '{key}' of '{header}' as written")]
    OurKey { header: String, key: String },
}

/// Every section but `header` must read the same before and after; in `header`, the keys of `changes` must read as
/// they shall be and all other keys the same. `flat`: the keys of that section are indented, so an indented line is a
/// key and not more of the value above it.
pub(super) fn compare(
    before: &str,
    after: &str,
    header: &str,
    changes: &[Change<'_>],
    flat: bool,
) -> Result<(), Disagreement> {
    let (before, after) = (read(before, flat)?, read(after, flat)?);
    let other_section =
        |header: Option<&str>| Disagreement::OtherSection { header: header.unwrap_or("").to_owned() };
    let mut ours = 0;
    let mut new = after.iter();
    for (name, old_keys) in before.iter() {
        let Some((_, new_keys)) = new.next().filter(|(new_name, _)| *new_name == name) else {
            return Err(other_section(name));
        };
        if name == Some(header) {
            ours += 1;
            compare_ours(old_keys, new_keys, header, changes)?;
        } else {
            compare_other(old_keys.iter(), new_keys.iter(), name)?;
        }
    }
    if let Some((name, keys)) = new.next() {
        if name != Some(header) {
            return Err(other_section(name));
        }
        ours += 1;
        compare_ours(&Properties::new(), keys, header, changes)?;
    }
    if ours == 1 && new.next().is_none() { Ok(()) } else { Err(other_section(Some(header))) }
}

fn compare_ours(
    old: &Properties,
    new: &Properties,
    header: &str,
    changes: &[Change<'_>],
) -> Result<(), Disagreement> {
    let is_ours = |key: &str| changes.iter().any(|(name, _)| name.eq_ignore_ascii_case(key));
    let others = |(key, _): &(&str, &str)| !is_ours(key);
    compare_other(old.iter().filter(others), new.iter().filter(others), Some(header))?;
    for (name, wanted) in changes {
        let mut found =
            new.iter().filter(|(key, _)| name.eq_ignore_ascii_case(key)).map(|(_, value)| tidy(value));
        if found.next() != *wanted || found.next().is_some() {
            return Err(Disagreement::OurKey { header: header.to_owned(), key: (*name).to_owned() });
        }
    }
    Ok(())
}

fn compare_other<'a>(
    mut old: impl Iterator<Item = (&'a str, &'a str)>,
    mut new: impl Iterator<Item = (&'a str, &'a str)>,
    header: Option<&str>,
) -> Result<(), Disagreement> {
    loop {
        match (old.next(), new.next()) {
            (None, None) => return Ok(()),
            (Some((key, value)), Some((new_key, new_value)))
                if key == new_key && tidy(value) == tidy(new_value) => {}
            (old, new) => {
                let key = old.or(new).map_or("", |(key, _)| key).to_owned();
                return Err(Disagreement::OtherKey { header: header.unwrap_or("").to_owned(), key });
            }
        }
    }
}

/// rust-ini counts the blank lines below a value as more of it.
fn tidy(value: &str) -> &str {
    value.trim_end_matches('\n')
}

fn read(text: &str, flat: bool) -> Result<Ini, Disagreement> {
    let options = ParseOption {
        enabled_quote: false,
        enabled_escape: false,
        enabled_indented_mutiline_value: !flat,
        ..ParseOption::default()
    };
    Ini::load_from_str_opt(&shown(text), options)
        .map_err(|error| Disagreement::Unreadable { line: error.line })
}

/// The text as rust-ini is shown it. AWS's grammar has four things that rust-ini has not: comments that are indented,
/// comments behind a header, a backslash at a line's end that means itself, and a byte order mark.
fn shown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len() + 16);
    for line in text.strip_prefix('\u{feff}').unwrap_or(text).split_inclusive('\n') {
        let line = line.strip_suffix('\n').unwrap_or(line);
        let line = line.strip_suffix('\r').unwrap_or(line);
        match line.find(']') {
            _ if line.trim_start_matches(BLANKS).starts_with(COMMENT) => {}
            Some(end) if line.starts_with('[') => shown.push_str(&line[..=end]),
            _ if line.ends_with('\\') => shown.extend([line, "."]),
            _ => shown.push_str(line),
        }
        shown.push('\n');
    }
    shown
}
