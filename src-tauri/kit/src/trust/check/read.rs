//! A file, and the trust policies in it.

use super::find::{self, Found};
use super::node::Node;
use super::{json_with_holes, pieces, template_text, terraform, yaml};
use rolecall_core::problem::{Kind, Problem, Report, foreign};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// In bytes. A policy in force has at most 8,192 characters; a file may hold many.
const SIZE_LIMIT: u64 = 4 * 1024 * 1024;

/// A trust policy as it stands in a file.
#[derive(Debug)]
pub(super) struct Document {
    /// Whose it is, where the file says so: `aws_iam_role.web, line 12`.
    pub(super) name: Option<String>,
    /// The account of the role, where the file says so.
    pub(super) account: Option<String>,
    pub(super) node: Node,
    /// What was left out because it is not in the file.
    pub(super) unknown: Vec<String>,
    /// Why a text in it is no policy.
    pub(super) broken: Option<String>,
    /// Whether Terraform will put in what is not known here.
    pub(super) terraform: bool,
    /// Variables and parameters whose defaults were taken for their values.
    pub(super) defaults: Vec<String>,
}

impl Document {
    pub(super) fn new(name: Option<String>, node: Node) -> Self {
        Self { name, account: None, node, unknown: vec![], broken: None, terraform: false, defaults: vec![] }
    }
}

/// Why a text holds no policy.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unread {
    /// Line and column, from one.
    pub(super) at: Option<(usize, usize)>,
    pub(super) why: String,
}

/// The text of a file, or of standard input for `-`.
pub(super) fn text(file: &Path) -> Result<String, Report> {
    let name = shown(file);
    let unreadable = |reason: String| Problem::FileUnreadable { path: name.clone(), reason }.report();
    let mut bytes = vec![];
    let read = if file == Path::new("-") {
        std::io::stdin().lock().take(SIZE_LIMIT + 1).read_to_end(&mut bytes)
    } else {
        File::open(file).and_then(|file| file.take(SIZE_LIMIT + 1).read_to_end(&mut bytes))
    };
    read.map_err(|error| unreadable(error.to_string()))?;
    if bytes.len() as u64 > SIZE_LIMIT {
        return Err(Unread { at: None, why: "it is larger than 4 megabytes".to_owned() }.report(file));
    }
    let unread = || Unread { at: None, why: "it is neither UTF-8 nor UTF-16".to_owned() };
    decoded(bytes).ok_or_else(|| unread().report(file))
}

pub(super) fn shown(file: &Path) -> String {
    if file == Path::new("-") { "Standard input".to_owned() } else { file.display().to_string() }
}

/// PowerShell's `>` writes UTF-16.
fn decoded(bytes: Vec<u8>) -> Option<String> {
    let utf16 = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
        String::from_utf16(&units).ok()
    };
    match bytes.as_slice() {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        _ => String::from_utf8(bytes).ok(),
    }
}

/// The policies of a text: JSON, Terraform or YAML, by what it looks like.
pub(super) fn documents(text: &str) -> Result<Found, Unread> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() {
        return Err(Unread { at: None, why: "there is nothing in it".to_owned() });
    }
    if template_text::is_one(text) {
        // Braces in a text of Terraform's are nothing more.
        return terraform::documents(text).or_else(|_| template_text::documents(text));
    }
    untemplated(text)
}

/// The same where nothing is put in before it is read.
pub(super) fn untemplated(text: &str) -> Result<Found, Unread> {
    let decoded = decoded_percent(text);
    if decoded.trim_start().starts_with(['{', '[', '"']) {
        return json(&decoded).or_else(|unread| flow(&decoded).ok_or(unread));
    }
    // It is Terraform if it reads as such, or if it looks like it; the same with YAML.
    let terraform = match terraform::documents(text) {
        Ok(found) => return Ok(found),
        Err(terraform) => terraform,
    };
    match yaml::documents(text) {
        Ok(found) => Ok(found),
        Err(_) if terraform.at.is_none() || terraform::looks_like(text) => Err(terraform),
        Err(yaml) if yaml.at.is_none() || yaml::looks_like(text) => Err(yaml),
        Err(_) => Err(Unread::nothing()),
    }
}

/// YAML between braces, which looks like JSON: a template or an object, with commas at the end and short tags. A
/// policy alone must be JSON, for AWS takes nothing else, unless nobody would take it for JSON.
fn flow(text: &str) -> Option<Found> {
    let found = yaml::documents(text).ok()?;
    let inner = text.trim_start().trim_start_matches('{').trim_start();
    let alone = |node: Node| node.get("Statement").is_some() && node.get("Resources").is_none();
    let policy = yaml::parsed(text).ok()?.into_iter().any(alone);
    (!policy || inner.starts_with(|letter: char| letter.is_ascii_alphabetic())).then_some(found)
}

/// One value of JSON, or several one behind the other, as the lines of a log are.
fn json(text: &str) -> Result<Found, Unread> {
    let nodes = match parsed(text) {
        Ok(node) => vec![node],
        Err(unread) => {
            let all: Result<Vec<Node>, _> = serde_json::Deserializer::from_str(text).into_iter().collect();
            all.ok().filter(|nodes| nodes.len() > 1).ok_or(unread)?
        }
    };
    let mut found = Found::default();
    for node in &nodes {
        // A text within a text is how some tools print it.
        if let Some(text) = node.text() {
            found.documents.push(json_in(&decoded_percent(text)));
            continue;
        }
        found.documents.extend(find::policies(node));
        found.client_ids.extend(find::client_ids(node));
    }
    match nodes.as_slice() {
        _ if !found.documents.is_empty() => Ok(found),
        // It is judged, and what it lacks is said.
        [node] if is_meant(node) => {
            found.documents.push(Document::new(None, node.clone()));
            Ok(found)
        }
        _ => Err(Unread::nothing()),
    }
}

/// Whether somebody could have written it as a policy.
fn is_meant(node: &Node) -> bool {
    const KEYS: [&str; 5] = ["statement", "statements", "effect", "principal", "action"];
    match node {
        Node::Map(items) => items.iter().any(|(key, _)| KEYS.contains(&key.to_lowercase().as_str())),
        _ => true,
    }
}

/// The policy in a text, with `${…}` left where something is put in.
pub(super) fn json_in(text: &str) -> Document {
    match parsed(text) {
        Ok(node) => Document::new(None, node),
        Err(_) if pieces::open(text) => {
            // What is put in may be a whole part of the policy: the others are judged.
            let whole = || pieces::whole(text.trim()).unwrap_or("a text pieced together").to_owned();
            let node = json_with_holes::parsed(text).unwrap_or_else(|| Node::Unknown(whole()));
            Document::new(None, node)
        }
        Err(unread) => {
            let (line, column) = unread.at.unwrap_or((1, 1));
            let broken = format!("Line {line}, column {column} of the text: {}.", unread.why);
            Document { broken: Some(broken), ..Document::new(None, Node::Null) }
        }
    }
}

/// IAM's API gives a policy as part of an address: `%7B%22Version%22…`.
pub(super) fn decoded_percent(text: &str) -> String {
    if !text.trim_start().starts_with('%') {
        return text.to_owned();
    }
    let bytes = text.as_bytes();
    let (mut decoded, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while let Some(byte) = bytes.get(at) {
        let code = text.get(at + 1..at + 3).and_then(|code| u8::from_str_radix(code, 16).ok());
        match (byte, code) {
            (b'%', Some(code)) => {
                decoded.push(code);
                at += 3;
            }
            _ => {
                decoded.push(*byte);
                at += 1;
            }
        }
    }
    String::from_utf8(decoded).unwrap_or_else(|_| text.to_owned())
}

/// # Errors
/// Where it stops to be JSON, and why.
pub(super) fn parsed(text: &str) -> Result<Node, Unread> {
    serde_json::from_str(text).map_err(|error| {
        let why = error.to_string();
        let why = why.split(" at line ").next().unwrap_or_default().to_owned();
        Unread { at: Some((error.line(), error.column())), why: format!("it is no JSON: {}", foreign(&why)) }
    })
}

/// Policies of which nothing is in the file.
pub(super) fn not_judged(file: &Path, names: &[&str]) -> Report {
    let names: Vec<String> = names.iter().map(|name| foreign(name)).collect();
    let more = names.len().saturating_sub(8);
    let mut shown = names.into_iter().take(8).collect::<Vec<_>>().join("; ");
    if more > 0 {
        shown.push_str(&format!("; and {more} more"));
    }
    let whose = if shown.is_empty() { String::new() } else { format!(" ({shown})") };
    Report {
        code: "trust.not_judged".into(),
        kind: Kind::Files,
        what: format!(
            "{}: a trust policy could not be judged, because it is not in this file{whose}.",
            self::shown(file)
        ),
        help: "Ask about the role as it is: `aws iam get-role --role-name NAME | rolecall trust check -`."
            .into(),
        mend: None,
    }
}

impl Unread {
    pub(super) fn nothing() -> Self {
        Self { at: None, why: "no trust policy was found in it".to_owned() }
    }

    pub(super) fn report(&self, file: &Path) -> Report {
        let at = self.at.map_or(String::new(), |(line, column)| format!(", line {line}, column {column}"));
        Report {
            code: "trust.not_read".into(),
            kind: Kind::Files,
            what: format!("{}{at}: {}.", shown(file), self.why),
            help: "A trust policy is read from JSON (also what `aws iam get-role` prints), from Terraform with \
                   aws_iam_role or aws_iam_policy_document, and from CloudFormation with AssumeRolePolicyDocument; \
                   beside these, objects of Kubernetes in JSON or YAML."
                .into(),
            mend: None,
        }
    }
}
