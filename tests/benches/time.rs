//! Times and their medians.

use std::time::{Duration, Instant};

pub(crate) fn of<T>(work: impl FnOnce() -> T) -> Duration {
    let start = Instant::now();
    // What the work returns is put away outside the measured time.
    let result = work();
    let time = start.elapsed();
    drop(result);
    time
}

pub(crate) fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// Medians of two things done in turns, so that a busy machine is busy for both.
pub(crate) fn in_turns<A, B>(
    times: usize,
    mut first: impl FnMut() -> A,
    mut second: impl FnMut() -> B,
) -> (Duration, Duration) {
    let (firsts, seconds) = (0..times).map(|_| (of(&mut first), of(&mut second))).unzip();
    (median(firsts), median(seconds))
}

/// How many times as long as `other`.
pub(crate) fn ratio(time: Duration, other: Duration) -> f64 {
    time.as_secs_f64() / other.as_secs_f64()
}

/// `12.3 ms`.
pub(crate) fn ms(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}
