//! Trust policies in Terraform: `assume_role_policy` of roles, and `aws_iam_policy_document`.

mod document;
mod known;
mod value;

use super::node::Node;
use super::read::{self, Document, Unread};
use hcl::edit::Span as _;
use hcl::edit::expr::Expression;
use hcl::edit::structure::{Block, Body};
use known::Known;
use rolecall_core::problem::foreign;
use std::collections::BTreeSet;

/// # Errors
/// Where it stops to be HCL, or that it holds nothing to check.
pub(super) fn documents(text: &str) -> Result<Vec<Document>, Unread> {
    let text = text.replace("\r\n", "\n");
    let body: Body = hcl::edit::parser::parse_body(&text).map_err(|error| not_hcl(&error))?;
    let known = Known::of(&body);
    let mut used = BTreeSet::new();
    let mut documents = vec![];
    for role in roles(&body) {
        let Some(policy) = role.body.get_attribute("assume_role_policy") else { continue };
        let found = policy_of(&policy.value, &known, &mut used);
        documents.push(Document { name: Some(named(role, &text)), ..found });
    }
    for (name, block) in known.documents() {
        // Who may read a bucket is written with the same block.
        let (node, unknown) = document::policy(block, &known);
        if !used.contains(name) && is_trust(&node) {
            documents.push(Document { unknown, ..Document::new(Some(named(block, &text)), node) });
        }
    }
    if documents.is_empty() {
        let why = if roles(&body).next().is_some() {
            "its roles have no assume_role_policy"
        } else {
            "as Terraform, there is no aws_iam_role and no trust policy in it"
        };
        return Err(Unread { at: None, why: why.to_owned() });
    }
    Ok(documents)
}

/// Whether a person would call it Terraform: some line opens a block or gives a value.
pub(super) fn looks_like(text: &str) -> bool {
    text.lines().any(|line| {
        let line = line.trim_start();
        ["resource ", "data ", "locals ", "locals{", "module ", "variable ", "provider ", "terraform "]
            .iter()
            .any(|word| line.starts_with(word))
            || line.starts_with("assume_role_policy")
    })
}

fn not_hcl(error: &hcl::edit::parser::Error) -> Unread {
    let at = error.location();
    let why = if error.message().contains("redefined object key") {
        "the same key stands twice in one object; remove one of them".to_owned()
    } else {
        foreign(&error.message().replace('\n', ", "))
    };
    Unread { at: Some((at.line(), at.column())), why: format!("as Terraform, {why}") }
}

fn roles(body: &Body) -> impl Iterator<Item = &Block> {
    body.get_blocks("resource").filter(|block| label(block, 0) == Some("aws_iam_role"))
}

fn label(block: &Block, number: usize) -> Option<&str> {
    block.labels.get(number).map(hcl::edit::structure::BlockLabel::as_str)
}

/// `aws_iam_role.web, line 12`.
fn named(block: &Block, text: &str) -> String {
    let kind = if block.has_ident("data") { "data." } else { "" };
    let (first, second) = (label(block, 0).unwrap_or_default(), label(block, 1).unwrap_or_default());
    let line =
        block.span().map(|span| 1 + text.as_bytes()[..span.start].iter().filter(|b| **b == b'\n').count());
    match line {
        Some(line) => format!("{kind}{first}.{second}, line {line}"),
        None => format!("{kind}{first}.{second}"),
    }
}

/// The policy that an attribute holds, and what of it is not in the file.
fn policy_of(value: &Expression, known: &Known<'_>, used: &mut BTreeSet<String>) -> Document {
    match value {
        Expression::Parenthesis(inner) => policy_of(inner.inner(), known, used),
        Expression::FuncCall(call) if call.name.name.as_str() == "jsonencode" && call.args.len() == 1 => {
            Document::new(None, call.args.get(0).map_or(Node::Null, |value| value::node(value, known)))
        }
        Expression::String(_) | Expression::StringTemplate(_) | Expression::HeredocTemplate(_) => {
            from_json(value, known)
        }
        _ => {
            let written = value::written(value);
            if let Some((name, block)) = known.document_named(&written) {
                used.insert(name.to_owned());
                let (node, unknown) = document::policy(block, known);
                return Document { unknown, ..Document::new(None, node) };
            }
            match known.local(&written).zip(known.deeper()) {
                Some((local, known)) => policy_of(local, &known, used),
                None => Document::new(None, Node::Unknown(written)),
            }
        }
    }
}

/// JSON in a text, with `${…}` left where something is put in.
fn from_json(value: &Expression, known: &Known<'_>) -> Document {
    let text = value::json_text(value, known).unwrap_or_default();
    match read::parsed(&text) {
        Ok(node) => Document::new(None, node),
        Err(_) if text.contains("${") => {
            Document::new(None, Node::Unknown("a text pieced together".to_owned()))
        }
        Err(unread) => {
            let (line, column) = unread.at.unwrap_or((1, 1));
            let broken = format!("Line {line}, column {column} of the text: {}.", unread.why);
            Document { broken: Some(broken), ..Document::new(None, Node::Null) }
        }
    }
}

/// Whether it has principals and lets them assume.
fn is_trust(node: &Node) -> bool {
    let statements = node.get("Statement").map(Node::items).unwrap_or_default();
    statements.iter().any(|statement| {
        let actions = statement.get("Action").map(Node::items).unwrap_or_default();
        let assumes = |action: &Node| {
            action.text().is_some_and(|text| text.to_ascii_lowercase().starts_with("sts:assumerole"))
        };
        statement.get("Principal").is_some() && actions.iter().any(assumes)
    })
}
