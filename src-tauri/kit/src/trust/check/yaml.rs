//! Trust policies in YAML: CloudFormation's. And Kubernetes' service accounts, whose names YAML may have broken.

use super::node::Node;
use super::read::{self, Document, Unread};
use rolecall_core::problem::foreign;
use std::borrow::Cow;

/// # Errors
/// Where it stops to be YAML, or that it holds nothing to check.
pub(super) fn documents(text: &str) -> Result<Vec<Document>, Unread> {
    let nodes: Vec<Node> =
        serde_saphyr::from_multiple(&with_references(text)).map_err(|error| not_yaml(&error))?;
    let mut documents = vec![];
    nodes.iter().for_each(|node| read::found(node, &mut documents));
    if documents.is_empty() { Err(Unread::nothing()) } else { Ok(documents) }
}

/// Whether a person would call it so: some line begins a policy, a template or an object.
pub(super) fn looks_like(text: &str) -> bool {
    const KEYS: [&str; 6] = [
        "AWSTemplateFormatVersion:",
        "AssumeRolePolicyDocument:",
        "Statement:",
        "Resources:",
        "apiVersion:",
        "kind:",
    ];
    text.lines().any(|line| KEYS.iter().any(|key| line.trim_start_matches([' ', '-']).starts_with(key)))
}

fn not_yaml(error: &serde_saphyr::Error) -> Unread {
    let at = error.location().map(|place| (place.line() as usize, place.column() as usize));
    let why = error.without_snippet().to_string();
    let why = why.lines().next().and_then(|line| line.split(" at line ").next()).unwrap_or_default();
    Unread { at, why: format!("as YAML, {}", foreign(why)) }
}

/// `ServiceAccount shop/web`.
pub(super) fn named(node: &Node) -> String {
    let metadata = |key: &str| node.get("metadata").and_then(|metadata| metadata.get(key));
    let name = metadata("name").and_then(Node::scalar).unwrap_or_else(|| "without a name".to_owned());
    let kind = node.get("kind").and_then(Node::scalar).unwrap_or_default();
    match metadata("namespace").and_then(Node::scalar) {
        Some(namespace) => format!("{kind} {namespace}/{name}"),
        None => format!("{kind} {name}"),
    }
}

/// CloudFormation's `!Ref X` as `"${X}"`: what it is, is not known here. `!Sub` needs no more than its text.
fn with_references(text: &str) -> Cow<'_, str> {
    const TAGS: [&str; 3] = ["!Ref ", "!GetAtt ", "!ImportValue "];
    if !TAGS.iter().any(|tag| text.contains(tag)) {
        return Cow::Borrowed(text);
    }
    let line = |line: &str| {
        let Some((tag, at)) = TAGS.iter().find_map(|tag| line.find(tag).map(|at| (tag, at))) else {
            return line.to_owned();
        };
        let (before, after) = (&line[..at], &line[at + tag.len()..]);
        let end = after.find([',', ']', '}', '#', ' ']).unwrap_or(after.len());
        let name = after[..end].trim().trim_matches(['"', '\'']);
        format!("{before}\"${{{name}}}\"{}", &after[end..])
    };
    Cow::Owned(text.lines().map(line).collect::<Vec<_>>().join("\n"))
}

/// The same for the long form: `{"Ref": "X"}`, `{"Fn::Sub": "…"}`.
pub(super) fn without_functions(node: &Node) -> Node {
    match node {
        Node::Map(items) => match items.as_slice() {
            [(key, Node::Text(text))] if key == "Fn::Sub" => Node::Text(text.clone()),
            [(key, value)] if key == "Ref" || key.starts_with("Fn::") => {
                Node::Unknown(value.scalar().unwrap_or_else(|| key.clone()))
            }
            items => {
                Node::Map(items.iter().map(|(key, value)| (key.clone(), without_functions(value))).collect())
            }
        },
        Node::List(items) => Node::List(items.iter().map(without_functions).collect()),
        other => other.clone(),
    }
}
