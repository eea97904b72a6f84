//! The resident process among others: no tray host yet, a second start, a crash, a restart, bad clients.

use crate::scene::{SOON, Scene, run, tray_command};
use rolecall_demo::rig::desktop::Desktop;
use rolecall_demo::rig::notifications::Notifications;
use rolecall_demo::rig::tray_host::TrayHost;
use rolecall_demo::rig::wait;
use rolecall_demo::{Options, Server};
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream;

#[tokio::test]
async fn it_starts_where_no_tray_host_is_and_appears_when_one_does() {
    let server = Server::start(Options::default()).expect("the demo's server");
    let desktop = Desktop::start().expect("a private desktop");
    desktop.home.write_demo_profiles(&server).expect("profiles");
    let _notifications = Notifications::start(&desktop.bus).await.expect("a notification server");
    let outside = crate::proxy::Proxy::start();
    let _tray = desktop.run(&mut tray_command(&desktop, &server, &outside), "tray").expect("the tray starts");
    let socket = desktop.home.socket();
    wait::until("the socket", SOON, async || socket.exists().then_some(())).await.expect("a socket");
    let status = run(&desktop, "rolecall", &["status"]).await;
    assert!(String::from_utf8_lossy(&status.stdout).contains("signed out"));
    let host = TrayHost::start(&desktop.bus).await.expect("a tray host");
    let item = host.item(SOON).await.expect("the icon appears");
    assert_eq!(item.face().await.expect("a face").pixmaps, 5);
}

#[tokio::test]
async fn the_command_line_starts_it_and_ends_it_and_a_second_one_is_none() {
    let desktop = Desktop::start().expect("a private desktop");
    let rolecall = async |arguments: &[&str]| run(&desktop, "rolecall", arguments).await;
    let status = rolecall(&[]).await;
    assert_eq!(status.status.code(), Some(0));
    let said = String::from_utf8_lossy(&status.stderr).into_owned();
    assert!(said.contains("There is no AWS config file at") && said.contains("help:"), "{said}");
    let mode = |path| std::fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
    let socket = desktop.home.socket();
    assert_eq!(mode(socket.parent().expect("its folder")), 0o700);

    let second = run(&desktop, "rolecall-tray", &["--quiet"]).await;
    assert_eq!(second.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&second.stderr).starts_with("Rolecall is already running"));
    // Who starts it from a menu again wants to see it.
    let third = run(&desktop, "rolecall-tray", &[]).await;
    assert_eq!((third.status.code(), third.stderr), (Some(0), vec![]));
    let person = rolecall_demo::rig::person::Person::new(&desktop.display);
    person.window("Rolecall", SOON).await.expect("the main window");
    assert_eq!(rolecall(&["sign-in"]).await.status.code(), Some(6), "no profile");
    assert_eq!(rolecall(&["quit"]).await.status.code(), Some(0));
    wait::until("the socket to go", SOON, async || (!socket.exists()).then_some(())).await.expect("it ends");
    let again = rolecall(&["quit"]).await;
    assert_eq!(again.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&again.stderr).contains("was not running"));
}

#[tokio::test]
async fn after_a_crash_and_a_restart_the_truth_is_in_the_file() {
    let mut scene = Scene::start().await;
    scene.sign_in_as("111111111111", "Developer").await;
    scene.tray.crash();
    scene.start_again().await;
    scene.active("Developer").await;
    scene.restart().await;
    scene.active("Developer").await;
    // Another tool writes the section: shown for what it is, at once.
    let text = scene.credentials().replace(&scene.key_id().expect("keys"), "ASIAANOTHERTOOL");
    std::fs::write(scene.desktop.home.credentials_file(), text).expect("another tool writes");
    let foreign =
        |menu: &rolecall_demo::rig::menu::Entry| menu.find(&["demo — written by another tool"]).is_some();
    scene.item.menu_when("the other tool's session", SOON, foreign).await.expect("it shows");
}

#[tokio::test]
async fn junk_on_the_socket_gets_one_sentence_and_hurts_nobody() {
    let scene = Scene::start().await;
    let socket = scene.desktop.home.socket();
    let talk = |line: &[u8]| {
        let mut stream = UnixStream::connect(&socket).expect("the socket");
        stream.set_read_timeout(Some(SOON)).expect("a time limit");
        let _ = stream.write_all(line);
        let _ = stream.write_all(b"\n");
        let mut reply = String::new();
        let _ = BufReader::new(stream).read_line(&mut reply);
        reply
    };
    let long = vec![b'x'; 2 * 1024 * 1024];
    for (line, words) in [
        (&b"hello"[..], "it is not a request"),
        (b"{}", "it is not a request"),
        (br#"{"version":99,"request":{"type":"anything"}}"#, "it speaks version 99"),
        (br#"{"version":2,"request":{"type":"give_me_secrets"}}"#, "it asks for something unknown"),
        (&long, "the line is too long"),
    ] {
        let reply = talk(line);
        assert!(reply.contains(words), "{words}: {reply}");
    }
    // Clients that come and go, half a line each.
    for _ in 0..200 {
        let mut stream = UnixStream::connect(&socket).expect("the socket");
        stream.write_all(b"{\"version\":1").expect("half a line");
    }
    assert_eq!(scene.status().await["profiles"][0]["name"], "demo");
}

#[tokio::test]
async fn the_left_click_does_the_obvious() {
    let scene = Scene::start().await;
    scene.item.activate().await.expect("a left click");
    let window = scene.person.window("sign in for demo", SOON).await.expect("the sign-in window");
    scene.person.close(&window).expect("closed");
    scene.person.window_gone("sign in for demo", SOON).await.expect("gone");
    scene.item.menu_when("signed out again", SOON, |m| m.labels()[0] == "Sign in").await.expect("signed out");
    assert_eq!(scene.notifications.all(), [], "who closes a window knows it");
    scene.sign_in_as("111111111111", "Developer").await;
    scene.item.activate().await.expect("a left click");
    scene.person.window("Rolecall", SOON).await.expect("the main window");
}
