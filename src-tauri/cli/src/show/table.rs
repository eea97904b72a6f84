//! The view as a table: one line a profile.

use super::columns::{Cell, aligned};
use anstyle::{AnsiColor, Style};
use jiff::Timestamp;
use rolecall_core::expiry;
use rolecall_core::view::{Activity, ProfileView, State, View};

pub(crate) fn table(view: &View, now: Timestamp) -> String {
    let mut rows = vec![["PROFILE", "ROLE", "ACCOUNT", "LEFT", "STATE"].map(Cell::plain)];
    for profile in &view.profiles {
        let or_dash = |text: Option<String>| match text {
            Some(text) => Cell::plain(text),
            None => Cell::styled("-", Style::new().dimmed()),
        };
        rows.push([
            Cell::plain(profile.name.as_str()),
            or_dash(profile.role.as_ref().map(|role| role.name().to_owned())),
            or_dash(profile.role.as_ref().map(|role| view.account(&role.account()))),
            or_dash(
                profile
                    .until
                    .filter(|_| profile.state != State::Expired)
                    .map(|until| expiry::left_text(expiry::left(until, now))),
            ),
            Cell::styled(state(profile, now), colour(profile)),
        ]);
    }
    aligned(&rows)
}

fn state(profile: &ProfileView, now: Timestamp) -> String {
    let state = match profile.state {
        State::Active | State::EndingSoon if profile.role.is_none() => "written by another tool".to_owned(),
        State::Active => "active".to_owned(),
        State::EndingSoon => "ending soon".to_owned(),
        _ => profile.words(now),
    };
    match &profile.problem {
        Some(problem) => format!("{state}; {}", problem.what),
        None => state,
    }
}

/// Green works, yellow ends soon, red does not work.
fn colour(profile: &ProfileView) -> Style {
    let colour = match (profile.state, profile.activity, &profile.problem) {
        (State::Active, _, None) => AnsiColor::Green,
        (State::Active | State::EndingSoon, ..) => AnsiColor::Yellow,
        (State::Unusable, ..) | (_, Activity::Idle, Some(_)) | (State::Expired, Activity::Idle, _) => {
            AnsiColor::Red
        }
        _ => return Style::new(),
    };
    Style::new().fg_color(Some(colour.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rolecall_core::problem::Problem;
    use rolecall_core::profile::ProfileName;
    use rolecall_core::role::RoleArn;

    #[test]
    fn a_table() {
        let now: Timestamp = "2026-11-22T08:48:00Z".parse().expect("an instant");
        let broken = Problem::KeyMissing { path: "c".into(), section: "profile old".into(), key: "k".into() };
        let old = ProfileView::unusable(ProfileName::new("old"), &broken);
        let mut work = ProfileView { state: State::Active, problem: None, ..old.clone() };
        work.name = ProfileName::new("work");
        work.role = RoleArn::parse("arn:aws:iam::111111111111:role/team/Developer").ok();
        work.until = "2026-11-22T16:00:00Z".parse().ok();
        let view = View { profiles: vec![work, old], ..View::default() };
        let table = table(&view, now);
        assert_eq!(
            anstream::adapter::strip_str(&table).to_string(),
            "PROFILE  ROLE       ACCOUNT       LEFT      STATE\n\
             work     Developer  111111111111  7 h 12 m  active\n\
             old      -          -             -         not usable as configured; c, section [profile old]: k is missing."
        );
        assert!(table.contains("\u{1b}[32mactive\u{1b}[0m") && table.contains("\u{1b}[31mnot usable"));
    }
}
