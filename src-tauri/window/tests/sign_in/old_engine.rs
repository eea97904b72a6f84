//! The capture script in an engine that lacks what newer ones have: the real engine, with the method taken out of the
//! script's own world, where no page reaches.

use crate::harness::{Desktop, PATIENCE, left_out_under_wine};
use std::cell::RefCell;
use std::process::Command;
use std::rc::Rc;
use std::time::{Duration, Instant};
use webkit2gtk::{
    LoadEvent, UserContentInjectedFrames, UserContentManager, UserContentManagerExt, UserScript,
    UserScriptInjectionTime, WebView, WebViewExt,
};

const CAPTURE: &str = include_str!("../../src/sign_in/capture.js");
const WORLD: &str = "rolecall";

/// Pages, and whether they ask a person for something.
const PAGES: [(&str, bool); 9] = [
    ("<input>", true),
    ("<button>x</button>", true),
    ("<div role=button>ada@example.org</div>", true),
    ("<p>Working ...</p>", false),
    ("<input style='display:none'>", false),
    ("<div style='display:none'><input></div>", false),
    ("<div style='visibility:hidden'><input></div>", false),
    ("<div style='visibility:hidden'><input style='visibility:visible'></div>", true),
    ("<div style='opacity:0'><div><input></div></div>", false),
];

#[test]
fn a_page_calls_its_person_with_and_without_check_visibility() {
    if left_out_under_wine("it is about old versions of WebKit") {
        return;
    }
    let desktop = Desktop::start();
    let itself = std::env::current_exe().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let file = std::fs::File::create(&log).unwrap();
    // A display belongs to a whole process. A pipe would be held by the engine's processes, which end a little later.
    // How the engine's libraries take the end of a process whose first thread is another says nothing.
    Command::new(itself)
        .args(["--exact", "old_engine::in_an_engine", "--ignored", "--nocapture"])
        .envs(desktop.variables())
        .stdout(file.try_clone().unwrap())
        .stderr(file)
        .status()
        .unwrap();
    let said = std::fs::read_to_string(&log).unwrap();
    assert!(said.contains("test result: ok. 1 passed"), "{said}");
}

#[test]
#[ignore = "needs a display of its own: the test above runs it with one"]
fn in_an_engine() {
    gtk::init().unwrap();
    // Nothing else ends a wait for an event that does not come.
    gtk::glib::timeout_add_local(Duration::from_secs(1), || gtk::glib::ControlFlow::Continue);
    for lacks in ["", "delete Element.prototype.checkVisibility;"] {
        let content = UserContentManager::new();
        let looks = Rc::new(RefCell::new(Vec::<serde_json::Value>::new()));
        let seen = looks.clone();
        content.connect_script_message_received(Some(WORLD), move |_, message| {
            let text = javascriptcore::ValueExt::to_str(&message.js_value().unwrap());
            seen.borrow_mut().push(serde_json::from_str(&text).unwrap());
        });
        content.register_script_message_handler_in_world(WORLD, WORLD);
        let script = format!("{lacks}{CAPTURE}(window.webkit.messageHandlers.{WORLD});");
        let (frames, start) = (UserContentInjectedFrames::TopFrame, UserScriptInjectionTime::Start);
        content.add_script(&UserScript::for_world(&script, frames, start, WORLD, &[], &[]));
        let view = WebView::builder().user_content_manager(&content).build();
        let loaded = Rc::new(RefCell::new(false));
        let finished = loaded.clone();
        view.connect_load_changed(move |_, load| *finished.borrow_mut() |= load == LoadEvent::Finished);
        for (page, expected) in PAGES {
            *loaded.borrow_mut() = false;
            looks.borrow_mut().clear();
            view.load_html(&format!("<!doctype html><body>{page}"), Some("http://127.0.0.1/"));
            let deadline = Instant::now() + PATIENCE;
            let look = loop {
                gtk::main_iteration();
                let look = looks.borrow().iter().rfind(|report| report["kind"] == "look").cloned();
                if let (Some(look), true) = (look, *loaded.borrow()) {
                    break look;
                }
                assert!(Instant::now() < deadline, "no report of {page} ({lacks})");
            };
            assert_eq!(look["need"], expected, "{page} ({lacks})");
        }
    }
}
