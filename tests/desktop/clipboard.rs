//! Copied credentials: as the shell reads them, not for histories, and gone after a while.

use crate::scene::{SOON, Scene, Setup};
use rolecall_demo::rig::wait;

/// What another program finds in the clipboard, as one of its forms.
async fn pasted(scene: &Scene, form: &str) -> String {
    let mut command = scene.desktop.command("xclip");
    command.args(["-selection", "clipboard", "-out", "-target", form]);
    let output = tokio::task::spawn_blocking(move || command.output()).await.expect("joined").expect("xclip");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[tokio::test]
async fn copied_marked_and_emptied() {
    let settings = "clear_clipboard_after = '3s'\n";
    let scene = Scene::start_as(Setup { settings, ..Setup::default() }).await;
    scene.sign_in_as("111111111111", "Developer").await;
    scene.item.press(&["demo — Developer", "Copy", "bash"], SOON).await.expect("Copy");
    scene
        .notifications
        .wait("that it is copied", 0, SOON, |n| n.summary == "Copied for bash")
        .await
        .expect("told");
    let expected = scene.said(&["env", "demo", "--shell", "bash"]).await;
    assert_eq!(pasted(&scene, "UTF8_STRING").await.trim(), expected.trim());
    assert_eq!(pasted(&scene, "x-kde-passwordManagerHint").await, "secret");
    let emptied = async || pasted(&scene, "UTF8_STRING").await.is_empty().then_some(());
    wait::until("an empty clipboard", SOON, emptied).await.expect("emptied");

    // What somebody copied since is theirs.
    scene.item.press(&["demo — Developer", "Copy", "JSON"], SOON).await.expect("Copy");
    scene
        .notifications
        .wait("that it is copied", 0, SOON, |n| n.summary == "Copied for JSON")
        .await
        .expect("told");
    let mut command = scene.desktop.command("sh");
    command.args(["-c", "printf mine | xclip -selection clipboard -in"]);
    tokio::task::spawn_blocking(move || command.status()).await.expect("joined").expect("xclip");
    scene.item.press(&["Quit Rolecall"], SOON).await.expect("quit");
    assert_eq!(pasted(&scene, "UTF8_STRING").await, "mine");
}
