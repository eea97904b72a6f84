//! What is wrong with a trust policy.

mod action;
mod condition;
mod federated;
mod kubernetes;
mod mixed;
mod saml;
mod strangers;
mod subject;
mod web_identity;
mod who;
mod whole;

use super::finding::Findings;
use super::node::Node;
use super::operator::{Operator, Set, Test, like};
use super::pieces::open;
use super::policy::{Condition, Policy, Statement};
use super::principal::Who;

pub(super) use kubernetes::is_judged as is_judged_in_kubernetes;

/// The policy taken apart, and all that is wrong with it. `own` is the role's account, if it is known.
#[cfg(test)]
pub(super) fn of(node: &Node, own: Option<&str>) -> (Policy, Findings) {
    with_client_ids(node, own, &[])
}

/// The same where the file says which audiences an OIDC provider accepts.
pub(super) fn with_client_ids(
    node: &Node,
    own: Option<&str>,
    client_ids: &[(String, Vec<String>)],
) -> (Policy, Findings) {
    let node = &node.with_json_as_text();
    let mut findings = Findings::default();
    if node.is_of_kubernetes() {
        kubernetes::judge(node, &mut findings);
        return (Policy::default(), findings);
    }
    let policy = Policy::of(node, &mut findings);
    whole::judge(node, &policy, &mut findings);
    let own = own.map(str::to_owned).or_else(|| own_account(&policy));
    let outsiders = strangers::denies_outsiders(&policy);
    for statement in &policy.statements {
        who::judge(statement, own.as_deref(), outsiders, &mut findings);
        action::judge(statement, &mut findings);
        condition::judge(statement, &mut findings);
        federated::judge(statement, &mut findings);
        mixed::judge(statement, &mut findings);
        saml::judge(statement, &mut findings);
        web_identity::judge(statement, client_ids, &mut findings);
        for unknown in &statement.unknown {
            findings.note(format!("Statement {}: {unknown} is not known here.", statement.number));
        }
    }
    findings.found.sort_by_key(|finding| finding.statement);
    (policy, findings)
}

/// An identity provider that a role trusts is always of the role's own account.
fn own_account(policy: &Policy) -> Option<String> {
    let who = policy.statements.iter().flat_map(|statement| &statement.who);
    who.filter_map(|who| match who {
        Who::Saml { account, .. } | Who::Oidc { account, .. } if !open(account) => Some(account.clone()),
        _ => None,
    })
    .next()
}

impl Statement {
    /// Whether a part of its conditions is not known here, so that nothing can be said to be missing.
    fn conditions_open(&self) -> bool {
        self.unknown.iter().any(|part| part.starts_with("Condition"))
            || self.conditions.iter().any(|condition| open(condition.claim()))
    }
}

impl Statement {
    /// Whether it is about assuming the role at all, and not about tags or names of sessions alone.
    fn denies_assuming(&self) -> bool {
        self.other_actions
            || ["sts:assumerole", "sts:assumerolewithsaml", "sts:assumerolewithwebidentity"]
                .iter()
                .any(|way| self.actions.iter().any(|action| like(&action.to_ascii_lowercase(), way)))
    }
}

impl Condition {
    /// Whether it narrows: it says what a key must be, and somebody without the key does not pass.
    fn narrows(&self) -> bool {
        Operator::parse(&self.operator).is_some_and(|operator| {
            !operator.negated
                && !operator.if_exists
                && operator.set != Some(Set::All)
                && operator.test != Test::Null
                && !self.is_for_anything()
        })
    }

    /// Whether it lets any value pass.
    fn is_for_anything(&self) -> bool {
        Operator::parse(&self.operator).is_some_and(|operator| !operator.takes_stars_literally())
            && self.values.iter().any(|value| value == "*")
    }

    /// Whether it says what a key must be, though perhaps too widely.
    fn requires(&self) -> bool {
        Operator::parse(&self.operator)
            .is_none_or(|operator| !operator.negated && operator.test != Test::Null)
    }
}
