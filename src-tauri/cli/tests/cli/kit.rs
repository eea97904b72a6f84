//! `trust`, `pod` and `eks-kubeconfig`: handed to the kit as they are.

use crate::scene::{Ran, Scene};

/// A kit beside a copy of the program: a script.
fn installed(script: &str) -> Scene {
    let scene = Scene::empty();
    scene.installed();
    scene.install("rolecall-kit", script);
    scene
}

fn run(scene: &Scene, arguments: &[&str]) -> Ran {
    let program = scene.home().join("bin/rolecall");
    Ran::of(scene.command_of(&program, arguments).output().expect("it runs"))
}

#[test]
fn every_argument_reaches_the_kit_and_its_end_is_ours() {
    let scene = installed(r#"printf '<%s>' "$@"; exit 9"#);
    for (arguments, handed) in [
        (&["trust", "check", "--as", "a b", "-"][..], "<trust><check><--as><a b><->"),
        (&["trust", "--help"], "<trust><--help>"),
        (&["help", "pod"], "<pod><--help>"),
        (&["help", "trust", "check"], "<trust><check><--help>"),
        (&["pod", "--", "-x", ""], "<pod><--><-x><>"),
        (&["eks-kubeconfig", "--cluster=x", "-h"], "<eks-kubeconfig><--cluster=x><-h>"),
    ] {
        let ran = run(&scene, arguments);
        assert_eq!((ran.code, ran.out.as_str()), (Some(9), handed), "{arguments:?}: {ran:?}");
    }
}

#[test]
fn a_kit_that_is_missing() {
    let scene = Scene::empty();
    scene.installed();
    let ran = run(&scene, &["trust", "check", "-"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""));
    assert!(ran.err.contains("rolecall-kit") && ran.err.contains("[kit.unavailable]"), "{ran:?}");
}

#[test]
fn they_are_in_the_help() {
    let ran = Scene::empty().run(&["--help"]);
    for command in ["trust", "pod", "eks-kubeconfig", "eks-token", "assume", "endpoint"] {
        let line = ran.out.lines().find(|line| line.trim_start().starts_with(&format!("{command} ")));
        assert!(line.is_some_and(|line| line.split_whitespace().count() > 3), "{command}: {}", ran.out);
    }
}
