//! `wsl`: what Rolecall on Windows answers, in words and as data; what it refuses elsewhere.

use crate::scene::{Scene, name, problem};
use rolecall_core::message::{Reply, Request};
use rolecall_core::wsl::{Distribution, Listed, Told, Trouble, Wish, Written};

fn named(name: &str) -> Distribution {
    Distribution::parse(name).expect("a name")
}

#[test]
fn a_list_and_lines_to_paste() {
    let scene = Scene::answering(|request| {
        let told = match request {
            Request::Wsl { wish: Wish::List } => Told::Distributions {
                distributions: vec![
                    Listed {
                        name: named("Ubuntu"),
                        running: true,
                        profiles: vec![name("work"), name("lab")],
                    },
                    Listed { name: named("Debian"), running: false, profiles: vec![] },
                ],
            },
            _ => Told::Config { lines: "[profile work]\ncredential_process = x".into() },
        };
        vec![Reply::Wsl { told }]
    });
    let ran = scene.run(&["wsl", "list"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), "Ubuntu  runs     work, lab\nDebian  stopped\n"));
    let ran = scene.run(&["wsl", "list", "--json"]);
    let listed: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!(listed["distributions"][0]["profiles"][1], "lab");
    let ran = scene.run(&["wsl", "config", "work"]);
    assert_eq!(ran.out, "[profile work]\ncredential_process = x\n");
    assert!(scene.asked().contains(&Request::Wsl { wish: Wish::Config { profile: name("work") } }));
}

#[test]
fn what_was_written_and_what_was_not() {
    let scene = Scene::answering(|_| {
        let stopped = Trouble::Stopped { distribution: named("Debian"), profile: "work".into() };
        let problem = rolecall_core::problem::Problem::from(stopped).report();
        let written = vec![
            Written { distribution: named("Ubuntu"), problem: None },
            Written { distribution: named("Debian"), problem: Some(problem) },
        ];
        vec![Reply::Wsl { told: Told::Written { profile: name("work"), written } }]
    });
    let ran = scene.run(&["wsl", "write", "work"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""), "{ran:?}");
    assert!(
        ran.err.starts_with("work: written in Ubuntu.\n") && ran.err.contains("[wsl.stopped]"),
        "{ran:?}"
    );
}

#[test]
fn elsewhere() {
    let scene = Scene::answering(|_| vec![problem(Trouble::OnlyFromWindows.into())]);
    let ran = scene.run(&["wsl", "list"]);
    assert_eq!(ran.code, Some(6), "{ran:?}");
    assert!(ran.err.contains("[wsl.only_from_windows]"), "{ran:?}");
}
