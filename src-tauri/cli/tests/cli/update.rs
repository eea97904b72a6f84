//! `update`: what the resident process answers, as data or as words; a file by its absolute path.

use crate::scene::{Scene, problem};
use rolecall_core::message::{Reply, Request};
use rolecall_core::update::{Checked, Installed, Offered, Trouble, Update};

fn offered(file: Option<Checked>) -> Reply {
    let offer = Offered {
        version: "0.2.0".into(),
        date: None,
        notes: None,
        url: Some("https://updates.example.org/r.exe".into()),
    };
    let update = Update {
        running: "0.1.0".into(),
        installed: Installed::Nsis,
        feed: "https://updates.example.org/latest.json".into(),
        latest: "0.2.0".into(),
        offer: Some(offer),
        file,
        advice: "Download it.".into(),
    };
    Reply::Update { update }
}

#[test]
fn what_is_offered() {
    let scene = Scene::answering(|_| vec![offered(None)]);
    let ran = scene.run(&["update"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(
        ran.out,
        "runs     0.1.0, installed by the Windows installer\noffered  0.2.0\n\
         address  https://updates.example.org/r.exe\nfeed     https://updates.example.org/latest.json\n"
    );
    assert_eq!(ran.err, "Download it.\n");
    let ran = scene.run(&["update", "--json"]);
    let update: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!((&update["offer"]["version"], ran.err.as_str()), (&"0.2.0".into(), ""));
    assert_eq!(scene.asked(), [Request::Update { file: None }, Request::Update { file: None }]);
}

#[test]
fn a_file_is_named_as_others_would_find_it() {
    let scene = Scene::answering(|request| {
        let Request::Update { file: Some(path) } = request else { return vec![] };
        let (version, system) = ("0.2.0".into(), "windows-x86_64".into());
        vec![offered(Some(Checked { path: path.clone(), version, system }))]
    });
    let output = scene.command(&["update", "verify", "r.exe", "--json"]).current_dir(scene.home()).output();
    let ran = crate::scene::Ran::of(output.expect("it runs"));
    let update: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!(update["file"]["path"], scene.home().join("r.exe").to_str().expect("UTF-8"), "{ran:?}");
}

#[test]
fn no_feed() {
    let keeper = Installed::Deb.keeper();
    let scene = Scene::answering(move |_| {
        vec![problem(Trouble::NoFeed { running: "Rolecall 0.1.0".into(), keeper }.into())]
    });
    let ran = scene.run(&["update"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(6), ""), "{ran:?}");
    assert!(ran.err.contains("[update.no_feed]") && ran.err.contains("apt"), "{ran:?}");
}
