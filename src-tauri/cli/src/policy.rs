//! `policy`: what an administrator has laid down, and whether a file can be such; no resident process is asked.

use crate::arguments::Policy as Command;
use crate::exit::Exit;
use crate::say::{self, Said};
use crate::show;
use rolecall_core::draft;
use rolecall_core::policy::{self, Policy, Tenant};
use rolecall_core::problem::{Kind, Problem, Report};
use rolecall_core::profile::CredentialsKept;
use rolecall_core::settings::Renew;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

/// What `Policy::read` takes, in bytes.
const SIZE_LIMIT: u64 = 1024 * 1024;

pub(crate) fn run(command: Command) -> Result<Exit, Said> {
    match command {
        Command::Show { json } => show(json),
        Command::Check { file } => check(&file),
    }
}

fn show(json: bool) -> Result<Exit, Said> {
    let path = policy::path();
    let read = Policy::read(&path);
    if json {
        let exit = read.as_ref().err().map_or(Exit::Done, |problem| Exit::of(&problem.report()));
        let problem = read.as_ref().err().map(Problem::report);
        let policy = read.as_ref().ok().and_then(Option::as_ref);
        let shown = Shown {
            path: path.display().to_string(),
            in_force: policy.is_some(),
            problem,
            policy: policy.map(Written::of),
        };
        say::data(&serde_json::to_string_pretty(&shown).unwrap_or_default());
        return Ok(exit);
    }
    match read? {
        Some(policy) => {
            say::words(&format!("{} is in force.", path.display()));
            let _ = say::coloured(&show::policy(&policy));
        }
        None => say::words(&format!("No policy is in force: there is no {}.", path.display())),
    }
    Ok(Exit::Done)
}

fn check(file: &Path) -> Result<Exit, Said> {
    let text = text(file)?;
    let policy = Policy::parse(&text).map_err(|wrong| Said(not_understood(file, &wrong)))?;
    let _ = say::coloured(&show::policy(&policy));
    say::words(&format!("{} can be a policy. {}", file.display(), place(file)));
    Ok(Exit::Done)
}

fn text(file: &Path) -> Result<String, Problem> {
    let unreadable = |reason: String| Problem::FileUnreadable { path: file.display().to_string(), reason };
    let mut bytes = vec![];
    let read = File::open(file).and_then(|file| file.take(SIZE_LIMIT + 1).read_to_end(&mut bytes));
    read.map_err(|error| unreadable(error.to_string()))?;
    if bytes.len() as u64 > SIZE_LIMIT {
        return Err(unreadable("it is larger than a megabyte".to_owned()));
    }
    String::from_utf8(bytes).map_err(|_| unreadable("it is not UTF-8".to_owned()))
}

fn not_understood(file: &Path, wrong: &str) -> Report {
    Report {
        code: "policy.invalid".into(),
        kind: Kind::Files,
        what: format!("{}, {wrong}.", file.display()),
        help: "Correct that line, then check it again.".into(),
        mend: None,
    }
}

/// Whether it is where it counts, and what to do that it is.
fn place(file: &Path) -> String {
    // The last: where there are several, the others are not for files that anybody lays down by hand.
    let place = policy::places().pop().unwrap_or_default();
    // A link would be refused; where it leads is not what matters.
    if std::path::absolute(file).is_ok_and(|file| file == place) {
        return match Policy::read(&place) {
            Err(Problem::PolicyRefused { reason, .. }) => {
                format!("As it lies there it would be refused, though: {reason}.")
            }
            _ if policy::path() != place => {
                format!("{} goes before it, though.", policy::path().display())
            }
            _ => "It is in force.".to_owned(),
        };
    }
    if cfg!(windows) {
        format!("To put it in force, write its keys to {}, as docs/policy.md shows.", place.display())
    } else if cfg!(target_os = "linux") {
        let (file, place) = (file.display(), place.display());
        format!("To put it in force: sudo install -D -o root -g root -m 0644 '{file}' {place}")
    } else {
        format!(
            "To put it in force: sudo mkdir -p '{}' && sudo install -o root -g wheel -m 0644 '{}' '{}'",
            place.parent().unwrap_or(&place).display(),
            file.display(),
            place.display()
        )
    }
}

/// `policy show --json`.
#[derive(Serialize)]
struct Shown {
    path: String,
    in_force: bool,
    /// Why it is not, though there is one.
    problem: Option<Report>,
    policy: Option<Written>,
}

/// The policy with the keys and the values of its file.
#[derive(Serialize)]
struct Written {
    organisation: Option<String>,
    login_hosts: Option<Vec<String>>,
    sts_hosts: Option<Vec<String>>,
    remember_sign_in: Option<bool>,
    credentials: Option<CredentialsKept>,
    max_duration_hours: Option<u8>,
    warn_before: Option<Vec<String>>,
    renew: Option<Renew>,
    renew_within: Option<String>,
    os_sign_on: Option<bool>,
    account_names: Option<bool>,
    updates: Option<bool>,
    update_feed: Option<String>,
    update_key: Option<String>,
    accounts: BTreeMap<String, String>,
    tenant: Vec<Tenant>,
    profile: Vec<BTreeMap<&'static str, String>>,
}

impl Written {
    fn of(policy: &Policy) -> Self {
        let warnings = |warnings: &rolecall_core::expiry::Warnings| {
            warnings.all().iter().map(|before| format!("{before:#}")).collect()
        };
        let profile = |offer: &draft::Draft| {
            let keys = draft::keys(offer).0.into_iter();
            keys.chain([("name", offer.name.clone())]).collect()
        };
        Self {
            organisation: policy.organisation.clone(),
            login_hosts: policy.login_hosts.clone(),
            sts_hosts: policy.sts_hosts.clone(),
            remember_sign_in: policy.remember_sign_in,
            credentials: policy.credentials,
            max_duration_hours: policy.max_duration_hours,
            warn_before: policy.warn_before.as_ref().map(warnings),
            renew: policy.renew,
            renew_within: policy.renew_within.map(|within| format!("{within:#}")),
            os_sign_on: policy.os_sign_on,
            account_names: policy.account_names,
            updates: policy.updates,
            update_feed: policy.update.as_ref().map(|source| source.feed().to_string()),
            update_key: policy.update.as_ref().map(|source| source.key().as_str().to_owned()),
            accounts: policy.accounts.iter().map(|(id, name)| (id.to_string(), name.clone())).collect(),
            tenant: policy.tenants.clone(),
            profile: policy.offers.iter().map(profile).collect(),
        }
    }
}
