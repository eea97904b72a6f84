//! The editor's time, measured against one read of the same file by rust-ini.

use ini::Ini;
use rolecall_core::aws_files::document::Dialect;
use rolecall_core::aws_files::edit::set;
use std::hint::black_box;
use std::time::{Duration, Instant};

pub(crate) fn print() {
    for profiles in [500, 5_000] {
        let (read, edit) = measure(profiles);
        let ratio = edit.as_secs_f64() / read.as_secs_f64();
        let (read, edit) = (read.as_secs_f64() * 1e3, edit.as_secs_f64() * 1e3);
        println!(
            "| one section edited among {profiles} profiles | {edit:.0} ms, {ratio:.1} × one rust-ini read ({read:.0} ms) | ≤ 4 × |"
        );
    }
}

/// The medians of reading a file of so many profiles, and of editing one in its middle.
fn measure(profiles: usize) -> (Duration, Duration) {
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
    let read =
        || drop(black_box(Ini::load_from_str_noescape(black_box(&text)).expect("the benchmark's own file")));
    let edit = || {
        drop(black_box(
            set(black_box(&text), Dialect::Credentials, &profile, &values).expect("the benchmark's own file"),
        ))
    };
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
    (median(reads), median(edits))
}

fn time(work: impl Fn()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}
