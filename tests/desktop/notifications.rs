//! Notifications that are pressed at the very moment at which they are shown; and why they go neither through
//! notify-rust nor the keychain through `keyring`.

use crate::scene::{SOON, Scene, program};
use rolecall_demo::rig::desktop::Desktop;
use rolecall_demo::rig::keyring::Keyring;
use rolecall_demo::rig::notifications::{Notifications, QuickPress};
use rolecall_demo::rig::wait;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::Stdio;

fn quick(summary: &str, action: &str, to_the_program_only: bool) -> QuickPress {
    QuickPress { summary: summary.to_owned(), action: action.to_owned(), to_the_program_only }
}

#[tokio::test]
async fn a_press_before_the_program_knows_the_number_counts() {
    for to_the_program_only in [false, true] {
        let scene = Scene::start().await;
        scene.notifications.press_at_once(Some(quick("Signed in", "default", to_the_program_only)));
        scene.sign_in_as("111111111111", "Developer").await;
        // A click on "Signed in as …" opens the main window.
        scene.person.window("Rolecall", SOON).await.expect("the main window");
    }
}

#[tokio::test]
async fn a_notification_that_the_server_refuses_is_shown_a_little_later() {
    let scene = Scene::start().await;
    scene.notifications.refuse(2);
    scene.sign_in_as("111111111111", "Developer").await;
    let signed_in = |n: &rolecall_demo::rig::notifications::Notification| n.summary.contains("Signed in");
    scene.notifications.wait("of the sign-in", 0, SOON, signed_in).await.expect("shown");
}

/// notify-rust 4.18 asks the bus for `ActionInvoked` only after the notification is shown: an answer that comes with
/// the reply is lost. When this test fails, notify-rust has learned it, and can show Rolecall's notifications.
#[tokio::test]
async fn notify_rust_loses_a_press_that_comes_with_the_reply() {
    for to_the_program_only in [false, true] {
        let desktop = Desktop::start().expect("a private desktop");
        let server = Notifications::start(&desktop.bus).await.expect("a notification server");
        server.press_at_once(Some(quick("Sign in", "button-0", to_the_program_only)));
        assert_eq!(answer_of_notify_rust(&desktop, &server).await, "closed", "{to_the_program_only}");
    }
}

/// What notify-rust says in the end. The server closes the notification until somebody hears it: nothing says when
/// notify-rust begins to listen.
async fn answer_of_notify_rust(desktop: &Desktop, server: &Notifications) -> String {
    let mut command = desktop.command(program("notify-rust-client"));
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("the client starts");
    let output = tokio::task::spawn_blocking(move || child.wait_with_output());
    let shown = server.wait("of notify-rust", 0, SOON, |_| true).await.expect("shown");
    wait::until("the end of the client", SOON, async || {
        server.close(&shown).await.ok()?;
        output.is_finished().then_some(())
    })
    .await
    .expect("an answer");
    let output = output.await.expect("joined").expect("it ran");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// `keyring` 4 connects once in a process's life: without a session bus at that moment it never has a keychain, and
/// after a restarted bus never again. When this test fails, `keyring` has learned it.
#[tokio::test]
async fn the_keyring_crate_does_not_outlive_a_bus() {
    let mut desktop = Desktop::start().expect("a private desktop");
    let mut keyring = Some(Keyring::start(&desktop, "a login's password").await.expect("a keychain"));
    let mut command = desktop.command(program("keyring-client"));
    let mut begun_with_a_bus = Client::start(&mut command);
    assert_eq!(begun_with_a_bus.read(), "none", "the keychain answers");

    keyring.take();
    desktop.bus.stop();
    let mut begun_without_a_bus = Client::start(&mut command);
    assert_eq!((begun_with_a_bus.read().as_str(), begun_without_a_bus.read().as_str()), ("failed", "failed"));

    desktop.bus.start_again().expect("the bus starts again");
    keyring.replace(Keyring::start(&desktop, "a login's password").await.expect("a keychain"));
    assert_eq!(begun_with_a_bus.read(), "failed", "it keeps its first connection");
    assert_eq!(begun_without_a_bus.read(), "failed", "it remembers its first failure");
    assert_eq!(Client::start(&mut command).read(), "none", "another process finds the keychain");
}

/// A process that reads the keychain for each line.
struct Client {
    child: std::process::Child,
    replies: BufReader<std::process::ChildStdout>,
}

impl Client {
    fn start(command: &mut std::process::Command) -> Self {
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the client starts");
        let replies = BufReader::new(child.stdout.take().expect("piped"));
        Self { child, replies }
    }

    fn read(&mut self) -> String {
        self.child.stdin.as_mut().expect("piped").write_all(b"\n").expect("it listens");
        let mut reply = String::new();
        self.replies.read_line(&mut reply).expect("a reply");
        reply.trim().to_owned()
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
