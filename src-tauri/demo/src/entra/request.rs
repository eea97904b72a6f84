//! The SAML request as Entra reads it ("Single sign-on SAML protocol"): decoded, checked, refused with a code.

use super::errors::EntraError;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::read::DeflateDecoder;
use std::io::Read;
use url::form_urlencoded;

const PROTOCOL: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
const ASSERTION: &str = "urn:oasis:names:tc:SAML:2.0:assertion";
/// No real request comes near it.
const XML_LIMIT: u64 = 64 * 1024;

/// An AuthnRequest that could be read, with what came beside it in the query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthnRequest {
    pub id: String,
    /// The application's identifier.
    pub issuer: String,
    pub acs: Option<String>,
    pub issue_instant: String,
    pub is_passive: bool,
    pub force_authn: bool,
    pub name_id_format: Option<String>,
    pub login_hint: Option<String>,
    /// `whr`: skips the discovery of the home realm.
    pub domain_hint: Option<String>,
    pub relay_state: Option<String>,
}

/// Reads the query of `/TENANT/saml2`. A plus in it is a blank, as in every form: base64 must be percent-encoded.
pub(crate) fn read(query: &str) -> Result<AuthnRequest, EntraError> {
    let pairs: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let field = |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
    let encoded = field("SAMLRequest").ok_or_else(|| {
        EntraError::new("AADSTS750054", "SAMLRequest or SAMLResponse must be present as query string parameters in HTTP request for SAML Redirect binding.")
    })?;
    let deflated =
        STANDARD.decode(&encoded).map_err(|_| EntraError::bad_request("The message is not base64."))?;
    let mut xml = String::new();
    DeflateDecoder::new(deflated.as_slice())
        .take(XML_LIMIT)
        .read_to_string(&mut xml)
        .map_err(|_| EntraError::bad_request("The message is not raw DEFLATE of text."))?;
    let document =
        roxmltree::Document::parse(&xml).map_err(|_| EntraError::bad_request("The message is not XML."))?;
    let root = document.root_element();
    if !root.has_tag_name((PROTOCOL, "AuthnRequest")) {
        return Err(EntraError::new(
            "AADSTS7500514",
            "A supported type of SAML request was not found. The supported request types are 'AuthnRequest' and 'LogoutRequest'.",
        ));
    }
    if root.attribute("Version") != Some("2.0") {
        return Err(EntraError::bad_request("Version must be 2.0."));
    }
    if root.children().any(|child| child.has_tag_name((ASSERTION, "Subject"))) {
        return Err(EntraError::new(
            "AADSTS900236",
            "The SAML authentication request property 'Subject' is not supported and must not be set.",
        ));
    }
    let id = root.attribute("ID").unwrap_or_default();
    if !id.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
        let text = format!("The value '{id}' is not a valid SAML ID. The ID must not begin with a number.");
        return Err(EntraError::new("AADSTS7500529", text));
    }
    let issue_instant = root.attribute("IssueInstant").unwrap_or_default();
    if issue_instant.parse::<jiff::Timestamp>().is_err() {
        return Err(EntraError::bad_request("IssueInstant is not an instant."));
    }
    let issuer = root.children().find(|child| child.has_tag_name((ASSERTION, "Issuer")));
    let policy = root.children().find(|child| child.has_tag_name((PROTOCOL, "NameIDPolicy")));
    let flag = |name| matches!(root.attribute(name), Some("true" | "1"));
    Ok(AuthnRequest {
        id: id.to_owned(),
        issuer: issuer.and_then(|issuer| issuer.text()).unwrap_or_default().trim().to_owned(),
        acs: root.attribute("AssertionConsumerServiceURL").map(str::to_owned),
        issue_instant: issue_instant.to_owned(),
        is_passive: flag("IsPassive"),
        force_authn: flag("ForceAuthn"),
        name_id_format: policy.and_then(|policy| policy.attribute("Format")).map(str::to_owned),
        login_hint: field("login_hint").filter(|hint| !hint.is_empty()),
        domain_hint: field("whr").or_else(|| field("domain_hint")),
        relay_state: field("RelayState"),
    })
}

/// Whether the application's reply URLs hold this address: AWS's sign-in hosts, and loopback for tests.
pub(crate) fn is_reply_url(acs: &str) -> bool {
    const HOSTS: [&str; 4] = [
        "signin.aws.amazon.com",
        "signin.amazonaws-us-gov.com",
        "signin.amazonaws.cn",
        "signin.amazonaws-eusc.eu",
    ];
    let Ok(url) = url::Url::parse(acs) else { return false };
    let host = url.host_str().unwrap_or_default();
    let of_aws = HOSTS
        .iter()
        .any(|known| host.strip_suffix(known).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')));
    let path = url.path() == "/saml" || url.path().starts_with("/saml/");
    path && ((url.scheme() == "https" && of_aws) || matches!(host, "127.0.0.1" | "localhost"))
}
