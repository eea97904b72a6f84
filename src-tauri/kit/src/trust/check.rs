//! `trust check`: says who may assume a role, what is wrong with its trust policy, and whether a given caller may.

mod ask;
mod cloudformation;
mod faults;
mod find;
mod finding;
mod json_with_holes;
mod near;
mod node;
mod operator;
mod pieces;
mod policy;
mod principal;
mod read;
mod show;
mod template_text;
mod terraform;
mod words;
mod yaml;

pub(super) use ask::Principal;

use super::arguments::Check;
use crate::say;
use ask::{Answer, Given, Verdict};
use finding::Findings;
use policy::Policy;
use read::Document;
use rolecall_core::problem::Report;
use std::process::ExitCode;

/// One policy of the file, judged.
struct Checked {
    name: Option<String>,
    policy: Policy,
    findings: Findings,
    /// To `--as`.
    answer: Option<Answer>,
    /// Whether a part of the policy is not in the file.
    unfinished: bool,
}

impl Checked {
    /// Whether nothing of its policy is in the file.
    fn is_unjudged(&self) -> bool {
        self.policy.open && self.policy.statements.is_empty() && self.findings.found.is_empty()
    }
}

pub(super) fn run(arguments: &Check) -> Result<ExitCode, Report> {
    let text = read::text(&arguments.file)?;
    let (words, right) = judge(&text, arguments)?;
    say::data(&words);
    Ok(if right? { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What is said of a text, and whether nothing is wrong with it, or the answer to `--as` is yes.
///
/// # Errors
/// There is no trust policy in the text; within, what there is cannot be judged.
pub(super) fn judge(text: &str, arguments: &Check) -> Result<(String, Result<bool, Report>), Report> {
    let found = read::documents(text).map_err(|unread| unread.report(&arguments.file))?;
    let (mut documents, client_ids) = (found.documents, found.client_ids);
    if arguments.principal.is_some() {
        // Nobody is let in by a service account itself.
        documents.retain(|document| !document.node.is_of_kubernetes());
        if documents.is_empty() {
            return Err(read::Unread::nothing().report(&arguments.file));
        }
    }
    let checked: Vec<Checked> =
        documents.iter().map(|document| checked(document, &client_ids, arguments)).collect();
    let words = if arguments.json { show::json(&checked) } else { show::words(&checked) };
    let unjudged: Vec<&Checked> = checked.iter().filter(|checked| checked.is_unjudged()).collect();
    if !unjudged.is_empty()
        && arguments.principal.is_none()
        && checked.iter().all(|checked| checked.findings.found.is_empty())
    {
        let names: Vec<&str> = unjudged.iter().filter_map(|checked| checked.name.as_deref()).collect();
        return Ok((words, Err(read::not_judged(&arguments.file, &names))));
    }
    let right = checked.iter().all(|checked| match &checked.answer {
        Some(answer) => answer.verdict == Verdict::Yes,
        None => checked.findings.found.is_empty(),
    });
    Ok((words, Ok(right)))
}

fn checked(document: &Document, client_ids: &[(String, Vec<String>)], arguments: &Check) -> Checked {
    let own =
        arguments.account.as_ref().map(|account| account.as_str().to_owned()).or(document.account.clone());
    let (mut policy, mut findings) = faults::with_client_ids(&document.node, own.as_deref(), client_ids);
    if let Some(broken) = &document.broken {
        findings = Findings::default();
        findings.add("trust.not_json", None, broken.clone(), "Write JSON, or jsonencode({ … }).");
    }
    for unknown in &document.unknown {
        policy.open = true;
        findings.note(unknown.clone());
    }
    if !document.defaults.is_empty() {
        findings.note(format!("This takes the default for the value of {}.", document.defaults.join(", ")));
    }
    let answer = arguments.principal.as_ref().map(|principal| {
        let given = Given {
            issuer: arguments.issuer.clone(),
            audience: arguments.audience.clone(),
            external_id: arguments.external_id.clone(),
            context: arguments.context.clone(),
            account: own,
            terraform: document.terraform,
            defaults: document.defaults.clone(),
        };
        ask::answer(&policy, principal, &given)
    });
    let unfinished = policy.open || document.node.is_unfinished() || !document.defaults.is_empty();
    Checked { name: document.name.clone(), policy, findings, answer, unfinished }
}

#[cfg(test)]
mod tests;
