//! A kubeconfig with one more cluster: the same text with lines put in, judged by reading it again; else the same
//! things, written anew where that loses nothing.

use super::accepted::{self, NotAccepted};
use super::entry::is_ours;
use super::plain::is_plain;
use super::text::{self, Spot};
use serde_json::{Map, Value, json};

pub(super) const CURRENT: &str = "current-context";

const CORRECT: &str = "Correct that file; `kubectl config view` must be able to read it, too. Or write another with --kubeconfig.";
const ANOTHER_NAME: &str = "Choose another name with --context.";
const ANOTHER_FILE: &str =
    "Write a file of its own with --kubeconfig FILE, and name that in KUBECONFIG, too.";

/// What one file is to say.
pub(super) struct Part<'a> {
    /// Of the context, the cluster and the user.
    pub(super) name: &'a str,
    /// The lists, and what goes into each.
    pub(super) lists: Vec<(&'static str, &'a Value)>,
    /// The user of that name is one that was written here.
    pub(super) ours: bool,
    pub(super) current: bool,
}

#[derive(Debug)]
pub(super) struct Edited {
    pub(super) text: String,
    /// It was written anew.
    pub(super) whole: bool,
}

/// Why a file is left as it is.
#[derive(Debug)]
pub(super) struct Refused {
    /// Completes "It was left as it is: …".
    pub(super) why: String,
    pub(super) help: &'static str,
}

pub(super) fn edit(old: &str, part: &Part<'_>) -> Result<Edited, Refused> {
    let before = read(old)?;
    let wanted = wanted(&before, part)?;
    if wanted == before {
        return Ok(Edited { text: old.to_owned(), whole: false });
    }
    let nothing = before.as_object().is_some_and(Map::is_empty);
    let text = if nothing { Some(fresh(old, part)) } else { put_in(old, &before, &wanted, part) };
    if let Some(text) = text.filter(|text| is(text, &wanted)) {
        return Ok(Edited { text, whole: false });
    }
    if !is_plain(old) {
        let why =
            "nothing can be put into it, and its comments and anchors would be lost if it were written anew";
        return Err(Refused { why: why.to_owned(), help: ANOTHER_FILE });
    }
    let text = serde_saphyr::to_string(&wanted).ok().filter(|text| is(text, &wanted));
    let changed =
        || Refused { why: "it cannot be written anew without a change".to_owned(), help: ANOTHER_FILE };
    Ok(Edited { text: text.ok_or_else(changed)?, whole: true })
}

/// Whether a text says that and nothing else, to kubectl, too.
fn is(text: &str, wanted: &Value) -> bool {
    read(text).is_ok_and(|read| read == *wanted)
}

/// What kubectl refuses is refused, and beside it what would not be what it seems: keys that stand twice, and several
/// documents. Never with a piece of its text: tokens and keys stand in it.
pub(super) fn read(text: &str) -> Result<Value, Refused> {
    let wrong = |why: &str| Refused { why: why.to_owned(), help: CORRECT };
    accepted::check(text).map_err(|NotAccepted { line, why }| match line {
        Some(line) => wrong(&format!("line {line} is not how a kubeconfig is written: {why}")),
        None => wrong(&why),
    })?;
    let documents: Result<Vec<Value>, _> = serde_saphyr::from_multiple(text);
    let documents = documents.map_err(|error| match error.location() {
        Some(place) => wrong(&format!("line {} is not how a kubeconfig is written", place.line())),
        None => wrong("it is not written as a kubeconfig is"),
    })?;
    let mut documents = documents.into_iter();
    let value = documents.next().filter(|value| !value.is_null()).unwrap_or_else(|| json!({}));
    if documents.any(|other| !other.is_null()) {
        return Err(wrong("it has several documents, and kubectl reads only one"));
    }
    match &value {
        Value::Object(_) => Ok(value),
        _ => Err(wrong("it is not a kubeconfig")),
    }
}

/// Which item of a list has that name.
pub(super) fn find(all: &Value, list: &str, name: &str) -> Option<usize> {
    all[list].as_array()?.iter().position(|item| item["name"] == name)
}

/// What it has to say afterwards.
fn wanted(before: &Value, part: &Part<'_>) -> Result<Value, Refused> {
    let mut wanted = before.clone();
    if wanted.as_object().is_some_and(Map::is_empty) {
        wanted = json!({ "apiVersion": "v1", "kind": "Config" });
    }
    for (list, item) in &part.lists {
        let place = &mut wanted[list];
        if place.is_null() {
            *place = json!([]);
        }
        let Some(items) = place.as_array_mut() else {
            return Err(Refused { why: format!("its {list} are no list"), help: CORRECT });
        };
        match items.iter_mut().find(|known| known["name"] == part.name) {
            Some(known) if may_change(list, known, item, part.ours) => merge(known, item),
            Some(_) => {
                let why = format!("its {list} have another '{}' already", part.name);
                return Err(Refused { why, help: ANOTHER_NAME });
            }
            None => items.push((*item).clone()),
        }
    }
    if part.current {
        wanted[CURRENT] = json!(part.name);
    }
    Ok(wanted)
}

/// Whether an item of our name is ours, or says the same of what counts.
fn may_change(list: &str, known: &Value, item: &Value, ours: bool) -> bool {
    let same = |of: &str, keys: [&str; 2]| keys.iter().all(|key| known[of][*key] == item[of][*key]);
    match list {
        "users" => is_ours(known),
        _ if ours => true,
        "clusters" => same("cluster", ["server", "certificate-authority-data"]),
        _ => same("context", ["cluster", "user"]),
    }
}

/// What is ours is said; what somebody added stays.
fn merge(known: &mut Value, ours: &Value) {
    match (known, ours) {
        (Value::Object(known), Value::Object(ours)) => {
            for (key, value) in ours {
                merge(known.entry(key).or_insert(Value::Null), value);
            }
        }
        (known, ours) => *known = ours.clone(),
    }
}

/// The values that differ, each with its path.
fn changes<'v>(known: &Value, ours: &'v Value) -> Vec<(Vec<&'v str>, &'v Value)> {
    match (known, ours) {
        (Value::Object(known), Value::Object(ours)) => {
            let below = |(key, value): (&'v String, &'v Value)| {
                let inner = changes(known.get(key).unwrap_or(&Value::Null), value);
                inner.into_iter().map(move |(mut path, value)| {
                    path.insert(0, key.as_str());
                    (path, value)
                })
            };
            ours.iter().flat_map(below).collect()
        }
        (known, ours) if known == ours => vec![],
        (_, ours) => vec![(vec![], ours)],
    }
}

fn put_in(old: &str, before: &Value, wanted: &Value, part: &Part<'_>) -> Option<String> {
    let mut text = old.to_owned();
    for (list, item) in &part.lists {
        let Some(number) = find(before, list, part.name) else {
            text = text::with_item(&text, list, item)?;
            continue;
        };
        let values = changes(&before[list][number], item);
        if !values.is_empty() {
            let spot = Spot { list, number, of: before[list].as_array().map_or(0, Vec::len) };
            text = text::with_values(&text, spot, &values)
                .or_else(|| text::with_new_item(&text, spot, &wanted[list][number]))?;
        }
    }
    if part.current && before[CURRENT] != part.name {
        text = text::with_value(&text, CURRENT, &json!(part.name))?;
    }
    Some(text)
}

/// A file of its own, behind the comments that may stand there.
fn fresh(old: &str, part: &Part<'_>) -> String {
    let mut lines = vec!["apiVersion: v1".to_owned(), "kind: Config".to_owned()];
    for (list, item) in &part.lists {
        lines.push(format!("{list}:"));
        lines.extend(text::item(item));
    }
    if part.current {
        lines.push(format!("{CURRENT}: {}", json!(part.name)));
    }
    let end = if old.is_empty() || old.ends_with('\n') { "" } else { "\n" };
    format!("{old}{end}{}\n", lines.join("\n"))
}
