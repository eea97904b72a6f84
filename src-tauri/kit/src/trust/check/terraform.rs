//! Trust policies in Terraform: `assume_role_policy` of roles, and `aws_iam_policy_document`.

mod choice;
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
        documents.extend(choice::each(&known, &named(role, &text), &mut |known| {
            policy_of(&policy.value, known, &mut used)
        }));
    }
    for (_, block) in known.documents().filter(|(name, _)| !used.contains(*name)) {
        let all = choice::each(&known, &named(block, &text), &mut |known| of_document(block, known));
        // Who may read a bucket is written with the same block.
        documents.extend(all.into_iter().filter(|document| is_trust(&document.node)));
    }
    for document in &mut documents {
        document.terraform = true;
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
        Expression::Conditional(choice) => policy_of(known.chosen(choice), known, used),
        Expression::FuncCall(call) if call.name.name.as_str() == "jsonencode" && call.args.len() == 1 => {
            Document::new(None, call.args.get(0).map_or(Node::Null, |value| value::node(value, known)))
        }
        Expression::String(_) | Expression::StringTemplate(_) | Expression::HeredocTemplate(_) => {
            read::json_in(&value::json_text(value, known).unwrap_or_default())
        }
        _ => {
            let written = value::written(value);
            if let Some((name, block)) = known.document_named(&written) {
                used.insert(name.to_owned());
                return of_document(block, known);
            }
            match known.local(&written).zip(known.deeper()) {
                Some((local, known)) => policy_of(local, &known, used),
                None => Document::new(None, Node::Unknown(written)),
            }
        }
    }
}

fn of_document(block: &Block, known: &Known<'_>) -> Document {
    Document::new(None, document::policy(block, known))
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
