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
    })
}

/// Plays events at one instant and returns the session with the last event's effects.
fn play(session: Session, events: Vec<Event>, default: Option<&RoleArn>) -> (Session, Vec<Effect>) {
    let warnings = Warnings::default();
    let context = Context { name: "work", default_role: default, provider: None, warnings: &warnings };
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
    let context = Context { name: "work", default_role: None, provider: None, warnings: &warnings };
    let late = choosing.next_change(&warnings, now()).expect("the assertion ends");
    let (session, effects) = choosing.step(Event::Clock, context, late);
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
            },
            true,
        ),
        (Context { name: "work", default_role: Some(&default), provider: None, warnings: &warnings }, false),
    ] {
        let (session, _) = Session::default().step(sign_in(Wanted::Usual), context, now());
        let (session, _) = session.step(answered(Ok(encrypted.clone())), context, now());
        assert_eq!(matches!(session.work, Work::Assuming { .. }), expected);
    }
}

#[test]
fn a_day_warns_at_thirty_and_five_minutes_and_at_the_end_and_never_twice() {
    let warnings = Warnings::default();
    let context = Context { name: "work", default_role: None, provider: None, warnings: &warnings };
    let mut session = Session { held: active("A"), work: Work::Idle };
    let (mut clock, mut told, mut rings) = (now(), vec![], 0);
    while let Some(next) = session.next_change(&warnings, clock) {
        clock = next;
        rings += 1;
        // A timer may ring twice for the same instant.
        for _ in 0..2 {
            let (next, effects) = session.step(Event::Clock, context, clock);
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
    assert_eq!(session.held, Held::Expired { role: Some(role("A")), until: Some(at(UNTIL)) });
}

#[test]
fn after_a_sleep_over_several_warnings_only_the_truth_is_told() {
    let warnings = Warnings::default();
    let context = Context { name: "work", default_role: None, provider: None, warnings: &warnings };
    let session = Session { held: active("A"), work: Work::Idle };
    let (session, effects) = session.step(Event::Clock, context, at("2026-11-22T15:58:00Z"));
    assert!(matches!(&effects[..], [Effect::Tell(Notice::EndsSoon { left, .. })] if left.as_mins() == 2));
    let (_, effects) = session.step(Event::Clock, context, at("2026-11-23T08:00:00Z"));
    assert_eq!(effects, [Effect::Tell(Notice::Expired { role: role("A") })]);
}

#[test]
fn a_session_shorter_than_the_warnings_does_not_begin_with_one() {
    let short = Granted { until: now() + SignedDuration::from_mins(15), ..granted("A") };
    let events = vec![
        sign_in(Wanted::Usual),
        answered(Ok(assertion(&["A"]))),
        Event::Assumed { attempt: Attempt(1), result: Ok(short) },
        Event::Clock,
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
        Held::Expired { role: Some(role("A")), until: Some(at("2026-11-22T07:00:00Z")) }
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
