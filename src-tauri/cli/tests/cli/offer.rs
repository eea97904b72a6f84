//! `configure --from`: shown, asked, written.

use crate::scene::{Ran, Scene, name, problem};
use crate::terminal::Terminal;
use rolecall_core::message::{Reply, Request, Source};
use rolecall_core::offer::{Change, KeyChange};
use rolecall_core::problem::Problem;
use std::io::Write as _;
use std::process::Stdio;

const TEXT: &str = "[profile work]\nregion = eu-central-1\n";
const CONFIG: &str = "/home/ada/.aws/config";

fn changes() -> Vec<Change> {
    let key = |before: Option<&str>| KeyChange {
        key: "region".into(),
        before: before.map(str::to_owned),
        after: "eu-central-1".into(),
    };
    vec![
        Change { profile: name("work"), new: true, keys: vec![key(None)] },
        Change { profile: name("other"), new: false, keys: vec![key(Some("us-east-1\u{1b}[2J"))] },
    ]
}

/// Offers these, and writes what has their digest.
fn offering(changes: Vec<Change>) -> Scene {
    Scene::answering(move |request| match request {
        Request::Offer { .. } => {
            let (digest, config) = ("0123".to_owned(), CONFIG.to_owned());
            vec![Reply::Offered { changes: changes.clone(), digest, config }]
        }
        Request::Accept { digest } if digest == "0123" => vec![Reply::Done],
        _ => vec![problem(Problem::OfferGone)],
    })
}

fn accepted(scene: &Scene) -> bool {
    scene.asked().iter().any(|request| matches!(request, Request::Accept { .. }))
}

const DIFFERENCE: &str = "In /home/ada/.aws/config:\n\n+ [profile work]\n+ region = eu-central-1\n\n  [profile other]\n\
    - region = us-east-1\\u{1b}[2J\n+ region = eu-central-1\n";

#[test]
fn an_address_or_a_file() {
    for address in ["https://example.org/profiles", "HTTP://127.0.0.1:1/x"] {
        let scene = offering(changes());
        let ran = scene.run(&["configure", "--from", address, "--yes"]);
        assert_eq!((ran.code, ran.out.as_str()), (Some(0), DIFFERENCE), "{ran:?}");
        assert_eq!(ran.err, format!("{CONFIG} is written.\n"));
        let offer = Request::Offer { source: Source::Address { url: address.into() } };
        assert_eq!(scene.asked(), [offer, Request::Accept { digest: "0123".into() }]);
    }
    let scene = offering(changes());
    scene.write("profiles", TEXT);
    let path = scene.home().join("profiles").display().to_string();
    let ran = scene.run(&["configure", "--yes", "--from", &path]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(scene.asked()[0], Request::Offer { source: Source::File { path, text: TEXT.into() } });
}

#[test]
fn standard_input() {
    let scene = offering(changes());
    let mut command = scene.command(&["configure", "--yes", "--from", "-"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("it runs");
    child.stdin.take().expect("an input").write_all(TEXT.as_bytes()).expect("written");
    let ran = Ran::of(child.wait_with_output().expect("it ends"));
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let (path, text) = ("standard input".to_owned(), TEXT.to_owned());
    assert_eq!(scene.asked()[0], Request::Offer { source: Source::File { path, text } });
}

#[test]
fn files_that_are_not_sent() {
    let scene = offering(changes());
    let file = |bytes: &[u8]| {
        std::fs::write(scene.home().join("profiles"), bytes).expect("written");
        scene.home().join("profiles").display().to_string()
    };
    for (path, part) in [
        ("/nowhere/profiles".to_owned(), "/nowhere/profiles could not be read: "),
        (scene.home().display().to_string(), " could not be read: "),
        (file(b"[profile \xff]\n"), "it is not UTF-8"),
    ] {
        let ran = scene.run(&["configure", "--from", &path, "--yes"]);
        assert_eq!((ran.code, ran.out.as_str()), (Some(6), ""), "{ran:?}");
        assert!(ran.err.contains(part) && ran.err.contains("[offer.unreadable]"), "{ran:?}");
    }
    // The second fits a file's limit, but not a request's.
    for bytes in [vec![b'#'; 1024 * 1024 + 1], [b'#', b'\n'].repeat(500_000)] {
        let ran = scene.run(&["configure", "--from", &file(&bytes), "--yes"]);
        assert_eq!(ran.code, Some(6), "{ran:?}");
        assert!(ran.err.contains("it is larger than a megabyte"), "{ran:?}");
    }
    assert_eq!(scene.asked(), []);
}

#[test]
fn nothing_to_change() {
    let scene = offering(vec![]);
    let ran = scene.run(&["configure", "--from", "https://example.org"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), ""), "{ran:?}");
    assert_eq!(ran.err, format!("Nothing to change: {CONFIG} says all of it already.\n"));
    assert!(!accepted(&scene));
}

#[test]
fn without_a_terminal_nobody_is_asked() {
    let scene = offering(changes());
    let ran = scene.run(&["configure", "--from", "https://example.org"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(2), DIFFERENCE), "{ran:?}");
    assert!(ran.err.contains("Pass --yes"), "{ran:?}");
    assert!(!accepted(&scene));
}

#[test]
fn on_a_terminal_yes_must_be_said() {
    for (keys, yes) in
        [("y\r", true), ("yes\r", true), ("\r", false), ("n\r", false), ("\x1b", false), ("\x03", false)]
    {
        let scene = offering(changes());
        let mut terminal = Terminal::run(scene.command(&["configure", "--from", "https://example.org"]));
        terminal.wait_for("\x1b[32m+ [profile work]\x1b[0m");
        terminal.wait_for("\x1b[31m- region = us-east-1\\u{1b}[2J\x1b[0m");
        terminal.wait_for("Write this?");
        terminal.wait_for("(y/N)");
        terminal.press(keys);
        let (code, text) = terminal.end();
        let (wanted, said) = if yes { (0, "is written.") } else { (4, "Nothing was written.") };
        assert_eq!((code, accepted(&scene)), (Some(wanted), yes), "{keys:?}: {text}");
        assert!(text.contains(said), "{keys:?}: {text}");
    }
}

#[test]
fn refusals_are_told() {
    let reasons = vec!["section [profile a]: credential_process is not accepted".to_owned()];
    let refused = Problem::OfferRefused { origin: "https://example.org".into(), reasons };
    let scene = Scene::answering(move |_| vec![problem(refused.clone())]);
    let ran = scene.run(&["configure", "--from", "https://example.org", "--yes"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(6), ""), "{ran:?}");
    assert!(ran.err.contains("credential_process is not accepted") && ran.err.contains("[offer.refused]"));
    let scene = Scene::answering(|request| match request {
        Request::Offer { .. } => {
            let (digest, config) = ("other".to_owned(), CONFIG.to_owned());
            vec![Reply::Offered { changes: changes(), digest, config }]
        }
        _ => vec![problem(Problem::OfferGone)],
    });
    let ran = scene.run(&["configure", "--from", "https://example.org", "--yes"]);
    assert_eq!(ran.code, Some(6), "{ran:?}");
    assert!(ran.err.contains("[offer.gone]") && !ran.err.contains("is written"), "{ran:?}");
}
