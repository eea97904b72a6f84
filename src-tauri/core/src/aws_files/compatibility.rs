//! Which AWS tools do not read a file as it is meant, line by line.
//!
//! Two readers stand for all of them: botocore (the AWS CLI and boto3), which is Python's `configparser`, and
//! aws-runtime (the SDK for Rust), which keeps to the grammar of the "AWS SDKs and Tools Reference Guide". Each is
//! followed exactly, and what they read is compared with what the file plainly means. tests/editor proves both by
//! asking the real ones.

mod aws_cli;
mod causes;
mod meant;
mod reading;
mod rules;
mod rust_sdk;

pub use rules::Rule;

use crate::aws_files::document::{Dialect, Document, FlawKind};
use causes::Causes;
use reading::{Reading, SectionName};
use std::collections::{BTreeMap, HashSet};

/// A reader that stands for its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    /// botocore: the AWS CLI and boto3.
    AwsCli,
    /// aws-runtime.
    RustSdk,
}

/// What a line does to a tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// It reads something else than what is meant.
    Misreads,
    /// It refuses the whole file.
    Refuses,
}

/// A line that not every tool reads as it is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incompatibility {
    /// Counted from 1.
    pub line: usize,
    pub rule: Rule,
    /// None in both: every tool agrees, and only Rolecall does not write into such a file.
    pub aws_cli: Option<Effect>,
    pub rust_sdk: Option<Effect>,
    /// The profile that is read differently, where one is.
    pub section: Option<String>,
    /// The key that is read differently, in lower case.
    pub key: Option<String>,
}

impl Incompatibility {
    pub fn effect(&self, tool: Tool) -> Option<Effect> {
        match tool {
            Tool::AwsCli => self.aws_cli,
            Tool::RustSdk => self.rust_sdk,
        }
    }

    /// Whether only keys are concerned that no AWS tool reads anyway.
    pub fn is_harmless(&self) -> bool {
        let refused = self.aws_cli.max(self.rust_sdk) == Some(Effect::Refuses);
        !refused && self.key.as_deref().is_some_and(rules::is_rolecalls_own)
    }
}

/// What is wrong with a file, in the order of its lines; nothing: every tool reads it as it is meant.
pub fn incompatibilities(text: &str, dialect: Dialect) -> Vec<Incompatibility> {
    Found::in_file(text, dialect).list.into_values().collect()
}

/// A profile of which one tool would make another identity than the next: no credentials are handed out for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    pub profile: String,
    pub line: usize,
    pub rule: Rule,
}

/// The profiles whose keys that decide who somebody is are read differently by a tool that does not refuse the file.
/// A comment that a tool takes for part of a value is not among them: that tool then fails, as nobody else.
pub fn identity_conflicts(text: &str, dialect: Dialect) -> Vec<Conflict> {
    Found::in_file(text, dialect).conflicts
}

#[derive(Default)]
struct Found {
    conflicts: Vec<Conflict>,
    list: BTreeMap<(usize, Rule), Incompatibility>,
    /// A line before the first section is in the list.
    before_section: bool,
}

impl Found {
    fn in_file(text: &str, dialect: Dialect) -> Self {
        let document = Document::parse(text, dialect);
        let meant = meant::read(&document);
        let causes = Causes::new(&document);
        let mut found = Self::default();
        for (tool, read) in
            [(Tool::AwsCli, aws_cli::read(text, dialect)), (Tool::RustSdk, rust_sdk::read(text, dialect))]
        {
            found.refusals(tool, &read, &causes);
            found.differences(tool, &meant, &read, &causes);
            for (line, name) in &read.unstable {
                for key in read.sections.get(name).into_iter().flat_map(|section| section.keys.keys()) {
                    found.conflict(name, key, *line, Rule::SpelledTwice, &read);
                }
            }
        }
        found.flaws(&document);
        found
    }

    fn add(&mut self, line: usize, rule: Rule, tool: Option<(Tool, Effect)>) -> &mut Incompatibility {
        let found = self.list.entry((line, rule)).or_insert(Incompatibility {
            line,
            rule,
            aws_cli: None,
            rust_sdk: None,
            section: None,
            key: None,
        });
        match tool {
            Some((Tool::AwsCli, effect)) => found.aws_cli = found.aws_cli.max(Some(effect)),
            Some((Tool::RustSdk, effect)) => found.rust_sdk = found.rust_sdk.max(Some(effect)),
            None => {}
        }
        found
    }

    fn refusals(&mut self, tool: Tool, read: &Reading, causes: &Causes<'_, '_>) {
        let mut first: Option<usize> = None;
        for refusal in &read.refusals {
            // Every line before the first section is refused for the same reason: one of them says it.
            if refusal.rule == Rule::KeyBeforeSection && *first.get_or_insert(refusal.line) != refusal.line {
                continue;
            }
            self.before_section |= refusal.rule == Rule::KeyBeforeSection;
            let rule = causes.of_refusal(refusal.line, refusal.rule);
            self.add(refusal.line, rule, Some((tool, Effect::Refuses)));
        }
        for (line, _) in &read.unstable {
            self.add(*line, Rule::SpelledTwice, Some((tool, Effect::Misreads)));
        }
    }

    fn differences(&mut self, tool: Tool, meant: &Reading, read: &Reading, causes: &Causes<'_, '_>) {
        let effect = Some((tool, Effect::Misreads));
        let mut missing_lines = HashSet::new();
        for (name, section) in &meant.sections {
            let Some(there) = read.sections.get(name) else {
                let (line, rule) = causes.of_missing_section(tool, section.line);
                self.add(line, rule, effect).section = profile(name);
                missing_lines.insert(line);
                continue;
            };
            for (key, wanted) in &section.keys {
                let found = there.keys.get(key);
                if found.is_some_and(|found| found.value == wanted.value) {
                    continue;
                }
                let (line, rule) =
                    causes.of_key(tool, key, wanted, section.line, there.line, found.is_none());
                self.conflict(name, key, line, rule, read);
                let found = self.add(line, rule, effect);
                found.section = profile(name);
                found.key = Some(key.clone());
            }
            for (key, extra) in there.keys.iter().filter(|(key, _)| !section.keys.contains_key(*key)) {
                let (line, rule) = causes.of_extra_key(extra.line, section.line, there.line);
                self.conflict(name, key, line, rule, read);
                let found = self.add(line, rule, effect);
                found.section = profile(name);
                found.key.get_or_insert_with(|| key.clone());
            }
        }
        for (name, section) in &read.sections {
            if !meant.sections.contains_key(name) && !missing_lines.contains(&section.line) {
                let rule = causes.of_extra_section(section.line);
                self.add(section.line, rule, effect).section = profile(name);
            }
        }
    }

    /// A tool that refuses the whole file makes nobody of anybody.
    fn conflict(&mut self, name: &SectionName, key: &str, line: usize, rule: Rule, read: &Reading) {
        let only_fails = matches!(
            rule,
            Rule::InlineComment | Rule::InlineCommentInBlock | Rule::IndentedComment | Rule::BlankLineInValue
        );
        if let (SectionName::Profile(profile), false) = (name, only_fails || !read.refusals.is_empty())
            && rules::decides_identity(key)
        {
            self.conflicts.push(Conflict { profile: profile.clone(), line, rule });
        }
    }

    /// What Rolecall's own reader does not take, where the others do.
    fn flaws(&mut self, document: &Document<'_>) {
        for flaw in document.flaws() {
            let rule = match flaw.kind {
                FlawKind::BeforeFirstSection => Rule::KeyBeforeSection,
                FlawKind::NoDelimiter => Rule::NoDelimiter,
                FlawKind::NoKey => Rule::NoKey,
                FlawKind::UnclearHeader => Rule::UnclearHeader,
                FlawKind::LoneCarriageReturn => Rule::LoneCarriageReturn,
                FlawKind::OddBlank => Rule::OddBlank,
            };
            self.own(flaw.line, rule);
        }
        for twice in document.duplicates() {
            let rule = if twice.key.is_some() { Rule::DuplicateKey } else { Rule::DuplicateSection };
            self.own(twice.line, rule);
        }
    }

    fn own(&mut self, line: usize, rule: Rule) {
        let known =
            self.list.range((line, Rule::ByteOrderMark)..=(line, Rule::ReadDifferently)).next().is_some();
        if !(known || rule == Rule::KeyBeforeSection && self.before_section) {
            self.add(line, rule, None);
        }
    }
}

fn profile(name: &SectionName) -> Option<String> {
    match name {
        SectionName::Profile(name) => Some(name.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
