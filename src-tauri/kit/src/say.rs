//! What is printed: data on standard output, words on standard error.

use rolecall_core::problem::{Kind, Report};
use std::io::Write as _;
use std::process::ExitCode;

/// A reader that has gone is no problem of ours.
pub(crate) fn data(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{text}").and_then(|()| out.flush());
}

pub(crate) fn words(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// A name as a shell reads it.
pub(crate) fn quoted(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.@/:".contains(c);
    if !name.is_empty() && name.chars().all(plain) { name.to_owned() } else { format!("'{name}'") }
}

/// Says it, in the words and with the exit codes of `rolecall`.
pub(crate) fn failed(report: &Report) -> ExitCode {
    words(&format!("rolecall: {}\nhelp: {} [{}]", report.what, report.help, report.code));
    if let Some(mend) = &report.mend {
        words(&format!("\n{mend}"));
    }
    ExitCode::from(match report.kind {
        Kind::Files => 6,
        Kind::Person => 4,
        Kind::SignIn => 1,
        Kind::Aws => 5,
        Kind::NotSignedIn => 3,
    })
}
