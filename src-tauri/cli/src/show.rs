//! The view as text for a terminal.

use jiff::{Timestamp, tz::TimeZone};
use rolecall_core::expiry;
use rolecall_core::profile::ProfileName;
use rolecall_core::role::RoleArn;
use rolecall_core::view::{State, View};

/// One line a profile, columns aligned.
pub(crate) fn table(view: &View, now: Timestamp) -> String {
    let mut rows = vec![["PROFILE", "ROLE", "ACCOUNT", "LEFT", "STATE"].map(str::to_owned)];
    for profile in &view.profiles {
        let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
        let state = match profile.state {
            State::Active | State::EndingSoon if profile.role.is_none() => {
                "written by another tool".to_owned()
            }
            State::Active => "active".to_owned(),
            State::EndingSoon => "ending soon".to_owned(),
            _ => profile.words(now),
        };
        let problem = profile.problem.as_ref().map(|problem| format!("; {}", problem.what));
        rows.push([
            profile.name.as_str().to_owned(),
            or_dash(profile.role.as_ref().map(|role| role.name().to_owned())),
            or_dash(profile.role.as_ref().map(|role| role.account().to_string())),
            or_dash(profile.until.map(|until| expiry::left_text(expiry::left(until, now)))),
            format!("{state}{}", problem.unwrap_or_default()),
        ]);
    }
    aligned(&rows)
}

/// ACCOUNT/NAME, then the ARN: what `--role` takes.
pub(crate) fn roles(roles: &[RoleArn]) -> String {
    let row = |role: &RoleArn| [format!("{}/{}", role.account(), role.name()), role.as_str().to_owned()];
    aligned(&roles.iter().map(row).collect::<Vec<_>>())
}

pub(crate) fn signed_in(
    profile: &ProfileName,
    role: &RoleArn,
    until: Timestamp,
    shortened: Option<(u8, u8)>,
    now: Timestamp,
) -> String {
    let clock = until.to_zoned(TimeZone::system()).strftime("%H:%M").to_string();
    let left = expiry::left_words(expiry::left(until, now));
    let shortened = shortened.map(|(asked, granted)| {
        format!(
            "\nThe role allows {granted} hour{}; {asked} were asked for.",
            if granted == 1 { "" } else { "s" }
        )
    });
    let (name, account) = (role.name(), role.account());
    format!(
        "{profile}: signed in as {name} in {account} until {clock} ({left}).{}",
        shortened.unwrap_or_default()
    )
}

fn aligned<const N: usize>(rows: &[[String; N]]) -> String {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..N).map(width).collect();
    let line = |row: &[String; N]| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| {
            let padding = width - cell.chars().count();
            format!("{cell}{}", " ".repeat(padding))
        });
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use rolecall_core::problem::Problem;
    use rolecall_core::view::ProfileView;

    #[test]
    fn a_table() {
        let now: Timestamp = "2026-11-22T08:48:00Z".parse().expect("an instant");
        let broken = Problem::KeyMissing { path: "c".into(), section: "profile old".into(), key: "k".into() };
        let old = ProfileView::unusable(ProfileName::new("old"), &broken);
        let mut work = ProfileView { state: State::Active, problem: None, ..old.clone() };
        work.name = ProfileName::new("work");
        work.role = RoleArn::parse("arn:aws:iam::111111111111:role/team/Developer").ok();
        work.until = "2026-11-22T16:00:00Z".parse().ok();
        let view = View { profiles: vec![work, old], problems: vec![] };
        assert_eq!(
            table(&view, now),
            "PROFILE  ROLE       ACCOUNT       LEFT      STATE\n\
             work     Developer  111111111111  7 h 12 m  active\n\
             old      -          -             -         not usable as configured; c, section [profile old]: k is missing."
        );
    }
}
