//! A tray menu as a value: what `com.canonical.dbusmenu` says, read and pressed.

use super::{Done, Trouble};
use std::collections::HashMap;
use zbus::zvariant::{OwnedValue, Value};

/// One entry of a menu; the menu itself is the entry without a label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Changes with every new layout: press by label.
    pub id: i32,
    /// As it is shown, without mnemonic marks.
    pub label: String,
    pub enabled: bool,
    pub separator: bool,
    /// Of check marks and radio buttons.
    pub checked: Option<bool>,
    pub children: Vec<Entry>,
}

/// `(id, properties, children)`, as the protocol has it.
pub(crate) type Node = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);

#[zbus::proxy(interface = "com.canonical.dbusmenu", gen_blocking = false)]
pub(crate) trait DbusMenu {
    fn get_layout(&self, parent: i32, depth: i32, properties: &[&str]) -> zbus::Result<(u32, Node)>;
    fn event(&self, id: i32, event: &str, data: &Value<'_>, timestamp: u32) -> zbus::Result<()>;
    fn about_to_show(&self, id: i32) -> zbus::Result<bool>;
}

impl Entry {
    /// None for an entry that is not shown.
    pub(crate) fn read(node: Node) -> Option<Self> {
        let (id, properties, children) = node;
        let text = |name: &str| properties.get(name).and_then(|value| <&str>::try_from(value).ok());
        let flag =
            |name: &str| properties.get(name).and_then(|value| bool::try_from(value).ok()).unwrap_or(true);
        if !flag("visible") {
            return None;
        }
        let toggles = text("toggle-type").is_some_and(|kind| !kind.is_empty());
        let state = properties.get("toggle-state").and_then(|value| i32::try_from(value).ok());
        let children =
            children.into_iter().filter_map(|child| Self::read(Node::try_from(child).ok()?)).collect();
        Some(Self {
            id,
            label: plain(text("label").unwrap_or_default()),
            enabled: flag("enabled"),
            separator: text("type") == Some("separator"),
            checked: toggles.then_some(state == Some(1)),
            children,
        })
    }

    /// The entry whose path of labels this is. A step matches the entry that has this label or, where none has,
    /// the only one whose label starts with it, or has it in parentheses at its end (an account that has a name):
    /// `["demo — ", "Switch role", "222222222222", "DataEngineer"]`.
    pub fn find(&self, path: &[&str]) -> Option<&Self> {
        let Some((step, rest)) = path.split_first() else { return Some(self) };
        let exact = self.children.iter().find(|child| child.label == *step);
        let named = format!("({step})");
        let fits = |label: &str| label.starts_with(step) || label.ends_with(&named);
        let mut starting = self.children.iter().filter(|child| fits(&child.label));
        let entry = exact.or_else(|| match (starting.next(), starting.next()) {
            (Some(only), None) => Some(only),
            _ => None,
        });
        entry?.find(rest)
    }

    /// The labels of the entries right below, without separators.
    pub fn labels(&self) -> Vec<&str> {
        self.children.iter().filter(|child| !child.separator).map(|child| child.label.as_str()).collect()
    }

    /// The labels of all entries.
    pub fn all_labels(&self) -> Vec<&str> {
        let below = self.children.iter().flat_map(Self::all_labels);
        std::iter::once(self.label.as_str()).chain(below).collect()
    }

    /// The whole menu as an indented text, for people and for failing tests.
    pub fn outline(&self) -> String {
        let mut text = String::new();
        self.outline_into(&mut text, 0);
        text
    }

    fn outline_into(&self, text: &mut String, depth: usize) {
        for child in &self.children {
            let mark = if child.checked == Some(true) { "✓ " } else { "" };
            let grey = if child.enabled { "" } else { "  (grey)" };
            let more = if child.children.is_empty() { "" } else { " ▸" };
            let label = if child.separator { "────" } else { &child.label };
            text.push_str(&format!("{}{mark}{label}{more}{grey}\n", "    ".repeat(depth)));
            child.outline_into(text, depth + 1);
        }
    }
}

impl DbusMenuProxy<'_> {
    pub(crate) async fn menu(&self) -> Done<Entry> {
        let (_, root) = self.get_layout(0, -1, &[]).await?;
        Entry::read(root).ok_or_else(|| Trouble::new("the menu is hidden"))
    }
}

/// A single underscore marks a mnemonic, two stand for one.
fn plain(label: &str) -> String {
    label.replace("__", "\u{0}").replace('_', "").replace('\u{0}', "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(label: &str, children: Vec<Entry>) -> Entry {
        Entry { id: 0, label: label.into(), enabled: true, separator: false, checked: None, children }
    }

    #[test]
    fn paths_find_exact_labels_before_beginnings() {
        let menu = entry("", vec![entry("Sign in to demo", vec![]), entry("Sign in to demo-bob", vec![])]);
        assert_eq!(
            menu.find(&["Sign in to demo"]).map(|found| found.label.as_str()),
            Some("Sign in to demo")
        );
        assert_eq!(menu.find(&["Sign in"]), None, "two begin so");
        let menu = entry("", vec![entry("demo — Admin · 1 h", vec![entry("Switch role", vec![])])]);
        assert!(menu.find(&["demo — ", "Switch role"]).is_some());
        assert_eq!(plain("_Sign in to my__profile"), "Sign in to my_profile");
    }
}
