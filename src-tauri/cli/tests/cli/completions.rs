//! Completion: the script is one that its shell takes, and the answers are what a running resident process knows.

use crate::scene::{Ran, Scene, signed_out, status, work};
use std::path::Path;

/// What the registered script would ask for the last of these words.
fn completed(scene: &Scene, words: &[&str]) -> Vec<String> {
    let mut command = scene.command(&["--", "rolecall"]);
    let index = words.len().to_string();
    command.args(words).env("COMPLETE", "bash").env("_CLAP_COMPLETE_INDEX", index).env("_CLAP_IFS", "\n");
    command.env("_CLAP_COMPLETE_COMP_TYPE", "9").env("_CLAP_COMPLETE_SPACE", "true");
    let ran = Ran::of(command.output().expect("it runs"));
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{words:?}");
    ran.out.lines().map(|line| line.trim().to_owned()).filter(|line| !line.starts_with('-')).collect()
}

#[test]
fn profiles_and_roles_of_a_running_process() {
    let scene = Scene::answering(|_| vec![status(vec![work(), signed_out("other")])]);
    for (words, expected) in [
        (&["sign-in", "w"][..], &["work"][..]),
        (&["sign-in", ""], &["other", "work"]),
        (&["env", "--profile", "o"], &["other"]),
        (&["credential-process", ""], &["other", "work"]),
        (&["switch", "D"], &["Developer"]),
        (&["switch", "A"], &[]),
        (&["switch", ""], &["111111111111/Admin", "222222222222/Admin", "Developer"]),
        (&["sign-in", "--role", "1"], &["111111111111/Admin", "111111111111/Developer"]),
        (&["completions", "z"], &["zsh"]),
    ] {
        let mut found = completed(&scene, words);
        found.sort();
        assert_eq!(found, expected, "{words:?}");
    }
}

#[test]
fn without_one_the_config_file_is_read_and_nothing_started() {
    let scene = Scene::empty();
    assert_eq!(completed(&scene, &["sign-in", ""]), [""; 0]);
    scene.write(
        ".aws/config",
        "[profile work]\nazure_tenant_id = a.example\nazure_app_id_uri = x\n[profile plain]\nregion = x\n",
    );
    assert_eq!(completed(&scene, &["sign-in", ""]), ["work"]);
    assert_eq!(completed(&scene, &["switch", ""]), [""; 0]);
}

#[test]
fn each_shell_has_a_script() {
    let scene = Scene::empty();
    for (shell, part) in [
        ("bash", "complete "),
        ("zsh", "compdef"),
        ("fish", "complete "),
        ("powershell", "Register-ArgumentCompleter"),
    ] {
        let ran = scene.run(&["completions", shell]);
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
        assert!(ran.out.contains(part) && ran.out.contains("rolecall"), "{shell}: {}", ran.out);
        // It can be packaged: nothing of this computer is in it.
        assert!(!ran.out.contains("/target"), "{shell}: {}", ran.out);
    }
}

/// What bash would do at a press of Tab, with `rolecall` on its PATH.
#[test]
fn bash_completes() {
    let scene = Scene::answering(|_| vec![status(vec![work(), signed_out("other")])]);
    let script = "source <(rolecall completions bash) && complete -p rolecall >&2 &&
        COMP_WORDS=(rolecall sign-in w) COMP_CWORD=2 COMP_TYPE=9 &&
        _clap_complete_rolecall rolecall w sign-in && echo ${COMPREPLY[@]}";
    let folder = Path::new(env!("CARGO_BIN_EXE_rolecall")).parent().expect("a folder");
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap_or_default());
    let mut command = scene.command_of("bash".as_ref(), &["-c", script]);
    let ran = Ran::of(command.env("PATH", path).output().expect("bash runs"));
    assert_eq!((ran.code, ran.out.trim()), (Some(0), "work"), "{ran:?}");
    assert!(ran.err.contains("_clap_complete_rolecall rolecall"), "{ran:?}");
}

#[test]
fn a_manual_page_names_every_command() {
    let ran = Scene::empty().run(&["man"]);
    assert_eq!(ran.code, Some(0));
    for command in ["status", "sign\\-in", "credential\\-process", "doctor", "EXIT STATUS"] {
        assert!(ran.out.contains(command), "{command}");
    }
}
