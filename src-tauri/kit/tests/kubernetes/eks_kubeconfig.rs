//! `eks-kubeconfig`: what it writes, what it keeps, and what it leaves alone.

use crate::scene::{Ran, Scene};
use serde_json::Value;
use std::os::unix::fs::PermissionsExt as _;

/// Base64 of a PEM file's begin and end.
const AUTHORITY: &str = "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUIKLS0tLS1FTkQgQ0VSVElGSUNBVEUtLS0tLQo=";
const ENDPOINT: &str = "https://A1.gr7.eu-central-1.eks.amazonaws.com";

/// As kubectl writes it, with what people put into it.
const WRITTEN: &str = "\
# my clusters
apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: LS0t
    server: https://one.example   # the old one
    x-unknown: {a: [1, 2]}
  name: one
contexts:
- context:
    cluster: one
    user: ada
  name: one
current-context: one
kind: Config
preferences: {}
users:
# a key that must not be lost
- name: ada
  user:
    token: planted
";

fn arguments<'a>(more: &[&'a str]) -> Vec<&'a str> {
    let all =
        ["eks-kubeconfig", "--cluster", "shop", "--endpoint", ENDPOINT, "--certificate-authority", AUTHORITY];
    [&all[..], more].concat()
}

fn run(scene: &Scene, more: &[&str]) -> Ran {
    scene.run(&arguments(more))
}

fn value(text: &str) -> Value {
    serde_saphyr::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn a_file_of_its_own() {
    let scene = Scene::new();
    std::fs::remove_dir_all(scene.path(".kube")).expect("it was there");
    let ran = run(&scene, &["--profile", "work", "--region", "eu-central-1", "--namespace", "till", "--use"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), ""), "{ran:?}");
    let text = scene.read(".kube/config");
    let all = value(&text);
    assert_eq!((all["apiVersion"].as_str(), all["kind"].as_str()), (Some("v1"), Some("Config")));
    assert_eq!(all["current-context"], "shop");
    assert_eq!(all["clusters"][0]["cluster"]["server"], ENDPOINT);
    assert_eq!(all["clusters"][0]["cluster"]["certificate-authority-data"], AUTHORITY);
    assert_eq!(all["contexts"][0]["context"]["namespace"], "till");
    let exec = &all["users"][0]["user"]["exec"];
    let words = ["eks-token", "--cluster", "shop", "--region", "eu-central-1", "--profile", "work"];
    assert_eq!(exec["args"], serde_json::json!(words));
    assert_eq!(exec["apiVersion"], "client.authentication.k8s.io/v1");
    assert_eq!(exec["interactiveMode"], "IfAvailable");
    assert!(exec["command"].as_str().is_some_and(|command| command.ends_with("/rolecall")), "{exec}");
    let mode = std::fs::metadata(scene.path(".kube/config")).expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(!scene.path(".kube/config.lock").exists());
    // The same again changes nothing.
    let again =
        run(&scene, &["--profile", "work", "--region", "eu-central-1", "--namespace", "till", "--use"]);
    assert!(again.err.contains("says all of it already"), "{again:?}");
    assert_eq!(scene.read(".kube/config"), text);
}

#[test]
fn what_stands_there_stays_byte_for_byte() {
    let scene = Scene::new();
    scene.write(".kube/config", WRITTEN);
    assert_eq!(run(&scene, &["--profile", "a: b"]).code, Some(0));
    let text = scene.read(".kube/config");
    let kept: Vec<_> = text.lines().filter(|line| WRITTEN.lines().any(|old| old == *line)).collect();
    assert!(WRITTEN.lines().all(|line| kept.contains(&line)), "{text}");
    let all = value(&text);
    assert_eq!(
        (all["users"][0]["user"]["token"].as_str(), all["current-context"].as_str()),
        (Some("planted"), Some("one"))
    );
    assert_eq!(all["users"][1]["user"]["exec"]["args"][4], "a: b");
    // Another region: our own entry is written over, and nothing else.
    assert_eq!(run(&scene, &["--region", "eu-west-1", "--use"]).code, Some(0));
    let all = value(&scene.read(".kube/config"));
    assert_eq!(all["users"].as_array().map(Vec::len), Some(2));
    assert_eq!(all["users"][1]["user"]["exec"]["args"][3], "--region");
    assert_eq!(all["current-context"], "shop");
    assert!(scene.read(".kube/config").starts_with("# my clusters\n"));
}

#[test]
fn kubectl_reads_it() {
    let scene = Scene::new();
    scene.write(".kube/config", WRITTEN);
    assert_eq!(run(&scene, &["--use"]).code, Some(0));
    let Some(ran) = scene.kubectl(&["config", "view", "--minify", "-o", "json"]) else { return };
    let view: Value = serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {ran:?}"));
    assert_eq!(view["current-context"], "shop");
    assert_eq!(view["users"][0]["user"]["exec"]["args"][0], "eks-token");
}

/// One line of JSON: it is written anew, and says so.
#[test]
fn a_file_that_nothing_can_be_put_into() {
    let scene = Scene::new();
    let json = serde_json::to_string(&value(WRITTEN)).expect("JSON");
    scene.write(".kube/config", &json);
    let ran = run(&scene, &[]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.err.contains("comments are not"), "{ran:?}");
    let all = value(&scene.read(".kube/config"));
    assert_eq!(all["clusters"][0], value(WRITTEN)["clusters"][0]);
    assert_eq!(
        (all["clusters"][1]["name"].as_str(), all["users"][0]["user"]["token"].as_str()),
        (Some("shop"), Some("planted"))
    );
}

#[test]
fn what_is_left_alone() {
    let scene = Scene::new();
    let theirs = WRITTEN.replace("name: one", "name: shop");
    let several = format!("{WRITTEN}---\n{WRITTEN}");
    for text in [
        "clusters: [planted",
        "- planted\n",
        "planted\n",
        "kind: Pod\nplanted: 1\n",
        "clusters: planted\n",
        "a: 1\na: 2\n",
        &theirs,
        &several,
    ] {
        scene.write(".kube/config", text);
        let ran = run(&scene, &[]);
        ran.is_problem("kube.not_edited", 6);
        assert!(!ran.err.contains("planted"), "{text}: {ran:?}");
        assert_eq!(scene.read(".kube/config"), text);
    }
    // By another name it goes.
    scene.write(".kube/config", &theirs);
    assert_eq!(run(&scene, &["--context", "shop-2"]).code, Some(0));
}

#[test]
fn where_it_is_written() {
    let scene = Scene::new();
    scene.write("first", "");
    let first = scene.path("first").display().to_string();
    let mut command = scene.command(&arguments(&[]));
    command.env("KUBECONFIG", format!("{first}:{}", scene.path(".kube/config").display()));
    assert_eq!(command.output().expect("it runs").status.code(), Some(0));
    assert!(scene.read("first").contains("eks-token") && !scene.read(".kube/config").contains("eks-token"));
    assert_eq!(run(&scene, &["--kubeconfig", "own/file"]).code, Some(0));
    assert!(scene.read("own/file").contains("eks-token"));
}

#[test]
fn a_lock_of_kubectl() {
    let scene = Scene::new();
    scene.write(".kube/config.lock", "");
    let before = scene.read(".kube/config");
    run(&scene, &[]).is_problem("kube.locked", 6);
    assert_eq!(scene.read(".kube/config"), before);
    // One that is let go in time is waited for.
    let lock = scene.path(".kube/config.lock");
    let released = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(300));
        std::fs::remove_file(lock).expect("it was there");
    });
    assert_eq!(run(&scene, &[]).code, Some(0));
    released.join().expect("no panic");
}

#[test]
fn bad_input() {
    let with = |option: &str, value: &str| {
        let all = arguments(&[]);
        let at = all.iter().position(|word| *word == option).expect(option);
        let mut all: Vec<_> = all.iter().map(|word| (*word).to_owned()).collect();
        value.clone_into(&mut all[at + 1]);
        all
    };
    for (option, value, code) in [
        ("--endpoint", "http://api.example", "kube.endpoint"),
        ("--endpoint", "api.example", "kube.endpoint"),
        ("--endpoint", "https://", "kube.endpoint"),
        ("--endpoint", "https://a\nb", "kube.endpoint"),
        ("--endpoint", "http://127.0.0.1.evil.example", "kube.endpoint"),
        ("--certificate-authority", "no-such-file", "kube.authority"),
        ("--certificate-authority", "/dev/null", "kube.authority"),
        ("--cluster", "", "kube.entry"),
        ("--cluster", "a\nb", "kube.entry"),
    ] {
        let scene = Scene::new();
        let before = scene.read(".kube/config");
        let all = with(option, value);
        scene.run(&all.iter().map(String::as_str).collect::<Vec<_>>()).is_problem(code, 6);
        assert_eq!(scene.read(".kube/config"), before);
    }
    let scene = Scene::new();
    scene.run(&["eks-kubeconfig", "--cluster", "a", "--endpoint", ENDPOINT]).is_problem("kube.authority", 6);
    let local = ["eks-kubeconfig", "--cluster", "a", "--endpoint", "http://127.0.0.1:8080"];
    assert_eq!(scene.run(&local).code, Some(0));
    assert_eq!(scene.run(&["eks-kubeconfig", "--cluster", "a"]).code, Some(2));
}
