//! What is printed: data on standard output, words on standard error.

use rolecall_core::problem::{Problem, Report};
use rolecall_core::profile::ProfileName;
use std::io::{IsTerminal, Write as _};

/// A problem to be said at the end.
#[derive(Debug)]
pub(crate) struct Said(pub(crate) Report);

impl Said {
    /// A problem, and whose it is where the request was for several.
    pub(crate) fn of(profile: Option<&ProfileName>, problem: Report) -> Self {
        match profile {
            Some(profile) => Self(Report { what: format!("{profile}: {}", problem.what), ..problem }),
            None => Self(problem),
        }
    }
}

impl From<Report> for Said {
    fn from(problem: Report) -> Self {
        Self(problem)
    }
}

impl From<Problem> for Said {
    fn from(problem: Problem) -> Self {
        Self(problem.report())
    }
}

/// A reader that has gone (`rolecall status | head -1`) is no problem of ours.
pub(crate) fn data(text: &str) {
    let _ = try_data(text);
}

/// The same for those who go on printing: they end with their reader.
pub(crate) fn try_data(text: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{text}")?;
    out.flush()
}

/// Text with colours, which reach only a terminal whose person did not set `NO_COLOR`.
pub(crate) fn coloured(text: &str) -> std::io::Result<()> {
    let mut out = anstream::stdout().lock();
    writeln!(out, "{text}")?;
    out.flush()
}

pub(crate) fn words(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

pub(crate) fn report(report: &Report) {
    words(&format!("rolecall: {}\nhelp: {} [{}]", report.what, report.help, report.code));
    if let Some(mend) = &report.mend {
        words(&format!("\n{mend}"));
    }
}

/// What was asked for and not given, beside what was.
pub(crate) fn remarks(remarks: &[Report]) {
    for remark in remarks {
        words(&format!("note: {}\nhelp: {} [{}]", remark.what, remark.help, remark.code));
    }
}

/// Whether what was written there can be written over.
pub(crate) fn can_rewrite(stream: &impl IsTerminal) -> bool {
    let understood = || anstyle_query::windows::enable_ansi_colors().unwrap_or(true);
    stream.is_terminal() && anstyle_query::term_supports_ansi_color() && understood()
}
