//! `data "aws_iam_policy_document"`, read as the policy that it makes.

use super::known::Known;
use super::value;
use crate::trust::check::node::Node;
use hcl::edit::structure::{Block, Body};

/// The policy, with a part of its own for each that is not in the file.
pub(super) fn policy(block: &Block, known: &Known<'_>) -> Node {
    let body = &block.body;
    let version = attribute(body, "version", known).unwrap_or_else(|| Node::Text("2012-10-17".to_owned()));
    let mut statements: Vec<Node> =
        body.get_blocks("statement").map(|block| statement(&block.body, known)).collect();
    statements.extend(dynamic(body, "statement"));
    for other in ["source_policy_documents", "override_policy_documents", "source_json", "override_json"] {
        if body.has_attribute(other) {
            statements.push(Node::Unknown(format!("what {other} adds")));
        }
    }
    Node::Map(vec![("Version".to_owned(), version), ("Statement".to_owned(), Node::List(statements))])
}

/// What dynamic blocks make, which only Terraform knows: `dynamic "statement" over var.providers`.
fn dynamic<'a>(body: &'a Body, kind: &'a str) -> impl Iterator<Item = Node> + 'a {
    let blocks = body.get_blocks("dynamic").filter(move |block| super::label(block, 0) == Some(kind));
    blocks.map(move |block| {
        let over = block.body.get_attribute("for_each").map(|each| value::written(&each.value));
        Node::Unknown(format!("dynamic \"{kind}\" over {}", over.unwrap_or_default()))
    })
}

/// The same as a key that stands for others.
fn dynamic_keys<'a>(body: &'a Body, kind: &'a str) -> impl Iterator<Item = (String, Node)> + 'a {
    dynamic(body, kind).map(|node| (node.scalar().unwrap_or_default(), node))
}

fn statement(body: &Body, known: &Known<'_>) -> Node {
    let mut items = vec![];
    let effect = attribute(body, "effect", known).unwrap_or_else(|| Node::Text("Allow".to_owned()));
    items.push(("Effect".to_owned(), effect));
    for (written, meant) in [
        ("sid", "Sid"),
        ("actions", "Action"),
        ("not_actions", "NotAction"),
        ("resources", "Resource"),
        ("not_resources", "NotResource"),
    ] {
        items.extend(attribute(body, written, known).map(|value| (meant.to_owned(), value)));
    }
    for (written, meant) in [("principals", "Principal"), ("not_principals", "NotPrincipal")] {
        let more: Vec<(String, Node)> = dynamic_keys(body, written).collect();
        if body.has_blocks(written) || !more.is_empty() {
            items.push((meant.to_owned(), principals(body.get_blocks(written), more, known)));
        }
    }
    let mut conditions = conditions(body, known);
    conditions.extend(dynamic_keys(body, "condition"));
    if !conditions.is_empty() {
        items.push(("Condition".to_owned(), Node::Map(conditions)));
    }
    Node::Map(items)
}

/// `type = "*"` is everybody; blocks of one type are added up.
fn principals<'a>(
    blocks: impl Iterator<Item = &'a Block>,
    more: Vec<(String, Node)>,
    known: &Known<'_>,
) -> Node {
    let mut kinds: Vec<(String, Node)> = vec![];
    for block in blocks {
        let kind = attribute(&block.body, "type", known).and_then(|kind| kind.scalar()).unwrap_or_default();
        let who = attribute(&block.body, "identifiers", known).unwrap_or(Node::Null);
        if kind == "*" {
            return Node::Text("*".to_owned());
        }
        add(&mut kinds, kind, who);
    }
    kinds.extend(more);
    Node::Map(kinds)
}

fn conditions(body: &Body, known: &Known<'_>) -> Vec<(String, Node)> {
    let mut tests: Vec<(String, Node)> = vec![];
    for block in body.get_blocks("condition") {
        let text = |key: &str| attribute(&block.body, key, known).and_then(|value| value.scalar());
        let (test, key) = (text("test").unwrap_or_default(), text("variable").unwrap_or_default());
        let values = attribute(&block.body, "values", known).unwrap_or(Node::Null);
        match tests.iter_mut().find(|(name, _)| *name == test) {
            Some((_, Node::Map(keys))) => add(keys, key, values),
            _ => tests.push((test, Node::Map(vec![(key, values)]))),
        }
    }
    tests
}

/// One more value, or list of them, for a key.
fn add(to: &mut Vec<(String, Node)>, key: String, value: Node) {
    match to.iter_mut().find(|(name, _)| *name == key) {
        Some((_, had)) => *had = Node::List(had.items().iter().chain(value.items()).cloned().collect()),
        None => to.push((key, value)),
    }
}

/// `&{aws:username}` is how this block writes a policy variable.
fn attribute(body: &Body, key: &str, known: &Known<'_>) -> Option<Node> {
    body.get_attribute(key).map(|attribute| with_variables(value::node(&attribute.value, known)))
}

fn with_variables(node: Node) -> Node {
    match node {
        Node::Text(text) => Node::Text(text.replace("&{", "${")),
        Node::List(items) => Node::List(items.into_iter().map(with_variables).collect()),
        other => other,
    }
}
