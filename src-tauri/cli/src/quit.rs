//! `quit`: the resident process ends; none is started for it.

use crate::exit::Exit;
use crate::say::{self, Said};
use crate::show;
use crate::status::unexpected;
use rolecall_client as tray;
use rolecall_core::message::{Reply, Request};

pub(crate) fn run() -> Result<Exit, Said> {
    let Some(mut conversation) = tray::ask_running(Request::Quit)? else {
        say::words("Rolecall was not running.");
        return Ok(Exit::Done);
    };
    let still = match conversation.next_reply()? {
        Reply::Ending { still } => still,
        other => return Err(unexpected(other)),
    };
    for still in &still {
        say::words(&show::still(still));
    }
    say::words("Rolecall has ended.");
    Ok(Exit::Done)
}
