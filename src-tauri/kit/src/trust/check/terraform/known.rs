//! What a Terraform file itself says about the names that are used in it: locals, OIDC providers, policy documents.

use super::choice::Choices;
use super::{label, value};
use hcl::edit::expr::{Conditional, Expression};
use hcl::edit::structure::{Block, Body};
use std::collections::BTreeMap;
use std::rc::Rc;

/// How many locals may stand for one another before it is called a loop.
const DEPTH: u8 = 16;

#[derive(Default, Clone)]
pub(super) struct Known<'a> {
    locals: BTreeMap<String, &'a Expression>,
    /// Resource and data blocks that people refer to: `aws_iam_openid_connect_provider.eks`, with `data.` before.
    providers: BTreeMap<String, &'a Block>,
    documents: BTreeMap<String, &'a Block>,
    choices: Rc<Choices>,
    depth: u8,
}

impl<'a> Known<'a> {
    pub(super) fn of(body: &'a Body) -> Self {
        let mut known = Self::default();
        for block in body.blocks() {
            let prefix = match block.ident.as_str() {
                "locals" => {
                    let locals = block.body.attributes();
                    known.locals.extend(locals.map(|local| (local.key.as_str().to_owned(), &local.value)));
                    continue;
                }
                "resource" => "",
                "data" => "data.",
                _ => continue,
            };
            let (Some(kind), Some(name)) = (label(block, 0), label(block, 1)) else { continue };
            let into = match kind {
                "aws_iam_openid_connect_provider" => &mut known.providers,
                "aws_iam_policy_document" => &mut known.documents,
                _ => continue,
            };
            into.insert(format!("{prefix}{kind}.{name}"), block);
        }
        known
    }

    pub(super) fn documents(&self) -> impl Iterator<Item = (&str, &'a Block)> {
        self.documents.iter().map(|(name, block)| (name.as_str(), *block))
    }

    /// Of `data.aws_iam_policy_document.NAME.json`.
    pub(super) fn document_named(&self, written: &str) -> Option<(&str, &'a Block)> {
        let written = without_index(written);
        self.documents
            .get_key_value(written.strip_suffix(".json")?)
            .map(|(name, block)| (name.as_str(), *block))
    }

    /// Of `local.NAME`.
    pub(super) fn local(&self, written: &str) -> Option<&'a Expression> {
        self.locals.get(written.strip_prefix("local.")?).copied()
    }

    /// The text that a reference stands for, as far as the file says it: the account of a provider's ARN stays open.
    pub(super) fn text(&self, written: &str) -> Option<String> {
        if let Some(local) = self.local(written) {
            return value::text(local, &self.deeper()?);
        }
        let written = without_index(written);
        let (name, attribute) = written.rsplit_once('.')?;
        let provider = self.providers.get(name)?;
        let url = value::text(&provider.body.get_attribute("url")?.value, &self.deeper()?)?;
        let issuer = rolecall_core::trust::issuer_key(&url);
        match attribute {
            // AWS gives the url back without https://.
            "url" => Some(issuer.to_owned()),
            "arn" => {
                Some(format!("arn:${{the partition}}:iam::${{the role's account}}:oidc-provider/{issuer}"))
            }
            _ => None,
        }
    }

    /// The same for what a local stands for; none where locals stand for each other in a circle.
    pub(super) fn deeper(&self) -> Option<Self> {
        let depth = self.depth + 1;
        (depth < DEPTH).then(|| Self { depth, ..self.clone() })
    }

    /// The same in one case of the file's conditions.
    pub(super) fn choosing(&self, choices: Rc<Choices>) -> Self {
        Self { choices, ..self.clone() }
    }

    /// What a conditional is in that case.
    pub(super) fn chosen<'b>(&self, choice: &'b Conditional) -> &'b Expression {
        if self.choices.holds(&value::written(&choice.cond_expr)) {
            &choice.true_expr
        } else {
            &choice.false_expr
        }
    }
}

/// `data.aws_iam_policy_document.irsa.json` of `…irsa[each.key].json`: all of them are written in one block.
fn without_index(written: &str) -> String {
    let (mut result, mut depth) = (String::new(), 0_usize);
    for letter in written.chars() {
        match letter {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            letter if depth == 0 => result.push(letter),
            _ => {}
        }
    }
    result
}
