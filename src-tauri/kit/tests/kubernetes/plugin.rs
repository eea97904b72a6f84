//! Exec plug-ins: one that signs on, and those that do not.

use crate::scene::Scene;
use rolecall_core::problem::Problem;
use rolecall_demo::rig::kubernetes::Kubernetes;

fn scene(script: &str) -> Scene {
    let scene = Scene::new();
    let program = scene.script("plugin", script);
    scene.write(
        ".kube/config",
        &scene.cluster.kubeconfig_with("desk", &Kubernetes::plugin(&[&program, "--x"])),
    );
    scene
}

#[test]
fn one_that_signs_on() {
    let asked = r#"case "$KUBERNETES_EXEC_INFO" in *'"interactive":false'*) ;; *) exit 9;; esac"#;
    let scene = scene(&format!("{asked}\ncat <<'END'\n{}\nEND", Kubernetes::credential()));
    let ran = scene.run(&["pod", "desk/shop/till"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
}

#[test]
fn those_that_fail() {
    for (script, words) in [
        (
            "echo planted; echo 'no such profile: work' >&2; exit 255",
            "exit status: 255): no such profile: work",
        ),
        ("echo planted; exit 3", "exit status: 3)"),
        ("kill -9 $$", "signal: 9"),
        ("echo planted junk", "no ExecCredential"),
        ("echo '{\"planted\":1}'", "no ExecCredential"),
        ("printf 'planted: [\\n'", "no ExecCredential"),
    ] {
        let scene = scene(script);
        let ran = scene.run(&["pod", "desk/shop/till"]);
        ran.is_problem("kube.plugin", 1);
        assert!(ran.err.contains(words) && !ran.err.contains("planted"), "{script}: {ran:?}");
        assert!(ran.err.contains("/plugin") && scene.cluster.asked().is_empty(), "{script}: {ran:?}");
    }
}

/// `rolecall eks-token` where nobody is signed in: its words, and what it says to do.
#[test]
fn our_own() {
    let report = Problem::NotSignedIn.report();
    let lines = format!("rolecall: {}\nhelp: {} [{}]", report.what, report.help, report.code);
    let scene = scene(&format!("cat >&2 <<'END'\n{lines}\nEND\nexit 3"));
    let ran = scene.run(&["pod", "desk/shop/till"]);
    ran.is_problem("kube.plugin", 1);
    let said = format!("failed (exit status: 3): {}\nhelp: {} [kube.plugin]\n", report.what, report.help);
    assert!(ran.err.ends_with(&said), "{said}{ran:?}");
}

#[test]
fn one_without_a_token() {
    let scene = scene(
        r#"echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{}}'"#,
    );
    scene.run(&["pod"]).is_problem("kube.unauthorized", 1);
}

#[test]
fn one_that_is_not_installed() {
    let scene = Scene::new();
    let hint = Kubernetes::plugin(&["no-such-plugin"])
        + "      installHint: |\n        Fetch it\n        from somewhere\n";
    scene.write(".kube/config", &scene.cluster.kubeconfig_with("desk", &hint));
    let ran = scene.run(&["pod"]);
    ran.is_problem("kube.plugin", 1);
    assert!(ran.err.contains("Fetch it") && ran.err.contains("could not be run"), "{ran:?}");
}

#[test]
fn one_that_must_ask_where_nobody_sits() {
    let scene = Scene::new();
    let user = Kubernetes::plugin(&["true"]).replace("IfAvailable", "Always");
    scene.write(".kube/config", &scene.cluster.kubeconfig_with("desk", &user));
    scene.run(&["pod"]).is_problem("kube.plugin_asks", 1);
}
