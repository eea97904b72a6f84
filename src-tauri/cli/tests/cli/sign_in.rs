//! `sign-in` and `sign-out`: one profile or all, with and without somebody to choose a role.

use crate::scene::{Scene, name, problem, role, signed_in, work};
use crate::terminal::Terminal;
use rolecall_core::message::{Reply, Request, Stage};
use rolecall_core::problem::Problem;

fn choose(profile: &str) -> Reply {
    Reply::Choose { profile: name(profile), roles: work().roles }
}

/// Asks back until a role is named.
fn asking_back() -> Scene {
    Scene::answering(|request| match request {
        Request::SignIn { role: Some(arn), .. } => {
            let role = rolecall_core::role::RoleArn::parse(arn).expect("an ARN");
            vec![signed_in("work", &format!("{}/{}", role.account(), role.name()))]
        }
        Request::SignIn { .. } => vec![choose("work")],
        Request::SignInAll { .. } => {
            vec![choose("work"), signed_in("other", "111111111111/Admin"), Reply::Done]
        }
        _ => vec![],
    })
}

#[test]
fn each_stage_is_one_line() {
    let progress = |stage| Reply::Progress { profile: name("work"), stage };
    let scene = Scene::answering(move |_| {
        let stages = [Stage::SigningIn, Stage::SigningIn, Stage::Assuming];
        stages.map(progress).into_iter().chain([signed_in("work", "111111111111/Developer")]).collect()
    });
    let ran = scene.run(&["sign-in", "work", "--role", "Developer"]);
    assert_eq!((ran.code, ran.out.as_str(), ran.err.lines().count()), (Some(0), "", 3), "{ran:?}");
    assert!(!ran.err.contains('\r') && !ran.err.contains('\x1b'));
    assert!(ran.err.contains("work: signed in as Developer in 111111111111 until "), "{ran:?}");

    let mut terminal = Terminal::run(scene.command(&["sign-in", "work"]));
    terminal.wait_for("\r\x1b[2K\x1b[?7lwork: signing in");
    terminal.wait_for("\r\x1b[2Kwork: signed in as Developer");
    assert_eq!(terminal.end().0, Some(0));
}

#[test]
fn without_a_terminal_the_roles_are_listed() {
    let ran = asking_back().run(&["sign-in", "work"]);
    assert_eq!(ran.code, Some(4));
    assert_eq!(
        ran.out.lines().next(),
        Some("111111111111/Developer  arn:aws:iam::111111111111:role/Developer")
    );
    assert!(ran.err.contains("work: 3 roles; choose one with --role"), "{ran:?}");
}

#[test]
fn on_a_terminal_a_person_chooses() {
    for (keys, taken) in [("\r", "Developer"), ("\x1b[B\r", "Admin"), ("222\r", "Admin"), ("adm\r", "Admin")]
    {
        let scene = asking_back();
        // The output is data, and somebody may be reading it: the list must not be there.
        let mut terminal = Terminal::run_piped(scene.command(&["sign-in", "work"]));
        terminal.wait_for("work: which role?");
        terminal.wait_for("Admin      222222222222");
        terminal.press(keys);
        terminal.wait_for(&format!("work: signed in as {taken}"));
        assert_eq!(terminal.end().0, Some(0), "{keys:?}");
        let account = if keys.starts_with('2') { "222222222222" } else { "111111111111" };
        let wanted = role(&format!("{account}/{taken}")).as_str().to_owned();
        let asked = scene.asked();
        let [_, Request::SignIn { profile: Some(profile), role, .. }] = asked.as_slice() else {
            panic!("{asked:?}")
        };
        assert_eq!((profile.as_str(), role.as_ref()), ("work", Some(&wanted)), "{keys:?}");
    }
}

#[test]
fn a_person_who_does_not_choose() {
    for keys in ["\x1b", "\x03"] {
        let scene = asking_back();
        let mut terminal = Terminal::run(scene.command(&["sign-in"]));
        terminal.wait_for("Admin      222222222222");
        terminal.press(keys);
        let (code, text) = terminal.end();
        assert_eq!(code, Some(4), "{keys:?}: {text}");
        assert!(text.contains("[role.not_chosen]"), "{text}");
        assert_eq!(scene.asked().len(), 1);
    }
}

#[test]
fn all_of_them() {
    let scene = Scene::answering(|request| match request {
        Request::SignInAll { .. } => vec![
            signed_in("one", "111111111111/Admin"),
            Reply::Problem { profile: Some(name("two")), problem: Problem::Cancelled.report() },
            Reply::Problem { profile: Some(name("three")), problem: Problem::WindowCrashed.report() },
            Reply::Done,
        ],
        Request::SignOutAll { .. } => vec![
            Reply::SignedOut { profile: name("one") },
            Reply::Problem { profile: Some(name("two")), problem: Problem::NotSignedIn.report() },
            Reply::Done,
        ],
        _ => vec![],
    });
    let ran = scene.run(&["sign-in", "--all"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(4), ""), "{ran:?}");
    assert!(ran.err.contains("one: signed in as Admin"), "{ran:?}");
    assert!(ran.err.contains("rolecall: two: The sign-in window was closed."), "{ran:?}");
    assert!(ran.err.contains("rolecall: three: "), "{ran:?}");
    let ran = scene.run(&["sign-out", "--all"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(3), ""), "{ran:?}");
    assert!(ran.err.starts_with("one: signed out.\nrolecall: two: "), "{ran:?}");
}

#[test]
fn all_of_them_with_a_choice_afterwards() {
    let ran = asking_back().run(&["sign-in", "--all"]);
    assert_eq!((ran.code, ran.out.lines().count()), (Some(4), 3), "{ran:?}");
    let scene = asking_back();
    let mut terminal = Terminal::run(scene.command(&["sign-in", "--all"]));
    terminal.wait_for("other: signed in as Admin");
    terminal.wait_for("Admin      222222222222");
    terminal.press("\r");
    terminal.wait_for("work: signed in as Developer");
    assert_eq!(terminal.end().0, Some(0));
}

#[test]
fn signing_out() {
    let scene = Scene::answering(|request| match request {
        Request::SignOut { .. } => vec![Reply::SignedOut { profile: name("work") }],
        Request::SignOutAll { .. } => vec![Reply::Done],
        _ => vec![problem(Problem::NotSignedIn)],
    });
    let ran = scene.run(&["sign-out", "work"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), "work: signed out.\n"));
    let ran = scene.run(&["sign-out", "--all"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), "Nobody was signed in.\n"));
    let ran = scene.run(&["sign-out", "--forget", "--profile", "work"]);
    let said = "work: signed out; its remembered sign-in is forgotten.\n";
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), said));
    let ran = scene.run(&["sign-out", "--all", "--forget"]);
    let said = "Nobody was signed in.\nAll remembered sign-ins are forgotten.\n";
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), said));
    let one = |forget| Request::SignOut { profile: Some(name("work")), forget };
    let all = |forget| Request::SignOutAll { forget };
    assert_eq!(scene.asked(), [one(false), all(false), one(true), all(true)]);
}

#[test]
fn what_went_wrong_is_not_said_to_be_forgotten() {
    let scene = Scene::answering(|_| vec![problem(Problem::NotSignedIn), Reply::Done]);
    let ran = scene.run(&["sign-out", "--all", "--forget"]);
    assert_eq!(ran.code, Some(3), "{ran:?}");
    assert!(!ran.err.contains("forgotten"), "{ran:?}");
}
