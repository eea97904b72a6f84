//! `update`: which version runs, and what a signed feed offers; whether a downloaded file is that.

use crate::arguments::{Update as Options, UpdateCommand};
use crate::exit::Exit;
use crate::say::{self, Said};
use crate::show;
use crate::status::unexpected;
use rolecall_client as tray;
use rolecall_core::message::{Reply, Request};
use rolecall_core::problem::Problem;
use std::path::Path;

pub(crate) fn run(options: Options) -> Result<Exit, Said> {
    let file = match options.command {
        Some(UpdateCommand::Verify { file }) => Some(absolute(&file)?),
        None => None,
    };
    let update = match tray::ask(Request::Update { file })?.next_reply()? {
        Reply::Update { update } => update,
        other => return Err(unexpected(other)),
    };
    if options.json {
        say::data(&serde_json::to_string_pretty(&update).unwrap_or_default());
        return Ok(Exit::Done);
    }
    let _ = say::coloured(&show::update(&update));
    // Whoever has looked at a file knows what they are about to do.
    if update.file.is_none() {
        say::words(&update.advice);
    }
    Ok(Exit::Done)
}

/// The resident process stands in another folder.
fn absolute(file: &Path) -> Result<String, Problem> {
    let unreadable = |reason: &str| Problem::FileUnreadable {
        path: file.display().to_string(),
        reason: reason.to_owned(),
    };
    let path = std::path::absolute(file).map_err(|error| unreadable(&error.to_string()))?;
    path.into_os_string().into_string().map_err(|_| unreadable("its path is not UTF-8"))
}
