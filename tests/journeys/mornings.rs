//! One profile: from the click to credentials, through the day, and after a restart.

use crate::day::{Day, at, captured, cookie, entra, name, role};
use rolecall_core::message::{Reply, Stage};
use rolecall_core::sign_in::{Mode, Outcome};
use rolecall_core::view::{Activity, IconState, State};
use rolecall_tray::controller::{Command, Keys};
use rolecall_tray::menu::Action;
use rolecall_tray::sts;
use std::collections::BTreeMap;

const A: &str = "111111111111/Admin";
const B: &str = "222222222222/team/Deployer";

fn work() -> String {
    format!("[profile work]\n{}", entra())
}

#[test]
fn one_click_one_role() {
    let mut day = Day::with_config(&work());
    assert_eq!(day.view().icon(), IconState::SignedOut);
    day.press(Action::LeftClick);
    assert_eq!(day.view().icon(), IconState::Working);
    let window = day.window();
    assert_eq!(window.1.mode, Mode::Interactive);
    assert!(window.1.url.contains("login_hint=ada%40example.org"), "{}", window.1.url);
    assert!(window.1.cookies.is_empty());
    day.entra_answers(&window, &[A]);
    let (_, _, ask) = match &day.commands[..] {
        [Command::Assume { attempt, profile, ask }] => (*attempt, profile.clone(), ask.clone()),
        other => panic!("{other:?}"),
    };
    assert_eq!((ask.region.as_str(), ask.hours, ask.known), ("us-east-1", 8, None));
    day.aws_grants();
    assert_eq!(day.told(), ["Signed in as Admin | work, account 111111111111, until 16:00"]);
    assert_eq!(day.view().icon(), IconState::Active);
    assert_eq!(day.profile("work").words(day.now), "Admin · 8 h");
    assert_eq!(day.commands, []);
}

#[test]
fn a_whole_day_says_four_things() {
    let mut day = Day::with_config(&work());
    day.sign_in(&[A]);
    day.aws_grants();
    day.run_until(at("2026-11-22T15:40:00Z"));
    assert_eq!(day.view().icon(), IconState::EndingSoon);
    day.run_until(at("2026-11-23T07:00:00Z"));
    assert_eq!(
        day.told(),
        [
            "Signed in as Admin | work, account 111111111111, until 16:00",
            "Admin ends in 30 minutes | work, account 111111111111, until 16:00",
            "Admin ends in 5 minutes | work, account 111111111111, until 16:00",
            "Admin has expired | work, account 111111111111",
        ]
    );
    assert_eq!(day.view().icon(), IconState::Expired);
}

#[test]
fn several_roles_are_chosen_from_and_switched_between_with_no_question_asked() {
    let mut day = Day::with_config(&work());
    day.sign_in(&[B, A]);
    assert_eq!(
        day.told(),
        [
            "2 roles in 2 accounts: choose one | In Rolecall's window, or in the tray menu: Choose a role for work"
        ]
    );
    assert_eq!(day.profile("work").activity, Activity::Choosing);
    assert_eq!(day.profile("work").roles, [role(A), role(B)]);
    day.press(Action::Choose(name("work"), role(B)));
    day.aws_grants();
    assert_eq!(day.told(), ["Signed in as Deployer | work, account 222222222222, until 16:00"]);

    // At ten, the other role: the assertion is spent, the cookies are not.
    day.run_until(at("2026-11-22T10:00:00Z"));
    day.press(Action::Choose(name("work"), role(A)));
    let window = day.window();
    assert_eq!(window.1.cookies, [cookie()]);
    assert_eq!(day.profile("work").words(day.now), "signing in");
    day.entra_answers(&window, &[A, B]);
    day.aws_grants();
    assert_eq!(day.told(), ["Signed in as Admin | work, account 111111111111, until 18:00"]);
}

#[test]
fn a_switch_within_five_minutes_uses_the_same_assertion() {
    let mut day = Day::with_config(&work());
    day.sign_in(&[A, B]);
    day.press(Action::Choose(name("work"), role(B)));
    day.aws_grants();
    day.press(Action::Choose(name("work"), role(A)));
    assert!(day.windows().is_empty());
    day.aws_grants();
    assert_eq!(day.profile("work").role, Some(role(A)));
}

#[test]
fn renewing_keeps_the_role_and_a_failed_renewal_keeps_the_session() {
    let mut day = Day::with_config(&work());
    day.sign_in(&[A, B]);
    day.press(Action::Choose(name("work"), role(B)));
    day.aws_grants();
    day.run_until(at("2026-11-22T15:31:00Z"));
    day.told();
    day.press(Action::Renew(name("work")));
    let window = day.window();
    day.window_ends(window.0, Outcome::Cancelled { error: None });
    assert_eq!(day.told(), Vec::<String>::new());
    assert_eq!(day.profile("work").state, State::EndingSoon);
    day.press(Action::Renew(name("work")));
    let window = day.window();
    day.entra_answers(&window, &[A, B]);
    assert!(matches!(&day.commands[..], [Command::Assume { ask, .. }] if ask.role.role == role(B)));
    day.aws_grants();
    assert_eq!(day.told(), ["Signed in as Deployer | work, account 222222222222, until 23:31"]);
    day.run_until(at("2026-11-22T23:00:00Z"));
    assert_eq!(day.told(), Vec::<String>::new());
}

#[test]
fn a_sleep_over_the_end_says_one_thing() {
    let mut day = Day::with_config(&work());
    day.sign_in(&[A]);
    day.aws_grants();
    day.told();
    day.sleep_until(at("2026-11-23T07:30:00Z"));
    assert_eq!(day.told(), ["Admin has expired | work, account 111111111111"]);
}

#[test]
fn after_a_restart_the_file_says_the_truth() {
    let mut day = Day::with_config(&work());
    day.sign_in(&[A, B]);
    day.press(Action::Choose(name("work"), role(A)));
    let written = day.aws_grants();
    let memory = serde_json::to_string(&day.memory).expect("JSON");
    assert!(
        !memory.contains("secret") && !memory.contains("token") && !memory.contains("planted"),
        "{memory}"
    );
    let memory = serde_json::from_str(&memory).expect("memory");

    let keys = |id: &str| {
        let keys = Keys { access_key_id: id.into(), ..crate::day::keys_of(&written) };
        BTreeMap::from([(name("work"), keys)])
    };
    let noon = at("2026-11-22T12:00:00Z");
    let mut restarted = Day::continued(&work(), day.memory.clone(), keys(&written.access_key_id), noon);
    let profile = restarted.profile("work");
    assert_eq!((profile.role, profile.until), (Some(role(A)), Some(written.expiration)));
    assert_eq!(profile.roles, [role(A), role(B)]);
    restarted.run_until(at("2026-11-22T15:45:00Z"));
    assert_eq!(restarted.told().len(), 1, "the warning at thirty minutes");

    let other = Day::continued(&work(), memory, keys("ASIAOTHER"), noon);
    assert_eq!(other.profile("work").words(noon), "written by another tool · 4 h");
    let late = Day::continued(&work(), day.memory.clone(), keys(&written.access_key_id), written.expiration);
    assert_eq!(late.profile("work").state, State::Expired);
}

#[test]
fn a_shorter_role_is_said_and_remembered() {
    let mut day = Day::with_config(&work());
    day.sign_in(&[A]);
    let (attempt, profile, ask) = day.asked();
    let credentials = crate::day::credentials(at("2026-11-22T09:00:00Z"));
    let grant = sts::Grant { role: ask.role.role, credentials, shortened: Some((8, 1)), limit: Some(1) };
    use rolecall_tray::controller::Input;
    day.input(Input::Granted { attempt, profile: profile.clone(), result: Ok(grant) });
    day.input(Input::Written { attempt, profile, result: Ok(None) });
    assert_eq!(
        day.told(),
        [
            "Signed in as Admin | work, account 111111111111, until 09:00. The role allows 1 hour; 8 were asked for."
        ]
    );
    day.run_until(at("2026-11-22T08:20:00Z"));
    day.press(Action::Renew(name("work")));
    let window = day.window();
    day.entra_answers(&window, &[A]);
    assert_eq!(day.asked().2.known, Some(1));
}

#[test]
fn the_command_line_waits_and_is_answered() {
    let mut day = Day::with_config(&work());
    day.client_signs_in(1, None, None);
    day.client_signs_in(2, Some("work"), None);
    let window = day.window();
    day.entra_answers(&window, &[A]);
    day.aws_grants();
    for client in [1, 2] {
        let replies = day.replies(client);
        let stages: Vec<_> = replies
            .iter()
            .filter_map(|reply| match reply {
                Reply::Progress { stage, .. } => Some(*stage),
                _ => None,
            })
            .collect();
        assert_eq!(stages, [Stage::SigningIn, Stage::Assuming], "{client}");
        assert!(
            matches!(replies.last(), Some(Reply::SignedIn { role: r, .. }) if *r == role(A)),
            "{replies:?}"
        );
    }
    day.client_signs_in(3, Some("work"), Some("222222222222/Deployer"));
    assert!(
        matches!(&day.replies(3)[..], [Reply::Problem { problem, .. }] if problem.code == "role.not_offered")
    );
}

#[test]
fn signing_out_forgets() {
    let mut day = Day::with_config(&work());
    day.sign_in(&[A]);
    day.aws_grants();
    day.press(Action::SignOut(name("work")));
    assert!(day.commands.contains(&Command::Forget { profile: name("work") }));
    assert_eq!(day.profile("work").state, State::SignedOut);
    // The next sign-in is one, although the assertion was fresh.
    day.press(Action::SignIn(name("work")));
    day.window();
}

#[test]
fn an_answer_that_comes_after_signing_out_is_not_used() {
    let mut day = Day::with_config(&work());
    day.press(Action::LeftClick);
    let window = day.window();
    day.press(Action::SignOut(name("work")));
    assert!(day.commands.contains(&Command::CloseWindow { attempt: window.0 }));
    let response = crate::day::answer_to(&window.1, &[A], day.now);
    day.commands.clear();
    day.window_ends(window.0, captured(&response));
    assert_eq!(day.commands, []);
}

#[test]
fn a_refusal_by_aws_leaves_everything_as_it_was() {
    let mut day = Day::with_config(&work());
    day.sign_in(&[A]);
    day.aws_refuses(crate::chains::refused(A));
    let told = day.told();
    assert!(
        told[0].contains("AWS does not let you assume arn:aws:iam::111111111111:role/Admin."),
        "{told:?}"
    );
    assert_eq!(day.commands, [], "nothing is written");
    assert_eq!(day.profile("work").problem.expect("a problem").code, "aws.access_denied");
}
