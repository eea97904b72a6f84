//! Whether a newer version is offered: looked for when somebody asks, where a feed is named, and never otherwise.

use crate::day::{Day, entra};
use minisign::KeyPair;
use rolecall_core::message::window::{Ask, Told};
use rolecall_core::message::{ClientContext, Reply, Request};
use rolecall_core::policy::Policy;
use rolecall_core::problem::Problem;
use rolecall_core::settings::Settings;
use rolecall_core::update::{Feed, Trouble, Update};
use rolecall_tray::controller::{ClientId, Command, Found, Input, Lookup};
use std::io::Cursor;

const FEED: &str = "https://updates.example.org/latest.json";

fn pair() -> KeyPair {
    KeyPair::generate_unencrypted_keypair().expect("a pair of keys")
}

/// What stands in `settings.toml` or in the policy.
fn named(feed: &str, pair: &KeyPair) -> String {
    format!("update_feed = '{feed}'\nupdate_key = '{}'\n", pair.pk.to_base64())
}

fn day(settings: &str) -> Day {
    let mut day = Day::with_config(&format!("[profile work]\n{}", entra()));
    day.files(|files| files.settings = Ok(Settings::parse(settings).expect("settings")));
    day.commands.clear();
    day
}

/// What is to be read, taken.
fn lookup(day: &mut Day) -> (ClientId, Lookup) {
    let is_lookup = |command: &Command| matches!(command, Command::LookForUpdate { .. });
    let index = day.commands.iter().position(is_lookup).expect("a feed is read");
    let Command::LookForUpdate { client, lookup } = day.commands.remove(index) else { unreachable!() };
    (client, *lookup)
}

/// The feed answers with this version, signed then.
fn answers(day: &mut Day, pair: &KeyPair, version: &str, signed: i64) {
    let (client, lookup) = lookup(day);
    let text = format!(
        r#"{{"version":"{version}","platforms":{{"linux-x86_64":{{"url":"https://example.org/r","signature":""}}}}}}"#
    );
    let comment = format!("timestamp:{signed}");
    let signature = minisign::sign(Some(&pair.pk), &pair.sk, Cursor::new(&text), Some(&comment), None);
    let signature = signature.expect("a signature").into_string();
    let read = Feed::read(&lookup.source, &text, &signature);
    let result = read.map(|feed| Box::new(Found { feed, file: None })).map_err(Problem::from);
    day.input(Input::UpdateFound { client, result });
}

fn told(day: &mut Day, client: u64) -> Result<Update, String> {
    match day.replies(client).pop().expect("a reply") {
        Reply::Update { update } => Ok(update),
        Reply::Problem { problem, .. } => Err(problem.code),
        other => panic!("{other:?}"),
    }
}

fn asks(day: &mut Day, client: u64) {
    day.asks(client, Request::Update { file: None });
}

#[test]
fn nothing_is_read_where_no_feed_is_named() {
    let mut day = day("");
    asks(&mut day, 1);
    let replies = day.replies(1);
    let [Reply::Problem { problem, .. }] = &replies[..] else { panic!("{replies:?}") };
    assert_eq!(problem.code, "update.no_feed");
    assert!(problem.what.contains("Rolecall 0.1.0, installed as a Debian package"), "{}", problem.what);
    assert!(problem.help.contains("apt"), "{}", problem.help);
    // Nor by itself where one is named: not in a day.
    let mut day = crate::updates::day(&named(FEED, &pair()));
    day.run_until(crate::day::at("2026-11-24T08:00:00Z"));
    assert!(!day.commands.iter().any(|command| matches!(command, Command::LookForUpdate { .. })));
}

#[test]
fn what_is_newer_is_told_and_an_old_feed_is_refused() {
    let pair = pair();
    let mut day = day(&named(FEED, &pair));
    asks(&mut day, 1);
    answers(&mut day, &pair, "0.2.0", 2000);
    let update = told(&mut day, 1).expect("an update");
    assert_eq!(update.offer.map(|offer| offer.version).as_deref(), Some("0.2.0"));
    assert!(update.advice.contains("apt"), "{}", update.advice);
    // An old one, served again after a restart.
    let mut day = day.restarted();
    asks(&mut day, 2);
    answers(&mut day, &pair, "0.1.5", 1000);
    assert_eq!(told(&mut day, 2).map(|update| update.latest), Err("update.replayed".into()));
    // A version that was withdrawn is signed anew.
    asks(&mut day, 3);
    answers(&mut day, &pair, "0.1.0", 3000);
    let update = told(&mut day, 3).expect("an answer");
    assert_eq!((update.latest.as_str(), update.offer), ("0.1.0", None));
}

#[test]
fn a_feed_that_is_dated_in_the_future_locks_nobody_out() {
    let pair = pair();
    let mut day = day(&named(FEED, &pair));
    let today = day.now.as_second();
    asks(&mut day, 1);
    answers(&mut day, &pair, "0.2.0", today + 10 * 365 * 86_400);
    let update = told(&mut day, 1).expect("an update");
    assert!(update.offer.is_some() && update.advice.contains("dated in the future"), "{}", update.advice);
    assert!(day.memory.feeds.is_empty(), "{:?}", day.memory.feeds);
    asks(&mut day, 2);
    answers(&mut day, &pair, "0.3.0", today);
    assert_eq!(told(&mut day, 2).map(|update| update.latest), Ok("0.3.0".into()));
    // What an earlier version has remembered heals.
    let future = jiff::Timestamp::from_second(today + 10 * 365 * 86_400).expect("an instant");
    day.memory.feeds.insert(FEED.into(), future);
    let mut day = day.restarted();
    asks(&mut day, 3);
    answers(&mut day, &pair, "0.4.0", today + 60);
    assert_eq!(told(&mut day, 3).map(|update| update.latest), Ok("0.4.0".into()));
    assert_eq!(day.memory.feeds.get(FEED).map(|signed| signed.as_second()), Some(today + 60));
    // An old one that is served again is refused as ever.
    asks(&mut day, 4);
    answers(&mut day, &pair, "0.2.0", today);
    assert_eq!(told(&mut day, 4).map(|update| update.latest), Err("update.replayed".into()));
}

#[test]
fn the_policy_forbids_or_names_another() {
    let (mine, theirs) = (pair(), pair());
    let settings = named(FEED, &mine);
    let mut day = day(&settings);
    let policy = |text: &str| Ok(Some(Policy::parse(text).expect("a policy")));
    day.files(|files| files.policy = policy("organisation = 'Example Ltd'\nupdates = false"));
    asks(&mut day, 1);
    assert_eq!(told(&mut day, 1).map(|update| update.latest), Err("policy.forbids".into()));
    let other = "https://intranet.example.org/latest.json";
    day.files(|files| files.policy = policy(&named(other, &theirs)));
    asks(&mut day, 2);
    assert!(day.commands.iter().any(|command| matches!(
        command,
        Command::LookForUpdate { lookup, .. } if lookup.source.feed().as_str() == other
    )));
    // What the person's own key signed is not the administrator's.
    answers(&mut day, &mine, "0.2.0", 2000);
    assert_eq!(told(&mut day, 2).map(|update| update.latest), Err("update.signature".into()));
}

#[test]
fn settings_that_cannot_be_are_said_when_somebody_asks() {
    let key = pair().pk.to_base64();
    for settings in [
        format!("update_feed = '{FEED}'"),
        format!("update_feed = '{FEED}'\nupdate_key = 'RWQ'"),
        format!("update_feed = 'http://example.org/latest.json'\nupdate_key = '{key}'"),
    ] {
        let mut day = day(&settings);
        asks(&mut day, 1);
        assert_eq!(told(&mut day, 1).map(|update| update.latest), Err("update.source".into()), "{settings}");
    }
}

#[test]
fn the_window_has_a_button_where_a_feed_is_named() {
    let pair = pair();
    let board = |settings: &str| {
        let mut day = day(settings);
        day.asks(1, Request::Window { ask: Ask::Watch, context: ClientContext::default() });
        match day.replies(1).first() {
            Some(Reply::Window { told: Told::Board { board } }) => board.place.clone(),
            other => panic!("{other:?}"),
        }
    };
    assert!(!board("").updates);
    assert!(board(&named(FEED, &pair)).updates);
    let mut day = day(&named(FEED, &pair));
    day.asks(2, Request::Window { ask: Ask::CheckUpdate, context: ClientContext::default() });
    answers(&mut day, &pair, "0.2.0", 2000);
    let replies = day.replies(2);
    assert!(
        matches!(&replies[..], [Reply::Window { told: Told::Update { update } }] if update.offer.is_some()),
        "{replies:?}"
    );
    // What is wrong is told there, too.
    day.asks(3, Request::Window { ask: Ask::CheckUpdate, context: ClientContext::default() });
    let (client, _) = lookup(&mut day);
    let unreachable =
        Problem::from(Trouble::Unreachable { address: FEED.into(), reason: "no network".into() });
    day.input(Input::UpdateFound { client, result: Err(unreachable) });
    let replies = day.replies(3);
    assert!(matches!(
        &replies[..],
        [Reply::Window { told: Told::Problem { problem } }] if problem.code == "update.unreachable"
    ));
}
