//! The main window as the controller knows it: opened once, shown everything but secrets, heard.

use crate::day::{Day, at, entra, name, role};
use rolecall_core::draft::{Draft, Field, Flaw};
use rolecall_core::message::window::{Ask, Board, Page, Told};
use rolecall_core::message::{ClientContext, Reply, Request};
use rolecall_core::problem::Problem;
use rolecall_core::role::AccountId;
use rolecall_core::shell::Shell;
use rolecall_core::view::{Activity, State};
use rolecall_tray::controller::{Command, Input};
use rolecall_tray::menu::Action;

const A: &str = "111111111111/Admin";
const B: &str = "222222222222/Reader";

fn day() -> Day {
    Day::with_config(&format!("[profile work]\nregion = eu-central-1\n{}", entra()))
}

fn window_asks(day: &mut Day, client: u64, ask: Ask) {
    day.asks(client, Request::Window { ask, context: ClientContext::default() });
}

/// What the window was told on this connection.
fn told(day: &mut Day, client: u64) -> Vec<Told> {
    let told = |reply| match reply {
        Reply::Window { told } => told,
        other => panic!("not for a window: {other:?}"),
    };
    day.replies(client).into_iter().map(told).collect()
}

fn board(day: &mut Day, client: u64) -> Board {
    let mut boards = told(day, client).into_iter().filter_map(|told| match told {
        Told::Board { board } => Some(*board),
        _ => None,
    });
    boards.next_back().expect("a board")
}

#[test]
fn opened_once_and_turned_to_its_page_after_the_board() {
    let mut day = day();
    day.asks(1, Request::Open { page: Page::Settings, context: ClientContext::default() });
    day.asks(2, Request::Open { page: Page::Sessions, context: ClientContext::default() });
    assert_eq!((day.opened, day.replies(1).len()), (1, 0), "until it is there");
    window_asks(&mut day, 3, Ask::Watch);
    assert_eq!((day.replies(1), day.replies(2)), (vec![Reply::Done], vec![Reply::Done]));
    let first = told(&mut day, 3);
    assert!(matches!(&first[..], [Told::Board { .. }, Told::Turn { page: Page::Sessions }]), "{first:?}");
    // The left click of somebody with a session turns the same window.
    day.sign_in(&[A]);
    day.aws_grants();
    day.replies(3);
    day.press(Action::LeftClick);
    assert_eq!(told(&mut day, 3), [Told::Turn { page: Page::Sessions }]);
    assert_eq!(day.opened, 1);
    // Closed, it is opened anew.
    day.input(Input::ClientGone(rolecall_tray::controller::ClientId(3)));
    day.input(Input::MainWindowEnded(Ok(())));
    day.press(Action::LeftClick);
    assert_eq!(day.opened, 2);
}

#[test]
fn a_window_that_cannot_be_opened_is_said_to_whoever_asked() {
    let mut day = day();
    day.asks(1, Request::Open { page: Page::Sessions, context: ClientContext::default() });
    day.input(Input::MainWindowEnded(Err(Problem::NoDisplay)));
    let replies = day.replies(1);
    assert!(matches!(&replies[..], [Reply::Problem { problem, .. }] if problem.code == "sign_in.no_display"));
    assert_eq!(day.told(), Vec::<String>::new());
    day.press(Action::Open(Page::Settings));
    day.input(Input::MainWindowEnded(Err(Problem::NoDisplay)));
    assert_eq!(day.told().len(), 1);
}

#[test]
fn the_choice_comes_to_the_window_unless_a_terminal_makes_it() {
    let mut day = day();
    day.sign_in(&[A, B]);
    assert_eq!(day.opened, 1);
    window_asks(&mut day, 3, Ask::Watch);
    let first = told(&mut day, 3);
    let page = Page::Roles { profile: name("work") };
    assert!(first.contains(&Told::Turn { page }), "{first:?}");
    let Told::Board { board } = &first[0] else { panic!("a board first") };
    assert_eq!(
        board.view.profiles[0].choose_by,
        Some(at("2026-11-22T08:04:50Z")),
        "five minutes after its issue"
    );
    window_asks(&mut day, 4, Ask::Choose { profile: name("work"), role: role(B) });
    assert_eq!(told(&mut day, 4), [Told::Done]);
    day.aws_grants();
    let shown = self::board(&mut day, 3).view.profiles.remove(0);
    assert_eq!((shown.state, shown.recent), (State::Active, vec![role(B)]));
    assert_eq!(shown.began, Some(day.now));

    let mut terminal = self::day();
    terminal.client_signs_in(1, None, None);
    let window = terminal.window();
    terminal.entra_answers(&window, &[A, B]);
    assert_eq!(terminal.opened, 0);
}

#[test]
fn a_choice_made_before_the_window_is_there_is_not_asked_for_again() {
    let mut day = day();
    day.sign_in(&[A, B]);
    assert_eq!(day.opened, 1);
    day.press(Action::Choose(name("work"), role(B)));
    day.aws_grants();
    window_asks(&mut day, 3, Ask::Watch);
    let first = told(&mut day, 3);
    assert!(matches!(&first[..], [Told::Board { .. }, Told::Turn { page: Page::Sessions }]), "{first:?}");
}

#[test]
fn what_the_window_is_told_holds_no_secret() {
    let mut day = day();
    day.sign_in(&[A, B]);
    window_asks(&mut day, 3, Ask::Watch);
    window_asks(&mut day, 4, Ask::Choose { profile: name("work"), role: role(A) });
    let keys = day.aws_grants();
    window_asks(&mut day, 5, Ask::Copy { profile: name("work"), shell: Shell::Bash });
    window_asks(&mut day, 6, Ask::Console { profile: name("work"), service: None });
    let text = format!("{:?}", day.commands);
    let replies: Vec<_> = [3, 4, 5, 6].into_iter().flat_map(|client| told(&mut day, client)).collect();
    let wire = serde_json::to_string(&replies).expect("JSON");
    for secret in [keys.secret_access_key.expose(), keys.session_token.expose(), &keys.access_key_id] {
        assert!(!wire.contains(&format!("\"{secret}")), "{wire}");
    }
    assert!(text.contains("Copy") && text.contains("Visit"));
    // An address with a sign-in token, had one come by mistake, would not pass either.
    let url = Some(rolecall_core::secret::Secret::new("https://example.org/token"));
    let client = Some(rolecall_tray::controller::ClientId(6));
    day.input(Input::Visited { client, profile: name("work"), result: Ok(url) });
    assert_eq!(told(&mut day, 6), [Told::Done]);
}

#[test]
fn cancelling_keeps_what_is_held() {
    let mut day = day();
    day.sign_in(&[A]);
    day.aws_grants();
    // Long enough that the assertion cannot be used again.
    day.now = at("2026-11-22T09:00:00Z");
    window_asks(&mut day, 4, Ask::Renew { profile: name("work") });
    assert_eq!(day.profile("work").activity, Activity::SigningIn);
    window_asks(&mut day, 5, Ask::Cancel { profile: name("work") });
    let shown = day.profile("work");
    assert_eq!((shown.state, shown.activity), (State::Active, Activity::Idle));
    assert!(!day.commands.iter().any(|command| matches!(command, Command::Forget { .. })));
}

#[test]
fn a_draft_is_checked_then_written_and_a_second_role_gets_its_profile() {
    let mut day = day();
    let draft = Draft { name: "work".into(), tenant: "example.org".into(), ..Draft::default() };
    window_asks(&mut day, 1, Ask::SaveDraft { draft: draft.clone(), edits: None });
    let [Told::Wrong { wrong }] = &told(&mut day, 1)[..] else { panic!("wrong") };
    let flaws: Vec<_> = wrong.iter().map(|wrong| (wrong.field, wrong.flaw)).collect();
    assert_eq!(flaws, [(Field::Name, Flaw::Taken), (Field::AppIdUri, Flaw::Missing)]);
    let uri = "https://signin.aws.amazon.com/saml".to_owned();
    let draft = Draft { name: "new".into(), app_id_uri: uri, ..draft };
    window_asks(&mut day, 2, Ask::SaveDraft { draft, edits: None });
    let edits = |day: &mut Day| {
        day.commands.extract_if(.., |c| matches!(c, Command::Edit { .. })).collect::<Vec<_>>()
    };
    let [Command::Edit { profile, edit, sign_in: false, .. }] = &edits(&mut day)[..] else {
        panic!("an edit")
    };
    assert!(profile.as_str() == "new" && edit.new);
    assert!(edit.set.contains(&("azure_tenant_id", "example.org".into())));

    // From the same sign-in: no other page.
    day.sign_in(&[A, B]);
    window_asks(&mut day, 3, Ask::AlsoInto { profile: name("work"), role: role(B), name: "second".into() });
    let [Command::Edit { client, profile, sign_in, .. }] = &edits(&mut day)[..] else { panic!("an edit") };
    let edited =
        Input::Edited { client: *client, profile: profile.clone(), sign_in: *sign_in, result: Ok(None) };
    day.input(edited);
    assert_eq!(told(&mut day, 3), [Told::Done]);
    let second = format!("[profile second]\nazure_default_role_arn = {}\n{}", role(B).as_str(), entra());
    day.files(|files| {
        let text = files.config.text.clone().expect("readable").unwrap_or_default();
        files.config.text = Ok(Some(text + &second));
    });
    assert!(day.windows().is_empty());
    day.aws_grants();
    assert_eq!(day.profile("second").role, Some(role(B)));
    assert_eq!(day.profile("work").activity, Activity::Choosing);
}

#[test]
fn accounts_are_named_by_aws_and_by_people() {
    let mut day = day();
    day.sign_in(&[A, B]);
    assert_eq!(day.names_sought, ["https://signin.aws.amazon.com/saml"]);
    let account = |text: &str| AccountId::parse(text).expect("an account");
    day.input(Input::NamesFound(vec![(account("111111111111"), "production".into())]));
    assert_eq!(day.view().account(&account("111111111111")), "production (111111111111)");
    let ask = |name: Option<&str>| Ask::NameAccount {
        account: account("111111111111"),
        name: name.map(str::to_owned),
    };
    window_asks(&mut day, 1, ask(Some(" the\u{7} shop ")));
    assert_eq!(day.view().account(&account("111111111111")), "the shop (111111111111)");
    window_asks(&mut day, 2, ask(None));
    assert_eq!(day.view().account(&account("111111111111")), "production (111111111111)");
    // Not again on the same day, and not for a single role.
    day.now = at("2026-11-22T10:00:00Z");
    day.press(Action::SignIn(name("work")));
    let window = day.window();
    day.entra_answers(&window, &[A, B]);
    assert_eq!(day.names_sought.len(), 1);
    let mut single = self::day();
    single.sign_in(&[A]);
    assert_eq!(single.names_sought, Vec::<String>::new());
}

#[test]
fn a_remembered_sign_in_is_seen_and_forgotten() {
    let mut day = Day::with_config(&format!("[profile work]\n{}azure_default_remember_me=true\n", entra()));
    day.sign_in(&[A]);
    day.aws_grants();
    window_asks(&mut day, 1, Ask::Watch);
    let remembered = board(&mut day, 1).remembered;
    assert_eq!(remembered.len(), 1);
    assert_eq!(remembered[0].host, "login.microsoftonline.com");
    assert_eq!(remembered[0].user.as_deref(), Some("ada@example.org"));
    window_asks(&mut day, 2, Ask::Forget { id: remembered[0].id.clone() });
    assert_eq!(board(&mut day, 1).remembered, []);
    day.press(Action::SignIn(name("work")));
    assert!(day.window().1.cookies.is_empty());
}
