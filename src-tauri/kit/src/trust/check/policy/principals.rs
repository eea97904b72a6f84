//! The principals of a statement.

use super::quoted;
use crate::trust::check::finding::Findings;
use crate::trust::check::node::Node;
use crate::trust::check::pieces::{bare, open};
use crate::trust::check::principal::{SERVICE_DOMAINS, Who};

/// What is not known here goes to `unknown`.
pub(super) fn principals(
    number: usize,
    node: &Node,
    unknown: &mut Vec<String>,
    findings: &mut Findings,
) -> Vec<Who> {
    let kinds = match node {
        Node::Text(text) if text == "*" => return vec![Who::Anyone],
        Node::Unknown(what) => {
            unknown.push(format!("Principal {what}"));
            return vec![];
        }
        Node::Map(kinds) if !kinds.is_empty() => kinds,
        other => {
            let (what, instead) = match other.text() {
                Some(text) => (
                    format!("Principal is the text {}; only \"*\" may stand alone.", quoted(text)),
                    format!(
                        "Say of which kind it is: \"Principal\": {{\"{}\": {}}}.",
                        likely(text),
                        quoted(text)
                    ),
                ),
                None => (
                    format!("Principal is an object with a kind and who it is; this is {}.", kind_of(other)),
                    "Write \"Principal\": {\"AWS\": …}, {\"Service\": …} or {\"Federated\": …}.".to_owned(),
                ),
            };
            findings.add("trust.shape", number, what, instead);
            return vec![];
        }
    };
    let mut who = vec![];
    for (kind, values) in kinds {
        if let (true, Node::Unknown(what)) = (open(kind), values) {
            unknown.push(format!("Principal {what}"));
            continue;
        }
        if open(kind) {
            unknown.push(format!("Principal {}", bare(kind)));
            continue;
        }
        if !["AWS", "Service", "Federated", "CanonicalUser"].contains(&kind.as_str()) {
            findings.add(
                "trust.shape",
                number,
                format!("{} is no kind of principal.", quoted(kind)),
                "Write AWS, Service or Federated, in this spelling.",
            );
            continue;
        }
        for value in values.items() {
            match value {
                Node::Text(text) => who.push(Who::of(kind, text)),
                Node::Number(digits) => who.push(Who::of(kind, digits)),
                Node::Unknown(what) => {
                    // A plain reference is shown where it stands.
                    if what.contains(['(', ' ', '[']) || what.starts_with("Fn::") {
                        findings.note(format!("Statement {number}: {kind} {what} is not known here."));
                    }
                    who.push(Who::of(kind, &format!("${{{what}}}")));
                }
                other => findings.add(
                    "trust.shape",
                    number,
                    format!("A principal is a text; this is {}.", other.kind()),
                    "Write an ARN, an account or a service, or a list of them.",
                ),
            }
        }
    }
    who
}

fn kind_of(node: &Node) -> &'static str {
    if *node == Node::Map(vec![]) { "empty" } else { node.kind() }
}

fn likely(text: &str) -> &'static str {
    if text.contains("-provider/") {
        "Federated"
    } else if SERVICE_DOMAINS.iter().any(|end| text.ends_with(end)) {
        "Service"
    } else {
        "AWS"
    }
}
