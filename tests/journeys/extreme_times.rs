//! Times that nobody could have meant, wherever one is read: nothing panics, and the day goes on.

use crate::day::{Day, at, credentials, entra, keys_of, name, role};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::{Just, Strategy, any, prop_oneof, proptest};
use rolecall_core::message::window::Ask;
use rolecall_core::message::{ClientContext, Request};
use rolecall_core::settings::Renew;
use rolecall_tray::controller::Input;
use rolecall_tray::memory::{Account, Limit, Memory, Remembered};
use rolecall_tray::menu::{self, Action};
use rolecall_tray::power::Happening;
use rolecall_tray::sealed::{Content, Held, Label};
use std::collections::BTreeMap;

const A: &str = "111111111111/Admin";

fn instant() -> impl Strategy<Value = Timestamp> {
    let second = |second: i64| Timestamp::from_second(second).unwrap_or(Timestamp::MAX);
    let today = at("2026-11-22T08:00:00Z").as_second();
    prop_oneof![
        Just(Timestamp::MIN),
        Just(Timestamp::MAX),
        Just(Timestamp::UNIX_EPOCH),
        (0..100_000_i64).prop_map(move |by| second(Timestamp::MAX.as_second() - by)),
        (1..100_000_i64).prop_map(move |by| second(Timestamp::MIN.as_second() + by)),
        (-100_000..100_000_i64).prop_map(move |by| second(today + by)),
        any::<i64>().prop_map(|by| {
            Timestamp::UNIX_EPOCH.saturating_add(SignedDuration::from_secs(by)).expect("no calendar units")
        }),
    ]
}

fn config() -> String {
    let chained = "role_arn=arn:aws:iam::111111111111:role/Deploy\nsource_profile=work\n";
    let kept = "rolecall_role_arn=arn:aws:iam::111111111111:role/Kept\nrolecall_source_profile=work\n";
    format!(
        "[profile work]\n{0}[profile sealed]\n{0}azure_credentials=process\n[profile deploy]\n{chained}[profile kept]\n{kept}",
        entra()
    )
}

/// `state.json` as somebody could have written it.
fn memory(times: &[Timestamp]) -> Memory {
    let mut memory = Memory::default();
    let jar = serde_json::json!({
        "authority": "https://login.microsoftonline.com/",
        "tenant": crate::day::TENANT,
        "user": "ada@example.org",
    });
    for profile in ["work", "sealed", "kept"] {
        let remembered = Remembered {
            role: Some(role(A)),
            access_key_id: Some("ASIAEXAMPLE".into()),
            began: Some(times[0]),
            ..Remembered::default()
        };
        memory.profiles.insert(name(profile), remembered);
    }
    memory.last_used = Some(name("work"));
    memory.limits.insert(role(A), Limit { hours: 4, found: times[1] });
    memory.accounts.insert(role(A).account(), Account { sought: Some(times[2]), ..Account::default() });
    memory.people.insert(jar.to_string(), times[3]);
    memory.feeds.insert("https://updates.example.org/latest.json".into(), times[4]);
    serde_json::from_str(&serde_json::to_string(&memory).expect("JSON")).expect("what was written")
}

/// Everything that looks at times, or works with them.
fn look(day: &mut Day) {
    let view = day.view();
    menu::menu(&view, day.now);
    menu::tooltip(&view, day.now, &jiff::tz::TimeZone::UTC);
    menu::tooltip(&view, day.now, &jiff::tz::TimeZone::get("Pacific/Kiritimati").expect("a zone"));
    day.asks(1, Request::Status);
    day.asks(2, Request::Window { ask: Ask::Watch, context: ClientContext::default() });
    day.wants_keys(3, false);
    for profile in ["sealed", "deploy", "kept"] {
        let context = ClientContext::default();
        day.asks(
            4,
            Request::Credentials { profile: Some(name(profile)), may_ask: true, by_tool: true, context },
        );
    }
    for happening in [Happening::Sleeps, Happening::Woke, Happening::NetworkChanged, Happening::ClockSet] {
        day.input(Input::Happened(happening));
    }
    day.input(Input::Clock);
    day.next_change();
    day.commands.clear();
}

proptest! {
    #[test]
    fn no_time_that_is_read_makes_it_panic(
        times in proptest::collection::vec(instant(), 8),
        now in instant(),
        later in instant(),
        renew in prop_oneof![Just(Renew::Off), Just(Renew::WhenSilent), Just(Renew::AlwaysAsk)],
    ) {
        let keys = ["work", "kept"].map(|profile| (name(profile), keys_of(&credentials(times[5]))));
        let mut day = Day::continued(&config(), memory(&times), BTreeMap::from(keys), now);
        let held = Held { role: Some(role(A)), credentials: credentials(times[6]), of: None };
        day.vault.insert(Label::Credentials(name("sealed")), Content::Credentials(held));
        day.files(|files| {
            if let Ok(settings) = &mut files.settings {
                settings.renew = renew;
            }
        });
        look(&mut day);
        // The clock is set, and rings.
        day.now = later;
        look(&mut day);
        for _ in 0..4 {
            let Some(next) = day.next_change() else { break };
            day.now = next.max(day.now);
            day.input(Input::Clock);
        }
        look(&mut day);
        // AWS grants until then.
        day.press(Action::LeftClick);
        for window in day.windows() {
            day.entra_answers(&window, &[A]);
        }
        let granted: Vec<_> = day.commands.iter().filter_map(|command| match command {
            rolecall_tray::controller::Command::Assume { attempt, profile, .. } => Some((*attempt, profile.clone())),
            _ => None,
        }).collect();
        for (attempt, profile) in granted {
            let grant = rolecall_tray::sts::Grant {
                role: role(A),
                credentials: credentials(times[7]),
                shortened: None,
                limit: Some(4),
            };
            day.input(Input::Granted { attempt, profile: profile.clone(), result: Ok(grant) });
            day.input(Input::Written { attempt, profile, result: Ok(None) });
        }
        look(&mut day);
    }
}
