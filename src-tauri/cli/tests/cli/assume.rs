//! `assume`: what is asked, what comes of it, and what is said to whoever wants too much.

use crate::scene::{Ran, Scene, keys, name, problem, role};
use rolecall_core::message::{Reply, Request};
use rolecall_core::problem::Problem;

const ROLE: &str = "arn:aws:iam::222222222222:role/Deploy";

fn scene() -> Scene {
    Scene::answering(|request| match request {
        Request::Assume { save_as: Some(profile), role, .. } => vec![Reply::Assumed {
            profile: profile.clone(),
            role: role.clone(),
            until: "2126-11-22T18:11:04Z".parse().expect("an instant"),
            remarks: vec![],
        }],
        _ => vec![keys(Some("eu-west-1"))],
    })
}

#[test]
fn printed_run_or_written() {
    let printed = scene().run(&["assume", "work", ROLE, "--shell", "fish"]);
    assert_eq!((printed.code, printed.err.as_str()), (Some(0), ""));
    assert!(printed.out.contains("set -gx AWS_ACCESS_KEY_ID 'ASIAEXAMPLE'"), "{printed:?}");
    let script = r#"printf '%s|%s' "$AWS_ACCESS_KEY_ID" "$AWS_REGION"; exit 7"#;
    let ran = scene().run(&["assume", "work", ROLE, "--", "sh", "-c", script]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(7), "ASIAEXAMPLE|eu-west-1"), "{ran:?}");
    let written = scene().run(&["assume", "work", ROLE, "--as", "deploy"]);
    assert_eq!((written.code, written.out.as_str()), (Some(0), ""));
    assert!(written.err.starts_with("deploy: written; you are Deploy in 222222222222"), "{written:?}");
    assert!(written.err.contains("AWS_PROFILE=deploy"), "{written:?}");
}

#[test]
fn everything_that_is_said_is_asked_for() {
    let scene = scene();
    let mut command = scene.command(&[
        "assume",
        "work",
        ROLE,
        "--as",
        "deploy",
        "--external-id",
        "x-1",
        "--session-name",
        "ada",
        "--duration",
        "15m",
        "--no-sign-in",
    ]);
    // What stands in the environment is another role's.
    command.env("AWS_ROLE_ARN", ROLE).env("AWS_WEB_IDENTITY_TOKEN_FILE", "token");
    assert_eq!(Ran::of(command.output().expect("it runs")).code, Some(0));
    let asked = scene.asked();
    let [
        Request::Assume {
            profile,
            role: wanted,
            save_as,
            external_id,
            session_name,
            duration,
            may_ask,
            context,
        },
    ] = asked.as_slice()
    else {
        panic!("{asked:?}")
    };
    assert_eq!(*profile, Some(name("work")));
    assert_eq!((wanted, save_as), (&role("222222222222/Deploy"), &Some(name("deploy"))));
    assert_eq!((external_id.as_deref(), session_name.as_deref()), (Some("x-1"), Some("ada")));
    assert_eq!((*duration, *may_ask, &context.web_identity), (Some(900), false, &None));
}

#[test]
fn more_than_an_hour_is_explained_and_an_hour_taken() {
    let scene = scene();
    let ran = scene.run(&["assume", "work", ROLE, "--duration", "4h", "--shell", "bash"]);
    assert_eq!(ran.code, Some(0));
    assert!(ran.err.contains("14400 seconds") && ran.err.contains("[chain.one_hour]"), "{ran:?}");
    let asked = scene.asked();
    assert!(matches!(asked.as_slice(), [Request::Assume { duration: Some(3600), .. }]), "{asked:?}");
}

#[test]
fn what_cannot_be_asked() {
    for arguments in [
        &["assume"][..],
        &["assume", "work"],
        &["assume", "work", "Deploy"],
        &["assume", ROLE, "work"],
        &["assume", "work", ROLE, "--duration", "5m"],
        &["assume", "work", ROLE, "--duration", "long"],
        &["assume", "work", ROLE, "--as", "deploy", "--shell", "bash"],
        &["assume", "work", ROLE, "--as", "deploy", "--", "true"],
        &["assume", "work", ROLE, "--shell", "bash", "--", "true"],
    ] {
        let ran = scene().run(arguments);
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{arguments:?}: {ran:?}");
    }
}

#[test]
fn what_goes_wrong() {
    for (arguments, code) in
        [(&["--shell", "bash"][..], 3), (&["--as", "deploy"], 3), (&["--", "echo", "ran"], 125)]
    {
        let scene = Scene::answering(|_| vec![problem(Problem::NotSignedIn)]);
        let ran = scene.run(&[&["assume", "work", ROLE], arguments].concat());
        assert_eq!((ran.code, ran.out.as_str()), (Some(code), ""), "{arguments:?}: {ran:?}");
        assert!(ran.err.contains("[not_signed_in]"), "{ran:?}");
    }
}

/// A remark stands on standard error, beside what was given; tools are not told.
#[test]
fn remarks_are_for_people() {
    for (arguments, told) in [
        (&["env", "--shell", "bash"][..], true),
        (&["exec", "--", "true"], true),
        (&["exec", "--endpoint", "--", "true"], true),
        (&["assume", "work", ROLE, "--shell", "bash"], true),
        (&["credential-process", "work"], false),
        (&["eks-token", "--cluster", "shop"], false),
    ] {
        let scene = Scene::answering(|_| {
            let mut reply = keys(None);
            if let Reply::Credentials { remarks, .. } = &mut reply {
                remarks.push(Problem::ChainMfa { profile: "deploy".into() }.report());
            }
            vec![reply]
        });
        let ran = scene.run(arguments);
        assert_eq!(ran.code, Some(0), "{arguments:?}: {ran:?}");
        assert_eq!(ran.err.contains("[chain.mfa]"), told, "{arguments:?}: {ran:?}");
    }
}
