//! The arrows of the house: who may depend on whom, read from `cargo metadata`.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// For each package id its direct dependencies that end up in a program (not those of tests and build scripts).
struct Graph {
    names: BTreeMap<String, String>,
    edges: BTreeMap<String, Vec<String>>,
}

impl Graph {
    fn read() -> Self {
        let output = Command::new(env!("CARGO"))
            .args(["metadata", "--format-version=1", "--locked", "--offline"])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .expect("cargo metadata runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let array = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let names = array(&metadata["packages"]).iter().map(|p| (text(&p["id"]), text(&p["name"]))).collect();
        let normal = |dep: &&Value| array(&dep["dep_kinds"]).iter().any(|kind| kind["kind"].is_null());
        let edges = array(&metadata["resolve"]["nodes"])
            .iter()
            .map(|node| {
                let deps = array(&node["deps"]);
                (text(&node["id"]), deps.iter().filter(normal).map(|dep| text(&dep["pkg"])).collect())
            })
            .collect();
        Self { names, edges }
    }

    /// The names of everything that the package reaches, itself left out.
    fn reached_from(&self, name: &str) -> BTreeSet<&str> {
        let start = self.names.iter().find(|(_, n)| *n == name).map(|(id, _)| id).expect("a package of ours");
        let (mut open, mut seen) = (vec![start], BTreeSet::new());
        while let Some(id) = open.pop() {
            for next in &self.edges[id] {
                if seen.insert(next) {
                    open.push(next);
                }
            }
        }
        seen.into_iter().map(|id| self.names[id].as_str()).collect()
    }
}

const OURS: [&str; 8] = [
    "rolecall-core",
    "rolecall-client",
    "rolecall-tray",
    "rolecall-window",
    "rolecall",
    "rolecall-kit",
    "rolecall-demo",
    "rolecall-tests",
];

#[test]
fn arrows_point_down() {
    let graph = Graph::read();
    for (package, allowed) in [
        ("rolecall-core", &[][..]),
        ("rolecall-tray", &["rolecall-core", "rolecall-client"]),
        ("rolecall-client", &["rolecall-core"]),
        ("rolecall-window", &["rolecall-core", "rolecall-client"]),
        ("rolecall", &["rolecall-core", "rolecall-client"]),
        ("rolecall-kit", &["rolecall-core", "rolecall-client"]),
        ("rolecall-demo", &["rolecall-core"]),
    ] {
        let reached = graph.reached_from(package);
        let ours: Vec<_> = OURS.into_iter().filter(|name| reached.contains(name)).collect();
        assert!(ours.iter().all(|name| allowed.contains(name)), "{package} reaches {ours:?}");
    }
}

#[test]
fn no_web_engine_where_credentials_are() {
    let graph = Graph::read();
    let engines = ["tauri", "wry", "tao", "gtk", "webkit2gtk", "webview2-com", "javascriptcore-rs"];
    for package in ["rolecall-core", "rolecall-client", "rolecall-tray", "rolecall", "rolecall-kit"] {
        let reached = graph.reached_from(package);
        let found: Vec<_> = engines.into_iter().filter(|name| reached.contains(name)).collect();
        assert!(found.is_empty(), "{package} reaches {found:?}");
    }
    // The test can fail: the window does reach them.
    assert!(graph.reached_from("rolecall-window").contains("wry"));
}

#[test]
fn kubernetes_and_hcl_are_the_kits_alone() {
    let graph = Graph::read();
    for package in ["rolecall-core", "rolecall-client", "rolecall-tray", "rolecall-window", "rolecall"] {
        let reached = graph.reached_from(package);
        for name in ["kube", "k8s-openapi", "hcl-rs", "serde-saphyr"] {
            assert!(!reached.contains(name), "{package} reaches {name}");
        }
    }
    assert!(graph.reached_from("rolecall-kit").contains("kube"));
}

#[test]
fn core_knows_no_network_and_no_runtime() {
    let graph = Graph::read();
    let reached = graph.reached_from("rolecall-core");
    for name in ["tokio", "hyper", "reqwest", "rustls", "aws-sdk-sts", "zbus", "interprocess"] {
        assert!(!reached.contains(name), "{name}");
    }
}

/// What the sign-in window, which shows pages of others, is given of ours: nothing.
#[test]
fn the_sign_in_window_has_no_page_and_no_capability() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../src-tauri/window");
    let read = |name: &str| -> Value {
        let text = std::fs::read_to_string(folder.join(name)).expect(name);
        serde_json::from_str(&text).expect(name)
    };
    let sign_in = read("sign-in.conf.json");
    assert!(sign_in.get("build").is_none(), "no page of ours is in its context");
    assert_eq!(sign_in["app"]["security"]["capabilities"], serde_json::json!(["none"]));
    let none = read("capabilities/none.json");
    assert_eq!((&none["permissions"], &none["windows"]), (&serde_json::json!([]), &serde_json::json!([])));
    let source = std::fs::read_to_string(folder.join("src/sign_in/mod.rs")).expect("the sign-in window");
    assert!(
        source.contains("generate_context!(\"sign-in.conf.json\")") && !source.contains("invoke_handler")
    );

    let main = read("capabilities/main.json");
    assert_eq!((&main["windows"], &main["local"]), (&serde_json::json!(["main"]), &serde_json::json!(true)));
    assert!(main.get("remote").is_none());
    let permissions = serde_json::json!(["allow-ask", "core:webview:allow-set-webview-zoom"]);
    assert_eq!(main["permissions"], permissions);
    let policy = read("tauri.conf.json")["app"]["security"]["csp"].to_string();
    assert!(!policy.contains("unsafe") && !policy.contains("https:") && !policy.contains('*'), "{policy}");
}

/// A panic's own words may quote what the program was working on. `panic_message` itself is tested with a child that
/// panics; here, that no program begins with anything else.
#[test]
fn every_program_says_the_place_of_a_panic_and_nothing_else() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for program in ["cli", "kit", "tray", "window"] {
        let path = root.join(format!("src-tauri/{program}/src/main.rs"));
        let text = std::fs::read_to_string(&path).expect("a program");
        let body = text.split_once("fn main() -> ExitCode {").expect("main").1.trim_start();
        let first = body.lines().next().unwrap_or_default();
        assert!(first.contains("panic_message::say_place_only("), "{}: {first}", path.display());
    }
}
