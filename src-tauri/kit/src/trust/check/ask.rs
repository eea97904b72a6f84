//! `check --as`: whether somebody may assume the role, and by which statement.

mod caller;
mod compare;
mod evaluate;
mod lack;

pub(crate) use caller::Principal;

use super::policy::{Effect, Policy, Statement};
use super::principal::Who;
use super::words;
use caller::Caller;
use evaluate::Holds;
use lack::{Lack, advice, clause};

/// What is known of a call beside who makes it.
#[derive(Debug, Default, Clone)]
pub(super) struct Given {
    pub(super) issuer: Option<String>,
    pub(super) audience: Option<String>,
    pub(super) external_id: Option<String>,
    pub(super) context: Vec<(String, String)>,
    /// The role's own account.
    pub(super) account: Option<String>,
    /// Whether the policy is one of Terraform's.
    pub(super) terraform: bool,
    /// Variables and parameters whose defaults were taken for their values.
    pub(super) defaults: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Verdict {
    Yes,
    /// It depends on what is not known here: for now, no.
    Unless,
    No,
}

#[derive(Debug, serde::Serialize)]
pub(super) struct Answer {
    pub(super) verdict: Verdict,
    /// The one that decides.
    pub(super) statement: Option<usize>,
    /// The answer, then its reasons, each a sentence.
    pub(super) words: Vec<String>,
}

pub(super) fn answer(policy: &Policy, principal: &Principal, given: &Given) -> Answer {
    let mut answer = answer_as_written(policy, principal, given);
    if !given.defaults.is_empty() {
        answer.words.push(format!("This takes the default for the value of {}.", given.defaults.join(", ")));
    }
    answer
}

fn answer_as_written(policy: &Policy, principal: &Principal, given: &Given) -> Answer {
    let caller = match Caller::of(principal, given, policy) {
        Ok(caller) => caller,
        Err(why) => return Answer { verdict: Verdict::Unless, statement: None, words: vec![why] },
    };
    if let Some(statement) = policy.statements.iter().find(|statement| statement.all_but) {
        let number = statement.number;
        let what = format!("Not known: AWS refuses a trust policy with NotPrincipal (statement {number}).");
        return Answer { verdict: Verdict::Unless, statement: Some(number), words: vec![what] };
    }
    let judged: Vec<(&Statement, Holds)> = policy
        .statements
        .iter()
        .map(|statement| (statement, evaluate::statement(statement, &caller)))
        .collect();
    let of = |effect: Effect| judged.iter().filter(move |(statement, _)| statement.effect == effect);
    if let Some((statement, _)) = of(Effect::Deny).find(|(_, holds)| *holds == Holds::Yes) {
        return Answer {
            verdict: Verdict::No,
            statement: Some(statement.number),
            words: vec![format!("No: statement {} denies it.", statement.number)],
        };
    }
    let perhaps_denied = of(Effect::Deny).find_map(|(statement, holds)| match holds {
        Holds::Depends(on) => Some((statement.number, on)),
        _ => None,
    });
    let yes = of(Effect::Allow).find(|(_, holds)| *holds == Holds::Yes);
    if policy.open {
        let mut said = vec!["Not known: a part of the policy is not in this file.".to_owned()];
        said.extend(yes.map(|(statement, _)| format!("Statement {} would let it in.", statement.number)));
        let statement = yes.map(|(statement, _)| statement.number);
        return Answer { verdict: Verdict::Unless, statement, words: said };
    }
    if let Some((statement, _)) = yes {
        return allowed(statement, perhaps_denied, &caller, given);
    }
    let depends = of(Effect::Allow).find_map(|(statement, holds)| match holds {
        Holds::Depends(on) => Some((*statement, on)),
        _ => None,
    });
    match depends {
        Some((statement, on)) => Answer {
            verdict: Verdict::Unless,
            statement: Some(statement.number),
            words: unless(statement, on, &caller, given),
        },
        None => refused(&judged, &caller),
    }
}

fn allowed(
    statement: &Statement,
    perhaps_denied: Option<(usize, &Vec<Lack>)>,
    caller: &Caller,
    given: &Given,
) -> Answer {
    let number = statement.number;
    if let Some((denies, on)) = perhaps_denied {
        let what = format!(
            "Not known: statement {number} allows it, but statement {denies} denies it where {}.",
            clause(on)
        );
        let mut said = vec![what];
        said.extend(advice(on, caller, given.terraform));
        return Answer { verdict: Verdict::Unless, statement: Some(denies), words: said };
    }
    let exactly = |who: &Who| {
        matches!(who, Who::Identity { .. } | Who::Session { .. }) && evaluate::is(who, caller) == Holds::Yes
    };
    let named = statement.who.iter().any(exactly);
    let abroad = given.account.as_deref().zip(caller.account()).is_some_and(|(own, its)| own != its);
    let own = "if the caller's own policies allow sts:AssumeRole on this role";
    let mut said = match (caller.account(), named) {
        (Some(account), false) => {
            let whole = statement.who.iter().any(|who| matches!(who, Who::Account(_)));
            let why =
                if whole { format!("trusts account {account} as a whole") } else { "lets it in".to_owned() };
            vec![format!("Yes, {own}: statement {number} {why}.")]
        }
        (Some(_), true) if abroad => vec![format!("Yes, {own}: it is of another account.")],
        _ => vec![format!("Yes: statement {number} lets it in.")],
    };
    if caller.account().is_some() && named && given.account.is_none() {
        said.push(
            "From another account, the caller's own policies must allow sts:AssumeRole, too.".to_owned(),
        );
    }
    said.extend(caller.assumed.iter().cloned());
    Answer { verdict: Verdict::Yes, statement: Some(number), words: said }
}

fn unless(statement: &Statement, on: &[Lack], caller: &Caller, given: &Given) -> Vec<String> {
    let mut said = vec![format!("No, unless {} (statement {}).", clause(on), statement.number)];
    said.extend(advice(on, caller, given.terraform));
    said.extend(caller.assumed.iter().cloned());
    said
}

fn refused(judged: &[(&Statement, Holds)], caller: &Caller) -> Answer {
    let mut said = vec!["No: no statement lets it in.".to_owned()];
    for (statement, holds) in judged.iter().filter(|(statement, _)| statement.effect == Effect::Allow).take(8)
    {
        if let Holds::No(why) = holds {
            said.push(format!("Statement {}: {why}.", statement.number));
        }
    }
    said.extend(caller.assumed.iter().cloned());
    // The one that is for such a caller, though its conditions are not met, is the one to look at.
    let nearest = judged.iter().find(|(statement, _)| {
        statement.effect == Effect::Allow
            && statement.who.iter().any(|who| evaluate::is(who, caller) == Holds::Yes)
    });
    Answer { verdict: Verdict::No, statement: nearest.map(|(statement, _)| statement.number), words: said }
}

/// The statement that decides, in words.
pub(super) fn statement_words(policy: &Policy, number: Option<usize>) -> Option<String> {
    policy.statements.iter().find(|statement| Some(statement.number) == number).map(words::statement)
}
