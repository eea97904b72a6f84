//! The ways in which a page hands an assertion over: each is captured, and none reaches the ACS.

use crate::harness::{Desktop, Reply, Server, Window, assertion};
use rolecall_core::sign_in::Outcome;

const FORM: &str = r#"<form name="hiddenform" method="POST" action="ACS"><input type="hidden" name="SAMLResponse" value="UEhOaGJXdz0="></form>"#;

/// Opens the page and expects its assertion; gives what the server saw.
fn captures(desktop: &Desktop, name: &str, server: &Server) {
    let mut window = Window::background(desktop, server);
    let outcome = window.outcome();
    let Outcome::Captured { saml_response, acs, page, .. } = outcome else { panic!("{name}: {outcome:?}") };
    assert_eq!(saml_response.expose(), "UEhOaGJXdz0=", "{name}");
    assert_eq!((acs, page), (server.url("/saml"), server.url("")), "{name}");
    assert!(!server.paths().iter().any(|path| path.contains("/saml")), "{name}: {:?}", server.paths());
}

#[test]
fn every_way_to_submit() {
    let desktop = Desktop::start();
    let made = |submit: &str| {
        format!(
            r#"<script>const f = document.createElement("form"); f.method = "POST"; f.action = "ACS";
            const i = document.createElement("input"); i.type = "hidden"; i.name = "SAMLResponse";
            f.append(i); {submit}</script>"#
        )
    };
    for (name, body) in [
        ("inline, at parse time", format!("{FORM}<script>document.forms[0].submit()</script>")),
        ("requestSubmit", format!("{FORM}<script>document.forms[0].requestSubmit()</script>")),
        ("later", format!("{FORM}<script>setTimeout(() => document.forms[0].submit(), 50)</script>")),
        ("not at all", FORM.to_owned()),
        (
            "appended, submitted and removed in one breath",
            format!(
                "<body>{}",
                made(r#"i.value = "UEhOaGJXdz0="; document.body.append(f); f.submit(); f.remove()"#)
            ),
        ),
        (
            "filled by script alone, long after it was made",
            format!(
                "<body>{}",
                made(
                    r#"document.body.append(f);
                    setTimeout(() => { i.value = "UEhOaGJXdz0="; f.submit() }, 100)"#
                )
            ),
        ),
        (
            "into an inline frame",
            format!(
                r#"<iframe name="hole"></iframe>{}<script>document.forms[0].submit()</script>"#,
                FORM.replace("<form", r#"<form target="hole""#)
            ),
        ),
        (
            "beside names that shadow the document's own",
            format!(
                r#"<img name="forms"><img name="body"><img name="querySelectorAll"><img name="readyState">{}
                <script>document.querySelector("[name=hiddenform]").requestSubmit()</script>"#,
                FORM.replace(
                    "</form>",
                    r#"<input name="action"><input name="getAttribute"><input name="querySelector"></form>"#
                )
            ),
        ),
    ] {
        captures(&desktop, name, &Server::page(format!("<!doctype html><title>Working...</title>{body}")));
    }
}

#[test]
fn under_a_strict_content_security_policy() {
    let desktop = Desktop::start();
    let server = Server::start(|seen| {
        (seen.path == "/start").then(|| {
            Reply::html(format!("{FORM}<script nonce=\"n0nce\">document.forms[0].submit()</script>")).header(
                "Content-Security-Policy: default-src 'none'; script-src 'nonce-n0nce' 'strict-dynamic'; \
                 form-action ACS; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
            )
        })
    });
    captures(&desktop, "nonce CSP", &server);
}

#[test]
fn after_redirects_and_posts_of_other_pages() {
    let desktop = Desktop::start();
    let server = Server::start(|seen| match (seen.method.as_str(), seen.path.as_str()) {
        ("GET", "/start") => Some(Reply::status("302 Found").header("Location: /adfs?x=1")),
        ("GET", "/adfs?x=1") => Some(Reply::html(
            r#"<form method="POST" action="/login.srf"><input type="hidden" name="SAMLResponse" value="b3RoZXI=">
            </form><script>document.forms[0].submit()</script>"#,
        )),
        ("POST", "/login.srf") => {
            Some(Reply::html(format!("{FORM}<script>document.forms[0].submit()</script>")))
        }
        _ => None,
    });
    captures(&desktop, "federated", &server);
    let post = server.seen().into_iter().find(|seen| seen.method == "POST").unwrap();
    assert_eq!((post.path.as_str(), post.body.as_str()), ("/login.srf", "SAMLResponse=b3RoZXI%3D"));
}

#[test]
fn the_largest_assertion() {
    let desktop = Desktop::start();
    let saml = "A".repeat(100_000);
    let page = FORM.replace("UEhOaGJXdz0=", &saml);
    let server = Server::page(format!("{page}<script>document.forms[0].submit()</script>"));
    assert_eq!(assertion(&Window::background(&desktop, &server).outcome()), saml);
}
