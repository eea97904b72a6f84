//! What a pasted address says: a tile of Microsoft's My Apps, or the address of a sign-in under way.
//!
//! Only Microsoft's own hosts are understood. A sign-in's address could name any host, and a profile made from it
//! would send people there with their passwords.

use super::shape::{is_guid, is_tenant, is_username, one_line};
use super::{Flaw, Understood};
use crate::saml::acs;
use crate::saml::identity_center::{is_identity_center, is_start_page, names_identity_center};
use base64::Engine as _;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use std::io::Read as _;
use url::{Url, form_urlencoded};

/// The Issuer that Microsoft's gallery gives an AWS application.
pub(super) const USUAL_APP_ID_URI: &str = "https://signin.aws.amazon.com/saml";

/// In bytes. A sign-in's address has some 2,000.
const TEXT_LIMIT: usize = 64 * 1024;
/// In bytes, of an inflated request. Ours have some 700.
const XML_LIMIT: usize = 64 * 1024;
/// In characters, of a tile's name.
const TILE_LIMIT: usize = 100;

const PUBLIC: &str = "";
const US: &str = "https://login.microsoftonline.us";
const CHINA: &str = "https://login.partner.microsoftonline.cn";

/// Where tiles live, and the authority that goes with each ("Azure Government endpoints", "Azure China endpoints").
const MY_APPS: [(&str, &str); 13] = [
    ("myapps.microsoft.com", PUBLIC),
    ("launcher.myapps.microsoft.com", PUBLIC),
    ("myapplications.microsoft.com", PUBLIC),
    ("account.activedirectory.windowsazure.com", PUBLIC),
    ("myapps.microsoft.us", US),
    ("launcher.myapps.microsoft.us", US),
    ("myapplications.microsoft.us", US),
    ("account.activedirectory.windowsazure.us", US),
    ("myapps.microsoft.cn", CHINA),
    ("launcher.myapps.microsoft.cn", CHINA),
    ("myapplications.microsoft.cn", CHINA),
    ("portal.partner.microsoftonline.cn", CHINA),
    ("account.activedirectory.windowsazure.cn", CHINA),
];

/// The login hosts.
const SIGN_IN: [(&str, &str); 5] = [
    ("login.microsoftonline.com", PUBLIC),
    ("login.microsoft.com", PUBLIC),
    ("login.microsoftonline.us", US),
    ("login.partner.microsoftonline.cn", CHINA),
    ("login.chinacloudapi.cn", CHINA),
];

/// Reads a pasted text, as mail programs, chats and address bars leave it.
///
/// # Errors
/// [`Flaw::NotALink`], [`Flaw::NotMyApps`], [`Flaw::NoTenant`], [`Flaw::IdentityCenter`] or [`Flaw::NotAws`].
pub fn read(text: &str) -> Result<Understood, Flaw> {
    let url = behind_protection(address(text).ok_or(Flaw::NotALink)?);
    let host = url.host_str().ok_or(Flaw::NotMyApps)?;
    if let Some(authority) = authority_of(&MY_APPS, host) {
        tile(&url, authority)
    } else if let Some(authority) = authority_of(&SIGN_IN, host) {
        sign_in(&url, authority)
    } else if is_identity_center(&url) || is_start_page(&url) {
        Err(Flaw::IdentityCenter)
    } else {
        Err(Flaw::NotMyApps)
    }
}

/// The authority of the cloud that an address of My Apps belongs to; empty for the public one.
pub(super) fn authority_of_my_apps(text: &str) -> Option<&'static str> {
    authority_of(&MY_APPS, address(text)?.host_str()?)
}

fn authority_of(hosts: &[(&str, &'static str)], host: &str) -> Option<&'static str> {
    hosts.iter().find(|(known, _)| *known == host.trim_end_matches('.')).map(|(_, authority)| *authority)
}

/// The address in a text: with what mail programs put around and into it taken out, and with the scheme that address
/// bars hide.
fn address(text: &str) -> Option<Url> {
    const AROUND: &str = "<>\"'`“”„‟‘’‚«»‹›\u{200b}\u{feff}";
    if text.len() > TEXT_LIMIT {
        return None;
    }
    // A line that a mail program broke goes on at the margin or behind an indentation.
    let text: String = text.split(['\r', '\n']).map(str::trim).collect();
    let text = text.trim_matches(|c: char| c.is_whitespace() || AROUND.contains(c));
    if text.contains("://") {
        return Url::parse(text).ok().filter(Url::has_host);
    }
    let (host, _) = text.split_once('/')?;
    let is_host =
        host.contains('.') && host.bytes().all(|b| b.is_ascii_alphanumeric() || b".-:".contains(&b));
    if is_host { Url::parse(&format!("https://{text}")).ok() } else { None }
}

/// The address that Outlook's Safe Links leads to.
fn behind_protection(url: Url) -> Url {
    let protected = url.host_str().is_some_and(|host| host.ends_with(".safelinks.protection.outlook.com"));
    let inner = if protected { parameter(&url, "url").and_then(|inner| address(&inner)) } else { None };
    inner.unwrap_or(url)
}

/// A tile: `…/signin/[NAME/]APPLICATION?tenantId=TENANT`, `…/redirecttofederatedapplication.aspx?applicationId=…`, or
/// the portal of a tenant (`https://myapps.microsoft.com/TENANT`, `…/?tenantId=TENANT`).
fn tile(url: &Url, authority: &str) -> Result<Understood, Flaw> {
    let path: Vec<String> = url
        .path_segments()
        .into_iter()
        .flatten()
        .map(|segment| percent_encoding::percent_decode_str(segment).decode_utf8_lossy().into_owned())
        .collect();
    let signin = path.iter().position(|segment| segment.eq_ignore_ascii_case("signin"));
    let below = signin.map_or(&path[path.len()..], |at| &path[at + 1..]);
    let in_path = || path.first().filter(|first| signin != Some(0) && !first.ends_with(".aspx")).cloned();
    let tenant = parameter(url, "tenantId").or_else(in_path).filter(|tenant| is_tenant(tenant));
    let in_link = |name| parameter(url, name).into_iter();
    let application =
        below.iter().rev().cloned().chain(in_link("applicationId")).find(|id| is_application(id));
    let name = below.first().filter(|first| !is_application(first)).cloned();
    let name =
        name.or_else(|| parameter(url, "ApplicationDisplayName")).map(|name| one_line(&name, TILE_LIMIT));
    Ok(Understood {
        tenant: tenant.ok_or(Flaw::NoTenant)?,
        app_id_uri: USUAL_APP_ID_URI.to_owned(),
        certain: false,
        tile: name.filter(|name| !name.is_empty()),
        application,
        authority: authority.to_owned(),
        username: username(url),
    })
}

/// A GUID; older links leave out its hyphens.
fn is_application(text: &str) -> bool {
    is_guid(text) || (text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// A sign-in under way: `https://login.microsoftonline.com/TENANT/saml2?SAMLRequest=…`.
fn sign_in(url: &Url, authority: &str) -> Result<Understood, Flaw> {
    let request = parameter(url, "SAMLRequest").ok_or(Flaw::NotMyApps)?;
    let (issuer, acs) = inflated(&request).and_then(|xml| issuer_and_acs(&xml)).ok_or(Flaw::NotMyApps)?;
    if names_identity_center(&issuer) || acs.as_deref().is_some_and(names_identity_center) {
        return Err(Flaw::IdentityCenter);
    }
    // The issuer is whatever an administrator called the application; where the answer goes says what it is for.
    let aws = acs.as_deref().map_or(acs::is_accepted(&issuer), acs::is_accepted);
    if !aws {
        return Err(Flaw::NotAws);
    }
    let tenant = url.path_segments().and_then(|mut path| path.next()).unwrap_or_default();
    Ok(Understood {
        tenant: Some(tenant).filter(|tenant| is_tenant(tenant)).ok_or(Flaw::NoTenant)?.to_owned(),
        app_id_uri: issuer,
        certain: true,
        tile: None,
        application: None,
        authority: authority.to_owned(),
        username: username(url),
    })
}

fn username(url: &Url) -> Option<String> {
    parameter(url, "login_hint").filter(|name| is_username(name))
}

/// The first parameter of that name, without regard to case: of the query, else of a fragment's query (the portal's
/// own pages). A link copied from a page's source has `&amp;` between them.
fn parameter(url: &Url, name: &str) -> Option<String> {
    let of_fragment =
        url.fragment().and_then(|fragment| fragment.split_once('?')).map_or("", |(_, query)| query);
    let mut pairs = url.query_pairs().chain(form_urlencoded::parse(of_fragment.as_bytes()));
    let is_it = |key: &str| key.strip_prefix("amp;").unwrap_or(key).eq_ignore_ascii_case(name);
    pairs.find(|(key, _)| is_it(key)).map(|(_, value)| value.trim().to_owned())
}

/// SAML 2.0's HTTP-Redirect binding, backwards.
fn inflated(request: &str) -> Option<String> {
    const BASE64: GeneralPurpose = GeneralPurpose::new(
        &base64::alphabet::STANDARD,
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
    );
    // A plus that nobody encoded reads as a blank.
    let deflated = BASE64.decode(request.replace(' ', "+")).ok()?;
    let mut xml = String::new();
    let limit = XML_LIMIT as u64 + 1;
    flate2::read::DeflateDecoder::new(&deflated[..]).take(limit).read_to_string(&mut xml).ok()?;
    (xml.len() <= XML_LIMIT).then_some(xml)
}

fn issuer_and_acs(xml: &str) -> Option<(String, Option<String>)> {
    let document = roxmltree::Document::parse(xml).ok()?;
    let request = document.root_element();
    let issuer = request.children().find(|child| child.tag_name().name() == "Issuer")?.text()?.trim();
    let right = request.tag_name().name() == "AuthnRequest"
        && !issuer.is_empty()
        && !issuer.contains(|c: char| c.is_whitespace() || super::shape::is_unseen(c));
    right.then(|| (issuer.to_owned(), request.attribute("AssertionConsumerServiceURL").map(str::to_owned)))
}

#[cfg(test)]
mod tests;
