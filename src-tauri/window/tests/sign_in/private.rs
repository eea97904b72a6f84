//! What the process keeps to itself: the outcome's pipe, the person's files, and whatever the engine would leave behind.

use crate::harness::{Desktop, Process, Server, Window, descendants, left_out_under_wine, poll};
use rolecall_core::sign_in::Outcome;

/// A sign-in that waits for a person, with all processes of the engine running.
fn waiting(desktop: &Desktop, server: &Server) -> (Window, Vec<Process>) {
    let window = Window::interactive(desktop, server);
    desktop.wait_for(&format!("{} — sign in for dev", server.host()));
    let all = descendants(window.id());
    (window, all)
}

fn engine<'a>(all: &'a [Process], name: &str) -> &'a Process {
    // /proc shortens names to 15 characters.
    all.iter().find(|process| process.name == name[..15]).unwrap_or_else(|| panic!("no {name} in {all:?}"))
}

#[test]
fn no_engine_process_holds_the_outcome() {
    if left_out_under_wine("it looks at the processes of WebKitGTK in /proc") {
        return;
    }
    let desktop = Desktop::start();
    let server = Server::page("<input>");
    let (window, all) = waiting(&desktop, &server);
    for name in ["WebKitNetworkProcess", "WebKitWebProcess"] {
        engine(&all, name);
    }
    for process in &all {
        let holding: Vec<u32> = process
            .descriptors()
            .into_iter()
            .filter(|(_, what)| *what == window.pipe)
            .map(|(n, _)| n)
            .collect();
        if process.id == window.id() {
            assert!(
                holding.len() == 1 && holding[0] > 2,
                "ours holds it once, and not as stdout: {holding:?}"
            );
        } else {
            assert_eq!(holding, [0; 0], "{process:?}");
        }
        assert_ne!(process.descriptors().len(), 0, "{process:?} was looked at");
    }
}

#[test]
fn the_page_is_rendered_in_a_sandbox() {
    if left_out_under_wine("it looks at the processes of WebKitGTK in /proc") {
        return;
    }
    // Whatever the environment asks for.
    let desktop = Desktop::start();
    let server = Server::page("<input>");
    let unwanted = [("WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS", "1"), ("WEBKIT_FORCE_SANDBOX", "0")];
    let mut window = Window::spawn(&[&desktop.variables()[..], &unwanted].concat());
    window.send(&rolecall_core::sign_in::ToWindow::Request(crate::harness::request(
        &server,
        rolecall_core::sign_in::Mode::Interactive,
    )));
    desktop.wait_for(&format!("{} — sign in for dev", server.host()));
    let all = descendants(window.id());
    let page = engine(&all, "WebKitWebProcess");
    for namespace in ["mnt", "pid"] {
        let of = |path: std::path::PathBuf| std::fs::read_link(path).unwrap();
        assert_ne!(
            of(page.path(&format!("ns/{namespace}"))),
            of(format!("/proc/self/ns/{namespace}").into()),
            "{namespace}"
        );
    }
    // Its root folder, seen from outside.
    let sees = |path: &std::path::Path| page.path("root").join(path.strip_prefix("/").unwrap()).exists();
    assert!(sees("/usr/lib".as_ref()), "the check itself works");
    assert!(!sees(&window.home().join(".aws/credentials")));
    assert!(!sees(env!("CARGO_MANIFEST_DIR").as_ref()));
}

#[test]
fn nobody_may_look_into_the_process() {
    if left_out_under_wine("it looks at the processes of WebKitGTK in /proc") {
        return;
    }
    let desktop = Desktop::start();
    let server = Server::page("<input>");
    let (window, all) = waiting(&desktop, &server);
    let ours = all.iter().find(|process| process.id == window.id()).unwrap();
    // The kernel gives the files of a process that is not dumpable to root; the test may be run by root itself.
    let owner = std::os::unix::fs::MetadataExt::uid(&std::fs::metadata(ours.path("mem")).unwrap());
    assert_eq!(owner, 0);
    let status = std::fs::read_to_string(ours.path("status")).unwrap();
    assert!(!status.contains("CoreDumping:\t1"));
}

#[test]
fn nothing_stays_on_disk_and_nobody_stays_behind() {
    if left_out_under_wine("it looks at the processes of WebKitGTK in /proc") {
        return;
    }
    let desktop = Desktop::start();
    let server = Server::start(|seen| {
        use crate::harness::Reply;
        let persist = r#"<script>localStorage.x = "secret"; sessionStorage.x = "secret";
            indexedDB.open("x"); document.cookie = "persistent=secret; max-age=86400"; caches.open("x")</script>"#;
        match seen.path.as_str() {
            "/start" => Some(
                Reply::html(format!(
                    "{persist}<input><script>onkeydown = () => {{ location = '/end' }}</script>"
                ))
                .header("Cache-Control: max-age=86400")
                .header("Strict-Transport-Security: max-age=86400"),
            ),
            "/end" => Some(Reply::html(
                r#"<form method="POST" action="ACS"><input type="hidden" name="SAMLResponse" value="PHg+"></form>"#,
            )),
            _ => None,
        }
    });
    let (mut window, all) = waiting(&desktop, &server);
    let shown = desktop.wait_for(&format!("{} — sign in for dev", server.host()));
    desktop.type_text(&shown, &["x"]);
    assert!(matches!(window.outcome(), Outcome::Captured { .. }));
    for process in &all {
        poll(&format!("the end of {process:?}"), || (!process.is_alive()).then_some(()));
    }
    assert_eq!(window.files(), Vec::<std::path::PathBuf>::new());
}

#[test]
fn a_crash_of_the_engine_is_an_outcome() {
    if left_out_under_wine("it looks at the processes of WebKitGTK in /proc") {
        return;
    }
    let desktop = Desktop::start();
    let server = Server::page("<input>");
    let (mut window, all) = waiting(&desktop, &server);
    let id = engine(&all, "WebKitWebProcess").id.to_string();
    assert!(std::process::Command::new("kill").args(["-KILL", &id]).status().unwrap().success());
    let outcome = window.outcome();
    let reason = rolecall_core::sign_in::Failure::Engine;
    assert_eq!(outcome, Outcome::Failed { reason, detail: Some("its page process crashed".into()) });
}
