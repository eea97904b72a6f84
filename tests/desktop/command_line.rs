//! The command line asks the same owner as the menu.

use crate::scene::{ADA, Scene, program};

#[tokio::test]
async fn the_command_line_signs_in_and_says_how_things_stand() {
    let scene = Scene::start().await;
    let mark = scene.server.mark();
    let mut command = scene.desktop.command(program("rolecall"));
    let running =
        command.args(["sign-in", "demo"]).stdout(std::process::Stdio::piped()).spawn().expect("rolecall");
    scene.type_through_entra(mark, &ADA).await;
    let output =
        tokio::task::spawn_blocking(|| running.wait_with_output()).await.expect("joined").expect("ended");
    assert_eq!(output.status.code(), Some(4), "nine roles: a person is needed");
    let listed = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(listed.lines().count(), 9, "{listed}");
    assert!(listed.contains("111111111111/Developer"), "{listed}");

    // Named, it needs nobody.
    let output = scene.rolecall(&["sign-in", "--profile", "demo", "--role", "111111111111/Developer"]).await;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("demo: signed in as Developer in 111111111111 until "), "{said}");
    let status = scene.status().await;
    assert_eq!(status["profiles"][0]["role"], "arn:aws:iam::111111111111:role/Developer");
    assert_eq!(status["profiles"][0]["state"], "active");

    for (arguments, code, words) in [
        (&["sign-in", "dmo"][..], 6, "Did you mean 'demo'?"),
        (&["sign-in", "--role", "Nobody"][..], 6, "'Nobody' names none of the roles"),
        (&["sign-in", "--role", "Admin"][..], 6, "names several of the roles"),
        (&["sign-in", "a", "b"][..], 2, "unexpected argument"),
    ] {
        let output = scene.rolecall(arguments).await;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!((output.status.code(), said.contains(words)), (Some(code), true), "{arguments:?}: {said}");
    }
}
