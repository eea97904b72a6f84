//! An engine whose sandbox cannot start: said in words, by the sign-in and by `doctor`.

use crate::scene::{SOON, Scene, tray_command};
use rolecall_demo::rig::desktop::Desktop;
use rolecall_demo::{Options, Server};
use serde_json::Value;
use std::process::Command;

/// Starts a program where `bwrap` is no program.
const WITHOUT_BWRAP: &str = "mount --bind /dev/null /usr/bin/bwrap && exec \"$@\"";

/// What `doctor` found about the sign-in window.
async fn window_finding(scene: &Scene) -> Value {
    let output = scene.rolecall(&["doctor", "--json"]).await;
    let said: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let findings = said["findings"].as_array().expect("findings").clone();
    findings.into_iter().find(|one| one["about"] == "sign-in window").expect("the window")
}

#[tokio::test]
async fn doctor_opens_the_engine() {
    let scene = Scene::start().await;
    let finding = window_finding(&scene).await;
    assert_eq!(finding["verdict"], "ok", "{finding}");
    let what = finding["what"].as_str().expect("words");
    assert!(what.starts_with("It opens, with WebKitGTK 2."), "{what}");
    assert_eq!(scene.notifications.all(), []);
}

#[tokio::test]
async fn without_bwrap_the_cause_is_named() {
    let wrapper = ["--mount", "sh", "-c", WITHOUT_BWRAP, "sh"];
    let tried = Command::new("unshare").args(wrapper).arg("true").output().expect("unshare, of util-linux");
    if !tried.status.success() {
        eprintln!("left out: no mount namespace: {}", String::from_utf8_lossy(&tried.stderr).trim());
        return;
    }
    let server = Server::start(Options::default()).expect("the demo's server");
    let desktop = Desktop::start().expect("a private desktop");
    let keys = rolecall_demo::rig::home::entra_keys(&server);
    desktop
        .home
        .write_config(&format!("[profile demo]\nregion = eu-central-1\n{keys}"))
        .expect("a config file");
    let outside = crate::proxy::Proxy::start();
    let tray = tray_command(&desktop, &server, &outside);
    let mut command = Command::new("unshare");
    command.env_clear().args(wrapper).arg(tray.get_program());
    command.envs(tray.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let scene = Scene::start_with_command(desktop, server, outside, command).await;

    let output = scene.rolecall(&["sign-in", "demo"]).await;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(
        said.contains("The web engine could not start its sandbox: the program bwrap is missing."),
        "{said}"
    );
    assert!(said.contains("Install the package bubblewrap") && said.contains("sign_in.sandbox"), "{said}");
    let finding = window_finding(&scene).await;
    assert_eq!(finding["verdict"], "broken", "{finding}");
    assert!(finding["what"].as_str().is_some_and(|what| what.contains("bwrap is missing")), "{finding}");
    assert!(scene.person.window("sign in for demo", std::time::Duration::ZERO).await.is_err());
    scene
        .item
        .menu_when("the tray goes on", SOON, |m| m.find(&["Sign in"]).is_some())
        .await
        .expect("it goes on");
}
