//! The real program on a Windows that has no WebView2 runtime: it says so in its own way, and ends.
#![cfg(windows)]
#![expect(clippy::unwrap_used, reason = "what cannot be had fails the test")]

use rolecall_core::sign_in::{Acs, Failure, Mode, Outcome, Request, ToWindow};
use std::io::Write;
use std::process::{Command, ExitStatus, Stdio};

const PROGRAM: &str = env!("CARGO_BIN_EXE_rolecall-window");

fn request() -> Request {
    Request {
        url: "https://login.example.org/saml2".into(),
        profile: "dev".into(),
        mode: Mode::Interactive,
        acs: vec![Acs { scheme: "https".into(), host: "signin.aws.amazon.com".into(), path: "/saml".into() }],
        cookies: Vec::new(),
        timeout_ms: 20_000,
        os_sso: true,
    }
}

/// What it writes and how it ends. The engine is looked for in an empty folder, so that this holds on every computer.
fn run(purpose: &str, input: &[u8]) -> (String, ExitStatus, usize) {
    let nothing = tempfile::tempdir().unwrap();
    let temporary = tempfile::tempdir().unwrap();
    let mut child = Command::new(PROGRAM)
        .arg(purpose)
        .env("WEBVIEW2_BROWSER_EXECUTABLE_FOLDER", nothing.path())
        .envs([("TMP", temporary.path()), ("TEMP", temporary.path())])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut pipe = child.stdin.take().unwrap();
    // A program that ends without reading has no need of it.
    let _ = pipe.write_all(input);
    drop(pipe);
    let output = child.wait_with_output().unwrap();
    let left = std::fs::read_dir(temporary.path()).unwrap().count();
    (String::from_utf8(output.stdout).unwrap(), output.status, left)
}

#[test]
fn a_sign_in_ends_with_one_outcome() {
    let line = |message: &ToWindow| serde_json::to_string(message).unwrap() + "\n";
    let failed = |reason| Outcome::Failed { reason, detail: None };
    let plain = Request { url: "http://login.example.org/".into(), ..request() };
    for (input, expected) in [
        (line(&ToWindow::Request(request())), failed(Failure::NoRuntime)),
        (line(&ToWindow::Request(Request { os_sso: false, ..request() })), failed(Failure::NoRuntime)),
        (line(&ToWindow::Request(plain)), failed(Failure::BadRequest)),
        ("junk\n".into(), failed(Failure::BadRequest)),
        (String::new(), Outcome::Cancelled { error: None }),
    ] {
        let (output, status, left) = run("sign-in", input.as_bytes());
        assert!(output.ends_with('\n') && output.lines().count() == 1, "{output}");
        assert_eq!(serde_json::from_str::<Outcome>(&output).unwrap(), expected);
        assert!(status.success());
        assert_eq!(left, 0, "nothing stays in the folder for temporary files");
    }
}

#[test]
fn the_main_window_ends_with_a_code_of_its_own() {
    let (output, status, left) = run("main", b"");
    assert_eq!((output.as_str(), status.code(), left), ("", Some(4), 0));
    let (_, status, _) = run("engine", b"");
    assert_eq!(status.code(), Some(1));
}

#[test]
fn the_program_carries_its_manifest_and_version() {
    let program = std::fs::read(PROGRAM).unwrap();
    let has = |wanted: &[u8]| program.windows(wanted.len()).filter(|part| *part == wanted).count();
    for setting in
        ["PerMonitorV2", "</longPathAware>", "</activeCodePage>", "Microsoft.Windows.Common-Controls"]
    {
        assert_eq!(has(setting.as_bytes()), 1, "{setting}");
    }
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    assert!(has(&wide("ProductName\0Rolecall")) + has(&wide("ProductName\0\0Rolecall")) == 1);
}
