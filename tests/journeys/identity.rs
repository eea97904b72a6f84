//! Who asks from which shell: other files are refused, and a shell's own profile, region and endpoints hold for its
//! own requests.

use crate::day::{Day, entra, name};
use rolecall_core::client_environment::{self, ClientEnvironment};
use rolecall_core::message::window::{self, Told};
use rolecall_core::message::{ClientContext, Reply, Request, Source};
use rolecall_core::problem::Report;
use rolecall_tray::controller::{ClientId, Command, Input};
use std::path::Path;

const A: &str = "111111111111/Admin";

fn work() -> String {
    format!("[profile work]\nregion = eu-central-1\n{}", entra())
}

fn signed_in() -> Day {
    let mut day = Day::with_config(&work());
    day.sign_in(&[A]);
    day.aws_grants();
    day.commands.clear();
    day
}

fn keys(profile: Option<&str>) -> Request {
    let context = ClientContext::default();
    Request::Credentials { profile: profile.map(name), may_ask: false, by_tool: false, context }
}

/// A shell of another project asks.
fn asks_from_elsewhere(day: &mut Day, client: u64, request: Request) {
    let variable = |name: &str| match name {
        "HOME" => Some("/home/ada".into()),
        "AWS_CONFIG_FILE" => Some("/elsewhere/config".into()),
        _ => None,
    };
    let environment = ClientEnvironment::read(&variable);
    let ours = (Path::new("/home/ada/.aws/config"), Path::new("/home/ada/.aws/credentials"));
    let files = client_environment::check_files(&environment, ours.0, ours.1);
    day.input(Input::Client { client: ClientId(client), request, environment: Box::new(environment), files });
}

#[test]
fn a_shell_that_reads_other_files_gets_nothing_of_these() {
    let mut day = signed_in();
    let context = ClientContext::default;
    let requests = [
        keys(Some("work")),
        Request::SignIn { profile: None, role: None, context: context() },
        Request::SignInAll { context: context() },
        Request::SignOut { profile: None, forget: true },
        Request::SignOutAll { forget: true },
        Request::Console { profile: None, service: None, print: true, may_ask: false, context: context() },
        Request::Open { page: window::Page::Sessions, context: context() },
        Request::Offer { source: Source::Address { url: "https://offers.example.org/".into() } },
        Request::Accept { digest: String::new() },
    ];
    let is_said = |problem: &Report| {
        assert_eq!(problem.code, "environment.other_files");
        assert!(problem.what.contains("/elsewhere/config") && problem.what.contains("/home/ada/.aws/config"));
    };
    for (client, request) in (1..).zip(requests) {
        asks_from_elsewhere(&mut day, client, request.clone());
        match &day.replies(client)[..] {
            [Reply::Problem { problem, .. }] => is_said(problem),
            other => panic!("{request:?}: {other:?}"),
        }
    }
    // Nothing is listed either.
    for (client, request) in [(20, Request::Status), (21, Request::Watch)] {
        asks_from_elsewhere(&mut day, client, request);
        match &day.replies(client)[..] {
            [Reply::Status { view }] => {
                is_said(&view.problems[0]);
                assert_eq!((view.profiles.len(), view.last_used.as_ref()), (0, None));
            }
            other => panic!("{other:?}"),
        }
    }
    let watch = Request::Window { ask: window::Ask::Watch, context: context() };
    asks_from_elsewhere(&mut day, 22, watch);
    match &day.replies(22)[..] {
        [Reply::Window { told: Told::Problem { problem } }] => is_said(problem),
        other => panic!("{other:?}"),
    }
    assert_eq!(day.commands, [], "nothing was done for it");
    // The way out of it, and who reads the same files, are served.
    day.asks(30, keys(Some("work")));
    assert!(matches!(day.replies(30)[..], [Reply::Credentials { .. }]));
    asks_from_elsewhere(&mut day, 31, Request::Quit);
    assert!(matches!(day.replies(31)[..], [Reply::Ending { .. }]));
}

#[test]
fn the_shell_s_profile_and_region_count() {
    let other = format!("[profile other]\nregion = us-west-2\n{}", entra());
    let mut day = Day::with_config(&format!("{}{other}", work()));
    day.sign_in(&[A]);
    day.aws_grants();
    let variables = [("AWS_DEFAULT_PROFILE", "work"), ("AWS_PROFILE", "other"), ("AWS_REGION", "eu-north-1")];
    day.asks_with(1, &variables, keys(None));
    match &day.replies(1)[..] {
        [Reply::Credentials { profile, region, .. }] => {
            assert_eq!((profile.as_str(), region.as_deref()), ("work", Some("eu-north-1")));
        }
        other => panic!("{other:?}"),
    }
    // Next to it, the profile's own.
    day.asks(2, keys(Some("work")));
    match &day.replies(2)[..] {
        [Reply::Credentials { region, .. }] => assert_eq!(region.as_deref(), Some("eu-central-1")),
        other => panic!("{other:?}"),
    }
    day.asks_with(3, &[("AWS_REGION", "Frankfurt am Main")], keys(Some("work")));
    assert_eq!(day.got(3).as_deref(), Some("environment.invalid"));
    assert!(!day.commands.iter().any(|command| matches!(command, Command::Reply { .. })));
}
