//! A notification as Windows reads it ("Toast content schema", Microsoft Learn).

use super::{action_of, key};
use crate::menu::Action;
use crate::notice::{Notification, Urgency};

/// A click on the toast itself.
const BODY: &str = "default";

/// The toast's document. What is pressed comes back as [`pressed`] reads it.
pub(super) fn document(notification: &Notification) -> String {
    let buttons: String = notification
        .buttons
        .iter()
        .enumerate()
        .map(|(index, button)| {
            format!(r#"<action content="{}" arguments="{}"/>"#, escaped(button.label), key(index))
        })
        .collect();
    // It stays until somebody answers, which the system only allows where there is a button.
    let stays = match notification.urgency {
        Urgency::Critical if !buttons.is_empty() => r#" scenario="reminder""#,
        Urgency::Critical => r#" duration="long""#,
        Urgency::Low | Urgency::Normal => "",
    };
    let actions = if buttons.is_empty() { buttons } else { format!("<actions>{buttons}</actions>") };
    let sound = if notification.urgency == Urgency::Low { r#"<audio silent="true"/>"# } else { "" };
    let [title, body] = [&notification.title, &notification.body].map(|text| escaped(text));
    format!(
        r#"<toast launch="{BODY}"{stays}><visual><binding template="ToastGeneric"><text>{title}</text><text>{body}</text></binding></visual>{actions}{sound}</toast>"#
    )
}

/// What a press means; `None` for one that only closes.
pub(super) fn pressed(notification: &Notification, arguments: &str) -> Option<Action> {
    // The body's own are what the document launches with, or nothing.
    if matches!(arguments, BODY | "") { Some(Action::LeftClick) } else { action_of(notification, arguments) }
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
    use crate::notice::Button;

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
            let text = document(&notification(urgency, buttons));
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
    fn presses() {
        let buttons = vec![
            Button { label: "Renew now", action: Some(Action::SignInAll) },
            Button { label: "Later", action: None },
        ];
        let shown = notification(Urgency::Normal, buttons);
        for (arguments, action) in [
            ("default", Some(Action::LeftClick)),
            ("", Some(Action::LeftClick)),
            ("button-0", Some(Action::SignInAll)),
            ("button-1", None),
            ("button-2", None),
            ("button-x", None),
        ] {
            assert_eq!(pressed(&shown, arguments), action, "{arguments}");
        }
    }
}
