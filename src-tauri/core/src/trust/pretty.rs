//! A policy as people write it: `Version` before `Statement`, `Effect` before `Principal`.

use serde_json::Value;

/// Elements of a policy in the order of AWS's documentation; others follow by the alphabet.
const ORDER: [&str; 12] = [
    "Version",
    "Id",
    "Statement",
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
];

/// JSON with two blanks for each level, without a line break at its end.
pub fn pretty(value: &Value) -> String {
    let mut text = String::new();
    write(value, 0, &mut text);
    text
}

/// The one statement of a document, to be added to a policy that has others.
pub fn pretty_statement(document: &Value) -> String {
    match &document["Statement"] {
        Value::Array(list) if list.len() == 1 => pretty(&list[0]),
        Value::Null => pretty(document),
        other => pretty(other),
    }
}

fn write(value: &Value, level: usize, to: &mut String) {
    match value {
        Value::Object(map) if !map.is_empty() => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort_by_key(|key| (element_order(key), key.as_str()));
            let items = keys.into_iter().map(|key| (Some(key), &map[key])).collect();
            lines('{', '}', items, level, to);
        }
        Value::Array(list) if !list.is_empty() => {
            lines('[', ']', list.iter().map(|item| (None, item)).collect(), level, to);
        }
        other => to.push_str(&other.to_string()),
    }
}

fn lines(open: char, close: char, items: Vec<(Option<&String>, &Value)>, level: usize, to: &mut String) {
    let break_line = |level: usize, to: &mut String| {
        to.push('\n');
        to.push_str(&"  ".repeat(level));
    };
    to.push(open);
    for (number, (key, value)) in items.into_iter().enumerate() {
        if number > 0 {
            to.push(',');
        }
        break_line(level + 1, to);
        if let Some(key) = key {
            to.push_str(&Value::String(key.clone()).to_string());
            to.push_str(": ");
        }
        write(value, level + 1, to);
    }
    break_line(level, to);
    to.push(close);
}

/// The place of an element among the others of a policy; all that are none come last.
pub fn element_order(key: &str) -> usize {
    ORDER.iter().position(|known| *known == key).unwrap_or(ORDER.len())
}
