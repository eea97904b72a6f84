//! What a sign-in decides from what happens to it: events in, effects out. No window, no engine, no clock.

use super::address;
use rolecall_core::secret::Secret;
use rolecall_core::sign_in::{Acs, Cookie, EntraError, Failure, Mode, Outcome, PERSON_TIME, Request};
use serde::Deserialize;
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
    EngineGone,
    /// The person closed the window.
    Closed,
    /// The parent closed our standard input.
    ParentGone,
    /// The parent wants the window shown.
    ShowAsked,
    /// [`Flow::due`] has come.
    Tick,
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
    jar: Vec<Cookie>,
    background: bool,
    deadline: Instant,
    page: Option<Url>,
    /// Between a load's start and its commit or failure.
    leaving: bool,
    /// Between a load's start and its end.
    loading: bool,
    last_activity: Instant,
    look: Look,
    need_since: Option<Instant>,
    shown: bool,
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
    Form { origin: String, action: Url, saml: Secret },
    Look { origin: String, need: bool, text: bool, error: Option<String> },
}

impl Flow {
    pub(crate) fn new(request: &Request, now: Instant) -> Self {
        Self {
            profile: request.profile.clone(),
            acs: request.acs.clone(),
            jar: request.cookies.clone(),
            background: request.mode == Mode::Background,
            deadline: now + Duration::from_millis(request.timeout_ms),
            page: None,
            leaving: true,
            loading: true,
            last_activity: now,
            look: Look::default(),
            need_since: None,
            shown: false,
            captured: None,
        }
    }

    /// The title before the first page: `Sign in for PROFILE`.
    pub(crate) fn first_title(profile: &str) -> String {
        format!("Sign in for {profile}")
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
                let host = page.as_ref().and_then(address::host).unwrap_or_else(|| "empty page".to_owned());
                self.page = page;
                return vec![Effect::Title(format!("{host} — sign in for {}", self.profile))];
            }
            Event::LoadFinished => {
                self.leaving = false;
                self.loading = false;
                self.last_activity = now;
                self.watch_need(now);
            }
            Event::Report(report) => return self.report(&report, now),
            Event::Posted { origin, action, saml } => return self.capture(origin.as_deref(), action, saml),
            Event::PostStopped if self.captured.is_none() => return vec![Effect::LookAgain],
            Event::PasswordAsked if !self.shown => return vec![self.call_person()],
            Event::ShowAsked if !self.shown => {
                // Somebody is waiting now, and may need their time.
                if std::mem::take(&mut self.background) {
                    self.deadline = now + PERSON_TIME;
                }
                return vec![self.call_person()];
            }
            Event::Cookies(jar) => return self.finish(jar),
            // Once captured, nothing but the jar is of interest, and without an engine there is none to wait for.
            Event::EngineGone if self.captured.is_some() => return self.finish(None),
            _ if self.captured.is_some() => {}
            Event::EngineGone => return vec![failed(Failure::Engine, None)],
            Event::LoadFailed { host, reason } => {
                return vec![failed(Failure::Unreachable, Some(format!("{host}: {reason}")))];
            }
            Event::CertificateRefused { host } => return vec![failed(Failure::Certificate, Some(host))],
            Event::Closed | Event::ParentGone => {
                return vec![Effect::End(Outcome::Cancelled { error: self.look.error.clone() })];
            }
            Event::Opened | Event::PostStopped | Event::PasswordAsked | Event::ShowAsked | Event::Tick => {}
        }
        Vec::new()
    }

    /// Believes a report only if it names the origin of the page that the engine itself last committed: a report can
    /// still be on its way when the page that sent it is gone.
    fn report(&mut self, report: &Secret, now: Instant) -> Vec<Effect> {
        let Some(origin) = self.page.as_ref().map(|page| page.origin().ascii_serialization()) else {
            return Vec::new();
        };
        match serde_json::from_str(report.expose()) {
            Ok(Report::Form { origin: said, action, saml }) => self.capture(Some(&said), action, saml),
            Ok(Report::Look { origin: said, need, text, error }) if said == origin => {
                self.look = Look { control: need, text, error: error.and_then(|code| entra_error(&code)) };
                self.watch_need(now);
                Vec::new()
            }
            Ok(Report::Look { .. }) | Err(_) => Vec::new(),
        }
    }

    /// Takes what a form posts, or is about to. `said` is the origin that it is said to come from, where one is named.
    fn capture(&mut self, said: Option<&str>, action: Url, saml: Secret) -> Vec<Effect> {
        let Some(page) = self.page.as_ref().filter(|page| address::is_protected(page)) else {
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
        if self.shown || self.captured.is_some() {
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
        vec![Effect::End(Outcome::Captured { saml_response, acs, page, cookies, shown: self.shown })]
    }
}

fn failed(reason: Failure, detail: Option<String>) -> Effect {
    Effect::End(Outcome::Failed { reason, detail })
}

/// The page is free to claim anything: only what has the form of a code is one.
fn entra_error(code: &str) -> Option<EntraError> {
    let digits = code.strip_prefix("AADSTS")?;
    let plausible = (4..=7).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    plausible.then(|| EntraError(code.to_owned()))
}

#[cfg(test)]
#[path = "flow_tests.rs"]
mod tests;
