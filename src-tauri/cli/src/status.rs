//! `status`: every profile's role and the time left.

use crate::exit::Exit;
use crate::say::{self, Said};
use crate::show;
use jiff::Timestamp;
use rolecall_client::{self as tray, trouble};
use rolecall_core::message::{Reply, Request};
use rolecall_core::problem::OTHER_FILES;
use rolecall_core::view::View;

pub(crate) fn run(json: bool) -> Result<Exit, Said> {
    let view = seen()?;
    if json {
        say::data(&serde_json::to_string_pretty(&view).unwrap_or_default());
    } else {
        let _ = say::coloured(&show::table(&view, Timestamp::now()));
        view.problems.iter().for_each(say::report);
    }
    Ok(if reads_other_files(&view) { Exit::Files } else { Exit::Done })
}

/// Whether it says nothing but that this shell's AWS tools read other files than the background service.
pub(crate) fn reads_other_files(view: &View) -> bool {
    view.problems.iter().any(|problem| problem.code == OTHER_FILES)
}

/// What there is to show of this shell's files.
pub(crate) fn view() -> Result<View, Said> {
    let view = seen()?;
    match view.problems.iter().find(|problem| problem.code == OTHER_FILES) {
        Some(problem) => Err(problem.clone().into()),
        None => Ok(view),
    }
}

fn seen() -> Result<View, Said> {
    match tray::ask(Request::Status)?.next_reply()? {
        Reply::Status { view } => Ok(view),
        other => Err(unexpected(other)),
    }
}

/// A problem, or an answer to something that was not asked.
pub(crate) fn unexpected(reply: Reply) -> Said {
    match reply {
        Reply::Problem { profile, problem } => Said::of(profile.as_ref(), problem),
        _ => trouble::junk().into(),
    }
}
