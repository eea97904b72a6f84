//! Who asks from which shell: other files are refused, and a shell's own profile, region and endpoints hold for its
//! own requests.

use crate::day::{Day, at, entra, name, role};
use jiff::SignedDuration;
use rolecall_core::client_environment::{self, ClientEnvironment};
use rolecall_core::credentials::Credentials;
use rolecall_core::message::window::{self, Told};
use rolecall_core::message::{ClientContext, Reply, Request, Source};
use rolecall_core::problem::Report;
use rolecall_core::profile::Overrides;
use rolecall_core::secret::Secret;
use rolecall_core::sign_in::Outcome;
use rolecall_tray::controller::{Arrangement, ClientId, Command, Input};
use rolecall_tray::sts::{Ask, Endpoint, Grant, With};
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
    let (request, environment) = (Box::new(request), Box::new(environment));
    day.input(Input::Client { client: ClientId(client), request, environment, files });
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
    day.client_signs_in(9, Some("work"), None);
    let window = day.window();
    day.entra_answers(&window, &[A]);
    day.aws_grants();
    day.replies(9);
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

const LOCAL: [(&str, &str); 1] = [("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")];

/// STS answers a question of another shell; nothing is to be written for it.
fn another_sts_grants(day: &mut Day, access_key_id: &str) -> Ask {
    let (attempt, profile, ask) = day.asked();
    let credentials = Credentials {
        access_key_id: access_key_id.into(),
        secret_access_key: Secret::new("secret"),
        session_token: Secret::new("token"),
        expiration: day.now + SignedDuration::from_hours(8),
    };
    let role = ask.role.role.clone();
    let result = Ok(Grant { role, credentials, shortened: None, limit: None });
    day.input(Input::Granted { attempt, profile, result });
    ask
}

#[test]
fn another_sts_has_sessions_of_its_own() {
    let mut day = signed_in();
    let usual = "ASIAADMIN1".to_owned();
    let before = day.memory.clone();
    day.asks_with(1, &LOCAL, keys(Some("work")));
    let ask = another_sts_grants(&mut day, "ASIALOCAL");
    assert_eq!(ask.endpoint.url.map(String::from).as_deref(), Some("http://127.0.0.1:4566/"));
    match &day.replies(1)[..] {
        [.., Reply::Credentials { profile, credentials, .. }] => {
            assert_eq!((profile.as_str(), credentials.access_key_id.as_str()), ("work", "ASIALOCAL"));
        }
        other => panic!("{other:?}"),
    }
    // Neither gets the other's, and the second time nobody is asked.
    for (client, variables, id) in
        [(2, &[][..], usual.as_str()), (3, &LOCAL[..], "ASIALOCAL"), (4, &[], usual.as_str())]
    {
        day.asks_with(client, variables, keys(Some("work")));
        assert_eq!(day.got(client).as_deref(), Some(id), "{variables:?}");
    }
    // A third one is asked anew.
    let other = [("AWS_ENDPOINT_URL_STS", "https://sts.example.org"), LOCAL[0]];
    day.asks_with(5, &other, keys(Some("work")));
    let ask = another_sts_grants(&mut day, "ASIAOTHER");
    assert_eq!(ask.endpoint.url.map(String::from).as_deref(), Some("https://sts.example.org/"));
    assert_eq!(day.got(5).as_deref(), Some("ASIAOTHER"));
    // Nothing of it is written, remembered, listed or told.
    let kept = |command: &Command| matches!(command, Command::Write { .. } | Command::Forget { .. });
    assert!(!day.commands.iter().any(kept), "{:?}", day.commands);
    assert_eq!(day.memory, before);
    day.asks(9, Request::Status);
    assert!(matches!(&day.replies(9)[..], [Reply::Status { view }] if view.profiles.len() == 1));
    assert_eq!(day.told(), Vec::<String>::new());
    // Its name is no profile's, for nobody.
    let shown = "work [STS: http://127.0.0.1:4566]";
    day.asks(6, keys(Some(shown)));
    assert_eq!(day.got(6).as_deref(), Some("profile.unknown"));
    // Signing out there leaves the usual session alone.
    day.asks_with(7, &LOCAL, Request::SignOut { profile: Some(name("work")), forget: false });
    assert!(matches!(&day.replies(7)[..], [Reply::SignedOut { profile }] if profile.as_str() == "work"));
    day.asks(8, keys(Some("work")));
    assert_eq!(day.got(8), Some(usual));
    assert!(!day.commands.iter().any(kept), "{:?}", day.commands);
}

#[test]
fn what_another_sts_grants_is_never_renewed_unasked() {
    let mut day = Day::renewing(&work());
    day.asks_with(
        1,
        &LOCAL,
        Request::SignIn { profile: None, role: None, context: ClientContext::default() },
    );
    let window = day.window();
    day.entra_answers(&window, &[A]);
    let ask = another_sts_grants(&mut day, "ASIALOCAL");
    assert!(ask.endpoint.url.is_some());
    assert!(matches!(day.replies(1)[..], [.., Reply::SignedIn { .. }]));
    day.run_until(at("2026-11-23T08:00:00Z"));
    assert!(day.windows().is_empty());
    assert_eq!(day.told(), Vec::<String>::new());
    assert_eq!(day.profile("work").role, None);
}

#[test]
fn a_role_is_taken_with_credentials_of_the_same_sts() {
    let chained = "[profile shop]\nrole_arn=arn:aws:iam::111111111111:role/Shop\nsource_profile=work\n";
    let mut day = Day::with_config(&format!("{}{chained}", work()));
    day.sign_in(&[A]);
    day.aws_grants();
    day.commands.clear();
    day.asks_with(1, &LOCAL, keys(Some("shop")));
    another_sts_grants(&mut day, "ASIALOCAL");
    let take = day.commands.iter().find_map(|command| match command {
        Command::Take { take, .. } => Some(take.clone()),
        _ => None,
    });
    let take = take.expect("a role is taken");
    assert!(take.endpoint.url.is_some());
    assert!(matches!(&take.with, With::Keys { credentials, .. } if credentials.access_key_id == "ASIALOCAL"));
    // What would be kept in the files is refused.
    let assume = Request::Assume {
        profile: Some(name("work")),
        role: role("111111111111/Shop"),
        save_as: Some(name("kept")),
        external_id: None,
        session_name: None,
        duration: None,
        may_ask: false,
        context: ClientContext::default(),
    };
    day.asks_with(2, &LOCAL, assume);
    assert_eq!(day.got(2).as_deref(), Some("environment.endpoint_not_kept"));
}

#[test]
fn a_profile_s_own_endpoint_is_asked_for_everybody() {
    let local = "http://127.0.0.1:4566/";
    let mut day = Day::with_config(&format!(
        "{}services = lab\n[services lab]\nsts =\n  endpoint_url = {local}\n",
        work()
    ));
    day.sign_in(&[A]);
    let asked = day.commands.iter().find_map(|command| match command {
        Command::Assume { ask, .. } => Some(ask.endpoint.url.clone().map(String::from)),
        _ => None,
    });
    assert_eq!(asked.flatten().as_deref(), Some(local));
    day.aws_grants();
    day.commands.clear();
    day.asks(1, keys(Some("work")));
    let usual = day.got(1).expect("keys");
    // A shell that names the same address gets the usual ones; AWS's own and another address are other sessions.
    day.asks_with(2, &LOCAL, keys(Some("work")));
    assert_eq!(day.got(2).as_deref(), Some(usual.as_str()));
    for (client, variable, url) in [
        (3, ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"), None),
        (4, ("AWS_ENDPOINT_URL_STS", "https://sts.example.org"), Some("https://sts.example.org/")),
    ] {
        day.asks_with(client, &[variable], keys(Some("work")));
        let ask = another_sts_grants(&mut day, "ASIAOTHER");
        assert_eq!(ask.endpoint.url.map(String::from).as_deref(), url);
        assert_eq!(day.got(client).as_deref(), Some("ASIAOTHER"));
    }
}

#[test]
fn an_endpoint_that_anybody_could_read_is_refused() {
    let mut day = signed_in();
    for (client, url) in (1..).zip(["http://sts.example.org", "https://ada:planted@sts.example.org", "sts"]) {
        day.asks_with(client, &[("AWS_ENDPOINT_URL_STS", url)], keys(Some("work")));
        assert_eq!(day.got(client).as_deref(), Some("environment.invalid"), "{url}");
    }
}

#[test]
fn fips_dualstack_and_certificates_hold_for_one_request() {
    let mut day = Day::with_config(&format!("{}use_dualstack_endpoint=true\n", work()));
    let shell =
        [("AWS_USE_FIPS_ENDPOINT", "true"), ("AWS_CA_BUNDLE", "/etc/ca.pem"), ("AWS_REGION", "us-east-2")];
    day.asks_with(
        1,
        &shell,
        Request::SignIn { profile: None, role: None, context: ClientContext::default() },
    );
    let window = day.window();
    day.entra_answers(&window, &[A]);
    let (_, _, ask) = day.asked();
    let endpoint = ask.endpoint;
    assert_eq!((endpoint.use_fips, endpoint.use_dualstack, ask.region.as_str()), (true, true, "us-east-2"));
    assert_eq!(endpoint.ca_bundle, Some("/etc/ca.pem".into()));
    let mut day = Day::with_config(&work());
    day.asks_with(
        1,
        &shell,
        Request::SignIn { profile: None, role: None, context: ClientContext::default() },
    );
    let window = day.window();
    day.window_ends(window.0, Outcome::Cancelled { error: None });
    // The next one is somebody else's.
    day.sign_in(&[A]);
    let (_, _, ask) = day.asked();
    assert_eq!((ask.endpoint, ask.region.as_str()), (Endpoint::default(), "eu-central-1"));
}

const OTHER_APP: &str = "https://signin.aws.amazon.com/saml#other";

fn keys_of_other_application() -> Request {
    let overrides = Overrides::from_variables(|n| (n == "AZURE_APP_ID_URI").then(|| OTHER_APP.into()));
    let context = ClientContext { overrides, ..ClientContext::default() };
    Request::Credentials { profile: Some(name("work")), may_ask: true, by_tool: false, context }
}

#[test]
fn a_shell_with_another_application_gets_no_usual_keys_and_no_plain_shell_gets_its_own() {
    let mut day = signed_in();
    let before = day.memory.clone();
    day.asks(1, keys_of_other_application());
    let window = day.window();
    day.entra_answers(&window, &[A]);
    another_sts_grants(&mut day, "ASIAOTHER");
    assert_eq!(day.got(1).as_deref(), Some("ASIAOTHER"));
    for (client, request, id) in
        [(2, keys(Some("work")), "ASIAADMIN1"), (3, keys_of_other_application(), "ASIAOTHER")]
    {
        day.asks(client, request);
        assert_eq!(day.got(client).as_deref(), Some(id));
    }
    let kept = |command: &Command| matches!(command, Command::Write { .. } | Command::Forget { .. });
    assert!(!day.commands.iter().any(kept), "{:?}", day.commands);
    assert_eq!(day.memory.profiles, before.profiles);
}

#[test]
fn a_profile_that_is_another_one_by_now_has_nothing_of_the_first() {
    let process = "azure_credentials = process\n";
    let first = format!("{}{process}", work());
    let mut day = Day::with_config(&first);
    day.sign_in(&[A]);
    day.aws_grants();
    assert_eq!(day.vault.len(), 1);
    for other in [first.replace("saml#2", "saml#3"), work().replace("saml#2", "saml#3")] {
        let mut later = day.restarted_with(Some(other));
        later.asks(1, keys(Some("work")));
        assert_eq!(later.got(1), None, "it waits for a sign-in of its own");
        assert!(!later.commands.iter().any(|command| matches!(
            command,
            Command::Arrange { arrangement: Arrangement::Unserve(Some(_)), .. }
        )));
        assert_eq!(later.vault.len(), 1, "it is left alone");
    }
    // In memory, too.
    day.files(|files| files.config.text = Ok(Some(first.replace("saml#2", "saml#3"))));
    day.asks(2, keys(Some("work")));
    assert_eq!(day.got(2), None);
    assert_eq!(day.vault.len(), 1);
}
