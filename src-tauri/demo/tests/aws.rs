//! The make-believe AWS: what it gives, what it refuses and in which words.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod browser;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use browser::{Browser, SOON, value};
use jiff::Timestamp;
use rolecall_demo::aws::{Fault, signature};
use rolecall_demo::entra::Variant;
use rolecall_demo::http::{self, Answer};
use rolecall_demo::{Kind, Options, Server};
use std::time::Duration;
use url::form_urlencoded;

const DEVELOPER: &str = "arn:aws:iam::111111111111:role/Developer";
const ADMIN: &str = "arn:aws:iam::111111111111:role/Admin";
const PROVIDER: &str = "arn:aws:iam::111111111111:saml-provider/Entra";

fn server() -> Server {
    Server::start(Options::default()).unwrap()
}

fn assertion(server: &Server) -> String {
    let page = Browser::new(server).sign_in("ada@example.org", "no");
    value(&page.body, "SAMLResponse").unwrap()
}

fn form(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

fn post(server: &Server, headers: &[(String, String)], body: &str) -> Answer {
    http::request("POST", server.aws_url(), headers, Some(body.as_bytes()), SOON).unwrap()
}

fn assume(server: &Server, role: &str, assertion: &str, seconds: &str) -> Answer {
    let fields = [
        ("Action", "AssumeRoleWithSAML"),
        ("Version", "2011-06-15"),
        ("RoleArn", role),
        ("PrincipalArn", PROVIDER),
        ("SAMLAssertion", assertion),
        ("DurationSeconds", seconds),
    ];
    post(server, &[], &form(&fields))
}

fn tag(answer: &Answer, name: &str) -> String {
    let document = roxmltree::Document::parse(&answer.body).unwrap();
    let node = document.descendants().find(|node| node.tag_name().name() == name);
    node.and_then(|node| node.text()).unwrap_or_else(|| panic!("no {name} in {}", answer.body)).to_owned()
}

struct Held {
    keys: [String; 3],
    until: Timestamp,
}

fn held(answer: &Answer) -> Held {
    Held {
        keys: ["AccessKeyId", "SecretAccessKey", "SessionToken"].map(|name| tag(answer, name)),
        until: tag(answer, "Expiration").parse().unwrap(),
    }
}

fn signed(server: &Server, held: &Held, body: &str) -> Answer {
    let [id, secret, token] = &held.keys;
    let host = server.aws_url().trim_start_matches("http://");
    let request = ("POST", host, "/", body.as_bytes());
    let headers = signature::sign((id, secret, token), request, "eu-central-1", Timestamp::now());
    post(server, &headers, body)
}

#[test]
fn an_assertion_becomes_keys_that_know_who_they_are() {
    let server = server();
    let answer = assume(&server, DEVELOPER, &assertion(&server), "28800");
    assert_eq!(answer.status, 200, "{}", answer.body);
    let held = held(&answer);
    assert!(held.keys[0].starts_with("ASIA") && held.keys[0].len() == 20);
    assert!((880..1000).contains(&held.keys[2].len()));
    let hours = (held.until - Timestamp::now()).total(jiff::Unit::Hour).unwrap();
    assert!((7.9..=8.1).contains(&hours), "{hours}");
    let identity = signed(&server, &held, "Action=GetCallerIdentity&Version=2011-06-15");
    assert_eq!(tag(&identity, "Arn"), "arn:aws:sts::111111111111:assumed-role/Developer/ada@example.org");
    assert_eq!(tag(&identity, "Account"), "111111111111");
    assert_eq!(server.count(&Kind::Sts("AssumeRoleWithSAML".into())), 1);
}

#[test]
fn refusals_in_the_words_of_aws() {
    let server = server();
    let good = assertion(&server);
    let tampered = format!("{}AAAA", &good[..good.len() - 8]);
    let huge = "A".repeat(100_001);
    let expected = [
        (
            ADMIN,
            good.as_str(),
            "3601",
            400,
            "ValidationError",
            "exceeds the MaxSessionDuration set for this role.",
        ),
        (DEVELOPER, &good, "899", 400, "ValidationError", "greater than or equal to 900"),
        (DEVELOPER, &good, "43201", 400, "ValidationError", "less than or equal to 43200"),
        (
            "arn:aws:iam::111111111111:role/Other",
            &good,
            "3600",
            403,
            "AccessDenied",
            "Not authorized to perform sts:AssumeRoleWithSAML",
        ),
        (DEVELOPER, &tampered, "3600", 400, "InvalidIdentityToken", ""),
        (DEVELOPER, "bm90IFhNTA==", "3600", 400, "InvalidIdentityToken", "Not a valid SAML response"),
        (DEVELOPER, &huge, "3600", 400, "ValidationError", "100000"),
        (DEVELOPER, "", "3600", 400, "ValidationError", "must not be null"),
    ];
    for (role, assertion, seconds, status, code, text) in expected {
        let answer = assume(&server, role, assertion, seconds);
        assert_eq!((answer.status, tag(&answer, "Code").as_str()), (status, code), "{}", answer.body);
        assert!(tag(&answer, "Message").contains(text), "{}", answer.body);
        assert!(!tag(&answer, "RequestId").is_empty());
    }
    server.advance(Duration::from_secs(301));
    let answer = assume(&server, DEVELOPER, &good, "3600");
    assert_eq!(tag(&answer, "Code"), "ExpiredTokenException");
    assert_eq!(tag(&answer, "Message"), "Token must be redeemed within 5 minutes of issuance");
}

#[test]
fn what_entra_spoils_aws_refuses() {
    let server = server();
    for (variant, code) in [
        (Variant::Tampered, "InvalidIdentityToken"),
        (Variant::ExpiredOnArrival, "ExpiredTokenException"),
        (Variant::NoRoles, "AccessDenied"),
        (Variant::JunkBase64, "InvalidIdentityToken"),
        (Variant::SamlError("AuthnFailed".into()), "InvalidIdentityToken"),
    ] {
        server.entra_does(variant.clone());
        let answer = assume(&server, DEVELOPER, &assertion(&server), "3600");
        assert_eq!(tag(&answer, "Code"), code, "{variant:?}");
    }
}

#[test]
fn sessions_end_when_they_should() {
    let mut options = Options { session_length: Some(Duration::from_secs(120)), ..Options::default() };
    let server = Server::start(options.clone()).unwrap();
    let held_short = held(&assume(&server, DEVELOPER, &assertion(&server), "28800"));
    assert!(held_short.until <= Timestamp::now() + Duration::from_secs(121));
    server.advance(Duration::from_secs(121));
    let answer = signed(&server, &held_short, "Action=GetCallerIdentity&Version=2011-06-15");
    assert_eq!((answer.status, tag(&answer, "Code").as_str()), (403, "ExpiredToken"));
    options.session_length = None;
    options.session_not_on_or_after = Some(Duration::from_secs(3600));
    let server = Server::start(options).unwrap();
    let held = held(&assume(&server, DEVELOPER, &assertion(&server), "28800"));
    assert!(held.until <= Timestamp::now() + Duration::from_secs(3601));
}

#[test]
fn a_faster_world_gives_shorter_sessions() {
    let server = Server::start(Options { speed: 60, ..Options::default() }).unwrap();
    let assertion = assertion(&server);
    let minutes = |held: Held| (held.until - Timestamp::now()).total(jiff::Unit::Minute).unwrap();
    let eight = minutes(held(&assume(&server, DEVELOPER, &assertion, "28800")));
    assert!((7.9..=8.1).contains(&eight), "{eight}");
    let one = minutes(held(&assume(&server, DEVELOPER, &assertion, "3600")));
    assert!((0.9..=1.1).contains(&one), "{one}");
    // What is asked for is checked as ever, and SessionNotOnOrAfter is as far away as ever.
    assert_eq!(tag(&assume(&server, DEVELOPER, &assertion, "899"), "Code"), "ValidationError");
    let response = String::from_utf8(STANDARD.decode(&assertion).unwrap()).unwrap();
    let document = roxmltree::Document::parse(&response).unwrap();
    let deadline = document.descendants().find_map(|node| node.attribute("SessionNotOnOrAfter")).unwrap();
    let hours = (deadline.parse::<Timestamp>().unwrap() - Timestamp::now()).total(jiff::Unit::Hour).unwrap();
    assert!((15.9..=16.1).contains(&hours), "{hours}");
}

#[test]
fn keys_must_be_whole() {
    let server = server();
    let held = held(&assume(&server, DEVELOPER, &assertion(&server), "3600"));
    let with = |place: usize, other: &str| {
        let mut keys = held.keys.clone();
        keys[place] = other.to_owned();
        let wrong = Held { keys, until: held.until };
        tag(&signed(&server, &wrong, "Action=GetCallerIdentity&Version=2011-06-15"), "Code")
    };
    assert_eq!(with(0, "ASIAAAAAAAAAAAAAAAAA"), "InvalidClientTokenId");
    assert_eq!(with(1, "wrong"), "SignatureDoesNotMatch");
    assert_eq!(with(2, "wrong"), "InvalidClientTokenId");
    let bare = post(&server, &[], "Action=GetCallerIdentity&Version=2011-06-15");
    assert_eq!((bare.status, tag(&bare, "Code").as_str()), (403, "MissingAuthenticationToken"));
}

#[test]
fn chaining_has_an_hour() {
    let server = server();
    let first = held(&assume(&server, DEVELOPER, &assertion(&server), "28800"));
    let chain = |role: &str, seconds: &str| {
        let fields = [
            ("Action", "AssumeRole"),
            ("Version", "2011-06-15"),
            ("RoleArn", role),
            ("RoleSessionName", "ada"),
            ("DurationSeconds", seconds),
        ];
        signed(&server, &first, &form(&fields))
    };
    let auditor = "arn:aws:iam::333333333333:role/Auditor";
    let refused = chain(auditor, "3601");
    assert_eq!(
        tag(&refused, "Message"),
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining."
    );
    assert_eq!(tag(&chain(ADMIN, "3600"), "Code"), "AccessDenied");
    let second = held(&chain(auditor, "3600"));
    let identity = signed(&server, &second, "Action=GetCallerIdentity&Version=2011-06-15");
    assert_eq!(tag(&identity, "Arn"), "arn:aws:sts::333333333333:assumed-role/Auditor/ada");
}

#[test]
fn web_identity_by_query() {
    use base64::Engine;
    let server = server();
    let ask = |claims: &str| {
        let token = format!("e30.{}.c2ln", base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(claims));
        let fields = [
            ("Action", "AssumeRoleWithWebIdentity"),
            ("Version", "2011-06-15"),
            ("RoleArn", "arn:aws:iam::222222222222:role/pods/reader"),
            ("RoleSessionName", "pod"),
            ("WebIdentityToken", &token),
        ];
        let url = format!("{}/?{}", server.aws_url(), form(&fields));
        http::request("GET", &url, &[], None, SOON).unwrap()
    };
    assert_eq!(ask(r#"{"aud":["sts.amazonaws.com"],"sub":"system:serviceaccount:a:b"}"#).status, 200);
    assert_eq!(tag(&ask(r#"{"aud":"other"}"#), "Code"), "InvalidIdentityToken");
    assert_eq!(tag(&ask(r#"{"aud":"sts.amazonaws.com","exp":1}"#), "Code"), "ExpiredTokenException");
}

#[test]
fn the_console_takes_live_keys_only() {
    let server = server();
    let held = held(&assume(&server, DEVELOPER, &assertion(&server), "3600"));
    let get = |path: &str, fields: &[(&str, &str)]| {
        let url = format!("{}/{path}?{}", server.aws_url(), form(fields));
        http::request("GET", &url, &[], None, SOON).unwrap()
    };
    let token = |secret: &str| {
        let session = serde_json::json!({"sessionId": held.keys[0], "sessionKey": secret, "sessionToken": held.keys[2]});
        get("federation", &[("Action", "getSigninToken"), ("Session", &session.to_string())])
    };
    let answer: serde_json::Value = serde_json::from_str(&token(&held.keys[1]).body).unwrap();
    let good = answer["SigninToken"].as_str().unwrap();
    assert!(good.len() > 100);
    assert_eq!(token("wrong").status, 400);

    // A browser: the older session ends, then the page says who is signed in.
    let destination = "https://console.aws.amazon.com/ec2/home";
    let login = |token: &str| {
        [("Action", "login"), ("Issuer", "test"), ("Destination", destination), ("SigninToken", token)]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
    };
    let page = |token: &str| {
        let fields = login(token);
        get("federation", &fields.each_ref().map(|(name, value)| (name.as_str(), value.as_str())))
    };
    let target = format!(
        "{}/federation?{}",
        server.aws_url(),
        form_urlencoded::Serializer::new(String::new()).extend_pairs(login(good)).finish()
    );
    let out = get("oauth", &[("Action", "logout"), ("redirect_uri", &target)]);
    assert_eq!((out.status, out.header("location")), (302, Some(target.as_str())));
    let shown = http::request("GET", &target, &[], None, SOON).unwrap();
    assert!(shown.body.contains(destination), "{}", shown.body);
    assert!(shown.body.contains("arn:aws:sts::111111111111:assumed-role/Developer/ada@example.org"));
    assert_eq!(page("made-up").status, 400);
    assert_eq!(server.count(&Kind::Oauth("logout".into())), 1);
    let secrets = server.secrets();
    for planted in [&held.keys[1], &held.keys[2], good] {
        assert!(secrets.iter().any(|secret| secret == planted));
    }
    assert!(!secrets.contains(&held.keys[0]), "a key's id is public");

    server.advance(Duration::from_secs(15 * 60));
    assert_eq!(page(good).status, 400, "a token is good for 15 minutes");
    server.advance(Duration::from_secs(3601));
    assert_eq!(token(&held.keys[1]).status, 400);
}

#[test]
fn signing_out_leads_to_its_own_site_only() {
    let server = server();
    let port = server.aws_url().rsplit(':').next().unwrap();
    for (action, target, status) in [
        ("logout", format!("{}/federation?Action=login", server.aws_url()), 302),
        ("logout", "https://example.org/".to_owned(), 400),
        ("logout", format!("http://127.0.0.1:{port}@example.org/"), 400),
        ("logout", format!("{}.example.org/", server.aws_url()), 400),
        ("logout", "//example.org/".to_owned(), 400),
        ("logout", String::new(), 400),
        ("login", server.aws_url().to_owned(), 400),
    ] {
        let query = form(&[("Action", action), ("redirect_uri", &target)]);
        let answer =
            http::request("GET", &format!("{}/oauth?{query}", server.aws_url()), &[], None, SOON).unwrap();
        assert_eq!(answer.status, status, "{action} {target}");
    }
}

#[test]
fn the_acs_counts_and_lists_accounts() {
    let server = server();
    let body = form(&[("SAMLResponse", &assertion(&server))]);
    let url = format!("{}/saml", server.aws_url());
    let post =
        |headers: &[(String, String)]| http::request("POST", &url, headers, Some(body.as_bytes()), SOON);
    let page = post(&[]).unwrap();
    assert_eq!((server.acs_posts(), server.count(&Kind::AccountNames)), (0, 1), "no browser's");
    post(&[("User-Agent".into(), "Mozilla/5.0".into())]).unwrap();
    assert_eq!((server.acs_posts(), server.count(&Kind::AccountNames)), (1, 1));
    assert!(
        page.body.contains(r#"<div class="saml-account-name">Account: example-data (222222222222)</div>"#)
    );
}

#[test]
fn faults_come_and_go() {
    let server = server();
    let good = assertion(&server);
    let faults = server.faults();
    faults.next(2, Fault::Throttle);
    assert_eq!(tag(&assume(&server, DEVELOPER, &good, "3600"), "Code"), "Throttling");
    assert_eq!(tag(&assume(&server, DEVELOPER, &good, "3600"), "Code"), "Throttling");
    assert_eq!(assume(&server, DEVELOPER, &good, "3600").status, 200);
    faults.always(Fault::refuse(403, "RegionDisabledException", "STS is not activated in this region"));
    assert_eq!(assume(&server, DEVELOPER, &good, "3600").status, 403);
    faults.always(Fault::Html { status: 502 });
    assert!(assume(&server, DEVELOPER, &good, "3600").body.contains("Wi-Fi"));
    let raw =
        |at_most| http::request("POST", server.aws_url(), &[], Some(b"Action=GetCallerIdentity"), at_most);
    faults.always(Fault::CutLine);
    assert!(raw(SOON).is_err());
    faults.always(Fault::Hang);
    assert!(raw(Duration::from_millis(200)).is_err());
    faults.clear();
    assert_eq!(assume(&server, DEVELOPER, &good, "3600").status, 200);
}
