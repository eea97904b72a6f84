//! Condition keys that belong to another kind of identity, or to another issuer, than the statement is for.

use crate::trust::check::finding::Findings;
use crate::trust::check::operator::meet;
use crate::trust::check::pieces::{open, opened, outside};
use crate::trust::check::policy::{Condition, Statement, quoted};
use crate::trust::check::principal::Who;
use rolecall_core::trust::{eks_partition, issuer_key};

pub(super) fn judge(statement: &Statement, findings: &mut Findings) {
    let mut issuers = vec![];
    let (mut saml, mut unknown) = (false, !statement.unknown.is_empty() || statement.who.is_empty());
    for who in &statement.who {
        match who {
            Who::Oidc { issuer: Some(issuer), .. } | Who::Builtin(issuer) => issuers.push(issuer.as_str()),
            Who::Oidc { issuer: None, .. } | Who::Unknown { .. } | Who::Odd { .. } => unknown = true,
            Who::Saml { .. } => saml = true,
            _ => {}
        }
    }
    partition(statement, findings);
    for condition in &statement.conditions {
        let prefix = condition.prefix();
        if open(condition.claim()) {
            continue;
        }
        if prefix.eq_ignore_ascii_case("saml") {
            if !saml && !unknown && !statement.who.contains(&Who::Anyone) {
                mismatch(
                    statement,
                    condition,
                    "no SAML provider is among its principals",
                    &issuers,
                    findings,
                );
            }
            continue;
        }
        if !(prefix.contains(['.', '/']) || open(prefix)) {
            continue;
        }
        // Entra's issuers do end with a slash, in the provider's ARN as well.
        let slash = issuers.iter().any(|issuer| issuer.ends_with('/'));
        let form = issuer_key(prefix);
        let form = if slash { form } else { form.trim_end_matches('/') };
        if form != prefix || outside(prefix).contains("://") {
            findings.add(
                "trust.issuer_key_form",
                statement.number,
                format!(
                    "{} never holds: keys have the issuer as the provider's ARN has it, without https://.",
                    quoted(&condition.key)
                ),
                format!("Write \"{}:{}\".", form.trim_start_matches("http://"), condition.claim()),
            );
        }
        let same = |issuer: &&str| same_issuer(issuer, form);
        if unknown || statement.who.contains(&Who::Anyone) || issuers.iter().any(same) {
            continue;
        }
        let why = match issuers.first() {
            Some(issuer) => format!("the principal is {issuer}"),
            None if saml => "the principal is a SAML provider".to_owned(),
            None => "no OIDC provider is among its principals".to_owned(),
        };
        mismatch(statement, condition, &why, &issuers, findings);
    }
}

/// Whether the two can be one, as far as they are known.
pub(super) fn same_issuer(one: &str, other: &str) -> bool {
    meet(&opened(&one.to_ascii_lowercase()), &opened(&other.to_ascii_lowercase()))
}

/// A provider's ARN is of one partition, and the cluster that its issuer names must be of the same.
fn partition(statement: &Statement, findings: &mut Findings) {
    for who in &statement.who {
        let Who::Oidc { partition: Some(partition), issuer: Some(issuer), account } = who else { continue };
        let Some(right) = eks_partition(issuer) else { continue };
        if right.as_str() != partition {
            let right = right.as_str();
            findings.add(
                "trust.partition",
                statement.number,
                format!(
                    "{} is of partition {right}, but the provider's ARN says {partition}.",
                    quoted(issuer)
                ),
                format!("Write \"arn:{right}:iam::{account}:oidc-provider/{issuer}\"."),
            );
        }
    }
}

fn mismatch(
    statement: &Statement,
    condition: &Condition,
    why: &str,
    issuers: &[&str],
    findings: &mut Findings,
) {
    let instead = match issuers.first() {
        Some(issuer) => format!("Write \"{issuer}:{}\", or name the other provider.", condition.claim()),
        None if why.contains("SAML provider") && !why.starts_with("no") => {
            "Write SAML:aud, SAML:sub or SAML:iss, or name the OIDC provider.".to_owned()
        }
        None => "Name the provider under Principal, or take the condition out.".to_owned(),
    };
    findings.add(
        "trust.issuer_mismatch",
        statement.number,
        format!("{} never holds: {why}.", quoted(&condition.key)),
        instead,
    );
}
