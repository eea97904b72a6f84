//! Nothing that is read makes the checker panic, nor takes it long.

use super::ask::{self, Given, Principal};
use super::node::Node;
use super::{faults, read, words};

const POLICIES: &str = include_str!("../../../tests/trust/policies.txt");

/// Reads, judges, explains and asks; only that it ends is of interest.
fn all_of(text: &str) {
    let Ok(found) = read::documents(text) else { return };
    for document in found.documents {
        let (policy, findings) = faults::of(&document.node, None);
        for finding in &findings.found {
            assert!(finding.code.starts_with("trust.") && !finding.what.is_empty(), "{finding:?}");
            assert!(finding.what.ends_with('.') && finding.instead.ends_with('.'), "{finding:?}");
        }
        for statement in &policy.statements {
            assert!(!words::statement(statement).is_empty());
        }
        for principal in
            ["arn:aws:iam::111122223333:role/Hub", "ec2.amazonaws.com", "a:b@oidc.example.org", "x:y"]
        {
            let principal: Principal = principal.parse().expect(principal);
            ask::answer(&policy, &principal, &Given::default());
        }
    }
}

fn cases() -> impl Iterator<Item = &'static str> {
    POLICIES.split("\n=== ").skip(1).filter_map(|part| part.split_once('\n').map(|(_, policy)| policy))
}

/// Good enough to hit every corner, the same in every run (xorshift).
struct Dice(u64);

impl Dice {
    fn next(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % (sides.max(1) as u64)).unwrap_or(0)
    }
}

#[test]
fn truncated_policies_end_in_an_error_or_a_finding() {
    for policy in cases() {
        let step = (policy.len() / 40).max(1);
        for (at, _) in policy.char_indices().step_by(step) {
            all_of(&policy[..at]);
        }
    }
}

#[test]
fn mutated_policies_do_not_panic() {
    let pieces = [
        "\"",
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\\",
        "${",
        "}",
        "%{",
        "*",
        "?",
        "\u{0}",
        "\u{feff}",
        "ü",
        "🚀",
        "null",
        "1e999",
        "-",
        "<<EOF\n",
        "\\ud800",
        "arn:",
        "::::::",
        "IfExists",
        "ForAllValues:",
        "${*}",
        "true",
        "\n",
        "@",
    ];
    let mut dice = Dice(0x5eed);
    for policy in cases() {
        for _ in 0..40 {
            let mut letters: Vec<char> = policy.chars().collect();
            for _ in 0..=dice.next(4) {
                let at = dice.next(letters.len());
                match dice.next(3) {
                    0 => {
                        letters.remove(at);
                    }
                    1 => letters.splice(at..at, pieces[dice.next(pieces.len())].chars()).for_each(drop),
                    _ => {
                        let other = dice.next(letters.len());
                        letters.swap(at, other);
                    }
                }
            }
            all_of(&letters.iter().collect::<String>());
        }
    }
}

#[test]
fn deep_and_long_texts_end_in_an_error() {
    for open in
        ["[", "{\"a\":", "(", "x = [", "x = (", "x = !", "x = -", "a: [", "- ", "x = \"${", "x = a ? b : "]
    {
        for depth in [100, 50_000] {
            let _ = read::documents(&open.repeat(depth)).map(|found| found.documents.len());
            let _ =
                read::documents(&format!("x = {}", open.repeat(depth))).map(|found| found.documents.len());
        }
    }
    let star = format!("{}b", "*a".repeat(2_000));
    assert!(!super::operator::like(&star, &"a".repeat(20_000)));
}

#[test]
fn words_of_a_file_stay_on_their_line() {
    let policy = "{\"Statement\": [{\"Sid\": \"a\\u001b[31m\\nb\", \"Effect\": \"x\\ny\", \"Principal\": {\"AWS\": \
                  \"q\\u0007\\nr\"}, \"Action\": \"s\\nt\"}]}";
    let documents = read::documents(policy).expect("JSON").documents;
    let (policy, findings) = faults::of(&documents[0].node, None);
    let said: String =
        findings.found.iter().map(|finding| format!("{}{}", finding.what, finding.instead)).collect();
    assert!(!said.contains(char::is_control), "{said:?}");
    let words = words::statement(&policy.statements[0]);
    assert!(words.lines().count() == 3 && !words.contains('\u{1b}'), "{words:?}");
}

#[test]
fn duplicate_keys_are_found_wherever_they_are() {
    let node = read::parsed("{\"a\": 1, \"a\": [{\"b\": 1, \"c\": {\"d\": 1, \"d\": 2}}]}").expect("JSON");
    assert_eq!(node.duplicates(), [("a".to_owned(), String::new()), ("d".to_owned(), "a[0].c".to_owned())]);
    assert!(matches!(node.get("a"), Some(Node::List(_))));
}
