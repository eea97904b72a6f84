//! Names that a new profile may have, so that every AWS tool, shell and reader of INI files takes them alike.

use super::Flaw;

/// In characters.
const LONGEST: usize = 100;

/// What is wrong with the name of a new profile, apart from being taken. The characters are those that every AWS SDK
/// reads in a header (others need quotes there, and some SDKs then skip the section), without `/` and `%`, which
/// shells and `credential_process` lines may not leave alone; a leading `-` would be an option to every command.
pub(super) fn flaw(name: &str) -> Option<Flaw> {
    match name {
        "default" => None,
        "DEFAULT" => Some(Flaw::Reserved),
        _ if name.trim().is_empty() => Some(Flaw::Missing),
        _ if name.contains(char::is_whitespace) => Some(Flaw::Blank),
        _ if !name.chars().all(is_legal) || name.starts_with('-') => Some(Flaw::Character),
        _ if name.len() > LONGEST => Some(Flaw::TooLong),
        _ => None,
    }
}

/// The nearest name that a new profile may have: `Prod (EU)` becomes `Prod-EU`. Empty where nothing is left.
pub fn legal(text: &str) -> String {
    if flaw(text).is_none() {
        return text.to_owned();
    }
    let parts = text.split(|c: char| !is_legal(c)).filter(|part| !part.is_empty());
    let name = parts.collect::<Vec<_>>().join("-");
    // Everything is ASCII here, so bytes are characters.
    let name = name.trim_matches('-');
    let name = name[..name.len().min(LONGEST)].trim_end_matches('-');
    if name == "DEFAULT" { "default".to_owned() } else { name.to_owned() }
}

fn is_legal(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_-.@:+".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn flaws_of_names() {
        let (longest, longer) = ("a".repeat(LONGEST), "a".repeat(LONGEST + 1));
        for (name, wanted) in [
            ("work", None),
            ("default", None),
            ("Work_1.prod@example.org:a+b-c", None),
            (&longest, None),
            (&longer, Some(Flaw::TooLong)),
            ("", Some(Flaw::Missing)),
            (" \t", Some(Flaw::Missing)),
            ("my work", Some(Flaw::Blank)),
            (" work", Some(Flaw::Blank)),
            ("a\u{a0}b", Some(Flaw::Blank)),
            ("a\nb", Some(Flaw::Blank)),
            ("DEFAULT", Some(Flaw::Reserved)),
            ("-work", Some(Flaw::Character)),
            ("wörk", Some(Flaw::Character)),
        ] {
            assert_eq!(flaw(name), wanted, "{name:?}");
        }
        for character in "[]\"'`#;=/\\%$&|<>!^,()\u{7f}\u{0}\u{202e}\u{feff}".chars() {
            assert_eq!(flaw(&format!("a{character}b")), Some(Flaw::Character), "{character:?}");
        }
    }

    #[test]
    fn names_are_made_legal() {
        for (text, name) in [
            ("work", "work"),
            ("Prod (EU)", "Prod-EU"),
            ("a/b//c", "a-b-c"),
            ("--profile x", "profile-x"),
            ("wörk", "w-rk"),
            ("DEFAULT", "default"),
            ("日本", ""),
            ("", ""),
        ] {
            assert_eq!(legal(text), name, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_name_made_legal_has_no_flaw(text in "\\PC{0,130}|.*|DEFAULT|[-a ]{0,200}") {
            let name = legal(&text);
            prop_assert!(name.is_empty() || flaw(&name).is_none(), "{name:?}");
            prop_assert_eq!(legal(&name), name.clone(), "twice");
            if flaw(&text).is_none() {
                prop_assert_eq!(name, text, "a right name stays");
            }
        }
    }
}
