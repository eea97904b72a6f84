//! Whole days: what is told from morning to night, as a list, whatever happens to the machine, the network and Entra.

use crate::day::{Day, at, entra, name, role};
use crate::world::World;
use jiff::tz::TimeZone;
use rolecall_core::audit::{Door, How, Recorded};
use rolecall_core::settings::{Renew, Settings};
use rolecall_core::view::{Activity, State};
use rolecall_tray::controller::Input;
use rolecall_tray::menu::Action;
use rolecall_tray::power::Happening;

const ADMIN: &str = "111111111111/Admin";

fn default_role() -> &'static str {
    "azure_default_role_arn=arn:aws:iam::111111111111:role/Admin\n"
}

/// `n` profiles in each of `tenants` tenants.
fn config(tenants: u32, n: u32) -> String {
    let profile = |tenant: u32, i: u32| {
        let keys = entra().replace("11111111-1111", &format!("{:08}-1111", tenant + 1));
        format!("[profile t{tenant}p{i:02}]\n{keys}{}", default_role())
    };
    (0..tenants).flat_map(|tenant| (0..n).map(move |i| profile(tenant, i))).collect()
}

/// Signed in to everything at eight.
fn morning(tenants: u32, n: u32) -> World {
    let mut world = World::new(Day::renewing(&config(tenants, n)), &[ADMIN]);
    world.press(if tenants * n == 1 { Action::LeftClick } else { Action::SignInAll });
    world
}

fn time(text: &str) -> jiff::Timestamp {
    at(&format!("2026-11-{text}:00Z"))
}

#[test]
fn thirty_profiles_are_kept_all_day_and_end_in_the_night() {
    let mut world = morning(3, 10);
    assert_eq!(
        world.told(),
        ["08:00 Signed in to 30 profiles | t0p00, t0p01, t0p02, t0p03, t0p04 and 25 more, until 16:00"]
    );
    assert_eq!(world.loads, 3, "one sign-in for each tenant");
    world.run_until(time("22T15:39"));
    assert!(world.day.view().profiles.iter().all(|p| p.state == State::Active));
    world.run_until(time("22T20:00"));
    assert_eq!(world.told(), [""; 0]);
    assert_eq!(world.loads, 3 + 3, "and one hidden one to renew them");
    // Twelve hours after the person was there it stops.
    world.run_until(time("23T08:00"));
    let told = world.told();
    let words: Vec<_> = told.iter().map(|told| told.split(" | ").next().expect("a title")).collect();
    let at_a_time = ["sessions end in 30 minutes", "sessions end in 5 minutes", "sessions have expired"];
    assert_eq!(words.len(), 3, "{told:#?}");
    assert!(
        words.iter().zip(at_a_time).all(|(word, part)| word.ends_with(&format!("30 {part}"))),
        "{told:#?}"
    );
}

#[test]
fn the_end_of_one_that_was_renewed_all_day() {
    let mut world = morning(1, 1);
    world.run_until(time("23T02:00"));
    let told = world.told();
    let words: Vec<_> = told.iter().map(|told| told.split(" | ").next().expect("a title")).collect();
    assert_eq!(words.len(), 4, "{told:#?}");
    assert!(
        words[1].ends_with("Admin ends in 30 minutes") && words[3].ends_with("Admin has expired"),
        "{told:#?}"
    );
}

#[test]
fn entra_that_revokes_the_sessions_at_noon_is_said_once_and_one_click_mends_all() {
    let mut world = morning(1, 10);
    world.told();
    world.run_until(time("22T12:00"));
    (world.entra, world.person) = (false, false);
    world.run_until(time("22T15:50"));
    let told = world.told();
    assert_eq!(told.len(), 1, "{told:#?}");
    assert!(told[0].contains("Sign in to keep 10 sessions"), "{told:#?}");
    assert_eq!(world.loads, 2, "it is not tried again and again");
    assert!(world.open.is_empty(), "no window unasked");
    world.person = true;
    world.press(Action::Renew(name("t0p03")));
    world.run_until(time("22T15:52"));
    assert_eq!(world.told(), ["15:50 Signed in as Admin | t0p03, account 111111111111, until 23:50"]);
    assert!(world.day.view().profiles.iter().all(|p| p.until > Some(time("22T23:00"))));
}

#[test]
fn nobody_there_to_sign_in_hears_of_the_end_too() {
    let mut world = morning(1, 10);
    world.told();
    (world.entra, world.person) = (false, false);
    world.run_until(time("22T20:00"));
    let told = world.told();
    let words: Vec<_> =
        told.iter().map(|told| told.split(" | ").next().expect("a title")).map(|t| &t[6..]).collect();
    assert_eq!(
        words,
        ["Sign in to keep 10 sessions", "10 sessions end in 5 minutes", "10 sessions have expired"],
        "{told:#?}"
    );
}

#[test]
fn a_network_that_is_lost_for_a_while_is_nobodys_business() {
    let mut world = morning(1, 10);
    world.told();
    world.run_until(time("22T15:30"));
    world.network = false;
    world.run_until(time("22T15:48"));
    world.network = true;
    world.happens(Happening::NetworkChanged);
    world.run_until(time("22T15:49"));
    assert!(world.day.view().profiles.iter().all(|p| p.until > Some(time("22T23:00"))));
    world.run_until(time("22T19:00"));
    assert_eq!(world.told(), [""; 0]);
}

#[test]
fn a_network_that_stays_away_is_said_at_the_last_warning_and_the_end() {
    let mut world = morning(1, 1);
    world.told();
    world.network = false;
    world.run_until(time("22T17:00"));
    assert_eq!(
        world.told(),
        [
            "15:55 Admin ends in 5 minutes | t0p00, account 111111111111, until 16:00",
            "16:00 Admin has expired | t0p00, account 111111111111"
        ]
    );
    // It comes back within two hours: what ended goes on, and nobody need be told.
    world.network = true;
    world.happens(Happening::NetworkChanged);
    world.run_until(time("22T17:01"));
    assert_eq!(world.day.profile("t0p00").state, State::Active);
    assert_eq!(world.told(), [""; 0]);
}

#[test]
fn aws_under_load_is_asked_again_later() {
    let mut world = morning(1, 10);
    world.told();
    world.run_until(time("22T15:30"));
    world.throttled = true;
    world.run_until(time("22T15:44"));
    world.throttled = false;
    world.run_until(time("22T19:00"));
    assert_eq!(world.told(), [""; 0]);
    assert!(world.day.view().profiles.iter().all(|p| p.until > Some(time("22T23:00"))));
}

#[test]
fn aws_under_load_while_signing_in_to_all_is_one_notification() {
    let mut world = World::new(Day::renewing(&config(1, 10)), &[ADMIN]);
    world.throttled = true;
    world.press(Action::SignInAll);
    let told = world.told();
    assert_eq!(told.len(), 1, "{told:#?}");
    assert!(told[0].starts_with("08:00 Rolecall: 10 profiles | t0p00, t0p01"), "{told:#?}");
}

#[test]
fn a_nap_over_lunch_changes_nothing() {
    let mut world = morning(1, 3);
    world.told();
    world.run_until(time("22T12:00"));
    world.sleep_until(time("22T13:30"));
    world.run_until(time("22T19:00"));
    assert_eq!(world.told(), [""; 0]);
}

#[test]
fn a_laptop_opened_after_the_end_waits_for_its_network_and_goes_on() {
    let mut world = morning(2, 5);
    world.told();
    world.run_until(time("22T15:00"));
    world.network = false;
    world.sleep_until(time("22T17:00"));
    assert!(world.day.view().profiles.iter().all(|p| p.state == State::Expired), "the truth first");
    world.run_until(time("22T17:00") + jiff::SignedDuration::from_secs(20));
    world.network = true;
    world.happens(Happening::NetworkChanged);
    assert!(world.day.view().profiles.iter().all(|p| p.state == State::Active));
    world.run_until(time("22T19:00"));
    assert_eq!(world.told(), [""; 0]);
    assert!(world.open.is_empty());
}

#[test]
fn after_twenty_hours_of_sleep_one_thing_is_said_and_nothing_is_opened() {
    let mut world = morning(2, 5);
    world.told();
    world.person = false;
    world.run_until(time("22T15:00"));
    let loads = world.loads;
    world.sleep_until(time("23T11:00"));
    world.run_until(time("23T13:00"));
    assert_eq!(
        world.told(),
        ["11:00 10 sessions have expired | t0p00, t0p01, t0p02, t0p03, t0p04 and 5 more"]
    );
    assert_eq!((world.loads, world.open.len()), (loads, 0));
}

#[test]
fn a_machine_that_sleeps_in_the_middle_of_a_renewal_goes_on_when_it_wakes() {
    let mut world = morning(1, 1);
    world.told();
    world.hangs = true;
    world.run_until(time("22T15:45"));
    assert_eq!(world.day.profile("t0p00").activity, Activity::Renewing);
    assert_eq!((world.day.profile("t0p00").state, world.open.len()), (State::Active, 1));
    world.hangs = false;
    world.sleep_until(time("22T15:50"));
    assert!(world.open.is_empty(), "the page that was under way is closed");
    assert!(world.day.profile("t0p00").until > Some(time("22T23:00")));
    assert_eq!(world.told(), [""; 0]);
}

#[test]
fn a_machine_that_sleeps_while_a_person_signs_in_leaves_their_page_open() {
    let mut world = World::new(Day::renewing(&config(1, 1)), &[ADMIN]);
    world.person = false;
    world.press(Action::LeftClick);
    world.sleep_until(time("22T09:00"));
    assert_eq!(world.open.len(), 1);
    let (attempt, request) = world.open.remove(0);
    let answer = crate::day::answer_to(&request, &[ADMIN], world.day.now);
    world.day.window_ends(attempt, crate::day::captured(&answer));
    world.settle();
    assert_eq!(world.told(), ["09:00 Signed in as Admin | t0p00, account 111111111111, until 17:00"]);
}

#[test]
fn a_restart_at_noon_goes_on_with_what_is_remembered_and_says_so_where_nothing_is() {
    for remembered in [true, false] {
        let mut world = morning(1, 1);
        world.told();
        world.run_until(time("22T12:00"));
        let day = world.day.restarted();
        let mut after = World::new(day, &[ADMIN]);
        after.entra = true;
        if remembered {
            // What the vault would have brought: an earlier sign-in's cookies.
            after.press(Action::Renew(name("t0p00")));
            after.told();
        }
        after.run_until(time("22T15:50"));
        let told = after.told();
        if remembered {
            assert_eq!(told, [""; 0]);
        } else {
            assert_eq!(told.len(), 1, "{told:#?}");
            assert!(told[0].contains("Sign in to keep Admin"), "{told:#?}");
        }
    }
}

#[test]
fn clocks_that_jump_tell_nothing_twice() {
    let mut world = morning(1, 1);
    world.day.files(|files| files.settings = Ok(Settings { renew: Renew::Off, ..Settings::default() }));
    world.told();
    world.run_until(time("22T15:31"));
    assert_eq!(world.told().len(), 1, "thirty minutes");
    world.day.now = time("22T13:31");
    world.happens(Happening::ClockSet);
    world.run_until(time("22T13:40"));
    world.day.now = time("22T15:42");
    world.happens(Happening::ClockSet);
    assert_eq!(world.told(), [""; 0]);
    world.run_until(time("22T15:58"));
    assert_eq!(world.told(), ["15:55 Admin ends in 5 minutes | t0p00, account 111111111111, until 16:00"]);
    world.day.now = time("22T18:00");
    world.happens(Happening::ClockSet);
    assert_eq!(world.told(), ["18:00 Admin has expired | t0p00, account 111111111111"]);
}

#[test]
fn times_are_told_as_the_clock_on_the_wall_shows_them() {
    // The night in which Central Europe turns its clocks back, at 01:00 UTC.
    let day = Day::continued_with_usual_settings(&config(1, 1), at("2026-10-24T19:00:00Z"));
    let mut world = World::new(day, &[ADMIN]);
    world.zone = TimeZone::get("Europe/Berlin").expect("tzdata");
    world.day.input(Input::Zone(world.zone.clone()));
    world.press(Action::LeftClick);
    world.person = false;
    world.entra = false;
    world.run_until(at("2026-10-25T04:00:00Z"));
    assert_eq!(
        world.told(),
        [
            "21:00 Signed in as Admin | t0p00, account 111111111111, until 04:00",
            "03:38 Sign in to keep Admin | t0p00, account 111111111111, until 04:00. Entra wants to ask you something before it goes on.",
            "03:55 Admin ends in 5 minutes | t0p00, account 111111111111, until 04:00",
            "04:00 Admin has expired | t0p00, account 111111111111"
        ]
    );
    // The person has flown to New York.
    let new_york = TimeZone::get("America/New_York").expect("tzdata");
    world.day.input(Input::Zone(new_york.clone()));
    world.zone = new_york;
    world.person = true;
    world.press(Action::LeftClick);
    assert_eq!(world.told(), ["00:00 Signed in as Admin | t0p00, account 111111111111, until 08:00"]);
}

#[test]
fn who_wants_to_be_asked_is_asked_once() {
    let mut world = morning(1, 2);
    world.day.files(|files| files.settings = Ok(Settings { renew: Renew::AlwaysAsk, ..Settings::default() }));
    world.told();
    let loads = world.loads;
    world.run_until(time("22T15:54"));
    let told = world.told();
    assert_eq!(told, ["15:39 Renew 2 sessions? | t0p00, t0p01, until 16:00: 21 minutes are left."]);
    assert_eq!(world.loads, loads);
    world.press(Action::Renew(name("t0p00")));
    world.run_until(time("22T15:59"));
    let told = world.told();
    assert!(told[0].starts_with("15:54 Signed in as Admin | t0p00"), "{told:#?}");
    assert!(told[1].starts_with("15:55 Admin ends in 5 minutes | t0p01") && told.len() == 2, "{told:#?}");
}

#[test]
fn a_click_while_it_is_renewed_becomes_the_persons_own() {
    let mut world = morning(1, 1);
    world.told();
    world.hangs = true;
    world.run_until(time("22T15:45"));
    world.press(Action::Renew(name("t0p00")));
    assert_eq!(world.day.profile("t0p00").activity, Activity::SigningIn);
}

#[test]
fn at_login_it_signs_in_hidden_waits_for_the_network_and_asks_only_where_it_must() {
    let settings = Settings { sign_in_at_login: true, ..Settings::default() };
    let start = |entra: bool| {
        let mut day = Day::renewing(&config(1, 1));
        day.files(|files| files.settings = Ok(settings.clone()));
        let mut world = World::new(day, &[ADMIN]);
        (world.network, world.entra, world.person) = (false, entra, false);
        world.day.input(Input::LoggedIn);
        world.settle();
        world.run_until(time("22T08:01"));
        assert_eq!(world.told(), [""; 0]);
        world.network = true;
        world.happens(Happening::NetworkChanged);
        world
    };
    // A page that wants a person is shown: they wanted to be signed in, and have just sat down.
    let world = start(false);
    assert_eq!(world.open.len(), 1);
    assert_eq!(world.open[0].1.mode, rolecall_core::sign_in::Mode::Interactive);
    // Who does not want it is not signed in.
    let mut world = World::new(Day::renewing(&config(1, 1)), &[ADMIN]);
    world.day.input(Input::LoggedIn);
    world.settle();
    assert_eq!((world.loads, world.told().len()), (0, 0));
    assert_eq!(world.day.next_change(), None);
}

#[test]
fn the_log_says_what_was_assumed_how_and_by_which_door() {
    let mut world = morning(1, 1);
    world.run_until(time("22T16:00"));
    world.press(Action::Choose(name("t0p00"), role(ADMIN)));
    world.entra = false;
    world.run_until(time("22T23:45"));
    world.press(Action::SignOut(name("t0p00")));
    let lines: Vec<_> = world
        .day
        .records
        .iter()
        .map(|entry| {
            let what = match &entry.what {
                Recorded::Assumed { role, until, how, .. } => {
                    assert!(*until > entry.at);
                    format!("{} {}", role.name(), if *how == How::Person { "person" } else { "silent" })
                }
                Recorded::SignedOut { forgot } => format!("signed out {forgot}"),
                Recorded::Failed { code } => code.clone(),
            };
            format!("{} {:?} {what}", entry.at.strftime("%H"), entry.door)
        })
        .collect();
    assert_eq!(
        lines,
        [
            "08 Tray Admin person",
            "15 Renewal Admin silent",
            "16 Tray Admin silent",
            "23 Renewal sign_in.person_needed",
            "23 Tray signed out false"
        ]
    );
    assert!(matches!(world.day.records[0].door, Door::Tray));
}

#[test]
fn quitting_says_until_when_it_lasts() {
    use rolecall_core::message::{Reply, Request};
    let mut world = morning(1, 1);
    world.told();
    world.press(Action::Quit);
    assert_eq!(world.told(), ["08:00 Rolecall has ended | t0p00 — Admin stays valid until 16:00"]);
    world.day.asks(7, Request::Quit);
    let replies = world.day.replies(7);
    assert!(matches!(&replies[..], [Reply::Ending { still }] if still.len() == 1), "{replies:?}");
}

#[test]
fn who_is_forgotten_is_asked_everything_anew() {
    use rolecall_core::message::Request;
    let mut world = morning(1, 2);
    world.day.asks(7, Request::SignOutAll { forget: true });
    world.settle();
    assert!(world.day.memory.people.is_empty());
    world.person = false;
    world.press(Action::SignIn(name("t0p00")));
    assert!(world.open[0].1.cookies.is_empty());
}

#[test]
fn thresholds_close_together_are_each_told_in_their_time() {
    let mut world = morning(1, 2);
    let warnings = rolecall_core::expiry::Warnings::new(vec![
        jiff::SignedDuration::from_mins(5),
        jiff::SignedDuration::from_mins(2),
    ]);
    let settings = Settings { renew: Renew::Off, warnings, ..Settings::default() };
    world.day.files(|files| files.settings = Ok(settings));
    world.told();
    world.run_until(time("22T15:59"));
    assert_eq!(
        world.told(),
        [
            "15:55 2 sessions end in 5 minutes | t0p00, t0p01, until 16:00",
            "15:58 2 sessions end in 2 minutes | t0p00, t0p01, until 16:00"
        ]
    );
}

#[test]
fn what_is_told_of_a_group_is_replaced_by_what_is_told_of_the_same_alone() {
    let mut world = morning(2, 3);
    world.day.files(|files| files.settings = Ok(Settings { renew: Renew::Off, ..Settings::default() }));
    world.run_until(time("22T15:00"));
    world.about.clear();
    world.run_until(time("22T16:01"));
    let abouts: Vec<_> = world.about.iter().map(|about| about.as_ref().map(|name| name.as_str())).collect();
    assert_eq!(abouts, [Some("t0p00"); 3], "thirty minutes, five, and the end, of the same ones");
}

#[test]
fn a_session_taken_as_somebody_else_leaves_the_usual_one_alone() {
    use rolecall_core::message::{ClientContext, Request};
    use rolecall_core::profile::Overrides;
    let mut world = morning(1, 2);
    let variable = |key: &str| (key == "azure_default_username").then(|| "admin@example.org".to_owned());
    let context =
        ClientContext { overrides: Overrides::from_variables(variable), ..ClientContext::default() };
    let request = Request::SignIn { profile: Some(name("t0p00")), role: None, context };
    let before = world.day.profile("t0p00").renews;
    world.day.asks(7, request);
    world.settle();
    assert_eq!(world.day.profile("t0p00").renews, before, "it is a session of its own");
}

#[test]
fn a_script_does_not_pass_for_a_person() {
    use rolecall_core::message::{ClientContext, Request};
    for (by_hand, renews) in [(false, false), (true, true)] {
        let mut world = morning(1, 1);
        world.run_until(time("22T16:00"));
        // Its cookies are good, and it asks again and again, late in the evening.
        world.run_until(time("22T19:30"));
        let context = ClientContext { by_hand, ..ClientContext::default() };
        let request = Request::SignIn { profile: Some(name("t0p00")), role: None, context };
        world.day.asks(7, request);
        world.settle();
        assert_eq!(world.day.profile("t0p00").renews.is_some(), renews);
    }
}

#[test]
fn a_clock_that_was_wrong_for_a_while_ends_nothing() {
    let mut world = morning(1, 1);
    world.told();
    world.run_until(time("22T12:00"));
    world.network = false;
    world.day.now = time("22T20:30");
    world.happens(Happening::Woke);
    assert_eq!(world.day.profile("t0p00").state, State::Expired);
    world.day.now = time("22T12:00");
    world.network = true;
    world.happens(Happening::ClockSet);
    assert_eq!(world.day.profile("t0p00").state, State::Active);
}

#[test]
fn a_policy_in_the_middle_of_being_replaced_lets_nothing_into_plain_text() {
    use rolecall_core::policy::Policy;
    use rolecall_core::problem::Problem;
    use rolecall_tray::controller::{Arrangement, Command};
    let policy = Policy::parse("credentials = \"process\"").expect("a policy");
    let mut day = Day::renewing(&config(1, 1));
    day.files(|files| files.policy = Ok(Some(policy.clone())));
    let mut world = World::new(day, &[ADMIN]);
    world.press(Action::LeftClick);
    // As the disk has it by then.
    let line = "credential_process = \"/usr/bin/rolecall\" credential-process --profile \"t0p00\"\n";
    let served = config(1, 1) + line;
    world.day.files(|files| {
        files.config.text = Ok(Some(served.clone()));
        files.credentials = Ok(Default::default());
    });
    world.settle();
    let unserved = |world: &mut World| {
        let unserve =
            |c: &Command| matches!(c, Command::Arrange { arrangement: Arrangement::Unserve(_), .. });
        let any = world.day.commands.iter().any(unserve);
        world.settle();
        any
    };
    // A typo, a file that is gone for a moment, an empty one, and the good one again.
    let refused =
        Problem::PolicyRefused { path: "/etc/rolecall/policy.toml".into(), reason: "line 1".into() };
    for state in [Err(refused), Ok(None), Ok(Some(Policy::default())), Ok(Some(policy))] {
        world.day.files(|files| files.policy = state);
        assert!(!unserved(&mut world));
        world.day.now += jiff::SignedDuration::from_secs(2);
        world.day.input(Input::Clock);
        assert!(!unserved(&mut world));
    }
    // Lifted for good: then the profile has it as it says.
    world.day.files(|files| files.policy = Ok(None));
    world.day.now += jiff::SignedDuration::from_secs(11);
    world.day.input(Input::Clock);
    assert!(unserved(&mut world));
}
