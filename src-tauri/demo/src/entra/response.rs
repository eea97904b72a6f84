//! The SAML response, in the shape in which Entra writes it.

use super::html::escape;
use super::request::AuthnRequest;
use super::variant::Variant;
use crate::assertions::Assertion;
use crate::clock::{milliseconds, span};
use crate::server::World;
use crate::world::{Role, User};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use std::fmt::Write;
use std::time::Duration;
use uuid::Uuid;

const ATTRIBUTES: &str = "https://aws.amazon.com/SAML/Attributes";
const MINUTE: Duration = Duration::from_secs(60);

/// The form's `SAMLResponse` for a user who has signed in, registered as genuine where it is.
pub(crate) fn encoded(
    world: &World,
    request: &AuthnRequest,
    acs: &str,
    user: &User,
    variant: &Variant,
) -> String {
    let now = world.clock.now();
    let issued_at = if *variant == Variant::ExpiredOnArrival { now - span(6 * MINUTE) } else { now };
    let in_response_to = match variant {
        Variant::OtherRequest => Some(format!("id{}", Uuid::new_v4())),
        Variant::NoRequest => None,
        _ => Some(request.id.clone()),
    };
    let assertion = Assertion {
        user: user.name.clone(),
        roles: if *variant == Variant::NoRoles { vec![] } else { user.roles.clone() },
        issued_at,
        session_not_on_or_after: session_end(world, issued_at),
        issuer: issuer(world),
        audience: world.options.app_id_uri.clone(),
    };
    let padding = if *variant == Variant::TooLong { 80_000 } else { 0 };
    let xml = success(world, &assertion, acs, in_response_to.as_deref(), padding);
    match variant {
        Variant::JunkXml => return STANDARD.encode("{\"this\": \"is no XML\"}"),
        Variant::JunkBase64 => return "%%% this is no base64 %%%".to_owned(),
        Variant::SamlError(inner) => {
            return STANDARD.encode(failure(world, in_response_to.as_deref(), acs, inner));
        }
        _ => {}
    }
    world.assertions.issue(&xml, assertion);
    if *variant == Variant::Tampered {
        return STANDARD.encode(xml.replacen("<SignatureValue>", "<SignatureValue>AAAA", 1));
    }
    STANDARD.encode(xml)
}

/// The form's `SAMLResponse` where a passive request has found no session.
pub(crate) fn encoded_no_passive(world: &World, request: &AuthnRequest, acs: &str) -> String {
    STANDARD.encode(failure(world, Some(&request.id), acs, "NoPassive"))
}

fn success(
    world: &World,
    assertion: &Assertion,
    acs: &str,
    in_response_to: Option<&str>,
    padding: usize,
) -> String {
    let inner = assertion_element(world, assertion, acs, in_response_to, padding);
    let inner = if world.options.encrypted { encrypted_element(inner.len()) } else { inner };
    let status = r#"<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/>"#;
    response(world, assertion.issued_at, acs, in_response_to, status, &inner)
}

fn failure(world: &World, in_response_to: Option<&str>, acs: &str, inner: &str) -> String {
    let status = format!(
        r#"<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Responder"><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:{}"/></samlp:StatusCode><samlp:StatusMessage>make-believe</samlp:StatusMessage>"#,
        escape(inner)
    );
    response(world, world.clock.now(), acs, in_response_to, &status, "")
}

fn response(
    world: &World,
    at: Timestamp,
    acs: &str,
    in_response_to: Option<&str>,
    status: &str,
    inner: &str,
) -> String {
    format!(
        r#"<samlp:Response ID="_{}" Version="2.0" IssueInstant="{}" Destination="{}"{} xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"><Issuer xmlns="urn:oasis:names:tc:SAML:2.0:assertion">{}</Issuer><samlp:Status>{status}</samlp:Status>{inner}</samlp:Response>"#,
        Uuid::new_v4(),
        milliseconds(at),
        escape(acs),
        answers(in_response_to),
        issuer(world),
    )
}

fn assertion_element(
    world: &World,
    assertion: &Assertion,
    acs: &str,
    in_response_to: Option<&str>,
    padding: usize,
) -> String {
    let at = assertion.issued_at;
    let (user, id) = (escape(&assertion.user), Uuid::new_v4());
    // An assertion is valid for an hour; that AWS takes it for five minutes only is AWS's affair.
    let (from, until) = (milliseconds(at - span(5 * MINUTE)), milliseconds(at + span(validity(world))));
    let session_end = assertion
        .session_not_on_or_after
        .map(|end| format!(" SessionNotOnOrAfter=\"{}\"", milliseconds(end)))
        .unwrap_or_default();
    let mut attributes =
        attribute("http://schemas.microsoft.com/identity/claims/tenantid", [world.options.tenant.clone()]);
    attributes += &attribute(&format!("{ATTRIBUTES}/RoleSessionName"), [assertion.user.clone()]);
    if !assertion.roles.is_empty() {
        let values = assertion.roles.iter().enumerate().map(|(place, role)| role_value(place, role));
        attributes += &attribute(&format!("{ATTRIBUTES}/Role"), values);
    }
    if let Some(length) = world.options.session_duration {
        attributes += &attribute(&format!("{ATTRIBUTES}/SessionDuration"), [length.as_secs().to_string()]);
    }
    if padding > 0 {
        attributes += &attribute(&format!("{ATTRIBUTES}/PrincipalTag:Padding"), ["x".repeat(padding)]);
    }
    format!(
        r#"<Assertion ID="_{id}" IssueInstant="{at}" Version="2.0" xmlns="urn:oasis:names:tc:SAML:2.0:assertion"><Issuer>{issuer}</Issuer>{signature}<Subject><NameID Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress">{user}</NameID><SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><SubjectConfirmationData{answers} NotOnOrAfter="{until}" Recipient="{acs}"/></SubjectConfirmation></Subject><Conditions NotBefore="{from}" NotOnOrAfter="{until}"><AudienceRestriction><Audience>{audience}</Audience></AudienceRestriction></Conditions><AttributeStatement>{attributes}</AttributeStatement><AuthnStatement AuthnInstant="{at}" SessionIndex="_{id}"{session_end}><AuthnContext><AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</AuthnContextClassRef></AuthnContext></AuthnStatement></Assertion>"#,
        at = milliseconds(at),
        issuer = issuer(world),
        signature = signature(id),
        answers = answers(in_response_to),
        acs = escape(acs),
        audience = escape(&assertion.audience),
    )
}

/// Looks like a signature; what AWS checks is the register of what was issued.
fn signature(id: Uuid) -> String {
    let random: Vec<u8> = (0..16).flat_map(|_| Uuid::new_v4().into_bytes()).collect();
    let (value, digest) = (STANDARD.encode(&random), STANDARD.encode(&random[..32]));
    format!(
        r##"<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo><CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/><SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/><Reference URI="#_{id}"><DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><DigestValue>{digest}</DigestValue></Reference></SignedInfo><SignatureValue>{value}</SignatureValue></Signature>"##
    )
}

fn encrypted_element(length: usize) -> String {
    let random: Vec<u8> =
        std::iter::repeat_with(|| Uuid::new_v4().into_bytes()).flatten().take(length).collect();
    format!(
        r#"<EncryptedAssertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion"><xenc:EncryptedData xmlns:xenc="http://www.w3.org/2001/04/xmlenc#" Type="http://www.w3.org/2001/04/xmlenc#Element"><xenc:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes256-cbc"/><xenc:CipherData><xenc:CipherValue>{}</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData></EncryptedAssertion>"#,
        STANDARD.encode(random)
    )
}

/// Both orders and stray blanks: all are seen in the field.
fn role_value(place: usize, role: &Role) -> String {
    match place % 3 {
        0 => format!("{},{}", role.arn, role.provider),
        1 => format!("{},{}", role.provider, role.arn),
        _ => format!(" {} , {} ", role.arn, role.provider),
    }
}

fn attribute(name: &str, values: impl IntoIterator<Item = String>) -> String {
    let mut element = format!(r#"<Attribute Name="{}">"#, escape(name));
    for value in values {
        let _ = write!(element, "<AttributeValue>{}</AttributeValue>", escape(&value));
    }
    element + "</Attribute>"
}

fn answers(in_response_to: Option<&str>) -> String {
    in_response_to.map(|id| format!(" InResponseTo=\"{}\"", escape(id))).unwrap_or_default()
}

fn issuer(world: &World) -> String {
    format!("https://sts.windows.net/{}/", escape(&world.options.tenant))
}

/// How long an assertion is good for. Where days are played at many times their speed it is used up before the session
/// ends, as it is in slow ones.
fn validity(world: &World) -> Duration {
    if world.options.speed > 1 { Duration::from_secs(25) } else { 60 * MINUTE }
}

fn session_end(world: &World, issued_at: Timestamp) -> Option<Timestamp> {
    world.options.session_not_on_or_after.map(|length| issued_at + span(length))
}
