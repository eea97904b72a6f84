//! `eks-token`: an ExecCredential on standard output, quickly; and who is asked.

use crate::scene::{Ran, Scene, keys, name};
use rolecall_core::message::{Reply, Request};
use rolecall_core::profile::ProfileName;
use serde_json::Value;

fn printed(ran: &Ran) -> Value {
    serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("JSON: {ran:?}"))
}

#[test]
fn a_token_in_the_version_that_was_asked_for() {
    for (asked, version) in [
        (None, "v1"),
        (Some(r#"{"apiVersion":"client.authentication.k8s.io/v1beta1","kind":"ExecCredential"}"#), "v1beta1"),
        (Some("junk"), "v1"),
    ] {
        let scene = Scene::answering(|_| vec![keys(Some("eu-west-1"))]);
        let mut command = scene.command(&["eks-token", "--cluster", "shop", "--profile", "work"]);
        command.envs(asked.map(|asked| ("KUBERNETES_EXEC_INFO", asked)));
        let ran = Ran::of(command.output().expect("it runs"));
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
        let credential = printed(&ran);
        assert_eq!(credential["kind"], "ExecCredential");
        assert_eq!(credential["apiVersion"], format!("client.authentication.k8s.io/{version}"));
        assert!(credential["status"]["token"].as_str().is_some_and(|token| token.starts_with("k8s-aws-v1.")));
        let end: jiff::Timestamp = credential["status"]["expirationTimestamp"]
            .as_str()
            .expect("an end")
            .parse()
            .expect("an instant");
        let left = end.duration_since(jiff::Timestamp::now()).as_secs();
        assert!((13 * 60..=14 * 60).contains(&left), "{left}");
    }
}

#[test]
fn never_longer_than_the_credentials() {
    let soon = jiff::Timestamp::now() + jiff::SignedDuration::from_mins(3);
    let scene = Scene::answering(move |_| {
        let mut reply = keys(None);
        if let Reply::Credentials { credentials, .. } = &mut reply {
            credentials.expiration = soon;
        }
        vec![reply]
    });
    let ran = scene.run(&["eks-token", "--cluster", "shop"]);
    assert_eq!(printed(&ran)["status"]["expirationTimestamp"], format!("{soon:.0}"));
}

#[test]
fn who_is_asked() {
    for (arguments, variable, profile) in [
        (&["--profile", "work"][..], Some("other"), Some("work")),
        (&["--profile=work"], None, Some("work")),
        (&[], Some("other"), Some("other")),
        (&[], None, None),
    ] {
        let scene = Scene::answering(|_| vec![keys(None)]);
        let mut command = scene.command(&[&["eks-token", "--cluster", "shop"], arguments].concat());
        command.envs(variable.map(|value| ("AWS_PROFILE", value)));
        command.env("AWS_ROLE_ARN", "arn").env("AWS_WEB_IDENTITY_TOKEN_FILE", "/token");
        assert_eq!(Ran::of(command.output().expect("it runs")).code, Some(0));
        let asked = scene.asked();
        let [Request::Credentials { profile: asked, by_tool: true, may_ask: true, context }] =
            asked.as_slice()
        else {
            panic!("{asked:?}")
        };
        assert_eq!(*asked, profile.map(name) as Option<ProfileName>, "{arguments:?}");
        // A pod's environment counts where nobody is named.
        assert_eq!(context.web_identity.is_some(), profile.is_none(), "{arguments:?}");
    }
}

#[test]
fn what_cannot_be_signed() {
    let scene = Scene::answering(|_| vec![keys(Some("not a region"))]);
    let ran = scene.run(&["eks-token", "--cluster", "shop"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(6), ""), "{ran:?}");
    assert!(ran.err.contains("[eks.region]"), "{ran:?}");
    for arguments in [
        &["--cluster", "a/b"][..],
        &["--cluster", "a\nb"],
        &[],
        &["--cluster", "shop", "--region", "EU west"],
    ] {
        let ran = scene.run(&[&["eks-token"], arguments].concat());
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{arguments:?}: {ran:?}");
    }
}
