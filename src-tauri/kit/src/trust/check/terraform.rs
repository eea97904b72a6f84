//! Trust policies in Terraform: `assume_role_policy` of roles, and `aws_iam_policy_document`.

mod choice;
mod document;
mod functions;
mod known;
mod value;

use super::find::{self, Found};
use super::node::Node;
use super::read::{self, Document, Unread};
use choice::Choices;
use hcl::edit::Span as _;
use hcl::edit::expr::Expression;
use hcl::edit::structure::{Block, Body};
use known::Known;
use rolecall_core::problem::foreign;
use std::rc::Rc;

/// # Errors
/// Where it stops to be HCL, or that it holds nothing to check.
pub(super) fn documents(text: &str) -> Result<Found, Unread> {
    let text = text.replace("\r\n", "\n");
    let body: Body = hcl::edit::parser::parse_body(&text).map_err(|error| not_hcl(&error))?;
    let known = Known::of(&body);
    let mut documents = vec![];
    for role in roles(&body) {
        let Some(policy) = role.body.get_attribute("assume_role_policy") else { continue };
        let name = named(role, &text);
        for (key, case) in known.repeated(role) {
            let name = format!("{name}{key}");
            documents.extend(choice::each(&case, &name, &mut |known| policy_of(&policy.value, known)));
        }
    }
    elsewhere(&body, &known, &text, &mut documents);
    for (_, block) in known.documents().iter().filter(|(name, _)| !known.is_used(name)) {
        let all = choice::each(&known, &named(block, &text), &mut |known| {
            Document::new(None, document::policy(block, known))
        });
        // Who may read a bucket is written with the same block.
        documents.extend(all.into_iter().filter(|document| is_trust(&document.node)));
    }
    let account = own_account(&body, &known);
    for document in &mut documents {
        document.terraform = true;
        document.account = document.account.take().or_else(|| account.clone());
    }
    if documents.is_empty() {
        let why = if roles(&body).next().is_some() {
            "its roles have no assume_role_policy"
        } else {
            "as Terraform, there is no aws_iam_role and no trust policy in it"
        };
        return Err(Unread { at: None, why: why.to_owned() });
    }
    Ok(Found { documents, client_ids: known.client_ids() })
}

/// Policies in other blocks: what a module is given, a manifest of Kubernetes, a role of another provider, a local
/// or a default that nothing in this file uses.
fn elsewhere(body: &Body, known: &Known<'_>, text: &str, documents: &mut Vec<Document>) {
    for block in body.blocks() {
        let kind = (block.ident.as_str(), label(block, 0).unwrap_or_default());
        let whole = match kind {
            ("resource", "aws_iam_role") | ("data", "aws_iam_policy_document") => continue,
            ("resource" | "data" | "module" | "locals" | "variable", _) => true,
            _ => false,
        };
        if !whole {
            continue;
        }
        for holds in [true, false] {
            let choices = Rc::new(Choices::all(holds));
            let case = known.choosing(Rc::clone(&choices));
            let node = of_body(&block.body, &case);
            known.learn(&case);
            let found = find::policies(&node);
            for document in found {
                if documents.iter().any(|other| other.node == document.node) {
                    continue;
                }
                let name = match document.name {
                    Some(inner) => format!("{}, {inner}", named(block, text)),
                    None => named(block, text),
                };
                documents.push(Document {
                    name: Some(name),
                    unknown: case.notes(),
                    defaults: case.defaults_taken(),
                    ..document
                });
            }
            if !choices.were_asked() {
                break;
            }
        }
    }
}

fn of_body(body: &Body, known: &Known<'_>) -> Node {
    let attributes = body
        .attributes()
        .map(|attribute| (attribute.key.as_str().to_owned(), value::node(&attribute.value, known)));
    let blocks = body.blocks().map(|block| (block.ident.as_str().to_owned(), of_body(&block.body, known)));
    Node::Map(attributes.chain(blocks).collect())
}

/// The one account that the provider may work in.
fn own_account(body: &Body, known: &Known<'_>) -> Option<String> {
    let mut accounts: Vec<Option<String>> = body
        .get_blocks("provider")
        .filter(|block| label(block, 0) == Some("aws"))
        .map(|block| {
            let accounts = block.body.get_attribute("allowed_account_ids")?;
            match value::node(&accounts.value, known) {
                Node::List(accounts) if accounts.len() == 1 => accounts[0].text().map(str::to_owned),
                _ => None,
            }
        })
        .collect();
    accounts.dedup();
    match accounts.as_slice() {
        [only] => only.clone(),
        _ => None,
    }
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
    let words = match block.ident.as_str() {
        "resource" => None,
        other => Some(other),
    };
    let labels = block.labels.iter().map(hcl::edit::structure::BlockLabel::as_str);
    let name: Vec<&str> = words.into_iter().chain(labels).collect();
    let name = name.join(".");
    let line =
        block.span().map(|span| 1 + text.as_bytes()[..span.start].iter().filter(|b| **b == b'\n').count());
    match line {
        Some(line) => format!("{name}, line {line}"),
        None => name,
    }
}

/// The policy that an attribute holds, and what of it is not in the file.
fn policy_of(value: &Expression, known: &Known<'_>) -> Document {
    match value::node(value, known) {
        Node::Json(policy) => Document::new(None, *policy),
        Node::Text(text) => read::json_in(&text),
        policy => Document::new(None, policy),
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
