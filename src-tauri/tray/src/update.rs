//! Reads an update feed and its signature, and looks at a downloaded file: only when somebody asks. Nothing is
//! downloaded, nothing installed.

use crate::controller::{Found, Lookup};
use crate::web;
use rolecall_core::problem::{Problem, foreign};
use rolecall_core::update::{Checked, FILE, Feed, Installed, Trouble};
use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use url::Url;

/// One word and a line break.
const LONGEST_WORD: u64 = 64;

/// How the program at this path came to this computer.
pub(crate) fn installed(program: &Path) -> Installed {
    let mut said = String::new();
    let read = File::open(program.with_file_name(FILE))
        .and_then(|file| file.take(LONGEST_WORD).read_to_string(&mut said));
    Installed::find(read.is_ok().then_some(said.as_str()), program)
}

/// What the feed offers, and whether the file is that.
///
/// # Errors
/// What is wrong with either.
pub(crate) async fn look(lookup: Lookup) -> Result<Found, Problem> {
    let (address, beside) = (lookup.source.feed().clone(), lookup.source.signature());
    let (text, signature) = tokio::join!(text(&address), text(&beside));
    let feed = Feed::read(&lookup.source, &text?, &signature?)?;
    let Some(path) = lookup.file else { return Ok(Found { feed, file: None }) };
    let checked = tokio::task::spawn_blocking(move || {
        let checked: Result<Checked, Problem> = feed.check(&path, &lookup.running, || File::open(&path));
        checked.map(|file| Found { feed, file: Some(file) })
    });
    let gone = |error: tokio::task::JoinError| Problem::BadRequest { reason: error.to_string() };
    checked.await.map_err(gone)?
}

async fn text(address: &Url) -> Result<String, Trouble> {
    let unreachable = |reason| Trouble::Unreachable { address: foreign(address.as_str()), reason };
    web::text(address.as_str()).await.map_err(unreachable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_beside_the_programs() {
        let folder = tempfile::tempdir().expect("a folder");
        let program = folder.path().join("rolecall-tray");
        assert_eq!(installed(&program), Installed::ByHand);
        std::fs::write(folder.path().join(FILE), "rpm\n").expect("written");
        assert_eq!(installed(&program), Installed::Rpm);
        std::fs::write(folder.path().join(FILE), [0xff; 8]).expect("written");
        assert_eq!(installed(&program), Installed::ByHand);
    }
}
