//! What an exec plug-in says on standard error of its failure, among all that it may say there.

use rolecall_core::problem::foreign;

/// What happened and what to do, without the marks before them and behind; as far as it says so.
pub(super) fn said(text: &str) -> (Option<String>, Option<String>) {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    // As our own programs say it: what happened, and below it what to do.
    let ours = lines.windows(2).find(|pair| !is_aside(pair[0]) && begins(pair[1], "help: "));
    if let Some([what, help]) = ours {
        let help = help["help: ".len()..].trim();
        let help = help.rsplit_once(" [").filter(|_| help.ends_with(']')).map_or(help, |(help, _code)| help);
        return (Some(bare(what)), Some(foreign(help)));
    }
    let names_it = |line: &&str| {
        let line = line.to_ascii_lowercase();
        line.starts_with("error") || line.contains("error: ") || line.starts_with("fatal")
    };
    let what = if lines.iter().any(|line| line.starts_with("Traceback ")) {
        lines.last()
    } else {
        let named = lines.iter().find(|line| names_it(line));
        named.or_else(|| lines.iter().find(|line| !is_aside(line))).or(lines.last())
    };
    (what.map(|what| bare(what)), None)
}

/// Beside the matter.
fn is_aside(line: &str) -> bool {
    ["note: ", "warning: ", "warn: ", "usage: ", "help: "].iter().any(|mark| begins(line, mark))
}

fn begins(line: &str, mark: &str) -> bool {
    line.get(..mark.len()).is_some_and(|start| start.eq_ignore_ascii_case(mark))
}

fn bare(line: &str) -> String {
    let mark = ["rolecall: ", "error: "].iter().find(|mark| begins(line, mark));
    let line = mark.map_or(line, |mark| &line[mark.len()..]);
    foreign(line.trim().trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_that_says_what_happened() {
        for (text, what, help) in [
            ("", None, None),
            ("\n  \n", None, None),
            ("no such profile: work\n", Some("no such profile: work"), None),
            (
                "rolecall: a person is needed: finish the sign-in …\nrolecall: The sign-in was cancelled.\n\
                 help: Try again. [cancelled]\n\nmore\n",
                Some("The sign-in was cancelled"),
                Some("Try again."),
            ),
            (
                "note: 12 hours were asked for.\nhelp: Ask for 1. [x]\nerror: no network\nhelp: Look [1] there",
                Some("no network"),
                Some("Look [1] there"),
            ),
            (
                "Please visit http://x\nerror: get-token: timed out\nusage: x\n",
                Some("get-token: timed out"),
                None,
            ),
            (
                "\nusage: aws [options]\n\naws: error: argument missing\n",
                Some("aws: error: argument missing"),
                None,
            ),
            (
                "WARNING: old\ncould not get token: expired.\nsee the log",
                Some("could not get token: expired"),
                None,
            ),
            (
                "Traceback (most recent call last):\n  File \"a\"\nbotocore.X: gone\n",
                Some("botocore.X: gone"),
                None,
            ),
            ("warning: old\n", Some("warning: old"), None),
            ("\u{1b}[31mred\u{7}", Some(" [31mred "), None),
        ] {
            let (what, help) = (what.map(str::to_owned), help.map(str::to_owned));
            assert_eq!(said(text), (what, help), "{text}");
        }
    }
}
