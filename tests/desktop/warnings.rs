//! The end of a session: warned, renewed by the notification's button, expired, signed in again.

use crate::scene::{SOON, Scene};
use rolecall_demo::Options;
use std::time::Duration;

#[tokio::test]
async fn a_short_session_warns_renews_and_ends() {
    let options = Options { session_length: Some(Duration::from_secs(12)), ..Options::default() };
    let scene = Scene::start_with(options, "renew = 'off'\nwarn_before = ['6s', '3s']").await;
    scene.sign_in_as("111111111111", "Developer").await;
    let first = scene.key_id();

    let warning = scene
        .notifications
        .wait("ends soon", 0, SOON, |n| n.summary.contains("ends in"))
        .await
        .expect("warned");
    assert!(seconds(&warning.summary) <= 6, "{}", warning.summary);
    let buttons: Vec<_> = warning.actions.iter().map(|(_, label)| label.as_str()).collect();
    assert_eq!(buttons, ["Open Rolecall", "Renew now", "Later"]);
    let mark = scene.server.mark();
    let warned = scene.notifications.all().len() - 1;
    scene.notifications.press(&warning, "Renew now").await.expect("the button");
    let second = scene.new_keys(first).await;
    assert_eq!(scene.questions_since(mark), [], "renewed without a question");

    let again = |n: &rolecall_demo::rig::notifications::Notification| n.summary.starts_with("Signed in");
    scene.notifications.wait("signed in again", 1 + warned, SOON, again).await.expect("told");

    // Later: nothing until the next threshold.
    let said = scene.notifications.all().len();
    let warning = scene
        .notifications
        .wait("6 seconds", said, SOON, |n| n.summary.contains("ends in"))
        .await
        .expect("warned");
    scene.notifications.press(&warning, "Later").await.expect("the button");
    let next = scene.notifications.wait("the next", said + 1, SOON, |_| true).await.expect("the next one");
    assert!(seconds(&next.summary) <= 3, "{}", next.summary);

    let ended = scene
        .notifications
        .wait("the end", said, SOON, |n| n.summary.contains("expired"))
        .await
        .expect("told");
    assert_eq!((ended.summary.as_str(), ended.urgency), ("Developer has expired", 2));
    let menu = scene.item.menu().await.expect("a menu");
    assert_eq!(menu.labels()[0], "demo — expired, sign in");
    assert_eq!(scene.item.face().await.expect("a face").tooltip_title, "Rolecall: expired");
    scene.notifications.press(&ended, "Sign in").await.expect("the button");
    // The role that it was: no choosing again.
    scene.new_keys(Some(second)).await;
    scene.active("Developer").await;

    // Not one notification was said twice for the same session.
    let all: Vec<_> = scene.notifications.all().into_iter().map(|n| n.summary).collect();
    assert_eq!(all.iter().filter(|s| s.contains("expired")).count(), 1, "{all:?}");
    let warnings = |summaries: &[String]| summaries.iter().filter(|s| s.contains("ends in")).count();
    assert_eq!(warnings(&all), 3, "{all:?}");
}

/// A busy machine may be a moment late: the number is what is left when it is said.
fn seconds(summary: &str) -> u32 {
    let number = summary.strip_prefix("Developer ends in ").and_then(|rest| rest.split(' ').next());
    number.and_then(|number| number.parse().ok()).expect(summary)
}
