//! Principals that are none, that are everybody, or that another account could lend to others.

use super::strangers;
use crate::trust::check::finding::Findings;
use crate::trust::check::pieces::open;
use crate::trust::check::policy::{Effect, Statement, quoted};
use crate::trust::check::principal::Who;

/// `own` is the role's account, `outsiders` the statement that denies all strangers.
pub(super) fn judge(
    statement: &Statement,
    own: Option<&str>,
    outsiders: Option<usize>,
    findings: &mut Findings,
) {
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
    if statement.all_but {
        let instead = if statement.effect == Effect::Deny {
            "Deny \"Principal\": \"*\" with \"ArnNotLike\": {\"aws:PrincipalArn\": […]} in its place."
        } else {
            "Name those who may, under Principal."
        };
        let what = "AWS refuses a trust policy with NotPrincipal: it would mean everybody but those named.";
        findings.add("trust.not_principal", number, what, instead);
        return;
    }
    match statement.effect {
        Effect::Allow => {
            anyone(statement, outsiders, findings);
            accounts(statement, own, findings);
        }
        Effect::Deny if statement.who.contains(&Who::Anyone) && statement.denies_assuming() => {
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

fn anyone(statement: &Statement, outsiders: Option<usize>, findings: &mut Findings) {
    let narrowed = statement.conditions.iter().any(strangers::keeps_out);
    if !statement.who.contains(&Who::Anyone) || narrowed || statement.conditions_open() {
        return;
    }
    if let Some(denies) = outsiders {
        findings.note(format!(
            "Statement {} lets everybody in, and only statement {denies} keeps strangers out: put its condition here \
             as well, so that neither depends on the other.",
            statement.number
        ));
        return;
    }
    findings.add(
        "trust.anyone",
        statement.number,
        "Principal \"*\" is everybody, in every account of AWS.",
        "Name who may, or add \"StringEquals\": {\"aws:PrincipalOrgID\": \"o-…\"}.",
    );
}

/// Another account's root is whoever that account likes: also a service of it that works for your rival.
fn accounts(statement: &Statement, own: Option<&str>, findings: &mut Findings) {
    if statement.conditions_open() {
        return;
    }
    let told = statement.conditions.iter().any(strangers::tells_within_account);
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
