//! `open`, and `configure` without an offer: the main window.

use crate::arguments::{Open, OpenPage};
use crate::exit::Exit;
use crate::say::Said;
use crate::status::unexpected;
use rolecall_client as tray;
use rolecall_core::message::window::Page;
use rolecall_core::message::{Reply, Request};

pub(crate) fn run(options: Open) -> Result<Exit, Said> {
    open(match options.page {
        None => Page::Sessions,
        Some(OpenPage::Settings) => Page::Settings,
        Some(OpenPage::Configure) => Page::Configure,
        Some(OpenPage::Activity) => Page::Activity,
        Some(OpenPage::Pods) => Page::Pods,
    })
}

/// A new profile, in the window.
pub(crate) fn configure() -> Result<Exit, Said> {
    open(Page::Configure)
}

fn open(page: Page) -> Result<Exit, Said> {
    match tray::ask(Request::Open { page, context: tray::context() })?.next_reply()? {
        Reply::Done => Ok(Exit::Done),
        other => Err(unexpected(other)),
    }
}
