//! The rig itself: what it starts works, what it reads is right, and nothing is left behind.
#![cfg(target_os = "linux")]

use ksni::menu::{StandardItem, SubMenu};
use ksni::{MenuItem, TrayMethods};
use rolecall_demo::rig::broker::{Behaviour, FakeBroker};
use rolecall_demo::rig::bus::Bus;
use rolecall_demo::rig::desktop::Desktop;
use rolecall_demo::rig::logind::FakeLogind;
use rolecall_demo::rig::notifications::Notifications;
use rolecall_demo::rig::tray_host::TrayHost;
use std::time::Duration;

const SOON: Duration = Duration::from_secs(10);

#[derive(Default)]
struct Icon {
    pressed: bool,
}

impl ksni::Tray for Icon {
    fn id(&self) -> String {
        "example".into()
    }

    fn menu(&self) -> Vec<MenuItem<Self>> {
        let label = if self.pressed { "Pressed" } else { "Role_2" };
        let inner = StandardItem {
            label: label.replace('_', "__"),
            activate: Box::new(|icon: &mut Self| icon.pressed = true),
            ..StandardItem::default()
        };
        let greyed = StandardItem { label: "Never".into(), enabled: false, ..StandardItem::default() };
        let more = SubMenu { label: "More".into(), submenu: vec![inner.into()], ..SubMenu::default() };
        vec![more.into(), MenuItem::Separator, greyed.into()]
    }
}

#[tokio::test]
async fn a_menu_is_read_and_pressed() {
    let bus = Bus::start().unwrap();
    let host = TrayHost::start(&bus).await.unwrap();
    // ksni takes the session bus from the environment only, and this is a thread of a test: so by hand.
    let icon = tokio::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "an_icon_for_the_other_test", "--ignored"])
        .env("DBUS_SESSION_BUS_ADDRESS", bus.address())
        .stdout(std::process::Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let item = host.item(SOON).await.unwrap();
    let menu = item.menu().await.unwrap();
    assert_eq!(menu.outline(), "More ▸\n    Role_2\n────\nNever  (grey)\n");
    assert_eq!(item.face().await.unwrap().id, "example");
    item.press(&["More", "Role_"], SOON).await.unwrap();
    item.menu_when("the changed label", SOON, |menu| menu.find(&["More", "Pressed"]).is_some())
        .await
        .unwrap();
    let trouble = item.press(&["Never"], Duration::from_millis(50)).await.unwrap_err();
    assert!(trouble.to_string().contains("in vain for the menu entry Never"), "{trouble}");
    drop(icon);
    item.gone(SOON).await.unwrap();
}

/// Not a test: the other process of the one above.
#[tokio::test]
#[ignore = "started by a_menu_is_read_and_pressed"]
async fn an_icon_for_the_other_test() {
    let _icon = Icon::default().spawn().await.unwrap();
    tokio::time::sleep(Duration::from_secs(60)).await;
}

#[tokio::test]
async fn a_notification_is_kept_and_answered() {
    let bus = Bus::start().unwrap();
    let server = Notifications::start(&bus).await.unwrap();
    let client = bus.connect().await.unwrap();
    let proxy = zbus::Proxy::new(
        &client,
        "org.freedesktop.Notifications",
        "/org/freedesktop/Notifications",
        "org.freedesktop.Notifications",
    )
    .await
    .unwrap();
    let hints = std::collections::HashMap::<String, zbus::zvariant::Value<'_>>::new();
    let actions = vec!["renew", "Renew now", "later", "Later"];
    let _: u32 = proxy
        .call("Notify", &("Rolecall", 0_u32, "", "demo ends in 5 minutes", "body", actions, hints, -1_i32))
        .await
        .unwrap();
    let seen = server.wait("about the end", 0, SOON, |one| one.summary.contains("ends in")).await.unwrap();
    assert_eq!(seen.actions[0], ("renew".into(), "Renew now".into()));
    server.press(&seen, "Renew now").await.unwrap();
    assert!(server.press(&seen, "Sign out").await.is_err());
    let trouble = server.wait("that never comes", 1, Duration::from_millis(50), |_| true).await.unwrap_err();
    assert!(trouble.to_string().contains("that never comes"));
}

async fn ask_broker(client: &zbus::Connection, method: &str) -> zbus::Result<serde_json::Value> {
    let (name, path) = ("com.microsoft.identity.broker1", "/com/microsoft/identity/broker1");
    let body = ("0.0", "session", r#"{"clientId":"someone"}"#);
    let reply =
        client.call_method(Some(name), path, Some("com.microsoft.identity.Broker1"), method, &body).await?;
    Ok(serde_json::from_str(&reply.body().deserialize::<String>()?).unwrap_or_default())
}

#[tokio::test]
async fn a_broker_behaves_as_it_is_told_and_remembers_what_it_was_asked() {
    let bus = Bus::start().unwrap();
    let client = bus.connect().await.unwrap();
    assert!(ask_broker(&client, "getAccounts").await.is_err(), "nobody there");
    let person = || ("ada@example.org".to_owned(), "tenant".to_owned(), "eyJ".to_owned());
    let (username, realm, cookie) = person();
    let broker = FakeBroker::start(&bus, Behaviour::Right { username, realm, cookie }).await.unwrap();
    let accounts = ask_broker(&client, "getAccounts").await.unwrap();
    assert_eq!(accounts["accounts"][0]["username"], "ada@example.org");
    assert_eq!(accounts["accounts"][0]["realm"], "tenant");
    let reply = ask_broker(&client, "acquirePrtSsoCookie").await.unwrap();
    assert_eq!(reply["cookieItems"][0]["cookieName"], "x-ms-RefreshTokenCredential");
    assert_eq!(reply["cookieItems"][0]["cookieContent"], "eyJ");
    assert_eq!(reply["account"]["username"], "ada@example.org");
    let (username, realm, cookie) = person();
    broker.does(Behaviour::Lies { username, realm, cookie });
    let accounts = ask_broker(&client, "getAccounts").await.unwrap();
    assert_eq!(accounts["accounts"][0]["username"], "ada@example.org");
    let reply = ask_broker(&client, "acquirePrtSsoCookie").await.unwrap();
    assert_ne!(reply["account"]["username"], "ada@example.org");
    broker.does(Behaviour::OtherVersion);
    assert!(ask_broker(&client, "getAccounts").await.unwrap().get("accounts").is_none());
    broker.does(Behaviour::Refuses);
    assert!(ask_broker(&client, "getAccounts").await.is_err());
    broker.does(Behaviour::Hangs);
    let patience = Duration::from_millis(100);
    assert!(tokio::time::timeout(patience, ask_broker(&client, "getAccounts")).await.is_err());
    let asked = broker.asked();
    let methods: Vec<_> = asked.iter().map(|asked| asked.method.as_str()).collect();
    let (list, give) = ("getAccounts", "acquirePrtSsoCookie");
    assert_eq!(methods, [list, give, list, give, list, list, list]);
    assert_eq!((asked[0].version.as_str(), asked[0].session.as_str()), ("0.0", "session"));
    assert_eq!(asked[0].request["clientId"], "someone");
}

#[tokio::test]
async fn the_computer_sleeps_and_wakes() {
    let bus = Bus::start().unwrap();
    let logind = FakeLogind::start(&bus).await.unwrap();
    let client = bus.connect().await.unwrap();
    let rule = "type='signal',sender='org.freedesktop.login1',member='PrepareForSleep'";
    let mut signals = zbus::MessageStream::for_match_rule(rule, &client, None).await.unwrap();
    logind.sleep().await.unwrap();
    logind.wake().await.unwrap();
    for expected in [true, false] {
        let next = std::future::poll_fn(|context| {
            futures_core::Stream::poll_next(std::pin::Pin::new(&mut signals), context)
        });
        let signal = tokio::time::timeout(SOON, next).await.unwrap().unwrap().unwrap();
        assert_eq!(signal.header().path().unwrap().as_str(), "/org/freedesktop/login1");
        assert_eq!(signal.header().interface().unwrap().as_str(), "org.freedesktop.login1.Manager");
        assert_eq!(signal.body().deserialize::<bool>().unwrap(), expected);
    }
}

#[tokio::test]
async fn nothing_is_left_behind() {
    let desktop = Desktop::start().unwrap();
    let home = desktop.home.path().to_owned();
    let mut sleeper = desktop.command("sleep");
    sleeper.arg("600");
    let mut sleeper = desktop.run(&mut sleeper, "sleep").unwrap();
    let id = sleeper.id();
    assert!(sleeper.ended().is_none());
    drop(sleeper);
    assert!(!std::path::Path::new(&format!("/proc/{id}")).exists());
    drop(desktop);
    assert!(!home.exists());
}

#[test]
fn commands_live_in_the_new_home() {
    let desktop = Desktop::start().unwrap();
    let output = desktop.command("env").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let home = desktop.home.path().display().to_string();
    for name in ["HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"] {
        assert!(text.lines().any(|line| line.starts_with(&format!("{name}={home}"))), "{name} in {text}");
    }
    for (name, bus) in [("SESSION", &desktop.bus), ("SYSTEM", &desktop.system_bus)] {
        assert!(text.contains(&format!("DBUS_{name}_BUS_ADDRESS={}", bus.address())), "{text}");
    }
    assert_ne!(desktop.bus.address(), desktop.system_bus.address());
    assert!(!text.contains("AWS_") && !text.to_lowercase().contains("proxy"), "{text}");
}
