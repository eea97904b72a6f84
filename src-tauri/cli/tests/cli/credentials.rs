//! `env`, `console` and `credential-process`: what is printed, for whom, and what is asked for it.

use crate::scene::{Ran, Scene, keys, name};
use rolecall_core::client_environment::{EndpointChoice, PathOnTheWire};
use rolecall_core::message::{Reply, Request, Stage};
use rolecall_core::secret::Secret;
use std::os::unix::ffi::OsStringExt as _;
use std::process::Command;

const TOKEN: &str = r#"planted'tok\en" $HOME `x`"#;

fn scene() -> Scene {
    Scene::answering(|_| vec![keys(Some("eu-west-1"))])
}

#[test]
fn each_shell_in_its_own_grammar() {
    for (shell, line) in [
        ("bash", "export AWS_ACCESS_KEY_ID='ASIAEXAMPLE'"),
        ("zsh", "export AWS_ACCESS_KEY_ID='ASIAEXAMPLE'"),
        ("fish", "set -gx AWS_ACCESS_KEY_ID 'ASIAEXAMPLE'"),
        ("powershell", "$Env:AWS_ACCESS_KEY_ID = 'ASIAEXAMPLE'"),
        ("pwsh", "$Env:AWS_ACCESS_KEY_ID = 'ASIAEXAMPLE'"),
        ("cmd", "set \"AWS_ACCESS_KEY_ID=ASIAEXAMPLE\""),
        ("json", "  \"AccessKeyId\": \"ASIAEXAMPLE\","),
    ] {
        let ran = scene().run(&["env", "--shell", shell]);
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{shell}");
        assert!(ran.out.lines().any(|found| found == line), "{shell}: {}", ran.out);
    }
}

/// The shell itself reads what was printed for it, without being named; one that is not installed is left out.
#[test]
fn shells_read_what_they_get() {
    let rolecall = env!("CARGO_BIN_EXE_rolecall");
    let evaluated = format!("eval \"$('{rolecall}' env)\"");
    // As the programs see it that the shell starts.
    let print = "sh -c 'printf \"%s|%s|%s|%s|%s|%s|%s|%s\" \"$AWS_SESSION_TOKEN\" \"$AWS_REGION\" \
        \"${AWS_PROFILE-none}\" \"${AWS_DEFAULT_PROFILE-none}\" \"${AWS_SECURITY_TOKEN-none}\" \
        \"${AWS_CREDENTIAL_SCOPE-none}\" \"${AWS_ACCOUNT_ID-none}\" \"$AWS_ROLE_ARN\"'";
    for (shell, script) in [
        ("bash", format!("{evaluated}; {print}")),
        ("sh", format!("{evaluated}; {print}")),
        ("zsh", format!("{evaluated}; {print}")),
        ("fish", format!("'{rolecall}' env | source; {print}")),
        ("pwsh", format!("& '{rolecall}' env | Out-String | Invoke-Expression; {print}")),
    ] {
        let scene = scene();
        let mut command = scene.command_of(shell.as_ref(), &["-c", &script]);
        // The parent's name is asked first: this variable would mislead.
        command.env("SHELL", "/bin/tcsh");
        for name in [
            "AWS_PROFILE",
            "AWS_DEFAULT_PROFILE",
            "AWS_SECURITY_TOKEN",
            "AWS_CREDENTIAL_SCOPE",
            "AWS_ROLE_ARN",
        ] {
            command.env(name, "other");
        }
        command.env("AWS_ACCOUNT_ID", "999999999999");
        let Ok(output) = command.output() else { continue };
        let ran = Ran::of(output);
        // The role of a pod's shell stays for the next time.
        let expected = format!("{TOKEN}|eu-west-1|none|none|none|none|none|other");
        assert_eq!(ran.out.trim_end(), expected, "{shell}: {ran:?}");
    }
}

#[test]
fn the_shell_is_told_by_the_parent_else_by_the_variable() {
    for (variable, start) in
        [(Some("/usr/bin/fish"), "set -eg"), (Some("/bin/tcsh"), "unset"), (None, "unset")]
    {
        // The parent is this test, which is no shell.
        let scene = scene();
        let mut command = scene.command(&["env"]);
        command.envs(variable.map(|shell| ("SHELL", shell)));
        let ran = Ran::of(command.output().expect("it runs"));
        assert!(ran.out.starts_with(start), "{variable:?}: {ran:?}");
    }
}

#[test]
fn who_is_asked_and_whether_a_person_may_be() {
    for (arguments, variable, profile, may_ask) in [
        (&["env", "work"][..], None, Some("work"), true),
        (&["env", "--profile", "work"], Some("other"), Some("work"), true),
        (&["env", "--no-sign-in"], Some("other"), Some("other"), false),
        (&["env"], Some(""), None, true),
        (&["exec", "work", "--no-sign-in", "--", "true"], None, Some("work"), false),
        (&["exec", "--", "true"], None, None, true),
        (&["credential-process", "work"], Some("other"), Some("work"), true),
        (&["credential-process", "--profile", "work"], None, Some("work"), true),
        (&["credential-process"], Some("other"), Some("other"), true),
    ] {
        let scene = scene();
        let mut command = scene.command(arguments);
        command.envs(variable.map(|value| ("AWS_PROFILE", value)));
        assert_eq!(Ran::of(command.output().expect("it runs")).code, Some(0), "{arguments:?}");
        let asked = scene.asked();
        let [Request::Credentials { profile: asked, may_ask: may, .. }] = asked.as_slice() else {
            panic!("{asked:?}")
        };
        assert_eq!((asked.clone(), *may), (profile.map(name), may_ask), "{arguments:?}");
    }
}

#[test]
fn a_process_prints_what_aws_tools_read_and_one_line_where_a_person_is_asked() {
    let progress = |stage| Reply::Progress { profile: name("work"), stage };
    let stages = [Stage::SigningIn, Stage::Choosing, Stage::Assuming];
    for (stages, lines) in [(&stages[..0], 0), (&stages[..], 1), (&stages[2..], 0)] {
        let replies: Vec<_> = stages.iter().map(|stage| progress(*stage)).chain([keys(None)]).collect();
        let scene = Scene::answering(move |_| replies.clone());
        let ran = scene.run(&["credential-process", "work"]);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        let value: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
        let expected = serde_json::json!({
            "Version": 1, "AccessKeyId": "ASIAEXAMPLE", "SecretAccessKey": "planted/se+cret=",
            "SessionToken": TOKEN, "Expiration": "2126-11-22T18:11:04Z",
        });
        assert_eq!(value, expected);
        assert_eq!(ran.err.lines().count(), lines, "{ran:?}");
        assert!(lines == 0 || ran.err.contains("a person is needed") && ran.err.contains("work"), "{ran:?}");
        assert!(!ran.err.contains("planted"));
    }
}

#[test]
fn the_console_is_opened_or_its_address_printed() {
    for (arguments, print, service) in [
        (&["console", "work"][..], false, None),
        (&["console", "work", "--print", "--service", "ec2"], true, Some("ec2")),
    ] {
        let scene = Scene::answering(|request| {
            let Request::Console { print, .. } = request else { return vec![] };
            let url = print.then(|| Secret::new("https://signin.example/planted"));
            vec![Reply::Console { profile: name("work"), role: None, url }]
        });
        let ran = scene.run(arguments);
        let (out, err) = match print {
            true => ("https://signin.example/planted\n", ""),
            false => ("", "Opened the console as work.\n"),
        };
        assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (Some(0), out, err));
        let asked = scene.asked();
        let [Request::Console { service: asked, may_ask: true, .. }] = asked.as_slice() else {
            panic!("{asked:?}")
        };
        assert_eq!(asked.as_deref(), service);
    }
}

#[test]
fn a_client_that_brings_variables_sends_them() {
    let scene = scene();
    let mut command: Command = scene.command(&["env", "work"]);
    command
        .env("AZURE_TENANT_ID", "contoso.example")
        .env("DISPLAY", ":7")
        .env("AZURE_DEFAULT_PASSWORD", "planted");
    command.output().expect("it runs");
    let asked = format!("{:?}", scene.asked());
    assert!(
        asked.contains("contoso.example") && asked.contains(":7") && !asked.contains("planted"),
        "{asked}"
    );
}

#[test]
fn every_request_says_which_files_and_profile_its_shell_means() {
    let scene = Scene::answering(|_| vec![keys(Some("eu-central-1"))]);
    scene.write("project/aws/config", "");
    let mut command = scene.command(&["env"]);
    command.current_dir(scene.home().join("project/aws")).env("AWS_CONFIG_FILE", "../aws/./config");
    command
        .env("AWS_SHARED_CREDENTIALS_FILE", "~/keys")
        .env("AWS_PROFILE", "")
        .env("AWS_ENDPOINT_URL", "http://[::1]:1");
    let ran = Ran::of(command.output().expect("it runs"));
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let environment = scene.environments().pop().expect("a request");
    let home = scene.home().canonicalize().expect("a home");
    assert_eq!(environment.config_file, Some(PathOnTheWire(home.join("project/aws/config"))));
    assert_eq!(environment.credentials_file, Some(PathOnTheWire(home.join("keys"))));
    assert_eq!(environment.profile(), None);
    assert!(matches!(environment.network().expect("settings").sts, EndpointChoice::Url(_)));
    // The AWS CLI's own order.
    let mut command = scene.command(&["env"]);
    let ran =
        Ran::of(command.env("AWS_PROFILE", "a").env("AWS_DEFAULT_PROFILE", "b").output().expect("it runs"));
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let asked = scene.asked().pop().expect("a request");
    assert!(matches!(asked, Request::Credentials { profile: Some(profile), .. } if profile.as_str() == "b"));
    // A path that is no text is the same path at the other end.
    let odd = std::ffi::OsString::from_vec(b"/tmp/\xff/config".to_vec());
    let mut command = scene.command(&["env"]);
    let ran = Ran::of(command.env("AWS_CONFIG_FILE", &odd).output().expect("it runs"));
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let environment = scene.environments().pop().expect("a request");
    assert_eq!(environment.config_file, Some(PathOnTheWire(odd.into())));
}
