//! Roles beyond the sign-in, with the real programs: chains three deep, tokens from a file, and the AWS clients that
//! read the same profiles.

use crate::judges::{Client, answer, output, python, surround};
use crate::scene::{SOON, Scene, Setup, program, tray_command};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rolecall_demo::Kind;
use rolecall_demo::rig::moto::Moto;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::Command;

/// `demo`, then `auditor`, `logs` and `archive`, each assumed from the one before.
pub(crate) const CHAIN: &str = "
[profile archive]
role_arn = arn:aws:iam::444444444444:role/Archive
source_profile = logs
external_id = make-believe
[profile auditor]
role_arn = arn:aws:iam::333333333333:role/Auditor
source_profile = demo
duration_seconds = 7200
mfa_serial = arn:aws:iam::111111111111:mfa/ada
[profile logs]
role_arn = arn:aws:iam::222222222222:role/LogReader
source_profile = auditor
";

const ARCHIVE: &str = "arn:aws:sts::444444444444:assumed-role/Archive/ada@example.org";

fn with_keys(command: &mut Command, keys: &Value) {
    let key = |name: &str| keys[name].as_str().expect(name).to_owned();
    command
        .env("AWS_ACCESS_KEY_ID", key("AccessKeyId"))
        .env("AWS_SECRET_ACCESS_KEY", key("SecretAccessKey"))
        .env("AWS_SESSION_TOKEN", key("SessionToken"))
        .env("AWS_REGION", "eu-central-1")
        .env("AWS_DEFAULT_REGION", "eu-central-1");
}

async fn keys_of(scene: &Scene, profile: &str) -> Value {
    serde_json::from_str(&scene.said(&["env", profile, "--shell", "json"]).await).expect("JSON")
}

#[tokio::test]
async fn three_deep_behind_one_sign_in() {
    let mut scene = Scene::start_as(Setup { profile: CHAIN, ..Setup::default() }).await;
    scene.sign_in_as("222222222222", "DataEngineer").await;
    let menu = scene.item.menu_when("the menu", SOON, |_| true).await.expect("a menu");
    let labels = menu.all_labels();
    assert!(labels.contains(&"Chained roles"), "{labels:?}");
    assert!(labels.contains(&"↳ ↳ archive — Archive · not assumed"), "{labels:?}");

    // What Rolecall gives is what AWS takes.
    let output = scene.rolecall(&["env", "archive", "--shell", "json"]).await;
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let keys: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    for client in Client::ALL {
        let mut command = client.command(&scene, scene.server.aws_url());
        with_keys(&mut command, &keys);
        assert_eq!(answer(command).await, ARCHIVE, "{client:?}");
    }
    assert_eq!(scene.server.count(&Kind::Sts("AssumeRole".into())), 3);
    let status = scene.status().await;
    let roles = status["role_profiles"].as_array().expect("role profiles");
    let shown: Vec<_> =
        roles.iter().map(|r| (r["name"].as_str(), r["depth"].as_u64(), r["state"].as_str())).collect();
    assert_eq!(
        shown,
        [
            (Some("auditor"), Some(0), Some("active")),
            (Some("logs"), Some(1), Some("active")),
            (Some("archive"), Some(2), Some("active")),
        ]
    );
    // An hour at most, whatever the profile says, and that is said.
    let words = scene.rolecall(&["env", "auditor"]).await;
    let words = String::from_utf8_lossy(&words.stderr).into_owned();
    assert!(words.contains("one hour at most") && words.contains("mfa_serial"), "{words}");

    // The SDKs chain the same profiles by themselves, from the keys in the file.
    let config = std::fs::read_to_string(scene.desktop.home.config_file()).expect("the config file");
    let plain =
        config.replace("duration_seconds = 7200\nmfa_serial = arn:aws:iam::111111111111:mfa/ada\n", "");
    scene.desktop.home.write_config(&plain).expect("written");
    for client in Client::ALL {
        let mut command = client.command(&scene, scene.server.aws_url());
        command.env("AWS_PROFILE", "archive").env("AWS_REGION", "eu-central-1");
        // awscli 1 knows this name only.
        command.env("AWS_DEFAULT_REGION", "eu-central-1");
        let arn = answer(command).await;
        assert!(arn.starts_with("arn:aws:sts::444444444444:assumed-role/Archive/"), "{client:?}: {arn}");
    }
    assert!(!scene.credentials().contains("[archive]"), "nothing is written for a chain");

    // A role that nobody trusts us with, and what would mend it.
    let said = scene.rolecall(&["assume", "auditor", "arn:aws:iam::555555555555:role/Nobody"]).await;
    let words = String::from_utf8_lossy(&said.stderr).into_owned();
    assert_eq!(said.status.code(), Some(5), "{words}");
    for part in [
        "does not let arn:aws:iam::333333333333:role/Auditor assume arn:aws:iam::555555555555:role/Nobody",
        "[aws.access_denied]",
        "Trust policy of arn:aws:iam::555555555555:role/Nobody: add this statement",
        "Permission for arn:aws:iam::333333333333:role/Auditor: attach this policy",
    ] {
        assert!(words.contains(part), "{part}: {words}");
    }

    // One that gets a profile: for tools that do not chain.
    scene
        .said(&["assume", "auditor", "arn:aws:iam::222222222222:role/LogReader", "--as", "plain-logs"])
        .await;
    let mut command = Client::Boto3.command(&scene, scene.server.aws_url());
    command.env("AWS_PROFILE", "plain-logs");
    let arn = answer(command).await;
    assert_eq!(arn, "arn:aws:sts::222222222222:assumed-role/LogReader/ada@example.org");
    let config = std::fs::read_to_string(scene.desktop.home.config_file()).expect("the config file");
    assert!(!config.contains("[profile plain-logs]\nrole_arn"), "{config}");
    // It is known again after a restart, and renewed.
    scene.restart().await;
    let status = scene.status().await;
    let roles = status["role_profiles"].as_array().expect("role profiles").clone();
    let mine = roles.iter().find(|role| role["name"] == "plain-logs").expect("plain-logs").clone();
    assert_eq!((mine["state"].as_str(), mine["root"].as_str()), (Some("active"), Some("demo")), "{mine}");
    assert!(mine["renews"].is_string(), "{mine}");
    let before = scene.desktop.home.credential("plain-logs", "aws_access_key_id");
    scene
        .item
        .press(&["demo — DataEngineer", "Chained roles", "↳ plain-logs — LogReader", "Renew now"], SOON)
        .await
        .expect("Renew now");
    let renewed = async || {
        scene
            .desktop
            .home
            .credential("plain-logs", "aws_access_key_id")
            .filter(|id| Some(id) != before.as_ref())
    };
    rolecall_demo::rig::wait::until("new keys", SOON, renewed).await.expect("new keys");

    // The source signed out, all of it goes.
    scene.said(&["sign-out", "demo"]).await;
    let gone = async || (!scene.credentials().contains("aws_access_key_id")).then_some(());
    rolecall_demo::rig::wait::until("no keys in the file", SOON, gone).await.expect("gone");
    let output = scene.rolecall(&["env", "archive", "--no-sign-in"]).await;
    assert_eq!(output.status.code(), Some(3));
    scene.nothing_left();
}

/// A token as a kubelet writes it.
fn token(subject: &str, seconds: i64) -> String {
    let expires = jiff::Timestamp::now().as_second() + seconds;
    let claims = json!({
        "iss": "https://oidc.eks.example.org/id/ABC", "sub": subject, "aud": ["sts.amazonaws.com"], "exp": expires,
    });
    format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims.to_string()))
}

const READER: &str = "arn:aws:sts::222222222222:assumed-role/reader/";

fn with_token_file(scene: &Scene) -> PathBuf {
    let path = scene.desktop.home.path().join("token");
    let config = std::fs::read_to_string(scene.desktop.home.config_file()).expect("the config file");
    let more = format!(
        "[profile pod]\nrole_arn = arn:aws:iam::222222222222:role/pods/reader\nweb_identity_token_file = {}\n\
         region = eu-central-1\n",
        path.display()
    );
    scene.desktop.home.write_config(&format!("{config}{more}")).expect("written");
    path
}

#[tokio::test]
async fn a_token_file_that_changes() {
    let scene = Scene::start().await;
    let file = with_token_file(&scene);
    let refused = async |code: &str, exit: i32| {
        let output = scene.rolecall(&["env", "pod"]).await;
        let words = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(words.contains(&format!("[{code}]")), "{code}: {words}");
        assert_eq!(output.status.code(), Some(exit), "{words}");
    };
    refused("token.unreadable", 6).await;
    for (text, code) in [
        (String::new(), "token.unreadable"),
        ("not a token".into(), "token.unreadable"),
        (token("system:serviceaccount:shop:till", -60), "token.over"),
    ] {
        std::fs::write(&file, text).expect("written");
        refused(code, 6).await;
    }
    std::fs::write(&file, token("system:serviceaccount:shop:till", 3600)).expect("written");
    let config = std::fs::read_to_string(scene.desktop.home.config_file()).expect("the config file");
    let below_home = "[profile below-home]\nrole_arn = arn:aws:iam::222222222222:role/pods/reader\nweb_identity_token_file = ~/token\n";
    scene.desktop.home.write_config(&format!("{config}{below_home}")).expect("written");
    let mut command = Client::Boto3.command(&scene, scene.server.aws_url());
    with_keys(&mut command, &keys_of(&scene, "below-home").await);
    assert!(answer(command).await.starts_with(READER));
    let keys = keys_of(&scene, "pod").await;
    for client in Client::ALL {
        let mut command = client.command(&scene, scene.server.aws_url());
        with_keys(&mut command, &keys);
        assert!(answer(command).await.starts_with(READER), "{client:?}");
        let mut command = client.command(&scene, scene.server.aws_url());
        command.env("AWS_PROFILE", "pod").env("AWS_REGION", "eu-central-1");
        assert!(answer(command).await.starts_with(READER), "{client:?} by itself");
    }
    let subject = async || scene.status().await["role_profiles"][0]["claims"]["subject"].clone();
    assert_eq!(subject().await, "system:serviceaccount:shop:till");
    // The next time it is another's.
    std::fs::write(&file, token("system:serviceaccount:shop:desk", 3600)).expect("written");
    scene.said(&["sign-in", "pod"]).await;
    assert_eq!(subject().await, "system:serviceaccount:shop:desk");

    // A pod's environment, without any profile.
    let mut command = scene.desktop.command(program("rolecall"));
    command.args(["env", "--shell", "json"]).current_dir(scene.desktop.home.path());
    command.env("AWS_ROLE_ARN", "arn:aws:iam::222222222222:role/pods/reader");
    command.env("AWS_WEB_IDENTITY_TOKEN_FILE", "token").env("AWS_ROLE_SESSION_NAME", "till");
    let said = output(command).await;
    assert_eq!(said.status.code(), Some(0), "{}", String::from_utf8_lossy(&said.stderr));
    let mut command = Client::Boto3.command(&scene, scene.server.aws_url());
    with_keys(&mut command, &serde_json::from_slice(&said.stdout).expect("JSON"));
    assert_eq!(answer(command).await, format!("{READER}till"));
    // Its token is nobody else's to read.
    assert!(!scene.written_down().contains(&token("system:serviceaccount:shop:desk", 3600)[..60]));
}

#[tokio::test]
async fn moto_agrees() {
    let mut scene = Scene::start().await;
    let moto = Moto::start(&python(), Some(&scene.desktop.home.log("moto"))).expect("moto starts");
    let file = with_token_file(&scene);
    std::fs::write(&file, token("system:serviceaccount:shop:till", 3600)).expect("written");
    let config = std::fs::read_to_string(scene.desktop.home.config_file()).expect("the config file");
    let behind = "[profile behind]\nrole_arn = arn:aws:iam::333333333333:role/Behind\nsource_profile = pod\nrole_session_name = ada\n";
    scene.desktop.home.write_config(&format!("{config}{behind}")).expect("written");
    scene.item.press(&["Quit Rolecall"], SOON).await.expect("quit");
    scene.tray.end(SOON).await.expect("the tray ends");
    let mut command = tray_command(&scene.desktop, &scene.server, &scene.outside);
    command.env("AWS_ENDPOINT_URL_STS", moto.url());
    scene.tray = scene.desktop.run(&mut command, "tray-moto").expect("the tray starts");
    scene.item = scene.host.item(SOON).await.expect("an icon");
    let mut command = scene.desktop.command(program("rolecall"));
    command.args(["exec", "behind", "--"]).args(Client::Awscli.line());
    surround(&mut command, moto.url());
    assert_eq!(answer(command).await, "arn:aws:sts::333333333333:assumed-role/Behind/ada");
}
