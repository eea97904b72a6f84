//! Whether a condition keeps strangers out, or is one that anybody can meet.

use crate::trust::check::operator::{Operator, Set, Test};
use crate::trust::check::pieces::open;
use crate::trust::check::policy::{Condition, Effect, Policy};
use crate::trust::check::principal::{Who, arn_parts};

/// Keys that tell strangers apart where the principal is `*`.
const TELL_STRANGERS: [&str; 9] = [
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalArn",
    "aws:PrincipalAccount",
    "aws:userid",
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
];

/// That no stranger meets it.
pub(super) fn keeps_out(condition: &Condition) -> bool {
    condition.narrows() && tells_strangers(condition)
}

fn tells_strangers(condition: &Condition) -> bool {
    TELL_STRANGERS.iter().any(|key| condition.is(key))
        && !condition.values.is_empty()
        && condition.values.iter().all(|value| is_ours(condition, value))
}

/// Whether only somebody whom the writer means has such a value.
fn is_ours(condition: &Condition, value: &str) -> bool {
    let literal = Operator::parse(&condition.operator).is_some_and(Operator::takes_stars_literally);
    if literal || !value.contains(['*', '?']) {
        return true;
    }
    let before_star = || value.split(['*', '?']).next().unwrap_or_default();
    match condition.key.to_ascii_lowercase().as_str() {
        "aws:principalarn" | "aws:sourcearn" => arn_parts(value).get(4).is_some_and(|account| {
            open(account) || account.len() >= 12 && account[..12].bytes().all(|b| b.is_ascii_digit())
        }),
        "aws:principalorgpaths" | "aws:sourceorgpaths" => before_star().contains('/'),
        // The id of a role, then the name of a session that anybody chooses.
        "aws:userid" => before_star().contains(':'),
        _ => false,
    }
}

/// That not everybody in an account meets it.
pub(super) fn tells_within_account(condition: &Condition) -> bool {
    let key = condition.key.to_ascii_lowercase();
    let value = |value: &String| match key.as_str() {
        "sts:externalid" => value.is_empty() || value.chars().filter(|c| c.is_alphanumeric()).count() >= 2,
        "aws:multifactorauthpresent" => value.eq_ignore_ascii_case("true"),
        "aws:principalarn" => {
            arn_parts(value).get(5).is_none_or(|resource| resource.chars().any(|c| c != '*'))
        }
        "aws:principalorgid" => is_ours(condition, value),
        _ => true,
    };
    let tells = ["aws:principal", "aws:userid", "aws:username", "aws:multifactorauth", "sts:externalid"]
        .iter()
        .any(|start| key.starts_with(start));
    tells && condition.narrows() && condition.values.iter().all(value)
}

/// The statement that denies whoever is not of the organisation, or of the account.
pub(super) fn denies_outsiders(policy: &Policy) -> Option<usize> {
    let denies = policy.statements.iter().find(|statement| {
        statement.effect == Effect::Deny
            && statement.who.contains(&Who::Anyone)
            && !statement.all_but
            && statement.unknown.is_empty()
            && statement.denies_assuming()
            && statement.conditions.iter().any(is_of_outsiders)
            && statement
                .conditions
                .iter()
                .all(|condition| is_of_outsiders(condition) || spares_services(condition))
    });
    denies.map(|statement| statement.number)
}

/// `StringNotEquals` with the organisation: it holds for everybody else.
fn is_of_outsiders(condition: &Condition) -> bool {
    Operator::parse(&condition.operator)
        .is_some_and(|operator| operator.negated && operator.set != Some(Set::Any))
        && tells_strangers(condition)
}

/// Calls of AWS's own services are let be.
fn spares_services(condition: &Condition) -> bool {
    Operator::parse(&condition.operator).is_some_and(|operator| operator.test == Test::Bool)
        && ["aws:PrincipalIsAWSService", "aws:ViaAWSService"].iter().any(|key| condition.is(key))
        && condition.values.iter().all(|value| value.eq_ignore_ascii_case("false"))
}
