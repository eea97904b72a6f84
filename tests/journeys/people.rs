//! Twelve hours after a person: with clocks that are wrong, pages that answer by themselves, and tools that ask.

use crate::day::{Day, answer_to, at, captured, entra, name, role};
use crate::world::World;
use jiff::{SignedDuration, Timestamp};
use rolecall_core::message::{ClientContext, Reply, Request};
use rolecall_core::policy::Policy;
use rolecall_core::sign_in::{Mode, Outcome};
use rolecall_core::view::State;
use rolecall_tray::menu::Action;
use rolecall_tray::power::Happening;

const ADMIN: &str = "111111111111/Admin";

fn config() -> String {
    format!("[profile work]\n{}azure_default_role_arn=arn:aws:iam::111111111111:role/Admin\n", entra())
}

fn time(text: &str) -> Timestamp {
    at(&format!("2026-11-{text}:00Z"))
}

/// Signed in by a click at this time.
fn signed_in_at(now: Timestamp) -> World {
    let mut world = World::new(Day::continued_with_usual_settings(&config(), now), &[ADMIN]);
    world.press(Action::LeftClick);
    assert_eq!(world.day.profile("work").state, State::Active);
    world.told();
    world
}

/// A tool asks; the code of its answer, or the access key id, or nothing while it waits.
fn tool_asks(world: &mut World, client: u64) -> Option<String> {
    world.day.a_tool_wants_keys(client);
    let got = world.day.got(client);
    world.settle();
    got
}

/// How long the profile goes on being renewed with Entra's cookies good all the time, and nobody there.
fn lasts_until(mut world: World, until: Timestamp) -> Timestamp {
    world.person = false;
    world.run_until(until);
    world.day.profile("work").until.expect("an end")
}

#[test]
fn a_last_sign_in_that_is_still_to_come_is_not_believed() {
    for person in
        ["2026-11-22T08:00:01Z", "2027-11-22T08:00:00Z", "9999-12-30T22:00:00Z", "-009999-01-02T01:59:59Z"]
    {
        let mut world = signed_in_at(time("22T08:00"));
        world.day.memory.people.values_mut().for_each(|then| *then = at(person));
        world.day.memory.latest_time = None;
        let mut after = World::new(world.day.restarted(), &[ADMIN]);
        after.entra = true;
        assert_eq!(after.day.profile("work").renews, None, "{person}");
        assert_eq!(lasts_until(after, time("23T12:00")), time("22T16:00"), "{person}");
    }
}

#[test]
fn signing_in_by_a_clock_that_is_ahead_is_good_for_twelve_hours_and_no_more() {
    // The clock is three days ahead, and is put right an hour later.
    let mut world = signed_in_at(time("25T08:00"));
    world.run_until(time("25T09:00"));
    world.day.now = time("22T09:00");
    world.happens(Happening::ClockSet);
    // The keys say when they end by the clock that was wrong; a new sign-in by a tool does so by the right one.
    world.person = false;
    world.run_until(time("22T22:00"));
    let got = tool_asks(&mut world, 1);
    assert!(world.day.profile("work").renews.is_none());
    assert!(got.is_some(), "an answer, and no window that waits");
    // Days later, when the wrong time has come, it is no reason to go on.
    world.run_until(time("26T09:00"));
    assert_eq!(world.day.profile("work").state, State::Expired);
    assert!(world.open.is_empty());
}

#[test]
fn a_clock_that_is_set_back_again_and_again_gives_no_more_than_twelve_hours() {
    let mut world = signed_in_at(time("22T08:00"));
    world.person = false;
    let mut real = SignedDuration::ZERO;
    // Each hour it is set back by fifty minutes.
    for _ in 0..40 {
        let then = world.day.now + SignedDuration::from_hours(1);
        world.run_until(then);
        world.day.now = then - SignedDuration::from_mins(50);
        world.happens(Happening::ClockSet);
        real += SignedDuration::from_hours(1);
        if real > SignedDuration::from_hours(12) {
            assert_eq!(world.day.profile("work").renews, None, "after {real:#}");
        }
    }
}

#[test]
fn a_clock_that_is_set_back_while_rolecall_does_not_run_is_noticed() {
    let mut world = signed_in_at(time("22T08:00"));
    world.person = false;
    world.run_until(time("22T19:55"));
    // What was written last, at the renewal of the afternoon, says how late it was then.
    let memory = serde_json::to_string(&world.day.memory).expect("JSON");
    world.day.memory = serde_json::from_str(&memory).expect("memory");
    world.day.now = time("22T08:05");
    let mut after = World::new(world.day.restarted(), &[ADMIN]);
    (after.entra, after.person) = (true, false);
    // Seven hours and more had passed by that time, so less than five are left.
    after.run_until(time("22T13:00"));
    assert!(
        after.day.memory.people.values().all(|then| *then < time("22T01:00")),
        "{:?}",
        after.day.memory.people
    );
}

#[test]
fn a_small_correction_of_the_clock_changes_nothing() {
    let mut world = signed_in_at(time("22T08:00"));
    world.day.now -= SignedDuration::from_secs(3);
    world.happens(Happening::ClockSet);
    assert!(world.day.profile("work").renews.is_some());
}

#[test]
fn a_page_that_posts_by_itself_is_not_a_person() {
    for (acted, renews) in [(false, false), (true, true)] {
        let mut day = Day::renewing(&config());
        day.a_tool_wants_keys(1);
        let window = day.window();
        let Outcome::Captured { saml_response, acs, page, cookies, .. } =
            captured(&answer_to(&window.1, &[ADMIN], day.now))
        else {
            unreachable!()
        };
        let outcome =
            Outcome::Captured { saml_response, acs, page, cookies, shown: true, person_acted: acted };
        day.window_ends(window.0, outcome);
        day.aws_grants();
        assert_eq!(day.profile("work").renews.is_some(), renews, "acted: {acted}");
        // After the end: once more a window where a person was there in the morning, else a notification.
        day.run_until(time("22T16:01"));
        day.commands.clear();
        day.a_tool_wants_keys(2);
        assert_eq!(day.got(2).as_deref(), (!renews).then_some("sign_in.person_away"));
    }
}

#[test]
fn after_the_limit_a_tool_that_polls_gets_an_answer_and_the_person_one_notification() {
    for policy in [None, Some("renew_within = \"9h\"")] {
        let mut world = signed_in_at(time("22T08:00"));
        if let Some(policy) = policy {
            let policy = Policy::parse(policy).expect("a policy");
            world.day.files(|files| files.policy = Ok(Some(policy)));
            world.settle();
        }
        let hours = if policy.is_some() { 9 } else { 12 };
        world.person = false;
        world.run_until(time("23T08:00"));
        world.told();
        let loads = world.loads;
        // Every ten seconds for an hour.
        for client in 1..=360 {
            let got = tool_asks(&mut world, client);
            assert_eq!(got.as_deref(), Some("sign_in.person_away"));
            let next = world.day.now + SignedDuration::from_secs(10);
            world.run_until(next);
        }
        assert_eq!((world.loads, world.open.len()), (loads, 0), "no page is loaded for it");
        assert_eq!(
            world.told(),
            [format!(
                "08:00 Sign in to keep Admin | work, account 111111111111. A program asks for credentials, but you have not signed in by hand for more than {hours} hours."
            )]
        );
        // Its button, and the tool is served again.
        world.person = true;
        world.press(Action::Renew(name("work")));
        assert_eq!(world.day.profile("work").role, Some(role(ADMIN)));
        assert!(tool_asks(&mut world, 1000).is_some_and(|id| id.starts_with("ASIA")));
        // The next night it is said once more.
        world.person = false;
        world.run_until(time("24T12:00"));
        world.told();
        tool_asks(&mut world, 1001);
        tool_asks(&mut world, 1002);
        assert_eq!(world.told().len(), 1);
    }
}

#[test]
fn after_the_limit_a_persons_own_command_opens_the_window_and_a_tool_may_wait_for_it() {
    let mut world = signed_in_at(time("22T08:00"));
    world.person = false;
    world.run_until(time("23T08:00"));
    world.entra = false;
    let request = Request::Credentials {
        profile: Some(name("work")),
        may_ask: true,
        by_tool: false,
        context: ClientContext { by_hand: true, ..ClientContext::default() },
    };
    world.day.asks(1, request);
    // The window is there: a tool that asks now waits for the person.
    world.day.a_tool_wants_keys(2);
    assert_eq!(world.day.got(2), None);
    let window = world.day.window();
    assert_eq!(window.1.mode, Mode::Interactive);
    world.day.entra_answers(&window, &[ADMIN]);
    let given = world.day.aws_grants().access_key_id;
    assert_eq!((world.day.got(1), world.day.got(2)), (Some(given.clone()), Some(given)));
    assert!(world.day.profile("work").renews.is_some(), "a command that is typed is a person");
}

#[test]
fn the_answer_to_a_tool_says_what_to_do_and_ends_as_where_a_person_is_needed() {
    let mut world = signed_in_at(time("22T08:00"));
    world.person = false;
    world.run_until(time("23T08:00"));
    world.day.a_tool_wants_keys(1);
    let replies = world.day.replies(1);
    let [Reply::Problem { problem, .. }] = &replies[..] else { panic!("{replies:?}") };
    assert_eq!(problem.kind, rolecall_core::problem::Kind::Person);
    assert_eq!(problem.what, "Nobody has signed in to work by hand for more than 12 hours.");
    assert!(problem.help.contains("rolecall sign-in 'work'"), "{}", problem.help);
}
