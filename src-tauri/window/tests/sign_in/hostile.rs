//! Pages that want more than a sign-in: each tries, tells the server what it got, and got nothing.

use crate::harness::{Desktop, Reply, Server, Window, assertion, request, under_wine};
use rolecall_core::sign_in::{Mode, Outcome, Request};

/// Runs `script` in a page, with `tell(name, value)` to write down what it finds and `done()` to send that off; gives it.
fn told(desktop: &Desktop, script: &str) -> (String, Server, Window) {
    let server = Server::page(format!(
        r#"<!doctype html><body><script>
        const found = [];
        const tell = (name, value) => found.push(name + "=" + value);
        const done = () => fetch("/told?" + found.join("&"));
        {script}
        </script>"#
    ));
    let window = Window::background(desktop, &server);
    let told = server.wait_for("/told");
    (told, server, window)
}

#[test]
fn there_is_no_way_to_tauri_nor_to_the_capture() {
    let desktop = Desktop::start();
    let (told, ..) = told(
        &desktop,
        r#"
        for (const name of ["__TAURI__", "__TAURI_INTERNALS__", "__TAURI_EVENT_PLUGIN_INTERNALS__", "__TAURI_INVOKE__",
            "__TAURI_PATTERN__", "ipc", "webkit", "rolecallLookAgain", "rolecall"])
            tell(name, typeof window[name]);
        tell("port", window.webkit?.messageHandlers?.rolecall ? "there" : "none");
        tell("globals", Object.getOwnPropertyNames(window).filter((n) => /tauri|wry|rolecall/i.test(n)).length);
        (async () => {
            for (const url of ["ipc://localhost/plugin:app|version", "tauri://localhost/", "asset://localhost/etc/passwd",
                "file:///etc/passwd"])
                tell(url.split(":")[0], await fetch(url, { method: url.startsWith("ipc") ? "POST" : "GET", mode: "no-cors" })
                    .then(() => "answered", () => "refused"));
            for (const url of ["tauri://localhost/", "file:///etc/passwd"]) {
                const frame = document.createElement("iframe");
                frame.src = url;
                document.body.append(frame);
            }
            done();
        })();
        "#,
    );
    assert_eq!(
        told,
        "__TAURI__=undefined&__TAURI_INTERNALS__=undefined&__TAURI_EVENT_PLUGIN_INTERNALS__=undefined&\
         __TAURI_INVOKE__=undefined&__TAURI_PATTERN__=undefined&ipc=undefined&webkit=undefined&\
         rolecallLookAgain=undefined&rolecall=undefined&port=none&globals=0&\
         ipc=refused&tauri=refused&asset=refused&file=refused"
    );
}

#[test]
fn nothing_is_granted() {
    let desktop = Desktop::start();
    let (told, server, mut window) = told(
        &desktop,
        r#"
        // A hidden page gets no answer to some of these: as good as a refusal.
        const timeout = (promise) => Promise.race([promise, new Promise((r) => setTimeout(() => r("denied"), 1000))]);
        (async () => {
            tell("open", window.open("/popup"));
            alert("stop");
            tell("confirm", confirm("yes?"));
            tell("prompt", prompt("name?"));
            print();
            close();
            tell("notifications", await timeout(window.Notification ? Notification.requestPermission() : "denied"));
            tell("camera", await timeout(navigator.mediaDevices?.getUserMedia({ video: true }).then(() => "granted", () => "denied") ?? "denied"));
            tell("place", await timeout(new Promise((r) => navigator.geolocation
                ? navigator.geolocation.getCurrentPosition(() => r("granted"), () => r("denied")) : r("denied"))));
            tell("clipboard", await timeout(navigator.clipboard?.readText().then(() => "granted", () => "denied") ?? "denied"));
            tell("fullscreen", await timeout(document.body.requestFullscreen
                ? document.body.requestFullscreen().then(() => "granted", () => "denied") : "denied"));
            tell("webgl", document.createElement("canvas").getContext("webgl"));
            const link = Object.assign(document.createElement("a"), { href: "/popup", target: "_blank" });
            document.body.append(link);
            link.click();
            await done();
            document.body.innerHTML = "<button>still here</button>";
        })();
        "#,
    );
    // WebView2 has no switch for it.
    let webgl = if under_wine() { "[object%20WebGLRenderingContext]" } else { "null" };
    assert_eq!(
        told,
        format!(
            "open=null&confirm=false&prompt=null&notifications=denied&camera=denied&place=denied&\
             clipboard=denied&fullscreen=denied&webgl={webgl}"
        )
    );
    assert_eq!(window.outcome(), Outcome::NeedsPerson { error: None });
    assert!(!server.paths().iter().any(|path| path.contains("popup")), "{:?}", server.paths());
}

#[test]
fn nothing_is_downloaded() {
    let desktop = Desktop::start();
    let server = Server::start(|seen| match seen.path.as_str() {
        "/start" => Some(Reply::html(
            r#"<body><a id="a" href="/file" download="evil.sh">x</a><a id="b" href="data:text/plain,evil" download="evil.txt">x</a>
            <script>a.click(); b.click(); location = "/attached";
            setTimeout(() => { document.body.innerHTML = "<button>x</button>" }, 800)</script>"#,
        )),
        "/file" | "/attached" => {
            Some(Reply::html("evil").header("Content-Disposition: attachment; filename=evil.bin"))
        }
        _ => None,
    });
    let mut window = Window::background(&desktop, &server);
    assert_eq!(window.outcome(), Outcome::NeedsPerson { error: None });
    assert_eq!(window.files(), Vec::<std::path::PathBuf>::new());
}

#[test]
fn a_forged_report_is_not_heard() {
    let desktop = Desktop::start();
    let (.., mut window) = told(
        &desktop,
        r#"
        const forged = JSON.stringify({ kind: "form", origin: location.origin, action: "ACS", saml: "Zm9yZ2Vk" });
        try { window.webkit.messageHandlers.rolecall.postMessage(forged) } catch { tell("direct", "no") }
        try { window.webkit.messageHandlers.ipc.postMessage(forged) } catch { tell("ipc", "no") }
        postMessage(forged, "*");
        document.dispatchEvent(new CustomEvent("rolecall", { detail: forged }));
        done().then(() => { document.body.innerHTML = "<button>x</button>" });
        "#,
    );
    assert_eq!(window.outcome(), Outcome::NeedsPerson { error: None });
}

#[test]
fn only_the_top_frame_is_captured_and_no_frame_posts_to_an_acs() {
    let desktop = Desktop::start();
    let server = Server::start(|seen| match seen.path.as_str() {
        "/start" => Some(Reply::html(
            r#"<iframe src="/inner"></iframe><script>onmessage = () => { document.body.innerHTML = "<button>x</button>" }</script>"#,
        )),
        "/inner" => Some(Reply::html(
            r#"<form method="POST" action="ACS"><input name="SAMLResponse" value="aW5uZXI="></form>
            <script>document.forms[0].submit(); setTimeout(() => parent.postMessage("tried", "*"), 300)</script>"#,
        )),
        _ => None,
    });
    assert_eq!(Window::background(&desktop, &server).outcome(), Outcome::NeedsPerson { error: None });
    assert!(!server.paths().iter().any(|path| path.contains("/saml")), "{:?}", server.paths());
}

#[test]
fn a_post_that_is_redirected_to_an_acs_is_stopped() {
    let desktop = Desktop::start();
    let server = Server::start(|seen| match seen.path.as_str() {
        "/start" => Some(Reply::html(
            r#"<form method="POST" action="/hop"><input type="hidden" name="SAMLResponse" value="aG9w"></form>
            <script>document.forms[0].submit()</script>"#,
        )),
        "/hop" => Some(Reply::status("307 Temporary Redirect").header("Location: ACS")),
        _ => None,
    });
    let wanted = Request { timeout_ms: 6000, ..request(&server, Mode::Background) };
    let outcome = Window::open(&desktop, &wanted).outcome();
    assert!(!matches!(outcome, Outcome::Captured { .. }), "{outcome:?}");
    assert_eq!(server.paths(), ["GET /start", "POST /hop"]);
}

#[test]
fn another_acs_is_not_ours() {
    let desktop = Desktop::start();
    let other = Server::page("<button>x</button>");
    let server = Server::page(format!(
        r#"<form method="POST" action="{}"><input type="hidden" name="SAMLResponse" value="PHg+"></form>
        <script>document.forms[0].submit()</script>"#,
        other.url("/start")
    ));
    let mut window = Window::background(&desktop, &server);
    assert_eq!(window.outcome(), Outcome::NeedsPerson { error: None });
    assert_eq!(other.paths(), ["POST /start"], "an ordinary navigation to an ordinary page");
}

#[test]
fn other_schemes_lead_nowhere() {
    let desktop = Desktop::start();
    for url in [
        "file:///etc/passwd",
        "data:text/html,<input>",
        "ipc://localhost/x",
        "tauri://localhost/",
        "mailto:x@example.org",
        "http://login.example.org/",
        "about:config",
    ] {
        // The stand-in of WebView2 hears of no navigation inside Chromium itself.
        if url == "about:config" && under_wine() {
            continue;
        }
        let server = Server::page(format!(
            r#"<body><script>location = "{url}"; setTimeout(() => {{
            document.body.innerHTML = '<form action="ACS"><input type="hidden" name="SAMLResponse" value="c3RpbGwgaGVyZQ=="></form>'
            }}, 300)</script>"#
        ));
        let outcome = Window::background(&desktop, &server).outcome();
        assert_eq!(assertion(&outcome), "c3RpbGwgaGVyZQ==", "{url}");
    }
}
