//! Notifications by their names, as macOS gives them back: which is replaced by which, which buttons there are, what an
//! answer means.

use crate::menu::Action;
use crate::notice::{Button, Notification};
use rolecall_core::profile::ProfileName;

/// A click on the notification itself.
pub(super) const BODY: &str = "body";

/// Every row of buttons that a notice has: a category must be known before its first notification.
pub(super) const ROWS: [&[&str]; 3] = [&["Renew now", "Later"], &["Sign in", "Later"], &["Sign in"]];

/// The next notification of this name replaces it.
pub(super) fn name(about: Option<&ProfileName>) -> String {
    about.map_or_else(|| "rolecall".to_owned(), |profile| format!("profile {profile}"))
}

/// The category of a row of buttons; none where there are none.
pub(super) fn category<'a>(row: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let labels: Vec<_> = row.into_iter().collect();
    (!labels.is_empty()).then(|| labels.join(" | "))
}

pub(super) fn labels(buttons: &[Button]) -> impl Iterator<Item = &'static str> {
    buttons.iter().map(|button| button.label)
}

/// What an answer means; `None` for one that only closes, and for a button of a notification that is not shown (any
/// more).
pub(super) fn action_of(notification: Option<&Notification>, answer: &str) -> Option<Action> {
    if answer == BODY {
        return Some(Action::LeftClick);
    }
    super::action_of(notification?, answer)
}

/// Text as a notification's body takes it: printf's signs are taken out of it, but for a doubled percent sign.
pub(super) fn body(text: &str) -> String {
    text.replace('%', "%%")
}

/// Text as its title: of that nobody says whether the same is done to it. A sign that looks alike is safe in both cases.
pub(super) fn title(text: &str) -> String {
    text.replace('%', "\u{FF05}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notice;
    use crate::notify::key;
    use jiff::tz::TimeZone;
    use jiff::{SignedDuration, Timestamp};
    use rolecall_core::problem::Problem;
    use rolecall_core::role::RoleArn;
    use rolecall_core::session::Notice;
    use std::collections::BTreeMap;

    fn notices() -> Vec<Notice> {
        let role = RoleArn::parse("arn:aws:iam::111111111111:role/A").expect("a role");
        let until: Timestamp = "2026-11-22T16:11:00Z".parse().expect("an instant");
        let left = SignedDuration::from_mins(5);
        let person = Problem::PersonNeeded { profile: "work".into() };
        vec![
            Notice::SignedIn { role: role.clone(), until, shortened: None },
            Notice::Choose { roles: 9, accounts: 3 },
            Notice::EndsSoon { role: role.clone(), left, until },
            Notice::Renew { role: role.clone(), left, until },
            Notice::NotRenewed { role: role.clone(), until, problem: person },
            Notice::NotRenewed { role: role.clone(), until, problem: Problem::SignInTimeout },
            Notice::Expired { role },
            Notice::Failed(Problem::SignInTimeout),
        ]
    }

    #[test]
    fn every_row_of_buttons_is_known_before() {
        let (name, other) = (ProfileName::new("work"), ProfileName::new("lab"));
        for notice in notices() {
            let alone = notice::of_profile(&name, &notice, &BTreeMap::new(), &TimeZone::UTC);
            let pair = vec![(name.clone(), notice.clone()), (other.clone(), notice)];
            let together = notice::of_profiles(pair, &BTreeMap::new(), &TimeZone::UTC);
            for shown in together.iter().chain([&alone]) {
                let row: Vec<_> = labels(&shown.buttons).collect();
                assert!(row.is_empty() || ROWS.contains(&row.as_slice()), "{row:?}");
            }
        }
    }

    #[test]
    fn answers() {
        let name = ProfileName::new("work");
        let shown = notice::of_profile(&name, &notices()[2], &BTreeMap::new(), &TimeZone::UTC);
        assert_eq!(category(labels(&shown.buttons)).as_deref(), Some("Renew now | Later"));
        assert_eq!(category([]), None);
        for (notification, answer, action) in [
            (Some(&shown), BODY, Some(Action::LeftClick)),
            (Some(&shown), "button-0", Some(Action::Renew(name.clone()))),
            (Some(&shown), "button-1", None),
            (Some(&shown), "button-2", None),
            (Some(&shown), "com.apple.UNNotificationDismissActionIdentifier", None),
            (None, "button-0", None),
            (None, BODY, Some(Action::LeftClick)),
        ] {
            assert_eq!(action_of(notification, answer), action, "{answer}");
        }
        assert_eq!((key(0), super::name(None)), ("button-0".to_owned(), "rolecall".to_owned()));
        assert_ne!(super::name(Some(&ProfileName::new("rolecall"))), super::name(None));
        assert_eq!(body("100% of it"), "100%% of it");
        assert_eq!(title("100%"), "100％");
    }
}
