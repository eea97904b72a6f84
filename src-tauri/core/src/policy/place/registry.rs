//! A policy in the registry: the keys of `policy.toml`, in the types that the registry has.

use super::Policy;
use crate::problem::foreign;

/// How deep keys are read: ours are two.
#[cfg_attr(not(windows), allow(dead_code, reason = "only Windows reads one"))]
pub(super) const DEEPEST: usize = 3;

/// 0 and 1 stand for these, because the registry has no other way to say it.
const BOOLEANS: [&str; 5] =
    ["remember_sign_in", "os_sign_on", "account_names", "updates", "azure_default_remember_me"];
/// Keys with one key for each entry, whatever those are called.
const ENTRIES: [&str; 2] = ["tenant", "profile"];
/// Lists, which a template for group policies writes as a key with a value for each item.
const LISTS: [&str; 3] = ["login_hosts", "sts_hosts", "warn_before"];

/// A key: its values and the keys below it.
#[derive(Debug, Default)]
pub(super) struct Tree {
    pub(super) values: Vec<(String, Value)>,
    pub(super) keys: Vec<(String, Tree)>,
}

#[derive(Debug)]
pub(super) enum Value {
    /// REG_SZ, REG_EXPAND_SZ (which is not expanded).
    Text(String),
    /// REG_DWORD.
    Number(u32),
    /// REG_MULTI_SZ.
    List(Vec<String>),
    Other,
}

/// # Errors
/// One line that names the value and what is wrong with it.
pub(super) fn parse(tree: Tree) -> Result<Policy, String> {
    let mut table = values(tree.values)?;
    for (name, mut below) in tree.keys {
        let value = if LISTS.contains(&name.as_str()) {
            let items = in_order(std::mem::take(&mut below.values)).into_iter();
            toml::Value::Array(
                items.map(|(item, value)| self::value(&item, value)).collect::<Result<_, _>>()?,
            )
        } else if ENTRIES.contains(&name.as_str()) {
            let entries = in_order(std::mem::take(&mut below.keys)).into_iter();
            toml::Value::Array(
                entries.map(|(entry, below)| self::entry(&name, entry, below)).collect::<Result<_, _>>()?,
            )
        } else {
            toml::Value::Table(values(std::mem::take(&mut below.values))?)
        };
        if let Some((odd, _)) = below.keys.first() {
            return Err(format!(r"{}\{}: no such key is known", foreign(&name), foreign(odd)));
        }
        table.insert(name, value);
    }
    super::of_table(&table)
}

/// One tenant or profile; a profile is called as its key, where it does not say otherwise.
fn entry(of: &str, entry: String, below: Tree) -> Result<toml::Value, String> {
    if let Some((odd, _)) = below.keys.first() {
        return Err(format!(r"{of}\{}\{}: no such key is known", foreign(&entry), foreign(odd)));
    }
    let mut table = values(below.values)?;
    if of == "profile" && !table.contains_key("name") {
        table.insert("name".to_owned(), toml::Value::String(entry));
    }
    Ok(toml::Value::Table(table))
}

/// 1, 2, … 10.
fn in_order<T>(mut named: Vec<(String, T)>) -> Vec<(String, T)> {
    named.sort_by(|(one, _), (other, _)| (one.len(), one).cmp(&(other.len(), other)));
    named
}

fn values(values: Vec<(String, Value)>) -> Result<toml::Table, String> {
    values.into_iter().map(|(name, value)| self::value(&name, value).map(|value| (name, value))).collect()
}

fn value(name: &str, value: Value) -> Result<toml::Value, String> {
    Ok(match value {
        Value::Text(text) => toml::Value::String(text),
        Value::Number(number @ (0 | 1)) if BOOLEANS.contains(&name) => toml::Value::Boolean(number == 1),
        Value::Number(number) => toml::Value::Integer(number.into()),
        // An empty one only ends the list.
        Value::List(items) => {
            let items = items.into_iter().filter(|item| !item.is_empty());
            toml::Value::Array(items.map(toml::Value::String).collect())
        }
        Value::Other => {
            return Err(format!("{}: only REG_SZ, REG_DWORD and REG_MULTI_SZ", foreign(name)));
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(name: &str, text: &str) -> (String, Value) {
        (name.into(), Value::Text(text.into()))
    }

    fn number(name: &str, number: u32) -> (String, Value) {
        (name.into(), Value::Number(number))
    }

    fn key(name: &str, values: Vec<(String, Value)>, keys: Vec<(String, Tree)>) -> (String, Tree) {
        (name.into(), Tree { values, keys })
    }

    fn everything() -> Tree {
        let profile = vec![
            text("azure_tenant_id", "example.org"),
            text("azure_app_id_uri", "https://signin.aws.amazon.com/saml#2"),
            number("azure_default_duration_hours", 8),
            number("azure_default_remember_me", 1),
        ];
        let tenant = |name: &str| vec![text("name", name), text("id", "example.org")];
        let warnings = vec![text("1", "30m"), text("10", "1m"), text("2", "5m")];
        Tree {
            values: vec![
                text("organisation", "Example Ltd"),
                ("login_hosts".into(), Value::List(vec!["login.microsoftonline.com".into(), String::new()])),
                number("remember_sign_in", 0),
                text("credentials", "process"),
                number("max_duration_hours", 1),
                text("renew", "when_silent"),
                text("renew_within", "10h"),
                number("os_sign_on", 1),
            ],
            keys: vec![
                key("accounts", vec![text("111111111111", "Production")], vec![]),
                key("warn_before", warnings, vec![]),
                key(
                    "tenant",
                    vec![],
                    vec![key("10", tenant("Ten"), vec![]), key("2", tenant("Two"), vec![])],
                ),
                key("profile", vec![], vec![key("work", profile, vec![])]),
            ],
        }
    }

    const SAME: &str = r#"
organisation = "Example Ltd"
login_hosts = ["login.microsoftonline.com"]
remember_sign_in = false
credentials = "process"
max_duration_hours = 1
warn_before = ["30m", "5m", "1m"]
renew = "when_silent"
renew_within = "10h"
os_sign_on = true
[accounts]
"111111111111" = "Production"
[[tenant]]
name = "Two"
id = "example.org"
[[tenant]]
name = "Ten"
id = "example.org"
[[profile]]
name = "work"
azure_tenant_id = "example.org"
azure_app_id_uri = "https://signin.aws.amazon.com/saml#2"
azure_default_duration_hours = 8
azure_default_remember_me = true
"#;

    #[test]
    fn it_says_what_the_file_says() {
        assert_eq!(parse(everything()), Policy::parse(SAME));
        assert_eq!(parse(Tree::default()), Ok(Policy::default()));
    }

    #[test]
    fn what_is_wrong_is_named() {
        let values = |values| Tree { values, keys: vec![] };
        let keys = |keys| Tree { values: vec![], keys };
        for (tree, part) in [
            (values(vec![text("renewal", "off")]), "unknown field `renewal`"),
            (values(vec![number("max_duration_hours", 13)]), "max_duration_hours"),
            (values(vec![number("os_sign_on", 2)]), "invalid type: integer `2`, expected a boolean"),
            (values(vec![("renew".into(), Value::Other)]), "renew: only REG_SZ, REG_DWORD and REG_MULTI_SZ"),
            (keys(vec![key("other", vec![], vec![])]), "unknown field `other`"),
            (keys(vec![key("accounts", vec![], vec![key("x", vec![], vec![])])]), r"accounts\x: no such key"),
            (
                keys(vec![key("tenant", vec![], vec![key("1", vec![], vec![key("y", vec![], vec![])])])]),
                r"tenant\1\y: no such key",
            ),
        ] {
            let wrong = parse(tree).expect_err(part);
            assert!(wrong.contains(part) && !wrong.starts_with("line "), "{wrong}");
        }
    }
}
