//! A kubeconfig with one more cluster: the same text with lines put in, judged by reading it again; else the same
//! things, written anew.

use super::entry::{Entry, is_ours};
use super::text;
use kube::config::Kubeconfig;
use serde_json::{Map, Value, json};

const CURRENT: &str = "current-context";

pub(super) struct Edited {
    pub(super) text: String,
    /// It was written anew, without the comments.
    pub(super) whole: bool,
}

/// # Errors
/// Why the file is left as it is, in words that complete "It was left as it is: …".
pub(super) fn edit(old: &str, entry: &Entry, current: bool) -> Result<Edited, String> {
    let before = read(old)?;
    let wanted = wanted(&before, entry, current)?;
    if wanted == before {
        return Ok(Edited { text: old.to_owned(), whole: false });
    }
    if before.as_object().is_some_and(Map::is_empty) {
        let text = old.to_owned() + &fresh(entry, current);
        if is(&text, &wanted) {
            return Ok(Edited { text, whole: false });
        }
    }
    if let Some(text) = put_in(old, &before, entry, current)
        && is(&text, &wanted)
    {
        return Ok(Edited { text, whole: false });
    }
    let text = serde_saphyr::to_string(&wanted).map_err(|_| "it cannot be written anew".to_owned())?;
    if !is(&text, &wanted) {
        return Err("it cannot be written anew without a change".to_owned());
    }
    Ok(Edited { text, whole: true })
}

/// Whether a text says that and nothing else, to kubectl, too.
fn is(text: &str, wanted: &Value) -> bool {
    read(text).is_ok_and(|read| read == *wanted)
}

/// Never with a piece of its text: tokens and keys stand in it.
fn read(text: &str) -> Result<Value, String> {
    let wrong = |error: &serde_saphyr::Error| match error.location() {
        Some(place) => format!("line {} is not how a kubeconfig is written", place.line()),
        None => "it is not written as a kubeconfig is".to_owned(),
    };
    let mut documents: Vec<Value> = serde_saphyr::from_multiple(text).map_err(|error| wrong(&error))?;
    if documents.len() > 1 {
        return Err("it holds several documents, of which kubectl reads one".to_owned());
    }
    let value = documents.pop().filter(|value| !value.is_null()).unwrap_or_else(|| json!({}));
    Kubeconfig::from_yaml(text).map_err(|_| "it is not written as a kubeconfig is".to_owned())?;
    match &value {
        Value::Object(all) if all.get("kind").is_none_or(|kind| kind == "Config") => Ok(value),
        _ => Err("it is something else than a kubeconfig".to_owned()),
    }
}

/// What it has to say afterwards.
fn wanted(before: &Value, entry: &Entry, current: bool) -> Result<Value, String> {
    let mut wanted = before.clone();
    if wanted.as_object().is_some_and(Map::is_empty) {
        wanted = json!({ "apiVersion": "v1", "kind": "Config" });
    }
    let users = before["users"].as_array();
    let ours =
        users.is_some_and(|users| users.iter().any(|user| user["name"] == entry.name && is_ours(user)));
    for (list, item) in entry.lists() {
        let place = &mut wanted[list];
        if place.is_null() {
            *place = json!([]);
        }
        let Some(items) = place.as_array_mut() else { return Err(format!("its {list} are no list")) };
        match items.iter_mut().find(|known| known["name"] == entry.name) {
            Some(known) if known == item => {}
            Some(known) if ours => *known = item.clone(),
            Some(_) => {
                return Err(format!(
                    "its {list} have another '{}' already; choose another name with --context",
                    entry.name
                ));
            }
            None => items.push(item.clone()),
        }
    }
    if current {
        wanted[CURRENT] = json!(entry.name);
    }
    Ok(wanted)
}

fn put_in(old: &str, before: &Value, entry: &Entry, current: bool) -> Option<String> {
    let mut text = old.to_owned();
    for (list, item) in entry.lists() {
        let known = before[list].as_array().is_some_and(|items| items.contains(item));
        if !known {
            text = text::with_item(&text, list, &entry.name, item)?;
        }
    }
    if current && before[CURRENT] != entry.name {
        text = text::with_value(&text, CURRENT, &entry.name)?;
    }
    Some(text)
}

/// A file of its own.
fn fresh(entry: &Entry, current: bool) -> String {
    let mut lines = vec!["apiVersion: v1".to_owned(), "kind: Config".to_owned()];
    for (list, item) in entry.lists() {
        lines.push(format!("{list}:"));
        lines.extend(text::item(item));
    }
    if current {
        lines.push(format!("{CURRENT}: {}", json!(entry.name)));
    }
    lines.join("\n") + "\n"
}
