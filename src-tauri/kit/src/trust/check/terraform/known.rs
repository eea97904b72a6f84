//! What a Terraform file itself says about the names that are used in it: locals, defaults of variables, OIDC
//! providers, policy documents, roles.

use super::choice::Choices;
use super::{document, label, value};
use crate::trust::check::node::Node;
use hcl::edit::expr::{Conditional, Expression};
use hcl::edit::structure::{Block, Body};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// How many names may stand for one another before it is called a loop.
const DEPTH: u8 = 16;
/// How many expressions are read for one document: names that stand for one another many times end here.
const STEPS: u32 = 500_000;

#[derive(Clone)]
pub(super) struct Known<'a> {
    file: Rc<Names<'a>>,
    /// What `for` and `dynamic` name, the innermost last.
    bound: Vec<(String, Node)>,
    choices: Rc<Choices>,
    said: Rc<Said>,
    depth: u8,
    /// Whether a variable's default is taken for its value.
    defaults: bool,
}

#[derive(Default)]
struct Names<'a> {
    locals: BTreeMap<String, &'a Expression>,
    /// The defaults of variables.
    variables: BTreeMap<String, &'a Expression>,
    /// Resource and data blocks that people refer to: `aws_iam_openid_connect_provider.eks`, with `data.` before.
    blocks: BTreeMap<String, &'a Block>,
}

/// What was found on the way.
#[derive(Default)]
struct Said {
    used_documents: RefCell<BTreeSet<String>>,
    unknown: RefCell<Vec<String>>,
    defaults: RefCell<Vec<String>>,
    steps: Cell<u32>,
}

pub(super) const PROVIDER: &str = "aws_iam_openid_connect_provider";
const DOCUMENT: &str = "data.aws_iam_policy_document.";

impl<'a> Known<'a> {
    pub(super) fn of(body: &'a Body) -> Self {
        let mut names = Names::default();
        for block in body.blocks() {
            let prefix = match block.ident.as_str() {
                "locals" => {
                    let locals = block.body.attributes();
                    names.locals.extend(locals.map(|local| (local.key.as_str().to_owned(), &local.value)));
                    continue;
                }
                "variable" => {
                    if let (Some(name), Some(default)) =
                        (label(block, 0), block.body.get_attribute("default"))
                    {
                        names.variables.insert(name.to_owned(), &default.value);
                    }
                    continue;
                }
                "resource" => "",
                "data" => "data.",
                _ => continue,
            };
            let (Some(kind), Some(name)) = (label(block, 0), label(block, 1)) else { continue };
            names.blocks.insert(format!("{prefix}{kind}.{name}"), block);
        }
        Self {
            file: Rc::new(names),
            bound: vec![],
            choices: Rc::default(),
            said: Rc::default(),
            depth: 0,
            defaults: true,
        }
    }

    /// The policy documents, by the names that others refer to them by.
    pub(super) fn documents(&self) -> Vec<(String, &'a Block)> {
        let all = self.file.blocks.iter().filter(|(name, _)| name.starts_with(DOCUMENT));
        all.map(|(name, block)| (name.clone(), *block)).collect()
    }

    /// Whether some role takes its policy from it.
    pub(super) fn is_used(&self, document: &str) -> bool {
        self.said.used_documents.borrow().contains(document)
    }

    /// The issuer of each OIDC provider, and the audiences that it accepts, as far as both are known.
    pub(super) fn client_ids(&self) -> Vec<(String, Vec<String>)> {
        let all = self.file.blocks.iter().filter(|(name, _)| name.contains(PROVIDER));
        let of = |block: &Block| {
            let url = value::text(&block.body.get_attribute("url")?.value, self)?;
            let ids = value::node(&block.body.get_attribute("client_id_list")?.value, self);
            let ids: Option<Vec<String>> = match ids {
                Node::List(ids) => ids.iter().map(|id| id.text().map(str::to_owned)).collect(),
                _ => None,
            };
            Some((rolecall_core::trust::issuer_key(&url).to_owned(), ids?))
        };
        all.filter_map(|(_, block)| of(block)).collect()
    }

    pub(super) fn bound(&self, name: &str) -> Option<&Node> {
        self.bound.iter().rev().find(|(known, _)| known == name).map(|(_, node)| node)
    }

    /// The same where a name stands for a value.
    pub(super) fn binding(&self, name: &str, node: Node) -> Self {
        let mut known = self.clone();
        known.bound.push((name.to_owned(), node));
        known
    }

    /// Of `local.NAME`.
    pub(super) fn local(&self, name: &str) -> Option<Node> {
        let deeper = self.deeper()?;
        // What a `for` names is not known where the local is written.
        let deeper = Self { bound: vec![], ..deeper };
        Some(value::node(self.file.locals.get(name)?, &deeper))
    }

    /// The default of `var.NAME`. None: there is none, or one that only says that nothing is there.
    pub(super) fn variable(&self, name: &str) -> Option<Node> {
        let default = value::node(self.file.variables.get(name).filter(|_| self.defaults)?, &self.deeper()?);
        let empty = match &default {
            Node::Null | Node::Unknown(_) => true,
            Node::Text(text) => text.trim().is_empty(),
            Node::List(items) => items.is_empty(),
            Node::Map(items) => items.is_empty(),
            _ => false,
        };
        if empty {
            return None;
        }
        let said = format!("var.{name}");
        let mut defaults = self.said.defaults.borrow_mut();
        if !defaults.contains(&said) {
            defaults.push(said);
        }
        Some(default)
    }

    /// What `each` is in a block: in one case for each item, where these are in the file.
    pub(super) fn repeated(&self, block: &Block) -> Vec<(String, Self)> {
        let each = block.body.get_attribute("for_each").map(|each| value::node(&each.value, self));
        let items = match &each {
            // A set has its items for keys.
            Some(Node::List(items)) if !items.iter().any(|item| matches!(item, Node::Unknown(_))) => {
                Some(items.iter().map(|item| (item.clone(), item.clone())).collect())
            }
            Some(each) => value::each_of(each),
            None => None,
        };
        let Some(items) = items.filter(|items| !items.is_empty()) else {
            return vec![(String::new(), self.clone())];
        };
        let one = |(key, value): (Node, Node)| {
            let shown = key.scalar().map_or(String::new(), |key| format!(", \"{key}\""));
            let item = Node::Map(vec![("key".to_owned(), key), ("value".to_owned(), value)]);
            (shown, self.binding("each", item))
        };
        items.into_iter().map(one).collect()
    }

    /// The attributes that are known of a resource, or of a data block: of the one with that index, else of each; and
    /// whether there may be several.
    pub(super) fn block(
        &self,
        address: &str,
        index: Option<&str>,
        attribute: Option<&str>,
    ) -> Option<(Vec<Node>, bool)> {
        let block = *self.file.blocks.get(address)?;
        let known = self.deeper()?;
        let several = block.body.has_attribute("count") || block.body.has_attribute("for_each");
        let text = |text: &str| Node::Text(text.to_owned());
        let attributes = if address.starts_with(DOCUMENT) {
            self.said.used_documents.borrow_mut().insert(address.to_owned());
            let of = |known: &Self| {
                let policy = Node::Json(Box::new(document::policy(block, known)));
                Node::Map(vec![("json".to_owned(), policy.clone()), ("minified_json".to_owned(), policy)])
            };
            let all = known.repeated(block);
            let wanted = index.and_then(|index| {
                let same = |(_, known): &&(String, Self)| {
                    known.bound("each").and_then(|each| each.get("key")?.scalar()).as_deref() == Some(index)
                };
                all.iter().find(same)
            });
            let chosen = match (wanted, index.is_some(), all.as_slice()) {
                (Some((_, known)), ..) => of(known),
                // Which one is asked for is not known: what is in all of them is.
                (None, true, [_, _, ..]) => of(&known),
                (None, _, [(_, only)]) => of(only),
                (None, ..) => return Some((all.iter().map(|(_, known)| of(known)).collect(), several)),
            };
            return Some((vec![chosen], several));
        } else if address.contains(PROVIDER) {
            let url = value::text(&block.body.get_attribute("url")?.value, &known)?;
            let issuer = rolecall_core::trust::issuer_key(&url);
            let arn = format!("arn:${{the partition}}:iam::${{the role's account}}:oidc-provider/{issuer}");
            // AWS gives the url back without https://.
            vec![
                ("url".to_owned(), text(issuer)),
                ("arn".to_owned(), text(&arn)),
                ("id".to_owned(), text(&arn)),
            ]
        } else {
            let policy = attribute.filter(|name| *name == "assume_role_policy")?;
            let policy = value::node(&block.body.get_attribute(policy)?.value, &known);
            vec![("assume_role_policy".to_owned(), policy)]
        };
        Some((vec![Node::Map(attributes)], several))
    }

    /// Something that may be in the place of what was judged.
    pub(super) fn note(&self, what: String) {
        let mut unknown = self.said.unknown.borrow_mut();
        if !unknown.contains(&what) {
            unknown.push(what);
        }
    }

    pub(super) fn notes(&self) -> Vec<String> {
        self.said.unknown.borrow().clone()
    }

    /// The variables whose defaults were taken for their values.
    pub(super) fn defaults_taken(&self) -> Vec<String> {
        self.said.defaults.borrow().clone()
    }

    /// Whether one more expression may be read.
    pub(super) fn step(&self) -> bool {
        self.said.steps.set(self.said.steps.get() + 1);
        self.said.steps.get() < STEPS
    }

    /// The same for what a name stands for; none where names stand for each other in a circle.
    pub(super) fn deeper(&self) -> Option<Self> {
        let depth = self.depth + 1;
        (depth < DEPTH).then(|| Self { depth, ..self.clone() })
    }

    /// The same in one case of the file's conditions, with nothing noted yet.
    pub(super) fn choosing(&self, choices: Rc<Choices>) -> Self {
        let said = Said { used_documents: RefCell::new(BTreeSet::new()), ..Said::default() };
        Self { choices, said: Rc::new(said), ..self.clone() }
    }

    /// What was used in a case is used.
    pub(super) fn learn(&self, case: &Self) {
        self.said.used_documents.borrow_mut().extend(case.said.used_documents.borrow().iter().cloned());
    }

    /// What a conditional is in that case.
    pub(super) fn chosen<'b>(&self, choice: &'b Conditional) -> &'b Expression {
        if self.holds(&choice.cond_expr) { &choice.true_expr } else { &choice.false_expr }
    }

    /// Whether it is one thing or another by a condition that the file does not decide.
    pub(super) fn is_undecided(&self, value: &Expression) -> bool {
        let without_defaults = Self { defaults: false, ..self.clone() };
        match value {
            Expression::Parenthesis(inner) => self.is_undecided(inner.inner()),
            Expression::Conditional(choice) => {
                !matches!(value::node(&choice.cond_expr, &without_defaults), Node::Bool(_))
            }
            _ => false,
        }
    }

    /// Whether a condition holds, in the case that is looked at. A default decides nothing: both cases may be.
    pub(super) fn holds(&self, condition: &Expression) -> bool {
        let without_defaults = Self { defaults: false, ..self.clone() };
        match value::node(condition, &without_defaults) {
            Node::Bool(holds) => holds,
            _ => self.choices.holds(&value::written(condition)),
        }
    }
}
