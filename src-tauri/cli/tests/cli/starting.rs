//! Where nobody listens, the resident program beside this one is started.

use crate::scene::{Ran, Scene, name, role, say, status};
use rolecall_core::message::window::Page;
use rolecall_core::message::{Reply, Request, Still};
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::PathBuf;

/// A copy of the program, with a script beside it in the resident one's place.
fn installed(scene: &Scene, tray: Option<&str>) -> PathBuf {
    let program = scene.installed();
    if let Some(script) = tray {
        scene.install_tray(script);
    }
    program
}

#[test]
fn one_that_does_not_start() {
    for (tray, part) in [(None, "did not start: "), (Some("exit 3"), "it ended at once")] {
        for dead_socket in [false, true] {
            let scene = Scene::empty();
            let program = installed(&scene, tray);
            if dead_socket {
                drop(scene.bind());
            }
            let ran = Ran::of(scene.command_of(&program, &["status"]).output().expect("it runs"));
            assert_eq!(ran.code, Some(1), "{ran:?}");
            assert!(ran.err.contains(part) && ran.err.contains("[tray.not_started]"), "{ran:?}");
        }
    }
}

#[test]
fn one_that_starts() {
    let scene = Scene::empty();
    let heard = scene.home().join("started");
    let made = std::process::Command::new("mkfifo").arg(&heard).status().expect("mkfifo");
    assert!(made.success(), "a pipe");
    let program = installed(&scene, Some("echo started > \"$HOME/started\""));
    let running =
        scene.command_of(&program, &["status", "--json"]).stdout(std::process::Stdio::piped()).spawn();
    let mut text = String::new();
    std::fs::File::open(heard).and_then(|mut file| file.read_to_string(&mut text)).expect("it was started");
    let listener = scene.bind();
    let (mut stream, _) = listener.accept().expect("a client");
    BufReader::new(&stream).read_line(&mut text).expect("a request");
    say(&mut stream, status(vec![]));
    let ran = Ran::of(running.and_then(|child| child.wait_with_output()).expect("it runs"));
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.out.contains("profiles"), "{ran:?}");
}

#[test]
fn quitting_starts_nothing() {
    let scene = Scene::empty();
    let ran = scene.run(&["quit"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), "Rolecall was not running.\n"));
}

#[test]
fn quitting_says_what_goes_on_working() {
    let still = |profile: &str, of: &str| Still {
        profile: name(profile),
        role: role(of),
        until: "2126-11-22T18:11:04Z".parse().expect("an instant"),
    };
    for (still, said) in [
        (vec![], ""),
        (
            vec![still("work", "111111111111/Developer"), still("a", "222222222222/team/Admin")],
            "work — Developer stays valid until 19:11\na — Admin stays valid until 19:11\n",
        ),
    ] {
        let scene = Scene::answering(move |_| vec![Reply::Ending { still: still.clone() }]);
        let mut command = scene.command(&["quit"]);
        // An hour east of Greenwich, whatever this computer's zone is.
        let ran = Ran::of(command.env("TZ", "<+01>-1").output().expect("it runs"));
        assert_eq!((ran.code, ran.out.as_str()), (Some(0), ""), "{ran:?}");
        assert_eq!(ran.err, format!("{said}Rolecall has ended.\n"));
        assert_eq!(scene.asked(), [Request::Quit]);
    }
}

#[test]
fn each_page_of_the_window() {
    for (arguments, wanted) in [
        (&["open"][..], Page::Sessions),
        (&["open", "settings"], Page::Settings),
        (&["open", "configure"], Page::Configure),
        (&["open", "activity"], Page::Activity),
        (&["open", "pods"], Page::Pods),
        (&["configure"], Page::Configure),
    ] {
        let scene = Scene::answering(|_| vec![Reply::Done]);
        let ran = scene.run(arguments);
        assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (Some(0), "", ""), "{ran:?}");
        let asked = scene.asked();
        assert!(matches!(&asked[..], [Request::Open { page, .. }] if *page == wanted), "{asked:?}");
    }
}

#[test]
fn without_a_home() {
    let scene = Scene::empty();
    let mut command = scene.command(&["status"]);
    let ran = Ran::of(command.env_remove("HOME").output().expect("it runs"));
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("[environment.no_home]"), "{ran:?}");
}
