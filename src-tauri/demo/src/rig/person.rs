//! A person at a private display: looks for windows, types, presses keys, clicks. Done with xdotool.

use super::display::Display;
use super::{Done, Trouble, wait};
use crate::entra::Page;
use crate::log::Kind;
use crate::server::Server;
use std::process::Command;
use std::time::Duration;

/// Hands and eyes on one display.
#[derive(Debug, Clone)]
pub struct Person {
    display: String,
}

/// A window's X id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window(String);

/// What a person knows when signing in.
#[derive(Debug, Clone)]
pub struct Login<'a> {
    pub user: &'a str,
    pub password: &'a str,
    /// The answer to "Stay signed in?".
    pub stay: bool,
}

impl Person {
    pub fn new(display: &Display) -> Self {
        Self { display: display.name().to_owned() }
    }

    /// At a display that somebody else started: `:99`.
    pub fn at(display: &str) -> Self {
        Self { display: display.to_owned() }
    }

    /// The window that is on the screen with `part` in its title.
    pub async fn window(&self, part: &str, at_most: Duration) -> Done<Window> {
        let what = format!("a window titled {part:?}");
        wait::until(&what, at_most, async || self.visible(part).into_iter().next()).await
    }

    /// Waits until no window with `part` in its title is on the screen.
    pub async fn window_gone(&self, part: &str, at_most: Duration) -> Done<()> {
        let what = format!("the window titled {part:?} to go");
        wait::until(&what, at_most, async || self.visible(part).is_empty().then_some(())).await
    }

    /// The windows that are on the screen with `part` in their titles.
    pub fn visible(&self, part: &str) -> Vec<Window> {
        let part: String = part
            .chars()
            .flat_map(|c| [c.is_ascii_punctuation().then_some('\\'), Some(c)])
            .flatten()
            .collect();
        self.found(&["--name", &part])
    }

    /// The windows that are on the screen with this class.
    pub fn visible_of_class(&self, class: &str) -> Vec<Window> {
        self.found(&["--class", class])
    }

    fn found(&self, by: &[&str]) -> Vec<Window> {
        let mut arguments = vec!["search", "--onlyvisible"];
        arguments.extend(by);
        let out = self.say(&arguments).unwrap_or_default();
        out.lines().map(|id| Window(id.to_owned())).collect()
    }

    pub fn title(&self, window: &Window) -> Done<String> {
        Ok(self.say(&["getwindowname", &window.0])?.trim().to_owned())
    }

    /// Left, top, width and height.
    pub fn place(&self, window: &Window) -> Done<super::screen::Area> {
        let out = self.say(&["getwindowgeometry", "--shell", &window.0])?;
        let field = |name: &str| out.lines().find_map(|line| line.strip_prefix(name)?.parse::<i64>().ok());
        let all = [field("X="), field("Y="), field("WIDTH="), field("HEIGHT=")];
        let all = all.map(|value| value.and_then(|value| u32::try_from(value.max(0)).ok()));
        match all {
            [Some(left), Some(top), Some(width), Some(height)] => Ok((left, top, width, height)),
            _ => Err(Trouble::new("the window's place is unknown")),
        }
    }

    /// Gives a window the keyboard: there is no window manager to do it.
    pub fn focus(&self, window: &Window) -> Done<()> {
        self.say(&["windowraise", &window.0, "windowfocus", &window.0]).map(drop)
    }

    /// Types into whatever has the keyboard.
    pub fn type_text(&self, text: &str) -> Done<()> {
        self.say(&["type", "--delay", "8", "--", text]).map(drop)
    }

    /// `Return`, `Tab`, `shift+Tab`, `Escape`, …
    pub fn press(&self, key: &str) -> Done<()> {
        self.say(&["key", key]).map(drop)
    }

    /// Button 1 is the left one, 3 the right one.
    pub fn click(&self, x: u32, y: u32, button: u8) -> Done<()> {
        let (x, y, button) = (x.to_string(), y.to_string(), button.to_string());
        self.say(&["mousemove", &x, &y, "click", &button]).map(drop)
    }

    pub fn move_to(&self, x: u32, y: u32) -> Done<()> {
        self.say(&["mousemove", &x.to_string(), &y.to_string()]).map(drop)
    }

    /// Closes a window as its close button would.
    pub fn close(&self, window: &Window) -> Done<()> {
        let id = window.0.parse().map_err(|_| Trouble::new(format!("{} is no window", window.0)))?;
        super::x11::ask_to_close(&self.display, id).map_err(Trouble::at("closing a window"))
    }

    /// Waits until a page of Entra's is on the screen with the keyboard: only then do keys reach it.
    pub async fn attend(
        &self,
        server: &Server,
        mark: usize,
        page: Page,
        window: &Window,
        at_most: Duration,
    ) -> Done<()> {
        let name = page.name();
        if server.seen_from(mark, &Kind::Visible(page), at_most).await.is_none() {
            return Err(wait::late(&format!("the {name} page on the screen"), at_most));
        }
        self.focus(window)?;
        if server.seen_from(mark, &Kind::Focused(page), at_most).await.is_none() {
            return Err(wait::late(&format!("the {name} page to have the keyboard"), at_most));
        }
        Ok(())
    }

    /// Goes through Entra's pages as they come, from `mark` on, until the page that posts the response.
    pub async fn sign_in(
        &self,
        server: &Server,
        mark: usize,
        window: &Window,
        login: &Login<'_>,
        at_most: Duration,
    ) -> Done<()> {
        let mut mark = mark;
        loop {
            let asks = |seen: &crate::Seen| matches!(seen.kind, Kind::Visible(_) | Kind::Page(Page::Working));
            let what = "Entra's next page";
            let seen = wait::until(what, at_most, async || {
                server.log().into_iter().enumerate().skip(mark).find(|(_, seen)| asks(seen))
            });
            let (place, seen) = seen.await?;
            let Kind::Visible(page) = seen.kind else { return Ok(()) };
            self.attend(server, mark, page, window, at_most).await?;
            self.answer(server, page, login)?;
            mark = place + 1;
            if server.seen_from(mark, &Kind::Form(page), at_most).await.is_none() {
                return Err(wait::late(&format!("the {} page to be sent", page.name()), at_most));
            }
        }
    }

    /// Types what this page asks for, and sends it.
    pub fn answer(&self, server: &Server, page: Page, login: &Login<'_>) -> Done<()> {
        match page {
            Page::UserName => self.type_text(login.user)?,
            Page::Password => self.type_text(login.password)?,
            Page::Number => {
                let number =
                    server.number_for(login.user).ok_or_else(|| Trouble::new("Entra shows no number"))?;
                self.type_text(&number)?;
            }
            // Yes has the keyboard; No is the button before it.
            Page::StaySignedIn if !login.stay => self.press("shift+Tab")?,
            Page::StaySignedIn => {}
            other => return Err(Trouble::new(format!("nobody can answer the {} page", other.name()))),
        }
        self.press("Return")
    }

    fn say(&self, arguments: &[&str]) -> Done<String> {
        let output = Command::new("xdotool")
            .args(arguments)
            .env("DISPLAY", &self.display)
            .output()
            .map_err(Trouble::at("xdotool does not start"))?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        Err(Trouble::new(format!("xdotool {}: {said}", arguments.first().unwrap_or(&""))))
    }
}
