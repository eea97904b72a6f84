//! Where the engine must start, and the test that says whether it does.

use crate::harness::{Desktop, Server, Window, left_out_under_wine, poll, request, under_wine};
use rolecall_core::sign_in::{Mode, Outcome, ToWindow};

#[test]
fn a_runtime_folder_that_the_sandbox_cannot_hold_is_replaced() {
    if left_out_under_wine("a runtime folder is a thing of Linux") {
        return;
    }
    let desktop = Desktop::start();
    let server = Server::page("<input>");
    let folder = tempfile::tempdir_in("/var/tmp").unwrap();
    let long = tempfile::tempdir().unwrap().path().join("long".repeat(20));
    std::fs::create_dir_all(&long).unwrap();
    for runtime in [folder.path(), &long] {
        let runtime = runtime.to_str().unwrap();
        let [display, bus] = desktop.variables();
        // And no better folder for temporary files.
        let variables =
            [display, bus, ("XDG_RUNTIME_DIR", runtime), ("TMPDIR", folder.path().to_str().unwrap())];
        let mut window = Window::spawn(&variables);
        window.send(&ToWindow::Request(request(&server, Mode::Background)));
        assert_eq!(window.outcome(), Outcome::NeedsPerson { error: None }, "{runtime}");
        // The engine's last process may still be cleaning up.
        poll("a runtime folder left as it was", || {
            std::fs::read_dir(runtime).unwrap().next().is_none().then_some(())
        });
    }
}

#[test]
fn a_test_of_the_engine_opens_nothing_that_is_seen_and_leaves_nothing() {
    let desktop = Desktop::start();
    let mut window = Window::spawn(&desktop.variables());
    window.send(&ToWindow::Test { timeout_ms: 60_000 });
    match window.outcome() {
        Outcome::EngineWorks { engine } => {
            let expected = if under_wine() { "WebView2 150." } else { "WebKitGTK 2." };
            assert!(engine.starts_with(expected), "{engine}");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(desktop.titles(), Vec::<String>::new());
    assert_eq!(window.files(), Vec::<std::path::PathBuf>::new());
}
