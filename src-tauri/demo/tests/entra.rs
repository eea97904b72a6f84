//! The make-believe Entra, page by page, as a browser meets it.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod browser;

use browser::{Ask, Browser, saml, value};
use rolecall_demo::entra::{PRT_COOKIE, Page, Variant};
use rolecall_demo::world::Passive;
use rolecall_demo::{Options, Server};
use std::time::Duration;

fn server() -> Server {
    Server::start(Options::default()).unwrap()
}

#[test]
fn a_first_sign_in_goes_through_every_page() {
    let server = server();
    let mut browser = Browser::new(&server);
    let page = browser.sign_in("ada@example.org", "yes");
    assert_eq!(
        server.pages(),
        [Page::UserName, Page::Password, Page::Number, Page::StaySignedIn, Page::Working]
    );
    assert!(
        page.body.contains(
            r#"<form method="POST" name="hiddenform" action="https://signin.aws.amazon.com/saml">"#
        )
    );
    let xml = saml(&page);
    let document = roxmltree::Document::parse(&xml).unwrap();
    assert_eq!(
        document.root_element().attribute("InResponseTo"),
        Some("id3f0c9a52-0000-4000-8000-000000000000")
    );
    let roles = document
        .descendants()
        .filter(|node| node.attribute("Name") == Some("https://aws.amazon.com/SAML/Attributes/Role"))
        .flat_map(|node| node.children())
        .count();
    assert_eq!(roles, 9);
    for cookie in ["ESTSAUTH", "ESTSAUTHPERSISTENT", "buid", "fpc", "x-ms-gateway-slice"] {
        assert!(browser.cookies.contains_key(cookie), "{cookie}");
    }
    assert_eq!(server.acs_posts(), 0);
}

#[test]
fn every_page_has_a_policy_with_a_nonce_of_its_own() {
    let server = server();
    let mut browser = Browser::new(&server);
    let mut policy = || {
        let page = browser.open(&Ask::new(&server));
        let policy = page.header("content-security-policy").unwrap().to_owned();
        let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap().to_owned();
        assert!(page.body.contains(&format!(r#"<script nonce="{nonce}">"#)));
        policy
    };
    assert_ne!(policy(), policy());
}

#[test]
fn the_session_answers_silently_until_it_ends() {
    let server = server();
    let mut browser = Browser::new(&server);
    browser.sign_in("ada@example.org", "no");
    assert!(!browser.cookies.contains_key("ESTSAUTHPERSISTENT"));
    let silent = |browser: &mut Browser<'_>, ask: Ask| browser.open(&ask).body.contains("SAMLResponse");
    assert!(silent(&mut browser, Ask::new(&server)));
    assert!(silent(&mut browser, Ask::new(&server).hint("ADA@example.org")));
    let passive = || Ask { attributes: r#"IsPassive="true""#.into(), ..Ask::new(&server) };
    assert!(silent(&mut browser, passive()));
    let forced = Ask { attributes: r#"ForceAuthn="true""#.into(), ..Ask::new(&server) };
    assert!(!silent(&mut browser, forced));
    server.revoke_sessions();
    assert!(!silent(&mut browser, Ask::new(&server)));
    assert!(browser.open(&passive()).body.contains("AADSTS50058"));
}

#[test]
fn the_operating_systems_cookie_signs_in_silently_for_five_minutes() {
    let server = server();
    let with = |cookie: &str| {
        let mut browser = Browser::new(&server);
        browser.cookies.insert(PRT_COOKIE.into(), cookie.into());
        browser
    };
    let cookie = server.prt_cookie("ADA@example.org");
    assert!(server.secrets().contains(&cookie));
    assert!(saml(&with(&cookie).open(&Ask::new(&server))).contains("ada@example.org"));
    let mut browser = with(&cookie);
    assert!(browser.open(&Ask::new(&server).hint("ada@example.org")).body.contains("SAMLResponse"));
    assert_eq!(server.prt_sign_ins(), 2);
    // What it has started lives on without it.
    browser.cookies.remove(PRT_COOKIE);
    assert!(browser.open(&Ask::new(&server)).body.contains("SAMLResponse"));
    assert_eq!(server.prt_sign_ins(), 2);
    let forced = || Ask { attributes: r#"ForceAuthn="true""#.into(), ..Ask::new(&server) };
    assert!(with(&cookie).open(&forced()).body.contains("loginfmt"));
    assert!(with(&cookie).open(&Ask::new(&server).hint("bob@example.org")).body.contains("passwd"));
    assert!(with("eyJ.of.somebody").open(&Ask::new(&server)).body.contains("loginfmt"));
    server.advance(Duration::from_secs(5 * 60));
    assert!(with(&cookie).open(&Ask::new(&server)).body.contains("loginfmt"));
    let cookie = server.prt_cookie("ada@example.org");
    server.revoke_sessions();
    assert!(with(&cookie).open(&Ask::new(&server)).body.contains("loginfmt"));
    assert_eq!(server.prt_sign_ins(), 2);
}

#[test]
fn the_operating_systems_cookie_makes_the_device_compliant() {
    let server = server();
    let mut browser = Browser::new(&server);
    let cookie = server.prt_cookie("own-laptop@example.org");
    browser.cookies.insert(PRT_COOKIE.into(), cookie);
    assert!(browser.open(&Ask::new(&server)).body.contains("SAMLResponse"));
    browser.cookies.remove(PRT_COOKIE);
    assert!(browser.open(&Ask::new(&server)).body.contains("AADSTS53000"));
}

#[test]
fn every_place_that_got_the_operating_systems_cookie_is_known() {
    let server = server();
    let cookie = format!("{PRT_COOKIE}={}", server.prt_cookie("ada@example.org"));
    let send = |url: &str, cookie: &str| {
        rolecall_demo::http::request("GET", url, &[("cookie".into(), cookie.into())], None, browser::SOON)
            .unwrap()
    };
    send(&Ask::new(&server).url(&server), &cookie);
    send(&format!("{}/saml", server.aws_url()), &cookie);
    send(&format!("{}/saml", server.aws_url()), "other=1");
    send(
        &format!("{}/nowhere", server.entra_url().replace("127.0.0.1", "localhost")),
        "x-ms-RefreshTokenCredential=x",
    );
    let seen: Vec<_> = server.prt_seen().into_iter().map(|seen| (seen.host, seen.path, seen.good)).collect();
    let host = |url: &str| url.trim_start_matches("http://").to_owned();
    let entra = host(server.entra_url());
    assert_eq!(
        seen,
        [
            (entra.clone(), format!("/{}/saml2", server.options().tenant), true),
            (host(server.aws_url()), "/saml".into(), true),
            (entra.replace("127.0.0.1", "localhost"), "/nowhere".into(), false),
        ]
    );
}

#[test]
fn a_kept_session_ends_with_its_days() {
    let server = server();
    let mut browser = Browser::new(&server);
    browser.sign_in("ada@example.org", "yes");
    browser.cookies.remove("ESTSAUTH");
    server.advance(Duration::from_secs(89 * 24 * 3600));
    assert!(browser.open(&Ask::new(&server)).body.contains("SAMLResponse"));
    browser.cookies.remove("ESTSAUTH");
    server.advance(Duration::from_secs(2 * 24 * 3600));
    assert!(browser.open(&Ask::new(&server)).body.contains("loginfmt"));
}

#[test]
fn two_accounts_are_offered_as_tiles() {
    let server = server();
    let mut browser = Browser::new(&server);
    browser.sign_in("ada@example.org", "no");
    let page = browser.open(&Ask::new(&server).hint("bob@example.org"));
    let flow = value(&page.body, "flowToken").unwrap();
    let login = format!("/{}/login", server.options().tenant);
    browser.post(&login, &[("flowToken", &flow), ("passwd", "correct horse")]);
    assert!(server.approve("bob@example.org"));
    browser.post("/common/SAS/ProcessAuth", &[("flowToken", &flow)]);
    browser.post("/kmsi?stay=no", &[("flowToken", &flow)]);
    let tiles = browser.open(&Ask::new(&server));
    for name in ["ada@example.org", "bob@example.org", "otherTile"] {
        assert!(tiles.body.contains(&format!(r#"data-test-id="{name}""#)), "{name}");
    }
    let flow = value(&tiles.body, "flowToken").unwrap();
    let reprocess = format!("/{}/reprocess", server.options().tenant);
    let page = browser.post(&reprocess, &[("flowToken", &flow), ("pick", "bob@example.org")]);
    assert!(saml(&page).contains("bob@example.org"));
    assert!(saml(&browser.open(&Ask::new(&server).hint("ada@example.org"))).contains("ada@example.org"));
}

#[test]
fn requests_that_entra_refuses() {
    let server = server();
    let ask = || Ask::new(&server);
    let subject = r#"<Subject xmlns="urn:oasis:names:tc:SAML:2.0:assertion"><NameID>ada@example.org</NameID></Subject>"#;
    for (ask, code) in [
        (Ask { tenant: "elsewhere.example.org".into(), ..ask() }, "AADSTS90002"),
        (Ask { issuer: "https://signin.aws.amazon.com/saml".into(), ..ask() }, "AADSTS700016"),
        (Ask { acs: "https://signin.aws.amazon.com.example.org/saml".into(), ..ask() }, "AADSTS50011"),
        (Ask { id: "3f0c9a52".into(), ..ask() }, "AADSTS7500529"),
        (Ask { inner: subject.into(), ..ask() }, "AADSTS900236"),
        (Ask { inner: "<open>".into(), ..ask() }, "AADSTS75005"),
        (Ask { attributes: r#"IsPassive="true""#.into(), ..ask() }, "AADSTS50058"),
    ] {
        let page = Browser::new(&server).open(&ask);
        assert!(page.body.contains(&format!("{code}: ")), "{code} not in {}", page.body);
    }
}

#[test]
fn people_whom_entra_refuses() {
    let server = server();
    let page = Browser::new(&server).sign_in("nobody@example.org", "no");
    assert!(page.body.contains("AADSTS50105"));
    let page = Browser::new(&server).sign_in("own-laptop@example.org", "no");
    assert!(page.body.contains("AADSTS53000"));
    let mut browser = Browser::new(&server);
    let page = browser.open(&Ask::new(&server).hint("ada@example.org"));
    let flow = value(&page.body, "flowToken").unwrap();
    let login = format!("/{}/login", server.options().tenant);
    let page = browser.post(&login, &[("flowToken", &flow), ("passwd", "wrong")]);
    assert!(page.body.contains("AADSTS50126") && page.body.contains("i0118"));
    browser.post(&login, &[("flowToken", &flow), ("passwd", "correct horse")]);
    assert_eq!(browser.post("/demo/phone", &[("flow", &flow), ("number", "07")]).status, 400);
    let page = browser.post("/common/SAS/ProcessAuth", &[("flowToken", &flow)]);
    assert!(!page.body.contains("SAMLResponse"));
    browser.post("/demo/phone", &[("flow", &flow), ("number", "deny")]);
    let page = browser.post("/common/SAS/ProcessAuth", &[("flowToken", &flow)]);
    assert!(page.body.contains("idDiv_SAASDS_Description"));
}

#[test]
fn no_step_can_be_left_out() {
    let server = server();
    let mut browser = Browser::new(&server);
    let page = browser.open(&Ask::new(&server).hint("ada@example.org"));
    let flow = value(&page.body, "flowToken").unwrap();
    for path in ["/kmsi?stay=yes", "/common/SAS/ProcessAuth"] {
        assert!(browser.post(path, &[("flowToken", &flow)]).body.contains("AADSTS90100"), "{path}");
    }
}

#[test]
fn variants_of_the_last_page() {
    let server = server();
    let mut browser = Browser::new(&server);
    browser.sign_in("ada@example.org", "no");
    let mut last = |variant: Variant| {
        server.entra_does(variant);
        browser.open(&Ask::new(&server))
    };
    assert!(!last(Variant::NeverPosts).body.contains("SAMLResponse"));
    assert!(!saml(&last(Variant::OtherRequest)).contains("id3f0c9a52"));
    assert!(!saml(&last(Variant::NoRequest)).contains("InResponseTo"));
    assert!(
        last(Variant::OtherAcs("https://example.org/x".into()))
            .body
            .contains(r#"action="https://example.org/x""#)
    );
    assert!(last(Variant::JunkBase64).body.contains("%%%"));
    assert!(saml(&last(Variant::JunkXml)).starts_with('{'));
    assert!(!saml(&last(Variant::NoRoles)).contains("SAML/Attributes/Role\""));
    assert!(value(&last(Variant::TooLong).body, "SAMLResponse").unwrap().len() > 100_000);
    assert!(saml(&last(Variant::SamlError("NoPassive".into()))).contains("status:NoPassive"));
    assert!(last(Variant::ErrorPage("AADSTS50020".into(), "x".into())).body.contains("AADSTS50020: x"));
    assert_eq!(last(Variant::Status(503)).status, 503);
    assert!(last(Variant::Elsewhere).body.contains("Welcome"));
}

#[test]
fn other_worlds() {
    let roles = (0..2000).map(|n| rolecall_demo::Role::new("111111111111", &format!("Role{n}"), 8)).collect();
    let server = Server::start(Options {
        users: vec![rolecall_demo::User::new("grace@example.org", roles)],
        passive: Passive::SamlStatus,
        ..Options::default()
    })
    .unwrap();
    let mut browser = Browser::new(&server);
    let passive = Ask { attributes: r#"IsPassive="true""#.into(), ..Ask::new(&server) };
    assert!(saml(&browser.open(&passive)).contains("status:NoPassive"));
    assert!(saml(&browser.sign_in("grace@example.org", "no")).contains("role/Role1999"));
    let server = Server::start(Options { encrypted: true, ..Options::default() }).unwrap();
    let xml = saml(&Browser::new(&server).sign_in("ada@example.org", "no"));
    assert!(xml.contains("EncryptedAssertion") && !xml.contains("role/"));
}
