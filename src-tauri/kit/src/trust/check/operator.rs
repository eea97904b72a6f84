//! Condition operators of IAM policies: which there are, and how each compares.

use super::near;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Operator {
    pub(super) set: Option<Set>,
    pub(super) test: Test,
    /// `Not…`: holds where the plain one does not.
    pub(super) negated: bool,
    pub(super) if_exists: bool,
}

/// For keys with several values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Set {
    Any,
    All,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Test {
    Equals,
    EqualsIgnoreCase,
    Like,
    Arn,
    Bool,
    Null,
    Ip,
    Numeric(Order),
    Date(Order),
    Binary,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

const NAMES: [(&str, Test, bool); 28] = [
    ("StringEquals", Test::Equals, false),
    ("StringNotEquals", Test::Equals, true),
    ("StringEqualsIgnoreCase", Test::EqualsIgnoreCase, false),
    ("StringNotEqualsIgnoreCase", Test::EqualsIgnoreCase, true),
    ("StringLike", Test::Like, false),
    ("StringNotLike", Test::Like, true),
    ("ArnEquals", Test::Arn, false),
    ("ArnLike", Test::Arn, false),
    ("ArnNotEquals", Test::Arn, true),
    ("ArnNotLike", Test::Arn, true),
    ("Bool", Test::Bool, false),
    ("Null", Test::Null, false),
    ("IpAddress", Test::Ip, false),
    ("NotIpAddress", Test::Ip, true),
    ("NumericEquals", Test::Numeric(Order::Equal), false),
    ("NumericNotEquals", Test::Numeric(Order::Equal), true),
    ("NumericLessThan", Test::Numeric(Order::Less), false),
    ("NumericLessThanEquals", Test::Numeric(Order::LessOrEqual), false),
    ("NumericGreaterThan", Test::Numeric(Order::Greater), false),
    ("NumericGreaterThanEquals", Test::Numeric(Order::GreaterOrEqual), false),
    ("DateEquals", Test::Date(Order::Equal), false),
    ("DateNotEquals", Test::Date(Order::Equal), true),
    ("DateLessThan", Test::Date(Order::Less), false),
    ("DateLessThanEquals", Test::Date(Order::LessOrEqual), false),
    ("DateGreaterThan", Test::Date(Order::Greater), false),
    ("DateGreaterThanEquals", Test::Date(Order::GreaterOrEqual), false),
    ("BinaryEquals", Test::Binary, false),
    ("BinaryNotEquals", Test::Binary, true),
];

impl Operator {
    /// None: AWS knows no such operator. Letters of either case are one to AWS.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (set, rest) = parts(text)?;
        let lower = rest.to_ascii_lowercase();
        let (name, if_exists) = match lower.strip_suffix("ifexists") {
            Some(name) => (name, true),
            None => (lower.as_str(), false),
        };
        let (_, test, negated) = NAMES.iter().find(|(known, _, _)| known.eq_ignore_ascii_case(name))?;
        Some(Self { set, test: *test, negated: *negated, if_exists })
    }

    /// Compares values as texts, and letter by letter: a `*` is a star to it.
    pub(super) fn takes_stars_literally(self) -> bool {
        matches!(self.test, Test::Equals | Test::EqualsIgnoreCase)
    }
}

/// What somebody who wrote `StringEqual` or `StringsEquals` may have meant.
pub(super) fn nearest(text: &str) -> Option<String> {
    let names: Vec<&str> = NAMES.iter().map(|(name, _, _)| *name).collect();
    let (before, rest) = match text.split_once(':') {
        Some((set, rest)) => (format!("{}:", near::nearest(set, &["ForAnyValue", "ForAllValues"])?), rest),
        None => (String::new(), text),
    };
    let (name, after) = match rest.to_ascii_lowercase().strip_suffix("ifexists") {
        Some(name) => (rest[..name.len()].to_owned(), "IfExists"),
        None => (rest.to_owned(), ""),
    };
    Some(format!("{before}{}{after}", near::nearest(&name, &names)?))
}

fn parts(text: &str) -> Option<(Option<Set>, &str)> {
    match text.split_once(':') {
        None => Some((None, text)),
        Some((set, rest)) if set.eq_ignore_ascii_case("ForAnyValue") => Some((Some(Set::Any), rest)),
        Some((set, rest)) if set.eq_ignore_ascii_case("ForAllValues") => Some((Some(Set::All), rest)),
        Some(_) => None,
    }
}

/// `*` is any text, `?` any one letter.
pub(super) fn like(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    // Where the last star stands, and how much of the text it has taken.
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(letter) if *letter == '?' || *letter == text[t] => (p, t) = (p + 1, t + 1),
            _ => match star {
                Some((at, taken)) => {
                    (p, t) = (at + 1, taken + 1);
                    star = Some((at, taken + 1));
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|letter| *letter == '*')
}

/// The same for each of an ARN's six parts: a star does not reach over a colon, except in the last.
pub(super) fn arn_like(pattern: &str, arn: &str) -> bool {
    let pattern: Vec<&str> = pattern.splitn(6, ':').collect();
    let arn: Vec<&str> = arn.splitn(6, ':').collect();
    pattern.len() == arn.len() && pattern.iter().zip(&arn).all(|(pattern, part)| like(pattern, part))
}

/// Whether some ARN fits both patterns.
pub(super) fn arns_meet(one: &str, other: &str) -> bool {
    let one: Vec<&str> = one.splitn(6, ':').collect();
    let other: Vec<&str> = other.splitn(6, ':').collect();
    one.len() == other.len() && one.iter().zip(&other).all(|(one, other)| meet(one, other))
}

/// Whether some text fits both patterns.
pub(super) fn meet(one: &str, other: &str) -> bool {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    // Which ends of the other pattern can be reached after so much of the first.
    let mut row = vec![false; other.len() + 1];
    row[0] = true;
    for i in 0..=one.len() {
        let mut next = vec![false; other.len() + 1];
        for j in 0..=other.len() {
            if !row[j] {
                continue;
            }
            let (left, right) = (one.get(i), other.get(j));
            if left == Some(&'*') {
                next[j] = true;
            }
            if right.is_some() && (left == Some(&'*') || right == Some(&'*')) {
                row[j + 1] = true;
            }
            if let (Some(left), Some(right)) = (left, right) {
                if *right == '*' {
                    next[j] = true;
                }
                if left == right || [left, right].contains(&&'?') {
                    next[j + 1] = true;
                }
            }
        }
        if i == one.len() {
            return row[other.len()];
        }
        row = next;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_meet_where_one_text_fits_both() {
        for (one, other, meets) in [
            ("role/*/Hub", "role/team/*", true),
            ("role/*/Hub", "role/Hub", false),
            ("role/*/Hub", "role/*ub", true),
            ("role/*/Hub", "user/*", false),
            ("a*", "*b", true),
            ("a?c", "ab", false),
            ("*", "", true),
            ("a*c", "a?", true),
            ("", "a", false),
        ] {
            assert_eq!(meet(one, other), meets, "{one} {other}");
            assert_eq!(meet(other, one), meets, "{other} {one}");
        }
    }
}
