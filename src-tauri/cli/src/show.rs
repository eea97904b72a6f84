//! What came of a request, as text for a terminal.

mod columns;
mod findings;
mod table;

pub(crate) use findings::findings;
pub(crate) use table::table;

use columns::{Cell, aligned};
use jiff::{Timestamp, tz::TimeZone};
use rolecall_core::expiry;
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

fn short(role: &RoleArn) -> String {
    format!("{}/{}", role.account(), role.name())
}
