//! Notifications as values: what the person reads, which buttons there are, which notice replaces which.

use crate::menu::Action;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use rolecall_core::expiry;
use rolecall_core::message::Still;
use rolecall_core::problem::{Problem, Report};
use rolecall_core::profile::ProfileName;
use rolecall_core::role::{AccountId, RoleArn};
use rolecall_core::session::Notice;
use rolecall_core::shell::Shell;
use rolecall_core::view::account_label;
use std::collections::BTreeMap;

/// A notification. A click on its body does what a left click on the icon does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// A newer one about the same thing replaces it; `None`: about the program as a whole.
    pub about: Option<ProfileName>,
    pub title: String,
    pub body: String,
    pub urgency: Urgency,
    pub buttons: Vec<Button>,
}

impl Notification {
    /// Whether it would stay there until somebody answers, or has a button.
    pub(crate) fn lasts(&self) -> bool {
        self.urgency == Urgency::Critical || !self.buttons.is_empty()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    Low,
    Normal,
    /// Stays until it is dismissed.
    Critical,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Button {
    pub label: &'static str,
    /// `None` only closes the notification.
    pub action: Option<Action>,
}

/// The background service before this one ended without a word: a crash, or somebody killed it.
pub fn restarted() -> Notification {
    Notification {
        about: None,
        title: "Rolecall was restarted after it ended unexpectedly".into(),
        body: "Your credentials are unchanged. If a sign-in was under way, start it again.".into(),
        urgency: Urgency::Normal,
        buttons: vec![],
    }
}

/// The words for a profile's notice.
pub fn of_profile(
    name: &ProfileName,
    notice: &Notice,
    accounts: &BTreeMap<AccountId, String>,
    zone: &TimeZone,
) -> Notification {
    let about = Some(name.clone());
    let button = |label, action| Button { label, action };
    let account = |role: &RoleArn| format!("{name}, account {}", account_label(accounts, &role.account()));
    match notice {
        Notice::SignedIn { role, until, shortened } => {
            let mut body = format!("{}, until {}", account(role), clock(*until, zone));
            if let Some((asked, granted)) = shortened {
                let hours = |n: &u8| format!("{n} hour{}", if *n == 1 { "" } else { "s" });
                body.push_str(&format!(". The role allows {}; {asked} were asked for.", hours(granted)));
            }
            Notification {
                about,
                title: format!("Signed in as {}", role.name()),
                body,
                urgency: Urgency::Low,
                buttons: vec![],
            }
        }
        Notice::Choose { roles, accounts } => Notification {
            about,
            title: format!("{roles} roles in {}: choose one", count(*accounts, "account")),
            body: format!("In Rolecall's window, or in the tray menu: Choose a role for {name}"),
            urgency: Urgency::Normal,
            buttons: vec![],
        },
        Notice::EndsSoon { role, left, until } => Notification {
            about,
            title: format!("{} ends in {}", role.name(), expiry::left_words(*left)),
            body: format!("{}, until {}", account(role), clock(*until, zone)),
            urgency: Urgency::Normal,
            buttons: vec![button("Renew now", Some(Action::Renew(name.clone()))), button("Later", None)],
        },
        Notice::Renew { role, left, until } => Notification {
            about,
            title: format!("Renew {}?", role.name()),
            body: format!(
                "{}, until {}: {} are left.",
                account(role),
                clock(*until, zone),
                expiry::left_words(*left)
            ),
            urgency: Urgency::Normal,
            buttons: vec![button("Renew now", Some(Action::Renew(name.clone()))), button("Later", None)],
        },
        Notice::NotRenewed { role, until, problem } => {
            let (title, body, label) = match problem {
                Problem::PersonNeeded { .. } => {
                    let why = "Entra wants to ask you something before it goes on.";
                    (format!("Sign in to keep {}", role.name()), why.to_owned(), "Sign in")
                }
                problem => {
                    let report = problem.report();
                    let why = format!("{} {}", report.what, report.help);
                    (format!("{} could not be renewed", role.name()), why, "Renew now")
                }
            };
            Notification {
                about,
                title,
                body: format!("{}, until {}. {body}", account(role), clock(*until, zone)),
                urgency: Urgency::Normal,
                buttons: vec![button(label, Some(Action::Renew(name.clone()))), button("Later", None)],
            }
        }
        Notice::Expired { role } => Notification {
            about,
            title: format!("{} has expired", role.name()),
            body: account(role),
            urgency: Urgency::Critical,
            buttons: vec![button("Sign in", Some(Action::Renew(name.clone())))],
        },
        Notice::ProgramAsks { role, within } => {
            let (title, whose) = match role {
                Some(role) => (format!("Sign in to keep {}", role.name()), account(role)),
                None => (format!("Sign in to {name}"), name.to_string()),
            };
            let since = expiry::left_words(*within);
            Notification {
                about,
                title,
                body: format!(
                    "{whose}. A program asks for credentials, but you have not signed in by hand for more than {since}."
                ),
                urgency: Urgency::Normal,
                buttons: vec![button("Sign in", Some(Action::Renew(name.clone()))), button("Later", None)],
            }
        }
        Notice::Failed(problem) => of_problem(about, &problem.report()),
    }
}

/// What several profiles have to tell at the same moment: what is the same is told once.
pub fn of_profiles(
    notices: Vec<(ProfileName, Notice)>,
    accounts: &BTreeMap<AccountId, String>,
    zone: &TimeZone,
) -> Vec<Notification> {
    let mut groups: Vec<Vec<(ProfileName, Notice)>> = vec![];
    for told in notices {
        match groups.iter_mut().find(|group| group.first().is_some_and(|first| alike(&first.1, &told.1))) {
            Some(group) => group.push(told),
            None => groups.push(vec![told]),
        }
    }
    let words = |group: Vec<(ProfileName, Notice)>| match &group[..] {
        [(name, notice)] => of_profile(name, notice, accounts, zone),
        _ => of_group(&group, zone),
    };
    groups.into_iter().map(words).collect()
}

fn alike(a: &Notice, b: &Notice) -> bool {
    match (a, b) {
        (Notice::EndsSoon { .. }, Notice::EndsSoon { .. })
        | (Notice::Renew { .. }, Notice::Renew { .. })
        | (Notice::Expired { .. }, Notice::Expired { .. })
        | (Notice::ProgramAsks { .. }, Notice::ProgramAsks { .. }) => true,
        (Notice::NotRenewed { problem: a, .. }, Notice::NotRenewed { problem: b, .. })
        | (Notice::Failed(a), Notice::Failed(b)) => a.code() == b.code(),
        _ => false,
    }
}

/// Two or more that are alike.
fn of_group(group: &[(ProfileName, Notice)], zone: &TimeZone) -> Notification {
    let names: Vec<ProfileName> = group.iter().map(|(name, _)| name.clone()).collect();
    let (n, list) = (names.len(), list(&names));
    let until = group.iter().filter_map(|(_, notice)| notice.until()).min();
    let until = until.map(|until| format!(", until {}", clock(until, zone))).unwrap_or_default();
    let button = |label, action| Button { label, action };
    let renew = |label| vec![button(label, Some(Action::RenewThese(names.clone())))];
    let later = |label| [renew(label), vec![button("Later", None)]].concat();
    let left = group.iter().filter_map(|(_, notice)| notice.left()).min().unwrap_or_default();
    let (title, body, buttons) = match group.first().map(|(_, notice)| notice) {
        Some(Notice::EndsSoon { .. }) => {
            let title = format!("{n} sessions end in {}", expiry::left_words(left));
            (title, format!("{list}{until}"), later("Renew now"))
        }
        Some(Notice::Renew { .. }) => {
            let body = format!("{list}{until}: {} are left.", expiry::left_words(left));
            (format!("Renew {n} sessions?"), body, later("Renew now"))
        }
        Some(Notice::NotRenewed { problem: Problem::PersonNeeded { .. }, .. }) => {
            let body = format!("{list}{until}. Entra wants to ask you something before it goes on.");
            (format!("Sign in to keep {n} sessions"), body, later("Sign in"))
        }
        Some(Notice::NotRenewed { problem, .. }) => {
            let body = format!("{list}{until}. {problem} {}", problem.help());
            (format!("{n} sessions could not be renewed"), body, later("Renew now"))
        }
        Some(Notice::ProgramAsks { within, .. }) => {
            let since = expiry::left_words(*within);
            let why = "Programs ask for credentials, but you have not signed in by hand for more than";
            (format!("Sign in to keep {n} sessions"), format!("{list}. {why} {since}."), later("Sign in"))
        }
        Some(Notice::Failed(problem)) => {
            (format!("Rolecall: {n} profiles"), format!("{list}\n{problem}\n{}", problem.help()), vec![])
        }
        _ => (format!("{n} sessions have expired"), list, renew("Sign in")),
    };
    let expired = matches!(group.first(), Some((_, Notice::Expired { .. })));
    let urgency = if expired { Urgency::Critical } else { Urgency::Normal };
    // The next about the same ones replaces it, and no other does.
    Notification { about: names.into_iter().next(), title, body, urgency, buttons }
}

/// How signing in to several profiles at once went.
pub fn of_many(
    notices: Vec<(ProfileName, Notice)>,
    accounts: &BTreeMap<AccountId, String>,
    zone: &TimeZone,
) -> Vec<Notification> {
    let until = notices.iter().filter_map(|(_, notice)| notice.until()).min();
    let (done, failed): (Vec<_>, Vec<_>) =
        notices.into_iter().partition(|(_, notice)| matches!(notice, Notice::SignedIn { .. }));
    let mut told = vec![];
    match (&done[..], until) {
        ([_, _, ..], Some(until)) => {
            let names: Vec<_> = done.iter().map(|(name, _)| name.clone()).collect();
            let of =
                if failed.is_empty() { String::new() } else { format!(" of {}", done.len() + failed.len()) };
            told.push(Notification {
                about: names.first().cloned(),
                title: format!("Signed in to {}{of} profiles", done.len()),
                body: format!("{}, until {}", list(&names), clock(until, zone)),
                urgency: Urgency::Low,
                buttons: vec![],
            });
        }
        _ => told.extend(of_profiles(done, accounts, zone)),
    }
    told.extend(of_profiles(failed, accounts, zone));
    told
}

/// Rolecall ends, at the person's wish.
pub fn of_quit(still: &[Still], zone: &TimeZone) -> Notification {
    let line = |still: &Still| {
        format!("{} — {} stays valid until {}", still.profile, still.role.name(), clock(still.until, zone))
    };
    let mut lines: Vec<_> = still.iter().take(LISTED).map(line).collect();
    if still.len() > LISTED {
        lines.push(format!("and {} more", still.len() - LISTED));
    }
    Notification {
        about: None,
        title: "Rolecall has ended".into(),
        body: lines.join("\n"),
        urgency: Urgency::Low,
        buttons: vec![],
    }
}

/// So many names fit into a notification.
const LISTED: usize = 5;

/// `work, lab and 3 more`.
fn list(names: &[ProfileName]) -> String {
    let shown: Vec<_> = names.iter().take(LISTED).map(ProfileName::as_str).collect();
    match names.len().saturating_sub(LISTED) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// Several problems in one notification: a second one would replace the first.
pub fn of_problems(about: Option<ProfileName>, reports: &[Report]) -> Notification {
    let lines = reports.iter().map(|report| format!("{}\n{}", report.what, report.help));
    let body = lines.collect::<Vec<_>>().join("\n");
    let title = about.as_ref().map_or_else(|| "Rolecall".to_owned(), |name| format!("Rolecall: {name}"));
    Notification { about, title, body, urgency: Urgency::Normal, buttons: vec![] }
}

/// What happened, then what to do.
pub fn of_problem(about: Option<ProfileName>, report: &Report) -> Notification {
    of_problems(about, std::slice::from_ref(report))
}

/// Credentials are in the clipboard.
pub fn of_copy(name: &ProfileName, shell: Shell, time: SignedDuration) -> Notification {
    Notification {
        about: Some(name.clone()),
        title: format!("Copied for {}", shell.label()),
        body: format!("The credentials of {name}. The clipboard is emptied in {}.", expiry::left_words(time)),
        urgency: Urgency::Low,
        buttons: vec![],
    }
}

/// The one that a person asks for, to see what they look like.
pub fn of_test() -> Notification {
    Notification {
        about: None,
        title: "This is how Rolecall tells you something".into(),
        body: "A session's end is announced like this. A click here does what a click on the icon does."
            .into(),
        urgency: Urgency::Normal,
        buttons: vec![],
    }
}

/// `17:11`, in the person's time zone.
fn clock(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%H:%M").to_string()
}

fn count(n: usize, word: &str) -> String {
    format!("{n} {word}{}", if n == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words() {
        let role = RoleArn::parse("arn:aws:iam::111111111111:role/team/Developer").expect("a role");
        let until: Timestamp = "2026-11-22T16:11:00Z".parse().expect("an instant");
        let zone = TimeZone::fixed(jiff::tz::offset(1));
        let said = |notice| {
            let notification = of_profile(&ProfileName::new("work"), &notice, &BTreeMap::new(), &zone);
            let buttons: Vec<_> = notification.buttons.iter().map(|button| button.label).collect();
            format!("{} | {} | {}", notification.title, notification.body, buttons.join(" "))
        };
        let left = SignedDuration::from_mins(30);
        for (notice, words) in [
            (
                Notice::SignedIn { role: role.clone(), until, shortened: None },
                "Signed in as Developer | work, account 111111111111, until 17:11 | ",
            ),
            (
                Notice::SignedIn { role: role.clone(), until, shortened: Some((8, 1)) },
                "Signed in as Developer | work, account 111111111111, until 17:11. The role allows 1 hour; 8 were asked for. | ",
            ),
            (
                Notice::Choose { roles: 9, accounts: 3 },
                "9 roles in 3 accounts: choose one | In Rolecall's window, or in the tray menu: Choose a role for work | ",
            ),
            (
                Notice::EndsSoon { role: role.clone(), left, until },
                "Developer ends in 30 minutes | work, account 111111111111, until 17:11 | Renew now Later",
            ),
            (Notice::Expired { role }, "Developer has expired | work, account 111111111111 | Sign in"),
            (
                Notice::Failed(Problem::SignInTimeout),
                "Rolecall: work | The sign-in was not finished in time.\nSign in again; if the page stayed empty, check the network or VPN. | ",
            ),
        ] {
            assert_eq!(said(notice), words);
        }
    }
}
