//! What an AWS config or credentials file says, with the place in the text where it says it.
//!
//! The grammar is the one of "Shared config and credentials files" (AWS SDKs and Tools Reference Guide), read as
//! botocore reads it where the SDKs differ and one of them would see a key that another does not.

pub use crate::aws_files::dialect::Dialect;

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

/// A parsed file. Every byte of the text belongs to exactly one line; what is not named by a [`Section`] or a [`Key`]
/// (blank lines, comments) is only kept.
pub struct Document<'t> {
    pub(super) text: &'t str,
    pub(super) dialect: Dialect,
    sections: Vec<Section<'t>>,
    flaws: Vec<Flaw>,
    profiles: HashMap<&'t str, Vec<usize>>,
}

/// One header and the keys below it.
pub struct Section<'t> {
    /// What stands between the brackets, without blanks at its ends: `profile dev`, `sso-session x`.
    pub header: &'t str,
    /// The profile that it describes: `dev`. None for `[sso-session x]`, `[services x]` and the like.
    pub profile: Option<&'t str>,
    /// Counted from 1.
    pub line: usize,
    keys: Vec<Key<'t>>,
    /// Where a line can be added without changing what a reader takes the lines above it for.
    pub(super) end: usize,
}

/// One `key = value` of a section.
pub struct Key<'t> {
    pub name: &'t str,
    /// Counted from 1.
    pub line: usize,
    first_value: &'t str,
    below: Vec<Below<'t>>,
    pub(super) at: Place,
}

/// The byte offsets of a key's line.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) line: Range<usize>,
    pub(super) indent: usize,
    pub(super) delimiter: usize,
    /// Without blanks at its ends and without the comment.
    pub(super) value: Range<usize>,
    pub(super) comment: Option<Range<usize>>,
}

/// An indented line below a key: more of its value, or a comment (which some SDKs read as more of its value).
#[derive(Debug, Clone)]
pub(super) struct Below<'t> {
    pub(super) line: Range<usize>,
    pub(super) text: &'t str,
    pub(super) is_comment: bool,
}

/// A line that readers refuse or do not agree on. A file that has one is never rewritten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flaw {
    /// Counted from 1.
    pub line: usize,
    pub kind: FlawKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FlawKind {
    #[error("a key stands before the first section")]
    BeforeFirstSection,
    #[error("a line is neither a section, nor a comment, nor 'key = value'")]
    NoDelimiter,
    #[error("a line has a value but no key")]
    NoKey,
    #[error("a section's header is not clearly '[name]'")]
    UnclearHeader,
    #[error("a carriage return stands in the middle of a line")]
    LoneCarriageReturn,
    #[error("a line starts with a blank that is neither a space nor a tab")]
    OddBlank,
}

/// A section or key that stands twice: botocore refuses the whole file, the other SDKs let the last one win.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duplicate {
    pub header: String,
    /// None: the section itself stands twice.
    pub key: Option<String>,
    pub first_line: usize,
    pub line: usize,
}

impl<'t> Document<'t> {
    /// Never fails: what cannot be understood is listed by [`Document::flaws`], and the rest can be read.
    pub fn parse(text: &'t str, dialect: Dialect) -> Self {
        let mut document = Self { text, dialect, sections: vec![], flaws: vec![], profiles: HashMap::new() };
        document.read_lines();
        for (index, section) in document.sections.iter().enumerate() {
            if let Some(profile) = section.profile {
                document.profiles.entry(profile).or_default().push(index);
            }
        }
        document
    }

    /// All sections in the order of the file.
    pub fn sections(&self) -> &[Section<'t>] {
        &self.sections
    }

    /// The names of all profiles in the order of the file, each once.
    pub fn profiles(&self) -> impl Iterator<Item = &str> {
        self.sections.iter().enumerate().filter_map(|(index, section)| {
            let name = section.profile?;
            (self.profiles[name][0] == index).then_some(name)
        })
    }

    /// The sections that describe a profile: one, unless the file has duplicates.
    pub fn sections_of(&self, profile: &str) -> impl DoubleEndedIterator<Item = &Section<'t>> {
        self.profiles.get(profile).into_iter().flatten().map(|&index| &self.sections[index])
    }

    /// A key of a profile, as the AWS SDKs read it: a later section or key of the same name wins, and
    /// `[profile default]` hides `[default]`.
    pub fn get(&self, profile: &str, key: &str) -> Option<Cow<'_, str>> {
        self.sections_of(profile)
            .rev()
            .filter(|section| !self.is_hidden(section))
            .find_map(|section| section.get(key))
    }

    /// Whether no AWS SDK reads the section: `[default]` beside `[profile default]`.
    pub fn is_hidden(&self, section: &Section<'_>) -> bool {
        self.dialect == Dialect::Config
            && section.header == "default"
            && self.sections_of("default").any(|other| other.header != "default")
    }

    pub fn flaws(&self) -> &[Flaw] {
        &self.flaws
    }

    pub fn duplicates(&self) -> Vec<Duplicate> {
        let mut found = vec![];
        let mut headers: HashMap<(Option<&str>, &str), usize> = HashMap::new();
        for section in &self.sections {
            // `[default]` and `[profile default]` are the same profile, `[a]` in a config file is none.
            let profile = section.profile;
            let identity = (profile, profile.map_or(section.header, |_| ""));
            let mut twice = |key: Option<&str>, first_line, line| {
                let header = section.header.to_owned();
                found.push(Duplicate { header, key: key.map(str::to_owned), first_line, line });
            };
            match headers.get(&identity) {
                Some(&first) => twice(None, first, section.line),
                None => _ = headers.insert(identity, section.line),
            }
            let mut keys: HashMap<String, usize> = HashMap::new();
            for key in &section.keys {
                match keys.get(&key.name.to_ascii_lowercase()) {
                    Some(&first) => twice(Some(key.name), first, key.line),
                    None => _ = keys.insert(key.name.to_ascii_lowercase(), key.line),
                }
            }
        }
        found
    }

    fn read_lines(&mut self) {
        let mut next = if self.text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len_utf8() } else { 0 };
        // A line indented deeper than the key above it continues that key's value (configparser's rule; the SDKs'
        // "starts with a blank" is the same wherever they do not refuse the file).
        let mut level = 0;
        for (index, raw) in self.text[next..].split_inclusive('\n').enumerate() {
            let (line, start) = (index + 1, next);
            next += raw.len();
            let body = raw.strip_suffix("\r\n").or_else(|| raw.strip_suffix('\n')).unwrap_or(raw);
            let content = body.trim_start_matches(BLANKS);
            let indent = body.len() - content.len();
            let content = content.trim_end_matches(BLANKS);
            if body.contains('\r') {
                self.flaw(line, FlawKind::LoneCarriageReturn);
            } else if content.starts_with(char::is_whitespace) {
                self.flaw(line, FlawKind::OddBlank);
            }
            let is_comment = content.starts_with(COMMENT);
            if content.is_empty() || (is_comment && indent == 0) {
                continue;
            }
            let key = self.sections.last_mut().and_then(|section| {
                section.end = if indent > 0 { next } else { section.end };
                section.keys.last_mut()
            });
            match key {
                Some(key) if is_comment || indent > level => {
                    key.below.push(Below { line: start..next, text: content, is_comment });
                }
                _ if is_comment => {}
                _ => {
                    level = indent;
                    if content.starts_with('[') {
                        self.read_header(content, indent, line, next);
                    } else {
                        self.read_key(content, indent, line, start..next);
                    }
                }
            }
        }
    }

    fn read_header(&mut self, content: &'t str, indent: usize, line: usize, end: usize) {
        let (header, rest) = content[1..].split_once(']').unwrap_or((&content[1..], "]"));
        let header = header.trim_matches(BLANKS);
        let rest = rest.trim_start_matches(BLANKS);
        // botocore takes everything up to the line's last `]` for the name.
        let clear = indent == 0 && (rest.is_empty() || rest.starts_with(COMMENT)) && !rest.contains(']');
        if !clear || header.is_empty() {
            self.flaw(line, FlawKind::UnclearHeader);
        }
        let profile = self.dialect.profile_of(header);
        self.sections.push(Section { header, profile, line, keys: vec![], end });
    }

    fn read_key(&mut self, content: &'t str, indent: usize, line: usize, place: Range<usize>) {
        // The SDKs know only `=`; configparser, and so the AWS CLI, takes `:` too.
        let Some(split) = content.find(['=', ':']) else {
            return self.flaw(line, FlawKind::NoDelimiter);
        };
        let name = content[..split].trim_end_matches(BLANKS);
        if name.is_empty() {
            self.flaw(line, FlawKind::NoKey);
        }
        let delimiter = place.start + indent + split;
        let rest = &content[split + 1..];
        let value_end = comment_start(rest).unwrap_or(rest.len());
        let first_value = rest[..value_end].trim_matches(BLANKS);
        let from = delimiter + 1 + rest.len() - rest.trim_start_matches(BLANKS).len();
        let comment = (value_end < rest.len()).then(|| delimiter + 1 + value_end..delimiter + 1 + rest.len());
        let value = if first_value.is_empty() {
            let at = comment.as_ref().map_or(from, |comment| comment.start);
            at..at
        } else {
            from..from + first_value.len()
        };
        let Some(section) = self.sections.last_mut() else {
            return self.flaw(line, FlawKind::BeforeFirstSection);
        };
        section.end = place.end;
        let at = Place { line: place, indent, delimiter, value, comment };
        section.keys.push(Key { name, line, first_value, below: vec![], at });
    }

    fn flaw(&mut self, line: usize, kind: FlawKind) {
        self.flaws.push(Flaw { line, kind });
    }
}

impl<'t> Section<'t> {
    /// The keys in the order of the file.
    pub fn keys(&self) -> &[Key<'t>] {
        &self.keys
    }

    /// A key's value: names are compared without case, the last one wins.
    pub fn get(&self, key: &str) -> Option<Cow<'t, str>> {
        self.named(key).next_back().map(Key::value)
    }

    pub(super) fn named(&self, name: &str) -> impl DoubleEndedIterator<Item = &Key<'t>> {
        self.keys.iter().filter(move |key| key.name.eq_ignore_ascii_case(name))
    }
}

impl<'t> Key<'t> {
    /// The value without an inline comment (` #` or ` ;`, as the SDKs read it; botocore takes the comment for text).
    /// The lines of a nested block follow, each after a line feed and without its indentation.
    pub fn value(&self) -> Cow<'t, str> {
        let more: Vec<&str> =
            self.below.iter().filter(|below| !below.is_comment).map(|below| below.text).collect();
        if more.is_empty() {
            Cow::Borrowed(self.first_value)
        } else {
            Cow::Owned(format!("{}\n{}", self.first_value, more.join("\n")))
        }
    }

    /// The value on the key's own line, without an inline comment.
    pub(super) fn first_value(&self) -> &'t str {
        self.first_value
    }

    pub(super) fn below(&self) -> &[Below<'t>] {
        &self.below
    }
}

/// Some Windows editors put it at the start of a UTF-8 file.
pub const BYTE_ORDER_MARK: char = '\u{feff}';
pub(super) const BLANKS: [char; 2] = [' ', '\t'];
pub(super) const COMMENT: [char; 2] = ['#', ';'];

/// A section's name without the quotes around it, of either kind.
pub(crate) fn unquoted(name: &str) -> &str {
    let inside = |quote: char| name.strip_prefix(quote)?.strip_suffix(quote);
    inside('"').or_else(|| inside('\'')).unwrap_or(name)
}

/// Where an inline comment starts: at a `#` or `;` with a blank before it.
pub(super) fn comment_start(value: &str) -> Option<usize> {
    let mut after_blank = false;
    value.char_indices().find_map(|(index, c)| {
        let found = after_blank && COMMENT.contains(&c);
        after_blank = c.is_whitespace();
        found.then_some(index)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG: &str = "\u{feff}# ours\r\n\
        [default]\r\nregion = eu-central-1   # here\r\noutput=json\r\n\
        [profile \"a b\"] ; quoted\nazure_app_id_uri = https://signin.aws.amazon.com/saml#2\nempty =\nhash = # all of it\n\
        \n[profile\tdev ]\nAzure_Tenant_ID: t\ns3 =\n  max = 1\n\n\t# in between\n  min = 2 # here\nafter = 1\n\
        [sso-session dev]\nsso_region = x\n[profiles]\n[profile c d]\n  a = 1\n  b = 2";

    #[test]
    fn a_config_file_is_read() {
        let document = Document::parse(CONFIG, Dialect::Config);
        assert_eq!(document.flaws(), []);
        assert_eq!(document.duplicates(), []);
        assert_eq!(document.profiles().collect::<Vec<_>>(), ["default", "a b", "dev", "c d"]);
        let sections: Vec<_> =
            document.sections().iter().map(|section| (section.header, section.line)).collect();
        let headers =
            ["default", "profile \"a b\"", "profile\tdev", "sso-session dev", "profiles", "profile c d"];
        assert_eq!(sections, std::iter::zip(headers, [2, 5, 10, 18, 20, 21]).collect::<Vec<_>>());
        for (profile, key, value) in [
            ("default", "region", Some("eu-central-1")),
            ("default", "output", Some("json")),
            ("a b", "azure_app_id_uri", Some("https://signin.aws.amazon.com/saml#2")),
            ("a b", "empty", Some("")),
            ("a b", "hash", Some("")),
            ("dev", "azure_tenant_id", Some("t")),
            ("dev", "S3", Some("\nmax = 1\nmin = 2 # here")),
            ("dev", "max", None),
            ("dev", "after", Some("1")),
            ("dev", "sso_region", None),
            ("c d", "a", Some("1")),
            ("c d", "b", Some("2")),
            ("nobody", "a", None),
        ] {
            assert_eq!(document.get(profile, key).as_deref(), value, "{profile} {key}");
        }
    }

    #[test]
    fn the_last_of_several_wins_and_all_are_listed() {
        let text = "[profile a]\nx = 1\nX = 2\n[default]\nx = 1\ny = 1\n[profile default]\nx = 2\n[profile a]\nx = 3\n";
        let document = Document::parse(text, Dialect::Config);
        assert_eq!(document.get("a", "x").as_deref(), Some("3"));
        assert_eq!(document.get("default", "x").as_deref(), Some("2"));
        assert_eq!(document.get("default", "y"), None, "[profile default] hides [default]");
        let found: Vec<_> = document
            .duplicates()
            .into_iter()
            .map(|found| (found.header, found.key, found.first_line, found.line))
            .collect();
        let wanted =
            [("profile a", Some("X"), 2, 3), ("profile default", None, 4, 7), ("profile a", None, 1, 9)];
        let wanted =
            wanted.map(|(header, key, first, line)| (header.to_owned(), key.map(str::to_owned), first, line));
        assert_eq!(found, wanted);
    }

    #[test]
    fn every_header_of_a_credentials_file_is_a_profile() {
        let document =
            Document::parse("[a b]\nk = 1\n[profile x]\nk = 2\n[sso-session y]\n", Dialect::Credentials);
        assert_eq!(document.profiles().collect::<Vec<_>>(), ["a b", "profile x", "sso-session y"]);
    }

    #[test]
    fn lines_that_readers_refuse_are_named() {
        use FlawKind::*;
        for (text, line, kind) in [
            ("# c\nk = v\n[a]\n", 2, BeforeFirstSection),
            ("[a]\nk = v\nsecret\n", 3, NoDelimiter),
            ("[a]\n= v\n", 2, NoKey),
            ("[a\nk = v\n", 1, UnclearHeader),
            ("[]\n", 1, UnclearHeader),
            ("[a] b\n", 1, UnclearHeader),
            ("[a] # see [b]\n", 1, UnclearHeader),
            ("k\n  [a]\n", 1, NoDelimiter),
            ("  [a]\n", 1, UnclearHeader),
            ("[a]\nk = v\rx = y\n", 2, LoneCarriageReturn),
            ("[a]\nk = v\r\r\n", 2, LoneCarriageReturn),
            ("[a]\nk = v\r", 2, LoneCarriageReturn),
            ("[a]\n\u{a0}k = v\n", 2, OddBlank),
        ] {
            let flaws = Document::parse(text, Dialect::Credentials).flaws().first().copied();
            assert_eq!(flaws, Some(Flaw { line, kind }), "{text:?}");
        }
    }
}
