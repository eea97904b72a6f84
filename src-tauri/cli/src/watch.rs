//! `status --watch`: the same again whenever it changes, and each minute for the countdown.

use crate::exit::Exit;
use crate::say::{self, Said};
use crate::show;
use crate::status::{reads_other_files, unexpected};
use jiff::Timestamp;
use rolecall_client as tray;
use rolecall_core::expiry::{self, Warnings};
use rolecall_core::message::{Reply, Request};
use rolecall_core::view::View;
use std::io::Write as _;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

pub(crate) fn run(json: bool) -> Result<Exit, Said> {
    let mut conversation = tray::ask(Request::Watch)?;
    let mut screen = Screen { rewrite: say::can_rewrite(&std::io::stdout()), last: String::new() };
    let mut reply = Some(conversation.next_reply()?);
    let mut view = View::default();
    loop {
        let news = reply.is_some();
        match reply {
            Some(Reply::Status { view: new }) => view = new,
            Some(other) => return Err(unexpected(other)),
            None => {}
        }
        let now = Timestamp::now();
        let drawn = match (json, news) {
            (true, true) => say::try_data(&serde_json::to_string(&view).unwrap_or_default()),
            (true, false) => Ok(()),
            (false, _) => screen.draw(&view, now),
        };
        // The reader has gone, and with it the reason to watch.
        if drawn.is_err() {
            return Ok(Exit::Done);
        }
        // It never changes while this shell reads other files.
        if reads_other_files(&view) {
            return Ok(Exit::Files);
        }
        reply = conversation.next_within(until_the_next_minute(&view, now))?;
    }
}

/// Where the table is drawn again and again.
struct Screen {
    rewrite: bool,
    last: String,
}

impl Screen {
    fn draw(&mut self, view: &View, now: Timestamp) -> std::io::Result<()> {
        let mut text = show::table(view, now);
        for problem in &view.problems {
            text.push_str(&format!("\n\n{}\nhelp: {} [{}]", problem.what, problem.help, problem.code));
        }
        if text == self.last {
            return Ok(());
        }
        if self.rewrite {
            // Home, and everything below it wiped. Not a job for the coloured stream, which NO_COLOR silences.
            let mut out = std::io::stdout().lock();
            write!(out, "\x1b[H\x1b[J")?;
            out.flush()?;
        }
        say::coloured(&text)?;
        self.last = text;
        Ok(())
    }
}

/// How long until a countdown in the table reads differently.
fn until_the_next_minute(view: &View, now: Timestamp) -> Duration {
    let none = Warnings::new(vec![]);
    let ends = view.profiles.iter().map(|profile| profile.until);
    let ends = ends.chain(view.role_profiles.iter().map(|profile| profile.until));
    let changes = ends.flatten().filter_map(|until| {
        let next = expiry::next_change(until, &none, now)?;
        Duration::try_from(next.duration_since(now)).ok()
    });
    changes.min().unwrap_or(MINUTE).min(MINUTE)
}
