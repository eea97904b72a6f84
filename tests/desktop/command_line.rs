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

#[tokio::test]
async fn a_shell_with_files_of_its_own_never_gets_credentials_of_others() {
    let scene = Scene::start().await;
    scene.sign_in_as("111111111111", "Developer").await;
    let project = scene.desktop.home.path().join("project");
    std::fs::create_dir(&project).expect("a folder");
    let own = project.join("config");
    std::fs::write(&own, "[profile demo]\nregion = us-west-2\n").expect("a config file");
    let ours = scene.desktop.home.path().join(".aws");
    let run = async |variable: &str, value: &std::path::Path, arguments: &[&str]| {
        let mut command = scene.desktop.command(program("rolecall"));
        command.args(arguments).env(variable, value).current_dir(&project);
        tokio::task::spawn_blocking(move || command.output()).await.expect("joined").expect("it runs")
    };
    for arguments in [
        &["env", "--profile", "demo"][..],
        &["credential-process", "--profile", "demo"],
        &["console", "--profile", "demo", "--print"],
        &["sign-out", "--profile", "demo"],
        &["status"],
    ] {
        for (variable, value) in
            [("AWS_CONFIG_FILE", &own), ("AWS_SHARED_CREDENTIALS_FILE", &project.join("keys"))]
        {
            let output = run(variable, value, arguments).await;
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(output.status.code(), Some(6), "{arguments:?}: {said}");
            assert!(!String::from_utf8_lossy(&output.stdout).contains("ASIA"), "{arguments:?}");
            assert!(said.contains(&*value.to_string_lossy()), "{said}");
            assert!(said.contains(&*ours.to_string_lossy()), "{said}");
            assert!(said.contains("[environment.other_files]"), "{said}");
        }
    }
    // Another spelling is the same file.
    let spelled = std::path::Path::new("../.aws/../.aws/config");
    let output = run("AWS_CONFIG_FILE", spelled, &["env", "--profile", "demo"]).await;
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(String::from_utf8_lossy(&output.stdout).contains("ASIA"));
}
