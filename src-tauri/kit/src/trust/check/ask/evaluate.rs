//! Whether a statement holds for a call: yes, no, or depending on what is not known.

use super::caller::{Caller, Key, Principal};
use super::compare::{Fit, fits, fits_with_path};
use super::lack::{Lack, Remedy};
use crate::trust::check::operator::{Operator, Set, Test, arns_meet, like};
use crate::trust::check::pieces::{Piece, bare, is_variable, open, opened, pieces};
use crate::trust::check::policy::{Condition, Statement};
use crate::trust::check::principal::Who;
use crate::trust::check::words;
use rolecall_core::problem::foreign;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Holds {
    Yes,
    /// Why not: the rest of a sentence.
    No(String),
    /// On what.
    Depends(Vec<Lack>),
}

impl Holds {
    fn depends(what: impl Into<String>, remedy: Remedy) -> Self {
        Self::Depends(vec![Lack::new(what, remedy)])
    }
}

/// A statement holds where all of it does.
pub(super) fn statement(statement: &Statement, caller: &Caller) -> Holds {
    let unknown = |part: &String| Lack::new(format!("{part} fits, which is not known here"), Remedy::File);
    let mut on: Vec<Lack> = statement.unknown.iter().map(unknown).collect();
    let parts = [principals(statement, caller), actions(statement, caller)];
    let conditions = statement.conditions.iter().map(|part| condition(part, caller));
    for holds in parts.into_iter().chain(conditions) {
        match holds {
            Holds::Yes => {}
            Holds::No(why) => return Holds::No(why),
            Holds::Depends(more) => on.extend(more),
        }
    }
    if on.is_empty() { Holds::Yes } else { Holds::Depends(on) }
}

fn principals(statement: &Statement, caller: &Caller) -> Holds {
    let open_principal = statement.unknown.iter().any(|part| part.starts_with("Principal"));
    let mut on = vec![];
    let mut found = false;
    for who in &statement.who {
        match is(who, caller) {
            Holds::Yes => found = true,
            Holds::Depends(more) => on.extend(more),
            Holds::No(_) => {}
        }
    }
    if found {
        Holds::Yes
    } else if !on.is_empty() {
        Holds::Depends(on)
    } else if open_principal {
        Holds::Yes
    } else {
        Holds::No(match statement.who.as_slice() {
            [] => "it names nobody".to_owned(),
            [one] => format!("it is for {}", words::who(one)),
            [one, ..] => format!("it is for {}, and others, but not for this one", words::who(one)),
        })
    }
}

fn actions(statement: &Statement, caller: &Caller) -> Holds {
    if statement.unknown.iter().any(|part| part.starts_with("Action")) {
        return Holds::Yes;
    }
    let wanted = caller.action.to_ascii_lowercase();
    let listed = statement.actions.iter().any(|action| like(&opened(&action.to_ascii_lowercase()), &wanted));
    if listed == statement.other_actions {
        return Holds::No(format!("it is not about {}", caller.action));
    }
    Holds::Yes
}

/// Whether a principal is the caller.
pub(super) fn is(who: &Who, caller: &Caller) -> Holds {
    let no = || Holds::No(String::new());
    let same = |wanted: &str, is: &str| {
        if wanted == is {
            Holds::Yes
        } else if open(wanted) && like(&opened(wanted), is) {
            Holds::depends(
                format!("{} is {is}, which is not known here", foreign(bare(wanted))),
                Remedy::File,
            )
        } else {
            no()
        }
    };
    match (who, &caller.principal) {
        // Services are let in by name only.
        (Who::Anyone, Principal::Service(_)) => no(),
        (Who::Anyone, _) => Holds::Yes,
        (Who::Account(wanted), _) if caller.account().is_some() => {
            same(wanted, caller.account().unwrap_or_default())
        }
        (Who::Identity { arn: wanted, .. }, Principal::Identity { arn, .. }) => same(wanted, arn),
        (
            Who::Identity { arn: wanted, account: its },
            Principal::Session { account, role: Some(role), .. },
        ) => {
            let named = wanted.contains(":role/") && wanted.rsplit('/').next() == Some(role.as_str());
            if open(wanted) {
                of_role(wanted, account, role)
            } else if named && its == account {
                Holds::Yes
            } else {
                no()
            }
        }
        (Who::Session { arn: wanted, .. }, Principal::Session { arn, .. }) => same(wanted, arn),
        (Who::Session { arn: wanted, account: its }, Principal::Identity { arn, account }) => {
            let role = wanted.rsplit('/').nth(1);
            if arn.contains(":role/") && its == account && role.is_some() && role == arn.rsplit('/').next() {
                let session = wanted.rsplit('/').next().unwrap_or_default();
                Holds::depends(format!("its session is called {}", foreign(session)), Remedy::Session)
            } else {
                no()
            }
        }
        (Who::Service(wanted), Principal::Service(name)) => same(wanted, name),
        (Who::Saml { arn: wanted, .. }, Principal::Saml(arn)) => same(wanted, arn),
        (
            Who::Oidc { issuer: Some(wanted), .. } | Who::Builtin(wanted),
            Principal::Web { issuer: Some(issuer), .. },
        ) => {
            if wanted.eq_ignore_ascii_case(issuer) {
                Holds::Yes
            } else {
                same(wanted, issuer)
            }
        }
        (Who::Oidc { issuer: None, .. }, Principal::Web { .. }) => {
            Holds::depends("the provider is of that issuer, which is not known here", Remedy::File)
        }
        (Who::Unknown { kind, text }, principal) if fits_kind(kind, principal) => Holds::depends(
            format!("{} is this one, which is not known here", foreign(bare(text))),
            Remedy::File,
        ),
        _ => no(),
    }
}

/// An ARN with parts that are not known may be that of a session's role, whatever its path.
fn of_role(wanted: &str, account: &str, role: &str) -> Holds {
    let wanted = opened(wanted);
    let fits = |path: &str| arns_meet(&wanted, &format!("arn:*:iam::{account}:role/{path}{role}"));
    if fits("") || fits("*/") {
        Holds::depends(
            format!("{} is the role {role}, which is not known here", foreign(&wanted)),
            Remedy::File,
        )
    } else {
        Holds::No(String::new())
    }
}

fn fits_kind(kind: &str, principal: &Principal) -> bool {
    match principal {
        Principal::Service(_) => kind == "Service",
        Principal::Saml(_) | Principal::Web { .. } => kind == "Federated",
        _ => kind == "AWS",
    }
}

fn condition(condition: &Condition, caller: &Caller) -> Holds {
    let said = words::condition(condition);
    let Some(operator) = Operator::parse(&condition.operator) else {
        return Holds::depends(format!("{} means something to AWS", condition.operator), Remedy::Value);
    };
    if open(&condition.key) {
        return open_key(condition, operator, &said, caller);
    }
    tested(operator, condition, &condition.key, caller, &said)
}

/// `${the issuer}:sub`: if the key is the caller's own, its value still decides.
fn open_key(condition: &Condition, operator: Operator, said: &str, caller: &Caller) -> Holds {
    let unknown = || Holds::depends(format!("{said} (not known here)"), Remedy::File);
    let Principal::Web { issuer: Some(issuer), .. } = &caller.principal else { return unknown() };
    let (prefix, claim) = (condition.prefix(), condition.claim());
    if open(claim) || !like(&opened(prefix), issuer) {
        return unknown();
    }
    match tested(operator, condition, &format!("{issuer}:{claim}"), caller, said) {
        Holds::Yes => Holds::depends(
            format!("{} is {issuer}, which is not known here", foreign(bare(prefix))),
            Remedy::File,
        ),
        other => other,
    }
}

fn tested(operator: Operator, condition: &Condition, key: &str, caller: &Caller, said: &str) -> Holds {
    let wanted = &condition.values;
    let yes_or_no = |yes: bool, is: &str| {
        if yes { Holds::Yes } else { Holds::No(format!("it asks that {said}{is}")) }
    };
    if operator.test == Test::Null {
        let absent = wanted.iter().any(|value| value.eq_ignore_ascii_case("true"));
        return match caller.key(key) {
            Key::Is(_) => yes_or_no(!absent, ""),
            Key::Absent => yes_or_no(absent, ""),
            Key::Unknown => Holds::Depends(vec![Lack::of_key(key, said)]),
        };
    }
    let values = match caller.key(key) {
        Key::Unknown => return Holds::Depends(vec![Lack::of_key(key, said)]),
        Key::Absent => {
            let passes = operator.if_exists
                || operator.set == Some(Set::All)
                || (operator.negated && operator.set != Some(Set::Any));
            return yes_or_no(passes, ", which such a call never has");
        }
        Key::Is(values) => values,
    };
    let mut lacks = vec![];
    let mut one = |value: &String| {
        let mut hit = false;
        for wanted in wanted {
            let filled = filled(wanted, caller);
            let fit = match caller.with_path(key) {
                Some(pattern) => fits_with_path(operator.test, &filled, value, pattern),
                None => fits(operator.test, &filled, value),
            };
            match fit {
                Fit::Yes => hit = true,
                Fit::No => {}
                Fit::Open => lacks.push(Lack::new(said, remedy(&filled))),
                Fit::Odd => lacks.push(Lack::new(said, Remedy::Value)),
                Fit::Path => lacks.push(Lack::new(said, Remedy::Path)),
            }
        }
        hit != operator.negated
    };
    let results: Vec<bool> = values.iter().map(&mut one).collect();
    let holds = match operator.set {
        Some(Set::All) => results.iter().all(|hit| *hit),
        _ => results.iter().any(|hit| *hit),
    };
    // What an unknown part could change: a miss into a hit, or for the negated ones a hit into a miss.
    if !lacks.is_empty() && holds == operator.negated {
        return Holds::Depends(lacks);
    }
    let is = values.iter().map(|value| foreign(value)).collect::<Vec<_>>().join(", ");
    yes_or_no(holds, &format!("; here it is {is}"))
}

/// A variable of the policy can be said by who asks; what Terraform puts in cannot.
fn remedy(filled: &str) -> Remedy {
    let ours = |piece: &Piece| matches!(piece, Piece::Open(inner) if is_variable(inner));
    if pieces(filled).iter().any(ours) { Remedy::Context } else { Remedy::File }
}

/// Variables of the policy whose value is known: `${aws:username}`, or `${aws:PrincipalTag/team, 'none'}`.
fn filled(wanted: &str, caller: &Caller) -> String {
    let piece = |piece: Piece| match piece {
        Piece::Written(text) => text.to_owned(),
        Piece::Open(inner) => {
            let (name, otherwise) =
                inner.split_once(',').map_or((inner, None), |(name, or)| (name, Some(or)));
            match (caller.key(name.trim()), otherwise) {
                (Key::Is([value]), _) => value.clone(),
                (Key::Absent, Some(value)) => value.trim().trim_matches('\'').to_owned(),
                _ => format!("${{{inner}}}"),
            }
        }
    };
    pieces(wanted).into_iter().map(piece).collect()
}
