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
current-context: one # mine
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

/// What is written for the cluster, as lines; `words` are what `eks-token` is told beside the cluster.
fn blocks(words: &[&str]) -> [String; 3] {
    let words = [&["eks-token", "--cluster", "shop"], words].concat();
    let words: String = words.iter().map(|word| format!("      - \"{word}\"\n")).collect();
    let rolecall = std::path::Path::new(env!("CARGO_BIN_EXE_rolecall-kit")).with_file_name("rolecall");
    [
        format!(
            "- cluster:\n    certificate-authority-data: \"{AUTHORITY}\"\n    server: \"{ENDPOINT}\"\n  \
             name: \"shop\"\n"
        ),
        "- context:\n    cluster: \"shop\"\n    user: \"shop\"\n  name: \"shop\"\n".to_owned(),
        format!(
            "- name: \"shop\"\n  user:\n    exec:\n      apiVersion: \"client.authentication.k8s.io/v1\"\n      \
             args:\n{words}      command: \"{}\"\n      interactiveMode: \"IfAvailable\"\n      \
             provideClusterInfo: false\n",
            rolecall.display()
        ),
    ]
}

/// A text with those lines taken out, each once.
#[track_caller]
fn without(text: &str, blocks: &[String]) -> String {
    blocks.iter().fold(text.to_owned(), |text, block| {
        assert_eq!(text.matches(block).count(), 1, "{block}\nin\n{text}");
        text.replacen(block, "", 1)
    })
}

#[test]
fn what_stands_there_stays_byte_for_byte() {
    let scene = Scene::new();
    for written in [WRITTEN.to_owned(), WRITTEN.replace('\n', "\r\n"), format!("{WRITTEN}# the end\r\n\n")] {
        scene.write(".kube/config", &written);
        assert_eq!(run(&scene, &["--profile", "a: b"]).code, Some(0));
        let text = scene.read(".kube/config");
        let crlf = if written.contains("\r\n") { "\r\n" } else { "\n" };
        let ours = |words: &[&str]| blocks(words).map(|block| block.replace('\n', crlf));
        assert_eq!(without(&text, &ours(&["--profile", "a: b"])), written);
        let all = value(&text);
        assert_eq!(
            (all["users"][0]["user"]["token"].as_str(), all["current-context"].as_str()),
            (Some("planted"), Some("one"))
        );
        assert_eq!(all["users"][1]["user"]["exec"]["args"][4], "a: b");
        // Another region: our own entry is changed, and the current context, and nothing else.
        assert_eq!(run(&scene, &["--region", "eu-west-1", "--use"]).code, Some(0));
        let text = scene.read(".kube/config");
        let expected = written.replace("current-context: one # mine", "current-context: \"shop\" # mine");
        assert_eq!(without(&text, &ours(&["--region", "eu-west-1"])), expected);
    }
}

/// Whatever is not ours in our own entries.
#[test]
fn what_somebody_added_to_our_entries_stays() {
    let scene = Scene::new();
    std::fs::remove_file(scene.path(".kube/config")).expect("it was there");
    assert_eq!(run(&scene, &["--profile", "work"]).code, Some(0));
    let mut text = scene.read(".kube/config");
    for (old, new) in [
        (
            "    server: \"https://A1.gr7.eu-central-1.eks.amazonaws.com\"\n",
            "    server: \"https://old.example\"  # by the tunnel\n    proxy-url: socks5://127.0.0.1:1080\n    \
             tls-server-name: shop.example\n",
        ),
        ("    user: \"shop\"\n", "    user: \"shop\"\n    namespace: till # mine\n    # nothing more\n"),
        ("  name: \"shop\"\nusers:", "  name: \"shop\"\n\n# people\nusers:"),
        (
            "      - \"work\"\n",
            "      - \"work\"\n      env: # for the proxy\n      - name: HTTPS_PROXY\n        value: x\n",
        ),
        ("interactiveMode: \"IfAvailable\"", "interactiveMode: Never"),
    ] {
        assert!(text.contains(old), "{old}: {text}");
        text = text.replacen(old, new, 1);
    }
    scene.write(".kube/config", &text);
    let more = ["--region", "eu-west-1", "--profile", "work"];
    assert_eq!(run(&scene, &more).code, Some(0));
    let expected = text
        .replace("https://old.example", ENDPOINT)
        .replace(
            "      - \"--profile\"\n",
            "      - \"--region\"\n      - \"eu-west-1\"\n      - \"--profile\"\n",
        )
        .replace("interactiveMode: Never", "interactiveMode: \"IfAvailable\"");
    assert_eq!(scene.read(".kube/config"), expected);
    assert!(run(&scene, &more).err.contains("says all of it already"));
    // A namespace that is asked for is ours to write.
    assert_eq!(run(&scene, &[&more[..], &["--namespace", "ops"]].concat()).code, Some(0));
    assert_eq!(scene.read(".kube/config"), expected.replace("namespace: till #", "namespace: \"ops\" #"));
    // As kubectl writes it again: the keys are kept, in whatever form they come.
    let json = serde_json::to_string(&value(&expected)).expect("JSON");
    scene.write(".kube/config", &json);
    assert_eq!(run(&scene, &["--region", "eu-west-2"]).code, Some(0));
    let all = value(&scene.read(".kube/config"));
    assert_eq!(all["clusters"][0]["cluster"]["proxy-url"], "socks5://127.0.0.1:1080");
    assert_eq!(all["contexts"][0]["context"]["namespace"], "till");
    let exec = &all["users"][0]["user"]["exec"];
    assert_eq!((exec["env"][0]["value"].as_str(), exec["args"][4].as_str()), (Some("x"), Some("eu-west-2")));
}

/// Comments and anchors are lost to nobody: what cannot be put in between is refused.
#[test]
fn anchors_and_comments_stay() {
    const BASE: &str = "\
# precious
apiVersion: v1
kind: Config
x-base: &base
  namespace: prod
clusters:
- name: a
  cluster: {server: \"https://a\"}
contexts:
- name: a
  context:
    <<: *base
    cluster: a
    user: a
users:
- name: a
  user: {token: T}
";
    let scene = Scene::new();
    scene.write(".kube/config", BASE);
    assert_eq!(run(&scene, &[]).code, Some(0));
    let text = scene.read(".kube/config");
    assert_eq!(without(&text, &blocks(&[])), BASE);
    // In our own entry, too.
    let ours = text.replace("    user: \"shop\"\n", "    user: \"shop\"\n    <<: *base\n");
    scene.write(".kube/config", &ours);
    assert_eq!(run(&scene, &["--region", "eu-west-1"]).code, Some(0));
    let region = "      - \"shop\"\n      - \"--region\"\n      - \"eu-west-1\"\n";
    assert_eq!(scene.read(".kube/config"), ours.replace("      - \"shop\"\n", region));
    let list = |list: &str| text.replace("users:\n- name: a\n  user: {token: T}\n", list);
    for text in [
        BASE.replace(
            "users:\n- name: a\n  user: {token: T}\n",
            "users: [{name: a, user: {token: planted}}]\n",
        ),
        BASE.replace("clusters:\n", "clusters: &all\n"),
        "users: [{name: a, user: {token: planted}}] # mine\n".to_owned(),
        "{users: [&a {name: a, user: {token: planted}}]}\n".to_owned(),
        // Our own entry, in a form that nothing can be put into without its comment.
        list("users:\n").replace("    exec:\n", "    exec: &exec\n").replace("\"IfAvailable\"", "Never"),
    ] {
        scene.write(".kube/config", &text);
        let ran = run(&scene, &[]);
        ran.is_problem("kube.not_edited", 6);
        assert!(ran.err.contains("--kubeconfig FILE") && !ran.err.contains("planted"), "{text}: {ran:?}");
        assert_eq!(scene.read(".kube/config"), text);
    }
}

/// Entries of that name which are somebody else's, in each list.
#[test]
fn whose_the_entries_are() {
    let scene = Scene::new();
    let cluster = |more: &str| format!("clusters:\n- name: shop\n  cluster:\n{more}");
    let context = |user: &str| {
        format!(
            "contexts:\n- name: shop\n  context:\n    cluster: shop\n    namespace: till\n    user: {user}\n"
        )
    };
    let same =
        format!("    server: {ENDPOINT}\n    certificate-authority-data: {AUTHORITY}\n    proxy-url: x\n");
    let user = |command: &str| {
        format!(
            "users:\n- name: shop\n  user:\n    exec:\n      command: {command}\n      args: [eks-token]\n"
        )
    };
    let other = "    server: https://planted.example\n";
    for (text, taken) in [
        (cluster(other), Some("clusters")),
        (
            cluster(&format!("    server: {ENDPOINT}\n    certificate-authority-data: LS0t\n")),
            Some("clusters"),
        ),
        (cluster(&same), None),
        (context("ada"), Some("contexts")),
        (context("shop"), None),
        (user("aws"), Some("users")),
        (cluster(other) + &context("shop") + &user("aws"), Some("clusters")),
        (cluster(&same) + &context("shop") + &user("aws"), Some("users")),
        (cluster(other) + &context("shop") + &user("/usr/bin/rolecall"), None),
    ] {
        scene.write(".kube/config", &text);
        let ran = run(&scene, &[]);
        match taken {
            Some(list) => {
                ran.is_problem("kube.not_edited", 6);
                let said = ran.err.contains(&format!("its {list} have another 'shop'"));
                assert!(
                    said && ran.err.contains("--context") && !ran.err.contains("planted"),
                    "{text}: {ran:?}"
                );
                assert_eq!(scene.read(".kube/config"), text);
            }
            None => {
                assert_eq!(ran.code, Some(0), "{text}: {ran:?}");
                let all = value(&scene.read(".kube/config"));
                assert_eq!(all["clusters"][0]["cluster"]["server"], ENDPOINT);
                assert_eq!(all["clusters"].as_array().map(Vec::len), Some(1));
                let kept = all["contexts"][0]["context"]["namespace"].as_str();
                assert_eq!(kept, text.contains("till").then_some("till"), "{text}");
            }
        }
    }
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
    assert!(ran.err.contains("written anew"), "{ran:?}");
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

/// As kubectl does it: where the entry stands, else in the first file that exists.
#[test]
fn where_it_is_written() {
    let scene = Scene::new();
    let ours = |path: &str| scene.path(path).exists() && scene.read(path).contains("eks-token");
    let by = |paths: &[&str], more: &[&str]| {
        let paths: Vec<_> = paths.iter().map(|path| scene.path(path).display().to_string()).collect();
        let mut command = scene.command(&arguments(more));
        Ran::of(command.env("KUBECONFIG", paths.join(":")).output().expect("it runs"))
    };
    scene.write("first", "");
    assert_eq!(by(&["first", ".kube/config"], &[]).code, Some(0));
    assert!(ours("first") && !ours(".kube/config"));
    assert_eq!(run(&scene, &["--kubeconfig", "own/file"]).code, Some(0));
    assert!(ours("own/file"));
    // The first is missing; all of them are: the last.
    scene.write("second", WRITTEN);
    assert_eq!(by(&["missing", "second", ".kube/config"], &[]).code, Some(0));
    assert!(ours("second") && !ours("missing") && !ours(".kube/config"));
    assert_eq!(by(&["missing", "last"], &[]).code, Some(0));
    assert!(ours("last") && !ours("missing"));
    // It stands in another one already, and the current context in the first.
    scene.write("first", WRITTEN);
    let before = scene.read("second");
    let ran = by(&["first", "missing", "second"], &["--region", "eu-west-1", "--use"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.err.contains("/first is written") && ran.err.contains("/second is written"), "{ran:?}");
    assert_eq!(scene.read("first"), WRITTEN.replace("current-context: one", "current-context: \"shop\""));
    let region = "      - \"shop\"\n      - \"--region\"\n      - \"eu-west-1\"\n";
    assert_eq!(scene.read("second"), before.replace("      - \"shop\"\n", region));
    assert!(
        by(&["first", "second"], &["--region", "eu-west-1", "--use"]).err.contains("says all of it already")
    );
    // Somebody else's in another one: nothing is written, not even what could be.
    let theirs = WRITTEN.replace("name: one", "name: shop");
    scene.write("second", &theirs);
    let ran = by(&["first", "second"], &[]);
    ran.is_problem("kube.not_edited", 6);
    assert!(ran.err.contains("/second was left as it is"), "{ran:?}");
    assert_eq!((scene.read("second"), ours("first")), (theirs, false));
    scene.write("second", "clusters: [planted");
    let ran = by(&["first", "second"], &[]);
    ran.is_problem("kube.not_edited", 6);
    assert!(ran.err.contains("/second") && !ran.err.contains("planted"), "{ran:?}");
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
