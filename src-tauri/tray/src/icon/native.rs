//! What Windows and macOS have in common: an icon and a menu of tray-icon and muda, both of one thread.

use super::Shown;
use super::picture::{Picture, pictures};
use crate::menu::{Action, Item};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::mpsc::UnboundedSender;
use tray_icon::menu::{
    CheckMenuItem, IsMenuItem, Menu, MenuEvent, MenuId, MenuItem, PredefinedMenuItem, Submenu,
};
use tray_icon::{Error, MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent};

/// As every icon in macOS's menu bar; a taskbar's menu comes with the right button.
const MENU_ON_LEFT_CLICK: bool = cfg!(target_os = "macos");

/// What the items of the menu do, by their ids.
type Actions = HashMap<MenuId, Action>;

/// The icon, on the thread that made it.
pub(super) struct Native {
    icon: TrayIcon,
    /// Of the menu that is shown, and of the one before it, which may have been open when it was replaced.
    actions: Arc<Mutex<[Actions; 2]>>,
    /// Counts the items of all menus: an old item is never taken for a new one.
    items: u64,
    menu: Vec<Item>,
    /// The same as the system has it.
    #[cfg(target_os = "macos")]
    drawn: Option<Menu>,
}

impl Native {
    /// An icon without a picture yet; presses go to `pressed`, and after each one `touched` is called: a choice that
    /// was pressed has changed its own mark.
    ///
    /// # Errors
    /// The system's own.
    pub(super) fn new(
        pressed: UnboundedSender<Action>,
        touched: impl Fn() + Send + Sync + 'static,
    ) -> Result<Self, Error> {
        let icon = TrayIconBuilder::new()
            // Where the person moves it to in macOS's menu bar, it stays.
            .with_autosave_name("org.rolecall.Rolecall")
            .with_menu_on_left_click(MENU_ON_LEFT_CLICK)
            .build()?;
        let actions: Arc<Mutex<[Actions; 2]>> = Arc::default();
        let (known, clicked) = (Arc::clone(&actions), pressed.clone());
        MenuEvent::set_event_handler(Some(move |event: MenuEvent| {
            let known = known.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(action) = known.iter().find_map(|menu| menu.get(event.id())) {
                #[cfg(target_os = "macos")]
                crate::macos::before(action);
                let _ = pressed.send(action.clone());
            }
            touched();
        }));
        TrayIconEvent::set_event_handler(Some(move |event| {
            if !MENU_ON_LEFT_CLICK && is_left_click(&event) {
                let _ = clicked.send(Action::LeftClick);
            }
        }));
        Ok(Self {
            icon,
            actions,
            items: 0,
            menu: vec![],
            #[cfg(target_os = "macos")]
            drawn: None,
        })
    }

    /// Shows the picture whose size is `size`, in pixels, or the next larger one.
    ///
    /// # Errors
    /// The system does not show it (yet).
    pub(super) fn draw(&mut self, shown: &Shown, size: u32, again: bool) -> Result<(), Error> {
        if self.menu != shown.menu || again {
            let (menu, actions) = self.menu(&shown.menu)?;
            let mut known = self.actions.lock().unwrap_or_else(PoisonError::into_inner);
            known.swap(0, 1);
            known[0] = actions;
            drop(known);
            #[cfg(target_os = "macos")]
            self.drawn.replace(menu.clone());
            self.icon.set_menu(Some(Box::new(menu)));
            self.menu.clone_from(&shown.menu);
        }
        let mut sizes = pictures(shown.state, shown.frame);
        let index = sizes.iter().position(|picture| picture.size >= size);
        if let Some(picture) = index.map(|index| sizes.swap_remove(index)).or_else(|| sizes.pop()) {
            self.picture(picture)?;
        }
        self.icon.set_tooltip(Some(shortened(&named(&shown.tooltip))))
    }

    pub(super) fn icon(&self) -> &TrayIcon {
        &self.icon
    }

    /// The menu as the system has it.
    #[cfg(target_os = "macos")]
    pub(super) fn drawn(&self) -> Option<&Menu> {
        self.drawn.as_ref()
    }

    #[cfg(windows)]
    fn picture(&self, picture: Picture) -> Result<(), Error> {
        self.icon.set_icon(tray_icon::Icon::from_rgba(picture.rgba, picture.size, picture.size).ok())
    }

    /// The menu bar colours it by itself: only what is opaque counts.
    #[cfg(target_os = "macos")]
    fn picture(&self, picture: Picture) -> Result<(), Error> {
        self.icon
            .set_icon_templated(tray_icon::Icon::from_rgba(picture.rgba, picture.size, picture.size).ok())
    }

    fn menu(&mut self, items: &[Item]) -> Result<(Menu, Actions), Error> {
        let mut actions = Actions::new();
        let mut failed = None;
        let menu = Menu::new();
        for item in items {
            let added = self.item(item, &mut actions).and_then(|item| menu.append(item.as_ref()));
            failed = failed.or(added.err());
        }
        match failed {
            Some(error) => Err(Error::OsError(std::io::Error::other(error))),
            None => Ok((menu, actions)),
        }
    }

    fn item(
        &mut self,
        item: &Item,
        actions: &mut Actions,
    ) -> Result<Box<dyn IsMenuItem>, tray_icon::menu::Error> {
        Ok(match item {
            Item::Action { label, action } => {
                Box::new(MenuItem::with_id(self.id(action, actions), escaped(label), true, None))
            }
            Item::Choice { label, current, action } => {
                let id = self.id(action, actions);
                Box::new(CheckMenuItem::with_id(id, escaped(label), true, *current, None))
            }
            Item::Submenu { label, items } => {
                let below = Submenu::new(escaped(label), true);
                for item in items {
                    below.append(self.item(item, actions)?.as_ref())?;
                }
                Box::new(below)
            }
            Item::Separator => Box::new(PredefinedMenuItem::separator()),
        })
    }

    fn id(&mut self, action: &Action, actions: &mut Actions) -> MenuId {
        self.items += 1;
        let id = MenuId::new(self.items.to_string());
        actions.insert(id.clone(), action.clone());
        id
    }
}

fn is_left_click(event: &TrayIconEvent) -> bool {
    let (button, state) = (MouseButton::Left, MouseButtonState::Up);
    matches!(event, TrayIconEvent::Click { button: b, button_state: s, .. } if (*b, *s) == (button, state))
}

/// An ampersand would mark the next letter as the item's key.
fn escaped(label: &str) -> String {
    label.replace('&', "&&")
}

/// What Narrator reads and a person sees of the icon begins with its program's name; on a Mac the button has a label.
fn named(tooltip: &str) -> String {
    if cfg!(target_os = "macos") {
        return tooltip.to_owned();
    }
    let lines: Vec<_> = ["Rolecall", tooltip].into_iter().filter(|line| !line.is_empty()).collect();
    lines.join("\n")
}

/// The taskbar's tooltips have room for 127 units of UTF-16.
fn shortened(tooltip: &str) -> String {
    const ROOM: usize = 127;
    if tooltip.encode_utf16().count() <= ROOM {
        return tooltip.to_owned();
    }
    let mut left = ROOM - 1;
    let fits = |c: &char| {
        let units = c.len_utf16();
        left = left.saturating_sub(units);
        left > 0
    };
    tooltip.chars().take_while(fits).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tooltips_fit() {
        for (text, units) in [("work — Admin, until 17:05", 25), (&"x".repeat(127), 127)] {
            assert_eq!(shortened(text), text);
            assert_eq!(text.encode_utf16().count(), units);
        }
        for text in ["x".repeat(128), "🙂".repeat(64), "x🙂".repeat(60)] {
            let short = shortened(&text);
            assert!(short.ends_with('…') && short.encode_utf16().count() <= 127, "{short}");
            assert!(short.encode_utf16().count() > 120, "{short}");
        }
    }

    #[cfg(windows)]
    #[test]
    fn the_icon_s_words_say_whose_it_is() {
        assert_eq!(named(""), "Rolecall");
        assert_eq!(named("work — Admin until 17:05"), "Rolecall\nwork — Admin until 17:05");
    }

    #[test]
    fn ampersands_are_shown() {
        assert_eq!(escaped("R&D — Admin"), "R&&D — Admin");
    }
}
