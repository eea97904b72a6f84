//! Several programs write one file at the same time.

use super::child::HASTY;
use rolecall_core::aws_files::document::{Dialect, Document};
use rolecall_core::aws_files::edit::set;
use rolecall_core::aws_files::replace::{Waits, Written, update};
use std::fs;
use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// One key of one profile, written as Rolecall does.
fn write(file: &Path, waits: Waits, profile: &str, key: &str) -> Written {
    let set = |text: &str| set(text, Dialect::Credentials, profile, &[(key, "v")]);
    update(file, waits, set).unwrap()
}

#[test]
fn writers_that_lock_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("credentials");
    std::thread::scope(|scope| {
        for profile in 0..4 {
            let file = &file;
            scope.spawn(move || {
                for key in 0..25 {
                    let written = write(file, HASTY, &format!("p{profile}"), &format!("k{key}"));
                    assert_eq!(written, Written { changed: true, ..Written::default() });
                }
            });
        }
    });
    let text = fs::read_to_string(&file).unwrap();
    let document = Document::parse(&text, Dialect::Credentials);
    let keys: usize = document.sections().iter().map(|section| section.keys().len()).sum();
    assert_eq!((document.sections().len(), keys, document.duplicates()), (4, 100, vec![]));
}

/// A program that knows no lock reads, empties and writes the file in two pieces while we write it, too.
#[test]
fn what_a_foreign_program_writes_is_there_or_reported() {
    const FOREIGN: usize = 60;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("credentials");
    fs::write(&file, "[theirs]\n").unwrap();
    let waits = Waits { patience: Duration::from_secs(20), quiet: Duration::from_millis(10) };
    let done = AtomicBool::new(false);
    let (mut ours, mut merges, mut reported) = (0, 0, false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for key in 0..FOREIGN {
                foreign_write(&file, &format!("k{key}"));
            }
            done.store(true, Ordering::Release);
        });
        loop {
            let last = done.load(Ordering::Acquire);
            let written = write(&file, waits, "ours", &format!("o{ours}"));
            (ours, merges, reported) =
                (ours + 1, merges + written.merges, reported || written.lost_foreign_write);
            if last {
                break;
            }
        }
    });
    let text = fs::read_to_string(&file).unwrap();
    let document = Document::parse(&text, Dialect::Credentials);
    assert_eq!((document.flaws(), document.duplicates()), (&[][..], vec![]));
    let theirs = (0..FOREIGN).filter(|key| document.get("theirs", &format!("k{key}")).is_some()).count();
    assert!(theirs == FOREIGN || reported, "{theirs} of {FOREIGN} and no word of it");
    assert!(merges > 0, "the two met");
    let last = format!("o{}", ours - 1);
    assert_eq!(document.get("ours", &last).as_deref(), Some("v"));
}

fn foreign_write(file: &Path, key: &str) {
    let text = fs::read_to_string(file).unwrap();
    let text = text.replacen("[theirs]\n", &format!("[theirs]\n{key} = v\n"), 1);
    let mut out = fs::File::create(file).unwrap();
    let (first, second) = text.split_at(text.len() / 2);
    out.write_all(first.as_bytes()).unwrap();
    out.write_all(second.as_bytes()).unwrap();
}
