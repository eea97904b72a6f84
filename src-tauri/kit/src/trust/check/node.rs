//! JSON, YAML or Terraform as one tree that forgets nothing: order, and keys that stand twice.

use super::pieces;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::Tagged;
use std::fmt;

/// A value. What only Terraform or AWS knows stands in texts as `${…}`.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    Null,
    Bool(bool),
    /// As it was written, nearly.
    Number(String),
    Text(String),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
    /// A text that holds this as JSON: what `jsonencode` makes.
    Json(Box<Node>),
    /// An expression of Terraform whose value is not in the file, of whatever kind.
    Unknown(String),
}

impl Node {
    /// The value of a key; of one that stands twice the last, as AWS and JSON readers take it.
    pub(super) fn get(&self, key: &str) -> Option<&Node> {
        match self {
            Self::Map(items) => items.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value),
            _ => None,
        }
    }

    pub(super) fn is_of_kubernetes(&self) -> bool {
        self.get("kind").is_some() && self.get("metadata").is_some()
    }

    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// One value or a list of them, as policies allow in most places.
    pub(super) fn items(&self) -> &[Node] {
        match self {
            Self::List(items) => items,
            one => std::slice::from_ref(one),
        }
    }

    /// A value that counts as text: booleans and numbers do, in conditions.
    pub(super) fn scalar(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.clone()),
            Self::Bool(value) => Some(value.to_string()),
            Self::Number(number) => Some(number.clone()),
            Self::Unknown(expression) => Some(format!("${{{expression}}}")),
            Self::Json(value) => Some(value.json()),
            Self::Null | Self::List(_) | Self::Map(_) => None,
        }
    }

    /// As JSON; what is not known stands there as `${…}`, as it is written in the file.
    pub(super) fn json(&self) -> String {
        let text = |text: &str| {
            let parts = pieces::pieces(text).into_iter().map(|piece| match piece {
                pieces::Piece::Written(text) => escaped(text),
                pieces::Piece::Open(inner) => format!("${{{inner}}}"),
            });
            format!("\"{}\"", parts.collect::<String>())
        };
        match self {
            Self::Null => "null".to_owned(),
            Self::Bool(value) => value.to_string(),
            Self::Number(number) => number.clone(),
            Self::Text(value) => text(value),
            Self::List(items) => {
                format!("[{}]", items.iter().map(Self::json).collect::<Vec<_>>().join(", "))
            }
            Self::Map(items) => {
                let item = |(key, value): &(String, Self)| format!("{}: {}", text(key), value.json());
                format!("{{{}}}", items.iter().map(item).collect::<Vec<_>>().join(", "))
            }
            Self::Json(value) => text(&value.json()),
            Self::Unknown(expression) => format!("${{{expression}}}"),
        }
    }

    /// Within a policy, what `jsonencode` makes is a text like any other.
    pub(super) fn with_json_as_text(&self) -> Self {
        match self {
            Self::Json(value) => Self::Text(value.json()),
            Self::List(items) => Self::List(items.iter().map(Self::with_json_as_text).collect()),
            Self::Map(items) => {
                Self::Map(items.iter().map(|(key, value)| (key.clone(), value.with_json_as_text())).collect())
            }
            other => other.clone(),
        }
    }

    /// Whether a part of it is not in the file.
    pub(super) fn is_unfinished(&self) -> bool {
        match self {
            Self::Unknown(_) => true,
            Self::Text(text) => pieces::is_unfinished(text),
            Self::Json(value) => value.is_unfinished(),
            Self::List(items) => items.iter().any(Self::is_unfinished),
            Self::Map(items) => {
                items.iter().any(|(key, value)| pieces::is_unfinished(key) || value.is_unfinished())
            }
            Self::Null | Self::Bool(_) | Self::Number(_) => false,
        }
    }

    /// What it is, in a sentence: "a list".
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "true or false",
            Self::Number(_) => "a number",
            Self::Text(_) | Self::Json(_) => "a text",
            Self::List(_) => "a list",
            Self::Map(_) => "an object",
            Self::Unknown(_) => "not known here",
        }
    }

    /// Keys that stand twice in one object, each with the way to it: `Statement[0].Condition`.
    pub(super) fn duplicates(&self) -> Vec<(String, String)> {
        let mut found = vec![];
        self.walk(&mut String::new(), &mut found);
        found
    }

    fn walk(&self, way: &mut String, found: &mut Vec<(String, String)>) {
        let length = way.len();
        match self {
            Self::Map(items) => {
                let mut seen = std::collections::BTreeMap::new();
                for (key, value) in items {
                    // Each stands for keys that are not in the file.
                    if pieces::whole(key).is_some() && matches!(value, Self::Unknown(_)) {
                        continue;
                    }
                    let times = seen.entry(key.as_str()).or_insert(0_u32);
                    *times += 1;
                    if *times == 2 {
                        found.push((key.clone(), way.clone()));
                    }
                    if !way.is_empty() {
                        way.push('.');
                    }
                    way.push_str(key);
                    value.walk(way, found);
                    way.truncate(length);
                }
            }
            Self::List(items) => {
                for (number, item) in items.iter().enumerate() {
                    way.push_str(&format!("[{number}]"));
                    item.walk(way, found);
                    way.truncate(length);
                }
            }
            _ => {}
        }
    }
}

/// A text as it stands between the quotes of JSON.
pub(super) fn escaped(text: &str) -> String {
    let quoted = serde_json::Value::String(text.to_owned()).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Tagged(Untagged(node), tag) = Tagged::deserialize(deserializer)?;
        Ok(match tag.as_deref().and_then(function) {
            Some(function) => Self::Map(vec![(function, node)]),
            None => node,
        })
    }
}

/// The long form of one of CloudFormation's tags: `Fn::If` of `!If`.
fn function(tag: &str) -> Option<String> {
    match tag.strip_prefix('!')? {
        "Ref" => Some("Ref".to_owned()),
        name @ ("And" | "Base64" | "Cidr" | "Condition" | "Equals" | "FindInMap" | "GetAZs" | "GetAtt"
        | "If" | "ImportValue" | "Join" | "Length" | "Not" | "Or" | "Select" | "Split" | "Sub"
        | "ToJsonString" | "Transform") => Some(format!("Fn::{name}")),
        _ => None,
    }
}

/// A value, whatever YAML's tag says of it.
struct Untagged(Node);

impl<'de> Deserialize<'de> for Untagged {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Tree).map(Self)
    }
}

struct Tree;

impl<'de> Visitor<'de> for Tree {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_none<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        Node::deserialize(deserializer)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Number(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Number(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
        Ok(Node::Number(format!("{value:?}")))
    }

    fn visit_str<E>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Node, E> {
        Ok(Node::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Node, A::Error> {
        let mut items = vec![];
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Node::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut items = vec![];
        while let Some((key, value)) = map.next_entry::<Node, Node>()? {
            let key = key.scalar().unwrap_or_else(|| "null".to_owned());
            items.push((key, value));
        }
        Ok(Node::Map(items))
    }
}
