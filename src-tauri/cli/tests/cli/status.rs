//! `status`: as a table, as JSON, with colours where they belong, and as it changes.

use crate::scene::{Ran, Scene, say, signed_out, status, work};
use crate::terminal::Terminal;
use rolecall_core::client_environment::OtherFile;
use rolecall_core::message::Reply;
use rolecall_core::problem::Problem;
use rolecall_core::view::View;
use std::process::Stdio;

fn scene() -> Scene {
    Scene::answering(|_| vec![status(vec![work(), signed_out("other")])])
}

#[test]
fn a_table_or_json() {
    for arguments in [&[][..], &["status"]] {
        let ran = scene().run(arguments);
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
        let lines: Vec<_> = ran.out.lines().map(|line| line.split_whitespace().next()).collect();
        assert_eq!(lines, [Some("PROFILE"), Some("work"), Some("other")]);
    }
    let ran = scene().run(&["status", "--json"]);
    let view: View = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!(view.profiles, [work(), signed_out("other")]);
}

#[test]
fn colours_only_on_a_terminal_and_where_they_are_wanted() {
    assert!(!scene().run(&["status"]).out.contains('\x1b'));
    for (no_color, term, coloured) in [("", "xterm", true), ("1", "xterm", false), ("", "dumb", false)] {
        let scene = scene();
        let mut command = scene.command(&["status"]);
        command.env("NO_COLOR", no_color).env("TERM", term);
        let (code, text) = Terminal::run(command).end();
        assert_eq!(code, Some(0));
        assert_eq!(text.contains("\x1b[32mactive\x1b[0m"), coloured, "{no_color:?} {term}: {text:?}");
        assert_eq!(text.contains('\x1b'), coloured, "{no_color:?} {term}: {text:?}");
    }
}

/// Says the second view only when the first one was shown.
fn changing() -> (Scene, std::sync::mpsc::Sender<()>) {
    let (go_on, wait) = std::sync::mpsc::channel();
    let scene = Scene::listening(move |_, stream| {
        say(stream, status(vec![signed_out("work")]));
        say(stream, status(vec![signed_out("work")]));
        let _ = wait.recv();
        say(stream, status(vec![work()]));
        let _ = wait.recv();
    });
    (scene, go_on)
}

#[test]
fn watching_on_a_terminal_draws_in_place() {
    let (scene, go_on) = changing();
    let mut terminal = Terminal::run(scene.command(&["status", "--watch"]));
    terminal.wait_for("\x1b[H\x1b[J");
    terminal.wait_for("signed out");
    go_on.send(()).expect("it waits");
    terminal.wait_for("\x1b[H\x1b[J");
    terminal.wait_for("\x1b[32mactive");
    terminal.kill();
}

#[test]
fn watching_into_a_pipe_prints_what_changed() {
    for (json, first, second) in [(false, "signed out", "active"), (true, "signed_out", "\"active\"")] {
        let (scene, go_on) = changing();
        let mut command = scene.command(&["status", "--watch"]);
        command.args(json.then_some("--json"));
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
        go_on.send(()).expect("it waits");
        go_on.send(()).expect("it waits");
        let ran = Ran::of(child.wait_with_output().expect("it ends"));
        // The end of the resident process is told, after everything that it said.
        assert_eq!(ran.code, Some(1), "{ran:?}");
        assert!(ran.err.contains("[tray.gone]"), "{ran:?}");
        assert!(!ran.out.contains('\x1b'), "{ran:?}");
        assert!(ran.out.find(first) < ran.out.rfind(second), "{ran:?}");
        if json {
            let views: Vec<_> =
                ran.out.lines().map(|line| serde_json::from_str::<View>(line).expect("JSON")).collect();
            assert_eq!(views.len(), 3);
        } else {
            assert_eq!(ran.out.matches("PROFILE").count(), 2, "{ran:?}");
        }
    }
}

#[test]
fn watching_ends_with_its_reader() {
    let (scene, go_on) = changing();
    let mut child = scene.command(&["status", "--watch"]).stdout(Stdio::piped()).spawn().expect("it runs");
    drop(child.stdout.take());
    go_on.send(()).expect("it waits");
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
}

#[test]
fn a_shell_that_reads_other_files_sees_no_sessions_and_the_reason() {
    let files = vec![OtherFile {
        what: "config file",
        variable: "AWS_CONFIG_FILE",
        client: "/elsewhere/config".into(),
        service: "/home/ada/.aws/config".into(),
    }];
    let problems = vec![Problem::OtherFiles { files }.report()];
    let scene = Scene::answering(move |_| {
        vec![Reply::Status { view: View { problems: problems.clone(), ..View::default() } }]
    });
    for arguments in [&["status"][..], &["roles"], &["status", "--watch"]] {
        let ran = scene.run(arguments);
        let said = format!("{}{}", ran.out, ran.err);
        assert_eq!(ran.code, Some(6), "{ran:?}");
        assert!(said.contains("/elsewhere/config") && said.contains("/home/ada/.aws/config"), "{ran:?}");
        assert!(said.contains("rolecall quit") && said.contains("environment.other_files"), "{ran:?}");
    }
    let ran = scene.run(&["status", "--json"]);
    assert_eq!(ran.code, Some(6), "{ran:?}");
    let value: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!(value["problems"][0]["code"], "environment.other_files");
}
