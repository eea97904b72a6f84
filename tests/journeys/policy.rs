//! A policy that is there and cannot be used: nothing new is obtained, and nothing that there is is destroyed.

use crate::day::{Day, TENANT, at, entra, name, role};
use jiff::SignedDuration;
use rolecall_core::draft::Draft;
use rolecall_core::message::window::{Ask, Told};
use rolecall_core::message::{ClientContext, Reply, Request, Source};
use rolecall_core::pod::Pod;
use rolecall_core::policy::Policy;
use rolecall_core::problem::{Kind, Problem};
use rolecall_core::secret::Secret;
use rolecall_core::view::{Activity, State};
use rolecall_tray::controller::Command;
use rolecall_tray::menu::Action;

const A: &str = "111111111111/Admin";
const PATH: &str = "/etc/rolecall/policy.toml";

fn refused() -> Problem {
    Problem::PolicyRefused { path: PATH.into(), reason: "you are not allowed to read it".into() }
}

fn config() -> String {
    let deploy = "role_arn=arn:aws:iam::111111111111:role/Deploy\nsource_profile=work\n";
    format!("[profile work]\n{}[profile deploy]\n{deploy}", entra())
}

/// The code of the problem that a client was answered with.
fn code(day: &mut Day, client: u64) -> String {
    match day.replies(client).pop().expect("a reply") {
        Reply::Problem { problem, .. } | Reply::Window { told: Told::Problem { problem } } => {
            assert!(
                problem.what.contains(PATH) && problem.what.contains("not allowed to read"),
                "{}",
                problem.what
            );
            assert!(problem.help.contains("administrator"), "{}", problem.help);
            assert_eq!(problem.kind, Kind::Files);
            problem.code
        }
        other => panic!("{other:?}"),
    }
}

/// Whether anything was done that obtains something new, or touches what there is.
fn untouched(day: &Day) {
    let new = |command: &&Command| {
        matches!(
            command,
            Command::OpenWindow { .. }
                | Command::Assume { .. }
                | Command::Take { .. }
                | Command::RunKit { .. }
                | Command::ReadOffer { .. }
                | Command::AcceptOffer { .. }
                | Command::Edit { .. }
                | Command::LookForUpdate { .. }
                | Command::Forget { .. }
                | Command::Arrange { .. }
                | Command::Discard { .. }
        )
    };
    let found: Vec<_> = day.commands.iter().filter(new).collect();
    assert!(found.is_empty(), "{found:?}");
}

/// Everything by which somebody, or a tool, can ask for something new.
fn requests() -> Vec<Request> {
    let context = ClientContext::default;
    let draft = Draft {
        name: "new".into(),
        tenant: TENANT.into(),
        app_id_uri: "https://signin.aws.amazon.com/saml".into(),
        ..Draft::default()
    };
    let pod = Pod { context: "c".into(), namespace: "shop".into(), service_account: "till".into() };
    let window = |ask| Request::Window { ask, context: context() };
    vec![
        Request::SignIn { profile: Some(name("work")), role: None, context: context() },
        Request::SignIn { profile: Some(name("deploy")), role: None, context: context() },
        Request::Assume {
            profile: Some(name("work")),
            role: role("222222222222/Audit"),
            save_as: Some(name("audit")),
            external_id: None,
            session_name: None,
            duration: None,
            may_ask: true,
            context: context(),
        },
        Request::AssumePod {
            pod,
            role: role("222222222222/Till"),
            token: Secret::new("e30.e30.c2ln"),
            region: None,
            save_as: None,
        },
        Request::Offer { source: Source::Address { url: "https://intranet.example.org/aws".into() } },
        Request::Offer { source: Source::File { path: "p".into(), text: "[profile x]\n".into() } },
        Request::Accept { digest: "0".into() },
        Request::Update { file: None },
        window(Ask::SaveDraft { draft, edits: None }),
        window(Ask::AlsoInto { profile: name("work"), role: role(A), name: "other".into() }),
    ]
}

#[test]
fn a_policy_that_cannot_be_used_blocks_everything_new_and_destroys_nothing() {
    let mut day = Day::renewing(&config());
    day.sign_in(&[A]);
    let credentials = day.aws_grants();
    let held = day.credentials().clone();
    day.commands.clear();
    day.files(|files| files.policy = Err(refused()));
    let problems = day.view().problems;
    assert!(problems.iter().any(|problem| problem.code == "policy.refused"), "{problems:?}");
    for (client, request) in (10..).zip(requests()) {
        let shown = format!("{request:?}");
        day.asks(client, request);
        assert_eq!(code(&mut day, client), "policy.refused", "{shown}");
        untouched(&day);
    }
    for action in [Action::Renew(name("work")), Action::LeftClick, Action::SignInAll] {
        day.press(action);
        untouched(&day);
    }
    assert!(day.told().iter().any(|told| told.contains(PATH)), "whoever clicks is told");
    // What there is is handed out, to its end.
    day.a_tool_wants_keys(1);
    assert_eq!(day.got(1), Some(credentials.access_key_id.clone()));
    day.run_until(credentials.expiration - SignedDuration::from_mins(5));
    untouched(&day);
    day.a_tool_wants_keys(2);
    assert_eq!(day.got(2), Some(credentials.access_key_id));
    day.run_until(credentials.expiration + SignedDuration::from_mins(5));
    untouched(&day);
    assert_eq!(*day.credentials(), held);
    day.a_tool_wants_keys(3);
    assert_eq!(code(&mut day, 3), "policy.refused");
    // Once it can be used again nothing of that is held against anybody.
    day.files(|files| files.policy = Ok(None));
    assert_eq!(day.profile("work").state, State::Expired);
    day.a_tool_wants_keys(4);
    let window = day.window();
    day.entra_answers(&window, &[A]);
    let renewed = day.aws_grants();
    assert_eq!(day.got(4), Some(renewed.access_key_id));
}

#[test]
fn at_a_start_it_is_the_same() {
    let mut day = Day::with_config(&config());
    day.files(|files| files.policy = Err(refused()));
    let mut day = day.restarted();
    day.files(|files| files.policy = Err(refused()));
    day.client_signs_in(1, Some("work"), None);
    assert_eq!(code(&mut day, 1), "policy.refused");
    day.wants_keys(2, true);
    assert_eq!(code(&mut day, 2), "policy.refused");
    untouched(&day);
}

#[test]
fn a_policy_that_breaks_while_somebody_signs_in_lets_nothing_through() {
    let mut day = Day::with_config(&config());
    day.client_signs_in(1, Some("work"), None);
    let window = day.window();
    day.files(|files| files.policy = Err(refused()));
    day.entra_answers(&window, &[A]);
    assert_eq!(code(&mut day, 1), "policy.refused");
    untouched(&day);
    // Nor does a choice that waits.
    let mut day = Day::with_config(&config());
    day.sign_in(&[A, "222222222222/Audit"]);
    assert_eq!(day.profile("work").activity, Activity::Choosing);
    day.commands.clear();
    day.files(|files| files.policy = Err(refused()));
    day.press(Action::Choose(name("work"), role(A)));
    untouched(&day);
}

#[test]
fn what_was_in_force_stays_in_force_while_the_file_is_broken_or_replaced() {
    let mut day = Day::with_config(&config());
    let policy = Policy::parse("login_hosts = ['login.example.org']").expect("a policy");
    let forbidden =
        |day: &Day| day.profile("work").problem.is_some_and(|problem| problem.code == "policy.forbids");
    day.files(|files| files.policy = Ok(Some(policy.clone())));
    assert!(forbidden(&day));
    // Broken, gone for a moment, empty for a moment, there again.
    for state in [Err(refused()), Ok(None), Ok(Some(Policy::default())), Ok(Some(policy.clone()))] {
        day.files(|files| files.policy = state);
        assert!(forbidden(&day));
        day.now += SignedDuration::from_secs(3);
        day.input(rolecall_tray::controller::Input::Clock);
        assert!(forbidden(&day));
    }
    // Gone for good.
    day.files(|files| files.policy = Ok(None));
    assert!(forbidden(&day));
    day.run_until(day.now + SignedDuration::from_secs(9));
    assert!(forbidden(&day));
    day.run_until(day.now + SignedDuration::from_secs(2));
    assert!(!forbidden(&day));
    // A new one is in force at once.
    day.files(|files| files.policy = Ok(Some(policy)));
    assert!(forbidden(&day));
    assert_eq!(day.now.max(at("2026-11-22T08:00:00Z")), day.now);
}

#[test]
fn the_accounts_names_are_asked_for_unless_somebody_does_not_want_that() {
    for (policy, settings, sought) in [
        (None, "", true),
        (None, "account_names = false", false),
        (Some("account_names = false"), "account_names = true", false),
        (Some("account_names = true"), "account_names = false", true),
    ] {
        let mut day = Day::with_config(&config());
        day.files(|files| {
            files.policy = Ok(policy.map(|text| Policy::parse(text).expect("a policy")));
            files.settings = Ok(rolecall_core::settings::Settings::parse(settings).expect("settings"));
        });
        day.sign_in(&[A, "222222222222/Audit"]);
        assert_eq!(!day.names_sought.is_empty(), sought, "{policy:?} {settings:?}");
    }
}
