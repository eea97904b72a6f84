use super::*;
use crate::saml::request::AuthnRequest;
use flate2::{Compression, write::DeflateEncoder};
use proptest::prelude::*;
use std::io::Write as _;

const TENANT: &str = "8273303e-1e63-49f2-9812-43c86b5b11ec";
const APPLICATION: &str = "2784b9b1-53ed-4883-95a8-56bf94ad4f5f";

fn a_tile(tile: Option<&str>, application: Option<&str>) -> Understood {
    Understood {
        tenant: TENANT.into(),
        app_id_uri: "https://signin.aws.amazon.com/saml".into(),
        tile: tile.map(str::to_owned),
        application: application.map(str::to_owned),
        ..Understood::default()
    }
}

/// `=T` stands for the tenant, `/APP` for the application.
fn with_ids(text: &str) -> String {
    text.replace("=T", &format!("={TENANT}")).replace("/APP", &format!("/{APPLICATION}"))
}

#[test]
fn tiles() {
    let named = a_tile(Some("AWS (prod)"), Some(APPLICATION));
    let unnamed = a_tile(None, Some(APPLICATION));
    for (text, wanted) in [
        ("https://myapps.microsoft.com/signin/AWS%20%28prod%29/APP?tenantId=T", &named),
        ("https://myapps.microsoft.com/signin/AWS (prod)/APP?tenantId=T", &named),
        ("https://myapps.microsoft.com/signin/APP?tenantId=T", &unnamed),
        ("https://myapplications.microsoft.com/signin/APP?tenantId=T", &unnamed),
        ("https://launcher.myapps.microsoft.com/api/signin/APP?tenantId=T", &unnamed),
        ("https://account.activedirectory.windowsazure.com/applications/signin/APP?tenantId=T", &unnamed),
        (
            "https://account.activedirectory.windowsazure.com/applications/signin/AWS%20(prod)/APP?tenantId=T",
            &named,
        ),
        ("HTTPS://MyApps.Microsoft.com/SignIn/APP?TENANTID=T&x=y#z", &unnamed),
        ("http://myapps.microsoft.com:443/signin/APP?tenantId=T", &unnamed),
        ("myapps.microsoft.com/signin/APP?tenantId=T", &unnamed),
        ("myapps.microsoft.com:443/signin/APP?tenantId=T", &unnamed),
        (" \r\n<https://myapps.microsoft.com/signin/APP?tenantId=T>\u{feff}\n", &unnamed),
        ("“https://myapps.microsoft.com/signin/APP?tenantId=T”", &unnamed),
        ("'https://myapps.microsoft.com/sig\r\n  nin/APP?ten\nantId=T'", &unnamed),
        ("https://myapps.microsoft.com/signin/APP?x=y&amp;tenantId=T", &unnamed),
        (
            "https://eur03.safelinks.protection.outlook.com/?url=https%3A%2F%2Fmyapps.microsoft.com%2Fsignin/APP%3FtenantId=T&data=05",
            &unnamed,
        ),
        ("https://myapps.microsoft.com/?tenantId=T", &a_tile(None, None)),
        ("https://account.activedirectory.windowsazure.com/r#/applications/?tenantid=T", &a_tile(None, None)),
        (
            "https://myapps.microsoft.com/signin/Twitter/230848d52c8745d4b05a60d29a40fced?tenantId=T",
            &a_tile(Some("Twitter"), Some("230848d52c8745d4b05a60d29a40fced")),
        ),
        ("https://myapps.microsoft.com/signin/AWS%E2%80%AE%0A/x?tenantId=T", &a_tile(Some("AWS"), None)),
    ] {
        let text = with_ids(text);
        assert_eq!(read(&text).as_ref(), Ok(wanted), "{text}");
    }
}

#[test]
fn the_older_link_that_my_apps_passed_through() {
    let text = format!(
        "https://account.activedirectory.windowsazure.com/applications/redirecttofederatedapplication.aspx?\
         Operation=SignIn&applicationId={APPLICATION}&ApplicationConstName=aws&SingleSignOnType=Federated&\
         ApplicationDisplayName=Amazon%20Web%20Services%20%28AWS%29&tenantId={TENANT}"
    );
    assert_eq!(read(&text), Ok(a_tile(Some("Amazon Web Services (AWS)"), Some(APPLICATION))));
}

#[test]
fn a_domain_is_a_tenant_and_each_cloud_has_its_authority() {
    for (text, tenant, authority) in [
        ("https://myapps.microsoft.com/signin/x/APP?tenantId=example.org", "example.org", ""),
        ("https://myapps.microsoft.com/example.org/signin/x/APP", "example.org", ""),
        ("https://myapps.microsoft.com/example.org", "example.org", ""),
        ("https://myapps.microsoft.us/signin/APP?tenantId=T", TENANT, "https://login.microsoftonline.us"),
        (
            "https://launcher.myapps.microsoft.us/api/signin/APP?tenantId=T",
            TENANT,
            "https://login.microsoftonline.us",
        ),
        (
            "https://myapps.microsoft.cn/signin/APP?tenantId=T",
            TENANT,
            "https://login.partner.microsoftonline.cn",
        ),
        (
            "https://portal.partner.microsoftonline.cn/signin/APP?tenantId=T",
            TENANT,
            "https://login.partner.microsoftonline.cn",
        ),
    ] {
        let understood = read(&with_ids(text)).expect(text);
        assert_eq!(
            (understood.tenant.as_str(), understood.authority.as_str()),
            (tenant, authority),
            "{text}"
        );
        assert!(!understood.certain);
    }
}

#[test]
fn flaws_of_links() {
    let endless =
        format!("https://myapps.microsoft.com/signin/APP?tenantId={TENANT}&x={}", "y".repeat(TEXT_LIMIT));
    for (text, flaw) in [
        ("", Flaw::NotALink),
        (" \n", Flaw::NotALink),
        ("aws", Flaw::NotALink),
        (TENANT, Flaw::NotALink),
        (&format!("{TENANT} {APPLICATION}"), Flaw::NotALink),
        (&format!("example.org {APPLICATION}"), Flaw::NotALink),
        (&format!("{TENANT}/{APPLICATION}"), Flaw::NotALink),
        ("ada@example.org/x", Flaw::NotALink),
        ("mailto:ada@example.org", Flaw::NotALink),
        ("javascript:alert(1)/x.y", Flaw::NotALink),
        ("https://", Flaw::NotALink),
        ("https://[/", Flaw::NotALink),
        ("file:///etc/passwd", Flaw::NotALink),
        (&endless, Flaw::NotALink),
        ("https://example.org/", Flaw::NotMyApps),
        ("example.org/x", Flaw::NotMyApps),
        ("ftp://example.org/", Flaw::NotMyApps),
        ("https://myapps.microsoft.com.example.org/signin/APP?tenantId=T", Flaw::NotMyApps),
        ("https://myapps.microsoft.com@example.org/signin/APP?tenantId=T", Flaw::NotMyApps),
        ("https://login.microsoftonline.com/common/oauth2/authorize?client_id=A", Flaw::NotMyApps),
        ("https://eur03.safelinks.protection.outlook.com/?data=x", Flaw::NotMyApps),
        ("https://myapps.microsoft.com", Flaw::NoTenant),
        ("https://myapps.microsoft.com/signin/APP", Flaw::NoTenant),
        ("https://myapps.microsoft.com/signin/APP?tenantId=", Flaw::NoTenant),
        ("https://myapps.microsoft.com/signin/APP?tenantId=common", Flaw::NoTenant),
        ("https://myapps.microsoft.com/example.org/signin/APP?tenantId=a%20b.c", Flaw::NoTenant),
        ("https://account.activedirectory.windowsazure.com/default.aspx", Flaw::NoTenant),
    ] {
        assert_eq!(read(&with_ids(text)), Err(flaw), "{text}");
    }
}

fn request(authority: &Url, tenant: &str, issuer: &str, acs: &str) -> Url {
    AuthnRequest {
        id: "id0f8fad5b-d9cb-469f-a165-70867728950e",
        issue_instant: "2026-11-22T08:00:00Z".parse().expect("an instant"),
        authority,
        tenant,
        issuer,
        acs,
        passive: false,
        login_hint: Some("ada+aws@example.org"),
        domain_hint: None,
    }
    .url()
}

#[test]
fn the_address_of_a_sign_in() {
    const ACS: &str = "https://signin.aws.amazon.com/saml";
    for (host, tenant, issuer, acs, wanted) in [
        ("login.microsoftonline.com", TENANT, "https://signin.aws.amazon.com/saml#2", ACS, Ok("")),
        ("login.microsoftonline.com", "example.org", "api://ours", ACS, Ok("")),
        (
            "login.microsoftonline.us",
            TENANT,
            ACS,
            "https://signin.amazonaws-us-gov.com/saml",
            Ok("https://login.microsoftonline.us"),
        ),
        (
            "login.partner.microsoftonline.cn",
            TENANT,
            ACS,
            "https://signin.amazonaws.cn/saml",
            Ok("https://login.partner.microsoftonline.cn"),
        ),
        ("login.microsoftonline.com", TENANT, ACS, "https://example.org/saml", Err(Flaw::NotAws)),
        (
            "login.microsoftonline.com",
            TENANT,
            "https://eu-west-1.signin.aws.amazon.com/platform/saml/d-1",
            "https://eu-west-1.signin.aws.amazon.com/platform/saml/acs/1",
            Err(Flaw::IdentityCenter),
        ),
        ("login.microsoftonline.com", "common", ACS, ACS, Err(Flaw::NoTenant)),
        ("login.microsoftonline.com", TENANT, "a b", ACS, Err(Flaw::NotMyApps)),
        ("login.microsoftonline.com", TENANT, "", ACS, Err(Flaw::NotMyApps)),
        ("login.example.org", TENANT, ACS, ACS, Err(Flaw::NotMyApps)),
    ] {
        let authority = Url::parse(&format!("https://{host}")).expect("a URL");
        let url = request(&authority, tenant, issuer, acs);
        let wanted = wanted.map(|authority| Understood {
            tenant: tenant.into(),
            app_id_uri: issuer.into(),
            certain: true,
            authority: authority.into(),
            username: Some("ada+aws@example.org".into()),
            ..Understood::default()
        });
        assert_eq!(read(url.as_str()), wanted, "{host} {issuer} {acs}");
        // An address bar or a chat may have decoded what needs no encoding in a query.
        let decoded = url.as_str().replace("%2B", "+").replace("%2F", "/").replace("%3D", "=");
        let wanted = wanted.map(|understood| Understood { username: None, ..understood });
        assert_eq!(read(&decoded), wanted, "{decoded}");
    }
}

fn with_request(xml: &[u8]) -> String {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(xml).expect("memory");
    let deflated = base64::engine::general_purpose::STANDARD.encode(encoder.finish().expect("memory"));
    let mut url = Url::parse("https://login.microsoftonline.com/example.org/saml2").expect("a URL");
    url.query_pairs_mut().append_pair("SAMLRequest", &deflated);
    url.to_string()
}

#[test]
fn requests_by_other_hands() {
    let issuer = "https://signin.aws.amazon.com/saml";
    let bomb = format!("<AuthnRequest><Issuer>{issuer}</Issuer>{}</AuthnRequest>", " ".repeat(50_000_000));
    let deep = format!("<AuthnRequest><Issuer>{issuer}</Issuer>{}", "<a>".repeat(20_000));
    for (xml, wanted) in [
        (format!("<AuthnRequest><Issuer>\n {issuer} </Issuer></AuthnRequest>"), Ok(issuer)),
        ("<AuthnRequest><Issuer>urn:other</Issuer></AuthnRequest>".to_owned(), Err(Flaw::NotAws)),
        (format!("<LogoutRequest><Issuer>{issuer}</Issuer></LogoutRequest>"), Err(Flaw::NotMyApps)),
        ("<AuthnRequest/>".to_owned(), Err(Flaw::NotMyApps)),
        ("<AuthnRequest>".to_owned(), Err(Flaw::NotMyApps)),
        (
            format!("<!DOCTYPE a [<!ENTITY b \"c\">]><AuthnRequest><Issuer>{issuer}</Issuer></AuthnRequest>"),
            Err(Flaw::NotMyApps),
        ),
        (bomb, Err(Flaw::NotMyApps)),
        (deep, Err(Flaw::NotMyApps)),
        (String::new(), Err(Flaw::NotMyApps)),
    ] {
        let read = read(&with_request(xml.as_bytes())).map(|understood| understood.app_id_uri);
        assert_eq!(read.as_deref(), wanted.as_deref(), "{}", &xml[..xml.len().min(200)]);
    }
    for junk in ["", "%", "AAAA", "%00", "!!!!"] {
        let text = format!("https://login.microsoftonline.com/example.org/saml2?SAMLRequest={junk}");
        assert_eq!(read(&text), Err(Flaw::NotMyApps), "{junk}");
    }
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in ".*", host in "[a-z.:@%\\[\\]]{0,20}", bytes in any::<Vec<u8>>()) {
        _ = read(&text);
        _ = read(&format!("https://{host}{text}"));
        _ = read(&with_request(&bytes));
        for (known, _) in MY_APPS.iter().chain(&SIGN_IN) {
            if let Ok(understood) = read(&format!("https://{known}/{text}")) {
                prop_assert!(is_tenant(&understood.tenant));
            }
        }
        let base64 = base64::engine::general_purpose::STANDARD.encode(&bytes).replace('+', "%2B");
        let raw = format!("https://login.microsoftonline.com/example.org/saml2?SAMLRequest={base64}");
        prop_assert_eq!(read(&raw), Err(Flaw::NotMyApps));
    }
}
