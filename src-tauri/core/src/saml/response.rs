//! The SAML response: whether it answers our request, which roles it lists, and until when it is good.
//!
//! The signature is AWS's to verify. What is read here is for display and choice only.

use crate::problem::{Problem, foreign};
use crate::role::OfferedRole;
use crate::saml::acs;
use crate::secret::Secret;
use crate::time;
use base64::Engine as _;
use jiff::{SignedDuration, Timestamp};
use roxmltree::{Document, Node};

/// AWS's limits on the base64 text.
const CHARACTERS: std::ops::RangeInclusive<usize> = 4..=100_000;
/// AWS redeems an assertion for five minutes after its issue; a little is kept for the way there.
const REDEEMABLE: SignedDuration = SignedDuration::from_secs(5 * 60 - 10);

const ROLE: &str = "https://aws.amazon.com/SAML/Attributes/Role";
const SESSION_NAME: &str = "https://aws.amazon.com/SAML/Attributes/RoleSessionName";
const SESSION_DURATION: &str = "https://aws.amazon.com/SAML/Attributes/SessionDuration";

/// What a captured answer must be an answer to.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// The AuthnRequest's ID.
    pub request_id: &'a str,
    /// Where the page wanted to post.
    pub acs: &'a str,
    /// The origin of the page that wanted to post.
    pub page: &'a str,
}

/// An assertion that may be redeemed at STS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assertion {
    /// The base64 text as STS wants it.
    pub raw: Secret,
    pub roles: Roles,
    /// `RoleSessionName`: usually the person's mail address.
    pub session_name: Option<String>,
    /// Until when STS takes it, by our own clock.
    pub redeem_by: Timestamp,
    /// `SessionDuration` in seconds: can only shorten the session.
    pub session_duration: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Roles {
    /// Sorted by account and name, without duplicates; at least one.
    Listed(Vec<OfferedRole>),
    /// The assertion is encrypted for AWS: only the profile can say which role to assume.
    Encrypted,
}

/// Reads a captured `SAMLResponse`.
///
/// The redemption time counts from `now`, not from `IssueInstant`: the answer names our own fresh request, so it was
/// issued a moment ago, and a laptop's clock may be wrong.
///
/// # Errors
/// Every reason not to use it, as a [`Problem`]; a passive request without a session is
/// [`Problem::PersonNeeded`] with an empty profile name.
pub fn read(saml_response: &Secret, expected: Expected<'_>, now: Timestamp) -> Result<Assertion, Problem> {
    if !acs::is_accepted(expected.acs) {
        return Err(Problem::OtherAcs { acs: foreign(expected.acs) });
    }
    if !is_private(expected.page) {
        return Err(Problem::InsecurePage { page: foreign(expected.page) });
    }
    let raw: String = saml_response.expose().split_ascii_whitespace().collect();
    let raw = Secret::new(raw);
    let characters = raw.expose().len();
    if characters > *CHARACTERS.end() {
        return Err(Problem::SamlTooLarge { characters });
    }
    if characters < *CHARACTERS.start() {
        return Err(junk("it is empty"));
    }
    let bytes = base64::engine::general_purpose::STANDARD
        .decode(raw.expose())
        .map_err(|_| junk("it is not base64"))?;
    let xml = Secret::new(String::from_utf8(bytes).map_err(|_| junk("it is not text"))?);
    let document = Document::parse(xml.expose()).map_err(|_| junk("it is not XML"))?;
    let response = document.root_element();
    if response.tag_name().name() != "Response" {
        return Err(junk("it is not a SAML response"));
    }
    if response.attribute("InResponseTo") != Some(expected.request_id) {
        return Err(Problem::OtherRequest);
    }
    if response.attribute("Destination").is_some_and(|destination| !acs::is_accepted(destination)) {
        return Err(Problem::OtherAcs {
            acs: foreign(response.attribute("Destination").unwrap_or_default()),
        });
    }
    check_status(response)?;
    let assertions: Vec<_> = elements(response, "Assertion").collect();
    if assertions.is_empty() {
        return if elements(response, "EncryptedAssertion").next().is_some() {
            Ok(Assertion {
                raw,
                roles: Roles::Encrypted,
                session_name: None,
                redeem_by: time::after(now, REDEEMABLE),
                session_duration: None,
            })
        } else {
            Err(junk("it holds no assertion"))
        };
    }
    let assertion = assertions[0];
    check_confirmation(assertion, expected.request_id)?;
    let validity = validity(response, assertion);
    if validity <= SignedDuration::ZERO {
        return Err(Problem::SamlExpired);
    }
    let mut roles: Vec<_> = values(assertion, ROLE).filter_map(|value| OfferedRole::parse(&value)).collect();
    roles.sort_by(|a, b| (a.role.account(), a.role.name(), a).cmp(&(b.role.account(), b.role.name(), b)));
    roles.dedup_by(|a, b| a.role == b.role);
    if roles.is_empty() {
        return Err(Problem::NoRoles);
    }
    Ok(Assertion {
        raw,
        roles: Roles::Listed(roles),
        session_name: values(assertion, SESSION_NAME).next(),
        redeem_by: time::after(now, validity),
        session_duration: values(assertion, SESSION_DURATION).find_map(|value| value.trim().parse().ok()),
    })
}

/// The top status must be Success; a nested NoPassive means that Entra would have had to ask somebody.
fn check_status(response: Node<'_, '_>) -> Result<(), Problem> {
    let Some(status) = elements(response, "Status").next() else {
        return Err(junk("it has no status"));
    };
    let codes: Vec<_> = status
        .descendants()
        .filter(|node| node.tag_name().name() == "StatusCode")
        .filter_map(|node| node.attribute("Value"))
        .map(|value| value.rsplit(':').next().unwrap_or_default())
        .collect();
    if codes.first() == Some(&"Success") {
        return Ok(());
    }
    if codes.contains(&"NoPassive") {
        return Err(Problem::PersonNeeded { profile: String::new() });
    }
    let message = elements(status, "StatusMessage").next().and_then(|node| node.text()).unwrap_or_default();
    let text = format!("{} {}", codes.join("/"), message.trim());
    Err(Problem::SamlStatus { status: foreign(text.trim()) })
}

/// `SubjectConfirmationData` names the request, too, where it is there.
fn check_confirmation(assertion: Node<'_, '_>, request_id: &str) -> Result<(), Problem> {
    let other = assertion
        .descendants()
        .filter(|node| node.tag_name().name() == "SubjectConfirmationData")
        .filter_map(|node| node.attribute("InResponseTo"))
        .any(|id| id != request_id);
    if other { Err(Problem::OtherRequest) } else { Ok(()) }
}

/// How long after its issue the assertion is good, by its own clock: AWS's five minutes, or less.
fn validity(response: Node<'_, '_>, assertion: Node<'_, '_>) -> SignedDuration {
    let instant =
        |node: Node<'_, '_>, name| node.attribute(name).and_then(|text| text.parse::<Timestamp>().ok());
    let Some(issued) = instant(assertion, "IssueInstant").or_else(|| instant(response, "IssueInstant"))
    else {
        return REDEEMABLE;
    };
    assertion
        .descendants()
        .filter(|node| matches!(node.tag_name().name(), "Conditions" | "SubjectConfirmationData"))
        .filter_map(|node| instant(node, "NotOnOrAfter"))
        .map(|end| end.duration_since(issued))
        .fold(REDEEMABLE, SignedDuration::min)
        .max(SignedDuration::ZERO)
}

/// The values of one attribute, whichever attribute statement holds it.
fn values<'a>(assertion: Node<'a, 'a>, name: &'a str) -> impl Iterator<Item = String> + 'a {
    assertion
        .descendants()
        .filter(move |node| node.tag_name().name() == "Attribute" && node.attribute("Name") == Some(name))
        .flat_map(|attribute| elements(attribute, "AttributeValue"))
        .map(|value| value.descendants().filter_map(|node| node.text().filter(|_| node.is_text())).collect())
}

fn elements<'a, 'b>(parent: Node<'a, 'b>, name: &'static str) -> impl Iterator<Item = Node<'a, 'b>> {
    parent.children().filter(move |node| node.is_element() && node.tag_name().name() == name)
}

fn is_private(origin: &str) -> bool {
    url::Url::parse(origin).is_ok_and(|url| crate::profile::is_private_address(&url))
}

fn junk(reason: &str) -> Problem {
    Problem::SamlJunk { reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "id0f8fad5b-d9cb-469f-a165-70867728950e";
    const NOW: &str = "2026-11-22T08:00:10Z";

    fn expected() -> Expected<'static> {
        Expected {
            request_id: ID,
            acs: "https://signin.aws.amazon.com/saml",
            page: "https://login.microsoftonline.com",
        }
    }

    fn now() -> Timestamp {
        NOW.parse().expect("an instant")
    }

    fn base64(xml: &str) -> Secret {
        Secret::new(base64::engine::general_purpose::STANDARD.encode(xml))
    }

    fn assertion(roles: &[&str]) -> String {
        let roles: String = roles.iter().map(|r| format!("<AttributeValue>{r}</AttributeValue>")).collect();
        format!(
            r#"<Assertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion" ID="_a" IssueInstant="2026-11-22T08:00:00Z">
              <Subject><NameID>ada@example.org</NameID><SubjectConfirmation><SubjectConfirmationData
                InResponseTo="{ID}" NotOnOrAfter="2026-11-22T09:00:00Z"/></SubjectConfirmation></Subject>
              <Conditions NotOnOrAfter="2026-11-22T09:00:00Z"/>
              <AttributeStatement>
                <Attribute Name="{ROLE}">{roles}</Attribute>
                <Attribute Name="{SESSION_NAME}"><AttributeValue>ada@example.org</AttributeValue></Attribute>
                <Attribute Name="{SESSION_DURATION}"><AttributeValue>28800</AttributeValue></Attribute>
              </AttributeStatement></Assertion>"#
        )
    }

    fn response(status: &str, body: &str) -> String {
        format!(
            r#"<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" InResponseTo="{ID}"
              Destination="https://signin.aws.amazon.com/saml" IssueInstant="2026-11-22T08:00:00Z">
              <samlp:Status>{status}</samlp:Status>{body}</samlp:Response>"#
        )
    }

    const SUCCESS: &str = r#"<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/>"#;
    const A: &str = "arn:aws:iam::111111111111:role/A,arn:aws:iam::111111111111:saml-provider/Entra";
    const B: &str = " arn:aws:iam::222222222222:saml-provider/Entra , arn:aws:iam::222222222222:role/team/B ";

    #[test]
    fn a_good_answer_is_read() {
        let read = read(&base64(&response(SUCCESS, &assertion(&[B, A, A, "junk"]))), expected(), now())
            .expect("good");
        let Roles::Listed(roles) = &read.roles else { panic!("listed") };
        assert_eq!(roles.iter().map(|r| r.role.name()).collect::<Vec<_>>(), ["A", "B"]);
        assert_eq!(read.session_name.as_deref(), Some("ada@example.org"));
        assert_eq!(read.session_duration, Some(28_800));
        assert_eq!(read.redeem_by, now() + REDEEMABLE);
        assert!(!format!("{read:?}").contains("PHNhbWxw"), "Debug shows the assertion");
    }

    #[test]
    fn a_clock_that_is_an_hour_off_does_not_matter() {
        let late = now() + SignedDuration::from_hours(1);
        let read = read(&base64(&response(SUCCESS, &assertion(&[A]))), expected(), late).expect("good");
        assert_eq!(read.redeem_by, late + REDEEMABLE);
    }

    proptest::proptest! {
        #[test]
        fn no_time_makes_it_panic(
            issued in crate::time::tests::instant(),
            end in crate::time::tests::instant(),
            now in crate::time::tests::instant(),
        ) {
            let xml = response(SUCCESS, &assertion(&[A]))
                .replace("2026-11-22T08:00:00Z", &issued.to_string())
                .replace("2026-11-22T09:00:00Z", &end.to_string());
            match read(&base64(&xml), expected(), now) {
                Ok(read) => proptest::prop_assert!(read.redeem_by >= now && end > issued),
                Err(problem) => proptest::prop_assert_eq!(problem.code(), "sign_in.saml_expired"),
            }
        }
    }

    #[test]
    fn encrypted_answers_leave_the_roles_to_the_profile() {
        let xml = response(SUCCESS, r#"<EncryptedAssertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion"/>"#);
        assert_eq!(read(&base64(&xml), expected(), now()).expect("good").roles, Roles::Encrypted);
    }

    #[test]
    fn bad_answers_say_what_is_wrong() {
        let good = response(SUCCESS, &assertion(&[A]));
        let no_passive = r#"<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Responder">
            <samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:NoPassive"/></samlp:StatusCode>"#;
        let denied = r#"<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Responder">
            <samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:RequestDenied"/></samlp:StatusCode>
            <samlp:StatusMessage>AADSTS50105: not assigned</samlp:StatusMessage>"#;
        let table: Vec<(&str, Secret, &str)> = vec![
            ("empty", Secret::new(""), "sign_in.saml_junk"),
            ("not base64", Secret::new("?????"), "sign_in.saml_junk"),
            ("not text", Secret::new("/////w=="), "sign_in.saml_junk"),
            ("not XML", base64("hello there"), "sign_in.saml_junk"),
            ("a bomb", base64("<!DOCTYPE r [<!ENTITY a 'b'>]><r>&a;</r>"), "sign_in.saml_junk"),
            ("other root", base64("<html/>"), "sign_in.saml_junk"),
            ("too large", Secret::new("A".repeat(100_001)), "sign_in.saml_too_large"),
            ("other request", base64(&good.replace(ID, "idother")), "sign_in.other_request"),
            ("no request", base64(&good.replace("InResponseTo", "X")), "sign_in.other_request"),
            (
                "other request inside",
                base64(&good.replacen(ID, "KEEP", 1).replace(ID, "idother").replace("KEEP", ID)),
                "sign_in.other_request",
            ),
            ("other destination", base64(&good.replace("signin.aws", "signin.evil")), "sign_in.other_acs"),
            ("no passive", base64(&response(no_passive, "")), "sign_in.person_needed"),
            ("denied", base64(&response(denied, "")), "sign_in.saml_status"),
            ("no status", base64(&response("", &assertion(&[A]))), "sign_in.saml_status"),
            ("no assertion", base64(&response(SUCCESS, "")), "sign_in.saml_junk"),
            ("no roles", base64(&response(SUCCESS, &assertion(&[]))), "sign_in.no_roles"),
            ("junk roles", base64(&response(SUCCESS, &assertion(&["x", "y,z"]))), "sign_in.no_roles"),
            (
                "expired on arrival",
                base64(&good.replace("2026-11-22T09:00:00Z", "2026-11-22T08:00:00Z")),
                "sign_in.saml_expired",
            ),
        ];
        for (case, response, code) in table {
            assert_eq!(read(&response, expected(), now()).map_err(|p| p.code()), Err(code), "{case}");
        }
    }

    #[test]
    fn where_it_came_from_and_goes_to_matters() {
        let good = base64(&response(SUCCESS, &assertion(&[A])));
        for (acs, page, code) in [
            (
                "https://signin.aws.amazon.com.example.org/saml",
                "https://login.microsoftonline.com",
                "sign_in.other_acs",
            ),
            (
                "https://signin.aws.amazon.com/saml",
                "http://login.microsoftonline.com",
                "sign_in.insecure_page",
            ),
            ("https://signin.aws.amazon.com/saml", "http://127.0.0.1.example.org", "sign_in.insecure_page"),
            ("https://signin.aws.amazon.com/saml", "null", "sign_in.insecure_page"),
        ] {
            let expected = Expected { acs, page, ..expected() };
            assert_eq!(read(&good, expected, now()).map_err(|p| p.code()), Err(code), "{acs} {page}");
        }
        let loopback = Expected { page: "http://127.0.0.1:4100", ..expected() };
        assert!(read(&good, loopback, now()).is_ok());
    }
}
