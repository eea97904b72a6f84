//! A statement in plain words: who may assume the role, by which action, under which conditions.

use super::operator::{Operator, Order, Set, Test};
use super::pieces::{bare, is_variable, open, whole};
use super::policy::{Condition, Effect, Statement, quoted};
use super::principal::Who;
use rolecall_core::problem::foreign;

/// Lists longer than this are cut, and how many there are is said.
const SHOWN: usize = 8;

/// Several lines: a heading, then who, what, and under which conditions.
pub(super) fn statement(statement: &Statement) -> String {
    let name = statement.sid.as_ref().map_or(String::new(), |sid| format!(" ({})", foreign(sid)));
    let verb = match statement.effect {
        Effect::Allow => "allows",
        Effect::Deny => "denies",
        Effect::Neither => "has no effect",
    };
    let mut lines = vec![format!("Statement {}{name} {verb}", statement.number)];
    let mut line = |word: &str, text: String| lines.push(format!("  {word:5} {text}"));
    let who: Vec<String> = statement.who.iter().map(self::who).collect();
    if statement.all_but {
        let names: Vec<&str> = who.iter().map(|who| who.split(": ").next().unwrap_or(who)).collect();
        line("who", format!("everybody but {}", names.join(", ")));
    } else if who.is_empty() {
        line("who", "nobody that is known here".to_owned());
    } else {
        let more = who.len().saturating_sub(SHOWN);
        let shown = who.into_iter().take(SHOWN).chain((more > 0).then(|| format!("{more} more")));
        for (number, who) in shown.enumerate() {
            line(if number == 0 { "who" } else { "and" }, who);
        }
    }
    let actions: Vec<String> = statement.actions.iter().map(|action| foreign(action)).collect();
    let all_but = if statement.other_actions { "all but " } else { "" };
    let actions = if actions.is_empty() { "not known here".to_owned() } else { listed(&actions, "and") };
    line("what", format!("{all_but}{actions}"));
    for (number, condition) in statement.conditions.iter().take(SHOWN * 2).enumerate() {
        line(if number == 0 { "if" } else { "and" }, self::condition(condition));
        if let Some(meaning) = meaning(condition) {
            line("", format!("({meaning})"));
        }
    }
    if statement.conditions.len() > SHOWN * 2 {
        line("and", format!("{} more conditions", statement.conditions.len() - SHOWN * 2));
    }
    lines.join("\n")
}

pub(super) fn who(who: &Who) -> String {
    let of = |account: &str| {
        if open(account) { String::new() } else { format!(", account {account}") }
    };
    match who {
        Who::Anyone => "anybody, in every account".to_owned(),
        Who::Account(account) => {
            format!("account {}: whoever its own policies allow", shown(account))
        }
        Who::Identity { arn, .. } | Who::Session { arn, .. } => foreign(arn),
        Who::Service(name) => match name.as_str() {
            "pods.eks.amazonaws.com" => "pods, through EKS Pod Identity (pods.eks.amazonaws.com)".to_owned(),
            name => format!("the service {name}"),
        },
        Who::Saml { arn, .. } => format!("people who sign in with SAML through {}", foreign(arn)),
        Who::Oidc { issuer: Some(issuer), account, .. } => {
            format!("identities of the OIDC provider {}{}", foreign(issuer), of(account))
        }
        Who::Oidc { issuer: None, .. } => "identities of an OIDC provider that is not known here".to_owned(),
        Who::Builtin(issuer) => format!("identities of {issuer}"),
        Who::Unknown { kind, text } => format!("{kind} {} (not known here)", foreign(bare(text))),
        Who::Odd { text, .. } => format!("{} (cannot be one)", quoted(text)),
    }
}

/// `sts:ExternalId is "42"`.
pub(super) fn condition(condition: &Condition) -> String {
    let key = foreign(&condition.key);
    let values: Vec<String> = condition.values.iter().map(|value| shown(value)).collect();
    let Some(operator) = Operator::parse(&condition.operator) else {
        return format!("{key} {} {}", quoted(&condition.operator), listed(&values, "or"));
    };
    if operator.test == Test::Null {
        let absent = condition.values.iter().any(|value| value.eq_ignore_ascii_case("true"));
        return format!("{key} is {}", if absent { "absent" } else { "there" });
    }
    let not = if operator.negated { "not " } else { "" };
    let verb = match operator.test {
        Test::Like => format!("is {not}like"),
        Test::Arn => format!("is {not}the ARN"),
        Test::Ip => format!("is {not}in"),
        Test::EqualsIgnoreCase => format!("is {not}(in letters of either case)"),
        Test::Numeric(order) | Test::Date(order) => format!(
            "is {not}{}",
            match order {
                Order::Equal => "",
                Order::Less => "less than",
                Order::LessOrEqual => "at most",
                Order::Greater => "greater than",
                Order::GreaterOrEqual => "at least",
            }
        ),
        _ => format!("is {not}"),
    };
    let verb = match operator.set {
        None => verb,
        Some(Set::Any) => format!("has a value that {verb}"),
        Some(Set::All) => format!("has only values of which each {verb}"),
    };
    let or = if operator.negated { "nor" } else { "or" };
    let exists = if operator.if_exists { ", or is absent" } else { "" };
    format!("{key} {} {}{exists}", verb.trim_end(), listed(&values, or))
}

/// What a subject is, for those who do not know it by heart.
fn meaning(condition: &Condition) -> Option<String> {
    let [value] = condition.values.as_slice() else { return None };
    let negated = Operator::parse(&condition.operator).is_none_or(|operator| operator.negated);
    if negated || condition.claim() != "sub" {
        return None;
    }
    let (namespace, name) = value.strip_prefix("system:serviceaccount:")?.split_once(':')?;
    let name = if name == "*" { "any service account".to_owned() } else { format!("service account {name}") };
    Some(foreign(&format!("pods of {name} in namespace {namespace}")))
}

fn shown(value: &str) -> String {
    match whole(value) {
        Some(inner) if is_variable(inner) => return format!("the caller's {}", foreign(inner)),
        Some(inner) => return format!("{} (not known here)", foreign(inner)),
        None => {}
    }
    let value = foreign(value);
    if value.is_empty() || value.contains([' ', ',']) { format!("\"{value}\"") } else { value }
}

fn listed(values: &[String], word: &str) -> String {
    match values {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [first @ .., last] if values.len() <= SHOWN => format!("{} {word} {last}", first.join(", ")),
        _ => format!("{} {word} {} more", values[..SHOWN].join(", "), values.len() - SHOWN),
    }
}
