//! What an offer would change in the config file, as a difference.

use super::harmless;
use anstyle::{AnsiColor, Style};
use rolecall_core::offer::{Change, KeyChange};

pub(crate) fn changes(changes: &[Change], config: &str) -> String {
    let blocks = changes.iter().map(block);
    std::iter::once(format!("In {}:", harmless(config))).chain(blocks).collect::<Vec<_>>().join("\n\n")
}

fn block(change: &Change) -> String {
    let name = harmless(change.profile.as_str());
    let header = if name == "default" { "[default]".to_owned() } else { format!("[profile {name}]") };
    let header = if change.new { added(&header) } else { format!("  {header}") };
    std::iter::once(header).chain(change.keys.iter().map(key)).collect::<Vec<_>>().join("\n")
}

fn key(change: &KeyChange) -> String {
    let line = |value: &str| format!("{} = {}", harmless(&change.key), harmless(value));
    match &change.before {
        Some(before) => format!("{}\n{}", removed(&line(before)), added(&line(&change.after))),
        None => added(&line(&change.after)),
    }
}

fn added(line: &str) -> String {
    coloured('+', line, AnsiColor::Green)
}

fn removed(line: &str) -> String {
    coloured('-', line, AnsiColor::Red)
}

fn coloured(sign: char, line: &str, colour: AnsiColor) -> String {
    let style = Style::new().fg_color(Some(colour.into()));
    format!("{style}{sign} {line}{style:#}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use rolecall_core::profile::ProfileName;

    #[test]
    fn a_difference() {
        let key = |key: &str, before: Option<&str>, after: &str| KeyChange {
            key: key.to_owned(),
            before: before.map(str::to_owned),
            after: after.to_owned(),
        };
        let new = |name: &str, new, keys| Change { profile: ProfileName::new(name), new, keys };
        let shown = [
            new("work", true, vec![key("region", None, "eu-central-1")]),
            new(
                "default",
                false,
                vec![
                    key("region", Some("a\u{1b}[2K\n\u{202e}b"), "eu-central-1"),
                    key("output", None, "json"),
                ],
            ),
        ];
        let text = changes(&shown, "/home/ada/.aws/config");
        assert_eq!(
            anstream::adapter::strip_str(&text).to_string(),
            "In /home/ada/.aws/config:\n\n+ [profile work]\n+ region = eu-central-1\n\n  [default]\n\
             - region = a\\u{1b}[2K\\u{a}\\u{202e}b\n+ region = eu-central-1\n+ output = json"
        );
        assert!(text.contains("\u{1b}[32m+ [profile work]\u{1b}[0m") && text.contains("\u{1b}[31m- region"));
    }
}
