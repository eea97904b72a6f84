//! What `doctor` found: one line a finding, what to do about it on the next.

use super::columns::{Cell, aligned};
use anstyle::{AnsiColor, Style};
use rolecall_core::checkup::{Finding, Verdict};

pub(crate) fn findings(findings: &[Finding]) -> String {
    let rows: Vec<_> = findings.iter().map(row).collect();
    let lines = aligned(&rows);
    let helped = lines.lines().zip(findings).map(|(line, finding)| match &finding.help {
        Some(help) => format!("{line}\n        help: {help}"),
        None => line.to_owned(),
    });
    helped.collect::<Vec<_>>().join("\n")
}

fn row(finding: &Finding) -> [Cell; 3] {
    let (word, colour) = match finding.verdict {
        Verdict::Ok => ("ok", AnsiColor::Green),
        Verdict::Advice => ("advice", AnsiColor::Yellow),
        Verdict::Broken => ("broken", AnsiColor::Red),
    };
    // A line break in a file's words would put the lines out of step with the findings.
    let what = finding.what.replace(char::is_control, " ");
    let colour = Style::new().fg_color(Some(colour.into()));
    [Cell::styled(format!("{word:6}"), colour), Cell::plain(&finding.about), Cell::plain(what)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_stands_below_what_needs_it() {
        let found = [
            Finding::ok("socket", "It answers."),
            Finding::advice("config file", "A secret\nin it.", "Remove it."),
        ];
        let text = findings(&found);
        assert_eq!(
            anstream::adapter::strip_str(&text).to_string(),
            "ok      socket       It answers.\n\
             advice  config file  A secret in it.\n        help: Remove it."
        );
    }
}
