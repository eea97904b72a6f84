//! What the script in a sign-in page reports, in any order with what the engine says: no page gets an assertion taken
//! that was not for an assertion consumer service.
#![no_main]

use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use rolecall_core::secret::Secret;
use rolecall_core::sign_in::{Acs, Mode, Outcome, Request};
use std::time::{Duration, Instant};
use url::Url;

// The pure half of the sign-in window. The other half links a web engine, which does not belong in a fuzz target.
#[path = "../../src-tauri/window/src/sign_in/address.rs"]
#[allow(dead_code)]
mod address;
#[path = "../../src-tauri/window/src/sign_in/flow.rs"]
#[allow(dead_code)]
mod flow;

use flow::{Effect, Event, Flow, SecondWindowEvent};

#[derive(Debug, Arbitrary)]
enum Happening<'a> {
    LoadStarted,
    Committed(&'a str),
    LoadFinished,
    Report(&'a str),
    Form { origin: &'a str, action: &'a str, saml: &'a str },
    Look { origin: &'a str, need: bool, error: Option<&'a str> },
    PostStopped,
    PersonActed,
    DialogAsked,
    IdentityCenterStopped(&'a str),
    InSecondWindow(u8, InSecondWindow<'a>),
    ShowAsked,
    Time(u16),
}

#[derive(Debug, Arbitrary)]
enum InSecondWindow<'a> {
    Committed(&'a str),
    Report(&'a str),
}

fuzz_target!(|input: (bool, Vec<Happening<'_>>)| {
    let (background, happenings) = input;
    let acs = Acs { scheme: "https".into(), host: "signin.aws.amazon.com".into(), path: "/saml".into() };
    let mut now = Instant::now();
    let request: Request = serde_json::from_value(serde_json::json!({
        "url": "https://login.example.org/", "profile": "work",
        "mode": if background { Mode::Background } else { Mode::Interactive },
        "acs": [acs], "cookies": [], "timeout_ms": 600_000,
    }))
    .expect("a request");
    let mut flow = Flow::new(&request, now);
    let mut show_asked = false;
    for happening in happenings.into_iter().take(64) {
        let event = match happening {
            Happening::LoadStarted => Event::LoadStarted,
            Happening::Committed(url) => Event::Committed(Url::parse(url).ok()),
            Happening::LoadFinished => Event::LoadFinished,
            Happening::Report(text) => Event::Report(Secret::new(text)),
            Happening::Form { origin, action, saml } => Event::Report(Secret::new(
                serde_json::json!({"kind": "form", "origin": origin, "action": action, "saml": saml}).to_string(),
            )),
            Happening::Look { origin, need, error } => Event::Report(Secret::new(
                serde_json::json!({"kind": "look", "origin": origin, "need": need, "text": true, "error": error})
                    .to_string(),
            )),
            Happening::PostStopped => Event::PostStopped,
            Happening::PersonActed => Event::PersonActed,
            Happening::DialogAsked => Event::DialogAsked,
            Happening::IdentityCenterStopped(host) => Event::IdentityCenterStopped { host: host.to_owned() },
            Happening::InSecondWindow(number, event) => Event::InSecondWindow {
                number: number.into(),
                event: match event {
                    InSecondWindow::Committed(url) => SecondWindowEvent::Committed(Url::parse(url).ok()),
                    InSecondWindow::Report(text) => SecondWindowEvent::Report(Secret::new(text)),
                },
            },
            Happening::ShowAsked => {
                show_asked = true;
                Event::ShowAsked
            }
            Happening::Time(millis) => {
                now += Duration::from_millis(millis.into());
                Event::Tick
            }
        };
        let mut effects = flow.step(event, now);
        if effects.iter().any(|effect| matches!(effect, Effect::ReadCookies)) {
            effects = flow.step(Event::Cookies(None), now);
        }
        for effect in &effects {
            match effect {
                Effect::End(Outcome::Captured { acs, page, .. }) => {
                    assert!(acs.starts_with("https://signin.aws.amazon.com/saml"), "{acs}");
                    assert!(page.starts_with("https://") || page.starts_with("http://"), "{page}");
                }
                Effect::Show => assert!(!background || show_asked, "nobody asked for a window"),
                _ => {}
            }
        }
        if matches!(effects.last(), Some(Effect::End(_))) {
            return;
        }
    }
});
