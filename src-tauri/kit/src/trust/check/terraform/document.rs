//! `data "aws_iam_policy_document"`, read as the policy that it makes.

use super::known::Known;
use super::value;
use crate::trust::check::node::Node;
use hcl::edit::structure::{Block, Body};

/// The policy, with a part of its own for each that is not in the file.
pub(super) fn policy(block: &Block, known: &Known<'_>) -> Node {
    let body = &block.body;
    let version = attribute(body, "version", known).unwrap_or_else(|| Node::Text("2012-10-17".to_owned()));
    let mut statements = vec![];
    for other in ["source_policy_documents", "source_json"] {
        statements.extend(added(body, other, known));
    }
    let own = body.get_blocks("statement").map(|block| statement(&block.body, known));
    statements.extend(own);
    statements.extend(dynamic(body, "statement", known, statement));
    for other in ["override_policy_documents", "override_json"] {
        for statement in added(body, other, known) {
            // One of the same Sid is put in the place of the other.
            let sid = |node: &Node| node.get("Sid").and_then(Node::scalar).filter(|sid| !sid.is_empty());
            let same = statements.iter().position(|own| sid(own).is_some() && sid(own) == sid(&statement));
            match same {
                Some(at) => statements[at] = statement,
                None => statements.push(statement),
            }
        }
    }
    Node::Map(vec![("Version".to_owned(), version), ("Statement".to_owned(), Node::List(statements))])
}

/// The statements that other documents add, as far as these are in the file.
fn added(body: &Body, key: &str, known: &Known<'_>) -> Vec<Node> {
    let Some(others) = body.get_attribute(key).map(|attribute| value::node(&attribute.value, known)) else {
        return vec![];
    };
    let unknown = || vec![Node::Unknown(format!("what {key} adds"))];
    let of_one = |policy: &Node| match policy.get("Statement") {
        Some(statements) => statements.items().to_vec(),
        None => unknown(),
    };
    let of = |other: &Node| match other {
        Node::Json(policy) => of_one(policy),
        Node::Text(text) if text.trim().is_empty() => vec![],
        Node::Text(text) => crate::trust::check::read::json_in(text)
            .node
            .get("Statement")
            .map_or_else(unknown, |statements| statements.items().to_vec()),
        Node::Null => vec![],
        _ => unknown(),
    };
    others.items().iter().flat_map(of).collect()
}

/// What dynamic blocks make: one for each item, where these are in the file; else what only Terraform knows, such as
/// `dynamic "statement" over var.providers`.
fn dynamic<'a>(
    body: &'a Body,
    kind: &'a str,
    known: &'a Known<'_>,
    one: impl Fn(&Body, &Known<'_>) -> Node + 'a,
) -> impl Iterator<Item = Node> + 'a {
    let blocks = body.get_blocks("dynamic").filter(move |block| super::label(block, 0) == Some(kind));
    blocks.flat_map(move |block| {
        let each = block.body.get_attribute("for_each").map(|each| &each.value);
        let content = block.body.get_blocks("content").next();
        // Whether there is a condition at all, only Terraform knows then.
        let perhaps = kind == "condition" && each.is_some_and(|each| known.is_undecided(each));
        let items = each.filter(|_| !perhaps).and_then(|each| value::each_of(&value::node(each, known)));
        if let (Some(items), Some(content)) = (items, content) {
            let iterator = block.body.get_attribute("iterator").map(|name| value::written(&name.value));
            let iterator = iterator.unwrap_or_else(|| kind.to_owned());
            let of_item = |(key, value): (Node, Node)| {
                let item = Node::Map(vec![("key".to_owned(), key), ("value".to_owned(), value)]);
                one(&content.body, &known.binding(&iterator, item))
            };
            return items.into_iter().map(of_item).collect();
        }
        let over = each.map(value::written);
        vec![Node::Unknown(format!("dynamic \"{kind}\" over {}", over.unwrap_or_default()))]
    })
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
        let one = |body: &Body, known: &Known<'_>| principal(body, known);
        let mut all: Vec<Node> = body.get_blocks(written).map(|block| one(&block.body, known)).collect();
        all.extend(dynamic(body, written, known, one));
        if !all.is_empty() {
            items.push((meant.to_owned(), together(all, principals)));
        }
    }
    let mut all: Vec<Node> =
        body.get_blocks("condition").map(|block| condition(&block.body, known)).collect();
    all.extend(dynamic(body, "condition", known, condition));
    if !all.is_empty() {
        items.push(("Condition".to_owned(), together(all, conditions)));
    }
    Node::Map(items)
}

/// Several blocks as one object; what is not known stays as a key that stands for others.
fn together(blocks: Vec<Node>, add: fn(&mut Vec<(String, Node)>, Node)) -> Node {
    let mut items: Vec<(String, Node)> = vec![];
    for block in blocks {
        match block {
            Node::Unknown(what) => items.push((format!("${{{what}}}"), Node::Unknown(what))),
            // Everybody.
            everybody @ Node::Text(_) => return everybody,
            block => add(&mut items, block),
        }
    }
    Node::Map(items)
}

/// `type = "*"` is everybody.
fn principal(body: &Body, known: &Known<'_>) -> Node {
    let kind = attribute(body, "type", known).and_then(|kind| kind.scalar()).unwrap_or_default();
    if kind == "*" {
        return Node::Text("*".to_owned());
    }
    Node::Map(vec![(kind, attribute(body, "identifiers", known).unwrap_or(Node::Null))])
}

/// Blocks of one type are added up.
fn principals(kinds: &mut Vec<(String, Node)>, block: Node) {
    if let Node::Map(items) = block {
        items.into_iter().for_each(|(kind, who)| add(kinds, kind, who));
    }
}

fn condition(body: &Body, known: &Known<'_>) -> Node {
    let text = |key: &str| attribute(body, key, known).and_then(|value| value.scalar());
    let (test, key) = (text("test").unwrap_or_default(), text("variable").unwrap_or_default());
    let values = attribute(body, "values", known).unwrap_or(Node::Null);
    Node::Map(vec![(test, Node::Map(vec![(key, values)]))])
}

fn conditions(tests: &mut Vec<(String, Node)>, block: Node) {
    let Node::Map(items) = block else { return };
    for (test, keys) in items {
        match tests.iter_mut().find(|(name, _)| *name == test) {
            Some((_, Node::Map(known))) => {
                if let Node::Map(keys) = keys {
                    keys.into_iter().for_each(|(key, values)| add(known, key, values));
                }
            }
            _ => tests.push((test, keys)),
        }
    }
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
