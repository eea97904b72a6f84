//! Sign-ins as tables: what happens at which millisecond, and what the flow does about it.

use super::*;
use Event::*;

const PAGE: &str = "https://login.microsoftonline.com/x/saml2";
const ACS: &str = "https://signin.aws.amazon.com/saml";

/// What happens at which millisecond.
type Timed<T> = Vec<(u64, T)>;

fn request(mode: Mode) -> Request {
    Request {
        url: PAGE.into(),
        profile: "dev".into(),
        mode,
        acs: vec![Acs { scheme: "https".into(), host: "signin.aws.amazon.com".into(), path: "/saml".into() }],
        cookies: vec![cookie("old")],
        timeout_ms: 60_000,
        os_sso: true,
    }
}

fn cookie(name: &str) -> Cookie {
    Cookie {
        name: name.into(),
        value: Secret::new("value"),
        domain: "login.microsoftonline.com".into(),
        path: "/".into(),
        secure: true,
        http_only: true,
        same_site: rolecall_core::sign_in::SameSite::None,
        expires: None,
    }
}

fn committed(url: &str) -> Event {
    Committed(Some(url.parse().unwrap()))
}

fn report(json: serde_json::Value) -> Event {
    Report(Secret::new(json.to_string()))
}

fn look(origin: &str, need: bool, text: bool, error: Option<&str>) -> Event {
    report(serde_json::json!({"kind": "look", "origin": origin, "need": need, "text": text, "error": error}))
}

fn posted(origin: Option<&str>, action: &str) -> Event {
    Posted { origin: origin.map(str::to_owned), action: action.parse().unwrap(), saml: Secret::new("PFg+") }
}

fn form(origin: &str, action: &str, saml: &str) -> Event {
    report(serde_json::json!({"kind": "form", "origin": origin, "action": action, "saml": saml}))
}

/// Plays `events` at their milliseconds, with a tick wherever the flow asks for one, until `until`. Titles are left out.
fn play(mode: Mode, events: Timed<Event>, until: u64) -> Timed<Effect> {
    let start = Instant::now();
    let at = |now: Instant| u64::try_from((now - start).as_millis()).unwrap();
    let mut flow = Flow::new(&request(mode), start);
    let mut log = Vec::new();
    let mut events = events.into_iter().peekable();
    loop {
        let next = events.peek().map(|(time, _)| start + Duration::from_millis(*time));
        let due = flow.due();
        let (now, event) = match next {
            Some(time) if time <= due => (time, events.next().unwrap().1),
            _ => (due, Tick),
        };
        if now > start + Duration::from_millis(until) {
            return log;
        }
        let effects = flow.step(event, now);
        log.extend(effects.into_iter().filter(|e| !matches!(e, Effect::Title(_))).map(|e| (at(now), e)));
        if matches!(log.last(), Some((_, Effect::End(_)))) {
            return log;
        }
    }
}

const ORIGIN: &str = "https://login.microsoftonline.com";

fn loaded(mut rest: Timed<Event>) -> Timed<Event> {
    let mut events = vec![(0, LoadStarted), (50, committed(PAGE)), (100, LoadFinished)];
    events.append(&mut rest);
    events
}

fn needs(error: Option<&str>) -> Effect {
    Effect::End(Outcome::NeedsPerson { error: error.map(|code| EntraError(code.into())) })
}

fn cancelled(error: Option<&str>) -> Effect {
    Effect::End(Outcome::Cancelled { error: error.map(|code| EntraError(code.into())) })
}

#[test]
fn when_a_person_is_called() {
    use Mode::{Background, Interactive};
    let table: Vec<(&str, Mode, Timed<Event>, Timed<Effect>)> = vec![
        (
            "a field",
            Interactive,
            loaded(vec![(120, look(ORIGIN, true, true, None))]),
            vec![(520, Effect::Show)],
        ),
        (
            "a field",
            Background,
            loaded(vec![(120, look(ORIGIN, true, true, None))]),
            vec![(520, needs(None))],
        ),
        (
            "a field that goes away is no need, its page is",
            Interactive,
            loaded(vec![(120, look(ORIGIN, true, true, None)), (300, look(ORIGIN, false, true, None))]),
            vec![(3100, Effect::Show)],
        ),
        (
            "a navigation cancels the need",
            Background,
            loaded(vec![(120, look(ORIGIN, true, true, None)), (400, LoadStarted)]),
            vec![],
        ),
        (
            "a navigation that comes to nothing brings it back",
            Background,
            loaded(vec![(120, look(ORIGIN, true, true, None)), (400, LoadStarted), (700, LoadFinished)]),
            vec![(1100, needs(None))],
        ),
        (
            "an error page",
            Background,
            loaded(vec![(120, look(ORIGIN, false, true, Some("AADSTS50105")))]),
            vec![(520, needs(Some("AADSTS50105")))],
        ),
        (
            "an invented code is none",
            Background,
            loaded(vec![(120, look(ORIGIN, false, true, Some("AADSTS50105 <b>")))]),
            vec![(8100, needs(None))],
        ),
        (
            "a bare number on Entra's own page",
            Background,
            loaded(vec![(120, look(ORIGIN, false, true, Some("53099")))]),
            vec![(520, needs(Some("AADSTS53099")))],
        ),
        (
            "a number that is too short to be a code",
            Background,
            loaded(vec![(120, look(ORIGIN, false, true, Some("5309")))]),
            vec![(8100, needs(None))],
        ),
        (
            "a known code on another page",
            Background,
            vec![
                (0, LoadStarted),
                (50, committed("https://adfs.example.org/")),
                (100, LoadFinished),
                (120, look("https://adfs.example.org", false, true, Some("53003"))),
            ],
            vec![(520, needs(Some("AADSTS53003")))],
        ),
        (
            "an unknown number on another page",
            Background,
            vec![
                (0, LoadStarted),
                (50, committed("https://adfs.example.org/")),
                (100, LoadFinished),
                (120, look("https://adfs.example.org", false, true, Some("53099"))),
            ],
            vec![(8100, needs(None))],
        ),
        (
            "an error in the address",
            Background,
            vec![
                (0, LoadStarted),
                (50, committed("https://example.org/?error=x&error_description=AADSTS50105%3A+x")),
                (100, LoadFinished),
                (120, look("https://example.org", false, true, None)),
            ],
            vec![(500, needs(Some("AADSTS50105")))],
        ),
        (
            "on the way to IAM Identity Center",
            Background,
            loaded(vec![(120, IdentityCenterStopped { host: "eu-central-1.signin.aws.amazon.com".into() })]),
            vec![(120, failed(Failure::IdentityCenter, Some("eu-central-1.signin.aws.amazon.com".into())))],
        ),
        (
            "an error page, then closed",
            Interactive,
            loaded(vec![(120, look(ORIGIN, true, true, Some("AADSTS50105"))), (2000, Closed)]),
            vec![(520, Effect::Show), (2000, cancelled(Some("AADSTS50105")))],
        ),
        (
            "only text: a number to match",
            Interactive,
            loaded(vec![(120, look(ORIGIN, false, true, None))]),
            vec![(3100, Effect::Show)],
        ),
        ("nothing at all", Interactive, loaded(vec![]), vec![(8100, Effect::Show)]),
        ("nothing at all", Background, loaded(vec![]), vec![(8100, needs(None))]),
        ("a slow server", Interactive, vec![(0, LoadStarted)], vec![(8000, Effect::Show)]),
        ("a slow server needs no person", Background, vec![(0, LoadStarted)], vec![]),
        (
            "a look of a page that is gone",
            Background,
            loaded(vec![(120, look("https://gone.example.org", true, true, None))]),
            vec![(8100, needs(None))],
        ),
        ("HTTP authentication", Interactive, vec![(90, PasswordAsked)], vec![(90, Effect::Show)]),
        ("HTTP authentication", Background, vec![(90, PasswordAsked)], vec![(90, needs(None))]),
        ("the parent asks", Interactive, vec![(5, ShowAsked), (6, ShowAsked)], vec![(5, Effect::Show)]),
        (
            "the parent asks",
            Background,
            vec![(5, ShowAsked), (6, Closed)],
            vec![(5, Effect::Show), (6, cancelled(None))],
        ),
        (
            "the parent asks before there is a window",
            Background,
            vec![(5, ShowAsked), (90, Opened), (99, ParentGone)],
            vec![(5, Effect::Show), (90, Effect::Show), (99, cancelled(None))],
        ),
        ("the parent is gone", Background, vec![(5, ParentGone)], vec![(5, cancelled(None))]),
    ];
    for (name, mode, events, expected) in table {
        assert_eq!(play(mode, events, 20_000), expected, "{name}, {mode:?}");
    }
}

#[test]
fn what_is_believed_to_be_the_assertion() {
    let captured = |jar: Vec<Cookie>| {
        Effect::End(Outcome::Captured {
            saml_response: Secret::new("PFg+"),
            acs: ACS.into(),
            page: ORIGIN.into(),
            cookies: jar,
            shown: false,
            person_acted: false,
        })
    };
    let http = "http://login.example.org";
    let long = "A".repeat(SAML_LIMIT + 1);
    let timeout = || vec![(60_000, failed(Failure::Timeout, None))];
    // Slow enough for the background: nothing is loaded to an end.
    let on = |page: &str, event| vec![(0, LoadStarted), (50, committed(page)), (60, event)];
    let table: Vec<(&str, Timed<Event>, Timed<Effect>)> = vec![
        (
            "the assertion, and the jar as it now stands",
            [on(PAGE, form(ORIGIN, ACS, "PFg+")), vec![(70, Cookies(Some(vec![cookie("new")])))]]
                .into_iter()
                .flatten()
                .collect(),
            vec![(60, Effect::ReadCookies), (70, captured(vec![cookie("new")]))],
        ),
        (
            "the engine cannot say: the jar as it was",
            [on(PAGE, form(ORIGIN, ACS, "PFg+")), vec![(70, Cookies(None))]].into_iter().flatten().collect(),
            vec![(60, Effect::ReadCookies), (70, captured(vec![cookie("old")]))],
        ),
        (
            "a crash or a close in the last moment costs nothing",
            [on(PAGE, form(ORIGIN, ACS, "PFg+")), vec![(65, Closed), (70, EngineGone)]]
                .into_iter()
                .flatten()
                .collect(),
            vec![(60, Effect::ReadCookies), (70, captured(vec![cookie("old")]))],
        ),
        (
            "the first one counts",
            [
                on(PAGE, form(ORIGIN, ACS, "PFg+")),
                vec![(61, form(ORIGIN, ACS, "b3RoZXI=")), (70, Cookies(Some(vec![])))],
            ]
            .into_iter()
            .flatten()
            .collect(),
            vec![(60, Effect::ReadCookies), (70, captured(vec![]))],
        ),
        ("another ACS", on(PAGE, form(ORIGIN, "https://signin.example.org/saml", "PFg+")), timeout()),
        ("a page without protection", on(http, form(http, ACS, "PFg+")), timeout()),
        ("a report of another page", on(PAGE, form("https://gone.example.org", ACS, "PFg+")), timeout()),
        ("a page that only claims to be the login host", on(http, form(ORIGIN, ACS, "PFg+")), timeout()),
        ("no page yet", vec![(0, form(ORIGIN, ACS, "PFg+"))], timeout()),
        ("too long to be one", on(PAGE, form(ORIGIN, ACS, &long)), timeout()),
        ("not a report", on(PAGE, Report(Secret::new("{"))), timeout()),
        (
            "a post that was answered here",
            [on(PAGE, posted(Some(ORIGIN), ACS)), vec![(70, Cookies(Some(vec![])))]]
                .into_iter()
                .flatten()
                .collect(),
            vec![(60, Effect::ReadCookies), (70, captured(vec![]))],
        ),
        (
            "a post whose origin the engine does not name",
            [on(PAGE, posted(None, ACS)), vec![(70, Cookies(Some(vec![])))]].into_iter().flatten().collect(),
            vec![(60, Effect::ReadCookies), (70, captured(vec![]))],
        ),
        (
            "a post of a frame of another origin",
            on(PAGE, posted(Some("https://ads.example.org"), ACS)),
            timeout(),
        ),
        ("a post of nobody's", on(PAGE, posted(Some("null"), ACS)), timeout()),
        (
            "a post to another ACS",
            on(PAGE, posted(Some(ORIGIN), "https://signin.example.org/saml")),
            timeout(),
        ),
        ("a post of a page without protection", on(http, posted(None, ACS)), timeout()),
        ("a post before there is a page", vec![(0, posted(None, ACS))], timeout()),
        (
            "a post was stopped before the script saw its field",
            on(PAGE, PostStopped),
            vec![(60, Effect::LookAgain), (60_000, failed(Failure::Timeout, None))],
        ),
    ];
    for (name, events, expected) in table {
        assert_eq!(play(Mode::Background, events, 60_000), expected, "{name}");
    }
}

#[test]
fn only_what_is_pressed_in_a_shown_window_is_a_person() {
    let person = || report(serde_json::json!({"kind": "person"}));
    for (name, before, after, expected) in [
        ("nothing pressed", None, None, false),
        ("a key, by the window system", None, Some(PersonActed), true),
        ("a key, by the capture script", None, Some(person()), true),
        ("before the window was shown", Some(PersonActed), None, false),
        ("a report of before", Some(person()), None, false),
        (
            "a report that only looks like one",
            None,
            Some(report(serde_json::json!({"kind": "people"}))),
            false,
        ),
    ] {
        let now = Instant::now();
        let mut flow = Flow::new(&request(Mode::Interactive), now);
        flow.step(committed(PAGE), now);
        before.into_iter().for_each(|event| drop(flow.step(event, now)));
        assert_eq!(flow.step(ShowAsked, now), [Effect::Show]);
        after.into_iter().for_each(|event| drop(flow.step(event, now)));
        flow.step(form(ORIGIN, ACS, "PFg+"), now);
        let effects = flow.step(Cookies(None), now);
        let [Effect::End(Outcome::Captured { shown: true, person_acted, .. })] = &effects[..] else {
            panic!("{name}: {effects:?}")
        };
        assert_eq!(*person_acted, expected, "{name}");
    }
}

#[test]
fn failures_and_titles() {
    for (event, reason, detail) in [
        (
            LoadFailed { host: "login.example.org".into(), reason: "no route".into() },
            Failure::Unreachable,
            Some("login.example.org: no route"),
        ),
        (
            CertificateRefused { host: "login.example.org".into() },
            Failure::Certificate,
            Some("login.example.org"),
        ),
        (EngineGone, Failure::Engine, None),
        (
            EngineFailed("CreateCoreWebView2Controller: 0x80004005".into()),
            Failure::Engine,
            Some("CreateCoreWebView2Controller: 0x80004005"),
        ),
        (NotOpened { reason: Failure::NoRuntime, detail: None }, Failure::NoRuntime, None),
    ] {
        let log = play(Mode::Interactive, vec![(1, event)], 10);
        assert_eq!(log, vec![(1, failed(reason, detail.map(str::to_owned)))]);
    }
    let mut flow = Flow::new(&request(Mode::Interactive), Instant::now());
    for (page, title) in [
        (PAGE, "login.microsoftonline.com — sign in for dev"),
        ("http://127.0.0.1:4100/x", "127.0.0.1:4100 — sign in for dev"),
        ("https://lögin.example.org/", "xn--lgin-5qa.example.org — sign in for dev"),
        ("about:blank", "empty page — sign in for dev"),
    ] {
        assert_eq!(flow.step(committed(page), Instant::now()), vec![Effect::Title(title.into())]);
    }
}
