//! A pod's role at the desk: the built command line, kit and tray, a make-believe cluster and AWS, and real clients.

use crate::judges::{Client, answer, output};
use crate::scene::{Scene, program};
use rolecall_demo::Kind;
use rolecall_demo::rig::kubernetes::{Account, Kubernetes, Mood, Verb};
use serde_json::Value;
use std::path::PathBuf;

pub(crate) const CONTEXT: &str = "arn:aws:eks:eu-central-1:222222222222:cluster/shop";
const READER: &str = "arn:aws:iam::222222222222:role/pods/reader";

pub(crate) fn cluster() -> Kubernetes {
    Kubernetes::start(vec![
        Account::new("shop", "till", Some(READER)),
        Account::new("shop", "stranger", Some("arn:aws:iam::222222222222:role/pods/nobody")),
        Account::new("shop", "plain", None),
    ])
    .expect("a cluster")
}

/// Runs `rolecall pod` with this kubeconfig: exit code, standard output and words.
async fn pod(scene: &Scene, kubeconfig: &PathBuf, arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut command = scene.desktop.command(program("rolecall"));
    command.arg("pod").args(arguments).env("KUBECONFIG", kubeconfig);
    let said = output(command).await;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (said.status.code(), text(&said.stdout), text(&said.stderr))
}

#[tokio::test]
async fn from_the_service_account_to_real_clients() {
    let scene = Scene::start().await;
    let cluster = cluster();
    let kubeconfig = scene.desktop.home.path().join("kubeconfig");
    std::fs::write(&kubeconfig, cluster.kubeconfig(CONTEXT)).expect("written");

    let (code, listed, words) = pod(&scene, &kubeconfig, &["--json"]).await;
    assert_eq!(code, Some(0), "{words}");
    let pods: Value = serde_json::from_str(&listed).expect("JSON");
    assert_eq!((&pods["context"], pods["accounts"].as_array().map(Vec::len)), (&CONTEXT.into(), Some(2)));

    let till = format!("{CONTEXT}/shop/till");
    let (code, said, words) = pod(&scene, &kubeconfig, &[&till]).await;
    assert_eq!(code, Some(0), "{words}");
    let both = format!("{said}{words}");
    assert!(both.contains("arn:aws:sts::222222222222:assumed-role/reader/shop-till"), "{both}");
    assert!(both.contains("pod-shop-till"), "{both}");
    assert_eq!(scene.server.count(&Kind::Sts("AssumeRoleWithWebIdentity".into())), 1);
    for client in Client::ALL {
        let mut command = client.command(&scene, scene.server.aws_url());
        command.env("AWS_PROFILE", "pod-shop-till").env("AWS_REGION", "eu-central-1");
        let arn = answer(command).await;
        assert_eq!(arn, "arn:aws:sts::222222222222:assumed-role/reader/shop-till", "{client:?}");
    }
    let config = std::fs::read_to_string(scene.desktop.home.config_file()).expect("the config file");
    assert!(config.starts_with("# kept\n[profile demo]"), "{config}");
    assert!(config.contains("[profile pod-shop-till]") && !config.contains("\nrole_arn"), "{config}");
    let status = scene.status().await;
    let shown = &status["role_profiles"][0];
    assert_eq!((&shown["state"], &shown["origin"]["type"]), (&"active".into(), &"pod".into()));
    assert_eq!(shown["claims"]["subject"], "system:serviceaccount:shop:till");

    // Each broken link of the chain says which.
    for (account, code, part) in [
        ("plain", Some(6), "eks.amazonaws.com/role-arn"),
        ("nowhere", Some(6), "nowhere"),
        ("stranger", Some(5), "Trust policy of arn:aws:iam::222222222222:role/pods/nobody: add this"),
    ] {
        let (exit, _, words) = pod(&scene, &kubeconfig, &[&format!("{CONTEXT}/shop/{account}")]).await;
        assert!(words.contains(part), "{account}: {words}");
        assert_eq!(exit, code, "{account}: {words}");
    }
    cluster.is(Mood { forbidden: vec![Verb::Token], ..Mood::default() });
    let (exit, _, words) = pod(&scene, &kubeconfig, &[&till]).await;
    assert!(words.contains("serviceaccounts/token"), "{words}");
    assert_ne!(exit, Some(0));
    // A failed one leaves what was there.
    assert!(scene.credentials().contains("[pod-shop-till]"));
    let told = scene.written_down();
    for token in cluster.tokens() {
        assert!(!told.contains(&token), "a token was written down");
    }
    scene.said(&["sign-out", "pod-shop-till"]).await;
    assert!(!scene.credentials().contains("aws_access_key_id"), "{}", scene.credentials());
}
