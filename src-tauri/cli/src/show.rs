//! What came of a request, as text for a terminal.

mod changes;
mod columns;
mod distributions;
mod findings;
mod log;
mod policy;
mod table;
mod update;

pub(crate) use changes::changes;
pub(crate) use distributions::distributions;
pub(crate) use findings::findings;
pub(crate) use log::log;
pub(crate) use policy::policy;
pub(crate) use table::table;
pub(crate) use update::update;

use columns::{Cell, aligned};
use jiff::{Timestamp, tz::TimeZone};
use rolecall_core::expiry;
use rolecall_core::message::Still;
use rolecall_core::profile::ProfileName;
use rolecall_core::role::RoleArn;

/// ACCOUNT/NAME, then the ARN: what `--role` takes.
pub(crate) fn roles(roles: &[RoleArn]) -> String {
    let row = |role: &RoleArn| [short(role), role.as_str().to_owned()].map(Cell::plain);
    aligned(&roles.iter().map(row).collect::<Vec<_>>())
}

/// The same, with a star before the one that is taken.
pub(crate) fn marked_roles(roles: &[RoleArn], current: Option<&RoleArn>) -> String {
    let row = |role: &RoleArn| {
        let mark = if Some(role) == current { "*" } else { " " };
        [format!("{mark} {}", short(role)), role.as_str().to_owned()].map(Cell::plain)
    };
    aligned(&roles.iter().map(row).collect::<Vec<_>>())
}

pub(crate) fn signed_in(
    profile: &ProfileName,
    role: &RoleArn,
    until: Timestamp,
    shortened: Option<(u8, u8)>,
    now: Timestamp,
) -> String {
    let clock = clock(until, &TimeZone::system());
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

/// A role that was taken with the credentials of `source`, and written as a profile.
pub(crate) fn assumed(
    profile: &ProfileName,
    role: &RoleArn,
    until: Timestamp,
    source: &str,
    now: Timestamp,
) -> String {
    let clock = clock(until, &TimeZone::system());
    let left = expiry::left_words(expiry::left(until, now));
    let (name, account) = (role.name(), role.account());
    format!(
        "{profile}: written; you are {name} in {account} until {clock} ({left}).\n\
         Rolecall renews it for as long as {source} is signed in. To use it: AWS_PROFILE={profile} aws …"
    )
}

/// Credentials that outlive the resident process.
pub(crate) fn still(still: &Still) -> String {
    let Still { profile, role, until } = still;
    format!("{profile} — {} stays valid until {}", role.name(), clock(*until, &TimeZone::system()))
}

/// `18:11`.
fn clock(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%H:%M").to_string()
}

/// A text of somebody else's, with nothing in it that moves the cursor, turns the writing or is not seen: such a
/// character shows as its number.
pub(crate) fn harmless(text: &str) -> String {
    let odd = |c: char| {
        c.is_control()
            || matches!(c, '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}')
            || matches!(c, '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    text.chars().map(|c| if odd(c) { c.escape_unicode().to_string() } else { c.to_string() }).collect()
}

fn short(role: &RoleArn) -> String {
    format!("{}/{}", role.account(), role.name())
}
