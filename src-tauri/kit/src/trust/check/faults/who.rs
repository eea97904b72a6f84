//! Principals that are none, that are everybody, or that another account could lend to others.

use crate::trust::check::finding::Findings;
use crate::trust::check::policy::{Effect, Statement, quoted};
use crate::trust::check::principal::{Who, open};

/// Keys that keep strangers out where the principal is `*`.
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

pub(super) fn judge(statement: &Statement, own: Option<&str>, findings: &mut Findings) {
    let number = statement.number;
    for who in &statement.who {
        if let Who::Odd { text, odd } = who {
            findings.add(
                odd.code,
                number,
                format!("{} cannot be a principal: {}.", quoted(text), odd.what),
                odd.instead.clone(),
            );
        }
    }
    if statement.resource {
        findings.add(
            "trust.resource",
            number,
            "A trust policy has no Resource: it belongs to the one role; AWS refuses it.",
            "Take Resource out.",
        );
    }
    match statement.effect {
        Effect::Allow if statement.all_but => findings.add(
            "trust.not_principal",
            number,
            "Allow with NotPrincipal lets everybody in but those named, strangers from other accounts as well.",
            "Name those who may, under Principal.",
        ),
        Effect::Allow => {
            anyone(statement, findings);
            accounts(statement, own, findings);
        }
        Effect::Deny if statement.who.contains(&Who::Anyone) && !statement.all_but => {
            if statement.conditions.is_empty() && statement.unknown.is_empty() && !statement.other_actions {
                findings.add(
                    "trust.denies_everyone",
                    number,
                    "It denies everybody, whatever other statements allow.",
                    "Add a Condition that says whom it denies, or take the statement out.",
                );
            }
        }
        Effect::Deny | Effect::Neither => {}
    }
}

fn anyone(statement: &Statement, findings: &mut Findings) {
    let narrowed = statement
        .conditions
        .iter()
        .any(|condition| condition.narrows() && TELL_STRANGERS.iter().any(|key| condition.is(key)));
    if statement.who.contains(&Who::Anyone) && !narrowed && !statement.conditions_open() {
        findings.add(
            "trust.anyone",
            statement.number,
            "Principal \"*\" is everybody, in every account of AWS.",
            "Name who may, or add \"StringEquals\": {\"aws:PrincipalOrgID\": \"o-…\"}.",
        );
    }
}

/// Another account's root is whoever that account likes: also a service of it that works for your rival.
fn accounts(statement: &Statement, own: Option<&str>, findings: &mut Findings) {
    if statement.conditions_open() {
        return;
    }
    let key_tells = |key: &str| {
        let key = key.to_ascii_lowercase();
        ["aws:principal", "aws:userid", "aws:username", "aws:multifactorauth", "sts:externalid"]
            .iter()
            .any(|start| key.starts_with(start))
    };
    let told = statement.conditions.iter().any(|condition| condition.narrows() && key_tells(&condition.key));
    if told {
        return;
    }
    for who in &statement.who {
        let Some(account) = who.account().filter(|account| !open(account)) else { continue };
        let root = matches!(who, Who::Account(_));
        match own {
            Some(own) if own == account => {}
            Some(_) if root => findings.add(
                "trust.external_id_missing",
                statement.number,
                format!("Account {account} is another account, and everybody there may be let in."),
                "Add \"StringEquals\": {\"sts:ExternalId\": \"…\"} with an id that the two of you agree on, or \
                 name one role.",
            ),
            Some(_) => findings.note(format!(
                "Statement {}: account {account} is another account. If it is another company's, ask for an \
                 ExternalId as well.",
                statement.number
            )),
            None if root => findings.note(format!(
                "Statement {}: whether {account} is the role's own account is not known here. If it is another, \
                 ask for an ExternalId as well; --account says which the role's is.",
                statement.number
            )),
            None => {}
        }
    }
}
