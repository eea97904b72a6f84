//! Writes keys into one section of a text and leaves every other byte as it was.

use crate::aws_files::document::{
    BLANKS, BYTE_ORDER_MARK, COMMENT, Dialect, Document, FlawKind, Key, Section,
};
use crate::aws_files::judge::{self, Disagreement};
use std::ops::Range;

/// Why a text was not edited. Nothing here holds a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    #[error("line {line}: {kind}")]
    NotUnderstood { line: usize, kind: FlawKind },
    #[error("line {line}: the section of '{profile}' stands on line {first_line} already")]
    DuplicateSection { profile: String, first_line: usize, line: usize },
    #[error("line {line}: '{key}' of '{profile}' stands on line {first_line} already")]
    DuplicateKey { profile: String, key: String, first_line: usize, line: usize },
    #[error("'{profile}' cannot be the name of a section that every AWS tool reads")]
    BadName { profile: String },
    #[error("'{key}' cannot be the name of a key")]
    BadKey { key: String },
    #[error("the value for '{key}' would not be read back as it is written")]
    BadValue { key: String },
    /// rust-ini does not read the edited text as it should: nothing must be written.
    #[error("a second reader does not agree with the edit: {0}")]
    Judged(#[from] Disagreement),
}

/// The text with `values` in the section of `profile`. A key that is there keeps its place, its indentation and its
/// comment (which moves to a line of its own: botocore would read it as part of the value); the others follow the
/// section's last key; a section that is not there is added at the end. A byte order mark goes: with it the AWS CLI and
/// the SDK for Rust refuse the whole file.
pub fn set(
    text: &str,
    dialect: Dialect,
    profile: &str,
    values: &[(&str, &str)],
) -> Result<String, EditError> {
    check_name(profile)?;
    for (key, value) in values {
        check_key(key)?;
        check_value(key, value)?;
    }
    let changes: Vec<_> = values.iter().map(|&(key, value)| (key, Some(value))).collect();
    edit(text, dialect, profile, &changes, Repeated::Refused)
}

/// The text without `keys` in the section of `profile`; the section's header stays.
pub fn remove(text: &str, dialect: Dialect, profile: &str, keys: &[&str]) -> Result<String, EditError> {
    let changes: Vec<_> = keys.iter().map(|&key| (key, None)).collect();
    edit(text, dialect, profile, &changes, Repeated::Refused)
}

/// The text where the section of `profile` has `values`, and of `owned` nothing else: one edit for keys that are ours
/// alone. A key that is there more than once, in whatever case, is there once afterwards, or not at all.
pub fn set_owned(
    text: &str,
    dialect: Dialect,
    profile: &str,
    values: &[(&str, &str)],
    owned: &[&str],
) -> Result<String, EditError> {
    if !values.is_empty() {
        check_name(profile)?;
    }
    for (key, value) in values {
        check_key(key)?;
        check_value(key, value)?;
    }
    let set = values.iter().map(|&(key, value)| (key, Some(value)));
    let is_set = |key: &str| values.iter().any(|(set, _)| set.eq_ignore_ascii_case(key));
    let removed = owned.iter().filter(|key| !is_set(key)).map(|&key| (key, None));
    let changes: Vec<_> = set.chain(removed).collect();
    edit(text, dialect, profile, &changes, Repeated::Merged)
}

/// What happens to a key that is in its section more than once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Repeated {
    Refused,
    /// The first of them keeps its place; the others are removed.
    Merged,
}

/// A key and what it shall be; None: gone.
pub(super) type Change<'a> = (&'a str, Option<&'a str>);

fn edit(
    text: &str,
    dialect: Dialect,
    profile: &str,
    changes: &[Change<'_>],
    repeated: Repeated,
) -> Result<String, EditError> {
    let document = Document::parse(text, dialect);
    if let Some(flaw) = document.flaws().first() {
        return Err(EditError::NotUnderstood { line: flaw.line, kind: flaw.kind });
    }
    // A duplicate elsewhere is not ours to judge: the SDKs read the file, a file that botocore refuses stays refused,
    // and the edit does not touch it. A duplicate of ours would leave it open which of the two a tool reads.
    // `[default]` above `[profile default]` is read by no tool, and left as it is; below it, the AWS CLI reads it.
    let hidden = document.sections_of(profile).take_while(|section| document.is_hidden(section)).count();
    let mut sections = document.sections_of(profile).skip(hidden);
    let (section, second) = (sections.next(), sections.next());
    if let (Some(first), Some(second)) = (section, second) {
        let profile = profile.to_owned();
        return Err(EditError::DuplicateSection { profile, first_line: first.line, line: second.line });
    }
    let mut splices = Splices { document: &document, list: vec![] };
    match section {
        Some(section) => splices.change(section, profile, changes, repeated)?,
        None => splices.add_section(&dialect.header_of(profile), changes),
    }
    if splices.list.is_empty() {
        return Ok(text.to_owned());
    }
    if text.starts_with(BYTE_ORDER_MARK) {
        splices.list.push((0..BYTE_ORDER_MARK.len_utf8(), String::new()));
    }
    let edited = splices.apply();
    let header = section.map_or_else(|| dialect.header_of(profile), |section| section.header.to_owned());
    let flat = section.is_some_and(|section| section.keys().iter().any(|key| key.at.indent > 0));
    judge::compare(text, &edited, &header, changes, flat)?;
    Ok(edited)
}

/// Replacements of ranges of the document's text.
struct Splices<'d, 't> {
    document: &'d Document<'t>,
    list: Vec<(Range<usize>, String)>,
}

impl<'t> Splices<'_, 't> {
    fn change(
        &mut self,
        section: &Section<'t>,
        profile: &str,
        changes: &[Change<'_>],
        repeated: Repeated,
    ) -> Result<(), EditError> {
        let mut missing = vec![];
        for &(name, value) in changes {
            let mut keys = section.named(name);
            let first = keys.next();
            for other in keys {
                if let (Repeated::Refused, Some(first)) = (repeated, first) {
                    let (profile, key) = (profile.to_owned(), name.to_owned());
                    return Err(EditError::DuplicateKey {
                        profile,
                        key,
                        first_line: first.line,
                        line: other.line,
                    });
                }
                self.remove_key(other);
            }
            match (first, value) {
                (Some(key), Some(value)) => self.replace_value(key, value),
                (Some(key), None) => self.remove_key(key),
                (None, Some(value)) => missing.push((name, value)),
                (None, None) => {}
            }
        }
        self.add_keys(section, &missing);
        Ok(())
    }

    fn replace_value(&mut self, key: &Key<'t>, value: &str) {
        let (text, at) = (self.document.text, &key.at);
        let mut until = at.value.end;
        if let Some(comment) = &at.comment {
            let line = format!("{}{}", &text[comment.clone()], self.line_end(at.line.end));
            self.list.push((at.line.start..at.line.start, line));
            until = comment.end;
        }
        if &text[at.delimiter..=at.delimiter] != "=" {
            // Only `=` is read by all: with `:` the SDKs would split a token at its own first `=`.
            self.list.push((at.delimiter..at.delimiter + 1, "=".to_owned()));
        }
        let spaced = text[..at.delimiter].ends_with(BLANKS) && at.value.start == at.delimiter + 1;
        let value = if spaced { format!(" {value}") } else { value.to_owned() };
        self.list.push((at.value.start..until, value));
        self.clear_below(key);
    }

    fn remove_key(&mut self, key: &Key<'t>) {
        self.list.push((key.at.line.clone(), String::new()));
        self.clear_below(key);
    }

    /// Lines below a key of ours are its old value. A comment among them stays, but at the margin: some SDKs take an
    /// indented comment for more of the value above it.
    fn clear_below(&mut self, key: &Key<'t>) {
        for below in key.below() {
            if !below.is_comment {
                self.list.push((below.line.clone(), String::new()));
            } else if key.at.indent == 0 {
                let indent = self.document.text[below.line.clone()].find(COMMENT).unwrap_or(0);
                self.list.push((below.line.start..below.line.start + indent, String::new()));
            }
        }
    }

    /// New keys look like the last one of the section.
    fn add_keys(&mut self, section: &Section<'t>, keys: &[(&str, &str)]) {
        let text = self.document.text;
        let last = section.keys().last().map(|key| &key.at);
        let indent = last.map_or("", |at| &text[at.line.start..at.line.start + at.indent]);
        let tight = last.is_some_and(|at| !text[..at.delimiter].ends_with(BLANKS));
        let line_end = self.line_end(section.end);
        let equals = if tight { "=" } else { " = " };
        let mut lines: String =
            keys.iter().map(|(key, value)| format!("{indent}{key}{equals}{value}{line_end}")).collect();
        if !lines.is_empty() {
            if !text[..section.end].ends_with('\n') {
                lines.insert_str(0, line_end);
            }
            self.list.push((section.end..section.end, lines));
        }
    }

    fn add_section(&mut self, header: &str, changes: &[Change<'_>]) {
        let text = self.document.text;
        let line_end = self.line_end(text.len());
        let content = text.strip_prefix('\u{feff}').unwrap_or(text);
        let keys: String = changes
            .iter()
            .filter_map(|(key, value)| Some(format!("{key} = {}{line_end}", (*value)?)))
            .collect();
        if keys.is_empty() {
            return;
        }
        let end = if content.is_empty() || content.ends_with('\n') { "" } else { line_end };
        let last = content.trim_end_matches(['\r', '\n']).len();
        let blank = if last == 0 || content[last..].matches('\n').count() > 1 { "" } else { line_end };
        self.list.push((text.len()..text.len(), format!("{end}{blank}[{header}]{line_end}{keys}")));
    }

    /// The line end of the line that ends at `end`, else the file's first, else a line feed.
    fn line_end(&self, end: usize) -> &'static str {
        let text = self.document.text;
        let line = if text[..end].ends_with('\n') {
            &text[..end]
        } else {
            text.split_inclusive('\n').next().unwrap_or("")
        };
        if line.ends_with("\r\n") { "\r\n" } else { "\n" }
    }

    fn apply(mut self) -> String {
        // Stable: what is inserted before a line stays before what replaces the line's parts.
        self.list.sort_by_key(|(range, _)| range.start);
        let text = self.document.text;
        let mut edited =
            String::with_capacity(text.len() + self.list.iter().map(|(_, new)| new.len()).sum::<usize>());
        let mut done = 0;
        for (range, new) in &self.list {
            edited.push_str(&text[done..range.start]);
            edited.push_str(new);
            done = range.end;
        }
        edited.push_str(&text[done..]);
        edited
    }
}

fn check_name(profile: &str) -> Result<(), EditError> {
    // botocore gives the keys of `[DEFAULT]` to every profile. A comment sign in a header makes the SDKs refuse the file.
    let bad = profile.is_empty()
        || profile == "DEFAULT"
        || profile.trim() != profile
        || profile.chars().any(|c| c.is_control() || "[]#;\"\\".contains(c));
    if bad { Err(EditError::BadName { profile: profile.to_owned() }) } else { Ok(()) }
}

fn check_key(key: &str) -> Result<(), EditError> {
    let good = !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.".contains(&b));
    if good { Ok(()) } else { Err(EditError::BadKey { key: key.to_owned() }) }
}

fn check_value(key: &str, value: &str) -> Result<(), EditError> {
    let mut after_blank = true;
    let cut = value.chars().any(|c| {
        let cut = after_blank && COMMENT.contains(&c);
        after_blank = c.is_whitespace();
        cut
    });
    let bad = cut || value.is_empty() || value.trim() != value || value.chars().any(char::is_control);
    if bad { Err(EditError::BadValue { key: key.to_owned() }) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sets `id` to ID and `token` to TOKEN in the credentials of `dev`.
    fn sign_in(text: &str) -> Result<String, EditError> {
        set(text, Dialect::Credentials, "dev", &[("id", "ID"), ("token", "TOKEN")])
    }

    #[test]
    fn a_section_is_edited_in_place() {
        for (name, before, after) in [
            ("empty file", "", "[dev]\nid = ID\ntoken = TOKEN\n"),
            ("only a mark", "\u{feff}", "[dev]\nid = ID\ntoken = TOKEN\n"),
            ("mark", "\u{feff}[dev]\nid = x\n", "[dev]\nid = ID\ntoken = TOKEN\n"),
            ("only comments", "# c", "# c\n\n[dev]\nid = ID\ntoken = TOKEN\n"),
            ("no final line end", "[a]\nk=v", "[a]\nk=v\n\n[dev]\nid = ID\ntoken = TOKEN\n"),
            ("blank line at the end", "[a]\r\n\r\n", "[a]\r\n\r\n[dev]\r\nid = ID\r\ntoken = TOKEN\r\n"),
            ("both keys", "[dev]\ntoken = x\nk = v\nid = y\n", "[dev]\ntoken = TOKEN\nk = v\nid = ID\n"),
            ("no blanks", "[dev]\nid=x\n", "[dev]\nid=ID\ntoken=TOKEN\n"),
            ("blanks kept", "[dev]\nID\t=  x \t\ntoken =\n", "[dev]\nID\t=  ID \t\ntoken = TOKEN\n"),
            ("last line", "[dev]\nid = x", "[dev]\nid = ID\ntoken = TOKEN\n"),
            ("last line stays last", "[dev]\ntoken = x\nid = x", "[dev]\ntoken = TOKEN\nid = ID"),
            ("empty section", "[dev]\n\n# next\n[b]\n", "[dev]\nid = ID\ntoken = TOKEN\n\n# next\n[b]\n"),
            ("section without line end", "[dev]", "[dev]\nid = ID\ntoken = TOKEN\n"),
            (
                "mixed line ends",
                "[dev]\r\nid = x\nk = v\r\n[b]\n",
                "[dev]\r\nid = ID\nk = v\r\ntoken = TOKEN\r\n[b]\n",
            ),
            (
                "comments of others",
                "[dev]\nid = x\n\n; of b\n[b]\n",
                "[dev]\nid = ID\ntoken = TOKEN\n\n; of b\n[b]\n",
            ),
            ("inline comment", "[dev]\nid = x # n\ntoken = y\n", "[dev]\n# n\nid = ID\ntoken = TOKEN\n"),
            ("inline comment of nothing", "[dev]\nid = ; n", "[dev]\n; n\nid = ID\ntoken = TOKEN\n"),
            ("no inline comment", "[dev]\nid = x#n\n[b]\n", "[dev]\nid = ID\ntoken = TOKEN\n[b]\n"),
            ("colon", "[dev]\nid: x\ntoken:y\n", "[dev]\nid= ID\ntoken=TOKEN\n"),
            (
                "nested block of ours",
                "[dev]\nid =\n  a = 1\n\n  b = 2\nk = v\n",
                "[dev]\nid = ID\n\nk = v\ntoken = TOKEN\n",
            ),
            (
                "indented comment",
                "[dev]\nid = x\n  # n\ntoken = y\n\t; m\n",
                "[dev]\nid = ID\n# n\ntoken = TOKEN\n; m\n",
            ),
            (
                "nested block of others",
                "[dev]\ns3 =\n  id = 1\n\n[b]\n",
                "[dev]\ns3 =\n  id = 1\nid = ID\ntoken = TOKEN\n\n[b]\n",
            ),
            (
                "indented keys",
                "[dev]\n  id = x\n  k = v\n[b]\n",
                "[dev]\n  id = ID\n  k = v\n  token = TOKEN\n[b]\n",
            ),
            ("indented comment first", "[dev]\n  # n\n[b]\n", "[dev]\n  # n\nid = ID\ntoken = TOKEN\n[b]\n"),
            (
                "comment behind the header",
                "[dev] # n\n[b] ; m\n",
                "[dev] # n\nid = ID\ntoken = TOKEN\n[b] ; m\n",
            ),
            ("blanks in the header", "[ dev ]\n", "[ dev ]\nid = ID\ntoken = TOKEN\n"),
            (
                "another's duplicates",
                "[b]\nk=1\nk=2\n[b]\n[dev]\n",
                "[b]\nk=1\nk=2\n[b]\n[dev]\nid = ID\ntoken = TOKEN\n",
            ),
            (
                "backslash at the end",
                "[b]\np = C:\\\n[dev]\n",
                "[b]\np = C:\\\n[dev]\nid = ID\ntoken = TOKEN\n",
            ),
            ("profile prefix", "[profile dev]\n", "[profile dev]\n\n[dev]\nid = ID\ntoken = TOKEN\n"),
        ] {
            assert_eq!(sign_in(before).as_deref(), Ok(after), "{name}");
            assert_eq!(sign_in(after).as_deref(), Ok(after), "{name}: twice");
        }
    }

    #[test]
    fn keys_are_removed() {
        for (before, after) in [
            ("", ""),
            ("[b]\nid = x\n", "[b]\nid = x\n"),
            ("[dev]\nid = x\n", "[dev]\n"),
            ("[dev]\nk = v\nID = x # n\n  more\n  # c\ntoken=y", "[dev]\nk = v\n# c\n"),
            ("[dev]\r\nid = x\r\n\r\n[b]\r\n", "[dev]\r\n\r\n[b]\r\n"),
        ] {
            let removed = remove(before, Dialect::Credentials, "dev", &["id", "token"]);
            assert_eq!(removed.as_deref(), Ok(after), "{before:?}");
        }
    }

    #[test]
    fn owned_keys_are_set_and_the_other_owned_keys_removed() {
        for (name, before, after) in [
            ("no section", "[b]\n", "[b]\n\n[dev]\nid = ID\n"),
            ("stale ones", "[dev]\nold = 1\nid = x\nk = v\n", "[dev]\nid = ID\nk = v\n"),
            ("any case", "[dev]\nOLD = 1\nId = x\n", "[dev]\nId = ID\n"),
            ("twice", "[dev]\nid = 1\nk = v\nID = 2\n", "[dev]\nid = ID\nk = v\n"),
            ("stale ones twice", "[dev]\nold = 1\nOLD = 2\nid = x\n", "[dev]\nid = ID\n"),
            ("line ends", "[dev]\r\nold = 1 # n\r\n# c\r\nid=x\r\n", "[dev]\r\n# c\r\nid=ID\r\n"),
            ("last line", "[dev]\nid = x\nold = 1", "[dev]\nid = ID\n"),
            ("of others", "[b]\nold = 1\n[dev]\nid = x\n", "[b]\nold = 1\n[dev]\nid = ID\n"),
            ("nested", "[dev]\ns3 =\n  old = 1\nid = x\n", "[dev]\ns3 =\n  old = 1\nid = ID\n"),
        ] {
            let edited = |text: &str| {
                set_owned(text, Dialect::Credentials, "dev", &[("id", "ID")], &["id", "old", "older"])
            };
            assert_eq!(edited(before).as_deref(), Ok(after), "{name}");
            assert_eq!(edited(after).as_deref(), Ok(after), "{name}: twice");
            let removed = set_owned(after, Dialect::Credentials, "dev", &[], &["id", "old"]).expect(name);
            assert_eq!(Document::parse(&removed, Dialect::Credentials).get("dev", "id"), None, "{name}");
        }
    }

    #[test]
    fn new_sections_of_a_config_file() {
        for (profile, header) in [
            ("default", "[default]"),
            ("dev", "[profile dev]"),
            ("a b", "[profile \"a b\"]"),
            ("it's", "[profile \"it's\"]"),
        ] {
            let once = set("", Dialect::Config, profile, &[("id", "1")]).expect(profile);
            assert_eq!(once, format!("{header}\nid = 1\n"));
            assert_eq!(set(&once, Dialect::Config, profile, &[("id", "1")]), Ok(once.clone()), "found again");
        }
    }

    #[test]
    fn what_is_not_certain_is_refused() {
        let (profile, key) = ("dev".to_owned(), "id".to_owned());
        for (text, wanted) in [
            (
                "[dev]\n[b]\n[dev]\n",
                EditError::DuplicateSection { profile: profile.clone(), first_line: 1, line: 3 },
            ),
            ("[dev]\nid = 1\nID = 2\n", EditError::DuplicateKey { profile, key, first_line: 2, line: 3 }),
            ("[dev]\n\n[b]\nwhat\n", EditError::NotUnderstood { line: 4, kind: FlawKind::NoDelimiter }),
        ] {
            assert_eq!(sign_in(text), Err(wanted), "{text:?}");
        }
        let both = "[profile default]\n[default]\n";
        let refused = set(both, Dialect::Config, "default", &[("id", "1")]);
        assert!(matches!(refused, Err(EditError::DuplicateSection { .. })), "{refused:?}");
        let agreed = set("[default]\n[profile default]\n", Dialect::Config, "default", &[("id", "1")]);
        assert_eq!(agreed.as_deref(), Ok("[default]\n[profile default]\nid = 1\n"));
    }

    #[test]
    fn what_would_be_read_differently_is_not_written() {
        for name in ["", " a", "a\n", "a]b", "[a", "a#b", "a;b", "a\"b", "a\\b", "DEFAULT"] {
            assert!(
                matches!(set("", Dialect::Config, name, &[]), Err(EditError::BadName { .. })),
                "{name:?}"
            );
        }
        for key in ["", "a b", "a=b", "a:b", "[a", "a\n", "#a"] {
            let refused = set("", Dialect::Config, "a", &[(key, "v")]);
            assert!(matches!(refused, Err(EditError::BadKey { .. })), "{key:?}");
        }
        for value in ["", " v", "v ", "a\nb", "a\rb", "\u{0}", "a\u{85}b", "a # b", "a\t;b", "# a", ";a"] {
            let refused = set("", Dialect::Config, "a", &[("k", value)]);
            assert!(matches!(refused, Err(EditError::BadValue { .. })), "{value:?}");
            assert!(value.len() < 3 || !format!("{refused:?}").contains(value), "no value in an error");
        }
    }
}
