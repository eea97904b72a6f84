//! What is printed: data on standard output, words on standard error.

use rolecall_core::problem::Report;
use std::io::Write as _;

/// A problem to be said at the end.
#[derive(Debug)]
pub(crate) struct Said(pub(crate) Report);

/// A reader that has gone (`rolecall status | head -1`) is no problem of ours.
pub(crate) fn data(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

pub(crate) fn words(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

pub(crate) fn problem(said: &Said) {
    report(&said.0);
}

pub(crate) fn report(report: &Report) {
    words(&format!("rolecall: {}\nhelp: {} [{}]", report.what, report.help, report.code));
}
