//! What kubectl accepts as a kubeconfig: YAML 1.1, the kinds of values that client-go's types have, and names that are
//! there once. Unknown fields, missing names and nulls are accepted, as kubectl does.

use granit_parser::{Event, Parser, ScalarStyle, Tag};
use std::collections::BTreeMap;

/// As deep as anything is nested that a person or a program writes.
const DEPTH_LIMIT: usize = 400;
/// Aliases that stand for one another many times end here.
const SIZE_LIMIT: usize = 500_000;

/// Why kubectl refuses it: never with a piece of its text, for tokens and keys stand in it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NotAccepted {
    /// From one, where it is known.
    pub(crate) line: Option<usize>,
    /// A clause: "users.name is a number, and kubectl takes only text there".
    pub(crate) why: String,
}

#[derive(Debug, Clone)]
struct Item {
    line: usize,
    /// How many values it is, itself and all below it.
    size: usize,
    value: Value,
}

#[derive(Debug, Clone)]
enum Value {
    Null,
    Bool,
    Number,
    Text(String),
    List(Vec<Item>),
    Map(Vec<(String, Item)>),
}

/// What client-go's types have in the place of a value; null is accepted everywhere.
enum Shape {
    Text,
    Bool,
    /// Base64.
    Bytes,
    Anything,
    List(&'static Shape),
    /// A list of things with a name, each of which is there once.
    Named(&'static [(&'static str, Shape)]),
    Map(&'static Shape),
    Object(&'static [(&'static str, Shape)]),
}

const EXTENSIONS: Shape = Shape::Named(&[("name", Shape::Text), ("extension", Shape::Anything)]);
const TEXTS: Shape = Shape::List(&Shape::Text);

const CLUSTER: Shape = Shape::Object(&[
    ("server", Shape::Text),
    ("tls-server-name", Shape::Text),
    ("insecure-skip-tls-verify", Shape::Bool),
    ("certificate-authority", Shape::Text),
    ("certificate-authority-data", Shape::Bytes),
    ("proxy-url", Shape::Text),
    ("disable-compression", Shape::Bool),
    ("extensions", EXTENSIONS),
]);

const EXEC: Shape = Shape::Object(&[
    ("command", Shape::Text),
    ("args", TEXTS),
    ("env", Shape::List(&Shape::Object(&[("name", Shape::Text), ("value", Shape::Text)]))),
    ("apiVersion", Shape::Text),
    ("installHint", Shape::Text),
    ("provideClusterInfo", Shape::Bool),
    ("interactiveMode", Shape::Text),
]);

const USER: Shape = Shape::Object(&[
    ("client-certificate", Shape::Text),
    ("client-certificate-data", Shape::Bytes),
    ("client-key", Shape::Text),
    ("client-key-data", Shape::Bytes),
    ("token", Shape::Text),
    ("tokenFile", Shape::Text),
    ("as", Shape::Text),
    ("as-uid", Shape::Text),
    ("as-groups", TEXTS),
    ("as-user-extra", Shape::Map(&TEXTS)),
    ("username", Shape::Text),
    ("password", Shape::Text),
    ("auth-provider", Shape::Object(&[("name", Shape::Text), ("config", Shape::Map(&Shape::Text))])),
    ("exec", EXEC),
    ("extensions", EXTENSIONS),
]);

const CONTEXT: Shape = Shape::Object(&[
    ("cluster", Shape::Text),
    ("user", Shape::Text),
    ("namespace", Shape::Text),
    ("extensions", EXTENSIONS),
]);

const KUBECONFIG: Shape = Shape::Object(&[
    ("kind", Shape::Text),
    ("apiVersion", Shape::Text),
    ("preferences", Shape::Object(&[("colors", Shape::Bool), ("extensions", EXTENSIONS)])),
    ("clusters", Shape::Named(&[("name", Shape::Text), ("cluster", CLUSTER)])),
    ("users", Shape::Named(&[("name", Shape::Text), ("user", USER)])),
    ("contexts", Shape::Named(&[("name", Shape::Text), ("context", CONTEXT)])),
    ("current-context", Shape::Text),
    ("extensions", EXTENSIONS),
]);

/// # Errors
/// Why kubectl would not read it.
pub(crate) fn check(text: &str) -> Result<(), NotAccepted> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if let Some(at) = text.find(is_refused) {
        let line = 1 + text[..at].matches('\n').count();
        return Err(refused(Some(line), "there is a control character"));
    }
    let Some(root) = first_document(text)? else { return Ok(()) };
    let Value::Map(entries) = &root.value else {
        return match root.value {
            Value::Null => Ok(()),
            _ => Err(refused(Some(root.line), "it is not a kubeconfig")),
        };
    };
    for (key, right) in [("kind", "Config"), ("apiVersion", "v1")] {
        let value = entries.iter().rev().find(|(name, _)| name == key).map(|(_, item)| item);
        if let Some(Item { line, value: Value::Text(text), .. }) = value
            && !text.is_empty()
            && text != right
        {
            return Err(refused(Some(*line), &format!("its {key} is not {right}")));
        }
    }
    fits(&root, &KUBECONFIG, "")
}

fn refused(line: Option<usize>, why: &str) -> NotAccepted {
    NotAccepted { line, why: why.to_owned() }
}

/// What no YAML has, in the words of its first version.
fn is_refused(letter: char) -> bool {
    letter.is_control() && !matches!(letter, '\t' | '\n' | '\r' | '\u{85}')
        || matches!(letter, '\u{fffe}' | '\u{ffff}')
}

/// kubectl reads the first document and does not look at the others.
fn first_document(text: &str) -> Result<Option<Item>, NotAccepted> {
    /// A list or an object that is not whole yet: its line, its anchor, its items, a key that waits for its value.
    struct Unfinished {
        line: usize,
        anchor: usize,
        items: Option<Vec<Item>>,
        entries: Vec<(String, Item)>,
        key: Option<String>,
    }
    let mut stack: Vec<Unfinished> = vec![];
    let mut anchors: BTreeMap<usize, Item> = BTreeMap::new();
    let mut size = 0_usize;
    for event in Parser::new_from_str(text) {
        let (event, span) =
            event.map_err(|error| refused(Some(error.marker().line()), "that is not valid YAML"))?;
        let line = span.start.line();
        let (item, anchor) = match event {
            Event::DocumentStart(_, Some(version)) if (version.major, version.minor) != (1, 1) => {
                return Err(refused(Some(line), "it asks for another version of YAML than 1.1"));
            }
            Event::DocumentEnd | Event::StreamEnd => return Ok(None),
            Event::Scalar(text, style, anchor, tag) => {
                let value = scalar(&text, style, tag.as_deref());
                if matches!(value, Value::Number)
                    && text.trim_start_matches(['-', '+']).starts_with(['.', 'n', 'N'])
                    && text.ends_with(['f', 'F', 'n', 'N'])
                {
                    return Err(refused(Some(line), "a value is .inf or .nan, which kubectl refuses"));
                }
                (Item { line, size: 1, value }, anchor)
            }
            Event::Alias(anchor) => {
                let item =
                    anchors.get(&anchor).ok_or_else(|| refused(Some(line), "an alias refers to itself"))?;
                if size + item.size > SIZE_LIMIT {
                    return Err(refused(Some(line), "its aliases expand to too much"));
                }
                size += item.size;
                (item.clone(), 0)
            }
            Event::SequenceStart(_, anchor, _) | Event::MappingStart(_, anchor, _) => {
                let list = matches!(event, Event::SequenceStart(..));
                if stack.len() >= DEPTH_LIMIT {
                    return Err(refused(Some(line), "it is nested too deeply"));
                }
                let items = list.then(Vec::new);
                stack.push(Unfinished { line, anchor, items, entries: vec![], key: None });
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(done) = stack.pop() else { continue };
                let value = match done.items {
                    Some(items) => Value::List(items),
                    None => Value::Map(merged(done.entries)),
                };
                let below: usize = match &value {
                    Value::List(items) => items.iter().map(|item| item.size).sum(),
                    Value::Map(entries) => entries.iter().map(|(_, item)| item.size).sum(),
                    _ => 0,
                };
                (Item { line: done.line, size: 1 + below, value }, done.anchor)
            }
            _ => continue,
        };
        size += 1;
        if anchor != 0 {
            anchors.insert(anchor, item.clone());
        }
        let Some(open) = stack.last_mut() else { return Ok(Some(item)) };
        if let Some(items) = &mut open.items {
            items.push(item);
        } else if let Some(key) = open.key.take() {
            open.entries.push((key, item));
        } else {
            open.key = Some(match item.value {
                Value::Text(text) => text,
                // Kept as they are written; no field is called so.
                Value::Bool | Value::Number => String::new(),
                Value::Null | Value::List(_) | Value::Map(_) => {
                    return Err(refused(Some(line), "a key is not text"));
                }
            });
        }
    }
    Ok(None)
}

/// `<<: *base` adds what is not there.
fn merged(entries: Vec<(String, Item)>) -> Vec<(String, Item)> {
    let (merges, mut own): (Vec<_>, Vec<_>) = entries.into_iter().partition(|(key, _)| key == "<<");
    let mut add = |item: Item| {
        if let Value::Map(more) = item.value {
            for (key, value) in more {
                if !own.iter().any(|(known, _)| *known == key) {
                    own.push((key, value));
                }
            }
        }
    };
    for (_, item) in merges {
        match item.value {
            Value::List(items) => items.into_iter().for_each(&mut add),
            _ => add(item),
        }
    }
    own
}

/// What YAML 1.1 makes of it.
fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Value {
    let kind = tag.map(|tag| tag.suffix().to_owned());
    match kind.as_deref() {
        Some("str" | "binary") => return Value::Text(text.to_owned()),
        Some("null") => return Value::Null,
        Some("bool") => return Value::Bool,
        Some("int" | "float") => return Value::Number,
        _ => {}
    }
    if style != ScalarStyle::Plain {
        return Value::Text(text.to_owned());
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" | "true" | "True" | "TRUE" | "n" | "N"
        | "no" | "No" | "NO" | "off" | "Off" | "OFF" | "false" | "False" | "FALSE" => Value::Bool,
        text if is_number(text) => Value::Number,
        text => Value::Text(text.to_owned()),
    }
}

fn is_number(text: &str) -> bool {
    let bare = text.strip_prefix(['-', '+']).unwrap_or(text);
    if [".inf", ".Inf", ".INF"].contains(&bare) || [".nan", ".NaN", ".NAN"].contains(&text) {
        return true;
    }
    if !bare.starts_with(|letter: char| letter.is_ascii_digit() || letter == '.') {
        return false;
    }
    let plain = bare.replace('_', "");
    let of_base = |prefixes: [&str; 2], base: u32| {
        let digits = prefixes.iter().find_map(|prefix| plain.strip_prefix(prefix));
        digits.is_some_and(|digits| !digits.is_empty() && digits.chars().all(|digit| digit.is_digit(base)))
    };
    if of_base(["0x", "0X"], 16) || of_base(["0o", "0O"], 8) || of_base(["0b", "0B"], 2) {
        return true;
    }
    // Digits, a point, an exponent.
    let (mantissa, exponent) = match plain.find(['e', 'E']) {
        Some(at) => (&plain[..at], Some(&plain[at + 1..])),
        None => (plain.as_str(), None),
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent = exponent.is_none_or(|exponent| {
        let bare = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        !bare.is_empty() && digits(bare)
    });
    digits(whole) && digits(part) && !(whole.is_empty() && part.is_empty()) && exponent
}

fn fits(item: &Item, shape: &Shape, way: &str) -> Result<(), NotAccepted> {
    let wrong = |wanted: &str| {
        let kind = match &item.value {
            Value::Null => "nothing",
            Value::Bool => "true or false",
            Value::Number => "a number",
            Value::Text(_) => "text",
            Value::List(_) => "a list",
            Value::Map(_) => "an object",
        };
        refused(Some(item.line), &format!("{way} is {kind}, and kubectl takes only {wanted} there"))
    };
    let object = |fields: &'static [(&'static str, Shape)], item: &Item| match &item.value {
        Value::Null => Ok(()),
        Value::Map(entries) => {
            for (key, value) in entries {
                if let Some((name, shape)) = fields.iter().find(|(name, _)| name == key) {
                    let way = if way.is_empty() { (*name).to_owned() } else { format!("{way}.{name}") };
                    fits(value, shape, &way)?;
                }
            }
            Ok(())
        }
        _ => Err(wrong("an object")),
    };
    match (shape, &item.value) {
        (_, Value::Null) | (Shape::Anything, _) | (Shape::Bool, Value::Bool) => Ok(()),
        (Shape::Text, Value::Text(_)) => Ok(()),
        (Shape::Bytes, Value::Text(text)) if is_base64(text) => Ok(()),
        (Shape::Bytes, Value::Text(_)) => Err(refused(Some(item.line), &format!("{way} is not base64"))),
        (Shape::List(shape), Value::List(items)) => items.iter().try_for_each(|item| fits(item, shape, way)),
        (Shape::Map(shape), Value::Map(entries)) => {
            entries.iter().try_for_each(|(_, item)| fits(item, shape, way))
        }
        (Shape::Named(fields), Value::List(items)) => {
            let mut names: Vec<&str> = vec![];
            for one in items {
                match &one.value {
                    Value::Null | Value::Map(_) => object(fields, one)?,
                    _ => return Err(refused(Some(one.line), &format!("an item of {way} is not an object"))),
                }
                let name = match &one.value {
                    Value::Map(entries) => {
                        entries.iter().rev().find(|(key, _)| key == "name").map(|(_, item)| &item.value)
                    }
                    _ => None,
                };
                let name = if let Some(Value::Text(name)) = name { name.as_str() } else { "" };
                if names.contains(&name) {
                    return Err(refused(Some(one.line), &format!("{way} has two items of the same name")));
                }
                names.push(name);
            }
            Ok(())
        }
        (Shape::Object(fields), _) => object(fields, item),
        (Shape::Text, _) => Err(wrong("text; put it in quotes")),
        (Shape::Bool, _) => Err(wrong("true or false, without quotes")),
        (Shape::Bytes, _) => Err(wrong("base64 text")),
        (Shape::List(_) | Shape::Named(_), _) => Err(wrong("a list")),
        (Shape::Map(_), _) => Err(wrong("an object")),
    }
}

/// With its padding; line ends within it do not count.
fn is_base64(text: &str) -> bool {
    use base64::Engine as _;
    let joined: String = text.chars().filter(|letter| !matches!(letter, '\r' | '\n')).collect();
    base64::engine::general_purpose::GeneralPurpose::new(
        &base64::alphabet::STANDARD,
        base64::engine::GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
    )
    .decode(joined)
    .is_ok()
}

#[cfg(test)]
mod tests;
