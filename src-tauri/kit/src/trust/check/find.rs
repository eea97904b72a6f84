//! Trust policies wherever they are in a tree of JSON, YAML or Terraform: by the name of their key, or by their shape.

use super::cloudformation::Template;
use super::faults;
use super::node::Node;
use super::read::{self, Document};
use super::{json_with_holes, pieces, terraform, yaml};

/// What a file holds.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) documents: Vec<Document>,
    /// The issuer of each OIDC provider of the file, and the audiences that it accepts.
    pub(super) client_ids: Vec<(String, Vec<String>)>,
}

/// Keys below which there is a trust policy and nothing else, in small letters and without signs between words.
const KEYS: [&str; 4] =
    ["assumerolepolicy", "assumerolepolicydocument", "assumerolepolicyjson", "customroletrustpolicy"];
/// Keys below which there may be one.
const PERHAPS: [&str; 8] = [
    "trustpolicy",
    "trustpolicydocument",
    "trustpolicyjson",
    "trustrelationship",
    "trustrelationships",
    "roletrustpolicy",
    "trustdocument",
    "assumerolepolicydocuments",
];
/// Texts within texts are followed so far.
const DEPTH: u8 = 4;

/// Whose policy it is, as far as the way to it says so.
#[derive(Debug, Clone, Default)]
struct Place {
    name: Option<String>,
    account: Option<String>,
    depth: u8,
}

struct Finder<'a> {
    root: &'a Node,
    documents: Vec<Document>,
}

/// All policies of a tree, and objects of Kubernetes whose names can be judged.
pub(super) fn policies(root: &Node) -> Vec<Document> {
    let mut finder = Finder { root, documents: vec![] };
    let mut place = Place { account: caller(root), ..Place::default() };
    if root.get("Statement").is_some() && root.get("Resources").is_none() {
        finder.resolved(root, root, &place);
    } else if let Some(planned) = root.get("planned_values") {
        // What a plan says beside it is how things were, and the same again.
        place.account = place.account.or_else(|| root.get("prior_state").and_then(caller));
        finder.walk(planned, &place);
        finder.after_apply(root, &place);
    } else {
        finder.walk(root, &place);
    }
    finder.documents
}

/// The account that Terraform works in, where it has asked for it.
fn caller(node: &Node) -> Option<String> {
    match node {
        Node::Map(items) => {
            if node.get("type").and_then(Node::text) == Some("aws_caller_identity") {
                let of = |values: &Node| values.get("account_id").and_then(Node::text).map(str::to_owned);
                let instance = || node.get("instances")?.items().first()?.get("attributes");
                return node.get("values").or_else(instance).and_then(of);
            }
            let ways =
                ["root_module", "resources", "values", "child_modules", "prior_state", "planned_values"];
            items.iter().filter(|(key, _)| ways.contains(&key.as_str())).find_map(|(_, value)| caller(value))
        }
        Node::List(items) => items.iter().find_map(caller),
        _ => None,
    }
}

/// The audiences of each OIDC provider of the file.
pub(super) fn client_ids(node: &Node) -> Vec<(String, Vec<String>)> {
    let mut found = vec![];
    collect_client_ids(node, &mut found);
    found
}

fn collect_client_ids(node: &Node, found: &mut Vec<(String, Vec<String>)>) {
    match node {
        Node::Map(items) => {
            let named = |names: &[&str]| {
                items.iter().find(|(key, _)| names.contains(&plain(key).as_str())).map(|(_, value)| value)
            };
            let url = named(&["url"]).and_then(Node::text).filter(|url| !pieces::open(url));
            if let (Some(url), Some(Node::List(ids))) = (url, named(&["clientidlist", "clientids"])) {
                let known = |id: &Node| id.text().filter(|id| !pieces::open(id)).map(str::to_owned);
                let ids: Option<Vec<String>> = ids.iter().map(known).collect();
                found.extend(ids.map(|ids| (rolecall_core::trust::issuer_key(url).to_owned(), ids)));
            }
            items.iter().for_each(|(_, value)| collect_client_ids(value, found));
        }
        Node::List(items) => items.iter().for_each(|item| collect_client_ids(item, found)),
        _ => {}
    }
}

/// A key in small letters, without signs: `assumeRolePolicy` and `assume_role_policy` are one.
fn plain(key: &str) -> String {
    key.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}

impl Finder<'_> {
    fn walk(&mut self, node: &Node, place: &Place) {
        match node {
            Node::Map(items) => self.map(node, items, place),
            Node::List(items) => items.iter().for_each(|item| self.walk(item, place)),
            Node::Text(text) => self.text(text, place),
            Node::Json(inner) => self.walk(inner, place),
            _ => {}
        }
    }

    fn map(&mut self, node: &Node, items: &[(String, Node)], place: &Place) {
        let mut place = place.clone();
        place.account = account_of(node).or(place.account);
        if node.is_of_kubernetes() {
            if let (Some("List"), Some(all)) = (node.get("kind").and_then(Node::text), node.get("items")) {
                return self.walk(all, &place);
            }
            if faults::is_judged_in_kubernetes(node) {
                self.push(Document::new(Some(yaml::named(node)), node.clone()));
            }
            place.name = Some(yaml::named(node));
        } else if let Some(name) = name_of(node) {
            place.name = Some(name);
        }
        let judged_before = self.documents.len();
        if node.get("Statement").is_some() {
            if is_trust(node) {
                self.resolved(node, node, &place);
            }
            return;
        }
        for (key, value) in items {
            let of_role = plain(key);
            if KEYS.contains(&of_role.as_str()) {
                self.keyed(node, value, &place);
            } else if PERHAPS.contains(&of_role.as_str()) && is_policy(value) {
                self.resolved(node, value, &place);
            } else if let ("fmt", Some(text)) = (key.as_str(), value.text()) {
                // What Crossplane puts in for `%s` is not here.
                self.text(&with_holes(text), &place);
            } else {
                let typed = value.get("Type").or(value.get("type")).is_some_and(|kind| kind.text().is_some());
                let name = (typed && value.get("instances").is_none()).then(|| key.clone());
                match (key.as_str(), value) {
                    // Terraform in JSON.
                    ("aws_iam_role", Node::Map(roles)) => roles.iter().for_each(|(role, value)| {
                        self.walk(value, &Place { name: Some(format!("{key}.{role}")), ..place.clone() });
                    }),
                    _ => self.walk(value, &Place { name: name.or(place.name.clone()), ..place.clone() }),
                }
            }
        }
        let is_role = node.get("kind").and_then(Node::text) == Some("Role")
            && node.get("apiVersion").and_then(Node::text).is_some_and(|group| group.contains("iam."));
        if node.is_of_kubernetes() && is_role && self.documents.len() == judged_before {
            let what = "the object has no trust policy".to_owned();
            self.push(Document::new(place.name.clone(), Node::Unknown(what)));
        }
    }

    /// A value below a key that says it is a trust policy.
    fn keyed(&mut self, role: &Node, value: &Node, place: &Place) {
        match value {
            Node::Null | Node::Bool(_) | Node::Number(_) => {}
            // The schema of such a key, for one.
            Node::Map(items) if !items.is_empty() && !is_policy(value) && !is_function(items) => {
                self.walk(value, place);
            }
            Node::List(items) if !items.iter().any(is_policy) => self.walk(value, place),
            value => self.resolved(role, value, place),
        }
    }

    /// The policy of a role, without functions; both of it where it is one or the other.
    fn resolved(&mut self, role: &Node, policy: &Node, place: &Place) {
        let text = |key: &str| role.get(key).and_then(Node::text).map(str::to_owned);
        let root = self.root.get("Resources").is_some().then_some(self.root);
        for first_arm in [true, false] {
            let template = Template::new(root, first_arm);
            let document = match template.resolved(policy) {
                Node::Text(text) => read::json_in(&read::decoded_percent(&text)),
                Node::Json(policy) => Document::new(None, *policy),
                policy => Document::new(None, policy),
            };
            let name = text("RoleName").or(place.name.clone());
            self.push(Document {
                name,
                account: place.account.clone(),
                defaults: template.defaults_taken(),
                ..document
            });
            if !template.was_asked() {
                break;
            }
        }
    }

    /// A text that is a policy, or holds some.
    fn text(&mut self, text: &str, place: &Place) {
        let lower = text.to_ascii_lowercase();
        let speaks = ["sts:", "sts%3a", "assumerolepolicy", "assume_role_policy"];
        if place.depth >= DEPTH || !speaks.iter().any(|word| lower.contains(word)) {
            return;
        }
        let place = Place { depth: place.depth + 1, ..place.clone() };
        let decoded = read::decoded_percent(text);
        let trimmed = decoded.trim();
        if trimmed.starts_with(['{', '[', '"']) {
            let parsed = read::parsed(trimmed).ok().or_else(|| json_with_holes::parsed(trimmed));
            match parsed {
                Some(node) => self.walk(&node, &place),
                None if lower.contains("sts:assume") && lower.contains("principal") => {
                    let document = read::json_in(trimmed);
                    self.push(Document { name: place.name, account: place.account, ..document });
                }
                None => {}
            }
        } else if text.contains('\n') {
            if let Ok(nodes) = yaml::parsed(text) {
                nodes.iter().for_each(|node| self.walk(node, &place));
            } else if let Ok(found) = terraform::documents(text) {
                found.documents.into_iter().for_each(|document| self.push(document));
            }
        }
    }

    /// Roles whose policy a plan does not know yet.
    fn after_apply(&mut self, root: &Node, place: &Place) {
        let changes = root.get("resource_changes").map(Node::items).unwrap_or_default();
        for change in changes {
            let unknown = change.get("change").and_then(|change| change.get("after_unknown"));
            let Some(Node::Map(items)) = unknown else { continue };
            if items
                .iter()
                .any(|(key, value)| KEYS.contains(&plain(key).as_str()) && *value == Node::Bool(true))
            {
                let name = change.get("address").and_then(Node::text).map(str::to_owned);
                let node = Node::Unknown("it is known only after apply".to_owned());
                self.push(Document { account: place.account.clone(), ..Document::new(name, node) });
            }
        }
    }

    fn push(&mut self, document: Document) {
        let same = |other: &Document| {
            other.node == document.node
                && other.broken == document.broken
                && (other.name == document.name || other.account == document.account)
        };
        if !self.documents.iter().any(same) {
            self.documents.push(document);
        }
    }
}

/// What the tools call it: Terraform's address, the last part of Pulumi's.
fn name_of(node: &Node) -> Option<String> {
    let text = |key: &str| node.get(key).and_then(Node::text);
    if let Some(address) = text("address") {
        return Some(address.to_owned());
    }
    if let Some(urn) = text("urn") {
        return urn.rsplit("::").next().map(str::to_owned);
    }
    node.get("instances")?;
    let module = text("module").map_or(String::new(), |module| format!("{module}."));
    Some(format!("{module}{}.{}", text("type")?, text("name")?))
}

/// The account of a role, from its ARN.
fn account_of(node: &Node) -> Option<String> {
    let of = |node: &Node, key: &str| {
        let arn = node.get(key)?.text()?.to_owned();
        let parts: Vec<&str> = arn.split(':').collect();
        let role = *parts.get(2)? == "iam" && parts.get(5)?.starts_with("role/");
        let account = (*parts.get(4)?).to_owned();
        (role && rolecall_core::role::AccountId::parse(&account).is_some()).then_some(account)
    };
    let below = |way: &[&str]| way.iter().try_fold(node, |node, key| node.get(key));
    let metadata = || below(&["status", "ackResourceMetadata"]);
    let owner = || {
        let account = metadata()?.get("ownerAccountID")?.text()?;
        rolecall_core::role::AccountId::parse(account).map(|_| account.to_owned())
    };
    of(node, "Arn")
        .or_else(|| of(node, "arn"))
        .or_else(|| of(node.get("outputs")?, "arn"))
        .or_else(|| of(below(&["status", "atProvider"])?, "arn"))
        .or_else(|| of(metadata()?, "arn"))
        .or_else(owner)
}

/// Whether somebody could have written it as a policy, perhaps with a slip.
fn is_policy(node: &Node) -> bool {
    const ELEMENTS: [&str; 7] = ["version", "id", "statement", "statements", "effect", "principal", "action"];
    match node {
        Node::Map(items) => {
            items.iter().any(|(key, _)| ELEMENTS[2..].contains(&key.to_lowercase().as_str()))
                || !items.is_empty()
                    && items.iter().all(|(key, _)| ELEMENTS[..2].contains(&key.to_lowercase().as_str()))
                || is_function(items)
        }
        Node::Text(text) => text.trim_start().starts_with(['{', '%']) || pieces::open(text),
        Node::Json(inner) => is_policy(inner) || matches!(**inner, Node::Unknown(_)),
        Node::Unknown(_) => true,
        _ => false,
    }
}

fn is_function(items: &[(String, Node)]) -> bool {
    matches!(items, [(key, _)] if key == "Ref" || key.starts_with("Fn::") || key.starts_with("fn::"))
}

/// Whether a policy says who may assume a role, in contrast to who may read a bucket.
fn is_trust(policy: &Node) -> bool {
    fn of_statement(statement: &Node) -> bool {
        match statement {
            Node::Map(items) if is_function(items) => {
                items.iter().any(|(_, value)| value.items().iter().any(of_statement))
            }
            Node::Map(_) => {
                let has = |key: &str| statement.get(key).is_some();
                let actions = statement.get("Action").or(statement.get("NotAction"));
                let assumes = |action: &Node| {
                    let text = action.text().unwrap_or_default().to_ascii_lowercase();
                    text.starts_with("sts:") || text == "*" && !has("Resource") && !has("NotResource")
                };
                (has("Principal") || has("NotPrincipal"))
                    && actions.is_some_and(|actions| actions.items().iter().any(assumes))
            }
            _ => false,
        }
    }
    policy.get("Statement").is_some_and(|statements| statements.items().iter().any(of_statement))
}

/// `%s` and `%[2]s` as parts that are not known.
fn with_holes(text: &str) -> String {
    let (mut result, mut rest) = (String::new(), text);
    while let Some(at) = rest.find('%') {
        result.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let digits = after.strip_prefix('[').and_then(|inner| inner.split_once(']'));
        let verb = digits.map_or(after, |(_, rest)| rest);
        if verb.starts_with(['s', 'v', 'd']) {
            let length = after.len() - verb.len() + 1;
            result.push_str(&format!("${{%{}}}", &after[..length]));
            rest = &after[length..];
        } else {
            result.push('%');
            rest = after;
        }
    }
    result.push_str(rest);
    result
}
