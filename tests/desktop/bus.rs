//! Message buses that restart, or appear only after the background service: icon, notifications and sleep notices are
//! there again by themselves.

use crate::scene::{ADA, Keychain, SOON, Scene, Setup, run, tray_command};
use crate::whole_day::{RENEWED, has_window};
use rolecall_demo::entra::Variant;
use rolecall_demo::rig::desktop::Desktop;
use rolecall_demo::rig::keyring::Keyring;
use rolecall_demo::rig::logind::FakeLogind;
use rolecall_demo::rig::notifications::Notifications;
use rolecall_demo::rig::tray_host::TrayHost;
use rolecall_demo::rig::wait;
use rolecall_demo::{Options, Server};

/// The session bus ends and starts again at its address; then the desktop's own programs come back to it.
async fn restart_the_session_bus(scene: &mut Scene) {
    scene.desktop.bus.stop();
    scene.desktop.bus.start_again().expect("the bus starts again");
    scene.host = TrayHost::start(&scene.desktop.bus).await.expect("a tray host");
    scene.notifications = Notifications::start(&scene.desktop.bus).await.expect("a notification server");
}

#[tokio::test]
async fn icon_menu_and_notifications_come_back_after_the_session_bus_restarts() {
    let mut scene = Scene::start().await;
    // Twice: what came back once comes back again.
    for _ in 0..2 {
        restart_the_session_bus(&mut scene).await;
        scene.item = scene.host.item(SOON).await.expect("the icon comes back");
        assert_eq!(scene.item.face().await.expect("a face").tooltip_text, "demo — signed out");
    }
    scene.sign_in_as("111111111111", "Developer").await;
    let signed_in =
        scene.notifications.wait("signed in", 0, SOON, |n| n.summary.contains("Signed")).await.expect("told");

    // And while something is shown that can be pressed: the next notification is no replacement of a number that the
    // new server never gave.
    restart_the_session_bus(&mut scene).await;
    scene.item = scene.host.item(SOON).await.expect("the icon comes back");
    let keys = scene.key_id();
    scene.item.press(&["demo — Developer", "Renew now"], SOON).await.expect("Renew now");
    scene.new_keys(keys).await;
    let renewed =
        scene.notifications.wait("renewed", 0, SOON, |n| n.summary.contains("Signed")).await.expect("told");
    // Each has the next number of the new server: none replaces a number that only the old one gave.
    let shown = scene.notifications.all();
    let numbers = shown.iter().map(|one| one.id);
    assert!(numbers.eq(1..=u32::try_from(shown.len()).expect("a few")), "{shown:?}");
    assert_eq!(signed_in.summary, renewed.summary);
    scene.notifications.press(&renewed, "default").await.expect("pressed");
    scene.person.window("Rolecall", SOON).await.expect("the main window");
}

#[tokio::test]
async fn a_notification_server_that_comes_late_still_shows_what_needs_an_answer() {
    let options = Options { session_length: Some(std::time::Duration::from_secs(15)), ..Options::default() };
    let mut scene = Scene::start_with(options, "renew = 'off'\nwarn_before = []").await;
    scene.sign_in_as("111111111111", "Developer").await;
    // The server goes away, as it does while a desktop restarts its panel; the session ends meanwhile.
    drop(scene.notifications);
    let over = |m: &rolecall_demo::rig::menu::Entry| m.labels()[0] == "demo — expired, sign in";
    scene.item.menu_when("the end", SOON, over).await.expect("expired");
    scene.notifications = Notifications::start(&scene.desktop.bus).await.expect("a notification server");
    let told =
        scene.notifications.wait("expired", 0, SOON, |n| n.summary.contains("expired")).await.expect("told");
    assert_eq!((told.summary.as_str(), told.urgency), ("Developer has expired", 2));
    let shown: Vec<_> = scene.notifications.all().into_iter().map(|one| one.summary).collect();
    assert_eq!(shown, ["Developer has expired"], "and nothing twice");
}

#[tokio::test]
async fn sleep_is_noticed_after_the_system_bus_restarts() {
    let developer = "azure_default_role_arn = arn:aws:iam::111111111111:role/Developer\n";
    // Eight hours in half a minute: renewed ten seconds before their end.
    let options = Options { speed: 960, ..Options::default() };
    let mut scene = Scene::start_as(Setup { options, profile: developer, ..Setup::default() }).await;
    scene.desktop.system_bus.stop();
    scene.desktop.system_bus.start_again().expect("the bus starts again");
    let logind = FakeLogind::start(&scene.desktop.system_bus).await.expect("logind");
    let mark = scene.server.mark();
    scene.item.press(&["Sign in"], SOON).await.expect("Sign in");
    scene.type_through_entra(mark, &ADA).await;
    scene.new_keys(None).await;
    scene.server.entra_does(Variant::Hangs);
    let tray = scene.tray.id();
    let renewing = async || has_window(tray).then_some(());
    wait::until("the renewal in the background", RENEWED, renewing).await.expect("it renews");
    // A renewal in the background is put off while the computer sleeps. The news is told until it is heard: nothing
    // says when the service is back on the bus. Unheard, the hanging page would stay for a minute.
    wait::until("the put-off renewal", SOON, async || {
        logind.sleep().await.ok()?;
        (!has_window(tray)).then_some(())
    })
    .await
    .expect("the sleep is noticed");
}

#[tokio::test]
async fn a_session_bus_that_appears_later_gets_the_icon() {
    let server = Server::start(Options::default()).expect("the demo's server");
    let mut desktop = Desktop::start().expect("a private desktop");
    desktop.home.write_demo_profiles(&server).expect("profiles");
    desktop.bus.stop();
    let outside = crate::proxy::Proxy::start();
    // As from cron: no address in the environment either, so that the one of the runtime folder counts.
    let mut command = tray_command(&desktop, &server, &outside);
    command.env_remove("DBUS_SESSION_BUS_ADDRESS");
    let _tray = desktop.run(&mut command, "tray").expect("the tray starts");
    let socket = desktop.home.socket();
    wait::until("the socket", SOON, async || socket.exists().then_some(())).await.expect("a socket");
    let status = run(&desktop, "rolecall", &["status"]).await;
    assert!(String::from_utf8_lossy(&status.stdout).contains("signed out"));

    desktop.bus.start_again().expect("the bus starts");
    let path = desktop.bus.address().trim_start_matches("unix:path=").to_owned();
    std::os::unix::fs::symlink(path, desktop.home.path().join("run/bus")).expect("its usual place");
    let host = TrayHost::start(&desktop.bus).await.expect("a tray host");
    let item = host.item(SOON).await.expect("the icon appears");
    assert_eq!(item.face().await.expect("a face").pixmaps, 5);
}

#[tokio::test]
async fn a_tray_host_that_restarts_gets_the_icon_again() {
    let mut scene = Scene::start().await;
    for _ in 0..2 {
        drop(scene.host);
        scene.host = TrayHost::start(&scene.desktop.bus).await.expect("a tray host");
        scene.item = scene.host.item(SOON).await.expect("the icon appears again");
    }
    assert_eq!(scene.item.face().await.expect("a face").tooltip_text, "demo — signed out");
}

#[tokio::test]
async fn the_keychain_is_found_again_after_the_session_bus_restarts() {
    let served = "azure_credentials = process\n";
    let setup = Setup { profile: served, keychain: Keychain::Unlocked, ..Setup::default() };
    let mut scene = Scene::start_as(setup).await;
    let keychain_is_well = async |scene: &Scene| {
        let said = scene.rolecall(&["doctor", "--json"]).await.stdout;
        let said: serde_json::Value = serde_json::from_slice(&said).expect("JSON");
        let findings = said["findings"].as_array().expect("findings").clone();
        findings.into_iter().find(|one| one["about"] == "keychain").expect("a keychain")
    };
    assert_eq!(keychain_is_well(&scene).await["verdict"], "ok");
    scene.keyring = None;
    restart_the_session_bus(&mut scene).await;
    let absent = keychain_is_well(&scene).await;
    assert_eq!(absent["verdict"], "advice", "{absent}");
    scene.keyring = Some(Keyring::start(&scene.desktop, "a login's password").await.expect("a keychain"));
    assert_eq!(keychain_is_well(&scene).await["verdict"], "ok");
}
