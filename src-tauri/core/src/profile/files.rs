//! The two AWS files put together, profile by profile, as botocore and the AWS SDKs do it: what the credentials file says
//! goes before what the config file says, and `[profile default]` hides `[default]`.

use super::network::Services;
use super::{ProfileName, Section};
use crate::aws_files::compatibility::{self, Conflict};
use crate::aws_files::document::{Dialect, Document};
use crate::problem::Problem;
use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::rc::Rc;

/// What both files say. The paths are for the words of problems only.
#[derive(Debug, Clone, Copy)]
pub struct ProfileFiles<'a> {
    pub config: &'a str,
    pub config_path: &'a Path,
    pub credentials: &'a str,
    pub credentials_path: &'a Path,
    /// What [`identity_conflicts`](compatibility::identity_conflicts) says of the credentials file as it is on the
    /// disk, where `credentials` is not its whole text.
    pub credentials_conflicts: Option<&'a [Conflict]>,
}

impl<'a> ProfileFiles<'a> {
    /// Where there is no credentials file, or it does not matter.
    pub fn config_only(config: &'a str, config_path: &'a Path) -> Self {
        Self {
            config,
            config_path,
            credentials: "",
            credentials_path: Path::new(""),
            credentials_conflicts: None,
        }
    }
}

/// The text of a credentials file with nothing in it but what sets profiles up: no keys, no tokens, no passwords, and
/// no section that holds nothing else. It says the same of profiles as the file itself, to Rolecall's own reader.
pub fn without_secrets(credentials: &str) -> String {
    let document = Document::parse(credentials, Dialect::Credentials);
    let mut text = String::new();
    for section in document.sections() {
        let mut keys = section.keys().iter().filter(|key| !is_secret(key.name)).peekable();
        if keys.peek().is_none() {
            continue;
        }
        text += &format!("[{}]\n", section.header);
        for key in keys {
            text += &format!("{} = {}\n", key.name, key.value().replace('\n', "\n  "));
        }
    }
    text
}

fn is_secret(key: &str) -> bool {
    let key = key.trim().to_lowercase();
    let telling = ["secret", "token", "password"].iter().any(|word| key.contains(word));
    key.starts_with("aws_") || telling && key != "web_identity_token_file"
}

/// Profiles of which one tool would make another identity than the next.
pub(super) fn conflicts(files: &ProfileFiles<'_>) -> HashMap<String, Problem> {
    let mut problems = HashMap::new();
    let in_config = compatibility::identity_conflicts(files.config, Dialect::Config);
    let in_credentials = match files.credentials_conflicts {
        Some(known) => known.to_vec(),
        None => compatibility::identity_conflicts(files.credentials, Dialect::Credentials),
    };
    for (found, path) in [(in_config, files.config_path), (in_credentials, files.credentials_path)] {
        for Conflict { profile, line, rule } in found {
            problems.entry(profile).or_insert_with(|| Problem::FileNotUnderstood {
                path: path.display().to_string(),
                line,
                reason: rule.what().to_owned(),
            });
        }
    }
    problems
}

/// One for each profile, in the order of the config file, then of the credentials file.
pub(super) fn merged<'a>(
    config: &'a Document<'a>,
    credentials: &'a Document<'a>,
    files: &ProfileFiles<'_>,
) -> Vec<Section<'a>> {
    let (path, credentials_path) =
        (files.config_path.display().to_string(), files.credentials_path.display().to_string());
    let services = Rc::new(Services::read(config, &path));
    let mut known = HashSet::new();
    let names = config.profiles().chain(credentials.profiles()).filter(|name| known.insert(*name));
    let sections = names.map(|name| {
        let header_of = |document: &Document<'_>| {
            let read = |section: &&crate::aws_files::document::Section<'_>| !document.is_hidden(section);
            document.sections_of(name).find(read).map(|section| section.header.to_owned())
        };
        let mut section = Section {
            path: path.clone(),
            header: String::new(),
            name: ProfileName::new(name),
            keys: keys(config, name),
            credentials: None,
            services: Rc::clone(&services),
        };
        let from = section.keys.len();
        section.keys.extend(keys(credentials, name));
        let in_credentials = header_of(credentials);
        match header_of(config) {
            Some(header) => {
                section.header = header;
                section.credentials = in_credentials.map(|header| (from, credentials_path.clone(), header));
            }
            None => {
                section.path.clone_from(&credentials_path);
                section.header = in_credentials.unwrap_or_default();
            }
        }
        section
    });
    sections.collect()
}

/// A later one of the same name wins.
fn keys<'a>(document: &'a Document<'a>, profile: &str) -> Vec<(String, std::borrow::Cow<'a, str>)> {
    let sections = document.sections_of(profile).filter(|section| !document.is_hidden(section));
    let keys = sections.flat_map(crate::aws_files::document::Section::keys);
    keys.map(|key| (key.name.to_ascii_lowercase(), key.value())).collect()
}
