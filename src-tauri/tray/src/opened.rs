//! Somebody starts the program though it runs: they want to see something of it.

#[cfg(windows)]
use crate::{menu::Action, notify};
#[cfg(windows)]
use rolecall_core::message::window::Ask;
use rolecall_core::message::window::Page;
use rolecall_core::message::{Reply, Request};

/// Asks the one that runs for its main window, as any client would; whether it opens.
pub fn open_running() -> bool {
    let request = Request::Open { page: Page::Sessions, context: rolecall_client::context() };
    let asked = rolecall_client::ask_running(request).ok().flatten();
    matches!(asked.map(|mut conversation| conversation.next_reply()), Some(Ok(Reply::Done)))
}

/// Windows has started us for a press of a notification, though one runs: it may serve another session of the same
/// person. What was pressed is asked of that one; whether it was told.
#[cfg(windows)]
pub fn pass_press_on() -> bool {
    /// Windows calls as soon as it sees us.
    const TIME: std::time::Duration = std::time::Duration::from_secs(20);
    let names = match notify::next_press(TIME) {
        None => return false,
        Some(Action::Renew(name)) => vec![name],
        Some(Action::RenewThese(names)) => names,
        Some(_) => vec![],
    };
    let renewed = names.into_iter().filter(|profile| {
        let ask = Ask::Renew { profile: profile.clone() };
        let request = Request::Window { ask, context: rolecall_client::context() };
        let asked = rolecall_client::ask_running(request).ok().flatten();
        matches!(asked.map(|mut conversation| conversation.next_reply()), Some(Ok(Reply::Window { .. })))
    });
    // Where nothing was to be renewed, or a profile is gone, the window says how things are.
    renewed.count() > 0 || open_running()
}
