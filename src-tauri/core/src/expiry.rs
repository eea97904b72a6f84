//! When a session's end is worth a word: warnings, the countdown's text, the next instant at which either changes.

use crate::time;
use jiff::{SignedDuration, Timestamp};

/// How long before the end a warning is due; sorted, longest first, without duplicates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warnings(Vec<SignedDuration>);

impl Warnings {
    pub fn new(mut before: Vec<SignedDuration>) -> Self {
        before.retain(SignedDuration::is_positive);
        before.sort_by(|a, b| b.cmp(a));
        before.dedup();
        Self(before)
    }

    /// All of them, longest first.
    pub fn all(&self) -> &[SignedDuration] {
        &self.0
    }

    /// The time left from which a session counts as ending soon.
    pub fn first(&self) -> Option<SignedDuration> {
        self.0.first().copied()
    }

    /// The warning that stands for `left`: the shortest threshold not below it. `None` while none is reached.
    pub fn reached(&self, left: SignedDuration) -> Option<SignedDuration> {
        self.0.iter().rev().find(|threshold| left <= **threshold).copied()
    }

    /// The next warning after `left`, if any.
    pub fn next_below(&self, left: SignedDuration) -> Option<SignedDuration> {
        self.0.iter().find(|threshold| **threshold < left).copied()
    }
}

/// No session is that long: what is longer was not meant.
const LONGEST_WARNING: SignedDuration = SignedDuration::from_hours(30 * 24);

/// # Errors
/// Which of these cannot be warnings, as the end of a sentence.
pub fn check_warnings(before: &[SignedDuration]) -> Result<(), &'static str> {
    let odd = |before: &SignedDuration| *before > LONGEST_WARNING || *before < -LONGEST_WARNING;
    if before.iter().any(odd) { Err("must be 720h at most") } else { Ok(()) }
}

impl Default for Warnings {
    fn default() -> Self {
        Self::new(vec![SignedDuration::from_mins(30), SignedDuration::from_mins(5)])
    }
}

/// The time left until `until`; never negative.
pub fn left(until: Timestamp, now: Timestamp) -> SignedDuration {
    until.duration_since(now).max(SignedDuration::ZERO)
}

/// Whole seconds, rounded up.
fn seconds(left: SignedDuration) -> u64 {
    let whole = u64::try_from(left.as_secs()).unwrap_or(0);
    whole + u64::from(left.subsec_nanos() > 0)
}

/// Started minutes, rounded up: a session of eight hours begins with `8 h`, a warning at five minutes says `5 m`.
fn minutes(left: SignedDuration) -> u64 {
    seconds(left).div_ceil(60)
}

/// `7 h 12 m`, `8 h`, `12 m`, `0 m`.
pub fn left_text(left: SignedDuration) -> String {
    match (minutes(left) / 60, minutes(left) % 60) {
        (0, minutes) => format!("{minutes} m"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} m"),
    }
}

/// `7 hours 12 minutes`, `1 minute`, `30 seconds`: the same in a sentence.
pub fn left_words(left: SignedDuration) -> String {
    let count = |n: u64, word: &str| format!("{n} {word}{}", if n == 1 { "" } else { "s" });
    if left < SignedDuration::from_mins(1) {
        return count(seconds(left), "second");
    }
    match (minutes(left) / 60, minutes(left) % 60) {
        (0, minutes) => count(minutes, "minute"),
        (hours, 0) => count(hours, "hour"),
        (hours, minutes) => format!("{} {}", count(hours, "hour"), count(minutes, "minute")),
    }
}

/// The next instant after `now` at which the countdown, a warning or the state changes; `None` once it is over.
pub fn next_change(until: Timestamp, warnings: &Warnings, now: Timestamp) -> Option<Timestamp> {
    let left = until.duration_since(now);
    if left <= SignedDuration::ZERO {
        return None;
    }
    let whole_minutes = i64::try_from(minutes(left) - 1).unwrap_or(i64::MAX / 60);
    let minute = time::before(until, SignedDuration::from_mins(whole_minutes));
    let warning = warnings.next_below(left).map(|threshold| time::before(until, threshold));
    Some(warning.map_or(minute, |warning| warning.min(minute)))
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn no_time_makes_it_panic(
            until in crate::time::tests::instant(),
            now in crate::time::tests::instant(),
            before in proptest::collection::vec(crate::time::tests::duration(), 0..4),
        ) {
            let warnings = Warnings::new(before);
            if let Some(next) = next_change(until, &warnings, now) {
                proptest::prop_assert!(next > now && next <= until);
            }
            let left = left(until, now);
            warnings.reached(left);
            warnings.next_below(left);
            proptest::prop_assert!(!left_text(left).is_empty() && !left_words(left).is_empty());
        }
    }

    fn secs(n: i64) -> SignedDuration {
        SignedDuration::from_secs(n)
    }

    #[test]
    fn texts() {
        for (seconds, short, long) in [
            (8 * 3600, "8 h", "8 hours"),
            (8 * 3600 - 1, "8 h", "8 hours"),
            (7 * 3600 + 12 * 60, "7 h 12 m", "7 hours 12 minutes"),
            (3660, "1 h 1 m", "1 hour 1 minute"),
            (300, "5 m", "5 minutes"),
            (299, "5 m", "5 minutes"),
            (60, "1 m", "1 minute"),
            (30, "1 m", "30 seconds"),
            (1, "1 m", "1 second"),
            (0, "0 m", "0 seconds"),
        ] {
            assert_eq!(left_text(secs(seconds)), short);
            assert_eq!(left_words(secs(seconds)), long);
        }
    }

    #[test]
    fn warnings_reached() {
        let warnings = Warnings::new(vec![secs(300), secs(1800), secs(300), secs(-1), secs(0)]);
        for (left, reached) in
            [(1801, None), (1800, Some(1800)), (301, Some(1800)), (300, Some(300)), (0, Some(300))]
        {
            assert_eq!(warnings.reached(secs(left)), reached.map(secs), "{left}");
        }
        assert_eq!(warnings.first(), Some(secs(1800)));
        assert_eq!(Warnings::new(vec![]).reached(secs(1)), None);
    }

    #[test]
    fn the_clock_rings_at_each_minute_each_warning_and_the_end_and_not_between() {
        let until: Timestamp = "2026-11-22T12:00:00Z".parse().expect("an instant");
        let warnings = Warnings::new(vec![secs(90), secs(30)]);
        let mut now = until - secs(125);
        let mut rung = vec![];
        while let Some(next) = next_change(until, &warnings, now) {
            assert!(next > now);
            rung.push(until.duration_since(next).as_secs());
            now = next;
        }
        assert_eq!(rung, [120, 90, 60, 30, 0]);
    }
}
