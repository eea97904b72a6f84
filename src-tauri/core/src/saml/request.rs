//! The AuthnRequest: built, deflated, and put into the address that opens the sign-in.

use base64::Engine as _;
use flate2::{Compression, write::DeflateEncoder};
use jiff::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::io::Write as _;
use url::Url;

/// What one sign-in asks Entra for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthnRequest<'a> {
    /// `id` and a fresh UUID: what the answer must name in InResponseTo.
    pub id: &'a str,
    pub issue_instant: Timestamp,
    /// The login host: `https://login.microsoftonline.com`.
    pub authority: &'a Url,
    pub tenant: &'a str,
    /// The Issuer: the application's id URI.
    pub issuer: &'a str,
    /// AssertionConsumerServiceURL.
    pub acs: &'a str,
    /// Answer at once or not at all.
    pub passive: bool,
    pub login_hint: Option<&'a str>,
    /// Skips home-realm discovery (`whr`).
    pub domain_hint: Option<&'a str>,
}

/// Everything but the unreserved characters of RFC 3986.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

impl AuthnRequest<'_> {
    /// The address to open (SAML 2.0 HTTP-Redirect binding).
    pub fn url(&self) -> Url {
        let mut query = format!("SAMLRequest={}", encode(&self.deflated()));
        for (name, value) in [("login_hint", self.login_hint), ("whr", self.domain_hint)] {
            if let Some(value) = value {
                query.push_str(&format!("&{name}={}", encode(value)));
            }
        }
        let mut url = self.authority.clone();
        url.set_path(&format!("{}/saml2", encode(self.tenant)));
        url.set_query(Some(&query));
        url.set_fragment(None);
        url
    }

    /// The request itself. `Subject` and `RequestedAuthnContext` are left out on purpose: the first is an error to
    /// Entra, the second can block MFA and FIDO.
    pub fn xml(&self) -> String {
        format!(
            concat!(
                r#"<samlp:AuthnRequest xmlns="urn:oasis:names:tc:SAML:2.0:metadata" ID="{id}" Version="2.0" "#,
                r#"IssueInstant="{instant:.3}" IsPassive="{passive}" AssertionConsumerServiceURL="{acs}" "#,
                r#"xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol">"#,
                r#"<Issuer xmlns="urn:oasis:names:tc:SAML:2.0:assertion">{issuer}</Issuer>"#,
                r#"<samlp:NameIDPolicy Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"/>"#,
                r#"</samlp:AuthnRequest>"#,
            ),
            id = escape(self.id),
            instant = self.issue_instant,
            passive = self.passive,
            acs = escape(self.acs),
            issuer = escape(self.issuer),
        )
    }

    fn deflated(&self) -> String {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        let written = encoder.write_all(self.xml().as_bytes()).and_then(|()| encoder.finish());
        base64::engine::general_purpose::STANDARD.encode(written.expect("writing to memory does not fail"))
    }
}

fn encode(text: &str) -> String {
    utf8_percent_encode(text, QUERY).to_string()
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;

    fn request(authority: &Url) -> AuthnRequest<'_> {
        AuthnRequest {
            id: "id0f8fad5b-d9cb-469f-a165-70867728950e",
            issue_instant: "2026-11-22T08:00:00Z".parse().expect("an instant"),
            authority,
            tenant: "11111111-1111-1111-1111-111111111111",
            issuer: "https://signin.aws.amazon.com/saml#2 & <more>",
            acs: "https://signin.aws.amazon.com/saml",
            passive: false,
            login_hint: Some("ada+aws@example.org"),
            domain_hint: None,
        }
    }

    #[test]
    fn the_address_carries_the_deflated_request_and_the_hint() {
        let authority = Url::parse("https://login.microsoftonline.com").expect("a URL");
        let request = request(&authority);
        let url = request.url();
        assert_eq!(url.path(), "/11111111-1111-1111-1111-111111111111/saml2");
        let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        assert_eq!(pairs[1], ("login_hint".into(), "ada+aws@example.org".into()));
        let deflated = base64::engine::general_purpose::STANDARD.decode(&pairs[0].1).expect("base64");
        let mut xml = String::new();
        flate2::read::DeflateDecoder::new(&deflated[..]).read_to_string(&mut xml).expect("deflate");
        assert_eq!(xml, request.xml());
        let document = roxmltree::Document::parse(&xml).expect("XML");
        let root = document.root_element();
        assert_eq!(root.attribute("ID"), Some(request.id));
        assert_eq!(root.attribute("IssueInstant"), Some("2026-11-22T08:00:00.000Z"));
        assert_eq!(root.attribute("IsPassive"), Some("false"));
        assert_eq!(root.attribute("AssertionConsumerServiceURL"), Some(request.acs));
        let issuer =
            root.children().find(|n| n.has_tag_name("Issuer")).and_then(|n| n.text().map(str::to_owned));
        assert_eq!(issuer.as_deref(), Some(request.issuer));
    }
}
