//! Forty roles in twelve accounts: found by a few keys, starred, used always, given a profile of their own.

use super::Window;
use crate::scene::{ADA, SOON, Scene};
use rolecall_demo::rig::wait;
use rolecall_demo::{Kind, Options, Role, User};
use serde_json::Value;

const ENTER: &str = "\u{e007}";
const DOWN: &str = "\u{e015}";
const ESCAPE: &str = "\u{e00c}";

/// Ada may be one of forty; every account has a name on AWS's own page.
pub(crate) fn forty() -> Options {
    let names = [
        "production",
        "staging",
        "data-lake",
        "archive",
        "network",
        "security",
        "billing",
        "sandbox",
        "mobile",
        "web",
        "search",
        "machine-learning",
    ];
    let account = |n: usize| format!("{:012}", 111_111_111_111 + n * 1_010_101);
    let kinds = ["Administrator", "Developer", "ReadOnly", "Billing-ViewOnly"];
    let roles = (0..40).map(|n| Role::new(&account(n % 12), kinds[n / 12], 8)).collect();
    let account_names = names.iter().enumerate().map(|(n, name)| (account(n), (*name).to_owned())).collect();
    Options { users: vec![User::new("ada@example.org", roles)], account_names, ..Options::default() }
}

async fn choosing(scene: &Scene) -> Window {
    let window = Window::open(scene).await;
    let mark = scene.server.mark();
    window.click("[data-profile=demo] [data-action=sign-in]").await;
    scene.type_through_entra(mark, &ADA).await;
    window.see("main[data-view=roles] [role=option]").await;
    window.take_keyboard(scene).await;
    window
}

/// The ARN under the keyboard's cursor.
async fn under_cursor(window: &Window) -> String {
    let role =
        window.run("return document.querySelector('[role=option][aria-selected=true]').dataset.role", vec![]);
    role.await.as_str().unwrap_or_default().to_owned()
}

async fn status_role(scene: &Scene, profile: usize) -> Option<String> {
    scene.status().await["profiles"][profile]["role"].as_str().map(str::to_owned)
}

#[tokio::test]
async fn one_of_forty_by_keyboard_and_the_accounts_have_names() {
    let scene = Scene::start_with(forty(), "").await;
    let window = choosing(&scene).await;
    // The search field has the focus; AWS's own page has named the accounts by now, or will in a moment.
    window.until("the accounts' names", "return document.body.innerText.includes('data-lake')").await;
    window.see("input[name=role]:focus").await;
    window.keys("lake dev").await;
    window.until("the match", "return document.querySelector('[role=option][aria-selected=true]')?.dataset.role.endsWith('Developer')").await;
    let wanted = under_cursor(&window).await;
    assert_eq!(wanted, "arn:aws:iam::111113131313:role/Developer");
    window.keys(ENTER).await;
    window.see("main[data-view=sessions] [data-profile=demo][data-state=active]").await;
    assert_eq!(status_role(&scene, 0).await, Some(wanted));
    assert!(window.text().await.contains("data-lake"));
    // In the menu, too.
    let menu = scene
        .item
        .menu_when("a named account", SOON, |m| m.labels().iter().any(|l| l.starts_with("demo — Developer")))
        .await;
    let labels = menu.expect("active").all_labels().join("\n");
    assert!(labels.contains("data-lake (111113131313)"), "{labels}");
    // AWS's page was asked once, by nobody's browser.
    assert_eq!(scene.outside.seen(), Vec::<String>::new());
    assert_eq!(scene.server.count(&Kind::AccountNames), 1);
    assert_eq!(scene.server.acs_posts(), 0);
}

#[tokio::test]
async fn starred_used_always_and_into_another_profile() {
    let scene = Scene::start_with(forty(), "").await;
    let window = choosing(&scene).await;
    window.keys("billing read").await;
    let billing = "return document.querySelector('[role=option][aria-selected=true]')?.dataset.role.includes('ReadOnly')";
    window.until("the match", billing).await;
    let starred = under_cursor(&window).await;
    window.click(".beside.active [data-action=star]").await;
    window.see(".beside.active [data-action=star][aria-pressed=true]").await;
    window.see("input[name=role]").await.click().await.expect("focus");
    window.keys(ESCAPE).await;
    let first = format!("return document.querySelector('[role=option]').dataset.role === '{starred}'");
    window.until("the favourite comes first", &first).await;

    // Always this one: written into the profile.
    window.click(".beside.active [data-action=role-more]").await;
    window.click("[data-action=use-always]").await;
    let config = || std::fs::read_to_string(scene.desktop.home.config_file()).unwrap_or_default();
    let line = format!("azure_default_role_arn = {starred}");
    wait::until("the default role", SOON, async || config().contains(&line).then_some(()))
        .await
        .expect("written");
    assert!(config().starts_with("# kept\n[profile demo]\n"));

    // A second role from the same sign-in gets a profile of its own.
    let windows = scene.server.mark();
    window.see("input[name=role]").await.click().await.expect("focus");
    window.keys(DOWN).await;
    window.keys(DOWN).await;
    let second = under_cursor(&window).await;
    window.click(".beside.active [data-action=role-more]").await;
    window.click("[data-action=also-into]").await;
    window.fill("[name=also_into]", "demo").await;
    window.click("[data-action=also-save]").await;
    window.see("[name=also_into][aria-invalid=true]").await;
    window.fill("[name=also_into]", "second").await;
    window.click("[data-action=also-save]").await;
    let signed_in = async || {
        let status = scene.status().await;
        let profiles = status["profiles"].as_array().cloned().unwrap_or_default();
        let second = profiles.into_iter().find(|p| p["name"] == "second" && p["state"] == "active")?;
        second["role"].as_str().map(str::to_owned)
    };
    assert_eq!(wait::until("the second profile", SOON, signed_in).await.expect("signed in"), second);
    assert_eq!(scene.questions_since(windows), [], "without another question");
    assert!(scene.desktop.home.credential("second", "aws_session_token").is_some());
}

#[tokio::test]
async fn it_opens_by_itself_when_there_is_a_choice() {
    let scene = Scene::start_with(forty(), "").await;
    let mark = scene.server.mark();
    scene.item.press(&["Sign in"], SOON).await.expect("Sign in");
    scene.type_through_entra(mark, &ADA).await;
    scene.person.window("Rolecall", SOON).await.expect("the chooser, without being asked");
    let status: Value = scene.status().await;
    assert_eq!(status["profiles"][0]["activity"], "choosing");
    assert!(status["profiles"][0]["choose_by"].is_string());
}
