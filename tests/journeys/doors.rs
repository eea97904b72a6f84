//! Who asks for credentials gets good ones: from memory, renewed in time, or by asking the person once.

use crate::day::{Day, at, cookie, entra, name, role};
use rolecall_core::message::{Reply, Request, Stage};
use rolecall_core::sign_in::{Mode, Outcome};
use rolecall_core::view::State;
use rolecall_tray::menu::Action;

const A: &str = "111111111111/Admin";
const B: &str = "111111111111/Reader";

fn work() -> String {
    format!("[profile work]\nregion = eu-central-1\n{}", entra())
}

/// Signed in since eight, until four.
fn signed_in() -> Day {
    let mut day = Day::with_config(&work());
    day.sign_in(&[A]);
    day.aws_grants();
    day.commands.clear();
    day
}

#[test]
fn from_memory_without_a_word() {
    let mut day = signed_in();
    day.wants_keys(1, true);
    let replies = day.replies(1);
    let [Reply::Credentials { role: given, region, credentials, .. }] = &replies[..] else {
        panic!("{replies:?}")
    };
    assert_eq!((given.clone(), region.as_deref()), (Some(role(A)), Some("eu-central-1")));
    assert_eq!(credentials.expiration, at("2026-11-22T16:00:00Z"));
    assert_eq!(day.commands, []);
    // After a restart they stand in the file.
    let mut later = day.restarted();
    later.wants_keys(1, false);
    assert_eq!(later.got(1), Some(credentials.access_key_id.clone()));
}

#[test]
fn nothing_left_and_five_hundred_callers_is_one_sign_in() {
    let mut day = Day::with_config(&work());
    for client in 1..=500 {
        day.wants_keys(client, true);
    }
    let window = day.window();
    assert_eq!(window.1.mode, Mode::Interactive);
    assert!(matches!(day.replies(7)[..], [Reply::Progress { stage: Stage::SigningIn, .. }]));
    day.entra_answers(&window, &[A]);
    let given = day.aws_grants().access_key_id;
    for client in 1..=500 {
        assert_eq!(day.got(client), Some(given.clone()), "{client}");
    }
}

#[test]
fn near_the_end_they_are_renewed_hidden() {
    let mut day = signed_in();
    day.run_until(at("2026-11-22T15:46:00Z"));
    day.told();
    day.wants_keys(1, true);
    let window = day.window();
    assert_eq!((window.1.mode, window.1.cookies.len()), (Mode::Background, 1));
    assert_eq!(day.got(1), None, "it waits, and nobody is bothered");
    day.entra_answers(&window, &[A, B]);
    let renewed = day.aws_grants();
    assert_eq!(renewed.access_key_id.as_str(), "ASIAADMIN2", "the same role, without a choice");
    assert_eq!(day.got(1), Some(renewed.access_key_id));
    assert_eq!(day.told(), Vec::<String>::new());
}

#[test]
fn what_cannot_be_renewed_hidden_is_served_down_to_a_minute() {
    let mut day = signed_in();
    let held = "ASIAADMIN1".to_owned();
    day.run_until(at("2026-11-22T15:46:00Z"));
    day.told();
    day.wants_keys(1, true);
    let window = day.window();
    day.window_ends(window.0, Outcome::NeedsPerson { error: None });
    assert_eq!(day.got(1), Some(held.clone()));
    // Not tried again at each call.
    day.wants_keys(2, true);
    assert_eq!((day.got(2), day.windows().len()), (Some(held.clone()), 0));
    day.run_until(at("2026-11-22T15:52:00Z"));
    day.wants_keys(3, true);
    let slow = day.window();
    day.run_until(at("2026-11-22T15:52:20Z"));
    assert_eq!(day.got(3), Some(held), "who has some left does not wait for a slow page");
    day.window_ends(slow.0, Outcome::NeedsPerson { error: None });
    day.run_until(at("2026-11-22T15:59:01Z"));
    day.told();
    // With less than a minute left a person is asked.
    day.wants_keys(4, true);
    let window = day.window();
    assert_eq!(window.1.mode, Mode::Interactive);
    day.window_ends(window.0, Outcome::Cancelled { error: None });
    assert_eq!(day.got(4).as_deref(), Some("sign_in.cancelled"));
}

#[test]
fn whoever_may_not_ask_is_told_that_nobody_is_signed_in() {
    let mut day = Day::with_config(&work());
    day.wants_keys(1, false);
    let window = day.window();
    assert_eq!(window.1.mode, Mode::Background);
    day.window_ends(window.0, Outcome::NeedsPerson { error: None });
    assert_eq!(day.got(1).as_deref(), Some("not_signed_in"));
    assert_eq!(day.told(), Vec::<String>::new());
    day.wants_keys(2, false);
    assert_eq!((day.got(2).as_deref(), day.windows().len()), (Some("not_signed_in"), 0));
}

#[test]
fn a_background_sign_in_that_needs_a_person_becomes_theirs_for_who_may_ask() {
    let mut day = Day::with_config(&work());
    day.wants_keys(1, false);
    let hidden = day.window();
    day.wants_keys(2, true);
    // The window under way is shown rather than another opened.
    assert!(day.windows().is_empty());
    day.entra_answers(&hidden, &[A]);
    let given = day.aws_grants().access_key_id;
    assert_eq!((day.got(1), day.got(2)), (Some(given.clone()), Some(given)));
}

#[test]
fn nobody_waits_for_ever() {
    let mut day = Day::with_config(&work());
    day.wants_keys(1, true);
    let window = day.window();
    day.run_until(at("2026-11-22T08:05:00Z"));
    assert_eq!(day.got(1).as_deref(), Some("sign_in.waited"));
    // The person still may finish.
    day.entra_answers(&window, &[A]);
    day.aws_grants();
    assert_eq!(day.profile("work").state, State::Active);
}

#[test]
fn a_choice_is_waited_for() {
    let mut day = Day::with_config(&work());
    day.wants_keys(1, true);
    let window = day.window();
    day.entra_answers(&window, &[A, B]);
    let stages = day.replies(1);
    assert!(matches!(stages.last(), Some(Reply::Progress { stage: Stage::Choosing, .. })), "{stages:?}");
    day.wants_keys(2, true);
    assert!(day.windows().is_empty(), "a second caller does not take the choice away");
    day.press(Action::Choose(name("work"), role(B)));
    let given = day.aws_grants().access_key_id;
    assert_eq!((day.got(1), day.got(2)), (Some(given.clone()), Some(given)));
}

#[test]
fn signing_out_answers_when_the_keys_are_gone() {
    use rolecall_tray::controller::Input;
    let mut day = signed_in();
    day.asks(1, Request::SignOutAll { forget: false });
    assert!(day.replies(1).is_empty());
    day.input(Input::Forgotten { profile: name("work"), result: Ok(None) });
    assert_eq!(day.replies(1), [Reply::SignedOut { profile: name("work") }, Reply::Done]);
    day.files(|files| files.credentials = Ok(Default::default()));
    day.wants_keys(2, false);
    assert_eq!(day.window().1.cookies, [cookie()], "the sign-in at Entra lives on");
    day.asks(3, Request::SignOutAll { forget: false });
    // The profile has work under way: that ends, too.
    day.input(Input::Forgotten { profile: name("work"), result: Ok(None) });
    assert_eq!(day.got(2).as_deref(), Some("sign_in.cancelled"));
}

#[test]
fn signing_in_to_all_tells_of_each() {
    let config = format!("{}[profile lab]\n{}[profile bad]\nazure_tenant_id = no\n", work(), entra());
    let mut day = Day::with_config(&config);
    day.asks(1, Request::SignInAll { context: Default::default() });
    let window = day.window();
    day.entra_answers(&window, &[A, B]);
    let replies = day.replies(1);
    let count = |which: fn(&Reply) -> bool| replies.iter().filter(|reply| which(reply)).count();
    assert_eq!(count(|r| matches!(r, Reply::Choose { .. })), 2);
    assert_eq!(count(|r| matches!(r, Reply::Problem { profile: Some(_), .. })), 1);
    assert_eq!(replies.last(), Some(&Reply::Done));
    // Nothing to do is no reason to wait.
    let mut signed = signed_in();
    signed.asks(2, Request::SignInAll { context: Default::default() });
    assert_eq!(signed.replies(2), [Reply::Done]);
}

#[test]
fn who_watches_sees_each_change_once() {
    let mut day = Day::with_config(&work());
    day.asks(1, Request::Watch);
    assert_eq!(day.replies(1).len(), 1);
    day.asks(2, Request::Status);
    assert_eq!(day.replies(1).len(), 0, "nothing has changed");
    day.press(Action::LeftClick);
    assert_eq!(day.replies(1).len(), 1);
    day.input(rolecall_tray::controller::Input::ClientGone(rolecall_tray::controller::ClientId(1)));
    let window = day.window();
    day.entra_answers(&window, &[A]);
    assert_eq!(day.replies(1).len(), 0);
}

#[test]
fn the_console_is_opened_with_the_role_of_the_profile() {
    use rolecall_tray::controller::Command;
    let mut day = signed_in();
    let console = |service: &str| Request::Console {
        profile: Some(name("work")),
        service: Some(service.into()),
        print: false,
        may_ask: true,
        context: Default::default(),
    };
    day.asks(1, console("../x"));
    assert_eq!(day.got(1).as_deref(), Some("console.page"));
    day.asks(2, console("ec2"));
    let Some(Command::Visit { visit, .. }) = day.commands.pop() else { panic!("{:?}", day.commands) };
    assert_eq!((visit.print, visit.credentials.access_key_id.as_str()), (false, "ASIAADMIN1"));
    let login = visit.console.login_url(&rolecall_core::secret::Secret::new("t"));
    assert!(login.expose().contains("ec2%2Fhome%3Fregion%3Deu-central-1"), "{}", login.expose());
}

#[test]
fn whoever_closed_the_window_is_left_in_peace_by_tools() {
    let mut day = Day::with_config(&work());
    day.a_tool_wants_keys(1);
    let window = day.window();
    day.window_ends(window.0, Outcome::Cancelled { error: None });
    assert_eq!(day.got(1).as_deref(), Some("sign_in.cancelled"));
    day.a_tool_wants_keys(2);
    assert_eq!((day.got(2).as_deref(), day.windows().len()), (Some("sign_in.cancelled"), 0));
    // By hand it is another matter.
    day.wants_keys(3, true);
    let window = day.window();
    day.window_ends(window.0, Outcome::Cancelled { error: None });
    day.run_until(at("2026-11-22T08:06:00Z"));
    day.a_tool_wants_keys(4);
    assert_eq!(day.windows().len(), 1);
}

#[test]
fn a_hidden_sign_in_that_fails_takes_no_other_persons_along() {
    let other = format!("{}[profile lab]\n{}", work(), entra().replace("saml#2", "saml#3"));
    let mut day = Day::with_config(&other);
    day.wants_keys(1, false);
    let hidden = day.window();
    // Waits for the same cookies.
    day.press(Action::SignIn(name("lab")));
    assert!(day.windows().is_empty());
    day.window_ends(hidden.0, Outcome::NeedsPerson { error: None });
    let window = day.window();
    assert_eq!((window.1.profile.as_str(), window.1.mode), ("lab", Mode::Interactive));
    assert_eq!(day.got(1).as_deref(), Some("not_signed_in"));

    // A hidden one that waits for its turn, and that somebody then clicks.
    day.now = at("2026-11-22T08:10:00Z");
    day.wants_keys(2, false);
    day.press(Action::SignIn(name("work")));
    day.window_ends(
        window.0,
        Outcome::Failed { reason: rolecall_core::sign_in::Failure::Engine, detail: None },
    );
    assert_eq!(day.windows().len(), 0, "who met an error does not want the same again");
}

#[test]
fn a_clients_own_user_stays_theirs() {
    use rolecall_core::message::ClientContext;
    use rolecall_core::profile::Overrides;
    let mut day = signed_in();
    day.run_until(at("2026-11-22T15:50:00Z"));
    let bob =
        Overrides::from_variables(|n| (n == "AZURE_DEFAULT_USERNAME").then(|| "bob@example.org".into()));
    let context = ClientContext { overrides: bob, ..ClientContext::default() };
    let profile = Some(name("work"));
    let ask = |may_ask| Request::Credentials {
        profile: profile.clone(),
        may_ask,
        by_tool: false,
        context: context.clone(),
    };
    day.asks(1, ask(true));
    let own = day.window();
    assert!(own.1.url.contains("bob%40example.org"));
    // Somebody else's sign-in is not joined by who wants another user, nor theirs by anybody.
    day.client_signs_in(2, Some("work"), None);
    assert!(day.window().1.url.contains("ada%40example.org"));
    day.asks(3, ask(true));
    assert!(day.windows().iter().all(|window| window.1.url.contains("bob%40example.org")));
}
