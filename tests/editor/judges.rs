//! What rust-ini, aws-runtime and botocore read, in one shape; and whether an edit changed it as it should.

use crate::botocore::Botocore;
use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};
use aws_runtime::env_config::section::EnvConfigSections;
use aws_types::os_shim_internal::{Env, Fs};
use ini::{Ini, ParseOption};
use rolecall_core::aws_files::document::Dialect;
use std::collections::{BTreeMap, BTreeSet};

/// Section → key → value. Sections are named by their profile where the judge knows profiles.
pub(crate) type Reading = BTreeMap<String, BTreeMap<String, String>>;

pub(crate) struct Edit<'a> {
    pub(crate) dialect: Dialect,
    pub(crate) profile: &'a str,
    /// None: removed.
    pub(crate) changes: Vec<(&'a str, Option<&'a str>)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Agrees,
    /// It could not read the file before: it has no say.
    Abstains,
}

pub(crate) struct Judges {
    pub(crate) botocore: Botocore,
    runtime: tokio::runtime::Runtime,
}

pub(crate) const NAMES: [&str; 3] = ["rust-ini", "aws-runtime", "botocore"];

impl Judges {
    pub(crate) fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        Self { botocore: Botocore::start(), runtime }
    }

    /// The verdicts of [`NAMES`], or what one of them reads wrong.
    pub(crate) fn judge(
        &mut self,
        before: &str,
        after: &str,
        edit: &Edit<'_>,
    ) -> Result<[Verdict; 3], String> {
        let keys = all_keys(before, after);
        let flat = has_indented_keys(before);
        let mut read = |text: &str| {
            let rust_ini = rust_ini(text, flat);
            let aws_runtime = self.aws_runtime(text, edit.dialect, &keys);
            [rust_ini, aws_runtime, self.botocore.read(text, edit.dialect)]
        };
        let (old, new) = (read(before), read(after));
        let mut verdicts = [Verdict::Abstains; 3];
        for (index, (old, new)) in std::iter::zip(old, new).enumerate() {
            let Some(old) = old else { continue };
            let Some(new) = new else { return Err(format!("{} cannot read it any more", NAMES[index])) };
            let wanted = expected(old, index, edit);
            if new != wanted {
                return Err(format!("{} reads {new:#?}\ninstead of {wanted:#?}", NAMES[index]));
            }
            verdicts[index] = Verdict::Agrees;
        }
        Ok(verdicts)
    }

    /// None: the SDK refuses the file. Its profiles cannot be listed by key, so it is asked for `keys`.
    pub(crate) fn aws_runtime(
        &self,
        text: &str,
        dialect: Dialect,
        keys: &BTreeSet<String>,
    ) -> Option<Reading> {
        self.aws_runtime_of(&[(text, dialect)], keys).ok()
    }

    /// The same of one file or of both together; or what the SDK says of the one that it refuses.
    pub(crate) fn aws_runtime_of(
        &self,
        texts: &[(&str, Dialect)],
        keys: &BTreeSet<String>,
    ) -> Result<Reading, String> {
        let files = texts.iter().fold(EnvConfigFiles::builder(), |files, (text, dialect)| {
            let kind = match dialect {
                Dialect::Config => EnvConfigFileKind::Config,
                Dialect::Credentials => EnvConfigFileKind::Credentials,
            };
            files.with_contents(kind, *text)
        });
        let (env, fs) = (Env::from_slice(&[]), Fs::from_slice(&[]));
        let source = self
            .runtime
            .block_on(aws_runtime::env_config::source::load(&env, &fs, &files.build()))
            .expect("in memory");
        let sections = EnvConfigSections::parse(source).map_err(|error| error.to_string())?;
        let read = |get: &dyn Fn(&str) -> Option<String>| -> BTreeMap<_, _> {
            keys.iter().filter_map(|key| Some((key.clone(), get(key)?))).collect()
        };
        let profiles = sections.profiles().map(|name| {
            let profile = sections.get_profile(name).expect("listed");
            (name.to_owned(), read(&|key| profile.get(key).map(str::to_owned)))
        });
        let sessions = sections.sso_sessions().map(|name| {
            let session = sections.sso_session(name).expect("listed");
            (format!("sso-session {name}"), read(&|key| session.get(key).map(str::to_owned)))
        });
        Ok(profiles.chain(sessions).collect())
    }
}

/// Everything in front of a `=` or `:`, in lower case.
pub(crate) fn all_keys(before: &str, after: &str) -> BTreeSet<String> {
    let lines = before.lines().chain(after.lines());
    lines
        .filter_map(|line| line.split(['=', ':']).next())
        .map(|key| key.trim().to_ascii_lowercase())
        .collect()
}

/// Whether a section starts with an indented key: then indented lines are keys, and not more of the value above.
fn has_indented_keys(text: &str) -> bool {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lines =
        text.lines().filter(|line| !line.trim().is_empty() && !line.trim().starts_with(['#', ';']));
    let mut after_header = false;
    lines.any(|line| {
        let found = after_header && line.starts_with([' ', '\t']);
        after_header = line.starts_with('[');
        found
    })
}

/// None: rust-ini refuses the file, takes an indented comment for part of a key, or a backslash at a line's end for a
/// sign that the next line belongs to it, which no AWS tool does.
fn rust_ini(text: &str, flat: bool) -> Option<Reading> {
    if text.lines().any(|line| line.ends_with('\\')) {
        return None;
    }
    let options = ParseOption {
        enabled_quote: false,
        enabled_escape: false,
        enabled_indented_mutiline_value: !flat,
        ..ParseOption::default()
    };
    let ini = Ini::load_from_str_opt(text.strip_prefix('\u{feff}').unwrap_or(text), options).ok()?;
    let mut reading = Reading::new();
    for (number, (name, keys)) in ini.iter().enumerate().filter(|(_, (name, _))| name.is_some()) {
        // Sections of one name are told apart by their number.
        let name = name.unwrap_or_default().to_owned();
        let name = if reading.contains_key(&name) { format!("{name} again, {number}") } else { name };
        let keys = keys
            .iter()
            .map(|(key, value)| (key.to_ascii_lowercase(), value.trim_end_matches('\n').to_owned()));
        reading.insert(name, keys.collect());
    }
    let odd = |key: &String| key.contains(['\n', '#', ';']);
    (!reading.values().flat_map(BTreeMap::keys).any(odd)).then_some(reading)
}

/// What a judge must read after the edit, by what it read before.
fn expected(mut reading: Reading, judge: usize, edit: &Edit<'_>) -> Reading {
    let identifier = |c: char| c.is_ascii_alphanumeric() || "_-/.%@:+".contains(c);
    let name = match (judge, edit.dialect) {
        // The SDK reads no profile whose name is not an identifier.
        (1, _) if !edit.profile.chars().all(identifier) => return reading,
        (0, Dialect::Config) => {
            let is_ours = |header: &&String| profile_of(header) == Some(edit.profile);
            let new = if edit.profile == "default" { "default".to_owned() } else { new_header(edit.profile) };
            // `[profile default]` hides `[default]`, and comes after it in the alphabet.
            reading.keys().rfind(is_ours).cloned().unwrap_or(new)
        }
        // botocore keeps the blanks in `[ dev ]`: it does not see the profile before nor after.
        (2, Dialect::Credentials) => {
            let is_ours = |header: &&String| header.trim() == edit.profile;
            reading.keys().find(is_ours).cloned().unwrap_or(edit.profile.to_owned())
        }
        _ => edit.profile.to_owned(),
    };
    let sets = edit.changes.iter().any(|(_, value)| value.is_some());
    if !sets && !reading.contains_key(&name) {
        return reading;
    }
    let section = reading.entry(name).or_default();
    for (key, value) in &edit.changes {
        match value {
            Some(value) => _ = section.insert(key.to_ascii_lowercase(), (*value).to_owned()),
            None => _ = section.remove(&key.to_ascii_lowercase()),
        }
    }
    reading
}

fn profile_of(header: &str) -> Option<&str> {
    let name = header.strip_prefix("profile").filter(|name| name.starts_with([' ', '\t'])).map(str::trim);
    name.map(|name| name.trim_matches('"')).or((header == "default").then_some(header))
}

fn new_header(profile: &str) -> String {
    if profile.contains(' ') { format!("profile \"{profile}\"") } else { format!("profile {profile}") }
}
