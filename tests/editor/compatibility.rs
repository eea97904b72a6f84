//! What `rolecall doctor` says of a file, compared with what real botocore and aws-runtime do with it.
//!
//! `ROLECALL_ODD_FILES` and `ROLECALL_ODD_SEED` ask for more files and for others.

use crate::judges::{Judges, all_keys};
use crate::odd_files::odd_file;
use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use rolecall_core::aws_files::compatibility::{Effect, Incompatibility, Tool, incompatibilities};
use rolecall_core::aws_files::document::{Dialect, Document, Section};
use serde_json::Value;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

/// (Kind, name) → key → value, blocks as sorted lists of their lines.
type Read = BTreeMap<(&'static str, String), BTreeMap<String, Value>>;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    Agrees,
    Misreads,
    Refuses,
}

const TOOLS: [Tool; 2] = [Tool::AwsCli, Tool::RustSdk];

#[test]
fn doctor_says_of_odd_files_what_the_tools_do() {
    let judges = RefCell::new(Judges::new());
    let counts = RefCell::new(BTreeMap::<(usize, Verdict), u32>::new());
    let outcome = runner().run(&odd_file(), |(dialect, text)| {
        let found = incompatibilities(&text, dialect);
        let (meant, lines) = meant(&text, dialect);
        for (index, tool) in TOOLS.into_iter().enumerate() {
            let read = match tool {
                Tool::AwsCli => botocore(&mut judges.borrow_mut(), &text, dialect),
                Tool::RustSdk => aws_runtime(&judges.borrow(), &text, dialect),
            };
            let does = match &read {
                Err(_) => Verdict::Refuses,
                Ok(read) if *read == meant => Verdict::Agrees,
                Ok(_) => Verdict::Misreads,
            };
            let said = said(&found, tool);
            // Two spellings of one profile: which of them the SDK lets win is chance.
            let chance = found.iter().any(|one| one.rule.code() == "section_spelled_twice");
            prop_assert!(
                said == does || chance && said.max(does) == Verdict::Misreads,
                "doctor says {:?} of {:?}, which {:?}: {:#?}\n{:?}\nread {:#?}\nmeant {:#?}",
                said,
                tool,
                does,
                found,
                text,
                read,
                meant
            );
            if let Err(Some(line)) = &read {
                let named =
                    found.iter().any(|one| one.line == *line && one.effect(tool) == Some(Effect::Refuses));
                prop_assert!(named, "{:?} names line {}: {:#?}\n{:?}", tool, line, found, text);
            }
            if let (Ok(read), false) = (&read, chance) {
                all_differences_are_named(&meant, read, &lines, &found, tool).map_err(|wrong| {
                    TestCaseError::fail(format!("{tool:?}: {wrong}: {found:#?}\n{text:?}"))
                })?;
            }
            *counts.borrow_mut().entry((index, does)).or_default() += 1;
        }
        Ok(())
    });
    outcome.unwrap();
    let counts = counts.into_inner();
    println!("{counts:?}");
    for (tool, name) in TOOLS.iter().enumerate() {
        let all: u32 = [Verdict::Agrees, Verdict::Misreads, Verdict::Refuses]
            .iter()
            .map(|verdict| {
                let count = counts.get(&(tool, *verdict)).copied().unwrap_or_default();
                assert!(count > 150, "too few files that {name:?} {verdict:?}");
                count
            })
            .sum();
        assert!(all >= 2_000, "only {all} files");
    }
}

fn said(found: &[Incompatibility], tool: Tool) -> Verdict {
    match found.iter().filter_map(|one| one.effect(tool)).max() {
        Some(Effect::Refuses) => Verdict::Refuses,
        Some(Effect::Misreads) => Verdict::Misreads,
        None => Verdict::Agrees,
    }
}

/// Each profile or key that is read differently has a finding for that tool: for a profile at its header, for a key from
/// its line to the next key's, or for the whole section.
fn all_differences_are_named(
    meant: &Read,
    read: &Read,
    lines: &Lines,
    found: &[Incompatibility],
    tool: Tool,
) -> Result<(), String> {
    let mine: Vec<_> = found.iter().filter(|one| one.effect(tool).is_some()).collect();
    let whole_sections = ["default_for_all", "default_twice", "unclear_header"];
    let for_sections = mine.iter().any(|one| whole_sections.contains(&one.rule.code()));
    for (name, keys) in meant {
        let Some(there) = read.get(name) else {
            let line = lines.headers[name];
            if !mine.iter().any(|one| one.line == line) {
                return Err(format!("nothing at line {line} says that {name:?} is not read"));
            }
            continue;
        };
        for (key, _) in keys.iter().filter(|(key, wanted)| there.get(*key) != Some(wanted)) {
            let range = &lines.keys[&(name.clone(), key.clone())];
            let names_it = |one: &&Incompatibility| {
                // What stands before the next key may make that line more of this key's value.
                let before_next = ["odd_blank", "lone_carriage_return"].contains(&one.rule.code());
                range.contains(&one.line) || before_next && one.line == range.end().saturating_add(1)
            };
            if !for_sections && !mine.iter().any(names_it) {
                return Err(format!(
                    "nothing in lines {range:?} says that {key} of {name:?} is read differently"
                ));
            }
        }
    }
    Ok(())
}

/// Where the file says what it is meant to say.
#[derive(Default)]
struct Lines {
    headers: BTreeMap<(&'static str, String), usize>,
    /// From the key's line to the last before the next key or header.
    keys: BTreeMap<((&'static str, String), String), RangeInclusive<usize>>,
}

/// What the file plainly says, by the documented grammar; written here a second time, so that a slip in the product's
/// own idea of it shows.
fn meant(text: &str, dialect: Dialect) -> (Read, Lines) {
    let document = Document::parse(text, dialect);
    let mut read = Read::new();
    let mut lines = Lines::default();
    let hides_default = dialect == Dialect::Config
        && document
            .sections()
            .iter()
            .any(|section| section.profile == Some("default") && section.header != "default");
    let starts: BTreeSet<usize> = document
        .sections()
        .iter()
        .flat_map(|section| section.keys().iter().map(|key| key.line).chain([section.line]))
        .collect();
    for section in document.sections() {
        let Some(name) = kind_and_name(section, dialect) else { continue };
        if hides_default && section.header == "default" {
            continue;
        }
        lines.headers.entry(name.clone()).or_insert(section.line);
        let keys = read.entry(name.clone()).or_default();
        for key in section.keys().iter().filter(|key| !key.name.is_empty()) {
            let key_name = trim(key.name).to_lowercase();
            let last =
                starts.range(key.line + 1..).next().map_or(usize::MAX, |next| (next - 1).max(key.line));
            lines.keys.insert((name.clone(), key_name.clone()), key.line..=last);
            keys.insert(key_name, value(&key.value(), trim, true));
        }
    }
    (read, lines)
}

fn kind_and_name(section: &Section<'_>, dialect: Dialect) -> Option<(&'static str, String)> {
    let words: Vec<&str> = section.header.splitn(2, [' ', '\t']).collect();
    let unquoted = |name: &str| {
        let name = name.trim_matches([' ', '\t']);
        let inner = |quote: char| name.strip_prefix(quote)?.strip_suffix(quote);
        inner('"').or_else(|| inner('\'')).unwrap_or(name).to_owned()
    };
    match (words.as_slice(), dialect) {
        (["sso-session", name], _) => Some(("sso-session", unquoted(name))),
        (["services", name], Dialect::Credentials) => Some(("services", unquoted(name))),
        (["profile", name], Dialect::Credentials) => Some(("profile", unquoted(name))),
        (_, Dialect::Credentials) => Some(("profile", section.header.to_owned())),
        (_, Dialect::Config) if section.profile.is_some() => Some(("profile", section.profile?.to_owned())),
        ([header], Dialect::Config) => {
            let telling = |name: &str| {
                name.starts_with("azure_")
                    || ["role_arn", "source_profile", "aws_access_key_id", "aws_session_token"]
                        .contains(&name)
            };
            let meant = section.keys().iter().any(|key| telling(&key.name.to_ascii_lowercase()));
            meant.then(|| ("profile", (*header).to_owned()))
        }
        _ => None,
    }
}

fn value(text: &str, trim: fn(&str) -> &str, without_comments: bool) -> Value {
    let text = trim_start_of_first_line(text, trim);
    let Some(block) = text.strip_prefix('\n') else { return Value::String(text) };
    let lines = block.split('\n').filter_map(|line| line.split_once('='));
    lines
        .map(|(key, value)| {
            let comment = value.char_indices().find(|(index, c)| {
                "#;".contains(*c) && value[..*index].ends_with(char::is_whitespace) && without_comments
            });
            let value = comment.map_or(value, |(index, _)| &value[..index]);
            (trim(key).to_owned(), Value::String(trim(value).to_owned()))
        })
        .collect()
}

fn trim_start_of_first_line(text: &str, trim: fn(&str) -> &str) -> String {
    match text.split_once('\n') {
        Some((first, rest)) => format!("{}\n{rest}", trim(first)),
        None => trim(text).to_owned(),
    }
}

/// As Python trims.
fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c))
}

/// Or the line that it names, as editors count them.
fn botocore(judges: &mut Judges, text: &str, dialect: Dialect) -> Result<Read, Option<usize>> {
    let answer = judges.botocore.read_with_kinds(text, dialect);
    let Some(kinds) = answer["read"].as_object() else {
        let line = answer["line"].as_u64().and_then(|line| usize::try_from(line).ok());
        // Python counts a carriage return alone as the end of a line.
        return Err(line.filter(|_| !text.replace("\r\n", "\n").contains('\r')));
    };
    let mut read = Read::new();
    for (kind, name) in [("profiles", "profile"), ("sso_sessions", "sso-session")] {
        for (section, keys) in kinds[kind].as_object().expect("sections") {
            let keys = keys.as_object().expect("keys").clone();
            read.insert((name, section.clone()), keys.into_iter().collect());
        }
    }
    Ok(read)
}

fn aws_runtime(judges: &Judges, text: &str, dialect: Dialect) -> Result<Read, Option<usize>> {
    let mut keys = all_keys(text, "");
    for line in text.lines() {
        let before = line.split('=').next().unwrap_or_default();
        keys.insert(before.trim_matches([' ', '\t']).to_ascii_lowercase());
    }
    let keys: BTreeSet<String> = keys.into_iter().flat_map(|key| [trim(&key).to_owned(), key]).collect();
    let read = judges.aws_runtime_of(&[(text, dialect)], &keys).map_err(|error| {
        let line = error.split("on line ").nth(1).and_then(|rest| rest.split(':').next());
        line.and_then(|line| line.trim().parse().ok())
    })?;
    let named = read.into_iter().map(|(name, keys)| {
        let name = match name.strip_prefix("sso-session ") {
            Some(session) => ("sso-session", session.to_owned()),
            None => ("profile", name),
        };
        let plain: fn(&str) -> &str = |text| text.trim_matches([' ', '\t']);
        (name, keys.into_iter().map(|(key, text)| (key, value(&text, plain, false))).collect())
    });
    Ok(named.collect())
}

fn runner() -> TestRunner {
    let number =
        |name: &str, usual: u64| std::env::var(name).map_or(usual, |text| text.parse().expect("a number"));
    let cases = u32::try_from(number("ROLECALL_ODD_FILES", 3_000)).expect("not that many");
    let mut seed = [0x13; 32];
    seed[..8].copy_from_slice(&number("ROLECALL_ODD_SEED", 13).to_le_bytes());
    let config = ProptestConfig {
        failure_persistence: None,
        max_shrink_iters: 5_000,
        ..ProptestConfig::with_cases(cases)
    };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed))
}
