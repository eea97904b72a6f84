//! The conditions of a statement, line by line.

use super::quoted;
use crate::trust::check::finding::Findings;
use crate::trust::check::node::Node;
use crate::trust::check::pieces::{key_parts, open};

/// One line of a condition: all of them must hold, one of the values each.
#[derive(Debug, Clone)]
pub(in crate::trust::check) struct Condition {
    pub(in crate::trust::check) operator: String,
    pub(in crate::trust::check) key: String,
    pub(in crate::trust::check) values: Vec<String>,
}

impl Condition {
    /// `sub` of `oidc.example.org:sub`; the key itself where it has no colon.
    pub(in crate::trust::check) fn claim(&self) -> &str {
        key_parts(&self.key).1
    }

    /// `oidc.example.org` of `oidc.example.org:sub`.
    pub(in crate::trust::check) fn prefix(&self) -> &str {
        key_parts(&self.key).0
    }

    pub(in crate::trust::check) fn is(&self, key: &str) -> bool {
        self.key.eq_ignore_ascii_case(key)
    }
}

/// What is not known here goes to `unknown`.
pub(super) fn conditions(
    number: usize,
    node: Option<&Node>,
    unknown: &mut Vec<String>,
    findings: &mut Findings,
) -> Vec<Condition> {
    let mut conditions = vec![];
    let operators = match node {
        None => return conditions,
        Some(Node::Map(operators)) => operators,
        Some(Node::Unknown(what)) => {
            unknown.push(format!("Condition {what}"));
            return conditions;
        }
        Some(other) => {
            findings.add(
                "trust.shape",
                number,
                format!("Condition is an object of operators; this is {}.", other.kind()),
                "Write \"Condition\": {\"StringEquals\": {\"KEY\": \"VALUE\"}}.",
            );
            return conditions;
        }
    };
    for (operator, keys) in operators {
        match keys {
            Node::Map(keys) => {
                for (key, values) in keys {
                    if let (true, Node::Unknown(what)) = (open(key), values) {
                        unknown.push(format!("Condition {operator} {what}"));
                        continue;
                    }
                    conditions.push(Condition {
                        operator: operator.clone(),
                        key: key.clone(),
                        values: values.items().iter().filter_map(Node::scalar).collect(),
                    });
                }
            }
            Node::Unknown(what) if open(operator) => unknown.push(format!("Condition {what}")),
            Node::Unknown(what) => unknown.push(format!("Condition {operator} {what}")),
            other => findings.add(
                "trust.shape",
                number,
                format!("Below {} stands {}, not a key with its values.", quoted(operator), other.kind()),
                format!("Write \"{operator}\": {{\"KEY\": \"VALUE\"}}."),
            ),
        }
    }
    conditions
}
