//! Whatever stands at the other end of the socket, one sentence is said and the exit code is right.

use crate::scene::{Scene, name, problem, say};
use rolecall_core::message::{ANSWER_LIMIT, Reply};
use rolecall_core::problem::Problem;
use std::io::Write as _;

#[test]
fn answers_that_are_none() {
    let too_long = vec![b' '; ANSWER_LIMIT + 1];
    let bad_request = r#"{"version":7,"reply":{"type":"problem","problem":{"code":"request.bad"}}}"#;
    let cases: [(&[u8], &str); 9] = [
        (b"", "tray.gone"),
        (br#"{"version":2,"reply":{"type":"sta"#, "tray.gone"),
        (b"\n", "tray.junk"),
        (b"GET / HTTP/1.1\r\n\r\n", "tray.junk"),
        (b"\xff\xfe\x00\n", "tray.junk"),
        (b"{\"version\":2,\"reply\":{\"type\":\"new_thing\"}}\n", "tray.junk"),
        (b"{\"version\":2,\"reply\":{\"type\":\"done\"}}\n", "tray.junk"),
        (bad_request.as_bytes(), "tray.gone"),
        (&too_long, "tray.too_long"),
    ];
    for (answer, code) in cases {
        let (sent, shown) = (answer.to_vec(), String::from_utf8_lossy(&answer[..answer.len().min(60)]));
        let scene = Scene::listening(move |_, stream| {
            let _ = stream.write_all(&sent);
        });
        for arguments in [&["status"][..], &["credential-process", "work"], &["sign-in"]] {
            let ran = scene.run(arguments);
            assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""), "{shown}: {ran:?}");
            assert_eq!(ran.err.lines().count(), 2, "{shown}: {ran:?}");
            assert!(ran.err.contains(&format!("[{code}]")), "{shown}: {ran:?}");
        }
    }
}

#[test]
fn another_version() {
    for answer in [
        "{\"version\":7,\"reply\":{\"type\":\"problem\",\"problem\":{\"code\":\"request.bad\"}}}\n",
        "{\"version\":7,\"reply\":{\"type\":\"done\"}}\n",
    ] {
        let scene = Scene::listening(move |_, stream| {
            let _ = stream.write_all(answer.as_bytes());
        });
        let ran = scene.run(&["status"]);
        assert_eq!(ran.code, Some(1), "{ran:?}");
        assert!(
            ran.err.contains("version 7 of the socket protocol") && ran.err.contains("[tray.other_version]"),
            "{ran:?}"
        );
    }
}

#[test]
fn an_end_in_the_middle() {
    let scene = Scene::listening(|_, stream| {
        let stage = rolecall_core::message::Stage::SigningIn;
        say(stream, Reply::Progress { profile: name("work"), stage });
    });
    let ran = scene.run(&["sign-in"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.err.contains("[tray.gone]"), "{ran:?}");
}

#[test]
fn every_kind_of_problem_has_its_exit_code() {
    for (what, code) in [
        (Problem::NotSignedIn, 3),
        (Problem::Cancelled, 4),
        (Problem::AwsThrottled, 5),
        (Problem::UnknownProfile { name: "wrok".into(), nearest: Some("work".into()) }, 6),
        (Problem::WindowCrashed, 1),
    ] {
        let report = what.report();
        let scene = Scene::answering(move |_| vec![problem(what.clone())]);
        for arguments in [
            &["status"][..],
            &["sign-in", "wrok"],
            &["sign-out", "wrok"],
            &["open"],
            &["configure", "--from", "https://example.org"],
            &["switch", "Admin"],
            &["env", "--shell", "bash"],
            &["console"],
            &["credential-process", "wrok"],
            &["credential-process", "--profile=wrok"],
        ] {
            let ran = scene.run(arguments);
            assert_eq!((ran.code, ran.out.as_str()), (Some(code), ""), "{arguments:?}: {ran:?}");
            let said = format!("rolecall: {}\nhelp: {} [{}]\n", report.what, report.help, report.code);
            assert_eq!(ran.err, said, "{arguments:?}");
        }
    }
}

#[test]
fn wrong_usage() {
    let scene = Scene::empty();
    for arguments in [
        &["exec"][..],
        &["exec", "work"],
        &["exec", "work", "--"],
        &["exec", "work", "ls"],
        &["sign-in", "work", "--profile", "work"],
        &["sign-in", "--all", "work"],
        &["sign-in", "--all", "--role", "Admin"],
        &["sign-out", "--all", "work"],
        &["env", "--shell", "tcl"],
        &["completions"],
        &["configure", "--yes"],
        &["log", "--json", "--csv"],
        &["log", "-n", "many"],
        &["open", "nonsense"],
        &["policy"],
        &["policy", "check"],
        &["nonsense"],
    ] {
        let ran = scene.run(arguments);
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{arguments:?}: {ran:?}");
    }
}

/// The socket of somebody else: only root can make one.
#[cfg(target_os = "linux")]
#[test]
fn another_user() {
    use rustix::process::Uid;
    use std::os::unix::fs::PermissionsExt as _;
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let scene = Scene::empty();
    let socket = scene.socket();
    std::fs::create_dir_all(socket.parent().expect("a folder")).expect("a folder");
    for folder in socket.ancestors().skip(1).take(3) {
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o777)).expect("permissions");
    }
    // A listener is its thread's user's, and only this thread becomes nobody.
    let theirs = std::thread::spawn(move || {
        let nobody = Uid::from_raw(65534);
        rustix::thread::set_thread_res_uid(nobody, nobody, nobody).expect("another user");
        std::os::unix::net::UnixListener::bind(socket).expect("a socket")
    });
    let _listener = theirs.join().expect("a listener");
    let ran = scene.run(&["status"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.err.contains("[tray.other_user]"), "{ran:?}");
}
