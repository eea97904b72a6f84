//! `exec`: the command's environment, its end, and the failures to run it.

use crate::scene::{Ran, Scene, keys, problem};
use rolecall_core::problem::Problem;
use std::os::unix::process::ExitStatusExt as _;

#[test]
fn the_command_gets_keys_and_no_profile() {
    for (region, expected) in [(Some("eu-west-1"), "eu-west-1|eu-west-1"), (None, "us-east-2|")] {
        let scene = Scene::answering(move |_| vec![keys(region)]);
        let script = r#"printf '%s|%s|%s|%s|%s|%s' "$AWS_ACCESS_KEY_ID" "$AWS_SESSION_TOKEN" "${AWS_PROFILE-none}" "${AWS_DEFAULT_PROFILE-none}" "$AWS_REGION" "$AWS_DEFAULT_REGION""#;
        let mut command = scene.command(&["exec", "work", "--", "sh", "-c", script]);
        command
            .env("AWS_PROFILE", "other")
            .env("AWS_DEFAULT_PROFILE", "other")
            .env("AWS_REGION", "us-east-2");
        let ran = Ran::of(command.output().expect("it runs"));
        let token = r#"planted'tok\en" $HOME `x`"#;
        assert_eq!(ran.out, format!("ASIAEXAMPLE|{token}|none|none|{expected}"), "{ran:?}");
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    }
}

/// What some SDK reads before keys, adds to them, or leads elsewhere with.
#[test]
fn the_command_gets_nothing_of_another_identity() {
    let scene = Scene::answering(|_| vec![keys(None)]);
    let mut command = scene.command(&["exec", "work", "--", "env"]);
    for name in [
        "AWS_PROFILE",
        "AWS_DEFAULT_PROFILE",
        "AWS_SECURITY_TOKEN",
        "AWS_CREDENTIAL_SCOPE",
        "AWS_CREDENTIAL_EXPIRATION",
        "AWS_ACCOUNT_ID",
        "AWS_ROLE_ARN",
        "AWS_ROLE_SESSION_NAME",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    ] {
        command.env(name, "others");
    }
    let ran = Ran::of(command.output().expect("it runs"));
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let others: Vec<_> =
        ran.out.lines().filter(|line| line.starts_with("AWS_") && line.ends_with("=others")).collect();
    assert_eq!(others, Vec::<&str>::new());
    // A script's own use of it, where it is the right one.
    let mut command = scene.command(&["exec", "work", "--", "env"]);
    let ran = Ran::of(command.env("AWS_ACCOUNT_ID", "111111111111").output().expect("it runs"));
    assert!(ran.out.lines().any(|line| line == "AWS_ACCOUNT_ID=111111111111"), "{ran:?}");
}

#[test]
fn its_end_is_the_commands() {
    let scene = Scene::answering(|_| vec![keys(None)]);
    for code in [0, 1, 7, 125, 255] {
        let ran = scene.run(&["exec", "--", "sh", "-c", &format!("exit {code}")]);
        assert_eq!((ran.code, ran.err.as_str()), (Some(code), ""));
    }
    let killed = scene.command(&["exec", "--", "sh", "-c", "kill -TERM $$"]).output().expect("it runs");
    assert_eq!((killed.status.code(), killed.status.signal()), (None, Some(15)));
    // A closed pipe ends a command as it does without us: the signal is not ignored.
    let closed = scene.command(&["exec", "--", "sh", "-c", "kill -PIPE $$"]).output().expect("it runs");
    assert_eq!(closed.status.signal(), Some(13));
}

#[test]
fn what_cannot_be_run() {
    let scene = Scene::answering(|_| vec![keys(None)]);
    scene.write("not-executable", "text");
    let file = scene.home().join("not-executable").display().to_string();
    for (program, code, said) in [
        ("no-such-command", 127, "[exec.not_found]"),
        ("/no/such/command", 127, "[exec.not_found]"),
        (&file, 126, "[exec.cannot_execute]"),
        ("/tmp", 126, "[exec.cannot_execute]"),
    ] {
        let ran = scene.run(&["exec", "work", "--", program]);
        assert_eq!((ran.code, ran.out.as_str()), (Some(code), ""), "{program}: {ran:?}");
        assert!(ran.err.contains(said) && !ran.err.contains("planted"), "{program}: {ran:?}");
    }
}

#[test]
fn without_credentials_nothing_is_run() {
    let scene = Scene::answering(|_| vec![problem(Problem::NotSignedIn)]);
    let ran = scene.run(&["exec", "work", "--no-sign-in", "--", "echo", "ran"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(125), ""));
    assert!(ran.err.contains("[not_signed_in]"), "{ran:?}");
}
