//! A notification as Windows reads it ("Toast content schema", Microsoft Learn).

use super::toast_arguments::text;
use crate::menu::Action;
use crate::notice::{Button, Notification, Urgency};
use rolecall_core::fnv1a::fnv1a;
use rolecall_core::profile::ProfileName;
use uuid::Uuid;

/// The toast's document. A press brings back what [`text`] wrote for it.
pub(super) fn document(toast: Uuid, notification: &Notification) -> String {
    let buttons: String = notification.buttons.iter().map(|one| button(toast, one)).collect();
    // It stays until somebody answers, which the system only allows where there is a button.
    let stays = match notification.urgency {
        Urgency::Critical if !buttons.is_empty() => r#" scenario="reminder""#,
        Urgency::Critical => r#" duration="long""#,
        Urgency::Low | Urgency::Normal => "",
    };
    let actions = if buttons.is_empty() { buttons } else { format!("<actions>{buttons}</actions>") };
    let sound = if notification.urgency == Urgency::Low { r#"<audio silent="true"/>"# } else { "" };
    let [title, body] = [&notification.title, &notification.body].map(|text| escaped(text));
    let launch = escaped(&body_arguments(toast));
    format!(
        r#"<toast launch="{launch}"{stays}><visual><binding template="ToastGeneric"><text>{title}</text><text>{body}</text></binding></visual>{actions}{sound}</toast>"#
    )
}

/// What a click on the toast itself brings back.
pub(super) fn body_arguments(toast: Uuid) -> String {
    text(toast, &Action::LeftClick)
}

/// One that only closes is the system's own: no program is started for it.
fn button(toast: Uuid, button: &Button) -> String {
    let label = escaped(button.label);
    match &button.action {
        Some(action) => {
            let arguments = escaped(&text(toast, action));
            format!(r#"<action content="{label}" arguments="{arguments}"/>"#)
        }
        None => format!(r#"<action content="{label}" activationType="system" arguments="dismiss"/>"#),
    }
}

/// By what the next toast about the same replaces this one, also after a restart: sixteen characters, which is what
/// each Windows 10 takes. FNV-1a of the profile's name.
pub(super) fn tag(about: Option<&ProfileName>) -> String {
    let Some(profile) = about else { return "rolecall".to_owned() };
    format!("{:016x}", fnv1a(profile.as_str().bytes()))
}

/// Characters that XML cannot hold at all would make the whole document invalid.
fn escaped(text: &str) -> String {
    let kept = text.chars().filter(|c| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}'));
    kept.collect::<String>()
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::toast_arguments::Presses;

    fn notification(urgency: Urgency, buttons: Vec<Button>) -> Notification {
        let (title, body) = ("A & B <c> \"d\"\u{7}".into(), "until 17:05\u{ffff}".into());
        Notification { about: None, title, body, urgency, buttons }
    }

    #[test]
    fn it_is_one_document_whatever_stands_in_it() {
        let buttons = vec![
            Button { label: "Renew now", action: Some(Action::SignInAll) },
            Button { label: "Later", action: None },
        ];
        for (urgency, buttons, stays, silent) in [
            (Urgency::Low, vec![], None, true),
            (Urgency::Normal, buttons.clone(), None, false),
            (Urgency::Critical, buttons.clone(), Some(("scenario", "reminder")), false),
            (Urgency::Critical, vec![], Some(("duration", "long")), false),
        ] {
            let count = buttons.len();
            let text = document(Uuid::nil(), &notification(urgency, buttons));
            let document = roxmltree::Document::parse(&text).expect(&text);
            let toast = document.root_element();
            let named = |name: &'static str| document.descendants().filter(move |n| n.has_tag_name(name));
            let texts: Vec<_> = named("text").filter_map(|node| node.text()).collect();
            assert_eq!(texts, ["A & B <c> \"d\"", "until 17:05"]);
            assert_eq!(named("action").count(), count);
            assert_eq!(named("audio").count() == 1, silent);
            let lasting = ["scenario", "duration"].iter().find_map(|n| Some((*n, toast.attribute(*n)?)));
            assert_eq!(lasting, stays);
        }
    }

    #[test]
    fn a_press_says_what_it_is_about_to_whoever_is_started_for_it() {
        let name = ProfileName::new("R&D \"<1>\"");
        let renew = Action::Renew(name.clone());
        let buttons = vec![
            Button { label: "Renew now", action: Some(renew.clone()) },
            Button { label: "Later", action: None },
        ];
        let toast = Uuid::new_v4();
        let text = document(toast, &notification(Urgency::Normal, buttons));
        let document = roxmltree::Document::parse(&text).expect(&text);
        let pressed = |arguments: &str| Presses::default().take(arguments);
        let launch = document.root_element().attribute("launch").expect("a launch");
        assert_eq!(pressed(launch), Some(Action::LeftClick));
        let actions: Vec<_> = document.descendants().filter(|node| node.has_tag_name("action")).collect();
        let arguments = actions[0].attribute("arguments").expect("arguments");
        assert_eq!(pressed(arguments), Some(renew));
        assert!(arguments.contains(&toast.simple().to_string()), "{arguments}");
        assert_eq!(actions[0].attribute("activationType"), None);
        // Nobody is started to do nothing.
        assert_eq!(actions[1].attribute("activationType"), Some("system"));
        assert_eq!(actions[1].attribute("arguments"), Some("dismiss"));
    }

    #[test]
    fn tags_are_the_same_after_a_restart() {
        let [work, lab] = ["work", "lab"].map(|name| tag(Some(&ProfileName::new(name))));
        assert_eq!(work, "7058edf6366825c0");
        let long = tag(Some(&ProfileName::new("x".repeat(300))));
        let all = [work, lab, long, tag(None), tag(Some(&ProfileName::new("rolecall")))];
        assert!(all.iter().all(|tag| tag.len() <= 16));
        assert_eq!(all.iter().collect::<std::collections::BTreeSet<_>>().len(), all.len());
    }
}
