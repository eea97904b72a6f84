//! Problems of this program's own, in the shape that all of Rolecall has.

use rolecall_core::problem::{Kind, Report, foreign};

/// Files or names.
pub(crate) fn files(code: &str, what: &str, help: &str) -> Report {
    report(code, Kind::Files, what, help, None)
}

pub(crate) fn failed(code: &str, what: &str, help: &str) -> Report {
    report(code, Kind::SignIn, what, help, None)
}

/// `'a', 'b' and 12 more`.
pub(crate) fn listed(names: &[String]) -> String {
    const SHOWN: usize = 6;
    let shown: Vec<_> = names.iter().take(SHOWN).map(|name| format!("'{}'", foreign(name))).collect();
    match names.len().saturating_sub(SHOWN) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

pub(crate) fn report(code: &str, kind: Kind, what: &str, help: &str, mend: Option<String>) -> Report {
    Report { code: code.to_owned(), kind, what: what.to_owned(), help: help.to_owned(), mend }
}
