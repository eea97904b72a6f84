//! The editor's time, measured against one read of the same file by rust-ini.

use ini::Ini;
use rolecall_core::aws_files::document::Dialect;
use rolecall_core::aws_files::edit::set;
use std::hint::black_box;
use std::time::{Duration, Instant};

#[test]
fn an_edit_takes_at_most_four_reads_and_grows_with_the_file() {
    let small = measure(500);
    let large = measure(5_000);
    for (profiles, read, edit) in [small, large] {
        let ratio = edit.as_secs_f64() / read.as_secs_f64();
        println!("{profiles} profiles: one read {read:?}, one edit {edit:?}, {ratio:.2} reads");
        assert!(ratio <= 4.0, "{ratio:.2} reads");
    }
    let growth = large.2.as_secs_f64() / small.2.as_secs_f64();
    assert!(growth < 25.0, "ten times the file takes {growth:.1} times as long");
}

/// The medians of reading a file of so many profiles, and of editing one in its middle.
fn measure(profiles: usize) -> (usize, Duration, Duration) {
    let token = "IQoJb3JpZ2luX2VjE/+=".repeat(45);
    let text: String = (0..profiles)
        .map(|n| {
            format!(
                "[profile-{n}]\naws_access_key_id = ASIAEXAMPLE{n}\naws_secret_access_key = wJalrXUtnFEMI\n\
                 aws_session_token = {token}\naws_expiration = 2026-11-22T18:11:04.000Z\n\n"
            )
        })
        .collect();
    let profile = format!("profile-{}", profiles / 2);
    let values =
        [("aws_access_key_id", "ASIAEXAMPLE"), ("aws_session_token", token.trim_start_matches("IQ"))];
    let read = || drop(black_box(Ini::load_from_str_noescape(black_box(&text)).unwrap()));
    let edit = || drop(black_box(set(black_box(&text), Dialect::Credentials, &profile, &values).unwrap()));
    let (mut reads, mut edits) = (vec![], vec![]);
    // In turns, so that a busy machine is busy for both.
    for _ in 0..15 {
        reads.push(time(read));
        edits.push(time(edit));
    }
    let median = |mut times: Vec<Duration>| {
        times.sort();
        times[times.len() / 2]
    };
    (profiles, median(reads), median(edits))
}

fn time(work: impl Fn()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}
