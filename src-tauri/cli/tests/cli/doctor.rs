//! `doctor`: the resident process's findings, and the client's own.

use crate::scene::{Ran, Scene};
use crate::terminal::Terminal;
use rolecall_core::checkup::Finding;
use rolecall_core::message::Reply;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;

const CONFIG: &str =
    "[profile work]\nazure_tenant_id = 11111111-1111-1111-1111-111111111111\nazure_app_id_uri = x\n";

/// Reads the files that a client with this home would.
fn scene(findings: Vec<Finding>) -> Scene {
    let (place, home) = std::sync::mpsc::channel::<String>();
    let mut known = None;
    let scene = Scene::listening(move |_, stream| {
        let home = known.get_or_insert_with(|| home.recv().expect("a home"));
        let (config, credentials) = (format!("{home}/.aws/config"), format!("{home}/.aws/credentials"));
        let (findings, variables) = (findings.clone(), Some(vec!["HTTPS_PROXY".into()]));
        crate::scene::say(stream, Reply::Doctor { findings, config, credentials, variables });
    });
    place.send(scene.home().display().to_string()).expect("it listens");
    scene
}

#[test]
fn the_worst_finding_decides() {
    let ok = Finding::ok("config file", "It can be read.");
    let advice = Finding::advice("keychain", "It is locked.", "Unlock it.");
    let broken = Finding::broken("sign-in window", "It is not there.", "Install it.");
    for (findings, code) in [
        (vec![ok.clone()], 0),
        (vec![ok.clone(), advice.clone()], 0),
        (vec![broken.clone(), advice.clone(), ok.clone()], 1),
    ] {
        let scene = scene(findings.clone());
        let ran = scene.run(&["doctor"]);
        assert_eq!((ran.code, ran.err.as_str()), (Some(code), ""), "{ran:?}");
        assert!(ran.out.starts_with("ok      socket"), "{ran:?}");
        assert!(ran.out.contains("config file") && !ran.out.contains('\x1b'), "{ran:?}");
        let ran = scene.run(&["doctor", "--json"]);
        assert_eq!(ran.code, Some(code));
        let value: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
        let found: Vec<Finding> = serde_json::from_value(value["findings"].clone()).expect("findings");
        assert_eq!((found[0].about.as_str(), &found[1..]), ("socket", &findings[..]));
    }
    let (_, text) = Terminal::run(scene(vec![broken]).command(&["doctor"])).end();
    assert!(text.contains("\x1b[31mbroken\x1b[0m") && text.contains("help: Install it."), "{text}");
}

#[test]
fn a_client_that_reads_other_files_is_told() {
    let scene = scene(vec![]);
    let mut command = scene.command(&["doctor"]);
    let ran = Ran::of(command.env("AWS_CONFIG_FILE", "/elsewhere/config").output().expect("it runs"));
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.out.contains("broken  config file  Tools run from here read /elsewhere/config"), "{ran:?}");
    assert!(!ran.out.contains("credentials file"), "{ran:?}");
}

#[test]
fn without_an_answer_it_looks_itself() {
    let junk = Scene::listening(|_, stream| {
        let _ = stream.write_all(b"junk\n");
    });
    for (scene, config, said) in [
        (Scene::empty(), None, "did not start"),
        (Scene::empty(), Some(CONFIG), "did not start"),
        (junk, Some(CONFIG), "does not understand"),
    ] {
        if let Some(config) = config {
            scene.write(".aws/config", config);
        }
        scene.write(".aws/credentials", "");
        let open_to_all = std::fs::Permissions::from_mode(0o644);
        std::fs::set_permissions(scene.home().join(".aws/credentials"), open_to_all).expect("permissions");
        let mut command = scene.command_of(&scene.installed(), &["doctor"]);
        let ran = Ran::of(command.output().expect("it runs"));
        assert_eq!((ran.code, ran.err.as_str()), (Some(1), ""), "{ran:?}");
        assert!(ran.out.starts_with("broken  socket") && ran.out.contains(said), "{ran:?}");
        let profiles = if config.is_some() { "through Entra: work." } else { "There is no AWS config file" };
        assert!(ran.out.contains(profiles), "{ran:?}");
        assert!(ran.out.contains("chmod 600"), "{ran:?}");
    }
}

#[test]
fn what_only_the_terminal_has_is_named() {
    let scene = scene(vec![]);
    let mut command = scene.command(&["doctor"]);
    command.envs([("AWS_CA_BUNDLE", "/etc/corp.pem"), ("HTTPS_PROXY", "http://127.0.0.1:1")]);
    let ran = Ran::of(command.output().expect("it runs"));
    assert!(
        ran.out.contains("AWS_CA_BUNDLE is set in this terminal, but not for the background service."),
        "{ran:?}"
    );
}
