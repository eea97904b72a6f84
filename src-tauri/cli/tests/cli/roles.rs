//! `roles` and `switch`: what was seen at the last sign-in.

use crate::scene::{Scene, name, signed_in, signed_out, status_after, work};
use crate::terminal::Terminal;
use rolecall_core::message::Request;
use rolecall_core::problem::Problem;
use rolecall_core::view::ProfileView;

fn scene(profiles: Vec<ProfileView>) -> Scene {
    scene_after(profiles, None)
}

/// With the profile that somebody signed in to last.
fn scene_after(profiles: Vec<ProfileView>, last_used: Option<&'static str>) -> Scene {
    Scene::answering(move |request| match request {
        Request::SignIn { .. } => vec![signed_in("work", "111111111111/Admin")],
        _ => vec![status_after(profiles.clone(), last_used.map(name))],
    })
}

#[test]
fn a_list_with_the_current_one_marked() {
    for arguments in [&["roles"][..], &["roles", "work"], &["roles", "--profile", "work"]] {
        let ran = scene_after(vec![signed_out("other"), work()], Some("work")).run(arguments);
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{arguments:?}");
        let expected = "* 111111111111/Developer  arn:aws:iam::111111111111:role/Developer\n  \
                          111111111111/Admin      arn:aws:iam::111111111111:role/Admin\n  \
                          222222222222/Admin      arn:aws:iam::222222222222:role/Admin\n";
        assert_eq!(ran.out, expected);
    }
    let ran = scene(vec![work()]).run(&["roles", "--json"]);
    let value: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    let arn = "arn:aws:iam::111111111111:role/Developer";
    let first = serde_json::json!({
        "role": arn, "account": "111111111111", "account_name": null, "name": "Developer", "current": true
    });
    assert_eq!((value[0].clone(), value[1]["current"].clone()), (first, false.into()));
    assert_eq!(value.as_array().map(Vec::len), Some(3));
}

#[test]
fn nothing_to_list() {
    let broken = Problem::RolesEncrypted { profile: "old".into() };
    for (profiles, arguments, code, said) in [
        (vec![signed_out("work")], &["roles"][..], 3, "[roles.unknown]"),
        (vec![signed_out("work")], &["roles", "--json"], 3, "[roles.unknown]"),
        (vec![signed_out("work")], &["switch"], 3, "[roles.unknown]"),
        (vec![signed_out("work"), signed_out("other")], &["roles"], 6, "[profile.not_named]"),
        (vec![work()], &["roles", "wrok"], 6, "[profile.unknown]"),
        (vec![ProfileView::unusable(name("old"), &broken)], &["roles"], 6, "[sign_in.encrypted]"),
        (vec![], &["roles"], 3, "[not_signed_in]"),
    ] {
        let ran = scene(profiles).run(arguments);
        assert_eq!((ran.code, ran.out.as_str()), (Some(code), ""), "{arguments:?}: {ran:?}");
        assert!(ran.err.contains(said), "{arguments:?}: {ran:?}");
    }
}

#[test]
fn switching() {
    let scene = scene(vec![work()]);
    let ran = scene.run(&["switch", "Admin", "--profile", "work"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), ""), "{ran:?}");
    let asked = scene.asked();
    let [Request::SignIn { profile: Some(profile), role: Some(role), .. }] = asked.as_slice() else {
        panic!("{asked:?}")
    };
    assert_eq!((profile.as_str(), role.as_str()), ("work", "Admin"));

    let ran = scene.run(&["switch"]);
    assert_eq!((ran.code, ran.out.lines().count()), (Some(4), 3), "{ran:?}");

    let mut terminal = Terminal::run(scene.command(&["switch"]));
    terminal.wait_for("Admin      222222222222");
    terminal.press("\x1b[B\r");
    terminal.wait_for("work: signed in as Admin");
    assert_eq!(terminal.end().0, Some(0));
    let Some(Request::SignIn { role: Some(role), .. }) = scene.asked().pop() else { panic!("no sign-in") };
    assert_eq!(role, "arn:aws:iam::111111111111:role/Admin");
}
