//! Actions: each kind of principal has one of its own.

use crate::trust::check::finding::Findings;
use crate::trust::check::near;
use crate::trust::check::operator::like;
use crate::trust::check::policy::{Effect, Statement, quoted};
use crate::trust::check::principal::Who;

const ASSUME: &str = "sts:AssumeRole";
const SAML: &str = "sts:AssumeRoleWithSAML";
const WEB_IDENTITY: &str = "sts:AssumeRoleWithWebIdentity";
const KNOWN: [&str; 6] =
    [ASSUME, SAML, WEB_IDENTITY, "sts:TagSession", "sts:SetSourceIdentity", "sts:SetContext"];

pub(super) fn judge(statement: &Statement, findings: &mut Findings) {
    let number = statement.number;
    if statement.other_actions {
        if statement.effect == Effect::Allow {
            let instead = format!("Write \"Action\": \"{ASSUME}\", or the one that fits.");
            findings.add("trust.action", number, "Allow with NotAction allows more than it says.", instead);
        }
        return;
    }
    for action in &statement.actions {
        let star = like(&action.to_ascii_lowercase(), &ASSUME.to_ascii_lowercase());
        let known = KNOWN.iter().any(|known| known.eq_ignore_ascii_case(action));
        if known || action.contains("${") || (star && statement.effect == Effect::Deny) {
            continue;
        }
        if star {
            let what = format!("{} is wider than a trust policy needs.", quoted(action));
            findings.add("trust.action", number, what, format!("Name it: {}.", wanted(statement)));
            continue;
        }
        let instead = match near::nearest(action, &KNOWN) {
            Some(meant) => format!("Write \"{meant}\"."),
            None => {
                format!("Write {}: what the role may do then is said by other policies.", wanted(statement))
            }
        };
        let what = format!("{} is no action of a trust policy.", quoted(action));
        findings.add("trust.action", number, what, instead);
    }
    if statement.effect == Effect::Allow {
        fits(statement, findings);
    }
}

/// That each principal can do something, and that each way to assume is somebody's.
fn fits(statement: &Statement, findings: &mut Findings) {
    let unknown =
        statement.unknown.iter().any(|part| part.starts_with("Action") || part.starts_with("Principal"));
    let wild = statement.actions.iter().any(|action| action.contains(['*', '?', '$']));
    let open = statement.who.iter().any(|who| matches!(who, Who::Odd { .. } | Who::Unknown { .. }));
    if unknown || wild || statement.actions.is_empty() || statement.who.is_empty() {
        return;
    }
    let has = |wanted: &str| statement.actions.iter().any(|action| action.eq_ignore_ascii_case(wanted));
    for who in &statement.who {
        let Some((whose, needs)) = needs(who) else { continue };
        if !has(needs) && statement.actions.iter().any(|action| assumes(action)) {
            findings.add(
                "trust.action",
                statement.number,
                format!("{whose} assume a role with {needs}, not with {}.", assuming(statement)),
                format!("Write \"Action\": \"{needs}\"."),
            );
        } else if !has(needs) && !along(statement) {
            findings.add(
                "trust.action",
                statement.number,
                format!("{whose} need {needs}, which is missing."),
                format!("Add \"{needs}\" to Action."),
            );
        }
    }
    if open || statement.who.contains(&Who::Anyone) {
        return;
    }
    for action in statement.actions.iter().filter(|action| assumes(action)) {
        let somebody = statement
            .who
            .iter()
            .any(|who| needs(who).is_none_or(|(_, needs)| needs.eq_ignore_ascii_case(action) || !has(needs)));
        if !somebody {
            findings.add(
                "trust.action",
                statement.number,
                format!("None of its principals assumes a role with {}.", quoted(action)),
                "Take that action out, or put it into a statement with the provider it is for.",
            );
        }
    }
}

fn assumes(action: &str) -> bool {
    [ASSUME, SAML, WEB_IDENTITY].iter().any(|known| known.eq_ignore_ascii_case(action))
}

/// TagSession and its like may stand in a statement of their own, beside one that assumes.
fn along(statement: &Statement) -> bool {
    statement
        .actions
        .iter()
        .all(|action| !assumes(action) && KNOWN.iter().any(|k| k.eq_ignore_ascii_case(action)))
}

fn assuming(statement: &Statement) -> String {
    statement.actions.iter().filter(|action| assumes(action)).cloned().collect::<Vec<_>>().join(", ")
}

fn wanted(statement: &Statement) -> String {
    let needs = statement.who.iter().find_map(needs).map_or(ASSUME, |(_, needs)| needs);
    format!("\"{needs}\"")
}

/// Who it is, and the action by which such assume a role.
fn needs(who: &Who) -> Option<(&'static str, &'static str)> {
    match who {
        Who::Account(_) | Who::Identity { .. } | Who::Session { .. } => {
            Some(("Roles, users and accounts", ASSUME))
        }
        Who::Service(_) => Some(("Services", ASSUME)),
        Who::Saml { .. } => Some(("People of a SAML provider", SAML)),
        Who::Oidc { .. } | Who::Builtin(_) => Some(("Identities of an OIDC provider", WEB_IDENTITY)),
        Who::Anyone | Who::Unknown { .. } | Who::Odd { .. } => None,
    }
}
