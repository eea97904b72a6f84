//! The kubeconfig: missing, damaged, several, and without the context that is asked for.

use crate::scene::Scene;
use rolecall_demo::rig::kubernetes::KEY;

#[test]
fn none_at_all() {
    let scene = Scene::new();
    std::fs::remove_file(scene.path(".kube/config")).expect("it was there");
    scene.run(&["pod"]).is_problem("kube.no_kubeconfig", 6);
}

#[test]
fn one_that_cannot_be_read_shows_no_secret() {
    let scene = Scene::new();
    for (text, code) in [
        ("users: [planted", "kube.unreadable"),
        ("users:\n- name: ada\n  user: planted\n", "kube.unreadable"),
        ("users:\n- name: ada\n  user:\n    token: [planted]\n", "kube.unreadable"),
        ("\u{0}planted", "kube.unreadable"),
        (
            "contexts:\n- name: desk\n  context:\n    cluster: c\n    user: u\ncurrent-context: desk\n",
            "kube.incomplete",
        ),
        ("current-context: desk\n", "kube.no_context"),
        ("", "kube.no_context"),
    ] {
        scene.write(".kube/config", text);
        let ran = scene.run(&["pod"]);
        ran.is_problem(code, 6);
        assert!(!ran.err.contains("planted"), "{text}: {ran:?}");
    }
}

#[test]
fn several_files_are_one() {
    let scene = Scene::new();
    scene.write("a", "contexts:\n- name: other\n  context:\n    cluster: none\n    user: none\n");
    let paths = format!("{0}/a:{0}/missing:{0}/.kube/config", scene.home().display());
    let ran = scene.command(&["pod", "--json"]).env("KUBECONFIG", &paths).output().expect("it runs");
    let text = String::from_utf8(ran.stdout).expect("text");
    assert!(text.contains("\"other\"") && text.contains("\"desk\"") && text.contains("till"), "{text}");
    // One that is damaged is not passed over.
    scene.write("a", "contexts: 7");
    let ran = scene.command(&["pod", "--json"]).env("KUBECONFIG", &paths).output().expect("it runs");
    assert_eq!(ran.status.code(), Some(6));
}

#[test]
fn a_context_that_is_not_there_and_those_that_are() {
    let scene = Scene::new();
    for place in ["dsek", "dsek/shop", "dsek/shop/till"] {
        let ran = scene.run(&["pod", place]);
        ran.is_problem("kube.no_context", 6);
        assert!(ran.err.contains("It has 'desk'"), "{ran:?}");
    }
    scene.run(&["pod", "desk/a/b/c"]).is_problem("kube.place", 6);
    scene.run(&["pod", "desk/../x"]).is_problem("kube.place", 6);
    assert!(scene.cluster.asked().is_empty());
}

#[test]
fn a_token_file_of_the_user() {
    let scene = Scene::new();
    scene.write(".kube/key", KEY);
    scene.write(".kube/config", &scene.cluster.kubeconfig_with("desk", "    tokenFile: key\n"));
    assert_eq!(scene.run(&["pod"]).code, Some(0));
    std::fs::remove_file(scene.path(".kube/key")).expect("it was there");
    scene.run(&["pod"]).is_problem("kube.plugin", 1);
}
