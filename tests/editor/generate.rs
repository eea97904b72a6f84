//! AWS files as people and tools write them, by chance.

use proptest::prelude::*;
use rolecall_core::aws_files::document::Dialect;

pub(crate) const PROFILES: [&str; 6] = ["dev", "prod-admin", "default", "a b", "Ops.eu@x", "new"];
pub(crate) const KEYS: [&str; 4] =
    ["aws_access_key_id", "aws_secret_access_key", "aws_session_token", "aws_expiration"];

/// What a file is spiced with: the rarer, the fewer judges can read it.
#[derive(Debug, Clone, Copy)]
struct Spice {
    crlf: bool,
    mark: bool,
    final_newline: bool,
    indented_keys: bool,
    colons: bool,
    duplicates: bool,
}

pub(crate) fn file() -> impl Strategy<Value = (Dialect, String)> {
    let dialect = prop_oneof![1 => Just(Dialect::Config), 2 => Just(Dialect::Credentials)];
    let rarely = |percent: f64| prop::bool::weighted(percent);
    let spice = (rarely(0.3), rarely(0.04), rarely(0.8), rarely(0.05), rarely(0.05), rarely(0.04)).prop_map(
        |(crlf, mark, final_newline, indented_keys, colons, duplicates)| Spice {
            crlf,
            mark,
            final_newline,
            indented_keys,
            colons,
            duplicates,
        },
    );
    let sections = prop::collection::vec((0..PROFILES.len() + 3, header_end(), lines(), between()), 0..7);
    (dialect, between(), sections, spice).prop_map(|(dialect, top, sections, spice)| {
        let mut text = top;
        let mut seen = vec![];
        for (index, end, lines, between) in sections {
            let header = header(dialect, index);
            if spice.duplicates || !seen.contains(&header) {
                text += &format!("[{header}]{end}\n{}{between}", section(&lines, spice));
                seen.push(header);
            }
        }
        if !spice.final_newline {
            text.truncate(text.trim_end_matches('\n').len());
        }
        if spice.crlf {
            text = text.replace('\n', "\r\n");
        }
        if spice.mark {
            text.insert(0, '\u{feff}');
        }
        (dialect, text)
    })
}

/// Temporary credentials as STS hands them out, tokens with `/`, `+` and `=` included; for some of the keys.
pub(crate) fn values() -> impl Strategy<Value = Vec<(&'static str, String)>> {
    let value = prop_oneof![
        "[A-Z]{4}[A-Z0-9]{16}",
        "[A-Za-z0-9/+]{40}",
        "[A-Za-z0-9/+=]{100,900}",
        "[A-Za-z0-9:.#;=-]{1,30}"
    ];
    prop::collection::vec(value.prop_filter("no comment", |value| !value.starts_with(['#', ';'])), KEYS.len())
        .prop_flat_map(|values| {
            let all: Vec<_> = std::iter::zip(KEYS, values).collect();
            (prop::sample::subsequence(all, 1..=KEYS.len())).prop_shuffle()
        })
}

fn header(dialect: Dialect, index: usize) -> String {
    match (dialect, PROFILES.get(index)) {
        (Dialect::Config, Some(&"default")) => "default".to_owned(),
        (Dialect::Config, Some(name)) if name.contains(' ') => format!("profile \"{name}\""),
        (Dialect::Config, Some(name)) => format!("profile {name}"),
        (Dialect::Credentials, Some(name)) => (*name).to_owned(),
        (Dialect::Config, None) => {
            ["sso-session dev", "services dev", "preview"][index - PROFILES.len()].to_owned()
        }
        (Dialect::Credentials, None) => {
            ["profile dev", "sso-session dev", "üben"][index - PROFILES.len()].to_owned()
        }
    }
}

fn header_end() -> impl Strategy<Value = &'static str> {
    prop_oneof![30 => Just(""), 1 => Just("  "), 1 => Just(" # of the team"), 1 => Just("\t; dev = 1")]
}

#[derive(Debug, Clone)]
enum Line {
    Key { name: usize, equals: &'static str, value: String },
    Nested(Vec<(String, String)>),
    Between(String),
}

fn lines() -> impl Strategy<Value = Vec<Line>> {
    let value = prop_oneof![
        20 => "[A-Za-z0-9/+=_.-]{1,20}",
        2 => "https://[a-z]{3}\\.example\\.org/saml#2",
        1 => "[A-Za-z]{1,5} [a-zé\"'\\[\\]%$]{1,8}",
        1 => "[a-z]{1,4} [#;] [a-z=]{1,5}",
        1 => "C:\\\\[a-z]{1,4}\\\\?",
        1 => Just(String::new()),
    ];
    let equals = prop_oneof![6 => Just(" = "), 3 => Just("="), 1 => Just("\t=  ")];
    let key = (0..KEYS.len() + 5, equals, value).prop_map(|(name, equals, value)| Line::Key {
        name,
        equals,
        value,
    });
    let nested = prop::collection::vec(("[a-z_]{1,9}", "[a-z0-9]{1,9}"), 1..4).prop_map(Line::Nested);
    let line = prop_oneof![8 => key, 1 => nested, 1 => between().prop_map(Line::Between)];
    prop::collection::vec(line, 0..9)
}

fn between() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        6 => Just("\n"),
        2 => Just("# aws_session_token = old\n"),
        1 => Just("; [dev]\n"),
        1 => Just("#\n"),
        1 => Just("  \t\n"),
    ];
    prop::collection::vec(line, 0..3).prop_map(|lines| lines.concat())
}

fn section(lines: &[Line], spice: Spice) -> String {
    let indent = if spice.indented_keys { "  " } else { "" };
    let mut seen: Vec<String> = vec![];
    let mut text = String::new();
    for line in lines {
        match line {
            Line::Between(lines) => text += lines,
            Line::Nested(lines) => {
                if !seen.contains(&"s3".to_owned()) && !spice.indented_keys {
                    let lines: String =
                        lines.iter().map(|(key, value)| format!("    {key} = {value}\n")).collect();
                    text += &format!("s3 =\n{lines}");
                    seen.push("s3".to_owned());
                }
            }
            Line::Key { name, equals, value } => {
                let others = ["region", "output", "AWS_Session_Token", "x-y", "source_profile"];
                let name = KEYS.get(*name).unwrap_or_else(|| &others[name - KEYS.len()]);
                if !spice.duplicates && seen.contains(&name.to_ascii_lowercase()) {
                    continue;
                }
                let equals = if spice.colons { ": " } else { equals };
                text += &format!("{indent}{name}{equals}{value}\n");
                seen.push(name.to_ascii_lowercase());
            }
        }
    }
    text
}
