//! JSON with `${…}` in it: what Terraform, CloudFormation or Helm put in later stays as an unknown part of the tree.

use super::node::{Node, escaped};
use super::pieces::closing;

/// Begins a text that stands for a whole value which is not known. No JSON has it otherwise: it is escaped there.
const MARK: char = '\u{1}';

/// The tree of such a text; none where it is not JSON even with each hole filled.
pub(super) fn parsed(text: &str) -> Option<Node> {
    let filled = filled(text)?;
    serde_json::from_str::<Node>(&filled).ok().map(with_unknown)
}

/// The same text as JSON: a hole within a text is escaped, one in the place of a value becomes a marked text.
fn filled(text: &str) -> Option<String> {
    let (mut filled, mut rest) = (String::with_capacity(text.len() + 64), text);
    let (mut within, mut escape) = (false, false);
    while let Some(letter) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix("${") {
            let end = closing(after)?;
            let inner = &after[..end];
            if within {
                filled.push_str(&format!("${{{}}}", escaped(inner)));
            } else {
                filled.push_str(&format!("\"\\u0001{}\"", escaped(inner)));
            }
            rest = &after[end + 1..];
            // It may be the last of several, each with its comma.
            let behind = rest.trim_start().strip_prefix(',').map(str::trim_start);
            if let Some(behind) = behind.filter(|behind| !within && behind.starts_with([']', '}'])) {
                rest = behind;
            }
            escape = false;
            continue;
        }
        match letter {
            _ if escape => escape = false,
            '\\' if within => escape = true,
            '"' => within = !within,
            _ => {}
        }
        filled.push(letter);
        rest = &rest[letter.len_utf8()..];
    }
    Some(filled)
}

fn with_unknown(node: Node) -> Node {
    match node {
        Node::Text(text) => match text.strip_prefix(MARK) {
            Some(inner) => Node::Unknown(inner.to_owned()),
            None => Node::Text(text),
        },
        Node::List(items) => Node::List(items.into_iter().map(with_unknown).collect()),
        Node::Map(items) => {
            let item = |(key, value): (String, Node)| {
                let key = key.strip_prefix(MARK).map_or(key.clone(), |inner| format!("${{{inner}}}"));
                (key, with_unknown(value))
            };
            Node::Map(items.into_iter().map(item).collect())
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_are_kept_wherever_they_are() {
        let text = r#"{"a": ${jsonencode({ "x" = "}" })}, "b${f("q")}": ["${g("r")}:sub", ${h}], ${k}: 1, "c": "\"${"}"#;
        assert_eq!(parsed(text), None, "an open brace is closed nowhere");
        let text = r#"{"a": ${jsonencode({ "x" = 1 })}, "b${f("q")}": ["${g("r")}:sub", ${h}], ${k}: 1, "c": "\"d\\"}"#;
        let unknown = |text: &str| Node::Unknown(text.to_owned());
        let written = |text: &str| Node::Text(text.to_owned());
        assert_eq!(
            parsed(text),
            Some(Node::Map(vec![
                ("a".to_owned(), unknown("jsonencode({ \"x\" = 1 })")),
                ("b${f(\"q\")}".to_owned(), Node::List(vec![written("${g(\"r\")}:sub"), unknown("h")])),
                ("${k}".to_owned(), Node::Number("1".to_owned())),
                ("c".to_owned(), written("\"d\\")),
            ]))
        );
        assert_eq!(parsed("{\"a\": ${b}${c}}"), None);
    }
}
