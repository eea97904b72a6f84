//! What a toast's body and buttons carry: the toast's number and what to do, as one text. Windows keeps it beside the
//! toast and hands it to us, or to a tray that it starts for it, perhaps days later.
//!
//! The text may be an older version's, or made up by another program of the same person. What is not exactly a text of
//! ours only opens the window, and nothing here can be more than a click on a notification.

use crate::menu::Action;
use rolecall_core::message::window::Page;
use rolecall_core::profile::ProfileName;
use std::collections::VecDeque;
use url::form_urlencoded::{Serializer, parse};
use uuid::Uuid;

/// Longer ones are not written, and not read.
const LONGEST: usize = 4096;
/// So many toasts are remembered as pressed: both ways of a press come within a moment.
const REMEMBERED: usize = 64;

/// The text for a press of this toast that does `action`.
pub(super) fn text(toast: Uuid, action: &Action) -> String {
    let (deed, names): (_, &[ProfileName]) = match action {
        Action::LeftClick => ("click", &[]),
        Action::Renew(name) => ("renew", std::slice::from_ref(name)),
        Action::RenewThese(names) => ("renew", names),
        _ => ("open", &[]),
    };
    let text = written(toast, deed, names);
    if text.len() <= LONGEST { text } else { written(toast, "open", &[]) }
}

fn written(toast: Uuid, deed: &str, names: &[ProfileName]) -> String {
    let mut text = Serializer::new(String::new());
    text.append_pair("toast", &toast.simple().to_string()).append_pair("do", deed);
    text.extend_pairs(names.iter().map(|name| ("profile", name.as_str())));
    text.finish()
}

/// `None` where [`text`] would not have written exactly this.
fn read(arguments: &str) -> Option<(Uuid, Action)> {
    if arguments.len() > LONGEST {
        return None;
    }
    let mut pairs = parse(arguments.as_bytes());
    let toast = pairs.next().filter(|(key, _)| key == "toast")?.1;
    let toast = Uuid::try_parse(&toast).ok()?;
    let deed = pairs.next().filter(|(key, _)| key == "do")?.1;
    let mut names = vec![];
    for (key, name) in pairs {
        names.push((key == "profile" && !name.is_empty()).then(|| ProfileName::new(&*name))?);
    }
    let action = match (&*deed, names.len()) {
        ("click", 0) => Action::LeftClick,
        ("open", 0) => Action::Open(Page::Sessions),
        ("renew", 1) => Action::Renew(names.pop()?),
        ("renew", 2..) => Action::RenewThese(names),
        _ => return None,
    };
    (text(toast, &action) == arguments).then_some((toast, action))
}

/// What was pressed already. Windows may tell one press twice: to the toast that is kept, and to the activator.
#[derive(Default)]
pub(super) struct Presses(VecDeque<Uuid>);

impl Presses {
    /// What the press does; `None` where it was done already. A toast goes with its first press.
    pub(super) fn take(&mut self, arguments: &str) -> Option<Action> {
        let Some((toast, action)) = read(arguments) else { return Some(Action::Open(Page::Sessions)) };
        if self.0.contains(&toast) {
            return None;
        }
        if self.0.len() == REMEMBERED {
            self.0.pop_front();
        }
        self.0.push_back(toast);
        Some(action)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<ProfileName> {
        names.iter().map(|name| ProfileName::new(*name)).collect()
    }

    #[test]
    fn what_is_written_is_read() {
        let toast = Uuid::new_v4();
        for action in [
            Action::LeftClick,
            Action::Open(Page::Sessions),
            Action::Renew(ProfileName::new("work")),
            Action::Renew(ProfileName::new("Käse & <Brot>=1 + \"2\" %20\u{7}")),
            Action::RenewThese(names(&["work", "lab", "work"])),
        ] {
            assert_eq!(read(&text(toast, &action)), Some((toast, action.clone())), "{action:?}");
        }
        assert_eq!(
            text(Uuid::nil(), &Action::Renew(ProfileName::new("my work"))),
            "toast=00000000000000000000000000000000&do=renew&profile=my+work"
        );
        // More than a toast can carry: its button opens the window, where all of them can be renewed.
        let many: Vec<_> = (0..1_000).map(|n| ProfileName::new(format!("profile {n}"))).collect();
        assert_eq!(
            read(&text(toast, &Action::RenewThese(many))),
            Some((toast, Action::Open(Page::Sessions)))
        );
        // What no toast offers.
        let quit = text(toast, &Action::Quit);
        assert_eq!(read(&quit), Some((toast, Action::Open(Page::Sessions))));
    }

    #[test]
    fn what_is_not_ours_only_opens_the_window() {
        let toast = "toast=0123456789abcdef0123456789abcdef";
        for text in [
            "",
            // The texts of older versions.
            "default",
            "button-0",
            "button-1",
            toast,
            &format!("{toast}&do=renew"),
            &format!("{toast}&do=renew&profile="),
            &format!("{toast}&do=click&profile=work"),
            &format!("{toast}&do=open&profile=work"),
            &format!("{toast}&do=quit"),
            &format!("{toast}&do=sign-out&profile=work"),
            &format!("{toast}&do=renew&profile=work&"),
            &format!("{toast}&do=renew&profile=work&more=1"),
            &format!("{toast}&do=renew&profile=%77ork"),
            &format!("{toast}&do=renew&profile=%ff"),
            &format!("{toast}&profile=work&do=renew"),
            "do=renew&profile=work",
            "toast=1&do=renew&profile=work",
            "toast=0123456789ABCDEF0123456789ABCDEF&do=renew&profile=work",
            &format!("{toast}&do=renew&profile={}", "x".repeat(LONGEST)),
        ] {
            assert_eq!(read(text), None, "{text}");
            let mut presses = Presses::default();
            for _ in 0..2 {
                assert_eq!(presses.take(text), Some(Action::Open(Page::Sessions)), "{text}");
            }
        }
    }

    #[test]
    fn a_press_that_is_told_twice_is_done_once() {
        let mut presses = Presses::default();
        let renew = Action::Renew(ProfileName::new("work"));
        let (one, other) = (Uuid::new_v4(), Uuid::new_v4());
        assert_eq!(presses.take(&text(one, &renew)), Some(renew.clone()));
        assert_eq!(presses.take(&text(one, &renew)), None);
        assert_eq!(presses.take(&text(one, &Action::LeftClick)), None);
        assert_eq!(presses.take(&text(other, &renew)), Some(renew.clone()));
        for _ in 0..REMEMBERED {
            assert_eq!(presses.take(&text(Uuid::new_v4(), &renew)), Some(renew.clone()));
        }
        assert_eq!(presses.0.len(), REMEMBERED);
    }
}
