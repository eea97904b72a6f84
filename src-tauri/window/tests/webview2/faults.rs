//! An engine that does not do what it is asked: the outcome says so, with the engine's own number.

use crate::harness::{LOOK_NEED, POST, Stage, request};
use rolecall_core::sign_in::{Failure, Mode, Outcome, ToWindow};

/// No method of WebView2 answers this by itself.
const CODE: u32 = 0xa0b1_c2d3;

#[test]
fn the_engine_opens_on_an_empty_page() {
    let played = Stage::new(&[]).play(&ToWindow::Test { timeout_ms: 20_000 });
    assert_eq!(
        played.outcome,
        Outcome::EngineWorks { engine: "WebView2 150.0.0.0".into() },
        "{}",
        played.said
    );
    assert_eq!(played.left, Vec::<String>::new());
    let (line, _, _) = Stage::new(&[]).run(&["engine", "--probe"], None);
    assert_eq!(line, "WebView2 150.0.0.0: works");
    let (line, _, _) = Stage::new(&[]).run(&["engine"], None);
    assert_eq!(line, "WebView2 150.0.0.0");
}

#[test]
fn a_person_who_probes_reads_the_number() {
    let stage = Stage::new(&[]).refusing("CreateCoreWebView2EnvironmentWithOptions", CODE);
    let (line, said, _) = stage.run(&["engine", "--probe"], None);
    let expected = "WebView2 150.0.0.0: does not open: CreateCoreWebView2EnvironmentWithOptions: 0xa0b1c2d3";
    assert!(line.starts_with(expected), "{line}; {said}");
}

/// No library, one of another processor, one that is none of a web engine's: said at once, and with the number where the
/// loader has one.
#[test]
fn a_runtime_that_is_broken_is_told_from_one_that_does_not_start() {
    let play =
        |bytes: &[u8]| Stage::with_runtime(&["commit", POST], bytes).sign_in(request(Mode::Interactive));
    for bytes in [&b""[..], b"not a library at all"] {
        let played = play(bytes);
        assert_eq!(
            played.outcome,
            Outcome::Failed { reason: Failure::NoRuntime, detail: None },
            "{}",
            played.said
        );
        assert!(played.left.is_empty());
    }
    let ours = std::env::current_exe().unwrap();
    let runtime = std::fs::read(ours.parent().unwrap().join("EmbeddedBrowserWebView.dll")).unwrap();
    // IMAGE_FILE_MACHINE_ARM64 in the header whose place is at 0x3c.
    let mut other = runtime.clone();
    let header = u32::from_le_bytes(runtime[0x3c..0x40].try_into().unwrap()) as usize;
    other[header + 4..header + 6].copy_from_slice(&0xaa64_u16.to_le_bytes());
    // Its export has another name.
    let name = b"CreateWebViewEnvironmentWithOptionsInternal";
    let at = runtime.windows(name.len()).position(|part| part == name).unwrap();
    let mut without = runtime.clone();
    without[at] = b'X';
    for bytes in [other, without] {
        let played = play(&bytes);
        let Outcome::Failed { reason, detail: Some(detail) } = &played.outcome else {
            panic!("{:?}: {}", played.outcome, played.said)
        };
        assert!(matches!(reason, Failure::Engine | Failure::NoRuntime), "{reason:?}");
        assert!(detail.starts_with("CreateCoreWebView2EnvironmentWithOptions: 0x8007"), "{detail}");
        assert!(played.left.is_empty());
    }
}

/// Whatever method answers an error, there is an outcome, in time, with the method's number where it ended the sign-in,
/// and nothing is left behind.
#[test]
fn any_method_may_fail() {
    // What a sign-in can do without.
    let tolerated = [
        "add_ContextMenuRequested",
        "CallDevToolsProtocolMethod",
        "GetDevToolsProtocolEventReceiver",
        "add_DevToolsProtocolEventReceived",
        "RemoveScriptToExecuteOnDocumentCreated",
        "RemoveWebResourceRequestedFilterWithRequestSourceKinds",
        "AddOrUpdateCookie",
        "GetHeader",
    ];
    let needed = [
        "CreateCoreWebView2EnvironmentWithOptions",
        "CreateCoreWebView2ControllerWithOptions",
        "CreateWebResourceResponse",
        "CoreWebView2",
        "Settings",
        "SetAreDevToolsEnabled",
        "SetAreHostObjectsAllowed",
        "SetIsWebMessageEnabled",
        "SetIsPasswordAutosaveEnabled",
        "SetIsReputationCheckingRequired",
        "SetIsGeneralAutofillEnabled",
        "SetIsStatusBarEnabled",
        "SetIsBuiltInErrorPageEnabled",
        "SetAreDefaultScriptDialogsEnabled",
        // In the handler of the post itself: without an answer it would go to the ACS.
        "SetResponse",
        "Request",
        "add_AcceleratorKeyPressed",
        "add_BasicAuthenticationRequested",
        "add_ClientCertificateRequested",
        "add_ContainsFullScreenElementChanged",
        "add_ContentLoading",
        "add_FrameNavigationStarting",
        "add_LaunchingExternalUriScheme",
        "add_NavigationCompleted",
        "add_NavigationStarting",
        "add_ProcessFailed",
        "add_ScriptDialogOpening",
        "add_ServerCertificateErrorDetected",
        "add_WebResourceRequested",
        "add_WebResourceResponseReceived",
        "add_WindowCloseRequested",
        "AddWebResourceRequestedFilter",
        "CookieManager",
        "GetCookies",
        "Navigate",
    ];
    let mut wrong = Vec::new();
    for (methods, needed) in [(&tolerated[..], false), (&needed[..], true)] {
        for method in methods {
            let stage = Stage::new(&["commit", "done", POST, "wait 4000"]).refusing(method, CODE);
            let mut asked = request(Mode::Background);
            asked.cookies.push(crate::harness::cookie("one"));
            let played = stage.sign_in(asked);
            let right = match &played.outcome {
                Outcome::Captured { .. } => !needed,
                Outcome::Failed { reason: Failure::Engine, detail: Some(detail) } => {
                    needed && detail.to_lowercase().contains("0xa0b1c2d3")
                }
                _ => false,
            };
            if !right || !played.left.is_empty() {
                wrong
                    .push(format!("{method}: {:?}; left {:?}; {}", played.outcome, played.left, played.said));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A policy can refuse the call, or answer it with an error.
#[test]
fn without_developer_tools_a_page_is_shown_after_a_while_and_a_post_is_read_at_once() {
    for method in
        ["CallDevToolsProtocolMethod", "Runtime.addBinding", "Page.addScriptToEvaluateOnNewDocument"]
    {
        // It is shown after eight seconds.
        let scene = ["commit", "done", "wait 12000", POST, "wait 5000"];
        let stage = Stage::new(&scene).refusing(method, 0x8007_0005);
        let played = stage.sign_in(request(Mode::Interactive));
        assert!(
            matches!(played.outcome, Outcome::Captured { shown: true, .. }),
            "{method}: {:?}",
            played.outcome
        );
        assert!(played.said.contains("0x80070005"), "{}", played.said);
    }
}

#[test]
fn pages_that_cannot_be_loaded_are_told_by_host_and_reason() {
    let unreachable =
        |detail: &str| Outcome::Failed { reason: Failure::Unreachable, detail: Some(detail.into()) };
    let host = "login.example.org";
    for (scene, expected) in [
        (vec!["done 13"], unreachable("login.example.org: the host name is not known")),
        (vec!["done 12"], unreachable("login.example.org: the connection was refused")),
        (vec!["done 5"], Outcome::Failed { reason: Failure::Certificate, detail: Some(host.into()) }),
        (
            vec!["certificate https://login.example.org/saml2", "done 5"],
            Outcome::Failed { reason: Failure::Certificate, detail: Some(host.into()) },
        ),
        // A server's own page about an error is a page.
        (vec!["commit", "done 0 503", LOOK_NEED, "wait 3000"], Outcome::NeedsPerson { error: None }),
    ] {
        let played = Stage::new(&scene).sign_in(request(Mode::Background));
        assert_eq!(played.outcome, expected, "{scene:?}");
    }
    let scene = ["commit", "certificate https://pictures.example.org/", "done", POST, "wait 3000"];
    let played = Stage::new(&scene).sign_in(request(Mode::Background));
    played.assertion();
    // COREWEBVIEW2_SERVER_CERTIFICATE_ERROR_ACTION_CANCEL.
    assert!(played.has("certificate: action 1"), "{:#?}", played.notes);
}

#[test]
fn an_engine_that_dies_says_of_what() {
    let died = |scene: &[&str]| Stage::new(scene).sign_in(request(Mode::Interactive)).outcome;
    let failed =
        |detail: Option<&str>| Outcome::Failed { reason: Failure::Engine, detail: detail.map(str::to_owned) };
    let browser = "its browser process ended with 0xc0000005";
    assert_eq!(died(&["commit", "died 0 -1073741819", "wait 3000"]), failed(Some(browser)));
    assert_eq!(
        died(&["commit", "died 1 1", "wait 3000"]),
        failed(Some("its page process ended with 0x00000001"))
    );
    assert_eq!(died(&["commit", "close", "wait 3000"]), failed(None));
    // The GPU's: a new one is started.
    let played =
        Stage::new(&["commit", "died 4 1", "done", POST, "wait 3000"]).sign_in(request(Mode::Interactive));
    assert_eq!(played.assertion(), "PHNhbWwvPg==");
}
