//! The outcome of a check, for people and as JSON.

use super::ask;
use super::finding::Finding;
use super::{Checked, words};
use serde_json::{Value, json};

/// More than these of one policy are counted, not shown.
const SHOWN: usize = 40;

pub(super) fn words(checked: &[Checked]) -> String {
    let parts: Vec<String> = checked.iter().map(one).collect();
    parts.join("\n\n")
}

fn one(checked: &Checked) -> String {
    let mut parts = vec![];
    if let Some(name) = &checked.name {
        parts.push(format!("{}:", rolecall_core::problem::foreign(name)));
    }
    match &checked.answer {
        Some(answer) => {
            parts.push(answer.words.join("\n"));
            parts.extend(ask::statement_words(&checked.policy, answer.statement));
            let wrong = checked.findings.found.len();
            if wrong > 0 {
                let things =
                    if wrong == 1 { "One thing is".to_owned() } else { format!("{wrong} things are") };
                parts.push(format!("{things} wrong with this policy; ask without --as to see."));
            }
        }
        None => {
            let statements = &checked.policy.statements;
            parts.extend(statements.iter().take(SHOWN).map(words::statement));
            if statements.len() > SHOWN {
                parts.push(format!("… and {} statements more.", statements.len() - SHOWN));
            }
            parts.extend(checked.findings.found.iter().take(SHOWN).map(finding));
            if checked.findings.found.len() > SHOWN {
                parts.push(format!(
                    "… and {} things more that are wrong.",
                    checked.findings.found.len() - SHOWN
                ));
            }
            if checked.findings.found.is_empty() {
                parts.push(nothing(checked).to_owned());
            }
            let notes = checked.findings.notes.iter().take(SHOWN);
            parts.extend(notes.map(|note| format!("note: {}", rolecall_core::problem::foreign(note))));
        }
    }
    parts.join("\n\n")
}

fn nothing(checked: &Checked) -> &'static str {
    if checked.is_unjudged() {
        "It could not be judged: it is not in this file."
    } else if checked.policy.statements.is_empty() {
        // An object of Kubernetes: a policy without statements has a finding.
        "No trust policy is in it; nothing is wrong with its names."
    } else if checked.unfinished {
        "Nothing is wrong with it, as far as it is known."
    } else {
        "Nothing is wrong with it."
    }
}

fn finding(finding: &Finding) -> String {
    let place = finding.statement.map_or(String::new(), |number| format!(" in statement {number}"));
    format!("wrong{place}: {}\nhelp: {} [{}]", finding.what, finding.instead, finding.code)
}

pub(super) fn json(checked: &[Checked]) -> String {
    let policies: Vec<Value> = checked
        .iter()
        .map(|checked| {
            let statements: Vec<Value> = checked
                .policy
                .statements
                .iter()
                .map(|statement| {
                    json!({
                        "number": statement.number,
                        "sid": statement.sid,
                        "effect": format!("{:?}", statement.effect).to_lowercase(),
                        "who": statement.who.iter().map(words::who).collect::<Vec<_>>(),
                        "all_but": statement.all_but,
                        "actions": statement.actions,
                        "conditions": statement.conditions.iter().map(words::condition).collect::<Vec<_>>(),
                    })
                })
                .collect();
            json!({
                "name": checked.name,
                "statements": statements,
                "findings": checked.findings.found,
                "notes": checked.findings.notes,
                "unfinished": checked.unfinished,
                "answer": checked.answer,
            })
        })
        .collect();
    serde_json::to_string_pretty(&json!({ "policies": policies })).unwrap_or_default()
}
