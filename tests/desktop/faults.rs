//! What AWS, Entra and the disk can do to a sign-in: said in words, the credentials file untouched, the tray goes on.

use crate::scene::{SOON, Scene};
use rolecall_demo::aws::Fault;
use rolecall_demo::entra::Variant;
use rolecall_demo::rig::wait;
use std::os::unix::fs::PermissionsExt as _;

#[tokio::test]
async fn whatever_sts_does() {
    let scene = Scene::start().await;
    scene.sign_in_as("111111111111", "Developer").await;
    let before = scene.credentials();
    for (fault, code) in [
        (Fault::refuse(403, "RegionDisabledException", "STS is not activated"), "aws.region_disabled"),
        (Fault::refuse(403, "IDPRejectedClaim", "no"), "aws.rejected_claim"),
        (Fault::refuse(400, "PackedPolicyTooLarge", "too large"), "aws.policy_too_large"),
        (
            Fault::refuse(400, "ExpiredTokenException", "Token must be redeemed within 5 minutes"),
            "aws.expired_token",
        ),
        (Fault::Html { status: 200 }, "aws.not_aws"),
        (Fault::Html { status: 502 }, "aws.not_aws"),
        (Fault::NoCredentials, "aws.not_aws"),
        (Fault::CutLine, "aws."),
        (Fault::Hang, "aws.timeout"),
    ] {
        scene.server.aws_does(fault.clone());
        let output = scene.rolecall(&["sign-in", "demo", "--role", "111111111111/Developer"]).await;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(5), "{fault:?}: {said}");
        let line = said.lines().last().unwrap_or_default().to_owned();
        assert!(line.starts_with("help: ") && line.contains(code), "{fault:?}: {said}");
        assert_eq!(scene.credentials(), before);
        scene.active("Developer").await;
    }
    scene.server.faults().clear();
    let output = scene.rolecall(&["sign-in", "demo", "--role", "111111111111/Admin"]).await;
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}

#[tokio::test]
async fn whatever_entras_last_page_does() {
    let scene = Scene::start().await;
    scene.sign_in_as("111111111111", "Developer").await;
    // The assertion is fresh and would serve again: after signing out, each sign-in opens the page.
    scene.item.press(&["demo — ", "Sign out"], SOON).await.expect("Sign out");
    wait::until("the keys to go", SOON, async || scene.key_id().is_none().then_some(())).await.expect("gone");
    let before = scene.credentials();
    for (variant, code, words) in [
        (Variant::OtherRequest, 1, "sign_in.other_request"),
        (Variant::NoRequest, 1, "sign_in.other_request"),
        (Variant::JunkBase64, 1, "sign_in.saml_junk"),
        (Variant::JunkXml, 1, "sign_in.saml_junk"),
        (Variant::NoRoles, 1, "sign_in.no_roles"),
        (Variant::TooLong, 1, "sign_in.saml_too_large"),
        (Variant::ExpiredOnArrival, 5, "aws.expired_token"),
        (Variant::Tampered, 5, "aws.invalid_token"),
        (Variant::SamlError("AuthnFailed".into()), 1, "sign_in.saml_status"),
    ] {
        scene.server.entra_does(variant.clone());
        let output = scene.rolecall(&["sign-in", "demo", "--role", "111111111111/Developer"]).await;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!((output.status.code(), said.contains(words)), (Some(code), true), "{variant:?}: {said}");
        assert_eq!(scene.credentials(), before, "{variant:?}");
    }
    scene.server.entra_does(Variant::Usual);
    let output = scene.rolecall(&["sign-in", "demo", "--role", "111111111111/Developer"]).await;
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    scene.nothing_left();
}

#[tokio::test]
async fn a_file_that_cannot_be_written_or_understood_stays_as_it_is() {
    let scene = Scene::start().await;
    scene.sign_in_as("111111111111", "Developer").await;
    let file = scene.desktop.home.credentials_file();
    let ours = "[demo]\naws_access_key_id = ASIAOLD\n";
    for (text, mode, words) in [
        (ours.to_owned(), 0o400, "read-only"),
        (format!("{ours}\n[demo]\nregion = x\n"), 0o600, "line 4"),
        (format!("{ours}what is this\n"), 0o600, "line 3"),
        (
            "[demo]\naws_access_key_id = AKIAEXAMPLE12345\n".to_owned(),
            0o600,
            "long-lived access key (AKIAEXAM…)",
        ),
    ] {
        let _ = std::fs::remove_file(&file);
        std::fs::write(&file, &text).expect("a file");
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).expect("its mode");
        let output = scene.rolecall(&["sign-in", "demo", "--role", "111111111111/Developer"]).await;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!((output.status.code(), said.contains(words)), (Some(6), true), "{words}: {said}");
        assert_eq!(std::fs::read_to_string(&file).expect("the file"), text);
    }
    // A key of ours that is there twice is ours twice: one is left, which every tool reads.
    std::fs::write(&file, format!("{ours}aws_access_key_id = ASIAOTHER\n# mine\n")).expect("a file");
    let output = scene.rolecall(&["sign-in", "demo", "--role", "111111111111/Developer"]).await;
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let text = std::fs::read_to_string(&file).expect("the file");
    assert_eq!(text.matches("aws_access_key_id").count(), 1, "{text}");
    assert!(text.contains("# mine") && !text.contains("ASIAOTHER") && !text.contains("ASIAOLD"), "{text}");
    // A link is followed, not replaced.
    let real = scene.desktop.home.path().join("real-credentials");
    std::fs::remove_file(&file).expect("removed");
    std::fs::write(&real, "# mine\n").expect("a file");
    std::os::unix::fs::symlink(&real, &file).expect("a link");
    let output = scene.rolecall(&["sign-in", "demo", "--role", "111111111111/Developer"]).await;
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(std::fs::symlink_metadata(&file).expect("the link").is_symlink());
    let text = std::fs::read_to_string(&real).expect("the file");
    assert!(text.starts_with("# mine\n") && text.contains("[demo]\naws_access_key_id"), "{text}");
}

#[tokio::test]
async fn a_window_that_is_not_there_or_dies_is_said() {
    let scene = Scene::start().await;
    // The web engine's process dies under the page.
    scene.item.press(&["Sign in"], SOON).await.expect("Sign in");
    scene.person.window("sign in for demo", SOON).await.expect("the window");
    let killed =
        std::process::Command::new("pkill").args(["-KILL", "-P", &scene.tray.id().to_string()]).status();
    assert!(killed.expect("pkill runs").success());
    assert_eq!(scene.problem("a crashed window").await, "sign_in.window_crashed");
    // And again, to the end.
    scene.sign_in_as("111111111111", "Developer").await;
}
