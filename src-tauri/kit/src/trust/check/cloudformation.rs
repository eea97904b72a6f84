//! CloudFormation's functions as what is known of them: `{"Ref": "X"}` is `${X}`, `{"Fn::Sub": "…"}` its text.

use super::node::Node;
use super::pieces::{Piece, open, pieces};
use std::cell::{Cell, RefCell};

/// What the functions of a policy are read with.
pub(super) struct Template<'a> {
    /// The whole file: its parameters, mappings and resources.
    root: Option<&'a Node>,
    /// Which arm of each `Fn::If` is taken.
    first_arm: bool,
    asked: Cell<bool>,
    defaults: RefCell<Vec<String>>,
}

impl<'a> Template<'a> {
    pub(super) fn new(root: Option<&'a Node>, first_arm: bool) -> Self {
        Self { root, first_arm, asked: Cell::new(false), defaults: RefCell::default() }
    }

    /// Whether there was an `Fn::If`.
    pub(super) fn was_asked(&self) -> bool {
        self.asked.get()
    }

    /// The parameters whose defaults were taken for their values.
    pub(super) fn defaults_taken(&self) -> Vec<String> {
        self.defaults.borrow().clone()
    }

    /// The same without functions.
    pub(super) fn resolved(&self, node: &Node) -> Node {
        self.value(node).unwrap_or(Node::Null)
    }

    /// None: `AWS::NoValue`, which is nothing at all.
    fn value(&self, node: &Node) -> Option<Node> {
        match node {
            Node::Map(items) => match items.as_slice() {
                [(key, value)] if key == "Ref" || key.starts_with("Fn::") || key.starts_with("fn::") => {
                    self.called(key, value)
                }
                items => {
                    let item = |(key, value): &(String, Node)| Some((key.clone(), self.value(value)?));
                    Some(Node::Map(items.iter().filter_map(item).collect()))
                }
            },
            Node::List(items) => Some(Node::List(items.iter().filter_map(|item| self.value(item)).collect())),
            other => Some(other.clone()),
        }
    }

    fn called(&self, function: &str, with: &Node) -> Option<Node> {
        if let ("Fn::If", Node::List(parts)) = (function, with)
            && let [_, first, second] = parts.as_slice()
        {
            self.asked.set(true);
            return self.value(if self.first_arm { first } else { second });
        }
        let with = &self.resolved(with);
        let known = match (function, with) {
            ("Ref", Node::Text(name)) if name == "AWS::NoValue" => return None,
            ("Ref", Node::Text(name)) => {
                return Some(self.reference(name).unwrap_or_else(|| Node::Unknown(name.clone())));
            }
            ("Fn::Sub", Node::Text(text)) => Some(Node::Text(self.filled(text, &[]))),
            ("Fn::Sub", Node::List(parts)) => match parts.as_slice() {
                [Node::Text(text), Node::Map(values)] => Some(Node::Text(self.filled(text, values))),
                [Node::Text(text), ..] => Some(Node::Text(self.filled(text, &[]))),
                _ => None,
            },
            ("Fn::GetAtt", Node::Text(name)) => {
                return Some(self.attribute(name).unwrap_or_else(|| Node::Unknown(name.clone())));
            }
            ("Fn::ImportValue", Node::Text(name)) => return Some(Node::Unknown(name.clone())),
            ("Fn::GetAtt", Node::List(parts)) => {
                let name = parts.iter().filter_map(Node::text).collect::<Vec<_>>().join(".");
                return Some(self.attribute(&name).unwrap_or(Node::Unknown(name)));
            }
            ("Fn::Join", Node::List(parts)) => match parts.as_slice() {
                [Node::Text(between), Node::List(parts)] => {
                    let parts: Option<Vec<String>> = parts.iter().map(Node::scalar).collect();
                    parts.map(|parts| Node::Text(parts.join(between)))
                }
                _ => None,
            },
            ("Fn::Split", Node::List(parts)) => match parts.as_slice() {
                [Node::Text(between), Node::Text(text)] if !open(text) && !between.is_empty() => {
                    let parts = text.split(between.as_str()).map(|part| Node::Text(part.to_owned()));
                    Some(Node::List(parts.collect()))
                }
                _ => None,
            },
            ("Fn::Select", Node::List(parts)) => match parts.as_slice() {
                [number, Node::List(items)] => {
                    let number: Option<usize> = number.scalar().and_then(|number| number.parse().ok());
                    number.and_then(|number| items.get(number).cloned())
                }
                _ => None,
            },
            ("Fn::FindInMap", Node::List(parts)) => match parts.as_slice() {
                [Node::Text(map), Node::Text(first), Node::Text(second), ..] => {
                    let mappings = self.root.and_then(|root| root.get("Mappings"));
                    mappings.and_then(|all| all.get(map)?.get(first)?.get(second).cloned())
                }
                _ => None,
            },
            ("Fn::ToJsonString" | "fn::toJSON" | "Fn::ToJSON", value) => {
                Some(Node::Json(Box::new(value.clone())))
            }
            _ => None,
        };
        let first = with.items().first().and_then(Node::text).filter(|text| !text.is_empty());
        let what = || first.map_or(function.to_owned(), |first| format!("{function} {first}"));
        Some(known.unwrap_or_else(|| Node::Unknown(what())))
    }

    /// The default of a parameter, or the ARN that a provider of the file will have.
    fn reference(&self, name: &str) -> Option<Node> {
        if let Some(parameter) = self.root.and_then(|root| root.get("Parameters")?.get(name)) {
            let default = parameter.get("Default")?.scalar().filter(|default| !default.trim().is_empty())?;
            let kind = parameter.get("Type").and_then(Node::text).unwrap_or("String");
            let value = match kind {
                "CommaDelimitedList" => {
                    Node::List(default.split(',').map(|part| Node::Text(part.trim().to_owned())).collect())
                }
                // The name of a parameter of Systems Manager.
                kind if kind.starts_with("AWS::SSM::") => return None,
                _ => Node::Text(default),
            };
            let mut defaults = self.defaults.borrow_mut();
            if !defaults.iter().any(|known| known == name) {
                defaults.push(name.to_owned());
            }
            return Some(value);
        }
        self.provider(name)
    }

    fn attribute(&self, name: &str) -> Option<Node> {
        self.provider(name.strip_suffix(".Arn")?)
    }

    fn provider(&self, name: &str) -> Option<Node> {
        let resource = self.root?.get("Resources")?.get(name)?;
        if resource.get("Type").and_then(Node::text) != Some("AWS::IAM::OIDCProvider") {
            return None;
        }
        let url = self.resolved(resource.get("Properties")?.get("Url")?);
        let issuer = rolecall_core::trust::issuer_key(url.text()?).to_owned();
        Some(Node::Text(format!("arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:oidc-provider/{issuer}")))
    }

    /// `${…}` filled in, as far as it is known; `${!x}` is `${x}` itself.
    fn filled(&self, text: &str, values: &[(String, Node)]) -> String {
        let part = |piece: Piece<'_>| match piece {
            Piece::Written(text) => text.to_owned(),
            Piece::Open(inner) => {
                if let Some(literal) = inner.strip_prefix('!') {
                    return format!("${{{literal}}}");
                }
                let given = values.iter().find(|(name, _)| name == inner).map(|(_, value)| value.clone());
                let known = given.or_else(|| self.reference(inner)).or_else(|| self.attribute(inner));
                known.and_then(|known| known.scalar()).unwrap_or_else(|| format!("${{{inner}}}"))
            }
        };
        pieces(text).into_iter().map(part).collect()
    }
}
