//! `configure`: a new profile in the window, or, `--from`, the profiles that an organisation offers.

use crate::arguments::Configure;
use crate::exit::Exit;
use crate::say::{self, Said};
use crate::status::unexpected;
use crate::{choose, open, show};
use rolecall_client as tray;
use rolecall_core::message::{LINE_LIMIT, Reply, Request, Source};
use rolecall_core::problem::Problem;
use std::fs::File;
use std::io::Read;

/// In bytes.
const SIZE_LIMIT: usize = 1024 * 1024;
/// In bytes, of a request, for everything that is not the text.
const AROUND: usize = 8 * 1024;

pub(crate) fn run(options: Configure) -> Result<Exit, Said> {
    match options.from {
        None => open::configure(),
        Some(from) => take_over(&from, options.yes),
    }
}

/// Shows what would change, asks, and has it written.
fn take_over(from: &str, yes: bool) -> Result<Exit, Said> {
    let (changes, digest, config) = match tray::ask(Request::Offer { source: source(from)? })?.next_reply()? {
        Reply::Offered { changes, digest, config } => (changes, digest, config),
        other => return Err(unexpected(other)),
    };
    if changes.is_empty() {
        say::words(&format!("Nothing to change: {config} says all of it already."));
        return Ok(Exit::Done);
    }
    let _ = say::coloured(&show::changes(&changes, &config));
    if !yes && !choose::can_ask() {
        say::words("Nothing was written: nobody can be asked here. Pass --yes to write it unasked.");
        return Ok(Exit::Usage);
    }
    if !yes && !choose::agreed("Write this?") {
        say::words("Nothing was written.");
        return Ok(Exit::PersonNeeded);
    }
    match tray::ask(Request::Accept { digest })?.next_reply()? {
        Reply::Done => say::words(&format!("{config} is written.")),
        other => return Err(unexpected(other)),
    }
    Ok(Exit::Done)
}

/// An address is read by the resident process, a file by us.
fn source(from: &str) -> Result<Source, Problem> {
    let scheme = from.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
    if scheme.is_some_and(|scheme| scheme == "https" || scheme == "http") {
        return Ok(Source::Address { url: from.to_owned() });
    }
    let path = if from == "-" { "standard input".to_owned() } else { from.to_owned() };
    let unreadable =
        |reason: &str| Problem::OfferUnreadable { origin: path.clone(), reason: reason.to_owned() };
    let read = if from == "-" { bytes(std::io::stdin().lock()) } else { File::open(from).and_then(bytes) };
    let bytes = read.map_err(|error| unreadable(&error.to_string()))?;
    let too_large = || unreadable("it is larger than a megabyte");
    if bytes.len() > SIZE_LIMIT {
        return Err(too_large());
    }
    let text = String::from_utf8(bytes).map_err(|_| unreadable("it is not UTF-8"))?;
    // On the socket its line breaks and quotes take two bytes each.
    if serde_json::to_string(&text).is_ok_and(|json| json.len() > LINE_LIMIT - AROUND) {
        return Err(too_large());
    }
    Ok(Source::File { path, text })
}

fn bytes(from: impl Read) -> std::io::Result<Vec<u8>> {
    let mut bytes = vec![];
    from.take(SIZE_LIMIT as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}
