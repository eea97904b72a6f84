//! `condition ? this : that`: which of them it will be is not in the file, so that both are judged.

use super::known::Known;
use crate::trust::check::read::Document;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// More cases than these of one role are not judged.
const CASES: usize = 8;

/// What was decided about each condition, by its words, and which ones were asked for.
#[derive(Debug, Default)]
pub(super) struct Choices {
    taken: BTreeMap<String, bool>,
    asked: RefCell<Vec<String>>,
    /// What holds of those about which nothing was decided.
    others_fail: bool,
}

impl Choices {
    /// All conditions hold, or all fail.
    pub(super) fn all(hold: bool) -> Self {
        Self { others_fail: !hold, ..Self::default() }
    }

    /// Whether anything was asked for.
    pub(super) fn were_asked(&self) -> bool {
        !self.asked.borrow().is_empty()
    }

    /// Whether the condition holds, in the case that is looked at.
    pub(super) fn holds(&self, condition: &str) -> bool {
        let mut asked = self.asked.borrow_mut();
        if !asked.iter().any(|known| known == condition) {
            asked.push(condition.to_owned());
        }
        self.taken.get(condition).copied().unwrap_or(!self.others_fail)
    }
}

/// The document of each case, named after it: `aws_iam_role.web, line 12, if var.open`.
pub(super) fn each(
    known: &Known<'_>,
    name: &str,
    read: &mut dyn FnMut(&Known<'_>) -> Document,
) -> Vec<Document> {
    let mut cases: Vec<(BTreeMap<String, bool>, Document)> = vec![];
    follow(known, BTreeMap::new(), read, &mut cases);
    let left_out = cases.len() > CASES;
    cases.truncate(CASES);
    let mut documents: Vec<Document> = vec![];
    for (taken, document) in cases {
        if documents.iter().any(|other| other.node == document.node) {
            continue;
        }
        documents.push(Document { name: Some(format!("{name}{}", said(&taken))), ..document });
    }
    // Conditions that change nothing of the policy need no word.
    if let [only] = documents.as_mut_slice() {
        only.name = Some(name.to_owned());
    }
    if let (true, Some(last)) = (left_out, documents.last_mut()) {
        last.unknown.push("There are more cases of its conditions than are judged here.".to_owned());
    }
    documents
}

fn follow(
    known: &Known<'_>,
    taken: BTreeMap<String, bool>,
    read: &mut dyn FnMut(&Known<'_>) -> Document,
    cases: &mut Vec<(BTreeMap<String, bool>, Document)>,
) {
    if cases.len() > CASES {
        return;
    }
    let choices = Rc::new(Choices { taken: taken.clone(), ..Choices::default() });
    let case = known.choosing(Rc::clone(&choices));
    let mut document = read(&case);
    known.learn(&case);
    document.unknown.extend(case.notes());
    document.defaults.extend(case.defaults_taken());
    let next = choices.asked.borrow().iter().find(|condition| !taken.contains_key(*condition)).cloned();
    let Some(condition) = next else {
        cases.push((taken, document));
        return;
    };
    for holds in [true, false] {
        let mut taken = taken.clone();
        taken.insert(condition.clone(), holds);
        follow(known, taken, read, cases);
    }
}

fn said(taken: &BTreeMap<String, bool>) -> String {
    let parts: Vec<String> = taken
        .iter()
        .map(|(condition, holds)| match holds {
            true => condition.clone(),
            false if condition.contains(' ') => format!("not ({condition})"),
            false => format!("not {condition}"),
        })
        .collect();
    if parts.is_empty() { String::new() } else { format!(", if {}", parts.join(" and ")) }
}
