//! Whether reading a text and writing it anew loses nothing.

/// It is JSON, or has nothing that could be a comment, an anchor, an alias or a tag; rather no than wrongly yes.
pub(super) fn is_plain(text: &str) -> bool {
    serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok() || !text.lines().any(has_marks)
}

fn has_marks(line: &str) -> bool {
    let mut before = ' ';
    line.chars().any(|c| {
        let begins = before.is_whitespace() || "[{,:-?".contains(before);
        let mark = match c {
            '#' => before.is_whitespace(),
            '&' | '*' | '!' => begins,
            '%' => line.starts_with('%'),
            _ => false,
        };
        before = c;
        mark
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_be_lost() {
        for (text, plain) in [
            ("", true),
            ("{\"a\": \"x #y\", \"b\": \"*c &d\"}", true),
            ("{a: [b, {c: d}], e: https://f#g}", true),
            ("a: b&c*d!e\n", true),
            ("# a\n", false),
            ("a: b # c", false),
            ("a: b\t# c", false),
            ("a: &b c", false),
            ("<<: *b", false),
            ("{a: [*b]}", false),
            ("{\"a\":*b}", false),
            ("- *b", false),
            ("a: !!str 1", false),
            ("%YAML 1.1\n---\na: 1", false),
            // In quotes it is none, but who knows.
            ("a: 'b # c'", false),
        ] {
            assert_eq!(is_plain(text), plain, "{text}");
        }
    }
}
