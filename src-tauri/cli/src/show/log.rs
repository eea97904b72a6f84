//! The audit log as a table: one line an entry, in local time.

use super::columns::{Cell, aligned};
use super::{clock, harmless};
use anstyle::{AnsiColor, Style};
use jiff::tz::TimeZone;
use rolecall_core::audit::{Door, Entry, How, Recorded};

pub(crate) fn log(entries: &[Entry], zone: &TimeZone) -> String {
    let mut rows = vec![["TIME", "PROFILE", "WHAT", "UNTIL", "HOW", "BY"].map(Cell::plain)];
    rows.extend(entries.iter().map(|entry| row(entry, zone)));
    aligned(&rows)
}

fn row(entry: &Entry, zone: &TimeZone) -> [Cell; 6] {
    let time = entry.at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string();
    let dash = || Cell::styled("-", Style::new().dimmed());
    let (what, until, how) = match &entry.what {
        Recorded::Assumed { role, until, how, .. } => {
            let what = format!("{} in {}", harmless(role.name()), role.account());
            (Cell::plain(what), Cell::plain(clock(*until, zone)), Cell::plain(words(*how)))
        }
        Recorded::SignedOut { forgot: false } => (Cell::plain("signed out"), dash(), dash()),
        Recorded::SignedOut { forgot: true } => {
            (Cell::plain("signed out, sign-in forgotten"), dash(), dash())
        }
        Recorded::Failed { code } => {
            let red = Style::new().fg_color(Some(AnsiColor::Red.into()));
            (Cell::styled(format!("failed: {}", harmless(code)), red), dash(), dash())
        }
    };
    let profile = Cell::plain(harmless(entry.profile.as_str()));
    [Cell::plain(time), profile, what, until, how, Cell::plain(door(entry.door))]
}

fn words(how: How) -> &'static str {
    match how {
        How::Silent => "silent",
        How::Person => "person",
        How::Chained => "chained",
        How::WebIdentity => "web identity",
    }
}

fn door(door: Door) -> &'static str {
    match door {
        Door::Tray => "tray",
        Door::Window => "window",
        Door::CommandLine => "command line",
        Door::Tool => "tool",
        Door::Renewal => "renewal",
        Door::Login => "login",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rolecall_core::profile::ProfileName;
    use rolecall_core::role::RoleArn;

    #[test]
    fn a_line_for_each_event() {
        let entry = |profile: &str, door, what| Entry {
            at: "2026-11-22T23:48:00Z".parse().expect("an instant"),
            profile: ProfileName::new(profile),
            door,
            what,
        };
        let assumed = Recorded::Assumed {
            role: RoleArn::parse("arn:aws:iam::111111111111:role/team/Admin").expect("a role"),
            until: "2026-11-23T07:48:30Z".parse().expect("an instant"),
            access_key_id: "ASIAEXAMPLE".into(),
            how: How::Silent,
        };
        let text = log(
            &[
                entry("work", Door::Renewal, assumed),
                entry("a\nb", Door::CommandLine, Recorded::SignedOut { forgot: true }),
                entry("work", Door::Tool, Recorded::Failed { code: "sign_in.cancelled".into() }),
            ],
            &TimeZone::UTC,
        );
        assert_eq!(
            anstream::adapter::strip_str(&text).to_string(),
            "TIME              PROFILE  WHAT                           UNTIL  HOW     BY\n\
             2026-11-22 23:48  work     Admin in 111111111111          07:48  silent  renewal\n\
             2026-11-22 23:48  a\\u{a}b  signed out, sign-in forgotten  -      -       command line\n\
             2026-11-22 23:48  work     failed: sign_in.cancelled      -      -       tool"
        );
    }
}
