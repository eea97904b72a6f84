//! When the window calls a person, and what it then shows and tells.

use crate::harness::{Desktop, Reply, Server, Window, left_out_under_wine, request, under_wine};
use rolecall_core::sign_in::{EntraError, Failure, Mode, Outcome, Request, ToWindow};
use std::time::{Duration, Instant};

const ASKED: Outcome = Outcome::NeedsPerson { error: None };

fn error(code: &str) -> Option<EntraError> {
    Some(EntraError(code.into()))
}

fn title(server: &Server) -> String {
    format!("{} — sign in for dev", server.host())
}

#[test]
fn pages_that_ask_for_something_soon() {
    let desktop = Desktop::start();
    for (name, body, expected) in [
        ("a field", r#"<input name="user">"#, None),
        (
            "a field that comes late",
            r#"<script>setTimeout(() => { document.body.innerHTML = "<input>" }, 500)</script>"#,
            None,
        ),
        (
            "a field that becomes visible late",
            r#"<div style="display:none" id="x"><input></div>
            <script>setTimeout(() => { document.getElementById("x").style.display = "block" }, 500)</script>"#,
            None,
        ),
        ("an account tile", r#"<div role="button" tabindex="0">me@example.org</div>"#, None),
        ("a button", "<button>Approve</button>", None),
        ("an error page", "<p>AADSTS50105: not assigned to a role.</p>", error("AADSTS50105")),
        (
            "an error page with a button",
            "<p>Error AADSTS90072</p><button>Back</button>",
            error("AADSTS90072"),
        ),
        (
            "the page \"You cannot access this right now\"",
            "<h1>You cannot access this right now</h1><div>Error Code: <span>53003</span></div>\
             <div>Request Id: 12345678-1234-1234-1234-123456789012</div><div>IP address: 10.0.0.1</div>",
            error("AADSTS53003"),
        ),
        ("the code in the next cell", "<table><tr><td>Error code:<td>530003</table>", error("AADSTS530003")),
        ("the code in German", "<p>Fehlercode: 50105</p><button>x</button>", error("AADSTS50105")),
        ("the code in Japanese", "<p>エラー コード: 53000</p><button>x</button>", error("AADSTS53000")),
        (
            "numbers that are no codes",
            "<p>Correlation Id: 53003530-5300-3530-0353-003530035300</p><p>Call 0800 53003.</p><p>Code: 53003</p>\
             <p>Error code: 53003-1234</p><p>Error code: 2026-11-28</p><p>Error code: 0x80070005</p><button>x</button>",
            None,
        ),
        ("a code in a script is none", "<script>var e = 'AADSTS50058'</script><button>x</button>", None),
    ] {
        let started = Instant::now();
        let server = Server::page(format!("<!doctype html><body>{body}"));
        let mut window = Window::background(&desktop, &server);
        assert_eq!(window.outcome(), Outcome::NeedsPerson { error: expected }, "{name}");
        assert!(started.elapsed() < Duration::from_secs(7), "{name}: by its look, not by the fallback");
        assert_eq!(desktop.titles(), Vec::<String>::new(), "{name}: never shown");
    }
}

#[test]
fn pages_that_only_wait_are_given_time() {
    let desktop = Desktop::start();
    for (name, body) in [
        ("hidden inputs", r#"<p>Working...</p><input type="hidden" name="x"><input style="display:none">"#),
        (
            "invisible ones",
            r#"<p>Working...</p><input style="visibility:hidden"><div hidden><button>x</button></div>"#,
        ),
        ("a lone link", r##"<p>Redirecting. <a href="#">Click here</a> if nothing happens.</p>"##),
    ] {
        let server = Server::start({
            let page = format!(
                r#"<body>{body}<script>fetch("/wait").then(() => {{ location = "/done" }})</script>"#
            );
            move |seen| match seen.path.as_str() {
                "/start" => Some(Reply::html(page.clone())),
                "/wait" => {
                    // Longer than a visible control would be allowed to stand.
                    std::thread::sleep(Duration::from_millis(1500));
                    Some(Reply::html(""))
                }
                "/done" => Some(Reply::html(
                    r#"<form method="POST" action="ACS"><input type="hidden" name="SAMLResponse" value="PHg+"></form>"#,
                )),
                _ => None,
            }
        });
        let outcome = Window::background(&desktop, &server).outcome();
        assert!(matches!(outcome, Outcome::Captured { .. }), "{name}: {outcome:?}");
    }
}

#[test]
fn an_interactive_window_shows_itself_and_its_host() {
    let desktop = Desktop::start();
    for (name, body) in [
        ("a field", "<title>https://login.microsoftonline.com</title><input>"),
        ("a number to match", "<title>Approve</title><div>42</div>"),
        (
            "waits to be seen",
            "<script>requestAnimationFrame(() => { document.body.innerHTML = '<input>' })</script>",
        ),
    ] {
        let server = Server::page(format!("<!doctype html><body>{body}"));
        let mut window = Window::interactive(&desktop, &server);
        let shown = desktop.wait_for(&title(&server));
        assert_eq!(desktop.titles(), [title(&server)], "{name}: the page's own title is not shown");
        desktop.close(&shown);
        assert_eq!(window.outcome(), Outcome::Cancelled { error: None }, "{name}");
    }
}

#[test]
fn the_title_follows_the_page() {
    let desktop = Desktop::start();
    let second = Server::page("<input>");
    let away = format!(
        r#"<button id="b">x</button><script>onkeydown = () => {{ location = "{}" }}</script>"#,
        second.url("/start")
    );
    let first = Server::page(away);
    let mut window = Window::interactive(&desktop, &first);
    let shown = desktop.wait_for(&title(&first));
    desktop.type_text(&shown, &["x"]);
    desktop.wait_for(&title(&second));
    window.close_input();
    assert_eq!(window.outcome(), Outcome::Cancelled { error: None });
}

#[test]
fn closing_an_error_page_tells_its_code() {
    let desktop = Desktop::start();
    let server = Server::page("<p>AADSTS53003: blocked by Conditional Access.</p>");
    let mut window = Window::interactive(&desktop, &server);
    desktop.close(&desktop.wait_for(&title(&server)));
    assert_eq!(window.outcome(), Outcome::Cancelled { error: error("AADSTS53003") });
}

/// A page that posts by itself one second after it asked for a person, or when a key is pressed.
const POSTS: &str = r#"<input id="i"><script>
const post = () => {
    document.body.innerHTML = '<form method="POST" action="ACS"><input type="hidden" name="SAMLResponse" value="PHg+"></form>';
    document.forms[0].submit();
};
for (const type of ["keydown", "mousedown", "pointerdown", "click"])
    window.dispatchEvent(new Event(type, { bubbles: true }));
i.dispatchEvent(new KeyboardEvent("keydown", { key: "a", bubbles: true }));
i.click();
WHEN
</script>"#;

#[test]
fn only_a_person_passes_for_one() {
    if left_out_under_wine("the stand-in has a keyboard and no pointer") {
        return;
    }
    let desktop = Desktop::start();
    for (when, presses, expected) in [
        // Seen by nobody: what it dispatches itself is nobody's.
        (
            "document.addEventListener('visibilitychange', () => document.hidden || setTimeout(post, 500))",
            None,
            false,
        ),
        ("addEventListener('keydown', (e) => e.isTrusted && post())", Some("x"), true),
        // A modifier alone is none: the key that follows in another window is not for the page.
        ("addEventListener('keydown', (e) => e.isTrusted && setTimeout(post, 300))", Some("Alt_L"), false),
    ] {
        let server = Server::page(POSTS.replace("WHEN", when));
        let mut window = Window::interactive(&desktop, &server);
        if let Some(key) = presses {
            let shown = desktop.wait_for(&title(&server));
            desktop.type_text(&shown, &[key]);
        }
        let outcome = window.outcome();
        let Outcome::Captured { shown: true, person_acted, .. } = outcome else {
            panic!("{when}: {outcome:?}")
        };
        assert_eq!(person_acted, expected, "{when}");
    }
}

#[test]
fn a_key_in_a_frame_is_a_person() {
    if left_out_under_wine("there the capture script alone sees keys, and only those of the top frame") {
        return;
    }
    let desktop = Desktop::start();
    let server = Server::start(|seen| match seen.path.as_str() {
        "/start" => Some(Reply::html(
            r#"<iframe src="/inner"></iframe><button>x</button><script>onmessage = () => {
                document.body.innerHTML = '<form method="POST" action="ACS"><input type="hidden" name="SAMLResponse" value="PHg+"></form>';
                document.forms[0].submit();
            }</script>"#,
        )),
        "/inner" => Some(Reply::html(
            r#"<input autofocus><script>focus(); document.querySelector("input").focus();
            onkeydown = () => parent.postMessage("pressed", "*")</script>"#,
        )),
        _ => None,
    });
    let mut window = Window::interactive(&desktop, &server);
    let shown = desktop.wait_for(&title(&server));
    desktop.type_text(&shown, &["x"]);
    let outcome = window.outcome();
    assert!(matches!(outcome, Outcome::Captured { person_acted: true, .. }), "{outcome:?}");
}

#[test]
fn an_application_of_identity_center_is_named_and_gets_nothing() {
    let desktop = Desktop::start();
    let host = "eu-central-1.signin.aws.amazon.com";
    for page in [
        format!(
            r#"<form method="POST" action="https://{host}/platform/saml/acs/0a1b"><input type="hidden" name="SAMLResponse" value="PHg+"></form>
            <script>document.forms[0].submit()</script>"#
        ),
        format!(r#"<script>location = "https://{host}/platform/saml/d-1234567890"</script>"#),
    ] {
        let server = Server::page(page);
        let outcome = Window::background(&desktop, &server).outcome();
        let reason = Failure::IdentityCenter;
        assert_eq!(outcome, Outcome::Failed { reason, detail: Some(host.into()) });
    }
}

#[test]
fn what_the_parent_says() {
    let desktop = Desktop::start();
    // A server that never answers: nothing but the parent can move anything.
    let (hold, release) = std::sync::mpsc::channel::<()>();
    let release = std::sync::Mutex::new(release);
    let server = Server::start(move |_| release.lock().unwrap().recv().ok().map(|()| Reply::html("")));
    let mut window = Window::background(&desktop, &server);
    window.send_line("junk");
    window.send(&ToWindow::Show);
    desktop.wait_for("Sign in for dev");
    window.close_input();
    assert_eq!(window.outcome(), Outcome::Cancelled { error: None });
    drop(hold);
}

#[test]
fn http_authentication_needs_a_person() {
    let desktop = Desktop::start();
    let server = Server::start(|_| {
        Some(Reply::status("401 Unauthorized").header(r#"WWW-Authenticate: Basic realm="example""#))
    });
    assert_eq!(Window::background(&desktop, &server).outcome(), ASKED);
}

#[test]
fn failures_have_their_own_names() {
    let desktop = Desktop::start();
    let failed = |reason| Outcome::Failed { reason, detail: None };
    let server = Server::page("<p>Working...</p>");
    let wanted = request(&server, Mode::Background);

    // A port that was free a moment ago: nobody listens.
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let unreachable = Request { url: format!("http://{closed}/"), ..wanted.clone() };
    let outcome = Window::open(&desktop, &unreachable).outcome();
    let Outcome::Failed { reason: Failure::Unreachable, detail: Some(detail) } = outcome else {
        panic!("{outcome:?}")
    };
    assert!(
        detail.starts_with(&format!("{closed}: ")) && detail.len() > closed.to_string().len() + 2,
        "{detail}"
    );

    let hasty = Request { timeout_ms: 1500, ..wanted.clone() };
    assert_eq!(Window::open(&desktop, &hasty).outcome(), failed(Failure::Timeout));

    for url in [
        "file:///etc/passwd",
        "http://login.example.org/",
        "about:blank",
        "ipc://localhost/",
        "",
        &server.url("/saml"),
    ] {
        let bad = Request { url: url.into(), ..wanted.clone() };
        assert_eq!(Window::open(&desktop, &bad).outcome(), failed(Failure::BadRequest), "{url}");
    }

    let mut junk = Window::spawn(&desktop.variables());
    junk.send_line("{}");
    assert_eq!(junk.outcome(), failed(Failure::BadRequest));

    // Wine says that there is always one.
    if !under_wine() {
        let mut nowhere = Window::spawn(&[]);
        nowhere.send(&ToWindow::Request(wanted));
        assert_eq!(nowhere.outcome(), failed(Failure::NoDisplay));
    }

    let mut gone = Window::spawn(&[]);
    gone.close_input();
    assert_eq!(gone.outcome(), Outcome::Cancelled { error: None });
}
