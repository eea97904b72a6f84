//! Trust policies in YAML: CloudFormation's. And Kubernetes' service accounts, whose names YAML may have broken.

use super::node::Node;
use super::read::{self, Document};
use std::borrow::Cow;

/// None: it is no YAML that could hold a policy.
pub(super) fn documents(text: &str) -> Option<Vec<Document>> {
    let nodes: Vec<Node> = serde_saphyr::from_multiple(&with_references(text)).ok()?;
    if !nodes.iter().any(|node| matches!(node, Node::Map(_))) {
        return None;
    }
    let mut documents = vec![];
    for node in &nodes {
        if node.get("Statement").is_some() {
            documents.push(Document::new(None, node.clone()));
        } else if node.get("kind").is_some() && node.get("metadata").is_some() {
            documents.push(Document::new(Some(named(node)), node.clone()));
        } else {
            read::below(node, &mut documents);
        }
    }
    if documents.is_empty() { None } else { Some(documents) }
}

/// `ServiceAccount shop/web`.
fn named(node: &Node) -> String {
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
