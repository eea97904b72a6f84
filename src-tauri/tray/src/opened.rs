//! Somebody starts the program though it runs: they want to see something of it.

use rolecall_core::message::window::Page;
use rolecall_core::message::{Reply, Request};

/// Asks the one that runs for its main window, as any client would; whether it opens.
pub fn open_running() -> bool {
    let request = Request::Open { page: Page::Sessions, context: rolecall_client::context() };
    let asked = rolecall_client::ask_running(request).ok().flatten();
    matches!(asked.map(|mut conversation| conversation.next_reply()), Some(Ok(Reply::Done)))
}
