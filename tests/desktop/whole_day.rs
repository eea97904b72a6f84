//! A day at many times its speed: sessions of half a minute, renewed by the real programs with nobody there.

use crate::scene::{ADA, Keychain, SOON, Scene, Setup};
use rolecall_demo::Options;
use rolecall_demo::entra::Variant;
use rolecall_demo::rig::broker::{Behaviour, FakeBroker};
use rolecall_demo::rig::logind::FakeLogind;
use rolecall_demo::rig::notifications::Notification;
use rolecall_demo::rig::person::Login;
use rolecall_demo::rig::wait;
use std::time::Duration;

/// Eight hours in half a minute: renewed ten seconds before their end.
fn fast() -> Options {
    Options { speed: 960, ..Options::default() }
}

/// Eight hours in two minutes.
fn brisk() -> Options {
    Options { speed: 240, ..Options::default() }
}

const TRANSIENT: Login<'_> = Login { stay: false, ..ADA };

/// The session of a minute is renewed within it.
pub(crate) const RENEWED: Duration = Duration::from_secs(60);

const DEVELOPER: &str = "azure_default_role_arn = arn:aws:iam::111111111111:role/Developer\n";

async fn signed_in(setup: Setup<'_>, login: &Login<'_>) -> Scene {
    let scene = Scene::start_as(setup).await;
    let mark = scene.server.mark();
    scene.item.press(&["Sign in"], SOON).await.expect("Sign in");
    scene.type_through_entra(mark, login).await;
    told(&scene, 0, "Signed in as Developer").await;
    scene
}

/// Waits for keys that nobody asked for; no window is shown meanwhile and nothing is told.
async fn renewed(scene: &Scene) -> String {
    let (before, mark, told) = (scene.key_id(), scene.server.mark(), scene.notifications.all().len());
    let asked = scene.server.requests().len();
    let other = async || {
        assert!(scene.person.visible("sign in for demo").is_empty(), "no window unasked");
        scene.key_id().filter(|id| Some(id) != before.as_ref())
    };
    let new = wait::until("a renewal", RENEWED, other).await.expect("renewed");
    assert_eq!(scene.questions_since(mark), [], "nobody is asked");
    assert!(scene.server.requests().len() > asked, "Entra was, by a hidden page");
    let said: Vec<_> = scene.notifications.all().into_iter().skip(told).collect();
    assert_eq!(said, [], "nothing is told");
    new
}

fn last_entry(scene: &Scene) -> serde_json::Value {
    let log = std::fs::read_to_string(scene.desktop.home.path().join(".local/state/rolecall/audit.jsonl"))
        .expect("the audit log");
    serde_json::from_str(log.lines().last().expect("a line")).expect("JSON")
}

async fn told(scene: &Scene, since: usize, part: &str) -> Notification {
    scene.notifications.wait(part, since, RENEWED, |one| one.summary.contains(part)).await.expect(part)
}

#[tokio::test]
async fn a_session_is_renewed_with_the_cookies_of_the_day() {
    let setup = Setup { options: fast(), profile: DEVELOPER, ..Setup::default() };
    let scene = signed_in(setup, &TRANSIENT).await;
    renewed(&scene).await;
    renewed(&scene).await;
    let entry = last_entry(&scene);
    assert_eq!(
        (&entry["event"], &entry["door"], &entry["how"]),
        (&"assumed".into(), &"renewal".into(), &"silent".into())
    );
    let said = scene.said(&["log", "--json"]).await;
    let entries: Vec<serde_json::Value> = serde_json::from_str(&said).expect("JSON");
    assert_eq!(entries[0]["how"], "person");
    assert!(entries.len() >= 3);
    assert!(!said.contains(&scene.server.secrets()[0]), "no secret");
    scene.nothing_left();
}

#[tokio::test]
async fn after_a_restart_the_remembered_cookies_do_it() {
    let profile = format!("{DEVELOPER}azure_default_remember_me = true\n");
    let setup =
        Setup { options: fast(), profile: &profile, keychain: Keychain::Unlocked, ..Setup::default() };
    let mut scene = signed_in(setup, &ADA).await;
    scene.restart().await;
    renewed(&scene).await;
}

#[tokio::test]
async fn the_computers_own_sign_on_answers_for_its_owner() {
    let options = fast();
    let tenant = options.tenant.clone();
    let scene = Scene::start_as(Setup {
        options,
        profile: &format!("{DEVELOPER}azure_default_username = ada@example.org\n"),
        settings: "os_sign_on = true\n",
        ..Setup::default()
    })
    .await;
    let cookie = scene.server.prt_cookie("ada@example.org");
    let right = Behaviour::Right { username: "Ada@example.org".into(), realm: tenant, cookie };
    let broker = FakeBroker::start(&scene.desktop.bus, right.clone()).await.expect("a broker");
    let mark = scene.server.mark();
    scene.item.press(&["Sign in"], SOON).await.expect("Sign in");
    told(&scene, 0, "Signed in as Developer").await;
    assert_eq!(scene.questions_since(mark), [], "nobody typed anything");
    assert_eq!(scene.server.prt_sign_ins(), 1);
    // Entra forgets everything; the renewal gets a cookie of its own.
    scene.server.revoke_sessions();
    let Behaviour::Right { username, realm, .. } = right else { unreachable!() };
    let cookie = scene.server.prt_cookie("ada@example.org");
    broker.does(Behaviour::Right { username, realm, cookie });
    renewed(&scene).await;
    let methods: Vec<_> = broker.asked().into_iter().map(|asked| asked.method).collect();
    assert_eq!(methods[..2], ["getAccounts", "acquirePrtSsoCookie"]);
    // Only the login host ever saw it, and it is not kept.
    let hosts: Vec<_> = scene.server.prt_seen().into_iter().map(|seen| seen.host).collect();
    assert!(hosts.iter().all(|host| scene.server.entra_url().ends_with(host.as_str())), "{hosts:?}");
    for secret in scene.server.secrets() {
        assert!(!scene.written_down().contains(&secret), "a secret was written down");
    }
}

#[tokio::test]
async fn a_broker_that_lies_hangs_or_is_another_is_done_without() {
    let options = Options::default();
    let tenant = options.tenant.clone();
    let profile = format!("{DEVELOPER}azure_default_username = ada@example.org\n");
    let settings = "os_sign_on = true\n";
    let scene = Scene::start_as(Setup { options, profile: &profile, settings, ..Setup::default() }).await;
    let cookie = scene.server.prt_cookie("ada@example.org");
    let (username, realm) = ("ada@example.org".to_owned(), tenant);
    let lies = Behaviour::Lies { username: username.clone(), realm: realm.clone(), cookie: cookie.clone() };
    let broker = FakeBroker::start(&scene.desktop.bus, lies).await.expect("a broker");
    let another =
        Behaviour::Right { username: "bob@example.org".into(), realm: realm.clone(), cookie: cookie.clone() };
    for behaviour in
        [None, Some(another), Some(Behaviour::OtherVersion), Some(Behaviour::Refuses), Some(Behaviour::Hangs)]
    {
        if let Some(behaviour) = behaviour {
            broker.does(behaviour);
        }
        let asked = broker.asked().len();
        scene.item.press(&["Sign in"], SOON).await.expect("Sign in");
        let window = scene.person.window("sign in for demo", SOON).await.expect("the page, with a question");
        assert!(broker.asked().len() > asked);
        scene.person.close(&window).expect("closed");
        scene.item.menu_when("signed out again", SOON, |m| m.labels()[0] == "Sign in").await.expect("out");
    }
    assert_eq!(scene.server.prt_seen(), [], "no cookie came through");
    // And where nobody has said that they want it, it is not asked: it would be in the name of another program.
    broker.does(Behaviour::Right { username, realm, cookie });
    for settings in ["os_sign_on = false\n", ""] {
        scene.desktop.home.write_settings(settings).expect("settings");
        let asked = broker.asked().len();
        scene.item.press(&["Sign in"], SOON).await.expect("Sign in");
        let window = scene.person.window("sign in for demo", SOON).await.expect("the page");
        assert_eq!(broker.asked().len(), asked, "{settings:?}");
        scene.person.close(&window).expect("closed");
        scene.item.menu_when("signed out again", SOON, |m| m.labels()[0] == "Sign in").await.expect("out");
        // It is offered, though, and looking for it asks it nothing.
        let findings = scene.rolecall(&["doctor"]).await;
        let said = String::from_utf8_lossy(&findings.stdout).into_owned();
        assert!(said.contains("identity broker") && said.contains("in the name of Microsoft Edge"), "{said}");
        assert_eq!(broker.asked().len(), asked, "{settings:?}");
    }
}

#[tokio::test]
async fn a_revoked_session_is_one_notification_and_its_button_mends_it() {
    let setup = Setup { options: fast(), profile: DEVELOPER, ..Setup::default() };
    let scene = signed_in(setup, &ADA).await;
    let before = scene.key_id();
    let since = scene.notifications.all().len();
    scene.server.revoke_sessions();
    let needed = told(&scene, since, "Sign in to keep Developer").await;
    assert!(scene.person.visible("sign in for demo").is_empty(), "no window unasked");
    let loads = scene.server.pages().len();
    let mark = scene.server.mark();
    scene.notifications.press(&needed, "button-0").await.expect("pressed");
    scene.type_through_entra(mark, &ADA).await;
    scene.new_keys(before).await;
    assert!(scene.server.pages().len() > loads);
    let said: Vec<_> = scene.notifications.all().into_iter().skip(since).map(|one| one.summary).collect();
    assert!(said.len() <= 3, "{said:?}");
}

#[tokio::test]
async fn a_machine_that_sleeps_in_the_middle_closes_the_page_and_goes_on_when_it_wakes() {
    let setup = Setup { options: fast(), profile: DEVELOPER, ..Setup::default() };
    let scene = Scene::start_as(setup).await;
    let logind = FakeLogind::start(&scene.desktop.system_bus).await.expect("logind");
    let mark = scene.server.mark();
    scene.item.press(&["Sign in"], SOON).await.expect("Sign in");
    scene.type_through_entra(mark, &ADA).await;
    scene.new_keys(None).await;
    scene.server.entra_does(Variant::Hangs);
    let engine = async |there: bool| {
        let tray = scene.tray.id();
        let same = async || (has_window(tray) == there).then_some(());
        wait::until("the sign-in process", RENEWED, same).await.expect("the sign-in process");
    };
    engine(true).await;
    logind.sleep().await.expect("asleep");
    engine(false).await;
    scene.server.entra_does(Variant::Usual);
    let before = scene.key_id();
    logind.wake().await.expect("awake");
    // By the waking, not by the half minute after which it would try again.
    let soon = Duration::from_secs(20);
    let new = async || scene.key_id().filter(|id| Some(id) != before.as_ref());
    wait::until("new keys", soon, new).await.expect("renewed");
}

/// Whether the tray has a window's process below it.
pub(crate) fn has_window(tray: u32) -> bool {
    let children = std::fs::read_to_string(format!("/proc/{tray}/task/{tray}/children")).unwrap_or_default();
    children.split_whitespace().any(|child| {
        let line = std::fs::read_to_string(format!("/proc/{child}/cmdline")).unwrap_or_default();
        line.contains("rolecall-window")
    })
}

#[tokio::test]
async fn being_let_out_forgets_everything_and_quitting_says_what_stays() {
    let profile = format!("{DEVELOPER}azure_default_remember_me = true\n");
    let setup =
        Setup { options: brisk(), profile: &profile, keychain: Keychain::Unlocked, ..Setup::default() };
    let mut scene = signed_in(setup, &ADA).await;
    let since = scene.notifications.all().len();
    let quit = scene.rolecall(&["quit"]).await;
    let said = String::from_utf8_lossy(&quit.stderr).into_owned() + &String::from_utf8_lossy(&quit.stdout);
    assert!(said.contains("demo — Developer stays valid until "), "{said}");
    scene.tray.end(SOON).await.expect("the tray ends");
    assert!(scene.key_id().is_some());
    scene.start_again().await;
    scene.active("Developer").await;
    scene.item.press(&["Quit Rolecall"], SOON).await.expect("quit");
    let ended = told(&scene, since, "Rolecall has ended").await;
    assert!(ended.body.starts_with("demo — Developer stays valid until "), "{}", ended.body);
    scene.tray.end(SOON).await.expect("the tray ends");
    scene.start_again().await;
    scene.active("Developer").await;

    let vault = scene.desktop.home.path().join(".local/share/rolecall/vault");
    let sealed = || std::fs::read_dir(&vault).map(|files| files.count()).unwrap_or_default();
    assert!(sealed() > 0, "the remembered sign-in is sealed");
    scene.said(&["sign-out", "--all", "--forget"]).await;
    assert_eq!(scene.key_id(), None);
    let gone = async || (sealed() == 0).then_some(());
    wait::until("the sealed sign-in to go", SOON, gone).await.expect("gone");
    let mark = scene.server.mark();
    scene.item.press(&["Sign in"], SOON).await.expect("Sign in");
    scene.person.window("sign in for demo", SOON).await.expect("the page, with a question");
    assert!(!scene.questions_since(mark).is_empty());
}
