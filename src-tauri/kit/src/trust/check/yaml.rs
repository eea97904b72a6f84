//! Trust policies in YAML: of CloudFormation, of objects of Kubernetes. And service accounts, whose names YAML may have
//! broken.

use super::find::{self, Found};
use super::node::Node;
use super::pieces;
use super::read::Unread;
use rolecall_core::problem::foreign;

/// # Errors
/// Where it stops to be YAML, or that it holds nothing to check.
pub(super) fn documents(text: &str) -> Result<Found, Unread> {
    let nodes = parsed(text)?;
    let documents: Vec<_> = nodes.iter().flat_map(find::policies).collect();
    if documents.is_empty() {
        return Err(Unread::nothing());
    }
    Ok(Found { documents, client_ids: nodes.iter().flat_map(find::client_ids).collect() })
}

/// On a stack of its own: as deep as YAML may be nested, it does not fit that of every thread.
pub(super) fn parsed(text: &str) -> Result<Vec<Node>, Unread> {
    const STACK: usize = 32 * 1024 * 1024;
    let failed = || Unread { at: None, why: "as YAML, it cannot be read on this computer".to_owned() };
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK);
        let read = || serde_saphyr::from_multiple(text).map_err(|error| not_yaml(&error));
        thread.spawn_scoped(scope, read).map_err(|_| failed())?.join().map_err(|_| failed())?
    })
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
    let metadata = |key: &str| {
        let value = node.get("metadata").and_then(|metadata| metadata.get(key))?.scalar()?;
        Some(pieces::bare(&value).to_owned())
    };
    let name = metadata("name").unwrap_or_else(|| "without a name".to_owned());
    let kind = node.get("kind").and_then(Node::scalar).unwrap_or_default();
    match metadata("namespace") {
        Some(namespace) => format!("{kind} {namespace}/{name}"),
        None => format!("{kind} {name}"),
    }
}
