//! Principals of several kinds in one statement, whose conditions ask some of them for what only others have.

use super::federated::same_issuer;
use crate::trust::check::finding::Findings;
use crate::trust::check::operator::{Operator, Set, Test};
use crate::trust::check::pieces::open;
use crate::trust::check::policy::{Condition, Effect, Statement, quoted};
use crate::trust::check::principal::Who;
use crate::trust::check::words;

pub(super) fn judge(statement: &Statement, findings: &mut Findings) {
    if statement.effect != Effect::Allow || statement.all_but {
        return;
    }
    let mut left_out: Vec<String> = vec![];
    let mut asked: Option<&str> = None;
    for who in &statement.who {
        let never = statement.conditions.iter().find(|condition| {
            is_plain(condition)
                && has(who, condition) == Some(false)
                && statement.who.iter().any(|other| has(other, condition) == Some(true))
        });
        if let Some(condition) = never {
            left_out.push(words::who(who));
            asked = asked.or(Some(&condition.key));
        }
    }
    let Some(key) = asked else { return };
    let rest = left_out.len().saturating_sub(3);
    left_out.truncate(3);
    if rest > 0 {
        left_out.push(format!("{rest} more"));
    }
    findings.add(
        "trust.mixed_principals",
        statement.number,
        format!(
            "Statement {} never holds for {}: it asks for {}, which only another of its principals has.",
            statement.number,
            left_out.join(", nor for "),
            quoted(key)
        ),
        "Give each provider a statement of its own, with its own action and conditions.",
    );
}

/// Whether it fails where the key is absent.
fn is_plain(condition: &Condition) -> bool {
    Operator::parse(&condition.operator).is_some_and(|operator| match operator.test {
        Test::Null => condition.values.iter().all(|value| value.eq_ignore_ascii_case("false")),
        _ => {
            !operator.if_exists
                && operator.set != Some(Set::All)
                && (!operator.negated || operator.set == Some(Set::Any))
        }
    })
}

/// Whether the calls of a principal have the key of a condition; none where that is not known, or not of this kind.
fn has(who: &Who, condition: &Condition) -> Option<bool> {
    let prefix = condition.prefix();
    let saml = prefix.eq_ignore_ascii_case("saml");
    if open(condition.claim()) || !(saml || open(prefix) || prefix.contains(['.', '/'])) {
        return None;
    }
    match who {
        Who::Saml { .. } => Some(saml),
        Who::Oidc { issuer: Some(issuer), .. } | Who::Builtin(issuer) => {
            Some(!saml && same_issuer(issuer, prefix))
        }
        Who::Oidc { issuer: None, .. } => saml.then_some(false),
        Who::Account(_) | Who::Identity { .. } | Who::Session { .. } | Who::Service(_) => Some(false),
        Who::Anyone | Who::Unknown { .. } | Who::Odd { .. } => None,
    }
}
