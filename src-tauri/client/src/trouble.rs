//! What can be wrong between this program and the resident one, in words.

use rolecall_core::message::VERSION;
use rolecall_core::problem::{Kind, Report, foreign};
use std::path::Path;

pub fn no_home() -> Report {
    said(
        "environment.no_home",
        "There is no home folder to look in: HOME is not set.",
        "Log in as a user with a home folder, or set HOME.",
    )
}

pub(crate) fn not_started(program: &Path, why: &str) -> Report {
    said(
        "tray.not_started",
        &format!("The Rolecall background service {} did not start: {why}.", program.display()),
        "Install Rolecall again, or run rolecall-tray in a terminal and look at what it prints.",
    )
}

/// In its own words, mostly about a folder.
pub(crate) fn cannot_run(program: &Path, why: &str) -> Report {
    Report {
        kind: Kind::Files,
        ..said(
            "tray.cannot_run",
            &format!("The background service {} cannot run: {}.", program.display(), foreign(why)),
            "Make sure that you own the folder, can write to it and have disk space left, then try again.",
        )
    }
}

pub(crate) fn other_user() -> Report {
    said(
        "tray.other_user",
        "The socket of the Rolecall background service belongs to another user.",
        "Somebody may be listening in: tell your administrator, and remove it if it is not yours.",
    )
}

pub(crate) fn unreachable(socket: &Path, error: &std::io::Error) -> Report {
    said(
        "tray.unreachable",
        &format!("The socket {} cannot be opened: {error}.", socket.display()),
        "Check who may use it and its folder, and that its path is shorter than 100 characters.",
    )
}

pub(crate) fn hangs() -> Report {
    said(
        "tray.hangs",
        "The Rolecall background service does not answer.",
        "Quit Rolecall from its icon, or end the process rolecall-tray; the next command starts it again.",
    )
}

pub(crate) fn gone() -> Report {
    said(
        "tray.gone",
        "The Rolecall background service stopped before it answered.",
        "Try again: it starts by itself.",
    )
}

/// None runs, and none was to be started.
pub fn not_running() -> Report {
    said("tray.not_running", "The Rolecall background service is not running.", "Start it again.")
}

pub(crate) fn other_version(theirs: u32) -> Report {
    said(
        "tray.other_version",
        &format!(
            "The Rolecall background service uses version {theirs} of the socket protocol, and this program uses version {VERSION}."
        ),
        "Quit Rolecall from its icon, then try again: the version that is installed now starts.",
    )
}

pub(crate) fn too_long() -> Report {
    said(
        "tray.too_long",
        "The answer of the Rolecall background service is longer than any answer can be.",
        "Something else may be listening in its place: quit Rolecall and start it again.",
    )
}

/// An answer that is none, or none to what was asked.
pub fn junk() -> Report {
    said(
        "tray.junk",
        "This program does not understand the answer of the Rolecall background service.",
        "Programs of different versions may be running: quit Rolecall and start it again.",
    )
}

fn said(code: &str, what: &str, help: &str) -> Report {
    Report { code: code.into(), kind: Kind::SignIn, what: what.into(), help: help.into(), mend: None }
}
