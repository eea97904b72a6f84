//! What a sign-in decides from what happens to it: events in, effects out. No window, no engine, no clock.

use super::address;
use rolecall_core::entra_error;
use rolecall_core::secret::Secret;
use rolecall_core::sign_in::{Acs, Cookie, EntraError, Failure, Mode, Outcome, PERSON_TIME, Request};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use url::Url;

/// A page that shows a control (or an Entra error) for this long without navigating needs a person.
pub(crate) const NEED: Duration = Duration::from_millis(400);
/// So does a loaded page that shows text and does nothing for this long: a number to match, a lone link. Interactive
/// only: in the background nobody is served by haste.
pub(crate) const STILL: Duration = Duration::from_secs(3);
/// And, whatever it shows, one without load activity for this long: a hidden page gets few timers and no animation
/// frames, so it may be waiting to be seen. In the background this counts only once the page has loaded: a slow
/// server needs patience, not a person.
pub(crate) const IDLE: Duration = Duration::from_secs(8);
/// What a page may claim to be an assertion; the tray refuses far shorter ones in its own words.
const SAML_LIMIT: usize = 1024 * 1024;

/// What happens to a sign-in.
#[derive(Debug)]
pub(crate) enum Event {
    /// There is a window, hidden as yet.
    Opened,
    /// The top frame began to go elsewhere.
    LoadStarted,
    /// The load under way was redirected or received something.
    LoadWentOn,
    /// The top frame now shows a page of this address.
    Committed(Option<Url>),
    LoadFinished,
    /// The capture script reports something: JSON.
    Report(Secret),
    /// A frame wanted to go to an ACS, and was stopped.
    PostStopped,
    /// The top frame posted a form to an ACS, and was answered here; `origin` is what the engine named as the post's.
    #[cfg_attr(not(windows), allow(dead_code, reason = "elsewhere a post is stopped before it has a body"))]
    Posted {
        origin: Option<String>,
        action: Url,
        saml: Secret,
    },
    /// A person pressed a key or a pointer's button in the window, as the window system says.
    #[cfg_attr(
        not(target_os = "linux"),
        allow(dead_code, reason = "elsewhere the capture script alone reports it")
    )]
    PersonActed,
    /// In a second window, which a page has opened by a person's click.
    InSecondWindow {
        number: u32,
        event: SecondWindowEvent,
    },
    /// A page's script asks or tells something and waits for the answer, before the window was shown.
    #[cfg_attr(windows, allow(dead_code, reason = "the engine shows its dialogs there unasked"))]
    DialogAsked,
    /// A server asks for a name and a password outside of any page (HTTP authentication).
    PasswordAsked,
    /// The jar, after [`Effect::ReadCookies`]; none if the engine could not say.
    Cookies(Option<Vec<Cookie>>),
    LoadFailed {
        host: String,
        reason: String,
    },
    CertificateRefused {
        host: String,
    },
    /// A frame wanted to go to IAM Identity Center with what Entra gave it, and was stopped.
    IdentityCenterStopped {
        host: String,
    },
    /// There will be no window.
    NotOpened {
        reason: Failure,
        detail: Option<String>,
    },
    /// The engine's process is gone.
    EngineGone,
    /// The engine refused what a sign-in cannot do without, or says of what it died: its own words and number.
    EngineFailed(String),
    /// The person closed the window.
    Closed,
    /// The parent closed our standard input.
    ParentGone,
    /// The parent wants the window shown.
    ShowAsked,
    /// [`Flow::due`] has come.
    Tick,
}

/// What happens in a second window.
#[derive(Debug)]
pub(crate) enum SecondWindowEvent {
    Committed(Option<Url>),
    Report(Secret),
    /// As [`Event::Posted`].
    #[cfg_attr(not(windows), allow(dead_code, reason = "elsewhere a post is stopped before it has a body"))]
    Posted {
        origin: Option<String>,
        action: Url,
        saml: Secret,
    },
    Closed,
}

/// What is to be done about it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    Title(String),
    Show,
    /// Let the capture script report again.
    LookAgain,
    /// Answered by [`Event::Cookies`].
    ReadCookies,
    /// The last effect of all.
    End(Outcome),
}

/// One sign-in under way.
pub(crate) struct Flow {
    profile: String,
    acs: Vec<Acs>,
    /// The host of Entra's sign-in pages.
    entra: Option<String>,
    jar: Vec<Cookie>,
    background: bool,
    /// Whether this only tests the engine, and its name.
    testing: Option<String>,
    deadline: Instant,
    page: Option<Url>,
    /// The pages of the second windows.
    second_windows: BTreeMap<u32, Url>,
    /// Between a load's start and its commit or failure.
    leaving: bool,
    /// Between a load's start and its end.
    loading: bool,
    last_activity: Instant,
    look: Look,
    need_since: Option<Instant>,
    shown: bool,
    /// When a person last pressed a key or a pointer's button in a window that is shown.
    person_acted: Option<Instant>,
    captured: Option<Captured>,
}

struct Captured {
    saml_response: Secret,
    acs: String,
    page: String,
}

/// What the page that is shown asks of a person.
#[derive(Debug, Default)]
struct Look {
    control: bool,
    text: bool,
    error: Option<EntraError>,
}

/// What `capture.js` sends.
#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Report {
    Form {
        origin: String,
        action: Url,
        saml: Secret,
    },
    Look {
        origin: String,
        need: bool,
        text: bool,
        error: Option<String>,
    },
    /// A key or a pointer's button was pressed, by nobody's script.
    Person,
}

impl Flow {
    pub(crate) fn new(request: &Request, now: Instant) -> Self {
        Self {
            profile: request.profile.clone(),
            acs: request.acs.clone(),
            entra: Url::parse(&request.url).ok().as_ref().and_then(address::host),
            jar: request.cookies.clone(),
            background: request.mode == Mode::Background,
            testing: None,
            deadline: now + Duration::from_millis(request.timeout_ms),
            page: None,
            second_windows: BTreeMap::new(),
            leaving: true,
            loading: true,
            last_activity: now,
            look: Look::default(),
            need_since: None,
            shown: false,
            person_acted: None,
            captured: None,
        }
    }

    /// A test of the engine, which ends when the page of `request` is loaded.
    pub(crate) fn test(request: &Request, engine: String, now: Instant) -> Self {
        Self { testing: Some(engine), ..Self::new(request, now) }
    }

    /// The title before the first page: `Sign in for PROFILE`.
    pub(crate) fn first_title(profile: &str) -> String {
        format!("Sign in for {profile}")
    }

    /// The title of a window that shows this page.
    pub(crate) fn title(page: Option<&Url>, profile: &str) -> String {
        let host = page.and_then(address::host).unwrap_or_else(|| "empty page".to_owned());
        format!("{host} — sign in for {profile}")
    }

    /// When [`Event::Tick`] is next wanted.
    pub(crate) fn due(&self) -> Instant {
        self.attention_due().map_or(self.deadline, |due| due.min(self.deadline))
    }

    pub(crate) fn step(&mut self, event: Event, now: Instant) -> Vec<Effect> {
        let mut effects = self.take(event, now);
        let ended = matches!(effects.last(), Some(Effect::End(_)));
        if !ended && now >= self.deadline {
            effects.push(failed(Failure::Timeout, None));
        } else if !ended && self.attention_due().is_some_and(|due| now >= due) {
            effects.push(self.call_person());
        }
        effects
    }

    fn take(&mut self, event: Event, now: Instant) -> Vec<Effect> {
        match event {
            // Asked for before there was one.
            Event::Opened if self.shown => return vec![Effect::Show],
            Event::LoadStarted => {
                self.leaving = true;
                self.loading = true;
                self.need_since = None;
                self.last_activity = now;
            }
            Event::LoadWentOn => self.last_activity = now,
            Event::Committed(page) => {
                self.leaving = false;
                self.last_activity = now;
                self.look = Look::default();
                self.need_since = None;
                let title = Self::title(page.as_ref(), &self.profile);
                self.page = page;
                self.look.error = self.error_in_address();
                return vec![Effect::Title(title)];
            }
            Event::LoadFinished if self.testing.is_some() => {
                let engine = self.testing.take().unwrap_or_default();
                return vec![Effect::End(Outcome::EngineWorks { engine })];
            }
            Event::LoadFinished => {
                self.leaving = false;
                self.loading = false;
                self.last_activity = now;
                self.watch_need(now);
            }
            Event::PersonActed => self.person_acts(now),
            Event::Report(report) => return self.report(&report, now),
            Event::InSecondWindow { number, event } => return self.in_second_window(number, event, now),
            Event::Posted { origin, action, saml } => {
                return self.capture(self.page.clone(), origin.as_deref(), action, saml);
            }
            Event::PostStopped if self.captured.is_none() => return vec![Effect::LookAgain],
            Event::PasswordAsked | Event::DialogAsked if !self.shown => return vec![self.call_person()],
            Event::ShowAsked if !self.shown => {
                // Somebody is waiting now, and may need their time.
                if std::mem::take(&mut self.background) {
                    self.deadline = now + PERSON_TIME;
                }
                return vec![self.call_person()];
            }
            Event::Cookies(jar) => return self.finish(jar),
            // Once captured, nothing but the jar is of interest, and without an engine there is none to wait for.
            Event::EngineGone | Event::EngineFailed(_) if self.captured.is_some() => {
                return self.finish(None);
            }
            _ if self.captured.is_some() => {}
            Event::NotOpened { reason, detail } => return vec![failed(reason, detail)],
            Event::EngineGone => return vec![failed(Failure::Engine, None)],
            Event::EngineFailed(words) => return vec![failed(Failure::Engine, Some(words))],
            Event::LoadFailed { host, reason } => {
                return vec![failed(Failure::Unreachable, Some(format!("{host}: {reason}")))];
            }
            Event::IdentityCenterStopped { host } => {
                return vec![failed(Failure::IdentityCenter, Some(host))];
            }
            Event::CertificateRefused { host } => return vec![failed(Failure::Certificate, Some(host))],
            Event::Closed | Event::ParentGone => {
                return vec![Effect::End(Outcome::Cancelled { error: self.look.error.clone() })];
            }
            Event::Opened
            | Event::PostStopped
            | Event::PasswordAsked
            | Event::DialogAsked
            | Event::ShowAsked
            | Event::Tick => {}
        }
        Vec::new()
    }

    /// Nobody can press anything in a window that is not shown.
    fn person_acts(&mut self, now: Instant) {
        if self.shown {
            self.person_acted = Some(now);
        }
    }

    /// When a person last pressed something.
    #[cfg_attr(
        not(windows),
        allow(dead_code, reason = "the other engines tell a click from a script themselves")
    )]
    pub(crate) fn person_acted(&self) -> Option<Instant> {
        self.person_acted
    }

    /// Believes a report only if it names the origin of the page that the engine itself last committed: a report can
    /// still be on its way when the page that sent it is gone.
    fn report(&mut self, report: &Secret, now: Instant) -> Vec<Effect> {
        let Some(origin) = self.page.as_ref().map(|page| page.origin().ascii_serialization()) else {
            return Vec::new();
        };
        let entra = self.page.as_ref().and_then(address::host) == self.entra;
        match serde_json::from_str(report.expose()) {
            Ok(Report::Form { origin: said, action, saml }) => {
                self.capture(self.page.clone(), Some(&said), action, saml)
            }
            Ok(Report::Look { origin: said, need, text, error }) if said == origin => {
                self.look = Look {
                    control: need,
                    text,
                    error: error
                        .and_then(|code| entra_error(&code, entra))
                        .or_else(|| self.error_in_address()),
                };
                self.watch_need(now);
                Vec::new()
            }
            Ok(Report::Person) => {
                self.person_acts(now);
                Vec::new()
            }
            Ok(Report::Look { .. }) | Err(_) => Vec::new(),
        }
    }

    fn error_in_address(&self) -> Option<EntraError> {
        self.page.as_ref().and_then(address::entra_error)
    }

    /// A second window is shown, so nobody need be called; but what posts an assertion there is captured, too.
    fn in_second_window(&mut self, number: u32, event: SecondWindowEvent, now: Instant) -> Vec<Effect> {
        match event {
            SecondWindowEvent::Committed(Some(page)) => _ = self.second_windows.insert(number, page),
            SecondWindowEvent::Committed(None) | SecondWindowEvent::Closed => {
                self.second_windows.remove(&number);
            }
            SecondWindowEvent::Posted { origin, action, saml } => {
                let page = self.second_windows.get(&number).cloned();
                return self.capture(page, origin.as_deref(), action, saml);
            }
            SecondWindowEvent::Report(report) => match serde_json::from_str(report.expose()) {
                Ok(Report::Form { origin, action, saml }) => {
                    let page = self.second_windows.get(&number).cloned();
                    return self.capture(page, Some(&origin), action, saml);
                }
                Ok(Report::Person) => self.person_acts(now),
                Ok(Report::Look { .. }) | Err(_) => {}
            },
        }
        Vec::new()
    }

    /// Takes what a form of this page posts, or is about to. `said` is the origin that it is said to come from, where one
    /// is named.
    fn capture(&mut self, page: Option<Url>, said: Option<&str>, action: Url, saml: Secret) -> Vec<Effect> {
        let Some(page) = page.filter(address::is_protected) else {
            return Vec::new();
        };
        let origin = page.origin().ascii_serialization();
        let wanted = said.is_none_or(|said| said == origin)
            && address::is_acs(&action, &self.acs)
            && saml.expose().len() <= SAML_LIMIT;
        if !wanted || self.captured.is_some() {
            return Vec::new();
        }
        self.captured = Some(Captured { saml_response: saml, acs: action.into(), page: origin });
        vec![Effect::ReadCookies]
    }

    /// Starts or stops the clock of [`NEED`].
    fn watch_need(&mut self, now: Instant) {
        let needed = !self.leaving && (self.look.control || self.look.error.is_some());
        self.need_since = if needed { self.need_since.or(Some(now)) } else { None };
    }

    /// When a person is to be called, as things stand.
    fn attention_due(&self) -> Option<Instant> {
        if self.shown || self.captured.is_some() || self.testing.is_some() {
            return None;
        }
        let need = self.need_since.map(|since| since + NEED);
        let loaded = !self.loading;
        let still = (!self.background && loaded && self.look.text).then(|| self.last_activity + STILL);
        let idle = (!self.background || loaded).then(|| self.last_activity + IDLE);
        [need, still, idle].into_iter().flatten().min()
    }

    fn call_person(&mut self) -> Effect {
        if self.background {
            return Effect::End(Outcome::NeedsPerson { error: self.look.error.clone() });
        }
        self.shown = true;
        Effect::Show
    }

    /// With the jar as it now stands, or as it was given where the engine cannot say.
    fn finish(&mut self, jar: Option<Vec<Cookie>>) -> Vec<Effect> {
        let Some(Captured { saml_response, acs, page }) = self.captured.take() else {
            return Vec::new();
        };
        let cookies = jar.unwrap_or_else(|| std::mem::take(&mut self.jar));
        let (shown, person_acted) = (self.shown, self.person_acted.is_some());
        vec![Effect::End(Outcome::Captured { saml_response, acs, page, cookies, shown, person_acted })]
    }
}

fn failed(reason: Failure, detail: Option<String>) -> Effect {
    Effect::End(Outcome::Failed { reason, detail })
}

/// The page is free to claim anything: only what has the form of a code is one. A bare number is one where Entra itself
/// shows it, or where it is one of the codes that we know.
fn entra_error(said: &str, on_entra: bool) -> Option<EntraError> {
    let (digits, least) = match said.strip_prefix("AADSTS") {
        Some(digits) => (digits, 4),
        None => (said, 5),
    };
    let plausible = (least..=7).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    let code = format!("AADSTS{digits}");
    let believed = digits.len() < said.len() || on_entra || entra_error::find(&code).is_some();
    (plausible && believed).then_some(EntraError(code))
}

#[cfg(test)]
#[path = "flow_tests.rs"]
mod tests;
