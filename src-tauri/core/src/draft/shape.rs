//! What a right tenant, user name or region looks like, and which characters nobody sees.

/// A GUID, or a domain of the tenant: what a profile's `azure_tenant_id` may be.
pub(super) fn is_tenant(text: &str) -> bool {
    let characters = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.');
    let domain = text.contains('.') && text.split('.').all(|label| !label.is_empty());
    characters && text.len() <= 253 && (domain || is_guid(text))
}

pub(super) fn is_guid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups.iter().all(|group| group.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// `ada@example.org`, `ada_example.net#EXT#@example.onmicrosoft.com`.
pub(super) fn is_username(text: &str) -> bool {
    let sides = text.rsplit_once('@').is_some_and(|(who, at)| !who.is_empty() && !at.is_empty());
    sides && !text.chars().any(|c| c.is_whitespace() || is_unseen(c))
}

/// Area, perhaps partition, direction, number: `eu-central-1`, `us-gov-west-1`, `us-isob-east-1`, `eusc-de-east-1`. By shape,
/// not by a list: AWS opens a region more often than people update.
pub(super) fn is_region(text: &str) -> bool {
    const DIRECTIONS: [&str; 9] =
        ["central", "north", "south", "east", "west", "northeast", "northwest", "southeast", "southwest"];
    let letters = |text: &str| text.bytes().all(|b| b.is_ascii_lowercase());
    let number =
        |text: &str| text.len() <= 2 && !text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit());
    let isolated = |part: &str| part.starts_with("iso") && part.len() <= 4 && letters(part);
    let (area, direction, last) = match text.split('-').collect::<Vec<_>>()[..] {
        [area, direction, last] => (area.len() == 2 && letters(area), direction, last),
        ["eusc", country, direction, last] => (country.len() == 2 && letters(country), direction, last),
        [area, part, direction, last] => {
            (area.len() == 2 && letters(area) && (part == "gov" || isolated(part)), direction, last)
        }
        _ => return false,
    };
    area && DIRECTIONS.contains(&direction) && !last.is_empty() && number(last)
}

/// Characters that change what is seen, or are not seen at all: control characters, those that turn the writing
/// direction, and blanks without width. The joiner of emoji (U+200D) is not among them.
pub(crate) fn is_unseen(c: char) -> bool {
    let turns =
        matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    c.is_control() || turns || matches!(c, '\u{200b}' | '\u{2028}' | '\u{2029}' | '\u{2060}' | '\u{feff}')
}

/// A text of somebody else's on one line, without what nobody sees, cut after `longest` characters.
pub(crate) fn one_line(text: &str, longest: usize) -> String {
    let seen: String = text
        .chars()
        .filter_map(|c| match c {
            blank if blank.is_whitespace() => Some(' '),
            unseen if is_unseen(unseen) => None,
            other => Some(other),
        })
        .collect();
    let words: Vec<&str> = seen.split(' ').filter(|word| !word.is_empty()).collect();
    let cut: String = words.join(" ").chars().take(longest).collect();
    cut.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tenants_and_usernames() {
        for (text, tenant, username) in [
            ("0f8fad5b-d9cb-469f-a165-70867728950e", true, false),
            ("0f8fad5bd9cb469fa16570867728950e", false, false),
            ("example.onmicrosoft.com", true, false),
            ("common", false, false),
            ("example..org", false, false),
            (".org", false, false),
            ("exämple.org", false, false),
            ("ada@example.org", false, true),
            ("ada_example.net#EXT#@example.onmicrosoft.com", false, true),
            ("@example.org", false, false),
            ("ada@", false, false),
            ("ada lovelace@example.org", false, false),
            ("ada\u{202e}@example.org", false, false),
            ("", false, false),
        ] {
            assert_eq!(is_tenant(text), tenant, "{text}");
            assert_eq!(is_username(text), username, "{text}");
        }
    }

    #[test]
    fn regions() {
        for region in [
            "eu-central-1",
            "us-gov-west-1",
            "cn-northwest-1",
            "eusc-de-east-1",
            "mx-central-1",
            "us-iso-east-1",
            "us-isob-east-1",
            "eu-isoe-west-1",
            "ap-southeast-7",
            "il-central-1",
            "ap-northeast-12",
        ] {
            assert!(is_region(region), "{region}");
        }
        for text in [
            "",
            "eu",
            "eu-central",
            "eu-central-",
            "eu-central-0",
            "eu-central-1a",
            "eu-central-123",
            "EU-central-1",
            "eu-centre-1",
            "europe-central-1",
            "aws-global",
            "us-gov-1",
            "us-xyz-west-1",
            "us--west-1",
            "eu-central-1 ",
            "eu-central-1-x-y",
        ] {
            assert!(!is_region(text), "{text}");
        }
    }

    #[test]
    fn one_line_of_what_is_seen() {
        for (text, line) in [
            (" a\n\t b ", "a b"),
            ("a\u{202e}b\u{0}c\u{feff}", "abc"),
            ("👩\u{200d}💻 עברית", "👩\u{200d}💻 עברית"),
            ("abcdefgh ijk", "abcdefgh"),
            ("", ""),
        ] {
            assert_eq!(one_line(text, 9), line, "{text:?}");
        }
    }
}
