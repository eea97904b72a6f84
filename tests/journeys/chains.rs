//! Roles that are assumed from other roles, or with a token: when they are taken, renewed, and given up.

use crate::day::{Day, at, entra, name, role};
use crate::world::World;
use rolecall_core::audit::{Door, How, Recorded};
use rolecall_core::message::{ClientContext, Reply, Request, WebIdentity};
use rolecall_core::pod::Pod;
use rolecall_core::problem::Problem;
use rolecall_core::profile::Origin;
use rolecall_core::refusal::{Caller, Refusal};
use rolecall_core::role::{ProviderArn, RoleArn};
use rolecall_core::secret::Secret;
use rolecall_core::view::{Activity, RoleProfileView, State};
use rolecall_core::web_identity::Claims;
use rolecall_tray::controller::ClientId;
use rolecall_tray::menu::Action;
use rolecall_tray::sts::With;
use std::path::PathBuf;

const ADMIN: &str = "111111111111/Admin";
const A: &str = "222222222222/A";
const B: &str = "333333333333/B";
const C: &str = "444444444444/C";

/// AWS's AccessDenied for this role.
pub(crate) fn refused(wanted: &str) -> Problem {
    let role = role(wanted);
    let provider = format!("arn:aws:iam::{}:saml-provider/Entra", role.account());
    let provider = ProviderArn::parse(&provider).expect("a provider");
    let caller = Caller::Saml { provider, audience: "https://signin.aws.amazon.com/saml".into() };
    let refusal = Refusal { role, caller, external_id: false, message: "denied".into() };
    Problem::AwsAccessDenied { refusal: Box::new(refusal) }
}

fn section(name: &str, wanted: &str, source: &str, more: &str) -> String {
    format!("[profile {name}]\nrole_arn={}\nsource_profile={source}\n{more}", role(wanted))
}

/// `work`, and three deep behind it: `a`, `b`, `c`.
fn config() -> String {
    let work = format!(
        "[profile work]\n{}azure_default_role_arn=arn:aws:iam::111111111111:role/Admin\nregion=eu-west-1\n",
        entra()
    );
    // In an order in which nothing stands where it belongs.
    [
        section("c", C, "b", "external_id=xyz\nrole_session_name=ada\n"),
        work,
        section("b", B, "a", ""),
        section("a", A, "work", "duration_seconds=14400\nmfa_serial=arn:aws:iam::111111111111:mfa/ada\n"),
    ]
    .concat()
}

fn world() -> World {
    World::new(Day::renewing(&config()), &[ADMIN])
}

fn time(text: &str) -> jiff::Timestamp {
    at(&format!("2026-11-{text}:00Z"))
}

fn wants(world: &mut World, client: u64, profile: &str) -> Vec<Reply> {
    let (profile, context) = (Some(name(profile)), ClientContext::default());
    asks(world, client, Request::Credentials { profile, may_ask: true, by_tool: false, context })
}

fn code(replies: &[Reply]) -> String {
    match replies.last() {
        Some(Reply::Problem { problem, .. }) => problem.code.clone(),
        Some(Reply::Credentials { credentials, .. }) => credentials.access_key_id.clone(),
        other => panic!("{other:?}"),
    }
}

fn shown(world: &World, wanted: &str) -> RoleProfileView {
    let view = world.day.view();
    view.role_profiles.into_iter().find(|profile| profile.name.as_str() == wanted).expect(wanted)
}

#[test]
fn they_stand_after_their_source() {
    let world = world();
    let view = world.day.view();
    let lines: Vec<_> = view.role_profiles.iter().map(|p| (p.name.as_str(), p.depth, p.state)).collect();
    assert_eq!(lines, [("a", 0, State::SignedOut), ("b", 1, State::SignedOut), ("c", 2, State::SignedOut)]);
    assert!(view.role_profiles.iter().all(|profile| profile.root == Some(name("work"))));
    let codes: Vec<_> = view.role_profiles[0].remarks.iter().map(|remark| remark.code.as_str()).collect();
    assert_eq!(codes, ["chain.one_hour", "chain.mfa"]);
}

#[test]
fn three_deep_from_nothing() {
    let mut world = world();
    let replies = wants(&mut world, 1, "c");
    let Some(Reply::Credentials { role: granted, region, credentials, .. }) = replies.last() else {
        panic!("{replies:?}")
    };
    assert_eq!((granted.as_ref(), region.as_deref()), (Some(&role(C)), Some("eu-west-1")));
    assert_eq!(credentials.expiration, time("22T09:00"));
    assert_eq!(world.loads, 1, "one sign-in");
    let taken: Vec<_> = world.taken.iter().map(|(_, take)| take.clone()).collect();
    let roles: Vec<_> = taken.iter().map(|take| take.role.name()).collect();
    assert_eq!(roles, ["A", "B", "C"]);
    assert!(taken.iter().all(|take| take.duration == 3600), "role chaining: an hour at most");
    assert_eq!((taken[2].external_id.as_deref(), taken[2].session_name.as_str()), (Some("xyz"), "ada"),);
    assert_eq!((taken[0].region.as_str(), taken[0].session_name.as_str()), ("eu-west-1", "ada@example.org"));
    assert!(matches!(&taken[0].with, With::Keys { role: Some(with), .. } if *with == role(ADMIN)));
    assert!(matches!(&taken[2].with, With::Keys { role: Some(with), .. } if *with == role(B)));
    // Nothing is written for them: AWS tools assume them by themselves.
    let assumed = |entry: &&rolecall_core::audit::Entry| matches!(entry.what, Recorded::Assumed { .. });
    let how = |entry: &rolecall_core::audit::Entry| match entry.what {
        Recorded::Assumed { how, .. } => how,
        _ => panic!("{entry:?}"),
    };
    let records: Vec<_> =
        world.day.records.iter().filter(assumed).map(|e| (e.profile.as_str(), e.door, how(e))).collect();
    assert_eq!(
        records,
        [
            ("work", Door::CommandLine, How::Person),
            ("a", Door::CommandLine, How::Chained),
            ("b", Door::CommandLine, How::Chained),
            ("c", Door::CommandLine, How::Chained),
        ]
    );
    // From memory, then.
    wants(&mut world, 2, "c");
    assert_eq!(world.taken.len(), 3);
}

#[test]
fn they_are_renewed_every_hour_while_the_source_lives() {
    let mut world = world();
    world.press(Action::LeftClick);
    let first = code(&wants(&mut world, 1, "c"));
    world.told();
    world.run_until(time("22T15:00"));
    assert_eq!(world.told(), [""; 0], "nothing is said of it");
    let of_c = world.taken.iter().filter(|(_, take)| take.role == role(C)).count();
    assert!((8..=12).contains(&of_c), "{of_c} in seven hours");
    let c = shown(&world, "c");
    assert!(c.state == State::Active && c.until > Some(world.day.now) && c.renews.is_some(), "{c:?}");
    let now = code(&wants(&mut world, 2, "c"));
    assert_ne!(now, first);
    // A source that is signed out takes them with it.
    world.press(Action::SignOut(name("work")));
    assert_eq!(shown(&world, "c").state, State::SignedOut);
    let before = world.taken.len();
    world.run_until(time("22T18:00"));
    assert_eq!(world.taken.len(), before);
}

#[test]
fn a_source_that_ends_ends_them_an_hour_later_at_most() {
    let mut world = world();
    world.press(Action::LeftClick);
    wants(&mut world, 1, "a");
    // Nobody answers when the source is to be renewed.
    (world.entra, world.person) = (false, false);
    world.run_until(time("22T17:30"));
    let told = world.told();
    assert!(told.iter().all(|told| !told.contains("| a,")), "{told:?}");
    let last = world.taken.last().expect("taken").0;
    assert!(time("22T15:00") < last && last < time("22T16:00"), "{last}");
    assert_eq!(shown(&world, "a").state, State::SignedOut);
}

#[test]
fn nothing_is_renewed_where_that_is_not_wanted_or_nobody_asks_any_more() {
    let mut world = World::new(Day::with_config(&config()), &[ADMIN]);
    world.press(Action::LeftClick);
    wants(&mut world, 1, "a");
    world.run_until(time("22T12:00"));
    assert_eq!(world.taken.len(), 1, "renew = off");

    let token = format!("[profile pod]\nrole_arn={}\nweb_identity_token_file=/run/token\n", role(A));
    let mut world = World::new(Day::renewing(&token), &[ADMIN]);
    wants(&mut world, 1, "pod");
    world.run_until(time("23T12:00"));
    let last = world.taken.last().expect("taken").0;
    assert!(time("22T19:00") < last && last <= time("22T20:00"), "{last}");
}

#[test]
fn another_role_at_the_source_is_another_chain() {
    let mut world = World::new(Day::renewing(&config()), &[ADMIN, "111111111111/Other"]);
    world.press(Action::LeftClick);
    wants(&mut world, 1, "b");
    world.press(Action::Choose(name("work"), role("111111111111/Other")));
    assert_eq!(shown(&world, "b").state, State::SignedOut);
    wants(&mut world, 2, "b");
    let (_, take) = &world.taken[world.taken.len() - 2];
    assert!(matches!(&take.with, With::Keys { role: Some(with), .. } if with.name() == "Other"), "{take:?}");
}

#[test]
fn what_aws_refuses_is_said_to_whoever_asked() {
    let mut world = world();
    world.press(Action::LeftClick);
    world.refused.insert(role(B), refused(B));
    assert_eq!(code(&wants(&mut world, 1, "c")), "aws.access_denied");
    assert!(shown(&world, "b").problem.is_some() && shown(&world, "c").problem.is_some());
    assert_eq!(shown(&world, "a").state, State::Active);
    // A tool that asks a hundred times does not have AWS asked as often.
    let before = world.taken.len();
    for client in 0..20 {
        let context = ClientContext::default();
        let profile = Some(name("c"));
        world.day.asks(100 + client, Request::Credentials { profile, may_ask: true, by_tool: true, context });
        assert_eq!(code(&world.day.replies(100 + client)), "aws.access_denied");
    }
    assert_eq!(world.taken.len(), before);
    // A person may try again at once.
    world.refused.clear();
    world.press(Action::Renew(name("c")));
    assert_eq!(shown(&world, "c").state, State::Active);
    assert!(shown(&world, "c").problem.is_none());
}

#[test]
fn a_renewal_that_fails_is_tried_again_or_told_once() {
    let mut world = world();
    world.press(Action::LeftClick);
    wants(&mut world, 1, "a");
    world.told();
    world.network = false;
    world.run_until(time("22T08:45"));
    assert_eq!(world.told(), [""; 0], "a network comes back");
    world.network = true;
    world.run_until(time("22T09:30"));
    assert_eq!(shown(&world, "a").state, State::Active);
    world.refused.insert(role(A), refused(A));
    world.run_until(time("22T12:00"));
    let told = world.told();
    assert_eq!(told.len(), 1, "{told:#?}");
    assert!(told[0].contains("A could not be renewed | a, account 222222222222"), "{told:#?}");
}

#[test]
fn a_sign_in_that_nobody_wants_ends_the_wait() {
    let mut world = world();
    world.person = false;
    let context = ClientContext::default();
    let profile = Some(name("b"));
    world.day.asks(1, Request::Credentials { profile, may_ask: true, by_tool: false, context });
    world.settle();
    let (attempt, _) = world.open.remove(0);
    world.day.window_ends(attempt, rolecall_core::sign_in::Outcome::Cancelled { error: None });
    assert_eq!(code(&world.day.replies(1)), "sign_in.cancelled");
    world.settle();
    // The same by a click.
    world.press(Action::Renew(name("b")));
    assert_eq!(shown(&world, "b").activity, Activity::SigningIn);
    let (attempt, _) = world.open.remove(0);
    world.day.window_ends(attempt, rolecall_core::sign_in::Outcome::Cancelled { error: None });
    world.settle();
    assert_eq!(shown(&world, "b").activity, Activity::Idle);
}

#[test]
fn nobody_is_asked_where_that_is_not_wanted() {
    let mut world = world();
    let context = ClientContext::default();
    let profile = Some(name("b"));
    world.day.asks(1, Request::Credentials { profile, may_ask: false, by_tool: false, context });
    let mut replies = world.day.replies(1);
    for _ in 0..50 {
        world.step();
        replies.extend(world.day.replies(1));
    }
    assert_eq!(code(&replies), "not_signed_in");
    assert!(world.taken.is_empty());
}

#[test]
fn a_token_file_is_read_again_each_time() {
    let config = format!(
        "[profile pod]\nrole_arn={}\nweb_identity_token_file=/run/token\nregion=eu-west-1\n",
        role(A)
    );
    let mut world = World::new(Day::renewing(&config), &[ADMIN]);
    world.claims = Claims { subject: "system:serviceaccount:shop:till".into(), ..Claims::default() };
    wants(&mut world, 1, "pod");
    assert_eq!(world.taken[0].1.with, With::TokenFile(PathBuf::from("/run/token")));
    assert_eq!(
        shown(&world, "pod").claims.map(|claims| claims.subject).as_deref(),
        Some("system:serviceaccount:shop:till")
    );
    world.claims.subject = "system:serviceaccount:shop:desk".into();
    world.run_until(time("22T10:00"));
    assert!(world.taken.len() >= 3);
    assert_eq!(
        shown(&world, "pod").claims.map(|claims| claims.subject).as_deref(),
        Some("system:serviceaccount:shop:desk")
    );
    assert_eq!(world.loads, 0);
}

#[test]
fn a_pod_s_environment_names_its_role() {
    let mut world = World::new(Day::with_config(""), &[ADMIN]);
    let web_identity = Some(WebIdentity {
        role: role(A).to_string(),
        token_file: "/var/run/token".into(),
        session_name: Some("till".into()),
    });
    let context = ClientContext { web_identity, ..ClientContext::default() };
    world.day.asks(1, Request::Credentials { profile: None, may_ask: true, by_tool: true, context });
    let mut replies = vec![];
    for _ in 0..20 {
        world.step();
        replies.extend(world.day.replies(1));
    }
    assert!(code(&replies).starts_with("ASIAA"), "{replies:?}");
    assert_eq!(world.taken[0].1.session_name, "till");
    assert_eq!(world.day.view().role_profiles, []);
}

#[test]
fn a_role_without_a_profile_and_one_that_gets_one() {
    let mut world = world();
    world.press(Action::LeftClick);
    assert!(code(&asks(&mut world, 1, assume("work", B, None))).starts_with("ASIAB"));
    assert_eq!(world.day.view().role_profiles.len(), 3, "nothing is shown of it");
    let replies = asks(&mut world, 2, assume("work", B, Some("mine")));
    let Some(Reply::Assumed { profile, role: assumed, .. }) = replies.last() else { panic!("{replies:?}") };
    assert_eq!((profile, assumed), (&name("mine"), &role(B)));
    let mine = shown(&world, "mine");
    assert_eq!((mine.state, mine.root.clone()), (State::Active, Some(name("work"))));
    assert_eq!(mine.origin, Some(Origin::Source { profile: name("work") }));
    // It is renewed, after a restart, too.
    world.run_until(time("22T09:30"));
    assert_eq!(shown(&world, "mine").state, State::Active);
    world.day = world.day.restarted();
    world.settle();
    assert_eq!(shown(&world, "mine").state, State::Active);
    world.run_until(time("22T11:30"));
    assert_eq!(shown(&world, "mine").state, State::Active);
    // A name that is somebody else's is not taken.
    for (taken, code_of) in
        [("work", "config.profile_taken"), ("a", "config.profile_taken"), ("x y", "config.name_invalid")]
    {
        assert_eq!(code(&asks(&mut world, 3, assume("work", B, Some(taken)))), code_of, "{taken}");
    }
    // Given up, its keys go.
    world.press(Action::SignOut(name("mine")));
    assert_ne!(shown(&world, "mine").state, State::Active);
}

#[test]
fn a_pod_s_role_is_taken_once() {
    let mut world = World::new(Day::renewing(&config()), &[ADMIN]);
    let pod = Pod {
        context: "arn:aws:eks:eu-west-1:111111111111:cluster/shop".into(),
        namespace: "shop".into(),
        service_account: "till".into(),
    };
    let request = Request::AssumePod {
        pod: pod.clone(),
        role: role(A),
        token: Secret::new("planted"),
        region: None,
        save_as: None,
    };
    world.day.asks(1, request);
    let mut replies = vec![];
    for _ in 0..20 {
        world.step();
        replies.extend(world.day.replies(1));
    }
    let Some(Reply::Became { became }) = replies.last() else { panic!("{replies:?}") };
    assert_eq!((became.profile.as_str(), &became.pod), ("pod-shop-till", &pod));
    assert_eq!(became.arn, "arn:aws:sts::222222222222:assumed-role/A/x");
    let shown_pod = shown(&world, "pod-shop-till");
    assert_eq!((shown_pod.state, shown_pod.origin), (State::Active, Some(Origin::Pod { pod })));
    // It is not renewed: its token was asked for once.
    world.run_until(time("22T12:00"));
    assert_eq!(world.taken.len(), 1);
    assert_eq!(shown(&world, "pod-shop-till").state, State::Expired);
    assert_eq!(code(&wants(&mut world, 2, "pod-shop-till")), "pod.over");
}

#[test]
fn loops_missing_sources_and_other_partitions_are_shown() {
    let config = [
        section("x", A, "y", ""),
        section("y", B, "x", ""),
        section("lost", A, "wrok", ""),
        format!("[profile work]\n{}", entra()),
        "[profile cn]\nrole_arn=arn:aws-cn:iam::111111111111:role/A\nsource_profile=gov\n".to_owned(),
        "[profile gov]\nrole_arn=arn:aws-us-gov:iam::111111111111:role/A\nsource_profile=work\n".to_owned(),
        "[profile bad]\nrole_arn=nonsense\nsource_profile=work\n".to_owned(),
        // The user's own: AWS tools know what to do.
        section("plain", A, "static", ""),
        "[profile static]\nregion=eu-west-1\n".to_owned(),
    ]
    .concat();
    let mut world = World::new(Day::with_config(&config), &[ADMIN]);
    let view = world.day.view();
    let codes: Vec<_> = view
        .role_profiles
        .iter()
        .map(|p| (p.name.as_str(), p.problem.as_ref().map_or("", |problem| problem.code.as_str())))
        .collect();
    assert_eq!(
        codes,
        [
            ("gov", ""),
            ("x", "chain.loop"),
            ("y", "chain.loop"),
            ("lost", "chain.source"),
            ("cn", "chain.partition"),
            ("bad", "config.key_invalid"),
        ]
    );
    for (profile, expected) in [
        ("x", "chain.loop"),
        ("lost", "chain.source"),
        ("plain", "chain.elsewhere"),
        ("bad", "config.key_invalid"),
    ] {
        assert_eq!(code(&wants(&mut world, 1, profile)), expected, "{profile}");
    }
    let explained = world.day.view().role_profiles[1].problem.clone().expect("a problem");
    assert!(explained.what.contains("x → y → x"), "{}", explained.what);
}

#[test]
fn a_client_that_goes_away_is_forgotten() {
    let mut world = world();
    world.person = false;
    let ask = |world: &mut World, client| {
        let (profile, context) = (Some(name("b")), ClientContext::default());
        world.day.asks(client, Request::Credentials { profile, may_ask: true, by_tool: false, context });
    };
    ask(&mut world, 1);
    world.settle();
    let window = world.open.remove(0);
    ask(&mut world, 2);
    world.day.input(rolecall_tray::controller::Input::ClientGone(ClientId(1)));
    world.day.entra_answers(&window, &[ADMIN]);
    let (mut first, mut second) = (vec![], vec![]);
    for _ in 0..50 {
        world.step();
        first.extend(world.day.replies(1));
        second.extend(world.day.replies(2));
    }
    assert!(code(&second).starts_with("ASIAB"), "{second:?}");
    assert_eq!(first, []);
}

/// Everything that a client hears.
fn asks(world: &mut World, client: u64, request: Request) -> Vec<Reply> {
    world.day.asks(client, request);
    let mut replies = world.day.replies(client);
    for _ in 0..60 {
        world.step();
        replies.extend(world.day.replies(client));
    }
    replies
}

fn assume(source: &str, wanted: &str, save_as: Option<&str>) -> Request {
    Request::Assume {
        profile: Some(name(source)),
        role: role(wanted),
        save_as: save_as.map(name),
        external_id: None,
        session_name: None,
        duration: None,
        may_ask: true,
        context: ClientContext::default(),
    }
}

fn a_tool_wants(world: &mut World, client: u64, profile: &str) -> Vec<Reply> {
    let (profile, context) = (Some(name(profile)), ClientContext::default());
    asks(world, client, Request::Credentials { profile, may_ask: true, by_tool: true, context })
}

#[test]
fn an_edited_profile_gives_the_role_that_it_names_now() {
    let mut world = world();
    world.press(Action::LeftClick);
    wants(&mut world, 1, "a");
    let edit = |world: &mut World, from: &str, to: &str| {
        let (from, to) = (role(from).to_string(), role(to).to_string());
        world.day.files(|files| {
            if let Ok(Some(text)) = &mut files.config.text {
                *text = text.replace(&from, &to);
            }
        });
        world.settle();
    };
    edit(&mut world, A, "222222222222/Dev");
    assert_eq!(shown(&world, "a").state, State::SignedOut);
    assert!(code(&wants(&mut world, 2, "a")).starts_with("ASIADEV"));
    // While STS thinks, too: nobody gets one role's keys as another's.
    world.run_until(time("22T08:50"));
    world.holds = true;
    world.press(Action::Renew(name("a")));
    edit(&mut world, "222222222222/Dev", A);
    world.sts_answers();
    assert_eq!(world.taken.last().map(|(_, take)| &take.role), Some(&role(A)), "what it names now");
    let recorded = world.day.records.last().map(|entry| &entry.what);
    assert!(matches!(recorded, Some(Recorded::Assumed { role: r, .. }) if *r == role(A)), "{recorded:?}");
    assert!(code(&wants(&mut world, 3, "a")).starts_with("ASIAA"));
}

#[test]
fn a_refusal_is_no_success_and_changes_nothing() {
    let mut world = world();
    world.press(Action::LeftClick);
    asks(&mut world, 1, assume("work", A, Some("mine")));
    assert_eq!(shown(&world, "mine").role, Some(role(A)));
    world.refused.insert(role(B), refused(B));
    assert_eq!(code(&asks(&mut world, 2, assume("work", B, Some("mine")))), "aws.access_denied");
    let mine = shown(&world, "mine");
    assert_eq!((mine.role, mine.state), (Some(role(A)), State::Active));
    // What leads nowhere leaves no trace either.
    assert_eq!(code(&asks(&mut world, 3, assume("mine", B, Some("mine")))), "chain.loop");
    let mut other = assume("work", A, Some("mine"));
    if let Request::Assume { role, .. } = &mut other {
        *role = RoleArn::parse("arn:aws-cn:iam::111111111111:role/A").expect("a role");
    }
    assert_eq!(code(&asks(&mut world, 4, other)), "chain.partition");
    assert!(code(&wants(&mut world, 5, "mine")).starts_with("ASIAA"));
    // Another role under the same name is another role, once it is granted.
    world.refused.clear();
    asks(&mut world, 6, assume("work", B, Some("mine")));
    assert_eq!(shown(&world, "mine").role, Some(role(B)));
    assert!(code(&wants(&mut world, 7, "mine")).starts_with("ASIAB"));
}

#[test]
fn a_wish_ends_with_its_sign_in() {
    let mut world = world();
    world.press(Action::LeftClick);
    asks(&mut world, 1, assume("work", A, Some("mine")));
    world.press(Action::SignOut(name("work")));
    (world.entra, world.person) = (false, false);
    world.day.asks(2, assume("work", B, Some("mine")));
    world.settle();
    let (attempt, _) = world.open.remove(0);
    world.day.window_ends(attempt, rolecall_core::sign_in::Outcome::Cancelled { error: None });
    world.settle();
    world.person = true;
    world.press(Action::SignIn(name("mine")));
    assert_eq!(shown(&world, "mine").role, Some(role(A)));
    assert!(world.taken.iter().all(|(_, take)| take.role == role(A)));
}

#[test]
fn what_is_given_up_ends_who_waits_for_it_and_stays_away() {
    let mut world = world();
    world.press(Action::LeftClick);
    world.holds = true;
    world.press(Action::Renew(name("b")));
    assert_eq!(shown(&world, "b").activity, Activity::SigningIn);
    world.press(Action::SignOut(name("a")));
    assert_eq!(shown(&world, "b").activity, Activity::Idle);
    world.sts_answers();
    assert_ne!(shown(&world, "a").state, State::Active, "an answer to what nobody wants any more");
    // Tools do not bring it back; somebody who asks does.
    assert_eq!(code(&a_tool_wants(&mut world, 1, "a")), "not_signed_in");
    assert!(code(&wants(&mut world, 2, "a")).starts_with("ASIAA"));
    assert!(code(&a_tool_wants(&mut world, 3, "a")).starts_with("ASIAA"));
}

#[test]
fn an_hour_that_ended_in_sleep_begins_again() {
    let mut world = world();
    world.press(Action::LeftClick);
    asks(&mut world, 1, assume("work", A, Some("mine")));
    let before = world.taken.len();
    world.sleep_until(time("22T10:15"));
    world.run_until(time("22T10:16"));
    assert_eq!(shown(&world, "mine").state, State::Active);
    assert_eq!(world.taken.len(), before + 1);
}

#[test]
fn one_click_is_one_notification() {
    let mut world = world();
    world.press(Action::LeftClick);
    world.told();
    world.press(Action::Renew(name("c")));
    let told = world.told();
    assert_eq!(told.len(), 1, "{told:#?}");
    assert!(told[0].contains(" C"), "{told:#?}");
}

#[test]
fn two_clusters_are_two_profiles() {
    let mut world = World::new(Day::renewing(&config()), &[ADMIN]);
    let request = |context: &str, save_as: Option<&str>| Request::AssumePod {
        pod: Pod { context: context.into(), namespace: "shop".into(), service_account: "till".into() },
        role: role(A),
        token: Secret::new("planted"),
        region: None,
        save_as: save_as.map(name),
    };
    for (client, context, save_as, taken) in [
        (1, "staging", None, None),
        (2, "staging", None, None),
        (3, "prod", None, Some("config.profile_taken")),
        (4, "prod", Some("prod-till"), None),
    ] {
        let replies = asks(&mut world, client, request(context, save_as));
        match (replies.last(), taken) {
            (Some(Reply::Became { became }), None) => assert_eq!(became.pod.context, context),
            (Some(Reply::Problem { problem, .. }), Some(code)) => assert_eq!(problem.code, code),
            other => panic!("{context}: {other:?}"),
        }
    }
}

#[test]
fn where_nothing_may_be_plain_a_kept_role_is_served() {
    let served = config().replace("[profile work]\n", "[profile work]\nazure_credentials=process\n");
    let mut world = World::new(Day::renewing(&served), &[ADMIN]);
    world.press(Action::LeftClick);
    asks(&mut world, 1, assume("work", A, Some("mine")));
    assert!(!world.day.credentials().contains_key(&name("mine")), "nothing in the file");
    assert!(code(&a_tool_wants(&mut world, 2, "mine")).starts_with("ASIAA"));
}
