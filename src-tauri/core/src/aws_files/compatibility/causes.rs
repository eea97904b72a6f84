//! Which rule a line breaks where a tool reads it in another way than it is meant.

use super::aws_cli::{self, FOR_ALL};
use super::reading::{ReadValue, is_identifier, is_python_blank};
use super::{Rule, Tool};
use crate::aws_files::document::{BLANKS, COMMENT, Dialect, Document, Section, comment_start};
use std::collections::HashMap;

pub(super) struct Causes<'d, 't> {
    document: &'d Document<'t>,
    /// As an editor counts them.
    lines: Vec<&'t str>,
    sections: HashMap<usize, usize>,
}

impl<'d, 't> Causes<'d, 't> {
    pub(super) fn new(document: &'d Document<'t>) -> Self {
        let lines = document.text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).collect();
        let sections =
            document.sections().iter().enumerate().map(|(index, section)| (section.line, index)).collect();
        Self { document, lines, sections }
    }

    fn line(&self, number: usize) -> &'t str {
        self.lines.get(number.wrapping_sub(1)).copied().unwrap_or_default()
    }

    fn section(&self, line: usize) -> Option<&'d Section<'t>> {
        self.sections.get(&line).map(|&index| &self.document.sections()[index])
    }

    /// What is behind a refusal may say more than the refusal itself.
    pub(super) fn of_refusal(&self, number: usize, rule: Rule) -> Rule {
        let line = self.line(number);
        if line.contains('\r') && rule != Rule::ByteOrderMark {
            return Rule::LoneCarriageReturn;
        }
        match rule {
            Rule::NoDelimiter | Rule::KeyBeforeSection if has_odd_blank_before_content(line) => {
                Rule::OddBlank
            }
            Rule::NoDelimiter if line.find(':').is_some_and(|colon| !line[..colon].contains(COMMENT)) => {
                Rule::ColonDelimiter
            }
            Rule::UnclearHeader if has_odd_blank_before_content(line) => Rule::OddBlank,
            _ => rule,
        }
    }

    pub(super) fn of_missing_section(&self, tool: Tool, number: usize) -> (usize, Rule) {
        let Some(section) = self.section(number) else { return (number, Rule::ReadDifferently) };
        let line = self.line(number);
        let raw = line.trim_start_matches(BLANKS).strip_prefix('[').unwrap_or_default();
        let inner = raw.split(']').next().unwrap_or_default();
        let name = section.profile.unwrap_or(section.header);
        let config = self.document.dialect == Dialect::Config;
        let rule = if line.contains('\r') {
            Rule::LoneCarriageReturn
        } else if raw.matches(']').count() > 1 || inner.contains(COMMENT) {
            Rule::UnclearHeader
        } else if !config && section.header.starts_with("profile") && section.header.contains(BLANKS) {
            Rule::ProfilePrefixInCredentials
        } else if !config && ["sso-session", "services"].iter().any(|word| section.header.starts_with(word)) {
            Rule::SessionInCredentials
        } else if config && section.profile.is_none() && !section.header.contains(BLANKS) {
            Rule::MissingProfilePrefix
        } else if inner.contains(|c: char| is_python_blank(c) && !BLANKS.contains(&c)) {
            Rule::OddBlank
        } else if tool == Tool::AwsCli && section.header == FOR_ALL {
            Rule::DefaultForAll
        } else if tool == Tool::AwsCli && inner.trim_matches(BLANKS) != inner {
            Rule::BlankInHeader
        } else if tool == Tool::AwsCli
            && config
            && aws_cli::shell_words(section.header).is_some_and(|words| words.len() > 2)
        {
            Rule::NameNeedsQuotes
        } else if is_identifier(name) && section.header.contains(['"', '\'']) {
            Rule::NameQuoted
        } else {
            Rule::NameNotPlain
        };
        (number, rule)
    }

    pub(super) fn of_extra_section(&self, number: usize) -> Rule {
        let header = self.section(number).map_or("", |section| section.header);
        let line = self.line(number);
        if line.contains('\r') {
            Rule::LoneCarriageReturn
        } else if header.contains(|c: char| is_python_blank(c) && !BLANKS.contains(&c)) {
            Rule::OddBlank
        } else if header.starts_with("profile") || header.starts_with("sso-session") {
            Rule::TakenForProfile
        } else {
            Rule::UnclearHeader
        }
    }

    /// `section` and `read_section`: the lines of the headers under which the key is meant, and read.
    pub(super) fn of_key(
        &self,
        tool: Tool,
        name: &str,
        wanted: &ReadValue,
        section: usize,
        read_section: usize,
        missing: bool,
    ) -> (usize, Rule) {
        let number = wanted.line;
        if let Some(rule) = self.hidden(section, read_section).filter(|_| section != read_section) {
            return (section.max(read_section), rule);
        }
        let line = self.line(number);
        let body = || self.below(number);
        if line.contains('\r') {
            return (number, Rule::LoneCarriageReturn);
        }
        if let Some((below, _)) = body().find(|(_, line)| line.contains('\r')) {
            return (below, Rule::LoneCarriageReturn);
        }
        let before_value = line.split('=').next().unwrap_or_default();
        if tool == Tool::RustSdk && before_value.contains(':') {
            return (number, Rule::ColonDelimiter);
        }
        if has_odd_blank(line) && (tool == Tool::RustSdk || has_odd_blank_before_content(line)) {
            return (number, Rule::OddBlank);
        }
        if missing {
            return (number, if is_identifier(name) { Rule::ReadDifferently } else { Rule::KeyNotPlain });
        }
        let value = line.find(['=', ':']).map_or("", |at| &line[at + 1..]);
        if tool == Tool::AwsCli && comment_start(value).is_some() {
            return (number, Rule::InlineComment);
        }
        let comment = |line: &str| line.trim_start_matches(BLANKS).starts_with(COMMENT);
        if tool == Tool::RustSdk
            && let Some((below, _)) = body().find(|(_, line)| comment(line))
        {
            return (below, Rule::IndentedComment);
        }
        if let Some((below, _)) = body().find(|(_, line)| has_odd_blank(line)) {
            return (below, Rule::OddBlank);
        }
        if let Some((below, _)) = body().find(|(_, line)| !comment(line) && comment_start(line).is_some()) {
            return (below, Rule::InlineCommentInBlock);
        }
        if tool == Tool::AwsCli
            && let Some((below, _)) = body().find(|(_, line)| line.trim_matches(is_python_blank).is_empty())
        {
            return (below, Rule::BlankLineInValue);
        }
        (number, Rule::ReadDifferently)
    }

    pub(super) fn of_extra_key(&self, number: usize, section: usize, read_section: usize) -> (usize, Rule) {
        let line = self.line(number);
        if line.contains('\r') {
            return (number, Rule::LoneCarriageReturn);
        }
        let above = self.document.sections().partition_point(|there| there.line <= number);
        let above = above.checked_sub(1).map(|index| &self.document.sections()[index]);
        if above.is_some_and(|above| above.header == FOR_ALL) {
            return (above.map_or(number, |above| above.line), Rule::DefaultForAll);
        }
        if let Some(rule) = self.hidden(section, read_section).filter(|_| section != read_section) {
            return (section.max(read_section), rule);
        }
        let rule = if line.starts_with('[') {
            Rule::UnclearHeader
        } else if line.split('=').next().is_some_and(|name| name.contains(':')) {
            Rule::ColonDelimiter
        } else if has_odd_blank(line) {
            Rule::OddBlank
        } else {
            Rule::ReadDifferently
        };
        (number, rule)
    }

    /// Why the section below one header is read in place of the one below another.
    fn hidden(&self, section: usize, read: usize) -> Option<Rule> {
        let (section, read) = (self.section(section)?, self.section(read)?);
        if read.header == "default" && section.header != "default" {
            return Some(Rule::DefaultTwice);
        }
        Some(Rule::SpelledTwice)
    }

    /// The lines that may belong to the key on line `number`: blank and indented ones, with their numbers.
    fn below(&self, number: usize) -> impl Iterator<Item = (usize, &'t str)> {
        let lines = self.lines.get(number..).unwrap_or_default().iter().copied();
        let lines = lines.zip(number + 1..).map(|(line, number)| (number, line));
        lines.take_while(|(_, line)| {
            line.is_empty() || line.starts_with(is_python_blank) || line.starts_with(COMMENT)
        })
    }
}

fn is_odd_blank(c: char) -> bool {
    is_python_blank(c) && !BLANKS.contains(&c)
}

fn has_odd_blank_before_content(line: &str) -> bool {
    line.chars().take_while(|c| is_python_blank(*c)).any(is_odd_blank)
}

/// Anywhere in the line.
fn has_odd_blank(line: &str) -> bool {
    line.contains(is_odd_blank)
}
