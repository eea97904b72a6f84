//! A browser without a screen: follows the make-believe Entra's forms, keeps its cookies.
#![allow(dead_code, unreachable_pub)]

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::{Compression, write::DeflateEncoder};
use rolecall_demo::Server;
use rolecall_demo::http::{self, Answer};
use std::collections::BTreeMap;
use std::io::Write;
use std::time::Duration;
use url::form_urlencoded;

pub const ACS: &str = "https://signin.aws.amazon.com/saml";
pub const SOON: Duration = Duration::from_secs(10);

pub struct Browser<'a> {
    pub server: &'a Server,
    pub cookies: BTreeMap<String, String>,
}

/// What a request is made of; the default is aws-azure-login's.
pub struct Ask {
    pub id: String,
    pub issuer: String,
    pub tenant: String,
    pub acs: String,
    pub attributes: String,
    pub inner: String,
    pub query: String,
}

impl Ask {
    pub fn new(server: &Server) -> Self {
        Self {
            id: "id3f0c9a52-0000-4000-8000-000000000000".into(),
            issuer: server.options().app_id_uri.clone(),
            tenant: server.options().tenant.clone(),
            acs: ACS.into(),
            attributes: r#"IsPassive="false""#.into(),
            inner: String::new(),
            query: String::new(),
        }
    }

    pub fn hint(mut self, user: &str) -> Self {
        self.query = format!("&login_hint={user}");
        self
    }

    pub fn url(&self, server: &Server) -> String {
        let Self { id, issuer, tenant, acs, attributes, inner, query } = self;
        let xml = format!(
            r#"<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="{id}" Version="2.0" IssueInstant="2026-11-22T10:00:00Z" {attributes} AssertionConsumerServiceURL="{acs}"><Issuer xmlns="urn:oasis:names:tc:SAML:2.0:assertion">{issuer}</Issuer>{inner}<samlp:NameIDPolicy Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"/></samlp:AuthnRequest>"#
        );
        let mut deflate = DeflateEncoder::new(Vec::new(), Compression::default());
        deflate.write_all(xml.as_bytes()).unwrap();
        let encoded = STANDARD.encode(deflate.finish().unwrap());
        let encoded: String = form_urlencoded::byte_serialize(encoded.as_bytes()).collect();
        format!("{}/{tenant}/saml2?SAMLRequest={encoded}{query}", server.entra_url())
    }
}

impl<'a> Browser<'a> {
    pub fn new(server: &'a Server) -> Self {
        Self { server, cookies: BTreeMap::new() }
    }

    pub fn open(&mut self, ask: &Ask) -> Answer {
        self.send("GET", &ask.url(self.server), None)
    }

    pub fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.send("POST", &format!("{}{path}", self.server.entra_url()), Some(body))
    }

    /// Types user name, password and number, and answers "Stay signed in?".
    pub fn sign_in(&mut self, user: &str, stay: &str) -> Answer {
        let ask = Ask::new(self.server);
        let page = self.open(&ask);
        let flow = value(&page.body, "flowToken").expect(&page.body);
        let login = format!("/{}/login", ask.tenant);
        let page = self.post(&login, &[("flowToken", &flow), ("loginfmt", user)]);
        assert!(page.body.contains(r#"id="i0118""#), "{}", page.body);
        self.post(&login, &[("flowToken", &flow), ("passwd", "correct horse")]);
        let number = self.server.number_for(user).expect("a number is shown");
        self.post("/demo/phone", &[("flow", &flow), ("number", &number)]);
        let page = self.post("/common/SAS/ProcessAuth", &[("flowToken", &flow)]);
        assert!(page.body.contains("KmsiDescription"), "{}", page.body);
        self.post(&format!("/kmsi?stay={stay}"), &[("flowToken", &flow)])
    }

    fn send(&mut self, method: &str, url: &str, body: Option<String>) -> Answer {
        let jar: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut headers = vec![("cookie".to_owned(), jar.join("; "))];
        if body.is_some() {
            headers.push(("content-type".into(), "application/x-www-form-urlencoded".into()));
        }
        let answer = http::request(method, url, &headers, body.as_deref().map(str::as_bytes), SOON).unwrap();
        for (_, cookie) in answer.headers.iter().filter(|(name, _)| name == "set-cookie") {
            let (pair, attributes) = cookie.split_once(';').unwrap_or((cookie, ""));
            let (name, value) = pair.split_once('=').unwrap();
            if attributes.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.into(), value.into());
            }
        }
        answer
    }
}

/// The value of a page's hidden field.
pub fn value(html: &str, name: &str) -> Option<String> {
    let (_, rest) = html.split_once(&format!(r#"name="{name}" value=""#))?;
    Some(rest.split_once('"')?.0.to_owned())
}

/// The XML of the response that a page posts.
pub fn saml(page: &Answer) -> String {
    let encoded = value(&page.body, "SAMLResponse").unwrap_or_else(|| panic!("no response in {}", page.body));
    String::from_utf8(STANDARD.decode(encoded).unwrap()).unwrap()
}
