//! Several profiles: one sign-in where one is enough, one at a time where they share cookies, side by side where not.

use crate::day::{Day, cookie, entra, name, role};
use rolecall_core::sign_in::Outcome;
use rolecall_core::view::State;
use rolecall_tray::controller::Command;
use rolecall_tray::menu::Action;

const A: &str = "111111111111/Admin";
const B: &str = "111111111111/Reader";

fn three() -> String {
    let default = |role: &str| format!("azure_default_role_arn=arn:aws:iam::111111111111:role/{role}\n");
    format!(
        "[profile one]\n{e}{a}[profile two]\n{e}{b}[profile lab]\n{lab}{a}",
        e = entra(),
        a = default("Admin"),
        b = default("Reader"),
        lab = entra().replace("1111-1111-1111", "2222-2222-2222"),
    )
}

#[test]
fn sign_in_to_all_opens_one_window_for_each_tenant_and_shares_the_assertion() {
    let mut day = Day::with_config(&three());
    day.press(Action::SignInAll);
    let windows = day.windows();
    assert_eq!(windows.iter().map(|w| w.1.profile.as_str()).collect::<Vec<_>>(), ["one", "lab"]);
    day.entra_answers(&windows[0], &[A, B]);
    let assumed: Vec<_> = day
        .commands
        .iter()
        .filter_map(|command| match command {
            Command::Assume { profile, ask, .. } => Some((profile.clone(), ask.role.role.clone())),
            _ => None,
        })
        .collect();
    assert_eq!(assumed, [(name("one"), role(A)), (name("two"), role(B))]);
}

#[test]
fn another_application_of_the_tenant_waits_for_its_turn_and_gets_the_cookies() {
    let other = entra().replace("saml#2", "saml#3");
    let config = format!("[profile one]\n{}[profile two]\n{other}", entra());
    let mut day = Day::with_config(&config);
    day.press(Action::SignInAll);
    let first = day.window();
    assert!(first.1.cookies.is_empty());
    day.entra_answers(&first, &[A]);
    let second = day.window();
    assert_eq!((second.1.profile.as_str(), &second.1.cookies[..]), ("two", &[cookie()][..]));
}

#[test]
fn an_old_notification_about_a_profile_that_is_gone_only_opens_the_window() {
    for action in [Action::Renew(name("gone")), Action::RenewThese(vec![name("gone"), name("gone too")])] {
        let mut day = Day::with_config(&three());
        let before = day.memory.last_used.clone();
        day.press(action);
        assert_eq!((day.opened, day.windows().len()), (1, 0));
        assert_eq!((day.told(), &day.memory.last_used), (vec![], &before));
    }
    // What is left of several is renewed.
    let mut day = Day::with_config(&three());
    day.press(Action::RenewThese(vec![name("gone"), name("lab")]));
    assert_eq!((day.opened, day.window().1.profile.as_str()), (0, "lab"));
}

#[test]
fn who_closes_the_window_is_not_asked_again_for_the_next_profile() {
    let mut day = Day::with_config(&three());
    day.press(Action::SignInAll);
    let windows = day.windows();
    day.window_ends(windows[0].0, Outcome::Cancelled { error: None });
    assert!(day.windows().is_empty());
    assert_eq!(day.profile("two").state, State::SignedOut);
    assert_eq!(day.told(), Vec::<String>::new());
    // The other tenant's window is not concerned.
    day.entra_answers(&windows[1], &[A]);
    day.aws_grants();
    assert_eq!(day.profile("lab").state, State::Active);
}

#[test]
fn the_left_click_signs_in_with_the_last_used_profile() {
    let mut day = Day::with_config(&three());
    day.press(Action::LeftClick);
    assert!(day.windows().is_empty(), "which one is not known yet");
    assert_eq!(day.opened, 1, "the main window shows them all");
    day.press(Action::SignIn(name("two")));
    let window = day.window();
    day.window_ends(window.0, Outcome::Cancelled { error: None });
    day.press(Action::LeftClick);
    assert_eq!(day.window().1.profile, "two");
}

#[test]
fn a_clients_overrides_count_for_its_own_request_only() {
    use rolecall_core::message::{ClientContext, Request};
    use rolecall_core::profile::Overrides;
    let mut day = Day::with_config(&format!("[profile work]\n{}", entra()));
    let overrides =
        Overrides::from_variables(|n| (n == "AZURE_DEFAULT_USERNAME").then(|| "bob@example.org".into()));
    let context = ClientContext { overrides, ..ClientContext::default() };
    let request = Request::SignIn { profile: Some(name("work")), role: None, context };
    day.asks(1, request);
    let window = day.window();
    assert!(window.1.url.contains("login_hint=bob%40example.org"), "{}", window.1.url);
    day.window_ends(window.0, Outcome::Cancelled { error: None });
    day.press(Action::SignIn(name("work")));
    let window = day.window();
    assert!(window.1.url.contains("login_hint=ada%40example.org"), "{}", window.1.url);
}
