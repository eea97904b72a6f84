//! The functions of Terraform that people write policies with.

use super::known::Known;
use super::value::node;
use crate::trust::check::node::Node;
use crate::trust::check::pieces::{Piece, open, pieces};
use crate::trust::check::read;
use hcl::edit::expr::{Expression, FuncCall};
use regex::Regex;

/// What a call gives; none where that is not known.
pub(super) fn called(call: &FuncCall, known: &Known<'_>) -> Option<Node> {
    if call.name.is_namespaced() {
        return None;
    }
    let name = call.name.name.as_str();
    if name == "coalesce" || name == "try" || name == "coalescelist" {
        return first_known(call, known);
    }
    let arguments = arguments(call, known)?;
    let argument = |number: usize| arguments.get(number);
    let text = |number: usize| argument(number).and_then(text_of);
    Some(match name {
        "jsonencode" => Node::Json(Box::new(argument(0)?.clone())),
        "jsondecode" => match argument(0)? {
            Node::Json(inner) => (**inner).clone(),
            Node::Text(text) => {
                read::parsed(text).ok().or_else(|| crate::trust::check::json_with_holes::parsed(text))?
            }
            _ => return None,
        },
        "sensitive" | "nonsensitive" | "tostring" | "tomap" | "tonumber" | "tobool" => argument(0)?.clone(),
        "concat" | "setunion" => Node::List(arguments.iter().flat_map(Node::items).cloned().collect()),
        "flatten" => {
            let mut items = vec![];
            flatten(argument(0)?, &mut items);
            Node::List(items)
        }
        "tolist" | "toset" | "sort" | "distinct" | "reverse" => {
            let mut items: Vec<Node> = vec![];
            for item in argument(0)?.items() {
                if !items.contains(item) {
                    items.push(item.clone());
                }
            }
            Node::List(items)
        }
        "compact" => {
            let empty = |item: &&Node| !matches!(item, Node::Null) && item.text() != Some("");
            Node::List(argument(0)?.items().iter().filter(empty).cloned().collect())
        }
        "merge" => merged(&arguments),
        "keys" => match argument(0)? {
            Node::Map(items) => Node::List(items.iter().map(|(key, _)| Node::Text(key.clone())).collect()),
            _ => return None,
        },
        "values" => match argument(0)? {
            Node::Map(items) => Node::List(items.iter().map(|(_, value)| value.clone()).collect()),
            // The blocks of one for_each.
            list @ Node::List(_) => list.clone(),
            _ => return None,
        },
        "lookup" => match argument(0)? {
            map @ Node::Map(items) if items.iter().all(|(key, _)| !open(key)) => {
                map.get(&text(1)?).or(argument(2))?.clone()
            }
            _ => return None,
        },
        "element" => match (argument(0)?, argument(1)?) {
            (Node::List(items), Node::Number(number)) if !items.is_empty() => {
                items.get(number.parse::<usize>().ok()? % items.len())?.clone()
            }
            (Node::List(items), Node::Unknown(_)) if items.len() == 1 => items.first()?.clone(),
            _ => return None,
        },
        "one" => match argument(0)? {
            Node::List(items) if items.len() <= 1 => items.first().cloned().unwrap_or(Node::Null),
            Node::Unknown(_) | Node::List(_) => return None,
            one => one.clone(),
        },
        "join" => {
            let items: Vec<&Node> = arguments.get(1..)?.iter().flat_map(Node::items).collect();
            match items.as_slice() {
                // As one JSON text stays one.
                [only] => match only {
                    Node::Json(_) | Node::Text(_) => (*only).clone(),
                    _ => return None,
                },
                items => {
                    let parts: Option<Vec<String>> = items.iter().map(|item| item.scalar()).collect();
                    Node::Text(parts?.join(&text(0)?))
                }
            }
        }
        "split" => {
            let (separator, whole) = (text(0)?, text(1)?);
            if open(&whole) || separator.is_empty() {
                return None;
            }
            Node::List(whole.split(separator.as_str()).map(|part| Node::Text(part.to_owned())).collect())
        }
        "format" => Node::Text(formatted(&text(0)?, arguments.get(1..)?)?),
        "formatlist" => {
            let rest = arguments.get(1..)?;
            let lists = || {
                rest.iter().filter_map(|part| if let Node::List(items) = part { Some(items) } else { None })
            };
            let count = lists().map(Vec::len).min()?;
            let whole = lists().flatten().all(|item| !matches!(item, Node::Unknown(_)));
            if !whole {
                return None;
            }
            let one = |number: usize| {
                let parts: Vec<Node> = rest
                    .iter()
                    .map(|part| match part {
                        Node::List(items) => items.get(number).cloned().unwrap_or(Node::Null),
                        other => other.clone(),
                    })
                    .collect();
                formatted(&text(0)?, &parts).map(Node::Text)
            };
            Node::List((0..count).map(one).collect::<Option<Vec<_>>>()?)
        }
        "replace" => Node::Text(replaced(&text(0)?, &text(1)?, &text(2)?)?),
        "trimprefix" => {
            let (whole, prefix) = (text(0)?, text(1)?);
            Node::Text(whole.strip_prefix(prefix.as_str()).unwrap_or(&whole).to_owned())
        }
        "trimsuffix" => {
            let (whole, suffix) = (text(0)?, text(1)?);
            Node::Text(whole.strip_suffix(suffix.as_str()).unwrap_or(&whole).to_owned())
        }
        "trim" => {
            let letters: Vec<char> = text(1)?.chars().collect();
            Node::Text(text(0)?.trim_matches(letters.as_slice()).to_owned())
        }
        "trimspace" | "chomp" => match argument(0)? {
            json @ Node::Json(_) => json.clone(),
            other => Node::Text(text_of(other)?.trim().to_owned()),
        },
        "lower" => Node::Text(outside_of_holes(&text(0)?, str::to_lowercase)),
        "upper" => Node::Text(outside_of_holes(&text(0)?, str::to_uppercase)),
        _ => return None,
    })
}

/// The arguments, the last one spread out where `...` says so; none where that one is not known.
fn arguments(call: &FuncCall, known: &Known<'_>) -> Option<Vec<Node>> {
    let mut arguments: Vec<Node> = call.args.iter().map(|argument| node(argument, known)).collect();
    if call.args.expand_final() {
        match arguments.pop()? {
            Node::List(items) => arguments.extend(items),
            other => arguments.push(Node::Unknown(match other {
                Node::Unknown(what) => what,
                other => other.kind().to_owned(),
            })),
        }
    }
    Some(arguments)
}

/// `coalesce` and `try`: the first that is there. One before it that is not known may be it in its place.
fn first_known(call: &FuncCall, known: &Known<'_>) -> Option<Node> {
    let written = |value: &Expression| super::value::written(value);
    let mut passed: Vec<String> = vec![];
    for argument in call.args.iter() {
        match node(argument, known) {
            Node::Null => {}
            Node::Text(text) if text.is_empty() => {}
            Node::List(items) if items.is_empty() && call.name.name.as_str() == "coalescelist" => {}
            Node::Unknown(_) => passed.push(written(argument)),
            found => {
                for other in passed {
                    known.note(format!(
                        "{other} may be in its place; it is not in this file and was not judged."
                    ));
                }
                return Some(found);
            }
        }
    }
    None
}

fn text_of(node: &Node) -> Option<String> {
    match node {
        Node::Unknown(_) => None,
        node => node.scalar(),
    }
}

fn flatten(node: &Node, into: &mut Vec<Node>) {
    match node {
        Node::List(items) => items.iter().for_each(|item| flatten(item, into)),
        other => into.push(other.clone()),
    }
}

/// What is not known of it stays as a part of its own.
fn merged(parts: &[Node]) -> Node {
    let mut items: Vec<(String, Node)> = vec![];
    for part in parts {
        match part {
            Node::Map(more) => {
                items.retain(|(key, _)| !more.iter().any(|(other, _)| other == key));
                items.extend(more.iter().cloned());
            }
            Node::Null => {}
            Node::Unknown(what) => items.push((format!("${{{what}}}"), Node::Unknown(what.clone()))),
            other => return Node::Unknown(format!("merge of {}", other.kind())),
        }
    }
    Node::Map(items)
}

/// Between slashes it is a regular expression, as in Terraform.
fn replaced(text: &str, what: &str, with: &str) -> Option<String> {
    let pattern =
        what.strip_prefix('/').and_then(|rest| rest.strip_suffix('/')).filter(|rest| !rest.is_empty());
    let Some(pattern) = pattern else { return Some(text.replace(what, with)) };
    // What a pattern makes of a part that is not known is not known; at the beginning it takes what is written there.
    let regex = Regex::new(pattern).ok()?;
    if !open(text) {
        return Some(regex.replace_all(text, with).into_owned());
    }
    if pattern.contains(['$', '*', '+', '|']) {
        return None;
    }
    let anchored = pattern.starts_with('^');
    let part = |(number, piece): (usize, Piece<'_>)| match piece {
        Piece::Written(text) if number == 0 || !anchored => regex.replace_all(text, with).into_owned(),
        Piece::Written(text) => text.to_owned(),
        Piece::Open(inner) => format!("${{{inner}}}"),
    };
    Some(pieces(text).into_iter().enumerate().map(part).collect())
}

/// `%s`, `%v`, `%d`, `%q` and the same by number: `%[1]s`.
fn formatted(format: &str, arguments: &[Node]) -> Option<String> {
    let (mut text, mut rest, mut next) = (String::new(), format, 0);
    while let Some(at) = rest.find('%') {
        text.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('%') {
            text.push('%');
            rest = after;
            continue;
        }
        if let Some((number, after)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            next = number.parse::<usize>().ok()?.checked_sub(1)?;
            rest = after;
        }
        let verb = rest.chars().next()?;
        let argument = arguments.get(next)?;
        next += 1;
        let value = match argument {
            Node::List(_) | Node::Map(_) | Node::Null => return None,
            other => other.scalar()?,
        };
        match verb {
            's' | 'v' | 'd' => text.push_str(&value),
            'q' => text.push_str(&format!("\"{}\"", crate::trust::check::node::escaped(&value))),
            _ => return None,
        }
        rest = &rest[verb.len_utf8()..];
    }
    text.push_str(rest);
    Some(text)
}

fn outside_of_holes(text: &str, change: fn(&str) -> String) -> String {
    let part = |piece: Piece<'_>| match piece {
        Piece::Written(text) => change(text),
        Piece::Open(inner) => format!("${{{inner}}}"),
    };
    pieces(text).into_iter().map(part).collect()
}
