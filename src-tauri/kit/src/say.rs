//! What is printed: data on standard output, words on standard error.

use rolecall_core::problem::{Kind, Report};
use serde::Serialize;
use std::io::Write as _;
use std::process::ExitCode;

/// A reader that has gone is no problem of ours.
pub(crate) fn data(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{}", tame(text)).and_then(|()| out.flush());
}

/// The same as one value of JSON, in lines or in one; its characters are all kept.
pub(crate) fn json(value: &impl Serialize, in_lines: bool) {
    let written = if in_lines { serde_json::to_string_pretty(value) } else { serde_json::to_string(value) };
    let mut text = String::new();
    for c in written.unwrap_or_default().chars() {
        match c {
            '\n' => text.push(c),
            c if c.is_control() => text.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => text.push(c),
        }
    }
    data(&text);
}

pub(crate) fn words(text: &str) {
    let _ = writeln!(std::io::stderr(), "{}", tame(text));
}

/// Nothing that a terminal would obey, whoever it comes from.
fn tame(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && !matches!(c, '\n' | '\t') { ' ' } else { c }).collect()
}

/// A name as a shell reads it.
pub(crate) fn quoted(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.@/:".contains(c);
    if !name.is_empty() && name.chars().all(plain) {
        return name.to_owned();
    }
    let name = name.replace(char::is_control, " ").replace('\'', r"'\''");
    format!("'{name}'")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_no_shell_and_no_terminal_obeys() {
        for (name, shown) in [
            ("desk/shop/till", "desk/shop/till"),
            ("arn:aws:eks:eu-central-1:1:cluster/a", "arn:aws:eks:eu-central-1:1:cluster/a"),
            ("", "''"),
            ("a b", "'a b'"),
            ("a';reboot;'", r"'a'\'';reboot;'\'''"),
            ("$(reboot)", "'$(reboot)'"),
            ("a\u{1b}[31m\nb", "'a [31m b'"),
        ] {
            assert_eq!(quoted(name), shown);
        }
        assert_eq!(tame("a\n\tb\u{1b}]0;x\u{7}\r\u{9b}c"), "a\n\tb ]0;x   c");
    }
}
