//! When a session may be renewed unasked: some time before its end, for as long as a person was there lately.

use crate::fnv1a::fnv1a;
use crate::settings::Renew;
use crate::time;
use jiff::{SignedDuration, Timestamp};

/// How long before the end a session is renewed.
const LEAD: SignedDuration = SignedDuration::from_mins(20);
/// How much earlier at most: people who sign in when work begins do not all ask in the same second.
pub const JITTER: SignedDuration = SignedDuration::from_secs(150);
/// How long after a person last signed in anything is renewed unasked, at most: a machine left alone does not stay
/// signed in for ever.
pub const LONGEST: SignedDuration = SignedDuration::from_hours(12);
/// What ended longer ago is not begun again unasked: whoever comes back then says what they want.
pub const REVIVED: SignedDuration = SignedDuration::from_hours(2);
/// The first wait after a renewal in vain; each further one is twice as long.
const AGAIN: SignedDuration = SignedDuration::from_secs(30);
/// The same where something has changed for the better.
const SOONER: SignedDuration = SignedDuration::from_secs(5);
const SOONER_LONGEST: SignedDuration = SignedDuration::from_mins(1);
const AGAIN_LONGEST: SignedDuration = SignedDuration::from_mins(10);

/// What is to happen to one session before it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Plan {
    /// Nothing but the warnings.
    #[default]
    Leave,
    /// It is renewed unasked from `at` on, and not after `last`.
    Renew { at: Timestamp, last: Timestamp },
    /// The person is asked at `at`.
    Ask { at: Timestamp },
}

/// How renewing what is held has gone so far.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tries {
    /// In vain; a question counts as one.
    pub in_vain: u32,
    /// When the last one came to nothing.
    pub last: Option<Timestamp>,
    /// When it is tried again; `None` after one in vain: not unasked.
    pub again: Option<Timestamp>,
    /// The causes that were told, by their codes.
    pub told: Vec<&'static str>,
}

/// The plan for a session that ends at `until`.
///
/// `who` is the same for all profiles of one person, so that one sign-in renews those that began together.
/// `began` is when it was assumed, where that is known; `person` when somebody last signed in by hand with the same
/// cookies; `within` how long after that it may go on, at most [`LONGEST`].
pub fn plan(
    who: &str,
    renew: Renew,
    began: Option<Timestamp>,
    until: Timestamp,
    person: Option<Timestamp>,
    within: SignedDuration,
) -> Plan {
    let at = due(who, began, until);
    match (renew, person) {
        (Renew::AlwaysAsk, _) => Plan::Ask { at },
        (Renew::WhenSilent, Some(person)) => match person.checked_add(within.min(LONGEST)) {
            Ok(last) if at <= last => Plan::Renew { at, last },
            // Too late, or a time that cannot be one.
            Ok(_) | Err(_) => Plan::Leave,
        },
        (Renew::Off, _) | (Renew::WhenSilent, None) => Plan::Leave,
    }
}

/// Twenty minutes before the end, or a third of a shorter session; by up to an eighth of that earlier, by the same
/// for all of a person's sessions of a day.
pub fn due(who: &str, began: Option<Timestamp>, until: Timestamp) -> Timestamp {
    let third = began.map(|began| until.duration_since(began) / 3).filter(SignedDuration::is_positive);
    let lead = third.map_or(LEAD, |third| third.min(LEAD));
    let most = (lead / 8).min(JITTER).as_millis();
    let spread = spread(who, until) % u64::try_from(most).unwrap_or(0).max(1);
    time::before(until, lead + SignedDuration::from_millis(i64::try_from(spread).unwrap_or(0)))
}

/// The time at which a person was last there, as a clock has it that was set back by `by`: as long ago as before.
/// `None` where that is no time.
pub fn after_clock_set_back(person: Timestamp, by: SignedDuration) -> Option<Timestamp> {
    person.checked_sub(by).ok()
}

/// The same number for the same person and day, on every machine and after each restart.
fn spread(who: &str, until: Timestamp) -> u64 {
    let day = (until.as_second() / 86_400).to_le_bytes();
    fnv1a(who.bytes().chain(day))
}

impl Plan {
    /// When the next try, or the question, is due after these; `None` where it is too late for one.
    pub fn due(&self, tries: &Tries, now: Timestamp) -> Option<Timestamp> {
        match (self, tries.in_vain) {
            (Self::Leave, _) => None,
            (Self::Ask { at }, 0) => Some(*at),
            (Self::Ask { .. }, _) => None,
            (Self::Renew { at, last }, tried) => {
                let due = if tried == 0 { Some(*at) } else { tries.again };
                due.filter(|due| *due.max(&now) <= *last)
            }
        }
    }

    /// The same for a session that is over.
    pub fn due_after_end(&self, tries: &Tries, until: Timestamp, now: Timestamp) -> Option<Timestamp> {
        let Self::Renew { .. } = self else { return None };
        self.due(tries, now).filter(|due| *due.max(&now) <= time::after(until, REVIVED))
    }

    /// Whether nothing need be said of the end, because it may well not come.
    pub fn is_hopeful(&self, tries: &Tries, now: Timestamp) -> bool {
        tries.in_vain == 0 && self.due(tries, now).is_some()
    }
}

impl Tries {
    /// One more in vain; `passing`: it is worth trying again.
    pub fn failed(&mut self, passing: bool, now: Timestamp) {
        let wait = (AGAIN * 2_i32.pow(self.in_vain.min(8))).min(AGAIN_LONGEST);
        self.in_vain = self.in_vain.saturating_add(1);
        self.last = Some(now);
        self.again = passing.then(|| time::after(now, wait));
    }

    /// What stood in its way may be gone: the next try comes sooner, but never at the pace of a network that comes and
    /// goes.
    pub fn sooner(&mut self, now: Timestamp) {
        let least = (SOONER * 2_i32.pow(self.in_vain.clamp(1, 9) - 1)).min(SOONER_LONGEST);
        let earliest = self.last.map_or(now, |last| time::after(last, least).max(now));
        self.again = self.again.map(|again| again.min(earliest));
    }

    /// Whether this cause was not told yet; from now on it was.
    pub fn tells(&mut self, code: &'static str) -> bool {
        let new = !self.told.contains(&code);
        if new {
            self.told.push(code);
        }
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("an instant")
    }

    proptest::proptest! {
        #[test]
        fn no_time_makes_it_panic(
            began in proptest::option::of(crate::time::tests::instant()),
            until in crate::time::tests::instant(),
            person in proptest::option::of(crate::time::tests::instant()),
            within in crate::time::tests::duration(),
            now in crate::time::tests::instant(),
        ) {
            for renew in [Renew::Off, Renew::WhenSilent, Renew::AlwaysAsk] {
                let plan = plan("ada@example.org", renew, began, until, person, within);
                let mut tries = Tries::default();
                for passing in [true, true, false] {
                    plan.is_hopeful(&tries, now);
                    plan.due(&tries, now);
                    plan.due_after_end(&tries, until, now);
                    tries.failed(passing, now);
                    tries.sooner(until);
                }
            }
            proptest::prop_assert!(due("ada@example.org", began, until) <= until);
        }
    }

    fn planned(began: &str, until: &str, person: Option<&str>) -> Plan {
        plan("ada@example.org", Renew::WhenSilent, Some(at(began)), at(until), person.map(at), LONGEST)
    }

    #[test]
    fn twenty_minutes_before_the_end_and_only_ever_earlier() {
        let until = at("2026-11-22T16:00:00Z");
        for name in ["ada@example.org", "bob@example.org", "", "a"] {
            let due = due(name, Some(at("2026-11-22T08:00:00Z")), until);
            assert!(due <= until - LEAD && due >= until - LEAD - JITTER, "{name}: {due}");
        }
        let spread: std::collections::BTreeSet<_> =
            (0..10).map(|n| due(&format!("p{n}"), None, until)).collect();
        assert!(spread.len() > 5, "ten people do not ask in the same second: {spread:?}");
        // A quarter of an hour is not renewed before it began.
        let began = at("2026-11-22T08:00:00Z");
        let due = due("ada@example.org", Some(began), began + SignedDuration::from_mins(15));
        assert!(due > began + SignedDuration::from_mins(9), "{due}");
    }

    #[test]
    fn twelve_hours_after_a_person_it_stops() {
        let eight = ("2026-11-22T08:00:00Z", "2026-11-22T16:00:00Z");
        assert!(matches!(planned(eight.0, eight.1, Some("2026-11-22T08:00:00Z")), Plan::Renew { .. }));
        assert_eq!(planned(eight.0, eight.1, Some("2026-11-22T03:30:00Z")), Plan::Leave);
        assert_eq!(planned(eight.0, eight.1, None), Plan::Leave);
        let shorter = plan(
            "ada@example.org",
            Renew::WhenSilent,
            None,
            at(eight.1),
            Some(at(eight.0)),
            SignedDuration::from_hours(4),
        );
        assert_eq!(shorter, Plan::Leave);
    }

    #[test]
    fn tries_come_further_apart_and_end_with_the_plan() {
        let now = at("2026-11-22T15:40:00Z");
        let plan = Plan::Renew { at: now, last: now + SignedDuration::from_hours(1) };
        let mut tries = Tries::default();
        assert!(plan.is_hopeful(&tries, now));
        let mut waits = vec![];
        for _ in 0..7 {
            tries.failed(true, now);
            waits.push(plan.due(&tries, now).expect("again").duration_since(now).as_secs());
        }
        assert_eq!(waits, [30, 60, 120, 240, 480, 600, 600]);
        assert!(!plan.is_hopeful(&tries, now));
        tries.failed(false, now);
        assert_eq!(plan.due(&tries, now), None);
        // A network that comes and goes does not set the pace.
        let mut tries = Tries::default();
        tries.failed(true, now);
        tries.sooner(now);
        assert_eq!(plan.due(&tries, now), Some(now + SOONER));
        tries.failed(true, now);
        tries.sooner(now + SignedDuration::from_secs(1));
        assert_eq!(plan.due(&tries, now), Some(now + SOONER * 2));
        tries.sooner(now + SignedDuration::from_secs(20));
        assert_eq!(plan.due(&tries, now), Some(now + SOONER * 2), "not later than it was");
        let late = Tries { in_vain: 1, again: Some(now + SignedDuration::from_hours(2)), ..Tries::default() };
        assert_eq!(plan.due(&late, now), None);
    }
}
