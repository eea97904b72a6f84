//! What is taken for the assertion, and that nothing reaches an ACS.

use crate::harness::{LOOK_NONE, POST, Stage, cookie, request};
use rolecall_core::sign_in::{Cookie, Mode, Outcome, SameSite};

#[test]
fn a_form_s_post_is_read_answered_here_and_never_sent() {
    let stage = Stage::new(&["commit", LOOK_NONE, "done", POST, "wait 5000"]);
    let played = stage.sign_in(request(Mode::Background));
    assert_eq!(played.assertion(), "PHNhbWwvPg==");
    let Outcome::Captured { acs, page, shown, .. } = &played.outcome else { unreachable!() };
    assert_eq!(
        (acs.as_str(), page.as_str()),
        ("https://signin.aws.amazon.com/saml", "https://login.example.org")
    );
    assert!(!shown);
    assert!(played.has("post: answered here with 204"), "{:#?}", played.notes);
    assert_eq!(played.left, Vec::<String>::new());
}

#[test]
fn a_report_of_the_script_is_enough() {
    let form = r#"report {"name":"rolecall","payload":"{\"kind\":\"form\",\"origin\":\"https://login.example.org\",\"action\":\"https://signin.aws.amazon.com/saml\",\"saml\":\"PHNhbWwvPg==\"}","executionContextId":3}"#;
    let played = Stage::new(&["commit", form, "wait 5000"]).sign_in(request(Mode::Background));
    assert_eq!(played.assertion(), "PHNhbWwvPg==");
}

#[test]
fn an_engine_that_names_no_origin_is_believed_and_another_page_s_is_not() {
    let without = "post https://signin.aws.amazon.com/saml - SAMLResponse=b25l";
    let played = Stage::new(&["commit", "done", without, "wait 5000"]).sign_in(request(Mode::Background));
    assert_eq!(played.assertion(), "b25l");
    let foreign =
        "post https://signin.aws.amazon.com/saml https://evil.example.org SAMLResponse=ZXZpbA%3D%3D";
    let played =
        Stage::new(&["commit", "done", foreign, POST, "wait 5000"]).sign_in(request(Mode::Background));
    assert_eq!(played.assertion(), "PHNhbWwvPg==");
}

#[test]
fn what_is_redirected_to_an_acs_is_stopped() {
    let hop = [
        "commit",
        "done",
        "start https://login.example.org/hop",
        "redirect https://signin.aws.amazon.com/saml",
    ];
    let scene = [&hop[..], &["wait 200", POST, "wait 5000"]].concat();
    let played = Stage::new(&scene).sign_in(request(Mode::Background));
    assert_eq!(played.assertion(), "PHNhbWwvPg==");
    assert!(played.has("start: https://signin.aws.amazon.com/saml is stopped"), "{:#?}", played.notes);
}

#[test]
fn another_address_is_no_acs_and_a_page_without_encryption_no_page() {
    let scene = [
        "commit",
        "done",
        // Another host takes the post: it is none of ours.
        "post https://signin.aws.amazon.com.example.org/saml https://login.example.org SAMLResponse=bm8%3D",
        "start http://login.example.org/plain",
        "start file:///C:/Windows/win.ini",
        POST,
        "wait 5000",
    ];
    let played = Stage::new(&scene).sign_in(request(Mode::Background));
    assert_eq!(played.assertion(), "PHNhbWwvPg==");
    assert!(played.has("post: LEFT FOR https://signin.aws.amazon.com.example.org/saml"));
    assert!(played.has("start: http://login.example.org/plain is stopped"), "{:#?}", played.notes);
    assert!(played.has("start: file:///C:/Windows/win.ini is stopped"));
}

#[test]
fn frames_post_nothing_and_go_nowhere_else() {
    let scene = [
        "commit",
        "done",
        "frame https://signin.aws.amazon.com/saml",
        "frame http://tracker.example.org/",
        "frame https://cdn.example.org/",
        POST,
        "wait 5000",
    ];
    let played = Stage::new(&scene).sign_in(request(Mode::Background));
    assert_eq!(played.assertion(), "PHNhbWwvPg==");
    assert!(played.has("frame: https://signin.aws.amazon.com/saml is stopped"), "{:#?}", played.notes);
    assert!(played.has("frame: http://tracker.example.org/ is stopped"));
    assert!(played.has("frame: https://cdn.example.org/ goes on"));
}

#[test]
fn a_long_body_is_read_to_its_end_and_one_without_end_is_not() {
    let long = "post https://signin.aws.amazon.com/saml https://login.example.org FILL 300000";
    let played = Stage::new(&["commit", "done", long, "wait 5000"]).sign_in(request(Mode::Background));
    assert_eq!(played.assertion().len(), 300_000);
    let endless = "post https://signin.aws.amazon.com/saml https://login.example.org FILL 5000000";
    let played =
        Stage::new(&["commit", "done", endless, POST, "wait 5000"]).sign_in(request(Mode::Background));
    assert_eq!(played.assertion(), "PHNhbWwvPg==");
}

#[test]
fn the_jar_goes_in_before_the_page_and_comes_back_of_every_kind() {
    let jar = vec![
        cookie("kept"),
        Cookie {
            same_site: SameSite::Lax,
            expires: None,
            domain: "login.example.org".into(),
            ..cookie("session")
        },
        Cookie {
            same_site: SameSite::Strict,
            secure: false,
            http_only: false,
            path: "/a/b".into(),
            ..cookie("plain")
        },
    ];
    let set = "cookie kept two .login.example.org / true true 0 2000000000.9";
    let more = "cookie new three login.example.org / true false 1 -";
    let stage = Stage::new(&["commit", set, more, "done", POST, "wait 5000"]);
    let played =
        stage.sign_in(rolecall_core::sign_in::Request { cookies: jar.clone(), ..request(Mode::Background) });
    let at = |wanted: &str| played.notes.iter().position(|line| line.starts_with(wanted)).unwrap();
    assert!(at("cookie in: plain") < at("navigate: https://login.example.org/saml2"), "{:#?}", played.notes);
    let Outcome::Captured { cookies, .. } = &played.outcome else { panic!("{:?}", played.outcome) };
    let find = |name: &str| cookies.iter().find(|cookie| cookie.name == name).unwrap();
    assert_eq!(find("kept").value.expose(), "two");
    assert_eq!(find("kept").expires, Some(2_000_000_000));
    assert_eq!(*find("session"), jar[1]);
    assert_eq!(*find("plain"), jar[2]);
    assert_eq!((find("new").same_site, find("new").expires), (SameSite::Lax, None));
}

#[test]
fn the_engine_is_told_what_it_needs_and_nothing_of_tauri_is_left_in_its_pages() {
    let stage = Stage::new(&["commit", "done", POST, "wait 5000"]);
    let played = stage.sign_in(request(Mode::Background));
    played.assertion();
    for setting in [
        "AreDevToolsEnabled",
        "AreHostObjectsAllowed",
        "IsBuiltInErrorPageEnabled",
        "IsStatusBarEnabled",
        "IsWebMessageEnabled",
        "IsPasswordAutosaveEnabled",
        "IsGeneralAutofillEnabled",
        "IsSwipeNavigationEnabled",
        "IsReputationCheckingRequired",
        "AreDefaultScriptDialogsEnabled",
    ] {
        let last = played.notes.iter().rfind(|line| line.starts_with(&format!("setting: {setting} ")));
        assert_eq!(last, Some(&format!("setting: {setting} false")));
    }
    assert!(played.has("controller: private true"));
    let options = played.notes.iter().find(|line| line.starts_with("options: language")).unwrap();
    assert!(options.ends_with("sso false exclusive true own crashes true"), "{options}");
    assert!(
        played
            .notes
            .iter()
            .any(|line| line.starts_with("options: arguments --disable-background-networking"))
    );
    let left = played.notes.iter().rfind(|line| line.starts_with("script: removed"));
    assert_eq!(left.map(String::as_str), Some("script: removed; left 0"), "{:#?}", played.notes);
    let mut filters: Vec<&str> =
        played.notes.iter().filter_map(|line| line.strip_prefix("filter: ")).collect();
    let removed: Vec<&str> = filters.iter().filter_map(|line| line.strip_prefix("removed: ")).collect();
    filters.retain(|filter| !filter.starts_with("removed: ") && !removed.contains(filter));
    assert_eq!(filters, ["https://signin.aws.amazon.com/saml*"]);
    // With the system's own sign-on there is no private mode: it has none of it.
    let stage = Stage::new(&["commit", "done", POST, "wait 5000"]);
    let played = stage.sign_in(rolecall_core::sign_in::Request { os_sso: true, ..request(Mode::Background) });
    played.assertion();
    assert!(
        played.notes.iter().any(|line| line.starts_with("options: language") && line.contains(" sso true "))
    );
    assert!(!played.has("controller: private true"));
}
