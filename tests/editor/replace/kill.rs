//! A writer that is killed a thousand times leaves a whole file a thousand times.

use super::child::{version, whole, write_next, writer};
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

const KILLS: u32 = 1_000;

#[test]
fn a_killed_writer_leaves_the_old_file_or_the_new_one() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("credentials");
    fs::write(&file, whole(0)).unwrap();
    let program = std::env::current_exe().unwrap();
    let (mut last, mut interrupted) = (0, 0);
    for kill in 0..KILLS {
        let mut process = writer(&program, &file, true).stdout(Stdio::piped()).spawn().unwrap();
        let ready =
            BufReader::new(process.stdout.take().unwrap()).lines().any(|line| line.unwrap() == "ready");
        assert!(ready, "the writer starts");
        // Not to wait for anything: to hit any moment of the writer's loop. 7,919 is prime to 8,000.
        std::thread::sleep(Duration::from_micros(u64::from(kill) * 7_919 % 8_000));
        process.kill().unwrap();
        process.wait().unwrap();
        let text = fs::read_to_string(&file).unwrap();
        let now = version(&text);
        assert!(text == whole(now), "kill {kill}: a file that nobody wrote");
        assert!(now >= last, "kill {kill}: version {now} after {last}");
        last = now;
        let drafts = drafts(folder.path());
        assert!(drafts <= 1, "kill {kill}: {drafts} drafts");
        interrupted += drafts;
    }
    assert!(last > KILLS / 10, "the writers wrote only {last} versions");
    assert!(interrupted > KILLS as usize / 20, "only {interrupted} kills hit a write");
    write_next(&file).unwrap();
    assert_eq!(drafts(folder.path()), 0, "the next write cleans up");
}

pub(crate) fn drafts(folder: &Path) -> usize {
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    names.filter(|name| name.to_string_lossy().ends_with(".tmp")).count()
}
