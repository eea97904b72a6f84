//! Lines put into a YAML file as kubectl and people write it: keys at the margin, lists of items below. Where a file
//! is written otherwise there is no answer; whoever asks reads the result again before it counts.

use serde_json::Value;

/// The lines of a list's item, its dash at the margin.
pub(super) fn item(value: &Value) -> Vec<String> {
    let mut lines = vec![];
    mapping(value, &mut lines);
    let dash = |(at, line): (usize, String)| if at == 0 { format!("- {line}") } else { format!("  {line}") };
    lines.into_iter().enumerate().map(dash).collect()
}

/// The text with `item` in the list `key`, in place of the item of that name or behind the last.
pub(super) fn with_item(text: &str, key: &str, name: &str, value: &Value) -> Option<String> {
    let mut lines = split(text);
    let new = item(value);
    let Some(at) = find(&lines, key)? else {
        lines.push(format!("{key}:"));
        lines.extend(new);
        return Some(join(text, &lines));
    };
    let (_, value) = lines[at].split_once(':')?;
    match value.trim() {
        "" => {}
        value if value.starts_with('#') => {}
        // An empty list, in any of its spellings.
        "[]" | "null" | "~" => {
            lines[at] = format!("{key}:");
            lines.splice(at + 1..at + 1, new);
            return Some(join(text, &lines));
        }
        _ => return None,
    }
    let end = end(&lines, at);
    let Some(indent) = lines[at + 1..end].iter().find(|line| !is_empty(line)).map(|line| indent(line)) else {
        lines.splice(at + 1..at + 1, new);
        return Some(join(text, &lines));
    };
    let margin = " ".repeat(indent);
    let new = new.into_iter().map(|line| format!("{margin}{line}"));
    let begins =
        |line: &str| line.strip_prefix(&margin).is_some_and(|rest| rest == "-" || rest.starts_with("- "));
    let starts: Vec<usize> = (at + 1..end).filter(|number| begins(&lines[*number])).collect();
    for (number, start) in starts.iter().enumerate() {
        let next = starts.get(number + 1).copied().unwrap_or(end);
        let stop = *start + 1 + last(&lines[start + 1..next]);
        if named(&lines[*start..stop])? == name {
            lines.splice(*start..stop, new);
            return Some(join(text, &lines));
        }
    }
    lines.splice(end..end, new);
    Some(join(text, &lines))
}

/// The text with a plain value for a key at the margin.
pub(super) fn with_value(text: &str, key: &str, value: &str) -> Option<String> {
    let mut lines = split(text);
    let line = format!("{key}: {}", Value::from(value));
    match find(&lines, key)? {
        Some(at) => lines[at] = line,
        None => lines.push(line),
    }
    Some(join(text, &lines))
}

fn mapping(value: &Value, lines: &mut Vec<String>) {
    for (key, value) in value.as_object().into_iter().flatten() {
        match value {
            Value::Object(_) => {
                lines.push(format!("{key}:"));
                let mut below = vec![];
                mapping(value, &mut below);
                lines.extend(below.into_iter().map(|line| format!("  {line}")));
            }
            Value::Array(items) => {
                lines.push(format!("{key}:"));
                lines.extend(items.iter().map(|item| format!("- {item}")));
            }
            // What JSON quotes, YAML reads.
            plain => lines.push(format!("{key}: {plain}")),
        }
    }
}

/// Without their ends.
fn split(text: &str) -> Vec<String> {
    text.lines().map(|line| line.strip_suffix('\r').unwrap_or(line).to_owned()).collect()
}

/// With the ends that the text had.
fn join(text: &str, lines: &[String]) -> String {
    let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    lines.iter().map(|line| format!("{line}{end}")).collect()
}

/// The line of a key at the margin; outermost `None` where there are two.
fn find(lines: &[String], key: &str) -> Option<Option<usize>> {
    let is_it =
        |line: &String| line.strip_prefix(key).is_some_and(|rest| rest == ":" || rest.starts_with(": "));
    let mut found = lines.iter().enumerate().filter(|(_, line)| is_it(line)).map(|(at, _)| at);
    let first = found.next();
    found.next().is_none().then_some(first)
}

/// Behind the last line that belongs to the key; comments and empty lines before the next one are not its.
fn end(lines: &[String], at: usize) -> usize {
    let mine =
        |line: &String| is_empty(line) || line.starts_with(' ') || line == "-" || line.starts_with("- ");
    let below = &lines[at + 1..];
    let next = below.iter().position(|line| !mine(line)).unwrap_or(below.len());
    at + 1 + last(&below[..next])
}

/// How many there are to the last one that says something.
fn last(lines: &[String]) -> usize {
    lines.iter().rposition(|line| !is_empty(line)).map_or(0, |at| at + 1)
}

fn is_empty(line: &str) -> bool {
    let line = line.trim_start();
    line.is_empty() || line.starts_with('#')
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// What an item's `name` says.
fn named(lines: &[String]) -> Option<String> {
    let items: Vec<Value> = serde_saphyr::from_str(&lines.join("\n")).ok()?;
    Some(items.first()?["name"].as_str().unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_item_goes_where_it_belongs() {
        let item = json!({ "name": "b", "user": { "token": "x" } });
        let b = "- name: \"b\"\n  user:\n    token: \"x\"\n";
        for (text, expected) in [
            ("", format!("users:\n{b}")),
            ("kind: Config", format!("kind: Config\nusers:\n{b}")),
            ("users: []\nkind: Config\n", format!("users:\n{b}kind: Config\n")),
            ("users:\nkind: Config\n", format!("users:\n{b}kind: Config\n")),
            ("users: null\n", format!("users:\n{b}")),
            (
                "users: # mine\n- name: a # one\n  user: {}\n\n# the end\nkind: Config\n",
                format!("users: # mine\n- name: a # one\n  user: {{}}\n{b}\n# the end\nkind: Config\n"),
            ),
            ("users:\n- user: {}\n  name: b\n# of c\n- name: c\n", format!("users:\n{b}# of c\n- name: c\n")),
            (
                "users:\n  - name: a\n",
                "users:\n  - name: a\n  - name: \"b\"\n    user:\n      token: \"x\"\n".into(),
            ),
            (
                "users:\r\n- name: a\r\n",
                "users:\r\n- name: a\r\n- name: \"b\"\r\n  user:\r\n    token: \"x\"\r\n".into(),
            ),
        ] {
            assert_eq!(with_item(text, "users", "b", &item).as_deref(), Some(expected.as_str()), "{text}");
        }
        for text in ["users: [{name: a}]\n", "users:\nusers:\n", "users: &a\n- name: a\n"] {
            assert_eq!(with_item(text, "users", "b", &item), None, "{text}");
        }
    }

    #[test]
    fn a_value_goes_where_it_stood() {
        for (text, expected) in [
            ("current-context: a\nkind: Config\n", "current-context: \"b\"\nkind: Config\n"),
            ("kind: Config", "kind: Config\ncurrent-context: \"b\"\n"),
        ] {
            assert_eq!(with_value(text, "current-context", "b").as_deref(), Some(expected));
        }
    }
}
