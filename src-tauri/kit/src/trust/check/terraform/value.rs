//! Terraform's expressions as values, as far as the file itself says what they are.

use super::known::Known;
use crate::trust::check::node::Node;
use hcl::edit::expr::{Expression, ForExpr, FuncCall, ObjectKey};
use hcl::edit::template::Element;

/// The whole value.
pub(super) fn node(value: &Expression, known: &Known<'_>) -> Node {
    match value {
        Expression::Null(_) => Node::Null,
        Expression::Bool(value) => Node::Bool(*value.value()),
        Expression::Number(number) => Node::Number(number.value().to_string()),
        Expression::Array(items) => Node::List(items.iter().map(|item| node(item, known)).collect()),
        Expression::Object(items) => {
            let item = |(key, value): (&ObjectKey, &hcl::edit::expr::ObjectValue)| {
                (key_text(key, known), node(value.expr(), known))
            };
            Node::Map(items.iter().map(item).collect())
        }
        Expression::Parenthesis(inner) => node(inner.inner(), known),
        Expression::Conditional(choice) => node(known.chosen(choice), known),
        Expression::ForExpr(each) => repeated(each, known, &written(value)),
        other => match text(other, known) {
            Some(text) => Node::Text(text),
            None => {
                if let Expression::FuncCall(call) = other
                    && let Some(node) = collection(call, known)
                {
                    return node;
                }
                let written = written(other);
                let local = known.local(&written).zip(known.deeper());
                local.map_or(Node::Unknown(written), |(local, known)| node(local, &known))
            }
        },
    }
}

/// What a `for` makes of each item, once: the item itself is not known, how many there are neither.
fn repeated(each: &ForExpr, known: &Known<'_>, written: &str) -> Node {
    let value = node(&each.value_expr, known);
    let Some(key) = &each.key_expr else {
        let more = (!value.is_unfinished()).then(|| Node::Unknown(written.to_owned()));
        return Node::List(std::iter::once(value).chain(more).collect());
    };
    let key = text(key, known).unwrap_or_else(|| format!("${{{}}}", self::written(key)));
    Node::Map(vec![(key, value), (format!("${{{written}}}"), Node::Unknown(written.to_owned()))])
}

/// Lists and objects that are put together; what is not known of them stays as a part of its own.
fn collection(call: &FuncCall, known: &Known<'_>) -> Option<Node> {
    let parts = || call.args.iter().map(|part| node(part, known));
    match call.name.name.as_str() {
        "concat" | "setunion" | "flatten" | "distinct" | "compact" | "sort" | "tolist" | "toset" => {
            let lists: Vec<Node> = parts().collect();
            let items = lists.iter().flat_map(|part| part.items().iter().flat_map(Node::items)).cloned();
            Some(Node::List(items.collect()))
        }
        "merge" => {
            let mut items: Vec<(String, Node)> = vec![];
            for part in parts() {
                match part {
                    Node::Map(more) => {
                        items.retain(|(key, _)| !more.iter().any(|(other, _)| other == key));
                        items.extend(more);
                    }
                    Node::Unknown(what) => items.push((format!("${{{what}}}"), Node::Unknown(what))),
                    other => return Some(Node::Unknown(format!("merge of {}", other.kind()))),
                }
            }
            Some(Node::Map(items))
        }
        _ => None,
    }
}

fn key_text(key: &ObjectKey, known: &Known<'_>) -> String {
    match key {
        ObjectKey::Ident(ident) => ident.as_str().to_owned(),
        ObjectKey::Expression(value) => {
            text(value, known).unwrap_or_else(|| format!("${{{}}}", written(value)))
        }
    }
}

/// A text, with `${…}` where a part of it is not known; none where nothing of it is.
pub(super) fn text(value: &Expression, known: &Known<'_>) -> Option<String> {
    match value {
        Expression::String(text) => Some(text.value().clone()),
        Expression::Parenthesis(inner) => text(inner.inner(), known),
        Expression::Conditional(choice) => text(known.chosen(choice), known),
        Expression::StringTemplate(template) => Some(pieces(template.iter(), known, str::to_owned)),
        Expression::HeredocTemplate(heredoc) => Some(pieces(heredoc.template.iter(), known, str::to_owned)),
        Expression::Variable(_) | Expression::Traversal(_) => known.text(&written(value)),
        Expression::FuncCall(call) => called(call, known),
        _ => None,
    }
}

/// The text of a value that holds JSON: what is put in is escaped as JSON's texts are.
pub(super) fn json_text(value: &Expression, known: &Known<'_>) -> Option<String> {
    let escaped = |text: &str| {
        let quoted = serde_json::Value::String(text.to_owned()).to_string();
        quoted[1..quoted.len() - 1].to_owned()
    };
    match value {
        Expression::StringTemplate(template) => Some(pieces(template.iter(), known, escaped)),
        Expression::HeredocTemplate(heredoc) => Some(pieces(heredoc.template.iter(), known, escaped)),
        other => text(other, known),
    }
}

fn pieces<'a>(
    elements: impl Iterator<Item = &'a Element>,
    known: &Known<'_>,
    escaped: impl Fn(&str) -> String,
) -> String {
    let piece = |element: &Element| match element {
        Element::Literal(literal) => literal.value().clone(),
        Element::Interpolation(inserted) => {
            let text = text(&inserted.expr, known);
            escaped(&text.unwrap_or_else(|| format!("${{{}}}", written(&inserted.expr))))
        }
        Element::Directive(_) => "${a directive}".to_owned(),
    };
    elements.map(piece).collect()
}

/// The few functions with which people take `https://` from an issuer.
fn called(call: &FuncCall, known: &Known<'_>) -> Option<String> {
    let argument = |number: usize| call.args.get(number).and_then(|value| text(value, known));
    let whole = argument(0)?;
    match call.name.name.as_str() {
        "replace" => Some(whole.replace(&argument(1)?, &argument(2)?)),
        "trimprefix" => {
            let prefix = argument(1)?;
            Some(whole.strip_prefix(prefix.as_str()).unwrap_or(&whole).to_owned())
        }
        "trimsuffix" => {
            let suffix = argument(1)?;
            Some(whole.strip_suffix(suffix.as_str()).unwrap_or(&whole).to_owned())
        }
        "lower" => Some(whole.to_lowercase()),
        "tostring" => Some(whole),
        _ => None,
    }
}

/// The expression as it stands in the file, on one line.
pub(super) fn written(value: &Expression) -> String {
    let text = value.to_string();
    let mut line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() > 120 {
        line = line.chars().take(119).chain(['…']).collect();
    }
    line
}
