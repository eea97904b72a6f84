//! Whether a statement holds for a call: yes, no, or depending on what is not known.

use super::caller::{Caller, Key, Principal};
use super::compare::fits;
use crate::trust::check::operator::{Operator, Set, Test, like, opened};
use crate::trust::check::policy::{Condition, Statement};
use crate::trust::check::principal::{Who, open};
use crate::trust::check::words;
use rolecall_core::problem::foreign;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Holds {
    Yes,
    /// Why not: the rest of a sentence.
    No(String),
    /// On what, each a clause.
    Depends(Vec<String>),
}

/// A statement holds where all of it does.
pub(super) fn statement(statement: &Statement, caller: &Caller) -> Holds {
    let mut on: Vec<String> =
        statement.unknown.iter().map(|part| format!("{part} fits, which is not known here")).collect();
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
    match (found, statement.all_but) {
        (true, false) => Holds::Yes,
        (true, true) => Holds::No("it is excepted by name".to_owned()),
        (false, _) if !on.is_empty() => Holds::Depends(on),
        (false, true) => Holds::Yes,
        (false, false) if open_principal => Holds::Yes,
        (false, false) => Holds::No(match statement.who.as_slice() {
            [] => "it names nobody".to_owned(),
            [one] => format!("it is for {}", words::who(one)),
            [one, ..] => format!("it is for {}, and others, but not for this one", words::who(one)),
        }),
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
            Holds::Depends(vec![format!("{} is {is}, which is not known here", foreign(wanted))])
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
        (Who::Identity { arn: wanted, account: its }, Principal::Session { account, role, .. }) => {
            let named = wanted.contains(":role/") && wanted.rsplit('/').next() == Some(role.as_str());
            if open(wanted) {
                same(wanted, wanted)
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
                Holds::Depends(vec![format!("its session is called {}", foreign(session))])
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
            Holds::Depends(vec!["the provider is of that issuer, which is not known here".to_owned()])
        }
        (Who::Unknown { kind, text }, principal) if fits_kind(kind, principal) => {
            let what = text.trim_start_matches("${").trim_end_matches('}');
            Holds::Depends(vec![format!("{} is this one, which is not known here", foreign(what))])
        }
        _ => no(),
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
        return Holds::Depends(vec![format!("{} means something to AWS", condition.operator)]);
    };
    if open(&condition.key) {
        return open_key(condition, operator, &said, caller);
    }
    tested(operator, &condition.values, caller.key(&condition.key), caller, &said)
}

/// `${the issuer}:sub`: if the key is the caller's own, its value still decides.
fn open_key(condition: &Condition, operator: Operator, said: &str, caller: &Caller) -> Holds {
    let Principal::Web { issuer: Some(issuer), .. } = &caller.principal else {
        return Holds::Depends(vec![format!("{said} (not known here)")]);
    };
    let (prefix, claim) = (condition.prefix(), condition.claim());
    if open(claim) || !like(&opened(prefix), issuer) {
        return Holds::Depends(vec![format!("{said} (not known here)")]);
    }
    let key = format!("{issuer}:{claim}");
    match tested(operator, &condition.values, caller.key(&key), caller, said) {
        Holds::Yes => {
            Holds::Depends(vec![format!("{} is {issuer}, which is not known here", foreign(prefix))])
        }
        other => other,
    }
}

fn tested(operator: Operator, wanted: &[String], key: Key<'_>, caller: &Caller, said: &str) -> Holds {
    let yes_or_no = |yes: bool, is: &str| {
        if yes { Holds::Yes } else { Holds::No(format!("it asks that {said}{is}")) }
    };
    if operator.test == Test::Null {
        let absent = wanted.iter().any(|value| value.eq_ignore_ascii_case("true"));
        return match key {
            Key::Is(_) => yes_or_no(!absent, ""),
            Key::Absent => yes_or_no(absent, ""),
            Key::Unknown => Holds::Depends(vec![said.to_owned()]),
        };
    }
    let values = match key {
        Key::Unknown => return Holds::Depends(vec![said.to_owned()]),
        Key::Absent => {
            let passes = operator.if_exists
                || operator.set == Some(Set::All)
                || (operator.negated && operator.set != Some(Set::Any));
            return yes_or_no(passes, ", which such a call never has");
        }
        Key::Is(values) => values,
    };
    let mut open_end = false;
    let mut one = |value: &String| {
        let mut hit = false;
        for wanted in wanted {
            match fits(operator.test, &filled(wanted, caller), value) {
                Some(true) => hit = true,
                Some(false) => {}
                None => open_end = true,
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
    if open_end && holds == operator.negated {
        return Holds::Depends(vec![said.to_owned()]);
    }
    let is = values.iter().map(|value| foreign(value)).collect::<Vec<_>>().join(", ");
    yes_or_no(holds, &format!("; here it is {is}"))
}

/// Variables of the policy whose value is known: `${aws:username}`.
fn filled(wanted: &str, caller: &Caller) -> String {
    let (mut result, mut rest) = (String::new(), wanted);
    while let Some((before, after)) = rest.split_once("${") {
        result.push_str(before);
        let Some((name, behind)) = after.split_once('}') else {
            return result + "${" + after;
        };
        match caller.key(name.trim()) {
            Key::Is([value]) => result.push_str(value),
            _ => result.push_str(&format!("${{{name}}}")),
        }
        rest = behind;
    }
    result + rest
}
