//! Arithmetic with instants that others wrote: at the ends of what can be counted it stops, and never panics.

use jiff::{SignedDuration, Timestamp};

/// `at + by`, or the last instant that there is.
pub fn after(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.saturating_add(by).unwrap_or(at)
}

/// `at - by`, or the first instant that there is.
pub fn before(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.saturating_sub(by).unwrap_or(at)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::{Just, Strategy, any, prop_oneof};

    /// The ends of what can be counted, what lies around today, and anything between.
    pub(crate) fn instant() -> impl Strategy<Value = Timestamp> {
        let today = 1_795_000_000_i64;
        prop_oneof![
            Just(Timestamp::MIN),
            Just(Timestamp::MAX),
            Just(Timestamp::UNIX_EPOCH),
            (0..100_000_i64).prop_map(|by| before(Timestamp::MAX, SignedDuration::from_secs(by))),
            (0..100_000_i64).prop_map(|by| after(Timestamp::MIN, SignedDuration::from_secs(by))),
            (-100_000..100_000_i64)
                .prop_map(move |by| Timestamp::from_second(today + by).expect("around today")),
            any::<i64>().prop_map(|by| after(Timestamp::UNIX_EPOCH, SignedDuration::from_secs(by))),
        ]
    }

    /// The same of times.
    pub(crate) fn duration() -> impl Strategy<Value = SignedDuration> {
        prop_oneof![
            Just(SignedDuration::MAX),
            Just(SignedDuration::MIN),
            Just(SignedDuration::ZERO),
            (-100_000..100_000_i64).prop_map(SignedDuration::from_secs),
            (any::<i64>(), 0..1_000_000_000_i64).prop_map(|(secs, nanos)| {
                SignedDuration::from_secs(secs).saturating_add(SignedDuration::from_nanos(nanos))
            }),
        ]
    }

    #[test]
    fn it_stops_at_both_ends() {
        let longest = [SignedDuration::MAX, SignedDuration::MIN, SignedDuration::from_hours(1)];
        for at in [Timestamp::MIN, Timestamp::UNIX_EPOCH, Timestamp::MAX] {
            for by in longest {
                let (later, earlier) = (after(at, by), before(at, by));
                assert!(if by.is_positive() {
                    later >= at && earlier <= at
                } else {
                    later <= at && earlier >= at
                });
            }
        }
        assert_eq!(after(Timestamp::MAX, SignedDuration::from_secs(1)), Timestamp::MAX);
        assert_eq!(before(Timestamp::MIN, SignedDuration::MAX), Timestamp::MIN);
        assert_eq!(before(Timestamp::MIN, SignedDuration::MIN), Timestamp::MAX);
    }
}
