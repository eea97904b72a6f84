//! What outlives the tray: sealed with a key from a real keychain, or, without one, nothing.

use crate::scene::{ADA, Keychain, SOON, Scene, Setup};
use crate::traces;
use rolecall_demo::rig::wait;
use rolecall_demo::world::PASSWORD;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::time::Instant;

const SERVED: &str = "azure_credentials = process\nazure_default_remember_me = true\n";

async fn start(keychain: Keychain) -> Scene {
    Scene::start_as(Setup { profile: SERVED, keychain, ..Setup::default() }).await
}

/// Waits until other keys than `before` are handed out.
async fn other_keys(scene: &Scene, before: &Value) -> Value {
    wait::until("other keys", SOON, async || Some(scene.process_keys().await).filter(|keys| keys != before))
        .await
        .expect("other keys")
}

/// How often a person was told about the keychain on this desktop.
fn told_of_the_keychain(scene: &Scene) -> usize {
    scene.notifications.all().iter().filter(|told| told.body.contains("keychain")).count()
}

/// How often the tray is killed.
const CRASHES: usize = 6;

fn vault(scene: &Scene) -> PathBuf {
    scene.desktop.home.path().join(".local/share/rolecall/vault")
}

/// The names in the vault.
fn names(vault: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(vault).into_iter().flatten().flatten();
    entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

/// The files of the vault.
fn sealed(scene: &Scene) -> usize {
    names(&vault(scene)).len()
}

fn drafts(scene: &Scene) -> usize {
    names(&vault(scene)).iter().filter(|name| name.starts_with(".new-")).count()
}

/// Looks until something is being written there, or was.
fn wait_for_a_write(vault: &Path) {
    let stamps = || {
        let times =
            names(vault).into_iter().map(|name| vault.join(name).metadata().and_then(|m| m.modified()).ok());
        times.collect::<Vec<_>>()
    };
    let (before, begun) = (stamps(), Instant::now());
    while begun.elapsed() < SOON {
        if names(vault).iter().any(|name| name.starts_with(".new-")) || stamps() != before {
            return;
        }
    }
}

#[tokio::test]
async fn session_and_remembered_sign_in_outlive_the_night() {
    let mut scene = start(Keychain::Unlocked).await;
    scene.sign_in_as("111111111111", "Developer").await;
    let keys = scene.process_keys().await;
    // Sealed in the background: the keys, and the cookies of the sign-in.
    wait::until("two sealed files", SOON, async || (sealed(&scene) >= 2).then_some(()))
        .await
        .expect("sealed");

    scene.log_out_and_in(Keychain::Unlocked).await;
    scene.active("Developer").await;
    let mark = scene.server.mark();
    assert_eq!(scene.process_keys().await, keys);
    assert_eq!(scene.server.mark(), mark, "nobody was asked anything");

    scene.item.press(&["demo — Developer", "Renew now"], SOON).await.expect("Renew now");
    let renewed = other_keys(&scene, &keys).await;
    assert_eq!(scene.questions_since(mark), [], "the sign-in was remembered");
    assert_eq!(told_of_the_keychain(&scene), 0);

    // A crash costs nothing either. It comes about when something is being sealed: whether before, in the middle or after
    // is chance, because a draft lives for some microseconds only. That a crash in the middle damages nothing is proved
    // by the tests of the vault itself, which kill a writer many times.
    let mut current = renewed;
    for _ in 0..CRASHES {
        let vault = vault(&scene);
        let writes = std::thread::spawn(move || wait_for_a_write(&vault));
        scene.item.press(&["demo — Developer", "Renew now"], SOON).await.expect("Renew now");
        // Not to wait for: a draft lives for some microseconds.
        while !writes.is_finished() {
            tokio::task::yield_now().await;
        }
        scene.tray.crash();
        writes.join().expect("a look at the vault");
        scene.start_again().await;
        scene.active("Developer").await;
        // Those from before, or those that were being sealed: never none, and never a mixture.
        current = scene.process_keys().await;
        assert_eq!(drafts(&scene), 0, "what the crash left is swept");
        assert_eq!(told_of_the_keychain(&scene), 0, "nothing is damaged");
    }
    let renewed = current;

    // Signing out takes the keys out of the vault; the remembered sign-in stays, and gives other ones.
    scene.said(&["sign-out", "demo"]).await;
    scene.log_out_and_in(Keychain::Unlocked).await;
    assert_eq!(scene.status().await["profiles"][0]["state"], "signed_out");
    let mark = scene.server.mark();
    scene.said(&["sign-in", "demo", "--role", "111111111111/Developer"]).await;
    assert_eq!(scene.questions_since(mark), []);
    assert_ne!(scene.process_keys().await, renewed);
}

#[tokio::test]
async fn without_a_keychain_the_day_goes_on_and_leaves_nothing() {
    in_memory_only(Keychain::Absent).await;
}

#[tokio::test]
async fn with_a_locked_keychain_the_day_goes_on_and_leaves_nothing() {
    in_memory_only(Keychain::Locked).await;
}

async fn in_memory_only(keychain: Keychain) {
    let mut scene = start(keychain).await;
    scene.sign_in_as("111111111111", "Developer").await;
    scene
        .notifications
        .wait("about the keychain", 0, SOON, |n| n.body.contains("keychain"))
        .await
        .expect("told");
    let keys = scene.process_keys().await;
    let mark = scene.server.mark();
    scene.item.press(&["demo — Developer", "Renew now"], SOON).await.expect("Renew now");
    other_keys(&scene, &keys).await;
    assert_eq!(scene.questions_since(mark), [], "the cookies are held in memory");
    assert_eq!(told_of_the_keychain(&scene), 1, "{keychain:?}: said once");
    assert_eq!(sealed(&scene), 0, "nothing that nobody could open");

    scene.log_out_and_in(keychain).await;
    let status = scene.status().await;
    assert_eq!(status["profiles"][0]["state"], "signed_out");
    let output = scene.rolecall(&["env", "demo", "--no-sign-in"]).await;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(3), &b""[..]), "{said}");
    // And the person signs in as on the first day.
    let mark = scene.server.mark();
    scene.item.press(&["Sign in"], SOON).await.expect("Sign in");
    scene.type_through_entra(mark, &ADA).await;
    assert_ne!(scene.questions_since(mark), []);
}

#[tokio::test]
async fn a_keychain_that_is_unlocked_later_is_used_then() {
    let mut scene = start(Keychain::Locked).await;
    scene.sign_in_as("111111111111", "Developer").await;
    scene
        .notifications
        .wait("about the keychain", 0, SOON, |n| n.body.contains("keychain"))
        .await
        .expect("told");
    // Answered after whatever is still to be sealed: then nothing asks the keychain that is about to end.
    let _findings = scene.rolecall(&["doctor"]).await;
    scene.unlock_the_keychain().await;
    let keys = scene.process_keys().await;
    scene.item.press(&["demo — Developer", "Renew now"], SOON).await.expect("Renew now");
    let renewed = other_keys(&scene, &keys).await;
    wait::until("two sealed files", SOON, async || (sealed(&scene) >= 2).then_some(()))
        .await
        .expect("sealed");
    scene.log_out_and_in(Keychain::Unlocked).await;
    assert_eq!(scene.process_keys().await, renewed);
}

#[tokio::test]
async fn a_whole_day_leaves_no_secret_behind() {
    let mut scene = start(Keychain::Unlocked).await;
    scene.sign_in_as("111111111111", "Developer").await;
    let first = scene.process_keys().await;
    scene.item.press(&["demo — Developer", "Renew now"], SOON).await.expect("Renew now");
    other_keys(&scene, &first).await;
    let path = ["demo — Developer", "Switch role", "222222222222", "DataEngineer"];
    scene.item.press(&path, SOON).await.expect("another role");
    scene.active("DataEngineer").await;
    scene.said(&["env", "demo", "--shell", "bash"]).await;
    scene.said(&["exec", "demo", "--", "true"]).await;
    scene.said(&["console", "demo", "--print"]).await;
    scene.said(&["status", "--json"]).await;
    let _findings = scene.rolecall(&["doctor"]).await;
    let none_left = |scene: &Scene, when: &str| {
        let mut secrets = scene.server.secrets();
        assert!(secrets.len() > 6, "keys and cookies were given out: {}", secrets.len());
        // A person's password; how every SAML response begins, and its base64.
        secrets.extend([PASSWORD, "<samlp:Response", "PHNhbWxwOlJlc3BvbnNl"].map(str::to_owned));
        assert_eq!(traces::of(&secrets, scene.desktop.home.path(), &[]), Vec::<String>::new(), "{when}");
    };
    assert!(scene.written_down().contains("told: Signed in as DataEngineer"), "the log is there");
    none_left(&scene, "in the evening");
    scene.log_out_and_in(Keychain::Unlocked).await;
    scene.active("DataEngineer").await;
    none_left(&scene, "the next morning");
    scene.said(&["sign-out", "demo"]).await;
    scene.tray.crash();
    none_left(&scene, "after a crash");
    scene.nothing_left();
}
