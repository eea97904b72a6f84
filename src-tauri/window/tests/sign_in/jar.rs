//! The cookie jar: what goes in comes out, and a session that lives in it spares the next sign-in every question.

use crate::harness::{Desktop, Reply, Server, Window, request, under_wine};
use rolecall_core::secret::Secret;
use rolecall_core::sign_in::{Cookie, Mode, Outcome, Request, SameSite};

const LOGIN: &str =
    r#"<form method="POST" action="/login"><input name="user" autofocus><button>Next</button></form>"#;
const SAML: &str = r#"<form method="POST" action="ACS"><input type="hidden" name="SAMLResponse" value="PHg+"></form>
<script>document.forms[0].submit()</script>"#;

fn cookie(name: &str, domain: &str) -> Cookie {
    Cookie {
        name: name.into(),
        value: Secret::new(format!("value-of-{name}")),
        domain: domain.into(),
        path: "/".into(),
        secure: true,
        http_only: true,
        same_site: SameSite::None,
        expires: None,
    }
}

fn jar_of(outcome: Outcome) -> Vec<Cookie> {
    let Outcome::Captured { cookies, .. } = outcome else { panic!("nothing captured: {outcome:?}") };
    cookies
}

#[test]
fn every_kind_of_cookie_comes_back_as_it_was() {
    let desktop = Desktop::start();
    let server = Server::page(SAML);
    let next_year = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs()
        as i64
        + 31_536_000;
    let host = "login.microsoftonline.com";
    let mut jar = vec![
        cookie("ESTSAUTH", host),
        Cookie { expires: Some(next_year), ..cookie("ESTSAUTHPERSISTENT", host) },
        Cookie { domain: ".login.microsoftonline.com".into(), ..cookie("dotted", host) },
        Cookie { path: "/common/oauth2".into(), ..cookie("sub-path", host) },
        cookie("__Host-session", host),
        Cookie { same_site: SameSite::Lax, ..cookie("lax", host) },
        Cookie { same_site: SameSite::Strict, http_only: false, ..cookie("strict", host) },
        Cookie { value: Secret::new("x".repeat(4000)), ..cookie("long", host) },
        Cookie { value: Secret::new(r#"a=b&c="d" {e}"#), ..cookie("signs", host) },
        Cookie { secure: false, ..cookie("other-host", "adfs.example.org") },
    ];
    let mut back = jar_of(Window::with_jar(&desktop, &server, jar.clone()).outcome());
    if under_wine() {
        // Chromium keeps no cookie for foreign pages that is not Secure.
        jar.retain(|cookie| cookie.secure || cookie.same_site != SameSite::None);
    }
    jar.sort_by(|a, b| a.name.cmp(&b.name));
    back.sort_by(|a, b| a.name.cmp(&b.name));
    assert_eq!(back, jar);
}

#[test]
fn a_jar_signs_in_silently_and_none_does_not() {
    let desktop = Desktop::start();
    let server = Server::start(|seen| match (seen.method.as_str(), seen.path.as_str()) {
        ("GET", "/start")
            if seen.cookies.contains("session=alive") && seen.cookies.contains("refreshed=1") =>
        {
            Some(Reply::html(SAML).header("Set-Cookie: session=alive; HttpOnly; SameSite=Lax; Path=/start"))
        }
        ("GET", "/start") => Some(Reply::html(LOGIN)),
        ("POST", "/login") if seen.body == "user=me" => Some(
            Reply::html(SAML)
                .header("Set-Cookie: session=alive; HttpOnly; SameSite=Lax; Path=/start")
                .header("Set-Cookie: refreshed=1; Path=/"),
        ),
        _ => None,
    });
    let title = format!("{} — sign in for dev", server.host());

    let mut first = Window::interactive(&desktop, &server);
    let shown = desktop.wait_for(&title);
    desktop.type_text(&shown, &["m", "e", "Return"]);
    let jar = jar_of(first.outcome());
    assert_eq!(jar.len(), 2);

    let again = jar_of(Window::with_jar(&desktop, &server, jar.clone()).outcome());
    assert_eq!(again.len(), 2, "the jar as it stands after the silent sign-in");
    let asked = Outcome::NeedsPerson { error: None };
    assert_eq!(Window::background(&desktop, &server).outcome(), asked, "no jar");
    let half: Vec<Cookie> = jar.into_iter().filter(|cookie| cookie.name == "refreshed").collect();
    assert_eq!(Window::with_jar(&desktop, &server, half).outcome(), asked, "half a jar");
}

#[test]
fn cookies_that_cannot_exist_do_no_harm() {
    let desktop = Desktop::start();
    let server = Server::page(SAML);
    let jar = vec![
        cookie("nul\0", "login.microsoftonline.com"),
        Cookie { expires: Some(i64::MAX), ..cookie("never", "login.microsoftonline.com") },
        Cookie { expires: Some(1), ..cookie("expired", "login.microsoftonline.com") },
        cookie("good", "login.microsoftonline.com"),
    ];
    let wanted = Request { cookies: jar, ..request(&server, Mode::Background) };
    let back = jar_of(Window::open(&desktop, &wanted).outcome());
    let mut names: Vec<&str> = back.iter().map(|cookie| cookie.name.as_str()).collect();
    names.sort_unstable();
    // Chromium shortens the life of a cookie that would never end.
    assert_eq!(names, if under_wine() { &["good", "never"][..] } else { &["good"] });
}
