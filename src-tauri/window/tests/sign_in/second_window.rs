//! Windows that a page opens, and the dialogs of its scripts.

use crate::harness::{Desktop, Reply, Server, Window, assertion, left_out_under_wine, poll};
use rolecall_core::sign_in::Outcome;

fn title(server: &Server) -> String {
    format!("{} — sign in for dev", server.host())
}

/// A page whose link, in the keyboard's focus, opens `target` in a second window; with `more` besides.
fn opening(target: &str, more: &str) -> String {
    format!(
        r#"<!doctype html><body><a id="a" href="{target}" target="_blank">Terms of use</a><input id="i">{more}
        <script>a.focus()</script>"#
    )
}

#[test]
fn a_link_to_a_second_window_opens_one_with_the_same_cookies_and_nothing_of_ours() {
    if left_out_under_wine("a headless Chromium opens no second windows") {
        return;
    }
    let desktop = Desktop::start();
    let second = Server::start(|seen| {
        match seen.path.as_str() {
        "/start" => Some(
            Reply::html(
                r#"<!doctype html><body><input autofocus><script>
                const found = [];
                for (const name of ["__TAURI__", "__TAURI_INTERNALS__", "ipc", "rolecallLookAgain", "rolecall"])
                    found.push(name + "=" + typeof window[name]);
                found.push("port=" + (window.webkit?.messageHandlers?.rolecall ? "there" : "none"));
                onkeydown = () => fetch("/told?" + found.join("&")).then(() => close());
                </script>"#,
            )
            .header("Set-Cookie: second=1; Path=/"),
        ),
        "/told" => Some(Reply::html("")),
        _ => None,
    }
    });
    let first = Server::start({
        let page = opening(&second.url("/start"), "");
        move |seen| {
            (seen.path == "/start").then(|| Reply::html(page.clone()).header("Set-Cookie: first=1; Path=/"))
        }
    });
    let mut window = Window::interactive(&desktop, &first);
    let shown = desktop.wait_for(&title(&first));
    desktop.type_text(&shown, &["Return"]);
    // It names the host of its page; the first window stays.
    let popup = desktop.wait_for(&title(&second));
    assert_eq!(desktop.visible(&title(&first)), Some(shown.clone()));
    desktop.type_text(&popup, &["x"]);
    assert_eq!(
        second.wait_for("/told"),
        "__TAURI__=undefined&__TAURI_INTERNALS__=undefined&ipc=undefined&rolecallLookAgain=undefined&rolecall=undefined&port=none"
    );
    // Both servers are 127.0.0.1, whose cookies know no port: one jar serves both windows.
    let told = second.seen().into_iter().find(|seen| seen.path.starts_with("/told")).expect("a request");
    assert!(told.cookies.contains("first=1") && told.cookies.contains("second=1"), "{}", told.cookies);
    // The page closes its own window, and no other.
    poll("the second window closed itself", || desktop.visible(&title(&second)).is_none().then_some(()));
    assert_eq!(desktop.visible(&title(&first)), Some(shown.clone()));
    desktop.close(&shown);
    assert_eq!(window.outcome(), Outcome::Cancelled { error: None });
}

#[test]
fn what_a_second_window_posts_to_the_acs_is_captured_and_goes_nowhere() {
    if left_out_under_wine("a headless Chromium opens no second windows") {
        return;
    }
    let desktop = Desktop::start();
    let server = Server::start(|seen| match seen.path.as_str() {
        "/start" => Some(Reply::html(
            r#"<!doctype html><body><input id="i"><script>i.focus(); onkeydown = () => open("/second")</script>"#,
        )),
        "/second" => Some(Reply::html(
            r#"<form method="POST" action="ACS"><input type="hidden" name="SAMLResponse" value="c2Vjb25k"></form>
            <script>document.forms[0].submit()</script>"#,
        )),
        _ => None,
    });
    let mut window = Window::interactive(&desktop, &server);
    desktop.type_text(&desktop.wait_for(&title(&server)), &["x"]);
    let outcome = window.outcome();
    assert_eq!(assertion(&outcome), "c2Vjb25k");
    assert!(matches!(outcome, Outcome::Captured { person_acted: true, .. }), "{outcome:?}");
    assert_eq!(server.paths(), ["GET /start", "GET /second"]);
}

#[test]
fn a_form_that_posts_into_a_second_window_is_captured() {
    if left_out_under_wine("a headless Chromium opens no second windows") {
        return;
    }
    let desktop = Desktop::start();
    let server = Server::page(
        r#"<!doctype html><body><input id="i"><script>
        i.focus();
        onkeydown = () => {
            document.body.innerHTML = '<form method="POST" action="ACS" target="_blank"><input type="hidden" name="SAMLResponse" value="YmxhbmsK"></form>';
            document.forms[0].submit();
        };
        </script>"#,
    );
    let mut window = Window::interactive(&desktop, &server);
    desktop.type_text(&desktop.wait_for(&title(&server)), &["Return"]);
    assert_eq!(assertion(&window.outcome()), "YmxhbmsK");
    assert_eq!(server.paths(), ["GET /start"]);
}

#[test]
fn nothing_opens_without_a_click_nor_where_no_page_may_go_nor_more_than_a_few() {
    if left_out_under_wine("a headless Chromium opens no second windows") {
        return;
    }
    let desktop = Desktop::start();
    let server = Server::start(|seen| match seen.path.as_str() {
        "/start" => Some(Reply::html(
            r#"<!doctype html><body><input id="i"><a id="a" href="/unasked" target="_blank">x</a><script>
            i.focus();
            // By nobody.
            const none = [open("/unasked"), (a.click(), null)];
            document.addEventListener("visibilitychange", () => none.push(open("/unasked")));
            onkeydown = (e) => {
                if (e.key === "f") open("file:///etc/passwd");
                if (e.key === "t") open("tauri://localhost/");
                if (e.key === "m") open("/second?" + Math.random());
                if (e.key === "z") fetch("/told?" + none.every((w) => w === null));
            };
            </script>"#,
        )),
        "/told?true" => Some(Reply::html("")),
        path if path.starts_with("/second") => Some(Reply::html("<p>Terms")),
        _ => None,
    });
    let mut window = Window::interactive(&desktop, &server);
    let shown = desktop.wait_for(&title(&server));
    desktop.type_text(&shown, &["f", "t"]);
    // Each takes the focus: the first window is asked again and again.
    for _ in 0..5 {
        desktop.type_text(&shown, &["m"]);
    }
    desktop.type_text(&shown, &["z"]);
    assert_eq!(server.wait_for("/told"), "true");
    let paths = server.paths();
    assert!(!paths.iter().any(|path| path.contains("unasked")), "{paths:?}");
    poll("all that may open are there", || {
        (server.paths().iter().filter(|p| p.contains("/second")).count() == 3).then_some(())
    });
    window.close_input();
    assert_eq!(window.outcome(), Outcome::Cancelled { error: None });
    assert_eq!(desktop.titles(), Vec::<String>::new(), "they end with the first");
}

#[test]
fn a_question_of_a_page_is_put_to_the_person() {
    if left_out_under_wine("a headless Chromium shows no dialogs") {
        return;
    }
    let desktop = Desktop::start();
    for (key, answer) in [("Return", "true"), ("Escape", "false")] {
        let server = Server::start(|seen| match seen.path.as_str() {
            "/start" => Some(Reply::html(
                r#"<!doctype html><body><input id="i"><script>
                i.focus(); onkeydown = () => fetch("/told?" + confirm("Do you accept the terms?"))</script>"#,
            )),
            path if path.starts_with("/told") => Some(Reply::html("")),
            _ => None,
        });
        let mut window = Window::interactive(&desktop, &server);
        let shown = desktop.wait_for(&title(&server));
        desktop.type_text(&shown, &["x"]);
        // The page stands still until it is answered.
        let pressed = std::cell::Cell::new(0);
        poll("the question is answered", || {
            pressed.set(pressed.get() + 1);
            desktop.type_text(&shown, &[key]);
            server.paths().iter().any(|path| path.contains("/told")).then_some(())
        });
        assert_eq!(server.wait_for("/told"), answer, "{key}");
        window.close_input();
        assert_eq!(window.outcome(), Outcome::Cancelled { error: None });
    }
}

#[test]
fn a_question_before_the_window_was_shown_shows_it() {
    if left_out_under_wine("a headless Chromium shows no dialogs") {
        return;
    }
    let desktop = Desktop::start();
    let server = Server::page("<!doctype html><body><p>Working ...</p><script>confirm('Go on?')</script>");
    let mut window = Window::interactive(&desktop, &server);
    let shown = poll("a window", || desktop.titles().into_iter().next());
    assert!(shown.ends_with("for dev"), "{shown}");
    window.close_input();
    assert_eq!(window.outcome(), Outcome::Cancelled { error: None });
}
