//! One section written in files of many sizes, against one read of the same file by rust-ini.

use crate::table::{Bound, Table};
use crate::time::{median, ms, of, ratio};
use ini::Ini;
use rolecall_core::aws_files::document::Dialect;
use rolecall_core::aws_files::edit::{EditError, set};
use rolecall_core::aws_files::replace::{Waits, update};
use std::fs::File;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, SystemTime};

const SIZES: [usize; 4] = [10, 50, 500, 5_000];
const LONG_AGO: Duration = Duration::from_secs(1_000_000_000);
/// The size that the bound is for.
const LARGEST: usize = 5_000;
/// Ten times the profiles may take ten times as long, and something for the caches that they no longer fit into.
const LINEAR: f64 = 13.0;

pub(crate) fn measure(table: &Table) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut edits = vec![];
    for profiles in SIZES {
        let path = folder.path().join(profiles.to_string());
        let text = credentials(profiles);
        std::fs::write(&path, &text).expect("the benchmark's own file");
        let (write, read) = written(&path, profiles);
        let edited = median((0..15).map(|run| of(|| edit(&text, profiles, run))).collect());
        edits.push(edited);
        let times = ratio(write, read);
        let measured = format!(
            "{}, {times:.1} × one rust-ini read ({}); {} of it the edit",
            ms(write),
            ms(read),
            ms(edited)
        );
        let bound = if profiles == LARGEST { Bound::Of("≤ 4 ×", times <= 4.0) } else { Bound::None };
        table.row(&format!("one section written in a file of {profiles} profiles"), &measured, &bound);
    }
    let growth = ratio(edits[3], edits[2]);
    let bound = Bound::Of("linear: about 10 ×", growth <= LINEAR);
    table.row("the edit, 500 → 5,000 profiles", &format!("{growth:.1} × the time"), &bound);
}

/// The medians of writing one section in the file's middle, to the disk, and of reading the file with rust-ini.
fn written(path: &Path, profiles: usize) -> (Duration, Duration) {
    let (mut writes, mut reads) = (vec![], vec![]);
    for run in 0..15 {
        // Who writes to a file that has just changed waits a moment: that is not what is measured.
        let file = File::options().write(true).open(path).expect("the benchmark's own file");
        file.set_modified(SystemTime::UNIX_EPOCH + LONG_AGO).expect("its time");
        let write = || update(path, Waits::default(), |text| edit(text, profiles, run));
        writes.push(of(|| assert!(write().expect("the benchmark's own file").changed)));
        reads.push(of(|| black_box(Ini::load_from_file_noescape(path).expect("the benchmark's own file"))));
    }
    (median(writes), median(reads))
}

/// Another session of the profile in the middle; each run's is another one.
fn edit(text: &str, profiles: usize, run: usize) -> Result<String, EditError> {
    let (id, token) = (format!("ASIAOFRUN{run}"), token());
    let values = [("aws_access_key_id", id.as_str()), ("aws_session_token", &token[run % 9..])];
    black_box(set(black_box(text), Dialect::Credentials, &format!("profile-{}", profiles / 2), &values))
}

fn credentials(profiles: usize) -> String {
    let token = token();
    let section = |n| {
        format!(
            "[profile-{n}]\naws_access_key_id = ASIAEXAMPLE{n}\naws_secret_access_key = wJalrXUtnFEMI\n\
             aws_session_token = {token}\naws_expiration = 2026-11-22T18:11:04.000Z\n\n"
        )
    };
    (0..profiles).map(section).collect()
}

/// As long as AWS's are.
fn token() -> String {
    "IQoJb3JpZ2luX2VjE/+=".repeat(45)
}
