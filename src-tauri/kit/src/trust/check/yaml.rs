//! Trust policies in YAML: CloudFormation's. And Kubernetes' service accounts, whose names YAML may have broken.

use super::node::Node;
use super::read::{self, Document};

/// None: it is no YAML that could hold a policy.
pub(super) fn documents(text: &str) -> Option<Vec<Document>> {
    let nodes: Vec<Node> = serde_saphyr::from_multiple(text).ok()?;
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
