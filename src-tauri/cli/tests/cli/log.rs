//! `log`: read from the disk, without anybody to ask.

use crate::scene::{Ran, Scene, name, role};
use rolecall_core::audit::{Door, Entry, How, Log, Recorded};

fn entry(profile: &str, minute: i64, what: Recorded) -> Entry {
    let at = jiff::Timestamp::from_second(1_795_000_000 + minute * 60).expect("an instant");
    Entry { at, profile: name(profile), door: Door::CommandLine, what }
}

fn assumed() -> Recorded {
    Recorded::Assumed {
        role: role("111111111111/Developer"),
        until: "2026-11-18T21:06:40Z".parse().expect("an instant"),
        access_key_id: "ASIAEXAMPLE".into(),
        how: How::Person,
    }
}

/// A home in which these were recorded, the first one first.
fn scene(entries: &[Entry]) -> Scene {
    let scene = Scene::empty();
    let log = Log::new(scene.folders().state);
    entries.iter().for_each(|entry| log.append(entry).expect("recorded"));
    scene
}

fn run(scene: &Scene, arguments: &[&str]) -> Ran {
    let mut command = scene.command(&["log"]);
    Ran::of(command.args(arguments).env("TZ", "UTC").output().expect("it runs"))
}

#[test]
fn nothing_recorded_yet() {
    let scene = Scene::empty();
    for (arguments, out, err) in [
        (&[][..], "", "Nothing is recorded yet.\n"),
        (&["--profile", "a\u{1b}b"], "", "Nothing is recorded of a\\u{1b}b yet.\n"),
        (&["--json"], "[]\n", ""),
        (&["--csv"], "time,profile,event,role,account,until,how,door,access_key_id,code\n", ""),
    ] {
        let ran = run(&scene, arguments);
        assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (Some(0), out, err), "{arguments:?}");
    }
    assert!(!scene.folders().state.exists());
}

#[test]
fn a_table_with_the_newest_last() {
    let failed = Recorded::Failed { code: "sign_in.cancelled".into() };
    let out = Recorded::SignedOut { forgot: false };
    let scene = scene(&[entry("work", 0, assumed()), entry("other", 1, failed), entry("work", 2, out)]);
    let ran = run(&scene, &[]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    assert_eq!(
        ran.out,
        "TIME              PROFILE  WHAT                       UNTIL  HOW     BY\n\
         2026-11-18 11:06  work     Developer in 111111111111  21:06  person  command line\n\
         2026-11-18 11:07  other    failed: sign_in.cancelled  -      -       command line\n\
         2026-11-18 11:08  work     signed out                 -      -       command line\n"
    );
    let minutes = |arguments: &[&str]| {
        let ran = run(&scene, arguments);
        let lines = ran.out.lines().skip(1);
        lines.map(|line| line.split_whitespace().nth(1).expect(line)[3..].to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(minutes(&["-n", "2"]), ["07", "08"]);
    assert_eq!(minutes(&["--profile", "work", "-n", "1"]), ["08"]);
    assert_eq!(minutes(&["--profile", "work"]), ["06", "08"]);
}

#[test]
fn json_and_csv_hold_everything() {
    let entries: Vec<_> = (0..60).map(|minute| entry("=work", minute, assumed())).collect();
    let scene = scene(&entries);
    assert_eq!(run(&scene, &[]).out.lines().count(), 51);
    assert_eq!(run(&scene, &["-n", "55"]).out.lines().count(), 56);
    let ran = run(&scene, &["--json"]);
    assert_eq!(serde_json::from_str::<Vec<Entry>>(&ran.out).expect("JSON"), entries);
    let ran = run(&scene, &["--csv", "-n", "2"]);
    let times: Vec<_> = ran.out.lines().skip(1).map(|line| line.split(',').next()).collect();
    assert_eq!(times, [Some("2026-11-18T12:04:40Z"), Some("2026-11-18T12:05:40Z")], "{ran:?}");
    assert!(ran.out.contains(r#","'=work",assumed,arn:aws:iam::111111111111:role/Developer,"#), "{ran:?}");
}

#[test]
fn lines_that_are_none_are_passed_over_and_a_log_that_is_none_is_told() {
    let scene = scene(&[entry("work", 0, assumed())]);
    let log = Log::new(scene.folders().state);
    let text = std::fs::read_to_string(log.path()).expect("a file");
    std::fs::write(log.path(), format!("junk\n{text}{{\"at\":")).expect("written");
    assert_eq!(run(&scene, &[]).out.lines().count(), 2);
    std::fs::remove_file(log.path()).expect("removed");
    std::fs::create_dir(log.path()).expect("a folder");
    let ran = run(&scene, &[]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(6), ""), "{ran:?}");
    assert!(ran.err.contains("is not a file") && ran.err.contains("[file.unreadable]"), "{ran:?}");
}
