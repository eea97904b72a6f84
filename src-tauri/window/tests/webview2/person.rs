//! When a person is called, and what a person may do.

use crate::harness::{LOOK_NEED, LOOK_NONE, POST, Stage, request};
use rolecall_core::sign_in::{EntraError, Mode, Outcome, ToWindow};

#[test]
fn a_page_that_asks_for_something_is_shown_or_told() {
    let asks = ["commit", LOOK_NEED, "done", "wait 1500", POST, "wait 5000"];
    let played = Stage::new(&asks).sign_in(request(Mode::Interactive));
    assert!(matches!(played.outcome, Outcome::Captured { shown: true, .. }), "{:?}", played.outcome);
    assert!(played.has("controller: visible true"));
    let played = Stage::new(&asks).sign_in(request(Mode::Background));
    assert_eq!(played.outcome, Outcome::NeedsPerson { error: None });
    assert!(!played.notes.iter().any(|line| line.starts_with("post:")));
    let error = LOOK_NONE.replace("null", r#"\"AADSTS50105\""#);
    let played = Stage::new(&["commit", &error, "done", "wait 5000"]).sign_in(request(Mode::Background));
    assert_eq!(played.outcome, Outcome::NeedsPerson { error: Some(EntraError("AADSTS50105".into())) });
}

#[test]
fn a_download_or_an_answer_without_content_stops_no_clock() {
    // By COREWEBVIEW2_WEB_ERROR_STATUS: CONNECTION_ABORTED, OPERATION_CANCELED.
    for status in ["9", "14"] {
        let done = format!("done {status}");
        let scene = ["commit", "done", "start https://login.example.org/file", &done, LOOK_NEED, "wait 9000"];
        let played = Stage::new(&scene).sign_in(request(Mode::Background));
        assert_eq!(played.outcome, Outcome::NeedsPerson { error: None }, "{status}");
    }
}

#[test]
fn the_end_of_a_load_that_was_replaced_is_the_end_of_nothing() {
    let scene = [
        "commit",
        "done",
        LOOK_NONE,
        "start https://login.example.org/first",
        "start https://login.example.org/second",
        // Were these ends of the second, the sign-in would end here: unreachable, or asking for a person.
        "done-before 12",
        "done-before 9",
        "wait 9000",
        "commit",
        "done",
        POST,
        "wait 5000",
    ];
    let played = Stage::new(&scene).sign_in(request(Mode::Background));
    assert_eq!(played.assertion(), "PHNhbWwvPg==");
}

#[test]
fn a_password_or_a_certificate_that_is_asked_for_needs_a_person() {
    for asks in ["password", "client-certificate"] {
        let scene = ["commit", "done", asks, "wait 1000", POST, "wait 5000"];
        let played = Stage::new(&scene).sign_in(request(Mode::Background));
        assert_eq!(played.outcome, Outcome::NeedsPerson { error: None }, "{asks}");
        let played = Stage::new(&scene).sign_in(request(Mode::Interactive));
        assert!(matches!(played.outcome, Outcome::Captured { shown: true, .. }), "{asks}");
    }
}

#[test]
fn who_waits_can_have_it_shown() {
    let scene = ["commit", LOOK_NONE, "done", "wait 2500", POST, "wait 5000"];
    let stage = Stage::new(&scene).order("navigate: https://login.example.org/saml2", ToWindow::Show);
    let played = stage.sign_in(request(Mode::Background));
    assert!(matches!(played.outcome, Outcome::Captured { shown: true, .. }), "{:?}", played.outcome);
}

#[test]
fn keys_and_menus_of_a_browser_are_held_back_and_those_of_a_form_are_not() {
    // F5, F12, Tab, Enter; the menu of a field, and that of a picture.
    let scene = [
        "commit",
        "key 116",
        "key 123",
        "key 9",
        "key 13",
        "menu undo cut copy paste selectAll inspectElement saveAs print",
        "menu saveImageAs copyImage",
        "done",
        POST,
        "wait 5000",
    ];
    let played = Stage::new(&scene).sign_in(request(Mode::Background));
    played.assertion();
    for (key, held) in [(116, true), (123, true), (9, false), (13, false)] {
        assert!(played.has(&format!("key: {key} held back {held}")), "{:#?}", played.notes);
    }
    assert!(played.has(r#"menu: ["undo", "cut", "copy", "paste", "selectAll"] refused false"#));
    assert!(played.has("menu: [] refused true"));
}

#[test]
fn dialogs_hold_nobody_and_full_screen_is_left() {
    // alert, beforeunload.
    let scene = ["commit", "done", "dialog 0", "dialog 3", "full-screen", POST, "wait 5000"];
    let played = Stage::new(&scene).sign_in(request(Mode::Background));
    played.assertion();
    assert!(played.has("dialog: 0 accepted false") && played.has("dialog: 3 accepted true"));
    assert!(played.has("execute: document.exitFullscreen()"), "{:#?}", played.notes);
}
