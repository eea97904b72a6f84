//! What goes wrong is said with its code and next step; nothing is written, and the program goes on.

use crate::day::{Day, answer_to, captured, entra};
use rolecall_core::problem::Problem;
use rolecall_core::secret::Secret;
use rolecall_core::settings::Settings;
use rolecall_core::sign_in::{EntraError, Failure, Outcome};
use rolecall_core::view::State;
use rolecall_tray::controller::Command;
use rolecall_tray::menu::Action;

fn day() -> Day {
    Day::with_config(&format!("[profile work]\n{}", entra()))
}

/// Signs in, lets the window end so, and returns the code of what is said.
fn code_after(outcome: impl FnOnce(&str) -> Outcome) -> String {
    let mut day = day();
    day.press(Action::LeftClick);
    let window = day.window();
    let good = answer_to(&window.1, &["111111111111/Admin"], day.now);
    day.window_ends(window.0, outcome(&good));
    let told = day.told();
    assert_eq!(told.len(), 1, "{told:?}");
    let reached = |c: &Command| matches!(c, Command::Assume { .. } | Command::Write { .. });
    assert!(!day.commands.iter().any(reached));
    let problem = day.profile("work").problem.expect("a problem");
    assert!(told[0].contains(&problem.what) && told[0].contains(&problem.help), "{told:?}");
    // And it goes on: the next click opens the next window, with no cookies of the one that failed.
    day.press(Action::LeftClick);
    assert!(day.window().1.cookies.is_empty());
    problem.code
}

#[test]
fn whatever_the_window_brings() {
    let altered = |change: fn(&str) -> String| {
        move |good: &str| {
            use base64::Engine as _;
            let engine = base64::engine::general_purpose::STANDARD;
            let xml = String::from_utf8(engine.decode(good).expect("base64")).expect("text");
            captured(&engine.encode(change(&xml)))
        }
    };
    let failed = |reason| move |_: &str| Outcome::Failed { reason, detail: Some("login.example.org".into()) };
    type Case = (Box<dyn FnOnce(&str) -> Outcome>, &'static str);
    let cases: Vec<Case> = vec![
        (
            Box::new(altered(|xml| xml.replace("InResponseTo=\"id", "InResponseTo=\"other"))),
            "sign_in.other_request",
        ),
        (Box::new(altered(|xml| xml.replace("role/Admin", "user/Admin"))), "sign_in.no_roles"),
        (Box::new(altered(|xml| xml.replace("status:Success", "status:Responder"))), "sign_in.saml_status"),
        (Box::new(altered(|xml| format!("{xml}<!--{}-->", "x".repeat(90_000)))), "sign_in.saml_too_large"),
        (Box::new(|_: &str| captured("junk")), "sign_in.saml_junk"),
        (
            Box::new(|good: &str| match captured(good) {
                Outcome::Captured { saml_response, page, cookies, .. } => Outcome::Captured {
                    saml_response,
                    acs: "https://example.org/saml".into(),
                    page,
                    cookies,
                    shown: false,
                    person_acted: false,
                },
                other => other,
            }),
            "sign_in.other_acs",
        ),
        (
            Box::new(|good: &str| Outcome::Captured {
                saml_response: Secret::new(good),
                acs: crate::day::ACS.into(),
                page: "http://login.example.org".into(),
                cookies: vec![],
                shown: false,
                person_acted: false,
            }),
            "sign_in.insecure_page",
        ),
        (
            Box::new(|_: &str| Outcome::Cancelled { error: Some(EntraError("AADSTS50105".into())) }),
            "sign_in.entra",
        ),
        (Box::new(|_: &str| Outcome::NeedsPerson { error: None }), "sign_in.person_needed"),
        (Box::new(failed(Failure::BadRequest)), "sign_in.window_unavailable"),
        (Box::new(failed(Failure::NoDisplay)), "sign_in.no_display"),
        (Box::new(failed(Failure::NoRuntime)), "sign_in.no_runtime"),
        (Box::new(failed(Failure::Engine)), "sign_in.engine"),
        (
            Box::new(|_: &str| Outcome::Failed { reason: Failure::Engine, detail: None }),
            "sign_in.window_crashed",
        ),
        (Box::new(failed(Failure::Unreachable)), "sign_in.unreachable"),
        (Box::new(failed(Failure::Certificate)), "sign_in.certificate"),
        (Box::new(failed(Failure::Timeout)), "sign_in.timeout"),
    ];
    for (outcome, code) in cases {
        assert_eq!(code_after(outcome), code);
    }
}

#[test]
fn a_config_that_is_not_there_or_says_nothing_to_us() {
    let mut day = Day::with_config("");
    assert!(day.view().problems[0].what.contains("has no profile that signs in through Entra"));
    day.files(|files| files.config.text = Ok(None));
    assert!(day.view().problems[0].what.contains("There is no AWS config file at /home/ada/.aws/config."));
    day.press(Action::LeftClick);
    assert_eq!(day.opened, 1, "the main window helps");
    day.files(|files| files.config.text = Ok(Some("[profile work]\nazure_tenant_id=1\n".into())));
    assert_eq!(day.profile("work").state, State::Unusable);
    let problem = day.profile("work").problem.expect("a problem").what;
    let said = "/home/ada/.aws/config, section [profile work]: azure_tenant_id is neither";
    assert!(problem.contains(said), "{problem}");
}

#[test]
fn a_profile_added_by_hand_is_there_at_once_and_a_removed_one_gone() {
    let mut day = Day::with_config("");
    assert!(day.view().profiles.is_empty());
    day.files(|files| files.config.text = Ok(Some(format!("[profile new]\n{}", entra()))));
    assert_eq!(day.profile("new").state, State::SignedOut);
    day.files(|files| files.config.text = Ok(Some(String::new())));
    assert!(day.view().profiles.is_empty());
}

#[test]
fn settings_that_cannot_be_read_leave_the_usual_ones() {
    let mut day = day();
    let problem = Problem::SettingsInvalid { path: "settings.toml".into(), reason: "line 1: no".into() };
    day.files(|files| files.settings = Err(problem));
    assert_eq!(day.view().problems[0].code, "settings.invalid");
    assert_eq!(day.profile("work").state, State::SignedOut);
}

#[test]
fn an_unreadable_credentials_file_is_said_and_takes_no_session_away() {
    let mut day = day();
    day.sign_in(&["111111111111/Admin"]);
    day.aws_grants();
    let problem = Problem::FileUnreadable { path: "credentials".into(), reason: "denied".into() };
    day.files(|files| files.credentials = Err(problem));
    assert_eq!(day.profile("work").state, State::Active);
    assert_eq!(day.view().problems[0].code, "file.unreadable");
}

#[test]
fn a_name_that_a_shell_would_change_cannot_be_served_by_a_process() {
    let mut day = Day::with_config(&format!("[profile wo$rk]\n{}azure_credentials=process\n", entra()));
    day.press(Action::LeftClick);
    assert!(day.windows().is_empty(), "said before any page opens");
    assert_eq!(day.profile("wo$rk").problem.expect("a problem").code, "config.process_unquotable");
    assert!(!day.commands.iter().any(|command| matches!(command, Command::Arrange { .. })));
}

#[test]
fn a_file_that_cannot_be_written_says_so() {
    use rolecall_tray::controller::Input;
    use rolecall_tray::sts::Grant;
    let mut day = day();
    day.sign_in(&["111111111111/Admin"]);
    let (attempt, profile, ask) = day.asked();
    let credentials = crate::day::credentials(day.now + jiff::SignedDuration::from_hours(8));
    let grant = Grant { role: ask.role.role, credentials, shortened: None, limit: None };
    day.input(Input::Granted { attempt, profile: profile.clone(), result: Ok(grant) });
    let full = Problem::FileUnwritable { path: "credentials".into(), reason: "no space is left".into() };
    day.input(Input::Written { attempt, profile, result: Err(full) });
    assert_eq!(day.profile("work").state, State::SignedOut);
    assert!(day.told()[0].contains("credentials could not be written: no space is left. It is as it was."));
}

#[test]
fn the_systems_account_signs_on_only_where_profile_and_settings_let_it() {
    for (key, os_sign_on, expected) in [
        ("", true, true),
        ("", false, false),
        ("azure_os_sso=false\n", true, false),
        ("azure_os_sso=true\n", false, false),
    ] {
        let mut day = Day::with_config(&format!("[profile work]\n{}{key}", entra()));
        day.files(|files| files.settings = Ok(Settings { os_sign_on, ..Settings::default() }));
        day.press(Action::LeftClick);
        assert_eq!(day.window().1.os_sso, expected, "{key:?} {os_sign_on}");
    }
}
