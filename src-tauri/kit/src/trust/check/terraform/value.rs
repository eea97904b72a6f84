//! Terraform's expressions as values, as far as the file itself says what they are.

use super::functions;
use super::known::Known;
use crate::trust::check::node::Node;
use hcl::edit::Decorated;
use hcl::edit::expr::{BinaryOperator, Expression, ForExpr, ObjectKey, TraversalOperator, UnaryOperator};
use hcl::edit::template::{Directive, Element, ForDirective};

/// More items than these are not gone through one by one.
const ITEMS: usize = 200;

type Operators = [Decorated<TraversalOperator>];

/// The whole value.
pub(super) fn node(value: &Expression, known: &Known<'_>) -> Node {
    let unknown = || Node::Unknown(written(value));
    if !known.step() {
        return unknown();
    }
    match value {
        Expression::Null(_) => Node::Null,
        Expression::Bool(value) => Node::Bool(*value.value()),
        Expression::Number(number) => Node::Number(number.value().to_string()),
        Expression::String(text) => Node::Text(text.value().clone()),
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
        Expression::StringTemplate(template) => {
            let elements: Vec<&Element> = template.iter().collect();
            // A template that is nothing but one insertion is that value, of whatever kind.
            match elements.as_slice() {
                [Element::Interpolation(only)] => node(&only.expr, known),
                elements => of_template(elements, known),
            }
        }
        Expression::HeredocTemplate(heredoc) => {
            of_template(&heredoc.template.iter().collect::<Vec<_>>(), known)
        }
        Expression::Variable(name) => reference(name.as_str(), &[], known).unwrap_or_else(unknown),
        Expression::Traversal(traversal) => {
            let operators = traversal.operators.as_slice();
            let found = match &traversal.expr {
                Expression::Variable(name) => reference(name.as_str(), operators, known),
                other => follow(node(other, known), operators, known),
            };
            found.unwrap_or_else(unknown)
        }
        Expression::FuncCall(call) => functions::called(call, known).unwrap_or_else(unknown),
        Expression::UnaryOp(operation) => match (*operation.operator.value(), node(&operation.expr, known)) {
            (UnaryOperator::Not, Node::Bool(holds)) => Node::Bool(!holds),
            (UnaryOperator::Neg, Node::Number(number)) => Node::Number(format!("-{number}")),
            _ => unknown(),
        },
        Expression::BinaryOp(operation) => {
            let (left, right) = (node(&operation.lhs_expr, known), node(&operation.rhs_expr, known));
            let holds = match (*operation.operator.value(), &left, &right) {
                (BinaryOperator::And, Node::Bool(left), Node::Bool(right)) => Some(*left && *right),
                (BinaryOperator::Or, Node::Bool(left), Node::Bool(right)) => Some(*left || *right),
                (BinaryOperator::Eq, ..) => is_equal(&left, &right),
                (BinaryOperator::NotEq, ..) => is_equal(&left, &right).map(|equal| !equal),
                _ => None,
            };
            holds.map_or_else(unknown, Node::Bool)
        }
    }
}

/// Whether two values are one; none where a part of them is not known.
fn is_equal(one: &Node, other: &Node) -> Option<bool> {
    (!one.is_unfinished() && !other.is_unfinished()).then(|| one == other)
}

/// What a name stands for, and what is asked of it; none where the file does not say.
fn reference(root: &str, operators: &Operators, known: &Known<'_>) -> Option<Node> {
    if let Some(bound) = known.bound(root) {
        return follow(bound.clone(), operators, known);
    }
    let name = |number: usize| match operators.get(number).map(|operator| operator.value()) {
        Some(TraversalOperator::GetAttr(name)) => Some(name.as_str()),
        _ => None,
    };
    let rest = |from: usize| operators.get(from..).unwrap_or_default();
    match root {
        "local" => follow(known.local(name(0)?)?, rest(1), known),
        "var" => follow(known.variable(name(0)?)?, rest(1), known),
        "data" => of_block(&format!("data.{}.{}", name(0)?, name(1)?), rest(2), known),
        kind => of_block(&format!("{kind}.{}", name(0)?), rest(1), known),
    }
}

/// All blocks of one `count` or `for_each` are written as one, so that it does not matter which is asked for.
fn of_block(address: &str, operators: &Operators, known: &Known<'_>) -> Option<Node> {
    let index = |operator: &&Decorated<TraversalOperator>| {
        matches!(operator.value(), TraversalOperator::Index(_) | TraversalOperator::LegacyIndex(_))
    };
    let indexed = operators.iter().take_while(index).count();
    let rest = operators.get(indexed..).unwrap_or_default();
    let last = operators.last().and_then(|operator| match operator.value() {
        TraversalOperator::GetAttr(name) => Some(name.as_str()),
        _ => None,
    });
    let index = match operators.first().filter(|_| indexed > 0).map(|operator| operator.value()) {
        Some(TraversalOperator::Index(index)) => Some(node(index, known).scalar().unwrap_or_default()),
        Some(_) => Some(String::new()),
        None => None,
    };
    let (mut all, several) = known.block(address, index.as_deref(), last)?;
    match several && indexed == 0 {
        true => follow(Node::List(all), rest, known),
        false => follow(all.swap_remove(0), rest, known),
    }
}

/// What is asked of a value: an attribute, an item, the same of each.
fn follow(mut value: Node, operators: &Operators, known: &Known<'_>) -> Option<Node> {
    for (number, operator) in operators.iter().enumerate() {
        let rest = operators.get(number + 1..).unwrap_or_default();
        value = match operator.value() {
            TraversalOperator::GetAttr(name) => attribute(&value, name.as_str())?,
            TraversalOperator::Index(index) => match node(index, known) {
                Node::Number(number) => item(&value, number.parse().ok()?)?,
                Node::Text(key) => attribute(&value, &key)?,
                _ => match value {
                    Node::List(items) if items.len() == 1 => items.into_iter().next()?,
                    _ => return None,
                },
            },
            TraversalOperator::LegacyIndex(index) => item(&value, usize::try_from(*index.value()).ok()?)?,
            TraversalOperator::FullSplat(_) => {
                let items = splat(value)?.into_iter().map(|item| follow(item, rest, known));
                return items.collect::<Option<Vec<_>>>().map(Node::List);
            }
            // An index behind the attributes is one of the list.
            TraversalOperator::AttrSplat(_) => {
                let attributes = rest
                    .iter()
                    .take_while(|operator| matches!(operator.value(), TraversalOperator::GetAttr(_)))
                    .count();
                let (own, rest) = rest.split_at(attributes);
                let items = splat(value)?.into_iter().map(|item| follow(item, own, known));
                let list = items.collect::<Option<Vec<_>>>().map(Node::List)?;
                return follow(list, rest, known);
            }
        };
    }
    Some(value)
}

fn splat(value: Node) -> Option<Vec<Node>> {
    match value {
        Node::List(items) => Some(items),
        Node::Null => Some(vec![]),
        Node::Unknown(_) => None,
        one => Some(vec![one]),
    }
}

fn attribute(value: &Node, name: &str) -> Option<Node> {
    match value {
        Node::Map(_) => value.get(name).cloned(),
        Node::List(_) => item(value, name.parse().ok()?),
        Node::Unknown(written) => Some(Node::Unknown(format!("{written}.{name}"))),
        _ => None,
    }
}

fn item(value: &Node, number: usize) -> Option<Node> {
    match value {
        Node::List(items) => items.get(number).cloned(),
        _ => None,
    }
}

/// The items of a list, or the values of an object with their keys, each with its number or key.
pub(super) fn each_of(collection: &Node) -> Option<Vec<(Node, Node)>> {
    let whole = |node: &Node| !matches!(node, Node::Unknown(_));
    let items: Vec<(Node, Node)> = match collection {
        Node::List(items) if items.iter().all(whole) => {
            let numbered = |(number, item): (usize, &Node)| (Node::Number(number.to_string()), item.clone());
            items.iter().enumerate().map(numbered).collect()
        }
        Node::Map(items) if items.iter().all(|(key, _)| !key.contains("${")) => {
            items.iter().map(|(key, value)| (Node::Text(key.clone()), value.clone())).collect()
        }
        _ => return None,
    };
    (items.len() <= ITEMS).then_some(items)
}

/// What a `for` makes of each item; of a collection that is not known, once: neither the item nor how many there are
/// is known then.
fn repeated(each: &ForExpr, known: &Known<'_>, written: &str) -> Node {
    let intro = &each.intro;
    if let Some(items) = each_of(&node(&intro.collection_expr, known)) {
        let mut keys: Vec<(String, Node)> = vec![];
        let mut values = vec![];
        for (key, value) in items {
            let mut known = known.binding(intro.value_var.as_str(), value);
            if let Some(name) = &intro.key_var {
                known = known.binding(name.as_str(), key);
            }
            if let Some(condition) = &each.cond
                && !known.holds(&condition.expr)
            {
                continue;
            }
            let value = node(&each.value_expr, &known);
            match &each.key_expr {
                Some(key) => {
                    let key = text(key, &known).unwrap_or_else(|| format!("${{{}}}", self::written(key)));
                    keys.push((key, value));
                }
                None => values.push(value),
            }
        }
        return if each.key_expr.is_some() { Node::Map(keys) } else { Node::List(values) };
    }
    // The names are not those of anything around it.
    let mut inner = known.clone();
    for name in intro.key_var.iter().chain([&intro.value_var]) {
        inner = inner.binding(name.as_str(), Node::Unknown(name.as_str().to_owned()));
    }
    let value = node(&each.value_expr, &inner);
    let Some(key) = &each.key_expr else {
        let more = (!value.is_unfinished()).then(|| Node::Unknown(written.to_owned()));
        return Node::List(std::iter::once(value).chain(more).collect());
    };
    let key = text(key, &inner).unwrap_or_else(|| format!("${{{}}}", self::written(key)));
    Node::Map(vec![(key, value), (format!("${{{written}}}"), Node::Unknown(written.to_owned()))])
}

fn key_text(key: &ObjectKey, known: &Known<'_>) -> String {
    match key {
        ObjectKey::Ident(ident) => ident.as_str().to_owned(),
        ObjectKey::Expression(Expression::Variable(name)) => name.as_str().to_owned(),
        ObjectKey::Expression(value) => {
            text(value, known).unwrap_or_else(|| format!("${{{}}}", written(value)))
        }
    }
}

/// A text, with `${…}` where a part of it is not known; none where nothing of it is.
pub(super) fn text(value: &Expression, known: &Known<'_>) -> Option<String> {
    match node(value, known) {
        Node::Unknown(_) => None,
        node => node.scalar(),
    }
}

fn of_template(elements: &[&Element], known: &Known<'_>) -> Node {
    let blank = |element: &&&Element| match element {
        Element::Literal(literal) => !literal.value().trim().is_empty(),
        _ => true,
    };
    // White space around JSON changes nothing of it.
    if let [Element::Interpolation(only)] =
        elements.iter().filter(blank).copied().collect::<Vec<_>>().as_slice()
        && let node @ Node::Json(_) = node(&only.expr, known)
    {
        return node;
    }
    Node::Text(elements.iter().map(|element| piece(element, known)).collect())
}

fn piece(element: &Element, known: &Known<'_>) -> String {
    match element {
        Element::Literal(literal) => literal.value().clone(),
        Element::Interpolation(inserted) => match node(&inserted.expr, known) {
            Node::Null | Node::List(_) | Node::Map(_) => format!("${{{}}}", written(&inserted.expr)),
            value => value.scalar().unwrap_or_default(),
        },
        Element::Directive(directive) => match directive.as_ref() {
            Directive::If(choice) => {
                let arm = if known.holds(&choice.if_expr.cond_expr) {
                    Some(&choice.if_expr.template)
                } else {
                    choice.else_expr.as_ref().map(|other| &other.template)
                };
                arm.into_iter().flat_map(|arm| arm.iter()).map(|element| piece(element, known)).collect()
            }
            Directive::For(each) => repeated_text(each, known),
        },
    }
}

/// The same for `%{ for }`: of what is not known one item is judged, and what stands for the others is put behind it.
fn repeated_text(each: &ForDirective, known: &Known<'_>) -> String {
    let each = &each.for_expr;
    let one =
        |known: &Known<'_>| -> String { each.template.iter().map(|element| piece(element, known)).collect() };
    if let Some(items) = each_of(&node(&each.collection_expr, known)) {
        let of_item = |(key, value): (Node, Node)| {
            let known = known.binding(each.value_var.as_str(), value);
            one(&match &each.key_var {
                Some(name) => known.binding(name.as_str(), key),
                None => known,
            })
        };
        return items.into_iter().map(of_item).collect();
    }
    let mut inner = known.clone();
    for name in each.key_var.iter().chain([&each.value_var]) {
        inner = inner.binding(name.as_str(), Node::Unknown(name.as_str().to_owned()));
    }
    let once = one(&inner);
    let bare = once.trim().trim_end_matches(',').trim_end();
    if bare.starts_with(['{', '"']) && bare.ends_with(['}', '"']) {
        let comma = if once.trim_end().ends_with(',') { "," } else { "" };
        format!("{bare}, ${{what %{{ for }} over {} makes}}{comma}", written(&each.collection_expr))
    } else {
        format!("{once}${{what %{{ for }} over {} makes}}", written(&each.collection_expr))
    }
}

/// The expression as it stands in the file, on one line.
pub(super) fn written(value: &Expression) -> String {
    let text = value.to_string();
    let mut line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() > 120 {
        // Without braces of which the other may be cut off.
        line = line.chars().take(119).filter(|letter| !"{}".contains(*letter)).chain(['…']).collect();
    }
    line
}
