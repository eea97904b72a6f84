//! AWS files with what people get wrong in them, by chance: ordinary lines with odd ones among them, and odd characters
//! strewn in.

use proptest::prelude::*;
use rolecall_core::aws_files::document::Dialect;

#[derive(Debug, Clone)]
struct Line {
    text: String,
    /// A header or a key of a file that is meant to have each once.
    once: Option<String>,
}

/// A config or a credentials file.
pub(crate) fn odd_file() -> impl Strategy<Value = (Dialect, String)> {
    prop_oneof![Just(Dialect::Config), Just(Dialect::Credentials)]
        .prop_flat_map(|dialect| text_of(dialect).prop_map(move |text| (dialect, text)))
}

fn text_of(dialect: Dialect) -> impl Strategy<Value = String> {
    let lines = prop::collection::vec(line(dialect), 0..16);
    let strewn = prop_oneof![
        5 => Just(vec![]),
        2 => prop::collection::vec((any::<prop::sample::Index>(), odd_character()), 1..3),
    ];
    let line_end = prop_oneof![12 => Just("\n"), 4 => Just("\r\n"), 1 => Just("\r")];
    let often = |percent: f64| prop::bool::weighted(percent);
    (lines, strewn, line_end, often(0.85), often(0.9), often(0.95), often(0.8)).prop_map(
        |(lines, strewn, line_end, header_first, once, without_mark, final_line_end)| {
            let mut text = String::new();
            let mut seen: Vec<String> = vec![];
            if header_first {
                text += "[default]\n";
                seen.push("[default]".to_owned());
            }
            for line in lines {
                if let Some(name) = line.once.filter(|_| once) {
                    if name.starts_with('[') {
                        seen.retain(|seen| seen.starts_with('['));
                    }
                    if seen.contains(&name) {
                        continue;
                    }
                    seen.push(name);
                }
                text += &line.text;
                text.push('\n');
            }
            for (place, character) in strewn {
                let places: Vec<usize> = text.char_indices().map(|(place, _)| place).collect();
                if !places.is_empty() {
                    text.insert_str(places[place.index(places.len())], character);
                }
            }
            if !final_line_end {
                text.truncate(text.trim_end_matches('\n').len());
            }
            let text = text.replace('\n', line_end);
            if without_mark { text } else { format!("\u{feff}{text}") }
        },
    )
}

fn line(dialect: Dialect) -> impl Strategy<Value = Line> {
    prop_oneof![
        6 => header(dialect),
        14 => key(),
        2 => block(),
        3 => free(prop::sample::select(vec!["", "# c", "; c", "  ", "\t", "#[profile dev]", ";k = v"])),
        1 => odd_header(dialect),
        2 => odd_line(),
    ]
}

fn free(text: impl Strategy<Value = &'static str>) -> impl Strategy<Value = Line> {
    text.prop_map(|text| Line { text: text.to_owned(), once: None })
}

fn header(dialect: Dialect) -> impl Strategy<Value = Line> {
    let headers = match dialect {
        Dialect::Config => vec![
            "[default]",
            "[profile dev]",
            "[profile prod-admin]",
            "[profile Ops.eu@x]",
            "[sso-session dev]",
            "[services dev]",
            "[preview]",
        ],
        Dialect::Credentials => vec!["[default]", "[dev]", "[prod-admin]", "[Ops.eu@x]"],
    };
    let end = prop_oneof![12 => Just(""), 1 => Just(" "), 1 => Just(" # c"), 1 => Just("\t; c")];
    (prop::sample::select(headers), end)
        .prop_map(|(header, end)| Line { text: format!("{header}{end}"), once: Some(header.to_owned()) })
}

fn key() -> impl Strategy<Value = Line> {
    let name = prop::sample::select(vec![
        "region",
        "output",
        "role_arn",
        "source_profile",
        "aws_access_key_id",
        "aws_session_token",
        "azure_tenant_id",
        "Region",
        "x-y.z",
    ]);
    let equals = prop::sample::select(vec![" = ", "=", " =", "= ", "\t=\t"]);
    let value = prop_oneof![
        10 => "[A-Za-z0-9/+=_.-]{1,12}",
        2 => Just("https://example.org/saml#2".to_owned()),
        2 => Just("a b".to_owned()),
        2 => Just("100%".to_owned()),
        1 => Just("%(region)s".to_owned()),
        1 => Just(String::new()),
        1 => Just("C:\\temp\\".to_owned()),
        1 => Just("\"quoted # value\"".to_owned()),
        1 => Just("[x]".to_owned()),
        1 => Just("x # c".to_owned()),
        1 => Just("x\t;c".to_owned()),
        1 => Just("x;c".to_owned()),
    ];
    (name, equals, value).prop_map(|(name, equals, value)| Line {
        text: format!("{name}{equals}{value}"),
        once: Some(name.to_ascii_lowercase()),
    })
}

/// A key with indented lines below it.
fn block() -> impl Strategy<Value = Line> {
    let below = prop_oneof![
        8 => Just("  max = 1"),
        4 => Just("\tmin=a b"),
        2 => Just("    deeper = 2"),
        1 => Just(""),
        1 => Just("  "),
        1 => Just("# c"),
        1 => Just("  # c"),
        1 => Just("  # c = d"),
        1 => Just("  x = 1 # c"),
        1 => Just("  x#y = 1"),
        1 => Just("  x #y = 1"),
        1 => Just("  no delimiter"),
        1 => Just("  = no name"),
        1 => Just("  a: b"),
        1 => Just("  [profile b]"),
        1 => Just("  max = 2"),
        1 => Just(" \u{a0}max = 3"),
        1 => Just("  m\u{a0}= 3\u{2028}n = 4"),
    ];
    let first =
        prop_oneof![6 => Just("s3 ="), 2 => Just("s3 = x"), 1 => Just("s3 = # c"), 1 => Just("s3 = x # c")];
    (first, prop::collection::vec(below, 1..4)).prop_map(|(first, below)| Line {
        text: format!("{first}\n{}", below.join("\n")),
        once: Some("s3".to_owned()),
    })
}

fn odd_header(dialect: Dialect) -> impl Strategy<Value = Line> {
    let config = vec![
        "[ profile dev ]",
        "[profile dev ]",
        "[ default ]",
        "[default ]",
        "[profile  dev]",
        "[profile\tdev]",
        "[profile default]",
        "[profile \"dev\"]",
        "[profile 'dev']",
        "[profile \"a b\"]",
        "[profile 'a b']",
        "[profile a b]",
        "[profile a\\ b]",
        "[profile it's]",
        "[profile \"a\\\"b\"]",
        "[profile d\"e\"v]",
        "[profile ]",
        "[profile]",
        "[profiles dev]",
        "[profiledev]",
        "[Profile dev]",
        "[dev]",
        "[work]",
        "[profile \u{a0}dev]",
        "[profile\u{a0}dev]",
        "[profile\u{a0} dev]",
        "[profile \u{fc}ben]",
        "[sso-session]",
        "[sso-session a b]",
        "[sso-session \"dev\"]",
        "[sso-sessions dev]",
        "[ sso-session dev]",
        "[services-x dev]",
    ];
    let credentials = vec![
        "[ dev ]",
        "[dev ]",
        "[\tdev]",
        "[a b]",
        "[\"dev\"]",
        "[profile dev]",
        "[profile default]",
        "[sso-session dev]",
        "[services dev]",
        "[\u{fc}ben]",
        "[de\u{a0}v]",
        "[\u{a0}dev]",
        "[it's]",
    ];
    let common = vec![
        "[]",
        "[ ]",
        "[]]",
        "[[dev]]",
        "[dev",
        "[profile dev",
        "[dev]]",
        "[de]v]",
        "[dev] x",
        "[dev]x",
        "[dev] # see [x]",
        "[dev]# c",
        "[dev#c]",
        "[dev;c]",
        "[dev = x",
        "[a] = b",
        "  [dev]",
        "\t[profile dev]",
        "\u{c}[dev]",
        "\u{feff}[dev]",
        "[DEFAULT]",
        "[Default]",
        "[dev] [x]",
        "[dev]\r",
        "[d\0v]",
    ];
    let headers = if dialect == Dialect::Config { config } else { credentials };
    free(prop_oneof![2 => prop::sample::select(headers), 1 => prop::sample::select(common)])
}

fn odd_line() -> impl Strategy<Value = Line> {
    free(prop::sample::select(vec![
        "region: x",
        "region:x",
        "region : x = y",
        "re:gion = x",
        "region:x=y",
        "  region = x",
        "\tregion = x",
        " region = x",
        "\u{a0}region = x",
        "\u{c}region = x",
        "region\u{a0}= x",
        "region =\u{a0}x",
        "region = x\u{a0}",
        "region = x\u{2003}# c",
        "region = x\u{1f}",
        "\u{1c}",
        "\u{c}",
        "\u{a0}",
        "\u{a0}# c",
        "\u{a0}# c = d",
        "  # c",
        "\t; c",
        "  ; c = d",
        "region = # c",
        "region = ;c",
        "region =# c",
        "reg # ion = x",
        "reg;ion = x",
        "#",
        "= x",
        ": x",
        ": x = y",
        "=",
        ":",
        "region",
        "what is this",
        "region =",
        "my key = x",
        "\"region\" = x",
        "REGION = x",
        "\u{130}x = 1",
        "stra\u{df}e = x",
        "region = x\0y",
        "reg\0ion = x",
        "region = x\ry = z",
        "# c\rregion = x",
        "region = x\r",
        "region = \u{feff}x",
        "region = x \\",
        "region == x",
        "region = 'x'",
        "region = x\u{85}y",
        "region = x\u{2028}y = z",
        "rem region = x",
        "// c",
        "---",
        "    ",
        "      deeper = x",
        "output = json   ; c",
    ]))
}

fn odd_character() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        " ", "\t", "\u{a0}", "\u{2003}", "\u{feff}", "\0", "\r", "\u{c}", "\u{b}", "\u{1c}", "\u{85}", "\n",
        "#", ";", " # ", "=", ":", "[", "]", "\"", "'", "\\", "%", "\n  ", "\n\n",
    ])
}
