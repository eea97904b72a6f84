//! Sessions in the vault: moved in, moved out, lost by nobody.

use crate::day::{Day, at, cookie, entra, keys_of, name};
use jiff::SignedDuration;
use rolecall_core::sign_in::{Cookie, Outcome};
use rolecall_core::view::State;
use rolecall_tray::controller::{Arrangement, Command, Input};
use rolecall_tray::menu::Action;
use rolecall_tray::sealed::Content;
use rolecall_tray::vault::Unsealed;

const A: &str = "111111111111/Admin";
const LINE: &str = "credential_process = \"/usr/bin/rolecall\" credential-process --profile \"work\"\n";

fn file() -> String {
    format!("[profile work]\n{}", entra())
}

fn process() -> String {
    format!("{}azure_credentials = process\n", file())
}

fn served() -> String {
    format!("{}{LINE}", process())
}

fn arrangements(day: &mut Day) -> Vec<Arrangement> {
    let mut found = vec![];
    day.commands.retain(|command| match command {
        Command::Arrange { arrangement, .. } => {
            found.push(arrangement.clone());
            false
        }
        _ => true,
    });
    found
}

fn config(day: &mut Day, text: &str) {
    let text = text.to_owned();
    day.files(|files| files.config.text = Ok(Some(text)));
}

#[test]
fn the_config_is_made_to_say_it_once() {
    let mut day = Day::with_config(&process());
    assert_eq!(arrangements(&mut day), [Arrangement::Serve]);
    let refused = rolecall_core::problem::Problem::FileUnwritable { path: "c".into(), reason: "r".into() };
    day.input(Input::Arranged { profile: name("work"), result: Err(refused) });
    assert_eq!(day.told().len(), 1);
    day.files(|_| {});
    assert_eq!(arrangements(&mut day), [], "not again and again");
    config(&mut day, &format!("# mended\n{}", process()));
    assert_eq!(arrangements(&mut day), [Arrangement::Serve]);
    config(&mut day, &served());
    assert_eq!(arrangements(&mut day), []);
}

#[test]
fn another_tools_process_is_left_alone_and_said() {
    let day = Day::with_config(&format!("{}credential_process = other tool\n", process()));
    let problem = day.profile("work").problem.expect("a problem");
    assert_eq!(problem.code, "config.foreign_process");
    assert_eq!(day.profile("work").state, State::Unusable);
    assert_eq!(day.commands, []);
}

#[test]
fn a_session_in_the_vault_outlives_the_process() {
    let mut day = Day::with_config(&served());
    day.sign_in(&[A]);
    let given = day.aws_grants().access_key_id;
    assert_eq!(day.profile("work").state, State::Active);
    assert_eq!(day.vault.len(), 1);
    let mut later = day.restarted();
    assert_eq!(later.profile("work").words(later.now), "Admin · 8 h");
    later.wants_keys(1, false);
    assert_eq!(later.got(1), Some(given));
    later.press(Action::SignOut(name("work")));
    assert!(later.vault.is_empty());
    later.now = at("2026-11-22T08:10:00Z");
    later.wants_keys(2, false);
    assert_eq!(later.windows().len(), 1, "nothing is left to give");
}

#[test]
fn without_a_keychain_it_goes_on_in_memory_and_says_so_once() {
    let mut day = Day::with_config(&served());
    day.locked = true;
    day.sign_in(&[A]);
    let first = day.aws_grants().access_key_id;
    let told = day.told();
    assert_eq!(told.iter().filter(|told| told.contains("keychain")).count(), 1, "{told:?}");
    day.wants_keys(1, true);
    assert_eq!(day.got(1), Some(first));
    // Later: a fresh assertion would be used again.
    day.run_until(at("2026-11-22T08:10:00Z"));
    day.press(Action::Renew(name("work")));
    let window = day.window();
    day.entra_answers(&window, &[A]);
    day.aws_grants();
    assert!(!day.told().iter().any(|told| told.contains("keychain")), "once");
    assert!(day.vault.is_empty());
    // It is tried again with the next sign-in, and then everything is sealed.
    day.locked = false;
    day.run_until(at("2026-11-22T08:20:00Z"));
    day.press(Action::Renew(name("work")));
    let window = day.window();
    day.entra_answers(&window, &[A]);
    day.aws_grants();
    assert_eq!(day.vault.len(), 1);
}

#[test]
fn a_keychain_that_is_locked_in_the_morning_is_asked_again() {
    let mut day = Day::with_config(&served());
    day.sign_in(&[A]);
    let given = day.aws_grants().access_key_id;
    day.locked = true;
    let mut later = day.restarted();
    assert_eq!(later.told().len(), 1);
    assert_eq!(later.profile("work").state, State::SignedOut);
    later.wants_keys(1, true);
    let window = later.window();
    later.window_ends(window.0, Outcome::Cancelled { error: None });
    later.locked = false;
    later.now += SignedDuration::from_mins(5);
    later.wants_keys(2, true);
    assert_eq!(later.got(2), Some(given), "found, without a sign-in");
    assert!(later.windows().is_empty());
}

#[test]
fn switched_to_process_while_signed_in_nothing_is_lost() {
    let mut day = Day::with_config(&file());
    day.sign_in(&[A]);
    let given = day.aws_grants().access_key_id;
    config(&mut day, &process());
    assert_eq!(arrangements(&mut day), [Arrangement::Move]);
    assert_eq!(day.vault.len(), 1);
    // The watch sees one file after the other.
    config(&mut day, &served());
    day.files(|files| files.credentials = Ok(Default::default()));
    day.input(Input::Arranged { profile: name("work"), result: Ok(None) });
    assert_eq!(arrangements(&mut day), []);
    assert_eq!(day.profile("work").state, State::Active);
    day.wants_keys(1, false);
    assert_eq!(day.got(1), Some(given.clone()));
    // And back.
    config(&mut day, &format!("{}{LINE}", file()));
    let arranged = arrangements(&mut day);
    let [Arrangement::Unserve(Some(written))] = &arranged[..] else { panic!("{arranged:?}") };
    assert_eq!(written.access_key_id, given);
    day.input(Input::Arranged { profile: name("work"), result: Ok(None) });
    assert!(day.vault.is_empty());
    let keys = keys_of(written);
    config(&mut day, &file());
    day.files(|files| files.credentials = Ok([(name("work"), keys)].into()));
    assert_eq!(day.profile("work").words(day.now), "Admin · 8 h");
    assert_eq!(arrangements(&mut day), []);
}

#[test]
fn switched_back_while_nothing_ran() {
    let mut day = Day::with_config(&served());
    day.sign_in(&[A]);
    day.aws_grants();
    config(&mut day, &file());
    arrangements(&mut day);
    let mut later = day.restarted();
    let arranged = arrangements(&mut later);
    assert!(matches!(arranged[..], [Arrangement::Unserve(Some(_))]), "{arranged:?}");
}

#[test]
fn a_config_that_is_wrong_for_a_moment_takes_no_session_away() {
    let mut day = Day::with_config(&served());
    day.sign_in(&[A]);
    let given = day.aws_grants().access_key_id;
    let typo = served().replace("azure_tenant_id=1", "azure_tenant_id=x");
    for wrong in ["", "[profile other]\nregion = eu-west-1\n", &typo] {
        config(&mut day, wrong);
        assert_eq!(day.restarted().vault.len(), 1, "{wrong}");
        config(&mut day, &served());
        day.wants_keys(1, false);
        assert_eq!(day.got(1), Some(given.clone()), "{wrong}");
    }
    day.files(|files| files.config.text = Ok(None));
    let mut nothing = day.restarted_with(None);
    assert_eq!(nothing.vault.len(), 1);
    // What no longer works and belongs to nobody goes.
    nothing.now = at("2026-11-23T08:00:00Z");
    assert!(nothing.restarted_with(None).vault.is_empty());
}

#[test]
fn signing_out_while_the_keychain_is_being_unlocked_counts() {
    let mut day = Day::with_config(&served());
    day.sign_in(&[A]);
    day.aws_grants();
    day.unlocking = true;
    let mut later = day.restarted();
    later.press(Action::SignOut(name("work")));
    let items = day.vault.clone().into_iter().collect();
    later.input(Input::VaultRead(Ok(Unsealed { items, problems: vec![] })));
    assert_eq!(later.profile("work").state, State::SignedOut);
    later.wants_keys(1, false);
    assert_eq!(later.windows().len(), 1);
}

#[test]
fn switching_back_keeps_the_keys_until_they_stand_in_the_file() {
    let mut day = Day::with_config(&served());
    day.sign_in(&[A]);
    let given = day.aws_grants().access_key_id;
    config(&mut day, &format!("{}{LINE}", file()));
    assert!(matches!(arrangements(&mut day)[..], [Arrangement::Unserve(Some(_))]));
    day.wants_keys(1, true);
    assert_eq!(day.got(1), Some(given.clone()), "at every moment");
    let full = rolecall_core::problem::Problem::FileUnwritable { path: "c".into(), reason: "r".into() };
    day.input(Input::Arranged { profile: name("work"), result: Err(full) });
    assert_eq!(day.vault.len(), 1);
    config(&mut day, &format!("# again\n{}{LINE}", file()));
    let arranged = arrangements(&mut day);
    assert!(matches!(&arranged[..], [Arrangement::Unserve(Some(held))] if held.access_key_id == given));
}

#[test]
fn a_config_that_cannot_be_written_costs_no_session() {
    let mut day = Day::with_config(&served());
    day.sign_in(&[A]);
    let (attempt, profile, ask) = day.asked();
    let credentials = crate::day::credentials(at("2026-11-22T16:00:00Z"));
    let role = ask.role.role;
    let grant = rolecall_tray::sts::Grant { role, credentials, shortened: None, limit: None };
    day.input(Input::Granted { attempt, profile: profile.clone(), result: Ok(grant) });
    let read_only = rolecall_core::problem::Problem::FileUnwritable { path: "c".into(), reason: "r".into() };
    day.input(Input::Written { attempt, profile, result: Err(read_only) });
    assert!(day.told().iter().any(|told| told.contains("c could not be written")));
    day.wants_keys(1, false);
    assert_eq!(day.got(1).as_deref(), Some("ASIAEXAMPLE"));
}

#[test]
fn cookies_that_want_to_be_remembered_are() {
    let remember = format!("{}azure_default_remember_me = true\n", file());
    let kept = Cookie { name: "ESTSAUTHPERSISTENT".into(), expires: Some(2_000_000_000), ..cookie() };
    let mut day = Day::with_config(&remember);
    day.press(Action::LeftClick);
    let window = day.window();
    let Outcome::Captured { saml_response, acs, page, .. } =
        crate::day::captured(&crate::day::answer_to(&window.1, &[A], day.now))
    else {
        unreachable!()
    };
    let cookies = vec![cookie(), kept.clone()];
    day.window_ends(
        window.0,
        Outcome::Captured { saml_response, acs, page, cookies, shown: true, person_acted: true },
    );
    day.aws_grants();
    let sealed: Vec<_> = day.vault.values().collect();
    assert_eq!(sealed, [&Content::Cookies(vec![kept.clone()])], "a session cookie ends with the browser");

    let mut later = day.restarted();
    later.press(Action::Renew(name("work")));
    assert_eq!(later.window().1.cookies, [kept]);

    let mut forgotten = day.restarted();
    config(&mut forgotten, &file());
    assert!(forgotten.restarted().vault.is_empty(), "who no longer wants it");
}

#[test]
fn those_who_ask_while_the_keychain_is_being_unlocked_wait_for_it() {
    let mut day = Day::with_config(&served());
    day.sign_in(&[A]);
    let given = day.aws_grants().access_key_id;
    day.unlocking = true;
    let mut later = day.restarted();
    later.wants_keys(1, true);
    assert_eq!((later.got(1), later.windows().len()), (None, 0));
    let items = day.vault.clone().into_iter().collect();
    later.input(Input::VaultRead(Ok(Unsealed { items, problems: vec![] })));
    assert_eq!(later.got(1), Some(given));

    // Nobody unlocks it.
    let mut never = day.restarted();
    never.wants_keys(1, true);
    never.run_until(never.now + SignedDuration::from_secs(20));
    assert_eq!((never.got(1), never.windows().len()), (None, 1), "it goes on without it");
}

#[test]
fn who_signs_in_while_the_keychain_is_being_read_is_signed_in_with_what_it_holds() {
    let config = format!("[profile work]\n{}azure_default_remember_me=true\n", entra());
    let mut day = Day::with_config(&config);
    day.sign_in(&[A]);
    // Not answered yet: the click waits, but not for ever.
    day.unlocking = true;
    let mut slow = day.restarted();
    slow.press(Action::LeftClick);
    assert!(slow.windows().is_empty());
    // Answered: with what it holds.
    let items = day.vault.clone().into_iter().collect();
    slow.input(Input::VaultRead(Ok(Unsealed { items, problems: vec![] })));
    assert_eq!(slow.windows().len(), 1);
    let mut never = day.restarted();
    let start = never.now;
    never.press(Action::LeftClick);
    never.run_until(start + SignedDuration::from_secs(6));
    assert_eq!(never.windows().len(), 1);
}

#[test]
fn who_is_forgotten_takes_the_key_along() {
    use rolecall_core::message::Request;
    use rolecall_core::problem::Problem;
    let remember = format!("{}azure_default_remember_me = true\n", process());
    let mut day = Day::with_config(&remember);
    day.sign_in(&[A]);
    day.aws_grants();
    let key = |command: &Command| matches!(command, Command::ReplaceVaultKey);
    let asked = |day: &mut Day| {
        let count = day.commands.iter().filter(|command| key(command)).count();
        day.commands.clear();
        count
    };
    day.commands.clear();
    day.asks(1, Request::SignOut { profile: Some(name("work")), forget: false });
    assert_eq!(asked(&mut day), 0, "who only signs out goes on with the cookies");
    day.asks(2, Request::SignOut { profile: Some(name("work")), forget: true });
    let last = day.commands.iter().rposition(|command| matches!(command, Command::Forget { .. }));
    let replaced = day.commands.iter().position(key);
    assert!(replaced > last && day.vault.is_empty(), "after everything that was discarded");
    assert_eq!(asked(&mut day), 1);
    // The keychain is locked: it is said once, and stays in sight until it could be done.
    let refused = || Problem::VaultKeyNotReplaced { reason: "it is locked".into() };
    day.input(Input::VaultKeyReplaced(Err(refused())));
    day.input(Input::VaultKeyReplaced(Err(refused())));
    assert_eq!(day.told().iter().filter(|told| told.contains("it is locked")).count(), 1);
    let shown =
        |day: &Day| day.view().problems.iter().any(|problem| problem.code == "vault.key_not_replaced");
    assert!(shown(&day));
    // Something could be sealed: so can the key be replaced.
    day.sign_in(&[A]);
    day.aws_grants();
    assert!(asked(&mut day) > 0);
    day.input(Input::VaultKeyReplaced(Ok(())));
    assert!(!shown(&day));
    day.asks(3, Request::SignOutAll { forget: true });
    assert_eq!(asked(&mut day), 1, "once for all of them");
}
