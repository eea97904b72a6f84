//! What concerns the policy as a whole: its version, its length, and what several statements must say together.

use crate::trust::check::finding::Findings;
use crate::trust::check::node::Node;
use crate::trust::check::pieces::{Piece, is_variable, pieces};
use crate::trust::check::policy::{Effect, Policy, quoted};
use crate::trust::check::principal::Who;
use rolecall_core::trust::POD_IDENTITY_SERVICE;

/// What an account may have at most, on request; 2,048 without one. White space does not count.
const LENGTH_LIMIT: usize = 8192;

pub(super) fn judge(node: &Node, policy: &Policy, findings: &mut Findings) {
    if !matches!(node, Node::Map(_)) {
        return;
    }
    version(node, policy, findings);
    let length = length(node);
    if length > LENGTH_LIMIT {
        findings.add(
            "trust.too_long",
            None,
            format!("The policy has about {length} characters; IAM takes 2,048, and 8,192 on request."),
            "Name fewer principals: an account or an organisation with a condition, in place of each role.",
        );
    }
    tag_session(policy, findings);
}

fn version(node: &Node, policy: &Policy, findings: &mut Findings) {
    let values = policy.statements.iter().flat_map(|statement| &statement.conditions);
    let variable = values.flat_map(|condition| &condition.values).find(|value| has_variable(value));
    match (policy.version.as_deref(), variable) {
        (Some("2012-10-17"), _) => {}
        (Some(version), _) if version.contains("${") => {}
        (None | Some("2008-10-17"), None) => {}
        (version, Some(variable)) if version.is_none() || version == Some("2008-10-17") => findings.add(
            "trust.version",
            None,
            format!("{} is taken literally: variables need the newer Version.", quoted(variable)),
            "Write \"Version\": \"2012-10-17\".",
        ),
        (version, _) if node.get("Version").is_some() => findings.add(
            "trust.version",
            None,
            format!("There is no Version {}.", quoted(version.unwrap_or("null"))),
            "Write \"Version\": \"2012-10-17\".",
        ),
        _ => {}
    }
}

/// `${aws:username}`, in contrast to a reference of Terraform's.
fn has_variable(value: &str) -> bool {
    pieces(value).iter().any(|piece| matches!(piece, Piece::Open(inner) if is_variable(inner)))
}

fn length(node: &Node) -> usize {
    match node {
        Node::Null => 4,
        Node::Bool(_) => 5,
        Node::Number(text) => text.len(),
        Node::Text(text) | Node::Unknown(text) => text.chars().count() + 2,
        Node::Json(value) => length(value),
        Node::List(items) => 1 + items.iter().map(|item| length(item) + 1).sum::<usize>(),
        Node::Map(items) => {
            1 + items.iter().map(|(key, value)| key.chars().count() + 4 + length(value)).sum::<usize>()
        }
    }
}

/// EKS Pod Identity tags every session, and fails where it may not.
fn tag_session(policy: &Policy, findings: &mut Findings) {
    let pods = || {
        policy.statements.iter().filter(|statement| {
            statement.effect == Effect::Allow
                && statement.who.contains(&Who::Service(POD_IDENTITY_SERVICE.to_owned()))
        })
    };
    let open = pods().any(|statement| {
        statement.other_actions || statement.unknown.iter().any(|part| part.starts_with("Action"))
    });
    for wanted in ["sts:AssumeRole", "sts:TagSession"] {
        let allowed = pods().flat_map(|statement| &statement.actions).any(|action| {
            action.eq_ignore_ascii_case(wanted) || action.eq_ignore_ascii_case("sts:*") || action == "*"
        });
        if let Some(first) = pods().next()
            && !allowed
            && !open
        {
            findings.add(
                "trust.tag_session_missing",
                first.number,
                format!(
                    "{POD_IDENTITY_SERVICE} needs two actions, and {wanted} is missing: pods get no role."
                ),
                "Write \"Action\": [\"sts:AssumeRole\", \"sts:TagSession\"].",
            );
        }
    }
}
