//! Notifications as values: what the person reads, which buttons there are, which notice replaces which.

use crate::menu::Action;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use rolecall_core::expiry;
use rolecall_core::problem::Report;
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
        Notice::Expired { role } => Notification {
            about,
            title: format!("{} has expired", role.name()),
            body: account(role),
            urgency: Urgency::Critical,
            buttons: vec![button("Sign in", Some(Action::SignIn(name.clone())))],
        },
        Notice::Failed(problem) => of_problem(about, &problem.report()),
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
    use rolecall_core::problem::Problem;

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
