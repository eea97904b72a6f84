//! Trust policies in YAML: CloudFormation's. And Kubernetes' service accounts, whose names YAML may have broken.

use super::node::Node;
use super::read::{self, Document, Unread};
use rolecall_core::problem::foreign;

/// # Errors
/// Where it stops to be YAML, or that it holds nothing to check.
pub(super) fn documents(text: &str) -> Result<Vec<Document>, Unread> {
    let nodes = parsed(text)?;
    let mut documents = vec![];
    nodes.iter().for_each(|node| read::found(node, &mut documents));
    if documents.is_empty() { Err(Unread::nothing()) } else { Ok(documents) }
}

/// On a stack of its own: as deep as YAML may be nested, it does not fit that of every thread.
fn parsed(text: &str) -> Result<Vec<Node>, Unread> {
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
    let metadata = |key: &str| node.get("metadata").and_then(|metadata| metadata.get(key));
    let name = metadata("name").and_then(Node::scalar).unwrap_or_else(|| "without a name".to_owned());
    let kind = node.get("kind").and_then(Node::scalar).unwrap_or_default();
    match metadata("namespace").and_then(Node::scalar) {
        Some(namespace) => format!("{kind} {namespace}/{name}"),
        None => format!("{kind} {name}"),
    }
}

/// CloudFormation's functions as what is known of them: `{"Ref": "X"}` is `${X}`, `{"Fn::Sub": "…"}` its text.
pub(super) fn without_functions(node: &Node) -> Node {
    match node {
        Node::Map(items) => match items.as_slice() {
            [(key, value)] if key == "Ref" || key.starts_with("Fn::") => {
                called(key, &without_functions(value))
            }
            items => {
                Node::Map(items.iter().map(|(key, value)| (key.clone(), without_functions(value))).collect())
            }
        },
        Node::List(items) => Node::List(items.iter().map(without_functions).collect()),
        other => other.clone(),
    }
}

fn called(function: &str, with: &Node) -> Node {
    let known = match (function, with) {
        ("Fn::Sub", Node::Text(text)) => Some(text.clone()),
        // The names in its second part are put in for `${…}` of the first, which stays as it is.
        ("Fn::Sub", Node::List(parts)) => parts.first().and_then(Node::text).map(str::to_owned),
        ("Ref", Node::Text(name)) => return Node::Unknown(name.clone()),
        ("Fn::GetAtt" | "Fn::ImportValue", Node::Text(name)) => return Node::Unknown(name.clone()),
        ("Fn::GetAtt", Node::List(parts)) => {
            let parts: Vec<&str> = parts.iter().filter_map(Node::text).collect();
            return Node::Unknown(parts.join("."));
        }
        ("Fn::Join", Node::List(parts)) => match parts.as_slice() {
            [Node::Text(between), Node::List(parts)] => {
                let parts: Option<Vec<String>> = parts.iter().map(Node::scalar).collect();
                parts.map(|parts| parts.join(between))
            }
            _ => None,
        },
        _ => None,
    };
    let first = with.items().first().and_then(Node::text).filter(|text| !text.is_empty());
    let what = || first.map_or(function.to_owned(), |first| format!("{function} {first}"));
    known.map_or_else(|| Node::Unknown(what()), Node::Text)
}
