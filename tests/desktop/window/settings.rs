//! What is set in the window stays, and does what it says.

use super::Window;
use crate::scene::{ADA, SOON, Scene, Setup};
use rolecall_demo::rig::wait;

#[tokio::test]
async fn settings_are_kept_over_a_restart() {
    let setup = Setup { settings: "# mine\nwarn_before = [\"30m\"] # early\n", ..Setup::default() };
    let mut scene = Scene::start_as(setup).await;
    let window = Window::open(&scene).await;
    window.click("[data-action=go-settings]").await;
    window.fill("[name=warning]", "45").await;
    window.click("[data-action=add-warning]").await;
    window.until("the warning", "return document.body.innerText.includes('45')").await;
    window.click("select[name=theme] option[value=dark]").await;
    window.see("html[data-theme=dark]").await;
    let file = scene.desktop.home.path().join(".config/rolecall/settings.toml");
    let text = std::fs::read_to_string(&file).expect("settings");
    assert_eq!(text, "# mine\nwarn_before = [\"45m\", \"30m\"] # early\ntheme = \"dark\"\n");
    drop(window);
    scene.restart().await;
    let window = Window::open(&scene).await;
    window.see("html[data-theme=dark]").await;
    window.click("[data-action=go-settings]").await;
    assert!(window.text().await.contains("45"));
}

#[tokio::test]
async fn the_day_is_set_here_and_read_here() {
    let scene = Scene::start().await;
    let window = Window::open(&scene).await;
    let mark = scene.server.mark();
    window.click("[data-profile=demo] [data-action=sign-in]").await;
    scene.type_through_entra(mark, &ADA).await;
    window.click("[data-role='arn:aws:iam::111111111111:role/Developer']").await;
    window.see("[data-profile=demo][data-state=active]").await;

    window.click("[data-action=go-settings]").await;
    window.click("[name=renew] option[value=always_ask], [name=renew][value=always_ask]").await;
    window.click("[name=os_sign_on]").await;
    window.click("[name=credentials_mode]").await;
    let settings = scene.desktop.home.path().join(".config/rolecall/settings.toml");
    let written = async || {
        let text = std::fs::read_to_string(&settings).unwrap_or_default();
        let all = ["renew = \"always_ask\"", "os_sign_on = true", "credentials_mode = \"keep\""];
        all.iter().all(|line| text.contains(line)).then_some(())
    };
    wait::until("the settings", SOON, written).await.expect("written");
    let entry = scene.desktop.home.path().join(".config/autostart/org.rolecall.Rolecall.desktop");
    window.click("[name=start_at_login]").await;
    let there = async || std::fs::read_to_string(&entry).ok();
    let text = wait::until("the autostart entry", SOON, there).await.expect("written");
    assert!(text.contains("rolecall-tray") && text.contains("--login"), "{text}");
    window.click("[name=sign_in_at_login]").await;
    // Switched off elsewhere: seen here.
    std::fs::remove_file(&entry).expect("removed");
    window.until("the switch", "return !document.querySelector('[name=start_at_login]').checked").await;

    window.click("[data-action=go-activity]").await;
    let assumed = "return document.body.innerText.includes('Developer')";
    window.see("[data-entry]").await;
    window.until("what was assumed", assumed).await;
    window.click("[data-action=export-activity]").await;
    let file = scene.desktop.home.path().join("rolecall-activity.csv");
    let exported = async || std::fs::read_to_string(&file).ok();
    let csv = wait::until("the export", SOON, exported).await.expect("exported");
    assert!(csv.starts_with("time,profile,event,role,"), "{csv}");
    assert!(csv.contains("demo,assumed,") && csv.contains(",person,window,"), "{csv}");
}

#[tokio::test]
async fn notifications_findings_and_a_forgotten_sign_in() {
    let scene = Scene::start().await;
    let window = Window::open(&scene).await;
    let mark = scene.server.mark();
    window.click("[data-profile=demo] [data-action=sign-in]").await;
    scene.type_through_entra(mark, &ADA).await;
    window.click("[data-role='arn:aws:iam::111111111111:role/Developer']").await;
    window.see("[data-profile=demo][data-state=active]").await;

    window.click("[data-action=go-settings]").await;
    let said = scene.notifications.all().len();
    window.click("[data-action=test-notification]").await;
    let told = scene.notifications.wait("the test", said, SOON, |_| true).await.expect("told");
    assert!(told.summary.contains("This is how"), "{}", told.summary);
    window.click("[data-action=doctor]").await;
    window.see("[data-finding][data-verdict]").await;

    // Forgotten: the next sign-in asks again.
    window.click("[data-remembered] [data-action=forget]").await;
    window.gone("[data-remembered]").await;
    window.click("[data-action=go-sessions]").await;
    let mark = scene.server.mark();
    window.click("[data-profile=demo] [data-action=renew], [data-profile=demo] [data-action=sign-in]").await;
    scene.person.window("sign in for demo", SOON).await.expect("the page, with a question");
    assert!(!scene.questions_since(mark).is_empty());
    // Whoever does not want it after all keeps what there is.
    window.click("[data-action=cancel]").await;
    scene.person.window_gone("sign in for demo", SOON).await.expect("gone");
    window.see("[data-profile=demo][data-state=active][data-activity=idle]").await;
    assert!(scene.key_id().is_some());
}

#[tokio::test]
async fn the_resident_process_goes_and_comes_back() {
    let mut scene = Scene::start().await;
    let window = Window::open(&scene).await;
    window.see("[data-profile=demo]").await;
    scene.tray.crash();
    window.see("[data-action=start]").await;
    scene.start_again().await;
    window.gone("[data-action=start]").await;
    window.see("[data-profile=demo]").await;

    // And by the window's own button.
    scene.tray.crash();
    window.click("[data-action=start]").await;
    window.gone("[data-action=start]").await;
    assert_eq!(scene.status().await["profiles"][0]["name"], "demo");
    scene.said(&["quit"]).await;
    window.see("[data-action=start]").await;
}

#[tokio::test]
async fn opened_once_closed_without_a_trace() {
    let scene = Scene::start().await;
    scene.said(&["open"]).await;
    let window = scene.person.window("Rolecall", SOON).await.expect("the main window");
    scene.said(&["open", "settings"]).await;
    assert_eq!(processes(&scene), 1, "the same window");
    scene.person.close(&window).expect("closed");
    scene.person.window_gone("Rolecall", SOON).await.expect("gone");
    let none = async || (processes(&scene) == 0).then_some(());
    wait::until("the end of its processes", SOON, none).await.expect("gone");
    let left: Vec<_> = std::fs::read_dir(scene.desktop.home.path().join("run/rolecall"))
        .expect("the run folder")
        .filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned()))
        .filter(|name| name.starts_with("sign-in-"))
        .collect();
    assert_eq!(left, Vec::<String>::new());
    // And it opens again.
    scene.said(&["configure"]).await;
    scene.person.window("Rolecall", SOON).await.expect("the main window");
}

/// How many window programs of this scene there are.
fn processes(scene: &Scene) -> usize {
    let home = scene.desktop.home.path().display().to_string();
    let of_ours = |entry: &std::fs::DirEntry| {
        let read = |name: &str| std::fs::read(entry.path().join(name)).unwrap_or_default();
        let (line, variables) = (read("cmdline"), read("environ"));
        let line = String::from_utf8_lossy(&line).into_owned();
        line.contains("rolecall-window\0main") && String::from_utf8_lossy(&variables).contains(&home)
    };
    std::fs::read_dir("/proc").expect("/proc").filter_map(Result::ok).filter(of_ours).count()
}
