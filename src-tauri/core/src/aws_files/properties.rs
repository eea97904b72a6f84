//! What holds for every text, checked on texts that chance makes.

use crate::aws_files::document::{Dialect, Document};
use crate::aws_files::edit::{EditError, remove, set};
use proptest::prelude::*;

const OURS: [(&str, &str); 3] = [("id", "ASIAEXAMPLE"), ("secret", "wJ/+=\\x"), ("token", "a;b#c=:d")];

fn dialect() -> impl Strategy<Value = Dialect> {
    prop_oneof![Just(Dialect::Config), Just(Dialect::Credentials)]
}

/// Lines of the kinds that matter, in any order: mostly not a file that a tool would take.
fn any_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => "(\\[(profile )?(dev|b|default|\"a b\")\\]|\\[ dev \\]|\\[sso-session dev\\])( # c)?",
        4 => "(|  |\t)(id|ID|token|k|s3) ?[=:] ?(|v|v # c|v;w|C:\\\\|=|\\[dev\\])",
        1 => "(|  |\t)[#;](| c|\\[dev\\]|id = x)",
        1 => "[ \t\u{a0}]{0,2}",
        1 => "[\\[\\]=:#; a\\\\\"']{0,6}",
        1 => any::<String>(),
    ];
    let line = (piece, prop_oneof![6 => Just("\n"), 2 => Just("\r\n"), 1 => Just("\r"), 1 => Just("")]);
    (prop::bool::ANY, prop::collection::vec(line, 0..14)).prop_map(|(mark, lines)| {
        let lines: String = lines.into_iter().map(|(line, end)| line + end).collect();
        if mark { format!("\u{feff}{lines}") } else { lines }
    })
}

/// A file as people write them: every line is one that all readers take.
fn good_text() -> impl Strategy<Value = String> {
    let value = "[a-zA-Z0-9/+=:.@%-]{1,12}(#x)?( \\\\| ; c| # \\[c\\])?";
    let key = (0..9usize, value).prop_map(|(name, value)| {
        let name = ["id", "secret", "token", "region", "output", "role_arn", "s3", "TOKEN", "x"][name];
        if name == "s3" {
            format!("s3 =\n  max = {value}\n    min = 1\n")
        } else {
            format!("{name} = {value}\n")
        }
    });
    let between = prop_oneof![Just(""), Just("\n"), Just("# c\n"), Just("; [dev]\n\n"), Just("   \n")];
    let section = prop::collection::vec((between, key), 0..6);
    (prop::collection::vec(section, 0..5), 0..5usize, prop::bool::ANY).prop_map(|(sections, ours, crlf)| {
        let mut text = String::new();
        for (index, lines) in sections.iter().enumerate() {
            let name = if index == ours { "dev".to_owned() } else { format!("p{index}") };
            text += &format!("[{name}]\n");
            let mut seen = vec![];
            for (between, line) in lines {
                let name = line.split(' ').next().unwrap_or("").to_lowercase();
                if !seen.contains(&name) {
                    text += between;
                    text += line;
                    seen.push(name);
                }
            }
        }
        if crlf { text.replace('\n', "\r\n") } else { text }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]

    #[test]
    fn any_text_is_edited_right_or_refused(text in any_text(), dialect in dialect()) {
        match set(&text, dialect, "dev", &OURS) {
            Ok(after) => {
                let document = Document::parse(&after, dialect);
                for (key, value) in OURS {
                    let read = document.get("dev", key);
                    prop_assert_eq!(read.as_deref(), Some(value));
                }
                let again = set(&after, dialect, "dev", &OURS);
                prop_assert_eq!(again.as_deref(), Ok(after.as_str()), "twice is once");
                prop_assert!(lines_survive(&text, &after), "{:?} became {:?}", text, after);
            }
            // A value never gets into an error.
            Err(error) => {
                let words = format!("{error:?} {error}");
                prop_assert!(!words.contains("wJ/+"));
            }
        }
    }

    #[test]
    fn good_text_is_never_refused(text in good_text()) {
        let after = set(&text, Dialect::Credentials, "dev", &OURS);
        prop_assert!(after.is_ok(), "{:?}", after);
        let gone = remove(&after.unwrap(), Dialect::Credentials, "dev", &OURS.map(|(key, _)| key));
        prop_assert!(gone.is_ok(), "{:?}", gone);
        let gone = gone.unwrap();
        let document = Document::parse(&gone, Dialect::Credentials);
        prop_assert!(OURS.iter().all(|(key, _)| document.get("dev", key).is_none()));
    }

    #[test]
    fn removing_is_right_or_refused(text in any_text(), dialect in dialect()) {
        match remove(&text, dialect, "dev", &["id", "token"]) {
            Ok(after) => prop_assert!(lines_survive(&text, &after), "{:?} became {:?}", text, after),
            Err(EditError::BadName { .. } | EditError::BadKey { .. } | EditError::BadValue { .. }) => {
                prop_assert!(false, "nothing is written");
            }
            Err(_) => {}
        }
    }
}

/// Whether every line of `before` that is not one of our keys (or below one) is in `after`, in the same order.
fn lines_survive(before: &str, after: &str) -> bool {
    let mut below_ours = false;
    let mut after = after.trim_start_matches('\u{feff}').lines();
    before.trim_start_matches('\u{feff}').lines().all(|line| {
        let content = line.trim_start_matches([' ', '\t']);
        let ours = ["id", "token", "secret"]
            .iter()
            .any(|key| content.get(..key.len()).is_some_and(|name| name.eq_ignore_ascii_case(key)));
        let is_comment = content.starts_with(['#', ';']);
        let indented = line.starts_with([' ', '\t']);
        // A comment ends nothing.
        below_ours = ours || (below_ours && (indented || is_comment || content.is_empty()));
        below_ours && !is_comment
            || after.any(|other| other == line || is_comment && other.trim() == line.trim())
    })
}
