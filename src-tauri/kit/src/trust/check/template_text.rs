//! Files that a program fills in before anybody reads them: Helm's and Go's templates, Jinja's. What stands between
//! braces is not known here; of `if` and `else` both are judged.

use super::find::{self, Found};
use super::json_with_holes;
use super::node::Node;
use super::read::{self, Document, Unread};
use super::yaml;

/// Different ways through the file's conditions that are judged.
const CASES: usize = 4;
/// Stands for one action: letters and digits, which no format takes for anything else.
const HOLE: &str = "ROLECALLHOLE";

#[derive(Debug)]
enum Part<'a> {
    Written(&'a str),
    /// What is put in: `.Values.account`.
    Output(&'a str),
    /// `if`, `with`, `range`, `for`, each with what comes after its `else`.
    Choice(Vec<Vec<Part<'a>>>),
}

pub(super) fn is_one(text: &str) -> bool {
    text.contains("{{") || text.lines().any(|line| line.trim_start().starts_with("{%"))
}

/// # Errors
/// That none of its cases can be read, or that nothing is in them.
pub(super) fn documents(text: &str) -> Result<Found, Unread> {
    let tokens = tokens(text);
    let (parts, _) = tree(&tokens, 0, 0);
    let mut found = Found::default();
    let mut unread = None;
    for case in 0..cases(&parts).min(CASES) {
        let mut holes = vec![];
        let mut rendered = String::new();
        render(&parts, case, &mut rendered, &mut holes);
        match in_one(&rendered, &holes) {
            Ok(nodes) => {
                for node in &nodes {
                    find::policies(node).into_iter().for_each(|document| add(&mut found.documents, document));
                    found.client_ids.extend(find::client_ids(node));
                }
            }
            Err(why) => unread = unread.or(Some(why)),
        }
    }
    match unread {
        Some(unread) if found.documents.is_empty() => Err(unread),
        Some(unread) => {
            // One of the cases was not read: nothing is known of what is in it.
            let what = format!("a case of the template's conditions, because {}", unread.why);
            found.documents.push(Document::new(None, Node::Unknown(what)));
            Ok(found)
        }
        None if found.documents.is_empty() => Err(Unread::nothing()),
        None => Ok(found),
    }
}

fn add(documents: &mut Vec<Document>, mut document: Document) {
    if documents.iter().any(|other| other.node == document.node && other.broken == document.broken) {
        return;
    }
    let count = documents.iter().filter(|other| base(other) == document.name.as_deref()).count();
    if count > 0 {
        let name = document.name.take().unwrap_or_else(|| "The policy".to_owned());
        document.name = Some(format!("{name}{CASE}{}", count + 1));
    }
    documents.push(document);
}

const CASE: &str = ", case ";

fn base(document: &Document) -> Option<&str> {
    let name = document.name.as_deref()?;
    Some(name.split_once(CASE).map_or(name, |(base, _)| base))
}

/// One case as a tree, with what is put in as parts that are not known.
fn in_one(rendered: &str, holes: &[&str]) -> Result<Vec<Node>, Unread> {
    let with_holes = filled(rendered, holes);
    let begins = with_holes.trim_start();
    if begins.starts_with(['{', '[', '"']) && !begins.starts_with("{{") {
        let node =
            read::parsed(&with_holes).or_else(|unread| json_with_holes::parsed(&with_holes).ok_or(unread));
        if let Ok(node) = node {
            return Ok(vec![node]);
        }
    }
    let nodes = yaml::parsed(&placed(rendered)).map_err(|unread| Unread {
        at: None,
        why: format!("as a template, it cannot be read: {}", unread.why),
    })?;
    Ok(nodes.into_iter().map(|node| with_unknown(node, holes)).collect())
}

fn with_unknown(node: Node, holes: &[&str]) -> Node {
    match node {
        Node::Text(text) => match super::pieces::whole(&filled(&text, holes)) {
            Some(inner) if text.starts_with(HOLE) => Node::Unknown(inner.to_owned()),
            _ => Node::Text(filled(&text, holes)),
        },
        Node::List(items) => Node::List(items.into_iter().map(|item| with_unknown(item, holes)).collect()),
        Node::Map(items) => {
            let item = |(key, value): (String, Node)| (filled(&key, holes), with_unknown(value, holes));
            Node::Map(items.into_iter().map(item).collect())
        }
        other => other,
    }
}

/// With `${{{ .Values.x }}}` in the place of each mark.
fn filled(text: &str, holes: &[&str]) -> String {
    let (mut result, mut rest) = (String::new(), text);
    while let Some(at) = rest.find(HOLE) {
        result.push_str(&rest[..at]);
        let after = &rest[at + HOLE.len()..];
        let Some((number, behind)) = after.split_once('X') else { break };
        let inner = number.parse::<usize>().ok().and_then(|number| holes.get(number)).copied();
        let words: String = inner.unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
        // Without braces of its own, of which one could be in quotes.
        let words = words.replace(['{', '}'], "");
        result.push_str(&format!("${{{{{{ {words} }}}}}}"));
        rest = behind;
    }
    result.push_str(rest);
    result
}

/// What stands on a line of its own is a value, an item or a key, by what is written around it.
fn placed(rendered: &str) -> String {
    let mut lines: Vec<String> = vec![];
    for line in rendered.lines() {
        let alone = line.trim();
        let is_hole = alone.starts_with(HOLE) && alone.ends_with('X') && !alone.contains([' ', ':']);
        let before =
            lines.iter().rposition(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'));
        let (true, Some(before)) = (is_hole, before) else {
            lines.push(line.to_owned());
            continue;
        };
        let indent = |line: &str| line.len() - line.trim_start_matches(' ').len();
        let previous = lines[before].trim_end();
        let own = indent(line);
        if previous.ends_with([':', '|', '>']) || previous.ends_with("|-") || previous.ends_with(">-") {
            let deeper =
                indent(&lines[before]) + 2 + usize::from(lines[before].trim_start().starts_with("- ")) * 2;
            lines.push(format!("{:deeper$}{alone}", ""));
        } else if previous.ends_with(['[', '{', ','])
            || previous.ends_with('"') && previous.trim().starts_with('"')
        {
            lines.push(line.to_owned());
        } else {
            // As the nearest line above that is not deeper.
            let above = lines.iter().rev().find(|line| !line.trim().is_empty() && indent(line) <= own);
            let margin = above.map_or(own, |above| indent(above));
            let item = above.is_some_and(|above| above.trim_start().starts_with("- "));
            lines.push(match item {
                true => format!("{:margin$}- {alone}", ""),
                false => format!("{:margin$}{alone}: {alone}", ""),
            });
        }
    }
    lines.join("\n")
}

#[derive(Debug, Clone, Copy)]
enum Token<'a> {
    Written(&'a str),
    Action(&'a str),
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let (mut tokens, mut rest) = (vec![], text);
    loop {
        let next = ["{{", "{%", "{#"].into_iter().filter_map(|open| Some((rest.find(open)?, open))).min();
        let Some((at, open)) = next else { break };
        let close = match open {
            "{{" => "}}",
            "{%" => "%}",
            _ => "#}",
        };
        let Some(end) = end_of(&rest[at + 2..], close) else { break };
        tokens.push(Token::Written(&rest[..at]));
        let inner = rest[at + 2..at + 2 + end].trim_matches('-').trim();
        if open != "{#" {
            tokens.push(Token::Action(inner));
        }
        rest = &rest[at + 2 + end + 2..];
    }
    tokens.push(Token::Written(rest));
    tokens
}

/// Where the action ends; what stands in quotes does not end it.
fn end_of(text: &str, close: &str) -> Option<usize> {
    let mut quote = None;
    let comment = text.trim_start_matches('-').trim_start().starts_with("/*");
    for (at, letter) in text.char_indices() {
        match quote {
            Some(open) if letter == open => quote = None,
            Some(_) => {}
            None if text[at..].starts_with(close) => return Some(at),
            None if !comment && matches!(letter, '"' | '`' | '\'') => quote = Some(letter),
            None => {}
        }
    }
    text.find(close)
}

/// How many blocks within one another are followed.
const DEPTH: usize = 64;

/// The parts up to the end of the block, and the number of the token that ends it.
fn tree<'a>(tokens: &[Token<'a>], mut at: usize, depth: usize) -> (Vec<Part<'a>>, usize) {
    let mut parts = vec![];
    while let Some(token) = tokens.get(at) {
        let action = match token {
            Token::Written(text) => {
                parts.push(Part::Written(text));
                at += 1;
                continue;
            }
            Token::Action(action) => *action,
        };
        let word = action.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').next();
        match word.unwrap_or_default() {
            "end" | "endif" | "endfor" | "endwith" | "endmacro" | "endblock" | "else" | "elif"
                if depth > 0 =>
            {
                return (parts, at);
            }
            "if" | "with" | "range" | "for" | "define" | "block" | "macro" if depth < DEPTH => {
                let mut arms = vec![];
                loop {
                    let (arm, end) = tree(tokens, at + 1, depth + 1);
                    arms.push(arm);
                    at = end;
                    let more = matches!(tokens.get(at), Some(Token::Action(word)) if word.starts_with("el"));
                    if !more {
                        break;
                    }
                }
                at += 1;
                match word {
                    Some("define" | "block" | "macro") => parts.extend(arms.into_iter().flatten()),
                    _ => parts.push(Part::Choice(arms)),
                }
                continue;
            }
            _ if action.starts_with("/*") || action.starts_with("set ") || action.contains(":=") => {}
            "end" | "endif" | "endfor" | "endwith" | "endmacro" | "endblock" | "else" | "elif" => {}
            _ if action.is_empty() => {}
            _ => parts.push(Part::Output(action)),
        }
        at += 1;
    }
    (parts, at)
}

/// How many cases there are: one for each arm of the block that has most, and one without.
fn cases(parts: &[Part<'_>]) -> usize {
    let of = |part: &Part<'_>| match part {
        Part::Choice(arms) => {
            let inner = arms.iter().map(|arm| cases(arm)).max().unwrap_or(1);
            inner.max(arms.len().max(2))
        }
        _ => 1,
    };
    parts.iter().map(of).max().unwrap_or(1)
}

fn render<'a>(parts: &[Part<'a>], case: usize, into: &mut String, holes: &mut Vec<&'a str>) {
    for (number, part) in parts.iter().enumerate() {
        match part {
            Part::Written(text) => into.push_str(text),
            Part::Output(action) => {
                into.push_str(&format!("{HOLE}{}X", holes.len()));
                holes.push(action);
            }
            Part::Choice(arms) => {
                let arm = match arms.get(case) {
                    Some(arm) => Some(arm),
                    None if arms.len() == 1 => None,
                    None => arms.last(),
                };
                let mut inner = String::new();
                render(arm.map_or(&[][..], Vec::as_slice), case, &mut inner, holes);
                let closes = matches!(parts.get(number + 1), Some(Part::Written(text)) if text.trim_start().starts_with([']', '}']));
                // A comma between items, of which there is one here.
                if inner.trim() == "," {
                    continue;
                }
                match inner.trim_end().strip_suffix(',') {
                    Some(bare) if closes => into.push_str(bare),
                    _ => into.push_str(&inner),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_arms_are_read_and_what_is_put_in_is_not_known() {
        let text = "a: {{ .Values.a | quote }}\nb: \"x-{{ .b }}\"\n{{- if .c }}\nc: 1\n{{- else }}\nc: 2\n{{- end }}\nd:\n  {{- toYaml .d | nindent 2 }}\n{{/* no */}}\n";
        let tokens = tokens(text);
        let (parts, _) = tree(&tokens, 0, 0);
        assert_eq!(cases(&parts), 2);
        for (case, number) in [(0, "1"), (1, "2")] {
            let (mut rendered, mut holes) = (String::new(), vec![]);
            render(&parts, case, &mut rendered, &mut holes);
            let nodes = in_one(&rendered, &holes).expect("YAML");
            let node = &nodes[0];
            assert_eq!(node.get("a"), Some(&Node::Unknown("{{ .Values.a | quote }}".to_owned())));
            assert_eq!(node.get("b").and_then(Node::text), Some("x-${{{ .b }}}"));
            assert_eq!(node.get("c"), Some(&Node::Number(number.to_owned())));
            assert_eq!(node.get("d"), Some(&Node::Unknown("{{ toYaml .d | nindent 2 }}".to_owned())));
        }
    }

    #[test]
    fn what_stands_alone_is_an_item_or_a_key() {
        for (text, placed_as) in [
            ("a:\n  - b\n  ROLECALLHOLE0X", "a:\n  - b\n  - ROLECALLHOLE0X"),
            ("a:\n  b: c\n  ROLECALLHOLE0X", "a:\n  b: c\n  ROLECALLHOLE0X: ROLECALLHOLE0X"),
            ("a: |\nROLECALLHOLE0X", "a: |\n  ROLECALLHOLE0X"),
            ("- a:\n  ROLECALLHOLE0X", "- a:\n    ROLECALLHOLE0X"),
        ] {
            assert_eq!(placed(text), placed_as);
        }
    }
}
