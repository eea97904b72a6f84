//! The text of an offer: whatever is not known to be harmless is refused by its name.

use super::{Kind, Offer, Offered, plain};
use crate::aws_files::document::{Dialect, Document, Section};
use crate::aws_files::edit;
use crate::draft;
use crate::draft::shape::{is_unseen, one_line};
use crate::policy::Policy;
use crate::problem::Problem;
use crate::profile::{Authority, ProfileName, Profiles};
use crate::role::RoleArn;
use std::path::Path;
use url::Url;

/// In bytes.
const TEXT_LIMIT: usize = 1024 * 1024;
const PROFILES: usize = 500;
/// How many refusals are said; of the others, their number.
const REASONS: usize = 20;
/// In characters, of what is shown of the text.
const SHOWN: usize = 100;

/// The keys of a sign-in. Not `azure_default_password`, which is a secret.
const ENTRA_KEYS: [&str; 13] = [
    "azure_tenant_id",
    "azure_app_id_uri",
    "azure_default_username",
    "azure_default_role_arn",
    "azure_default_duration_hours",
    "azure_default_remember_me",
    AUTHORITY,
    "azure_acs_url",
    "azure_provider_arn",
    "azure_domain_hint",
    "azure_os_sso",
    "azure_credentials",
    "region",
];
/// Those without which there is none.
const REQUIRED: [&str; 2] = ["azure_tenant_id", "azure_app_id_uri"];
const CHAIN_KEYS: [&str; 2] = ["role_arn", "source_profile"];
const AUTHORITY: &str = "azure_authority_host";
const PASSWORD: &str = "azure_default_password";

/// Reads the text that was found at `origin`.
///
/// # Errors
/// [`Problem::OfferRefused`] with everything that must not stand there.
pub fn read(text: &str, origin: &str, policy: Option<&Policy>) -> Result<Offer, Problem> {
    let origin = one_line(origin, SHOWN * 3);
    match profiles(text, policy) {
        Ok(profiles) => Ok(Offer { origin, profiles }),
        Err(reasons) => Err(refused(&origin, reasons)),
    }
}

pub(super) fn refused(origin: &str, mut reasons: Vec<String>) -> Problem {
    let more = reasons.len().saturating_sub(REASONS);
    reasons.truncate(REASONS);
    if more > 0 {
        reasons.push(format!("and {more} more"));
    }
    Problem::OfferRefused { origin: origin.to_owned(), reasons }
}

fn profiles(text: &str, policy: Option<&Policy>) -> Result<Vec<Offered>, Vec<String>> {
    if text.len() > TEXT_LIMIT {
        return Err(vec!["it is larger than a megabyte".to_owned()]);
    }
    if text.trim_start_matches('\u{feff}').trim_start().starts_with('<') {
        return Err(vec!["it is a web page, not profiles (perhaps one must sign in to see them)".to_owned()]);
    }
    let document = Document::parse(text, Dialect::Config);
    let mut reasons = lines(text, &document);
    if document.sections().len() > PROFILES {
        reasons.push(format!("it has more than {PROFILES} profiles"));
        return Err(reasons);
    }
    let offered = document.sections().iter().map(|section| offered(section, policy));
    let mut profiles = vec![];
    for offered in offered {
        match offered {
            Ok(offered) => profiles.push(offered),
            Err(more) => reasons.extend(more),
        }
    }
    if reasons.is_empty() && profiles.is_empty() {
        reasons.push("it has no profile".to_owned());
    }
    if reasons.is_empty() { Ok(profiles) } else { Err(reasons) }
}

/// What is wrong with the text as such.
fn lines(text: &str, document: &Document<'_>) -> Vec<String> {
    let marked = text.strip_prefix('\u{feff}').unwrap_or(text);
    let unseen = marked.split('\n').enumerate().filter_map(|(index, line)| {
        let line = line.strip_suffix('\r').unwrap_or(line);
        let found = line.chars().any(|c| c != '\t' && is_unseen(c));
        found.then(|| format!("line {}: it holds a character that nobody sees", index + 1))
    });
    let flaws = document.flaws().iter().map(|flaw| format!("line {}: {}", flaw.line, flaw.kind));
    let twice = document.duplicates().into_iter().map(|twice| {
        let what = twice.key.as_deref().unwrap_or("the section");
        let (header, what) = (one_line(&twice.header, SHOWN), one_line(what, SHOWN));
        format!("line {}, section [{header}]: {what} stands there for the second time", twice.line)
    });
    unseen.chain(flaws).chain(twice).collect()
}

fn offered(section: &Section<'_>, policy: Option<&Policy>) -> Result<Offered, Vec<String>> {
    let header = one_line(section.header, SHOWN);
    let said = |reason: String| format!("section [{header}]: {reason}");
    let Some(name) = section.profile else {
        return Err(vec![said("it is not a profile".to_owned())]);
    };
    let mut reasons = vec![];
    if name.is_empty() || draft::legal_name(name) != name {
        reasons.push("its name is not one that every AWS tool reads alike".to_owned());
    }
    let mut keys = vec![];
    for key in section.keys() {
        let (name, value) = (key.name.to_ascii_lowercase(), key.value());
        match accepted(&name, &value, policy) {
            Ok(()) => keys.push((name, plain(&value))),
            Err(reason) => reasons.push(format!("{} {reason}", one_line(key.name, SHOWN))),
        }
    }
    // What is missing or does not go together is said of a section that is right so far.
    if reasons.is_empty() {
        match kind(&keys).and_then(|kind| parsed(name, kind, &keys).map(|()| kind)) {
            Ok(kind) => return Ok(Offered { name: ProfileName::new(name), kind, keys }),
            Err(reason) => reasons.push(reason),
        }
    }
    Err(reasons.into_iter().map(said).collect())
}

/// # Errors
/// What follows the key's name in a sentence.
fn accepted(key: &str, value: &str, policy: Option<&Policy>) -> Result<(), String> {
    if key == PASSWORD {
        return Err("is a secret, which has no business in an offer".to_owned());
    }
    let known = ENTRA_KEYS.contains(&key) || CHAIN_KEYS.contains(&key) || key == "output";
    if !known {
        return Err("is not accepted".to_owned());
    }
    if value.contains('\n') {
        return Err("has lines below it".to_owned());
    }
    if value.trim().is_empty() {
        return Err("has no value".to_owned());
    }
    if key == AUTHORITY {
        // Not shown: it may be an address with anything in it.
        let authority = Authority::parse(&plain(value))?;
        if !may_sign_in_at(authority.url(), policy) {
            return Err("is not a host at which this computer may sign in".to_owned());
        }
    }
    Ok(())
}

fn may_sign_in_at(login: &Url, policy: Option<&Policy>) -> bool {
    match policy.filter(|policy| policy.login_hosts.is_some()) {
        Some(policy) => policy.allows_host(login),
        None => {
            let host = login.host_str().is_some_and(|host| Authority::HOSTS.contains(&host));
            host && login.scheme() == "https" && login.port().is_none()
        }
    }
}

fn kind(keys: &[(String, String)]) -> Result<Kind, String> {
    let has = |wanted: &str| keys.iter().any(|(key, _)| key == wanted);
    let missing = |wanted: [&'static str; 2]| wanted.into_iter().find(|key| !has(key));
    let entra = keys.iter().any(|(key, _)| key.starts_with("azure_"));
    let chained = CHAIN_KEYS.into_iter().find(|key| has(key));
    let (kind, lacks) = match (entra, chained) {
        (true, Some(key)) => return Err(format!("{key} stands beside azure_ keys")),
        (true, None) => (Kind::Entra, missing(REQUIRED)),
        (false, Some(_)) => (Kind::Chained, missing(CHAIN_KEYS)),
        (false, None) if keys.is_empty() => return Err("it has no keys".to_owned()),
        (false, None) => (Kind::Plain, None),
    };
    lacks.map_or(Ok(kind), |key| Err(format!("{key} is missing")))
}

/// Whether the values are what the config file's reader takes, and are written as they stand.
fn parsed(name: &str, kind: Kind, keys: &[(String, String)]) -> Result<(), String> {
    let all: Vec<_> = keys.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    edit::set("", Dialect::Config, name, &all).map_err(|error| error.to_string())?;
    for (key, value) in &all {
        let right = match *key {
            "role_arn" => RoleArn::parse(value).is_ok(),
            "output" => value.len() <= 20 && value.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'),
            _ => true,
        };
        if !right {
            return Err(format!("{key} has a value that it cannot have"));
        }
    }
    // The others are a sign-in's; a section that is none is made one, for its region's sake.
    let mut sign_in: Vec<_> = all.into_iter().filter(|(key, _)| ENTRA_KEYS.contains(key)).collect();
    if kind != Kind::Entra {
        sign_in.extend(REQUIRED.map(|key| (key, "example.org")));
    }
    let text = edit::set("", Dialect::Config, name, &sign_in).map_err(|error| error.to_string())?;
    match Profiles::parse(&text, Path::new(""), None).find(&ProfileName::new(name)) {
        Ok(_) => Ok(()),
        Err(Problem::KeyInvalid { key, reason, .. }) => Err(format!("{key} {reason}")),
        Err(other) => Err(one_line(&other.to_string(), SHOWN)),
    }
}
