//! A trust policy, taken apart; what does not have the shape of one is found on the way.

mod condition;
mod principals;

pub(super) use condition::Condition;

use super::finding::Findings;
use super::near;
use super::node::Node;
use super::pieces::open;
use super::principal::Who;

/// What a policy says, statement by statement.
#[derive(Debug, Default)]
pub(super) struct Policy {
    pub(super) version: Option<String>,
    pub(super) statements: Vec<Statement>,
    /// There may be statements that are not known here.
    pub(super) open: bool,
}

#[derive(Debug)]
pub(super) struct Statement {
    /// From one.
    pub(super) number: usize,
    pub(super) sid: Option<String>,
    pub(super) effect: Effect,
    pub(super) who: Vec<Who>,
    /// `NotPrincipal`: everybody else is meant.
    pub(super) all_but: bool,
    /// As written; empty where they are not known here.
    pub(super) actions: Vec<String>,
    /// `NotAction`: all others are meant.
    pub(super) other_actions: bool,
    pub(super) conditions: Vec<Condition>,
    /// Whether it has a `Resource`, or a `NotResource`.
    pub(super) resource: bool,
    /// Parts that are not in the file: "Condition var.more".
    pub(super) unknown: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    Allow,
    Deny,
    /// Neither: AWS refuses the policy.
    Neither,
}

/// Elements that a statement may have.
const ELEMENTS: [&str; 9] = [
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
];

impl Policy {
    pub(super) fn of(node: &Node, findings: &mut Findings) -> Self {
        let Node::Map(items) = node else {
            match node {
                Node::Unknown(what) => findings.note(format!("The policy itself is not known here: {what}.")),
                other => findings.add(
                    "trust.shape",
                    None,
                    format!("A policy is an object with Version and Statement; this is {}.", other.kind()),
                    "Begin with {\"Version\": \"2012-10-17\", \"Statement\": [ … ]}.",
                ),
            }
            return Self { open: matches!(node, Node::Unknown(_)), ..Self::default() };
        };
        for (key, way) in node.duplicates() {
            let place = if way.is_empty() { "the policy".to_owned() } else { way };
            findings.add(
                "trust.duplicate_key",
                None,
                format!("{} stands twice in {place}; only the last one counts.", quoted(&key)),
                "Put both into one: a list of values, or one object with both keys.",
            );
        }
        unknown_elements(items, &["Version", "Id", "Statement"], "a policy", None, findings);
        let more = added(items);
        let statements = match (node.get("Statement"), more) {
            (Some(Node::Unknown(what)), _) | (None, Some(what)) => {
                findings.note(format!("The statements are not known here: {what}."));
                &[]
            }
            (Some(statements), _) => statements.items(),
            (None, None) => &[],
        };
        let elsewhere = more.is_some() || matches!(node.get("Statement"), Some(Node::Unknown(_)));
        if statements.is_empty() && !elsewhere {
            findings.add(
                "trust.shape",
                None,
                "There is no Statement, so nobody may assume the role.",
                "Add \"Statement\": [{\"Effect\": \"Allow\", \"Principal\": …, \"Action\": …}].",
            );
        }
        let open = elsewhere || statements.iter().any(|statement| matches!(statement, Node::Unknown(_)));
        let number = |(index, node): (usize, &Node)| statement(index + 1, node, findings);
        let statements = statements.iter().enumerate().filter_map(number).collect();
        Self { version: node.get("Version").and_then(Node::scalar), statements, open }
    }
}

fn statement(number: usize, node: &Node, findings: &mut Findings) -> Option<Statement> {
    let Node::Map(items) = node else {
        match node {
            Node::Unknown(what) => findings.note(format!("Statement {number} is not known here: {what}.")),
            other => findings.add(
                "trust.shape",
                number,
                format!("A statement is an object; this is {}.", other.kind()),
                "Write {\"Effect\": \"Allow\", \"Principal\": …, \"Action\": …}.",
            ),
        }
        return None;
    };
    unknown_elements(items, &ELEMENTS, "a statement", Some(number), findings);
    let mut unknown = vec![];
    let more = added(items);
    let all_but = node.get("Principal").is_none() && node.get("NotPrincipal").is_some();
    let who = match node.get("Principal").or(node.get("NotPrincipal")) {
        Some(principal) => principals::principals(number, principal, &mut unknown, findings),
        None if more.is_some() => vec![],
        None => {
            if !misspelled(items, "Principal") {
                let instead = if node.get("Resource").is_some() {
                    "This looks like a permission policy; check the role's trust policy in its place."
                } else {
                    "Add \"Principal\": {\"AWS\": …}, {\"Service\": …} or {\"Federated\": …}."
                };
                findings.add("trust.shape", number, "It does not say who: Principal is missing.", instead);
            }
            vec![]
        }
    };
    unknown.extend(more.into_iter().flat_map(|what| {
        let missing = ["Principal", "Action"].iter().filter(|element| node.get(element).is_none());
        missing.chain(&["Condition"]).map(move |element| format!("{element} {what}"))
    }));
    let other_actions = node.get("Action").is_none() && node.get("NotAction").is_some();
    Some(Statement {
        number,
        sid: node.get("Sid").and_then(Node::scalar).filter(|sid| !sid.is_empty()),
        effect: effect(number, node, items, findings),
        who,
        all_but,
        actions: actions(number, node, items, &mut unknown, findings),
        other_actions,
        conditions: condition::conditions(number, node.get("Condition"), &mut unknown, findings),
        resource: node.get("Resource").or(node.get("NotResource")).is_some(),
        unknown,
    })
}

fn effect(number: usize, node: &Node, items: &[(String, Node)], findings: &mut Findings) -> Effect {
    match node.get("Effect").and_then(Node::scalar).as_deref() {
        Some("Allow") => Effect::Allow,
        Some("Deny") => Effect::Deny,
        Some(text) if open(text) => Effect::Neither,
        Some(text) => {
            let meant = if text.to_ascii_lowercase().starts_with('d') { "Deny" } else { "Allow" };
            findings.add(
                "trust.effect",
                number,
                format!("Effect is {}, which AWS does not know.", quoted(text)),
                format!("Write \"Effect\": \"{meant}\", with a capital letter."),
            );
            Effect::Neither
        }
        None => {
            if added(items).is_none() && !misspelled(items, "Effect") {
                findings.add(
                    "trust.effect",
                    number,
                    "Effect is missing.",
                    "Add \"Effect\": \"Allow\" or \"Deny\".",
                );
            }
            Effect::Neither
        }
    }
}

fn actions(
    number: usize,
    node: &Node,
    items: &[(String, Node)],
    unknown: &mut Vec<String>,
    findings: &mut Findings,
) -> Vec<String> {
    let Some(action) = node.get("Action").or(node.get("NotAction")) else {
        if added(items).is_none() && !misspelled(items, "Action") {
            let instead = "Add \"Action\": \"sts:AssumeRole\", or the one that fits the principal.";
            findings.add("trust.shape", number, "It does not say what: Action is missing.", instead);
        }
        return vec![];
    };
    let mut actions = vec![];
    for item in action.items() {
        match item {
            Node::Text(text) => actions.push(text.clone()),
            Node::Unknown(what) => unknown.push(format!("Action {what}")),
            other => findings.add(
                "trust.shape",
                number,
                format!("An action is a text; this is {}.", other.kind()),
                "Write \"Action\": \"sts:AssumeRole\", or a list of such texts.",
            ),
        }
    }
    actions
}

fn unknown_elements(
    items: &[(String, Node)],
    known: &[&str],
    of: &str,
    number: Option<usize>,
    findings: &mut Findings,
) {
    for (key, _) in items.iter().filter(|(key, _)| !known.contains(&key.as_str()) && !open(key)) {
        let instead = match near::nearest(key, known) {
            Some(meant) => format!("Write {}.", quoted(meant)),
            None => format!("Take it out; {of} has {}.", known.join(", ")),
        };
        findings.add("trust.shape", number, format!("{} is no element of {of}.", quoted(key)), instead);
    }
}

/// What may add elements that are not in the file: `merge({…}, var.more)`.
fn added(items: &[(String, Node)]) -> Option<&String> {
    items.iter().find_map(|(key, value)| match value {
        Node::Unknown(what) if open(key) => Some(what),
        _ => None,
    })
}

/// Whether the element is there with another spelling, which is said already.
fn misspelled(items: &[(String, Node)], element: &str) -> bool {
    items
        .iter()
        .any(|(key, _)| !ELEMENTS.contains(&key.as_str()) && near::nearest(key, &ELEMENTS) == Some(element))
}

/// A text of the file's, fit to stand in a sentence.
pub(super) fn quoted(text: &str) -> String {
    let text = rolecall_core::problem::foreign(text);
    if text.chars().count() > 160 {
        return format!("\"{}…\"", text.chars().take(159).collect::<String>());
    }
    format!("\"{text}\"")
}
