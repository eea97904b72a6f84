//! The names of accounts, read from the page on which AWS's sign-in lists them.
//!
//! Nothing else says them to a federated user. The page is nobody's contract: what does not look as expected is left out.

use crate::draft::shape::one_line;
use crate::role::AccountId;
use html5gum::emitters::default::DefaultEmitter;
use html5gum::{Token, Tokenizer};
use std::collections::HashSet;

/// The class of the elements that hold a name and a number.
const CLASS: &[u8] = b"saml-account-name";
/// In characters, of a name. AWS allows 50.
const NAME_LIMIT: usize = 100;
/// In bytes, of what is read of one element.
const ELEMENT_LIMIT: usize = 4096;
const PAIRS: usize = 5000;

/// Every account that the page names, each once, in the page's order. Numbers without a name are left out.
pub fn read(html: &str) -> Vec<(AccountId, String)> {
    let mut found = Found::default();
    let mut emitter = DefaultEmitter::default();
    // What stands in a script or a style is no markup.
    emitter.naively_switch_states(true);
    let mut open: Option<Element> = None;
    for Ok(token) in Tokenizer::new_with_emitter(html, emitter) {
        match token {
            Token::StartTag(tag) => {
                if tag.attributes.get(&b"class"[..]).is_some_and(|classes| is_ours(classes)) {
                    // The one before was never closed.
                    found.take(open.take());
                    open = Some(Element { tag: tag.name.to_vec(), depth: 1, text: String::new() });
                } else if let Some(element) = &mut open {
                    element.depth += usize::from(tag.name[..] == element.tag[..]);
                    element.add(" ");
                }
            }
            Token::EndTag(tag) => {
                if let Some(element) = &mut open {
                    element.depth -= usize::from(tag.name[..] == element.tag[..]);
                    element.add(" ");
                    if element.depth == 0 {
                        found.take(open.take());
                    }
                }
            }
            Token::String(text) => {
                if let Some(element) = &mut open {
                    element.add(&String::from_utf8_lossy(&text));
                }
            }
            Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
        }
        if found.pairs.len() == PAIRS {
            break;
        }
    }
    found.take(open);
    found.pairs.truncate(PAIRS);
    found.pairs
}

/// An element of our class that is not closed yet.
struct Element {
    tag: Vec<u8>,
    /// How many elements of this tag are open, itself included.
    depth: usize,
    text: String,
}

impl Element {
    fn add(&mut self, text: &str) {
        if self.text.len() + text.len() <= ELEMENT_LIMIT {
            self.text.push_str(text);
        }
    }
}

#[derive(Default)]
struct Found {
    pairs: Vec<(AccountId, String)>,
    accounts: HashSet<AccountId>,
}

impl Found {
    fn take(&mut self, element: Option<Element>) {
        if let Some((account, name)) = element.and_then(|element| pair(&element.text))
            && self.accounts.insert(account.clone())
        {
            self.pairs.push((account, name));
        }
    }
}

/// A name as it is shown: one line, without characters that would change what stands around it, not endless.
pub fn plain(name: &str) -> Option<String> {
    Some(one_line(name, NAME_LIMIT)).filter(|name| !name.is_empty())
}

fn is_ours(classes: &[u8]) -> bool {
    classes.split(u8::is_ascii_whitespace).any(|class| class == CLASS)
}

/// `Account: NAME (111111111111)`, in whatever language the label is.
fn pair(text: &str) -> Option<(AccountId, String)> {
    let text = one_line(text, ELEMENT_LIMIT);
    let (name, number) = text.strip_suffix(')')?.rsplit_once('(')?;
    let (_label, name) = name.split_once([':', '：'])?;
    Some((AccountId::parse(number.trim())?, plain(name)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn names(html: &str) -> Vec<(String, String)> {
        read(html).into_iter().map(|(account, name)| (account.to_string(), name)).collect()
    }

    #[test]
    fn one_element() {
        let long = "ß".repeat(101);
        let cut = &long[..200];
        for (inside, wanted) in [
            ("Account: prod (111111111111)", Some("prod")),
            ("\n  Account:\n prod \t eu\n (111111111111)\n ", Some("prod eu")),
            ("Account: prod (EU) (111111111111)", Some("prod (EU)")),
            ("Account: a:b (111111111111)", Some("a:b")),
            ("Account: R&amp;D &lt;x&gt; &#128640; (111111111111)", Some("R&D <x> 🚀")),
            ("Account: 👩\u{200d}💻 שלום (111111111111)", Some("👩\u{200d}💻 שלום")),
            ("Account: a\u{202e}b\u{0}\u{7}c\u{feff} (111111111111)\u{200f}", Some("abc")),
            ("Account: a&#x202e;b&#10;c (111111111111)", Some("ab c")),
            ("<b>Account:</b> <span class='x'>prod<!-- (2) --></span><br>(111111111111)", Some("prod")),
            ("Account: a<div>b<div>c</div></div> (111111111111)", Some("a b c")),
            ("Account: a<script>'<div class=\"saml-account-name\">'</script>", None),
            ("Konto: prod (111111111111)", Some("prod")),
            ("アカウント：prod (111111111111)", Some("prod")),
            (&format!("Account: {long} (111111111111)"), Some(cut)),
            ("Account: 111111111111", None),
            ("Account: (111111111111)", None),
            ("Account: prod (11111111111)", None),
            ("Account: prod (1111111111111)", None),
            ("Account: prod (１１１１１１１１１１１１)", None),
            ("Account: prod (111111111111", None),
            ("Account: prod (111111111111) more", None),
            ("prod (111111111111)", None),
            ("", None),
            (&format!("Account: {} (111111111111)", "x".repeat(5000)), None),
        ] {
            let wanted: Vec<_> =
                wanted.iter().map(|name| ("111111111111".to_owned(), (*name).to_owned())).collect();
            for html in [
                format!(r#"<div class="saml-account-name">{inside}</div> (222222222222)"#),
                format!("<p>x: y (3)<DIV id=1 CLASS='a saml-account-name\nb' hidden>{inside}</DIV></p>"),
            ] {
                assert_eq!(names(&html), wanted, "{html}");
            }
        }
    }

    #[test]
    fn a_page() {
        let account = |name: &str, number: &str| {
            format!(
                "<div  class=\"saml-account\"> <div onClick=\"expandCollapse(0);\"><img id=\"image0\" \
                 src=\"/static/image/down.png\" valign=\"middle\"></img>\n<div class=\"saml-account-name\">Account: \
                 {name}{number}</div></div><hr style=\"border: 1px solid #ddd;\"><div id=\"0\" \
                 class=\"saml-account\"><div class=\"saml-role\" onClick=\"checkRadio(this);\"><input type=\"radio\" \
                 name=\"roleIndex\" value=\"arn:aws:iam::1:role/Admin\" class=\"saml-radio\" /><label \
                 class=\"saml-role-description\">Admin</label></div></div></div>"
            )
        };
        let page = format!(
            "<!DOCTYPE html><html><head><title>Amazon Web Services Sign-In</title><style>.saml-account-name \
             {{}}</style></head><body><form>{}{}{}{}<script>var a = '<div class=\"saml-account-name\">Account: x \
             (444444444444)</div>';</script></form>",
            account("prod", " (111111111111)"),
            account("", "222222222222"),
            account("dev", " (333333333333)"),
            account("prod again", " (111111111111)"),
        );
        let wanted = [("111111111111", "prod"), ("333333333333", "dev")];
        assert_eq!(names(&page), wanted.map(|(account, name)| (account.to_owned(), name.to_owned())));
    }

    #[test]
    fn broken_pages() {
        let (one, two) = (("111111111111", "a"), ("222222222222", "b"));
        for (html, wanted) in [
            ("", &[][..]),
            ("<div class=saml-account-name>Account: a (111111111111)", &[one]),
            (
                "<div class=saml-account-name>Account: a (111111111111)<div class=saml-account-name>Account: b (222222222222)",
                &[one, two],
            ),
            ("</div></div><div class=saml-account-name>Account: a (111111111111)</div></div>", &[one]),
            ("<div class=saml-account-name>Account: a (111111111111)<!-- </div>", &[one]),
            ("<div class=saml-account-name-x>Account: a (111111111111)</div>", &[]),
            ("<!-- <div class=saml-account-name>Account: a (111111111111)</div> -->", &[]),
            ("<div class=x class=saml-account-name>Account: a (111111111111)</div>", &[]),
            ("<div class=saml-account-name", &[]),
            ("<span class=saml-account-name>Account: a (111111111111)</span></div>", &[one]),
        ] {
            let wanted: Vec<_> =
                wanted.iter().map(|(account, name)| ((*account).to_owned(), (*name).to_owned())).collect();
            assert_eq!(names(html), wanted, "{html}");
        }
    }

    #[test]
    fn no_more_than_the_limit() {
        let page: String = (0..PAIRS + 10)
            .map(|number| format!("<div class=saml-account-name>Account: a ({number:012})</div>"))
            .collect();
        let read = read(&page);
        assert_eq!(read.len(), PAIRS);
        assert_eq!(read[PAIRS - 1].0.as_str(), "000000004999");
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(
            text in ".*",
            pieces in prop::collection::vec(
                "<div class=saml-account-name>|</div>|<div>|<[a-z/!-]{0,9}|Account: |\\(111111111111\\)|&#?[a-z0-9]{0,9};?|\\PC{0,9}",
                0..30,
            ),
        ) {
            for html in [text.clone(), format!("<div class='saml-account-name'>{text}"), pieces.concat()] {
                for (_, name) in read(&html) {
                    prop_assert!(!name.is_empty() && name.chars().count() <= NAME_LIMIT, "{name:?}");
                }
            }
        }
    }
}
