//! Resources of Terraform, laid out as `terraform fmt` does.

use hcl::expr::{Expression, Object, ObjectKey, Traversal, Variable};
use hcl::format::Formatter;
use hcl::structure::{Block, BlockBuilder};
use hcl::{Body, Identifier};
use rolecall_core::role::RoleArn;
use rolecall_core::trust;
use serde_json::Value;

pub(super) fn file(blocks: &[Block]) -> String {
    let body: Body = blocks.iter().cloned().collect();
    aligned(&formatted(&body))
}

pub(super) fn block(kind: &str, name: &str) -> BlockBuilder {
    Block::builder("resource").add_label(kind).add_label(name)
}

/// `aws_iam_role` with its trust policy; a path other than `/` where there is one.
pub(super) fn role_block(name: &str, path: Option<&str>, policy: &Value) -> Block {
    let mut role = block("aws_iam_role", &local(name)).add_attribute(("name", text(name)));
    if let Some(path) = path {
        role = role.add_attribute(("path", text(path)));
    }
    role.add_attribute(("assume_role_policy", encoded(policy, &|_| None))).build()
}

/// The role that is assumed, and what lets the caller do so, as a policy of the caller's role.
pub(super) fn halves(from: &RoleArn, to: &RoleArn, policy: &Value) -> Vec<Block> {
    let path = to.path_and_name().rsplit_once('/').map(|(path, _)| format!("/{path}/"));
    let permission =
        block("aws_iam_role_policy", &local(&format!("{}_may_assume_{}", from.name(), to.name())))
            .add_attribute(("name", text(&shortened(&format!("assume-{}", to.name())))))
            .add_attribute(("role", text(from.name())))
            .add_attribute(("policy", encoded(&trust::may_assume(to), &|_| None)))
            .build();
    vec![role_block(to.name(), path.as_deref(), policy), permission]
}

/// `jsonencode({ … })`; `swap` may put an expression in place of a text.
pub(super) fn encoded(policy: &Value, swap: &dyn Fn(&str) -> Option<Expression>) -> Expression {
    // The formatter would write a function's arguments on one line.
    let object = formatted(&expression(policy, swap)).replace('\n', "\n  ");
    Variable::unchecked(format!("jsonencode({})", object.trim_end())).into()
}

fn expression(value: &Value, swap: &dyn Fn(&str) -> Option<Expression>) -> Expression {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort_by_key(|key| (trust::element_order(key), *key));
            let item = |key: &String| (object_key(key), expression(&map[key], swap));
            Expression::Object(keys.into_iter().map(item).collect::<Object<_, _>>())
        }
        Value::Array(list) => Expression::Array(list.iter().map(|item| expression(item, swap)).collect()),
        Value::String(text) => swap(text).unwrap_or_else(|| self::text(text)),
        Value::Bool(value) => (*value).into(),
        Value::Number(number) => self::text(&number.to_string()),
        Value::Null => Expression::Null,
    }
}

fn object_key(key: &str) -> ObjectKey {
    match Identifier::new(key) {
        Ok(name) if !key.contains('-') => ObjectKey::Identifier(name),
        _ => ObjectKey::Expression(text(key)),
    }
}

pub(super) fn text(text: &str) -> Expression {
    Expression::String(text.to_owned())
}

/// `aws_iam_role.web.name`.
pub(super) fn reference(kind: &str, name: &str, attribute: &str) -> Expression {
    Traversal::builder(Variable::unchecked(kind))
        .attr(Identifier::unchecked(local(name)))
        .attr(Identifier::unchecked(attribute))
        .build()
        .into()
}

/// A name as Terraform calls a resource: `web_server` of `Web.Server`.
pub(super) fn local(name: &str) -> String {
    let name: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' }).collect();
    if name.starts_with(|c: char| c.is_ascii_digit()) { format!("_{name}") } else { name }
}

/// What an inline policy may be called.
fn shortened(name: &str) -> String {
    name.chars().take(128).collect()
}

fn formatted<T: hcl::format::Format>(value: &T) -> String {
    let mut bytes = vec![];
    let mut formatter = Formatter::builder().build(&mut bytes);
    // Into memory it cannot fail.
    let _ = value.format(&mut formatter);
    String::from_utf8(bytes).unwrap_or_default()
}

/// Equals signs of attributes on neighbouring lines stand below each other, where a value has one line.
fn aligned(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let mut result: Vec<String> = Vec::with_capacity(lines.len());
    let mut group: Vec<(&str, &str)> = vec![];
    for line in lines {
        let opens = line.ends_with(['{', '[', '(']);
        match line.split_once(" = ").filter(|(key, _)| !opens && !key.trim_start().is_empty()) {
            Some(pair) if group.first().is_none_or(|first| indent(first.0) == indent(pair.0)) => {
                group.push(pair)
            }
            Some(pair) => {
                flush(&mut group, &mut result);
                group.push(pair);
            }
            None => {
                flush(&mut group, &mut result);
                result.push(line.to_owned());
            }
        }
    }
    flush(&mut group, &mut result);
    result.join("\n")
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

fn flush(group: &mut Vec<(&str, &str)>, to: &mut Vec<String>) {
    let width = group.iter().map(|(key, _)| key.chars().count()).max().unwrap_or(0);
    to.extend(group.drain(..).map(|(key, value)| format!("{key:width$} = {value}")));
}
