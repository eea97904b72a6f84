//! WSL distributions beside Windows: written after the sign-in, never in its way, and said once where that fails.

use crate::day::{Day, at, entra, name};
use rolecall_core::credentials::Credentials;
use rolecall_core::message::{Reply, Request};
use rolecall_core::policy::Policy;
use rolecall_core::profile::ProfileName;
use rolecall_core::view::State;
use rolecall_core::wsl::{Distribution, Told, Trouble, Wish};
use rolecall_tray::controller::{ClientId, Command, Input};
use rolecall_tray::wsl::{self, Wsl};
use std::path::PathBuf;
use tempfile::TempDir;

const A: &str = "111111111111/Admin";

/// Ubuntu and Debian, with homes of their own.
struct Beside {
    homes: TempDir,
    running: Vec<&'static str>,
}

impl Beside {
    fn new(running: &[&'static str]) -> Self {
        Self { homes: tempfile::tempdir().expect("a folder"), running: running.to_vec() }
    }

    fn text(&self, of: &str) -> String {
        std::fs::read_to_string(self.homes.path().join(of).join("credentials")).unwrap_or_default()
    }

    /// Writes what is to be written, in order, and tells the controller.
    fn writes(&self, day: &mut Day) {
        while let Some((client, profile, distributions, credentials)) = wanted(day) {
            let outcomes = wsl::write(self, &profile, &distributions, credentials.as_ref());
            day.input(Input::WslWritten { client, profile, outcomes });
        }
    }
}

impl Wsl for Beside {
    fn distributions(&self) -> Result<Vec<(Distribution, bool)>, Trouble> {
        let there = ["Ubuntu", "Debian"];
        Ok(there.iter().map(|name| (named(name), self.running.contains(name))).collect())
    }

    fn credentials(&self, of: &Distribution) -> Result<Option<PathBuf>, Trouble> {
        Ok(Some(self.homes.path().join(of.as_str()).join("credentials")))
    }

    fn make_private(&self, _of: &Distribution) -> Result<(), String> {
        Ok(())
    }
}

type Wanted = (Option<ClientId>, ProfileName, Vec<Distribution>, Option<Credentials>);

/// What is to be written next, taken.
fn wanted(day: &mut Day) -> Option<Wanted> {
    let index = day.commands.iter().position(|command| matches!(command, Command::WriteWsl { .. }))?;
    match day.commands.remove(index) {
        Command::WriteWsl { client, profile, distributions, credentials } => {
            Some((client, profile, distributions, credentials))
        }
        _ => None,
    }
}

fn named(name: &str) -> Distribution {
    Distribution::parse(name).expect("a name")
}

fn day(more: &str) -> Day {
    Day::with_config(&format!("[profile work]\n{}{more}", entra()))
}

fn signed_in(more: &str) -> (Day, Credentials) {
    let mut day = day(more);
    day.sign_in(&[A]);
    let credentials = day.aws_grants();
    (day, credentials)
}

fn signs_out(day: &mut Day) {
    day.asks(9, Request::SignOut { profile: Some(name("work")), forget: false });
    let index = day.commands.iter().position(|command| matches!(command, Command::Forget { .. }));
    day.commands.remove(index.expect("the keys are removed"));
    day.input(Input::Forgotten { profile: name("work"), result: Ok(None) });
}

#[test]
fn several_distributions_get_the_section_and_lose_it_at_the_sign_out() {
    let beside = Beside::new(&["Ubuntu", "Debian"]);
    let (mut day, credentials) = signed_in("rolecall_wsl = ubuntu, Debian\n");
    day.told();
    beside.writes(&mut day);
    for distribution in ["Ubuntu", "Debian"] {
        let text = beside.text(distribution);
        assert!(text.starts_with("[work]\n") && text.contains(&credentials.access_key_id), "{text}");
    }
    assert_eq!(day.told(), Vec::<String>::new());
    signs_out(&mut day);
    beside.writes(&mut day);
    assert_eq!(beside.text("Ubuntu"), "[work]\n");
}

#[test]
fn what_fails_there_is_told_once_and_the_sign_in_stands() {
    let mut beside = Beside::new(&["Ubuntu"]);
    // A folder in the file's place cannot be written.
    std::fs::create_dir_all(beside.homes.path().join("Ubuntu/credentials")).expect("a folder");
    let (mut day, first) = signed_in("rolecall_wsl = Ubuntu, Debian, Gone\n");
    assert_eq!(day.profile("work").state, State::Active);
    day.told();
    beside.writes(&mut day);
    let told = day.told();
    assert_eq!(told.len(), 1, "{told:?}");
    for part in ["could not be written", "Debian is not running", "named 'Gone'", "there are: Ubuntu, Debian"]
    {
        assert!(told[0].contains(part), "{part}: {told:?}");
    }
    assert_eq!(day.profile("work").state, State::Active);
    // The same at a renewal is no news; once it runs, it is written.
    for running in [&["Ubuntu"][..], &["Ubuntu", "Debian"]] {
        beside.running = running.to_vec();
        day.run_until(day.now + jiff::SignedDuration::from_hours(1));
        day.press(rolecall_tray::menu::Action::Renew(name("work")));
        let window = day.window();
        day.entra_answers(&window, &[A]);
        day.aws_grants();
        day.told();
        beside.writes(&mut day);
        assert_eq!(day.told().len(), usize::from(running.len() > 1), "what is wrong has changed");
    }
    let text = beside.text("Debian");
    assert!(text.contains("ASIAADMIN") && !text.contains(&first.access_key_id), "{text}");
    // A stopped one keeps its keys at the sign-out, which is said.
    beside.running = vec!["Ubuntu"];
    signs_out(&mut day);
    day.told();
    beside.writes(&mut day);
    let told = day.told().join("\n");
    assert!(told.contains("still stand there"), "{told}");
    assert_eq!(day.profile("work").state, State::SignedOut);
}

#[test]
fn nothing_goes_there_in_plain_text_that_does_not_here() {
    let (mut day, _) = signed_in("rolecall_wsl = Ubuntu\nazure_credentials = process\n");
    assert_eq!(wanted(&mut day).map(|(_, profile, ..)| profile), None);
    day.asks(1, Request::Wsl { wish: Wish::Write { profile: Some(name("work")) } });
    let replies = day.replies(1);
    assert!(matches!(&replies[..], [Reply::Problem { problem, .. }] if problem.code == "wsl.process"));
    // A policy that comes later takes away what is there.
    let (mut day, _) = signed_in("rolecall_wsl = Ubuntu\n");
    let beside = Beside::new(&["Ubuntu"]);
    beside.writes(&mut day);
    assert!(beside.text("Ubuntu").contains("ASIAADMIN"));
    let policy = Policy::parse("credentials = 'process'").expect("a policy");
    day.files(|files| files.policy = Ok(Some(policy)));
    let arranged = |command: &Command| matches!(command, Command::Arrange { .. });
    let index = day.commands.iter().position(arranged).expect("the keys are moved");
    day.commands.remove(index);
    day.input(Input::Arranged { profile: name("work"), result: Ok(None) });
    beside.writes(&mut day);
    assert_eq!(beside.text("Ubuntu"), "[work]\n");
}

#[test]
fn what_the_command_line_asks() {
    let (mut day, credentials) = signed_in("rolecall_wsl = Ubuntu\n");
    let beside = Beside::new(&["Ubuntu"]);
    while wanted(&mut day).is_some() {}
    day.asks(1, Request::Wsl { wish: Wish::Write { profile: None } });
    beside.writes(&mut day);
    let replies = day.replies(1);
    let [Reply::Wsl { told: Told::Written { written, .. } }] = &replies[..] else { panic!("{replies:?}") };
    assert_eq!((written.len(), written[0].problem.clone()), (1, None));
    assert!(beside.text("Ubuntu").contains(&credentials.access_key_id));

    day.asks(2, Request::Wsl { wish: Wish::List });
    let listed = |command: &Command| matches!(command, Command::ListWsl { .. });
    assert!(day.commands.iter().any(listed));
    day.input(Input::WslListed { client: ClientId(2), result: Ok(beside.distributions().expect("a list")) });
    let replies = day.replies(2);
    let [Reply::Wsl { told: Told::Distributions { distributions } }] = &replies[..] else {
        panic!("{replies:?}")
    };
    let shown: Vec<_> = distributions.iter().map(|one| (one.running, one.profiles.len())).collect();
    assert_eq!(shown, [(true, 1), (false, 0)]);

    day.asks(3, Request::Wsl { wish: Wish::Config { profile: name("wrok") } });
    let replies = day.replies(3);
    assert!(matches!(&replies[..], [Reply::Problem { problem, .. }] if problem.code == "profile.unknown"));
    // Expired, there is nothing to write.
    day.now = at("2026-11-22T17:00:00Z");
    day.asks(4, Request::Wsl { wish: Wish::Write { profile: Some(name("work")) } });
    let replies = day.replies(4);
    assert!(matches!(&replies[..], [Reply::Problem { problem, .. }] if problem.code == "not_signed_in"));
}

#[test]
fn a_name_that_cannot_be_is_said_of_the_profile() {
    let day = day("rolecall_wsl = ../etc\n");
    let problem = day.profile("work").problem.expect("a problem");
    assert!(problem.what.contains("rolecall_wsl names '../etc'"), "{}", problem.what);
}

#[test]
fn elsewhere_it_is_refused_with_the_reason() {
    let mut day = Day::without_wsl(&format!("[profile work]\n{}rolecall_wsl = Ubuntu\n", entra()));
    day.sign_in(&[A]);
    day.aws_grants();
    assert_eq!(wanted(&mut day).map(|(_, profile, ..)| profile), None, "the key means nothing here");
    for (client, wish) in
        [(1, Wish::List), (2, Wish::Write { profile: None }), (3, Wish::Config { profile: name("work") })]
    {
        day.asks(client, Request::Wsl { wish });
        let replies = day.replies(client);
        let [Reply::Problem { problem, .. }] = &replies[..] else { panic!("{replies:?}") };
        assert_eq!(problem.code, "wsl.only_from_windows");
        assert!(problem.help.contains("rolecall.exe wsl config"), "{}", problem.help);
    }
}
