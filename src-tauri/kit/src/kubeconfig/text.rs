//! Lines put into a YAML file as kubectl and people write it: keys at the margin, lists of items below. Where a file
//! is written otherwise there is no answer; whoever asks reads the result again before it counts.

use super::plain::is_plain;
use serde_json::Value;
use std::ops::Range;

/// One item of a list that the text has.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spot<'a> {
    pub(super) list: &'a str,
    pub(super) number: usize,
    /// How many there are.
    pub(super) of: usize,
}

/// The lines of a list's item, its dash at the margin.
pub(super) fn item(value: &Value) -> Vec<String> {
    let mut lines = vec![];
    mapping(value, &mut lines);
    let dash = |(at, line): (usize, String)| if at == 0 { format!("- {line}") } else { format!("  {line}") };
    lines.into_iter().enumerate().map(dash).collect()
}

/// The text with another item at the end of the list `key`.
pub(super) fn with_item(text: &str, key: &str, value: &Value) -> Option<String> {
    let mut text = Text::new(text);
    let new = item(value);
    let Some(at) = text.find(key)? else {
        let end = text.lines.len();
        text.put(end..end, [format!("{key}:")].into_iter().chain(new));
        return Some(text.join());
    };
    let (_, value) = text.lines[at].split_once(':')?;
    match value.trim() {
        "" => {}
        value if value.starts_with('#') => {}
        // An empty list, in any of its spellings.
        "[]" | "null" | "~" => {
            text.put(at..at + 1, [format!("{key}:")].into_iter().chain(new));
            return Some(text.join());
        }
        _ => return None,
    }
    let end = text.end(at);
    let margin = text.lines[at + 1..end].iter().find(|line| !is_empty(line)).map_or(0, |line| indent(line));
    // Comments below a list without an item stay with what follows.
    let end = if end == at + 1 { at + 1 } else { end };
    text.put(end..end, indented(new, margin));
    Some(text.join())
}

/// The text with these values in an item, each where its path leads; everything beside them stays.
pub(super) fn with_values(text: &str, spot: Spot<'_>, values: &[(Vec<&str>, &Value)]) -> Option<String> {
    let mut text = Text::new(text);
    for (path, value) in values {
        let lines = text.item(spot)?;
        let dash = indent(&text.lines[lines.start]);
        // Without its dash it is a mapping as any other.
        text.lines[lines.start].replace_range(dash..=dash, " ");
        let first = text.lines[lines.clone()].iter().find(|line| !is_empty(line))?;
        let column = indent(first);
        let start = lines.start;
        text.set(lines, column, path, value)?;
        text.lines[start].replace_range(dash..=dash, "-");
    }
    Some(text.join())
}

/// The text with an item written anew; none where something in it would be lost.
pub(super) fn with_new_item(text: &str, spot: Spot<'_>, value: &Value) -> Option<String> {
    let mut text = Text::new(text);
    let lines = text.item(spot)?;
    if !is_plain(&text.lines[lines.clone()].concat()) {
        return None;
    }
    let margin = indent(&text.lines[lines.start]);
    text.put(lines, indented(item(value), margin));
    Some(text.join())
}

/// The text with a plain value for a key at the margin.
pub(super) fn with_value(text: &str, key: &str, value: &Value) -> Option<String> {
    let mut text = Text::new(text);
    let all = 0..text.lines.len();
    match text.find(key)? {
        Some(_) => text.set(all, 0, &[key], value)?,
        None => text.put(all.end..all.end, [format!("{key}: {value}")]),
    }
    Some(text.join())
}

fn mapping(value: &Value, lines: &mut Vec<String>) {
    for (key, value) in value.as_object().into_iter().flatten() {
        match value {
            Value::Object(all) if !all.is_empty() => {
                lines.push(format!("{key}:"));
                let mut below = vec![];
                mapping(value, &mut below);
                lines.extend(indented(below, 2));
            }
            Value::Array(items) if !items.is_empty() => {
                lines.push(format!("{key}:"));
                lines.extend(items.iter().map(|item| format!("- {item}")));
            }
            // What JSON writes, YAML reads.
            plain => lines.push(format!("{key}: {plain}")),
        }
    }
}

fn indented(lines: impl IntoIterator<Item = String>, by: usize) -> impl Iterator<Item = String> {
    lines.into_iter().map(move |line| format!("{:by$}{line}", ""))
}

/// Lines with the ends that they have.
struct Text {
    lines: Vec<String>,
    end: &'static str,
}

impl Text {
    fn new(text: &str) -> Self {
        let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
        let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
        if let Some(last) = lines.last_mut().filter(|last| !last.ends_with('\n')) {
            last.push_str(end);
        }
        Self { lines, end }
    }

    fn join(&self) -> String {
        self.lines.concat()
    }

    /// What is put in the place of a line ends as that one did.
    fn put(&mut self, place: Range<usize>, lines: impl IntoIterator<Item = String>) {
        let old = self.lines[place.clone()].first();
        let end = old.map_or(self.end, |line| if line.ends_with("\r\n") { "\r\n" } else { "\n" });
        self.lines.splice(place, lines.into_iter().map(|line| line + end));
    }

    /// The line of a key at the margin; outermost `None` where there are two.
    fn find(&self, key: &str) -> Option<Option<usize>> {
        let is_it = |line: &String| {
            line.strip_prefix(key).is_some_and(|rest| rest.trim_end() == ":" || rest.starts_with(": "))
        };
        let mut found = self.lines.iter().enumerate().filter(|(_, line)| is_it(line)).map(|(at, _)| at);
        let first = found.next();
        found.next().is_none().then_some(first)
    }

    /// Behind the last line that belongs to the key; comments and empty lines before the next one are not its.
    fn end(&self, at: usize) -> usize {
        let mine = |line: &String| is_empty(line) || line.starts_with(' ') || is_dashed(line);
        let below = &self.lines[at + 1..];
        let next = below.iter().position(|line| !mine(line)).unwrap_or(below.len());
        at + 1 + last(&below[..next])
    }

    fn item(&self, spot: Spot<'_>) -> Option<Range<usize>> {
        let at = self.find(spot.list)??;
        let end = self.end(at);
        let margin = indent(self.lines[at + 1..end].iter().find(|line| !is_empty(line))?);
        let begins = |number: &usize| {
            let line = &self.lines[*number];
            indent(line) == margin && is_dashed(&line[margin..])
        };
        let starts: Vec<usize> = (at + 1..end).filter(begins).collect();
        let start = *starts.get(spot.number).filter(|_| starts.len() == spot.of)?;
        let next = starts.get(spot.number + 1).copied().unwrap_or(end);
        Some(start..start + 1 + last(&self.lines[start + 1..next]))
    }

    /// Puts a value where the path leads, in the mapping of these lines, whose keys stand at that column.
    fn set(&mut self, lines: Range<usize>, column: usize, path: &[&str], value: &Value) -> Option<()> {
        let (key, path) = path.split_first()?;
        let is_it = |at: &usize| after_key(&self.lines[*at], column, key).is_some();
        let Some(at) = lines.clone().find(is_it) else {
            let nested = path.iter().rev().fold(value.clone(), |value, key| {
                Value::Object([((*key).to_owned(), value)].into_iter().collect())
            });
            let mut new = vec![];
            mapping(&Value::Object([((*key).to_owned(), nested)].into_iter().collect()), &mut new);
            let end = lines.start + last(&self.lines[lines]);
            self.put(end..end, indented(new, column));
            return Some(());
        };
        let below = self.below(at, lines.end, column);
        let (old, comment) = scalar(after_key(&self.lines[at], column, key)?)?;
        if !path.is_empty() {
            let first = self.lines[below.clone()].iter().find(|line| !is_empty(line))?;
            let inner = indent(first);
            return if old.is_empty() && inner > column { self.set(below, inner, path, value) } else { None };
        }
        let replaced = below.is_empty() || old.is_empty() && is_plain(&self.lines[below.clone()].concat());
        if !replaced {
            return None;
        }
        let key = &self.lines[at][..column + key.len() + 1];
        match value {
            Value::Object(_) => return None,
            Value::Array(items) if !items.is_empty() => {
                let margin = self.lines[below.clone()].first().map_or(column, |line| indent(line));
                let head = format!("{key}{comment}");
                let items = indented(items.iter().map(|item| format!("- {item}")), margin);
                self.put(at..below.end, [head].into_iter().chain(items));
            }
            plain => {
                let line = format!("{key} {plain}{comment}");
                self.put(at..below.end, [line]);
            }
        }
        Some(())
    }

    /// What belongs to the key of that line, as far as it stands below it.
    fn below(&self, at: usize, end: usize, column: usize) -> Range<usize> {
        let mine = |line: &String| {
            let deep = indent(line);
            is_empty(line) || deep > column || deep == column && is_dashed(&line[column..])
        };
        let lines = &self.lines[at + 1..end];
        let next = lines.iter().position(|line| !mine(line)).unwrap_or(lines.len());
        at + 1..at + 1 + last(&lines[..next])
    }
}

/// What stands behind a key at that column.
fn after_key<'l>(line: &'l str, column: usize, key: &str) -> Option<&'l str> {
    let (margin, rest) = line.split_at_checked(column)?;
    let rest = rest.strip_prefix(key)?.strip_prefix(':')?;
    let is_it =
        margin.bytes().all(|b| b == b' ') && (rest.is_empty() || rest.starts_with(char::is_whitespace));
    is_it.then(|| rest.trim_end_matches(['\r', '\n']))
}

/// A value of one line, and the comment behind it with the blanks before that; none where it is something else.
fn scalar(text: &str) -> Option<(&str, &str)> {
    let value = text.trim_start();
    let comment = |from: usize| {
        let rest = value.get(from..)?;
        let comment = rest.trim_start();
        let right = comment.is_empty() || comment.starts_with('#') && comment.len() < rest.len();
        right.then_some((value.get(..from)?, if comment.is_empty() { "" } else { rest }))
    };
    match value.chars().next() {
        None => Some(("", "")),
        Some('#') => Some(("", text)),
        Some('"') => {
            let mut escaped = false;
            let end = value.char_indices().skip(1).find(|(_, c)| {
                let ends = *c == '"' && !escaped;
                escaped = *c == '\\' && !escaped;
                ends
            });
            comment(end?.0 + 1)
        }
        Some('\'') => {
            let rest = value[1..].replace("''", "  ");
            comment(rest.find('\'')? + 2)
        }
        Some('[' | '{') => is_plain(text).then_some((value, "")),
        Some('&' | '*' | '!' | '|' | '>' | '%' | '@' | '`' | '?') => None,
        Some(_) => {
            let end = value.find(" #").into_iter().chain(value.find("\t#")).min();
            let end = end.map_or(value.len(), |end| value[..end].trim_end().len());
            comment(end.min(value.trim_end().len()))
        }
    }
}

fn is_dashed(text: &str) -> bool {
    text.trim_end() == "-" || text.starts_with("- ")
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
    line.len() - line.trim_start_matches(' ').len()
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
            ("users:\n- user: *one\n# the end\n", format!("users:\n- user: *one\n{b}# the end\n")),
            (
                "users:\n  - name: a\n",
                "users:\n  - name: a\n  - name: \"b\"\n    user:\n      token: \"x\"\n".into(),
            ),
            (
                "users:\r\n- name: a\nkind: Config\r\n",
                "users:\r\n- name: a\n- name: \"b\"\r\n  user:\r\n    token: \"x\"\r\nkind: Config\r\n"
                    .into(),
            ),
        ] {
            assert_eq!(with_item(text, "users", &item).as_deref(), Some(expected.as_str()), "{text}");
        }
        for text in ["users: [{name: a}]\n", "users:\nusers:\n", "users: &a\n- name: a\n"] {
            assert_eq!(with_item(text, "users", &item), None, "{text}");
        }
    }

    const ITEMS: &str = "\
users:
# of a
- name: a
  user: {token: x}
-   name: b # the second
    user:
      token: t   # keep
      exec:
        # whose
        args: # words
        - one
        - two
        command: 'it''s' # quoted
        env:
        - name: token
          value: x
# the end
kind: Config
";

    #[test]
    fn a_value_goes_where_its_path_leads() {
        let spot = Spot { list: "users", number: 1, of: 2 };
        let with = |path: &[&str], value: Value| with_values(ITEMS, spot, &[(path.to_vec(), &value)]);
        let exec = ["user", "exec"];
        let below = |key| [&exec[..], &[key]].concat();
        for (path, value, old, new) in [
            (vec!["user", "token"], json!("new"), "token: t   # keep", "token: \"new\"   # keep"),
            (below("command"), json!("x"), "command: 'it''s' # quoted", "command: \"x\" # quoted"),
            (
                below("args"),
                json!(["a"]),
                "args: # words\n        - one\n        - two\n",
                "args: # words\n        - \"a\"\n",
            ),
            (
                below("apiVersion"),
                json!("v1"),
                "          value: x\n",
                "          value: x\n        apiVersion: \"v1\"\n",
            ),
            (
                vec!["more", "below"],
                json!([1]),
                "          value: x\n",
                "          value: x\n    more:\n      below:\n      - 1\n",
            ),
            (vec!["name"], json!("c"), "name: b #", "name: \"c\" #"),
        ] {
            assert_eq!(with(&path, value), Some(ITEMS.replacen(old, new, 1)), "{path:?}");
        }
        assert_eq!(with(&["user"], json!({})), None);
        // The other one is written in one line.
        let first = Spot { number: 0, ..spot };
        let token = json!("y");
        assert_eq!(with_values(ITEMS, first, &[(vec!["user", "token"], &token)]), None);
        let anew = json!({ "name": "a", "user": { "token": "y" } });
        assert_eq!(
            with_new_item(ITEMS, first, &anew),
            Some(ITEMS.replace("user: {token: x}", "user:\n    token: \"y\"").replace(": a\n", ": \"a\"\n"))
        );
        assert_eq!(with_new_item(ITEMS, spot, &anew), None);
        assert_eq!(with_new_item(ITEMS, Spot { of: 3, ..first }, &anew), None);
        let lone = "users:\n-\n  name: a\n";
        let spot = Spot { list: "users", number: 0, of: 1 };
        let name = json!("b");
        assert_eq!(
            with_values(lone, spot, &[(vec!["name"], &name)]).as_deref(),
            Some("users:\n-\n  name: \"b\"\n")
        );
    }

    #[test]
    fn a_value_goes_where_it_stood() {
        for (text, expected) in [
            ("current-context: a\nkind: Config\n", "current-context: \"b\"\nkind: Config\n"),
            ("current-context: a # mine\r\n", "current-context: \"b\" # mine\r\n"),
            ("current-context: \"a # b\"  # mine\n", "current-context: \"b\"  # mine\n"),
            ("current-context: 'a'' # b'\n", "current-context: \"b\"\n"),
            ("current-context: # none yet\n", "current-context: \"b\" # none yet\n"),
            ("current-context:\n", "current-context: \"b\"\n"),
            ("kind: Config", "kind: Config\ncurrent-context: \"b\"\n"),
        ] {
            let with = with_value(text, "current-context", &json!("b"));
            assert_eq!(with.as_deref(), Some(expected), "{text}");
        }
        for text in ["current-context: &a b\n", "current-context: |\n  a\n", "current-context: \"a\n  b\"\n"]
        {
            assert_eq!(with_value(text, "current-context", &json!("b")), None, "{text}");
        }
    }
}
