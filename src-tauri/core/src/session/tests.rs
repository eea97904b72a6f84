use super::*;

const UNTIL: &str = "2026-11-22T16:00:00Z";

fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

fn now() -> Timestamp {
    at("2026-11-22T08:00:00Z")
}

fn role(name: &str) -> RoleArn {
    RoleArn::parse(&format!("arn:aws:iam::111111111111:role/{name}")).expect("a role")
}

fn offered(name: &str) -> OfferedRole {
    let provider = ProviderArn::parse("arn:aws:iam::111111111111:saml-provider/Entra").expect("a provider");
    OfferedRole { role: role(name), provider }
}

fn assertion(names: &[&str]) -> Assertion {
    Assertion {
        raw: Secret::new("assertion"),
        roles: Roles::Listed(names.iter().map(|name| offered(name)).collect()),
        session_name: None,
        redeem_by: now() + SignedDuration::from_mins(5),
        session_duration: None,
    }
}

fn granted(name: &str) -> Granted {
    Granted { role: role(name), access_key_id: format!("ASIA{name}"), until: at(UNTIL), shortened: None }
}

fn active(name: &str) -> Held {
    Held::Active(Active {
        role: Some(role(name)),
        access_key_id: format!("ASIA{name}"),
        until: Some(at(UNTIL)),
        warned: None,
        tries: Tries::default(),
    })
}

fn expired(until: &str, tries: Tries) -> Held {
    Held::Expired(Expired { role: Some(role("A")), until: Some(at(until)), told: true, tries })
}

const CLOCK: Event = Event::Clock { ahead: SignedDuration::ZERO };

/// Plays events at one instant and returns the session with the last event's effects.
fn play(session: Session, events: Vec<Event>, default: Option<&RoleArn>) -> (Session, Vec<Effect>) {
    let warnings = Warnings::default();
    let plan = Plan::Leave;
    let context = Context { name: "work", default_role: default, provider: None, warnings: &warnings, plan };
    events.into_iter().fold((session, vec![]), |(session, _), event| session.step(event, context, now()))
}

fn sign_in(wanted: Wanted) -> Event {
    Event::SignIn { attempt: Attempt(1), wanted, mode: Mode::Interactive }
}

fn answered(result: Result<Assertion, Problem>) -> Event {
    Event::Answered { attempt: Attempt(1), result }
}

#[test]
fn one_role_is_used_and_written() {
    let (session, effects) =
        play(Session::default(), vec![sign_in(Wanted::Usual), answered(Ok(assertion(&["A"])))], None);
    assert_eq!(
        effects,
        [
            Effect::Remember(vec![offered("A")]),
            Effect::Assume { attempt: Attempt(1), role: offered("A"), assertion: Secret::new("assertion") }
        ]
    );
    let (session, effects) =
        play(session, vec![Event::Assumed { attempt: Attempt(1), result: Ok(granted("A")) }], None);
    assert_eq!(session, Session { held: active("A"), work: Work::Idle });
    assert_eq!(
        effects,
        [
            Effect::Ended(Ok(granted("A"))),
            Effect::Tell(Notice::SignedIn { role: role("A"), until: at(UNTIL), shortened: None })
        ]
    );
}

#[test]
fn the_default_is_used_where_it_is_listed_and_asked_for_where_not() {
    let events = || vec![sign_in(Wanted::Usual), answered(Ok(assertion(&["A", "B"])))];
    let (session, _) = play(Session::default(), events(), Some(&role("B")));
    assert_eq!(
        session.work,
        Work::Assuming { attempt: Attempt(1), role: role("B"), mode: Mode::Interactive }
    );
    let (session, effects) = play(Session::default(), events(), Some(&role("C")));
    assert!(matches!(session.work, Work::Choosing { .. }));
    assert_eq!(effects[1], Effect::Tell(Notice::Choose { roles: 2, accounts: 1 }));
}

#[test]
fn a_choice_within_five_minutes_needs_no_second_sign_in_and_a_late_one_signs_in_again() {
    let (choosing, _) =
        play(Session::default(), vec![sign_in(Wanted::Usual), answered(Ok(assertion(&["A", "B"])))], None);
    let chose = Event::Chose { attempt: Attempt(2), role: role("B") };
    let (session, effects) = play(choosing.clone(), vec![chose.clone()], None);
    assert_eq!(
        session.work,
        Work::Assuming { attempt: Attempt(2), role: role("B"), mode: Mode::Interactive }
    );
    assert!(matches!(effects[..], [Effect::Assume { .. }]));

    let warnings = Warnings::default();
    let context =
        Context { name: "work", default_role: None, provider: None, warnings: &warnings, plan: Plan::Leave };
    let late = choosing.next_change(&warnings, Plan::Leave, now()).expect("the assertion ends");
    let (session, effects) = choosing.step(CLOCK, context, late);
    assert!(effects.is_empty());
    assert!(matches!(session.work, Work::Choosing { assertion: None, .. }));
    let (session, effects) = session.step(chose, context, late);
    assert_eq!(
        session.work,
        Work::SigningIn { attempt: Attempt(2), wanted: Wanted::Role(role("B")), mode: Mode::Interactive }
    );
    assert_eq!(effects, [Effect::OpenSignIn { attempt: Attempt(2), mode: Mode::Interactive }]);
}

#[test]
fn a_failure_keeps_what_is_held_and_is_told_once() {
    let start = Session { held: active("A"), work: Work::Idle };
    let (session, effects) =
        play(start.clone(), vec![sign_in(Wanted::Usual), answered(Err(Problem::SignInTimeout))], None);
    assert_eq!(session, Session { held: active("A"), work: Work::Failed(Problem::SignInTimeout) });
    let timeout = Problem::SignInTimeout;
    assert_eq!(effects, [Effect::Ended(Err(timeout.clone())), Effect::Tell(Notice::Failed(timeout))]);
    let (session, effects) =
        play(start.clone(), vec![sign_in(Wanted::Usual), answered(Err(Problem::Cancelled))], None);
    assert_eq!((session, effects), (start, vec![Effect::Ended(Err(Problem::Cancelled))]));
}

#[test]
fn answers_to_another_attempt_are_ignored() {
    let (session, _) = play(Session::default(), vec![sign_in(Wanted::Usual)], None);
    for event in [
        Event::Answered { attempt: Attempt(7), result: Ok(assertion(&["A"])) },
        Event::Assumed { attempt: Attempt(1), result: Ok(granted("A")) },
    ] {
        assert_eq!(play(session.clone(), vec![event], None), (session.clone(), vec![]));
    }
}

#[test]
fn a_second_click_shows_the_window_of_the_first() {
    let again = Event::SignIn { attempt: Attempt(2), wanted: Wanted::Usual, mode: Mode::Interactive };
    let (_, effects) = play(Session::default(), vec![sign_in(Wanted::Usual), again], None);
    assert_eq!(effects, [Effect::ShowSignIn { attempt: Attempt(1) }]);
}

#[test]
fn a_role_that_is_not_offered_any_more_is_named() {
    let events = vec![sign_in(Wanted::Role(role("X"))), answered(Ok(assertion(&["A"])))];
    let (session, effects) = play(Session::default(), events, None);
    assert!(matches!(&session.work, Work::Failed(Problem::RoleNotOffered { .. })));
    assert_eq!(effects[0], Effect::Remember(vec![offered("A")]));
}

#[test]
fn an_encrypted_assertion_takes_role_and_provider_from_the_profile() {
    let encrypted = Assertion { roles: Roles::Encrypted, ..assertion(&[]) };
    let warnings = Warnings::default();
    let (default, provider) = (role("A"), offered("A").provider);
    for (context, expected) in [
        (
            Context {
                name: "work",
                default_role: Some(&default),
                provider: Some(&provider),
                warnings: &warnings,
                plan: Plan::Leave,
            },
            true,
        ),
        (
            Context {
                name: "work",
                default_role: Some(&default),
                provider: None,
                warnings: &warnings,
                plan: Plan::Leave,
            },
            false,
        ),
    ] {
        let (session, _) = Session::default().step(sign_in(Wanted::Usual), context, now());
        let (session, _) = session.step(answered(Ok(encrypted.clone())), context, now());
        assert_eq!(matches!(session.work, Work::Assuming { .. }), expected);
    }
}

#[test]
fn a_day_warns_at_thirty_and_five_minutes_and_at_the_end_and_never_twice() {
    let warnings = Warnings::default();
    let context =
        Context { name: "work", default_role: None, provider: None, warnings: &warnings, plan: Plan::Leave };
    let mut session = Session { held: active("A"), work: Work::Idle };
    let (mut clock, mut told, mut rings) = (now(), vec![], 0);
    while let Some(next) = session.next_change(&warnings, Plan::Leave, clock) {
        clock = next;
        rings += 1;
        // A timer may ring twice for the same instant.
        for _ in 0..2 {
            let (next, effects) = session.step(CLOCK, context, clock);
            session = next;
            told.extend(effects.into_iter().map(|effect| match effect {
                Effect::Tell(Notice::EndsSoon { left, .. }) => left.as_mins(),
                Effect::Tell(Notice::Expired { .. }) => 0,
                other => panic!("{other:?}"),
            }));
        }
    }
    assert_eq!(told, [30, 5, 0]);
    assert_eq!(rings, 8 * 60);
    assert_eq!(session.held, expired(UNTIL, Tries::default()));
}

#[test]
fn after_a_sleep_over_several_warnings_only_the_truth_is_told() {
    let warnings = Warnings::default();
    let context =
        Context { name: "work", default_role: None, provider: None, warnings: &warnings, plan: Plan::Leave };
    let session = Session { held: active("A"), work: Work::Idle };
    let (session, effects) = session.step(CLOCK, context, at("2026-11-22T15:58:00Z"));
    assert!(matches!(&effects[..], [Effect::Tell(Notice::EndsSoon { left, .. })] if left.as_mins() == 2));
    let (_, effects) = session.step(CLOCK, context, at("2026-11-23T08:00:00Z"));
    assert_eq!(effects, [Effect::Tell(Notice::Expired { role: role("A") })]);
}

#[test]
fn a_session_shorter_than_the_warnings_does_not_begin_with_one() {
    let short = Granted { until: now() + SignedDuration::from_mins(15), ..granted("A") };
    let events = vec![
        sign_in(Wanted::Usual),
        answered(Ok(assertion(&["A"]))),
        Event::Assumed { attempt: Attempt(1), result: Ok(short) },
        CLOCK,
    ];
    let (_, effects) = play(Session::default(), events, None);
    assert_eq!(effects, []);
}

#[test]
fn the_file_is_the_truth() {
    let entry = |id: &str, until: Option<&str>, name: Option<&str>| {
        Event::FileSays(Some(FileEntry {
            access_key_id: id.into(),
            until: until.map(at),
            role: name.map(role),
        }))
    };
    let held = |event| play(Session { held: active("A"), work: Work::Idle }, vec![event], None).0.held;
    assert_eq!(held(Event::FileSays(None)), Held::Nothing);
    assert_eq!(held(entry("ASIAA", Some(UNTIL), Some("A"))), active("A"));
    assert_eq!(
        held(entry("ASIAA", Some("2026-11-22T07:00:00Z"), Some("A"))),
        expired("2026-11-22T07:00:00Z", Tries { in_vain: 1, ..Tries::default() })
    );
    let foreign = held(entry("ASIAX", Some(UNTIL), None));
    assert!(matches!(foreign, Held::Active(Active { role: None, .. })), "{foreign:?}");
}

#[test]
fn signing_out_closes_the_window_and_forgets() {
    let (session, effects) = play(
        Session { held: active("A"), work: Work::Idle },
        vec![sign_in(Wanted::Usual), Event::SignOut],
        None,
    );
    assert_eq!(session, Session::default());
    let cancelled = Effect::Ended(Err(Problem::Cancelled));
    assert_eq!(effects, [Effect::CloseSignIn { attempt: Attempt(1) }, cancelled, Effect::Forget]);
}

#[test]
fn what_the_background_does_is_for_those_who_wait_for_it() {
    let background = |wanted| Event::SignIn { attempt: Attempt(1), wanted, mode: Mode::Background };
    let start = Session { held: active("A"), work: Work::Idle };
    let needed = Problem::PersonNeeded { profile: "work".into() };
    let events = vec![background(Wanted::Usual), answered(Err(needed.clone()))];
    let (session, effects) = play(start.clone(), events, None);
    assert_eq!((session, effects), (start.clone(), vec![Effect::Ended(Err(needed))]));

    let assumed = Event::Assumed { attempt: Attempt(1), result: Ok(granted("A")) };
    let events = vec![background(Wanted::Usual), answered(Ok(assertion(&["A"]))), assumed];
    assert_eq!(play(start.clone(), events.clone(), None).1, [Effect::Ended(Ok(granted("A")))]);

    // Somebody clicks meanwhile: from then on it is theirs.
    let click = Event::SignIn { attempt: Attempt(2), wanted: Wanted::Usual, mode: Mode::Interactive };
    let (session, effects) = play(start, vec![background(Wanted::Usual), click], None);
    assert_eq!(effects, [Effect::ShowSignIn { attempt: Attempt(1) }]);
    assert_eq!(play(session, events[1..].to_vec(), None).1.len(), 2, "ended, and told");
}

/// A day of `session` from `from` on: what its clock asks for and tells, by the minute; each renewal ends as `renewed`
/// says.
fn renewing_day(
    mut session: Session,
    plan: Plan,
    from: &str,
    to: &str,
    mut renewed: impl FnMut(Timestamp) -> Option<Problem>,
) -> Vec<String> {
    let warnings = Warnings::default();
    let context = Context { name: "work", default_role: None, provider: None, warnings: &warnings, plan };
    let (mut clock, mut told) = (at(from), vec![]);
    let mut say =
        |clock: Timestamp, what: String| told.push(format!("{} {what}", clock.strftime("%H:%M:%S")));
    while let Some(next) = session.next_change(&warnings, plan, clock).filter(|next| *next < at(to)) {
        clock = next.max(clock);
        let mut effects;
        (session, effects) = session.step(CLOCK, context, clock);
        if effects.contains(&Effect::Renew) {
            let wanted = Wanted::Role(role("A"));
            let begin = Event::SignIn { attempt: Attempt(1), wanted, mode: Mode::Background };
            session = session.step(begin, context, clock).0;
            if let Some(problem) = renewed(clock) {
                say(clock, "in vain".to_owned());
                let more;
                (session, more) = session.step(answered(Err(problem)), context, clock);
                effects.extend(more);
            } else {
                say(clock, "renewed".to_owned());
                break;
            }
        }
        for effect in effects {
            match effect {
                Effect::Tell(Notice::EndsSoon { left, .. }) => {
                    say(clock, format!("{} minutes", left.as_mins()))
                }
                Effect::Tell(Notice::Renew { left, .. }) => say(clock, format!("renew? {}", left.as_mins())),
                Effect::Tell(Notice::NotRenewed { problem, .. }) => say(clock, problem.code().to_owned()),
                Effect::Tell(Notice::Expired { .. }) => say(clock, "expired".to_owned()),
                _ => {}
            }
        }
    }
    told
}

#[test]
fn the_end_is_announced_only_after_renewal_has_failed() {
    let start = || Session { held: active("A"), work: Work::Idle };
    let plan = Plan::Renew { at: at("2026-11-22T15:39:00Z"), last: at("2026-11-22T20:00:00Z") };
    let day = |renewed: &mut dyn FnMut(Timestamp) -> Option<Problem>, plan| {
        renewing_day(start(), plan, "2026-11-22T08:00:00Z", "2026-11-22T23:00:00Z", renewed)
    };
    assert_eq!(day(&mut |_| None, plan), ["15:39:00 renewed"]);
    // A person is needed: one word, then the warning that is left, then the end.
    let needed = || Some(Problem::PersonNeeded { profile: "work".into() });
    assert_eq!(
        day(&mut |_| needed(), plan),
        ["15:39:00 in vain", "15:39:00 sign_in.person_needed", "15:55:00 5 minutes", "16:00:00 expired"]
    );
    // No network for three minutes: nothing is said.
    let back = at("2026-11-22T15:42:00Z");
    let network = || Problem::PageUnreachable { detail: "no network".into() };
    let told = day(&mut |now| (now < back).then(network), plan);
    assert_eq!(told, ["15:39:00 in vain", "15:39:30 in vain", "15:40:30 in vain", "15:42:30 renewed"]);
    // No network at all: the warning that is left, and the end; it goes on for two hours, and says no more.
    let told = day(&mut |_| Some(network()), plan);
    let words: Vec<_> = told.iter().filter(|line| !line.ends_with("in vain")).collect();
    assert_eq!(words, ["15:55:00 5 minutes", "16:00:00 expired"], "{told:?}");
    assert!(told.len() < 30 && told.last().is_some_and(|last| last.starts_with("17:5")), "{told:?}");
    // The person is asked once.
    let asks = Plan::Ask { at: at("2026-11-22T15:39:00Z") };
    assert_eq!(day(&mut |_| None, asks), ["15:39:00 renew? 21", "15:55:00 5 minutes", "16:00:00 expired"]);
}

#[test]
fn a_laptop_opened_after_the_end_goes_on_where_the_network_comes_back() {
    let plan = Plan::Renew { at: at("2026-11-22T15:39:00Z"), last: at("2026-11-22T20:00:00Z") };
    let network = || Problem::PageUnreachable { detail: "no network".into() };
    let woken = |at_time: &str, back: &str| {
        let session = Session { held: active("A"), work: Work::Idle };
        let back = at(back);
        renewing_day(session, plan, at_time, "2026-11-22T23:00:00Z", |now| (now < back).then(network))
    };
    assert_eq!(
        woken("2026-11-22T17:00:00Z", "2026-11-22T17:00:40Z"),
        ["17:00:00 in vain", "17:00:30 in vain", "17:01:30 renewed"]
    );
    let told = woken("2026-11-22T17:00:00Z", "2026-11-22T17:05:00Z");
    assert_eq!(told.iter().filter(|line| line.ends_with("expired")).count(), 1, "{told:?}");
    assert!(told.last().is_some_and(|last| last.ends_with("renewed")), "{told:?}");
    // After a night it is only said.
    assert_eq!(woken("2026-11-22T19:00:00Z", "2026-11-22T19:00:00Z"), ["19:00:00 expired"]);
}

#[test]
fn a_person_who_came_and_a_network_that_came_back_let_it_go_on() {
    let plan = Plan::Renew { at: at("2026-11-22T15:39:00Z"), last: at("2026-11-22T20:00:00Z") };
    let warnings = Warnings::default();
    let context = Context { name: "work", default_role: None, provider: None, warnings: &warnings, plan };
    let now = at("2026-11-22T15:40:00Z");
    let tried = |problem: Problem| {
        let start = Session { held: active("A"), work: Work::Idle };
        let begin = Event::SignIn { attempt: Attempt(1), wanted: Wanted::Usual, mode: Mode::Background };
        let session = start.step(begin, context, now).0;
        session.step(answered(Err(problem)), context, now).0
    };
    let needed = tried(Problem::PersonNeeded { profile: "work".into() });
    assert_eq!(needed.clone().step(Event::TryAgain, context, now).0.step(CLOCK, context, now).1, []);
    let came = needed.step(Event::PersonCame, context, now).0;
    assert_eq!(came.step(CLOCK, context, now).1, [Effect::Renew]);
    let unreachable = tried(Problem::PageUnreachable { detail: "no network".into() });
    assert_eq!(unreachable.clone().step(CLOCK, context, now).1, []);
    let back = unreachable.step(Event::TryAgain, context, now).0;
    assert_eq!(back.step(CLOCK, context, now + SignedDuration::from_secs(5)).1, [Effect::Renew]);
}

#[test]
fn a_chooser_left_open_and_a_limit_slept_through_do_not_silence_the_warnings() {
    let warnings = Warnings::default();
    let plan = Plan::Renew { at: at("2026-11-22T15:39:00Z"), last: at("2026-11-22T15:45:00Z") };
    let context = Context { name: "work", default_role: None, provider: None, warnings: &warnings, plan };
    let told = |work: Work, time: &str| {
        let session = Session { held: active("A"), work };
        session.step(CLOCK, context, at(time)).1.len()
    };
    let choosing = || Work::Choosing { roles: vec![offered("A")], assertion: None };
    assert_eq!(told(Work::Idle, "2026-11-22T15:31:00Z"), 0, "it will be renewed");
    assert_eq!(told(choosing(), "2026-11-22T15:31:00Z"), 1);
    assert_eq!(told(Work::Idle, "2026-11-22T15:50:00Z"), 1, "the limit has passed");
    // Where something is held, a choice that lapsed is none any more.
    let lapsed = Work::Choosing { roles: vec![offered("A")], assertion: Some(assertion(&["A"])) };
    let session = Session { held: active("A"), work: lapsed };
    assert_eq!(session.step(CLOCK, context, at("2026-11-22T09:00:00Z")).0.work, Work::Idle);
}

#[test]
fn a_role_that_somebody_chooses_goes_before_one_that_is_renewed() {
    let begin =
        Event::SignIn { attempt: Attempt(1), wanted: Wanted::Role(role("A")), mode: Mode::Background };
    let chose = Event::Chose { attempt: Attempt(2), role: role("B") };
    let start = || Session { held: active("A"), work: Work::Idle };
    let answer = answered(Ok(assertion(&["A", "B"])));
    let (_, effects) = play(start(), vec![begin.clone(), chose.clone(), answer.clone()], None);
    assert!(matches!(&effects[..], [_, Effect::Assume { role: assumed, .. }] if assumed.role == role("B")));
    let (session, effects) = play(start(), vec![begin, answer, chose], None);
    assert_eq!(effects, [Effect::OpenSignIn { attempt: Attempt(2), mode: Mode::Interactive }]);
    assert!(
        matches!(session.work, Work::SigningIn { wanted: Wanted::Role(wanted), .. } if wanted == role("B"))
    );
}

#[test]
fn a_clock_that_comes_back_brings_the_session_back() {
    let entry = Event::FileSays(Some(FileEntry {
        access_key_id: "ASIAA".into(),
        until: Some(at(UNTIL)),
        role: Some(role("A")),
    }));
    let start = Session { held: expired(UNTIL, Tries::default()), work: Work::Idle };
    assert!(matches!(play(start, vec![entry], None).0.held, Held::Active(_)));
}
