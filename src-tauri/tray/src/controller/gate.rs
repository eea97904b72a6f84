//! One sign-in at a time for each cookie jar, one assertion for all profiles that share it.

use super::{Command, Controller};
use crate::broker;
use crate::sealed::{Jar, Label, SignOnId};
use jiff::{SignedDuration, Timestamp};
use rolecall_core::problem::Problem;
use rolecall_core::profile::{EntraProfile, ProfileName};
use rolecall_core::role::RoleArn;
use rolecall_core::saml::acs;
use rolecall_core::saml::request::AuthnRequest;
use rolecall_core::saml::response::{self, Assertion, Expected, Roles};
use rolecall_core::secret::Secret;
use rolecall_core::session::{Attempt, Event};
use rolecall_core::sign_in::{BACKGROUND_TIME, Cookie, Failure, Mode, Outcome, PERSON_TIME, Request};
use rolecall_core::time;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap, VecDeque};

/// An assertion with less left than this is not shared: asking STS takes its time.
const ASSERTION_MARGIN: SignedDuration = SignedDuration::from_secs(30);

/// Whose assertion: profiles that agree on all of it share one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
struct SignOn {
    jar: Jar,
    app_id_uri: String,
    acs_url: String,
}

struct Running {
    attempt: Attempt,
    mode: Mode,
    profile: ProfileName,
    sign_on: SignOn,
    request_id: String,
}

struct Queued {
    attempt: Attempt,
    profile: ProfileName,
    mode: Mode,
}

#[derive(Default)]
pub(super) struct Gate {
    running: Vec<Running>,
    queue: VecDeque<Queued>,
    /// In memory for the day; the vault keeps those of who wants to be remembered.
    jars: HashMap<Jar, Vec<Cookie>>,
    assertions: HashMap<SignOn, Assertion>,
    /// Profiles as a client's overrides make them, for the sign-in under way.
    overridden: BTreeMap<ProfileName, EntraProfile>,
    /// By which sign-on a profile was signed in last, from the moment on at which its window was to open.
    signed_on: BTreeMap<ProfileName, SignOnId>,
    /// A client's display, for a resident process that was started without one.
    pub(super) display: BTreeMap<String, String>,
}

impl Gate {
    pub(super) fn profile(&self, name: &ProfileName) -> Option<&EntraProfile> {
        self.overridden.get(name)
    }

    /// Sets or (`None`) drops what a client's overrides make of a profile.
    pub(super) fn override_profile(&mut self, name: &ProfileName, profile: Option<EntraProfile>) {
        match profile {
            Some(profile) => _ = self.overridden.insert(name.clone(), profile),
            None => _ = self.overridden.remove(name),
        }
    }

    /// Nobody speaks of this profile any more.
    pub(super) fn forget_profile(&mut self, name: &ProfileName) {
        self.overridden.remove(name);
        self.signed_on.remove(name);
    }

    /// By which sign-on a profile was signed in last.
    pub(super) fn signed_on(&self, name: &ProfileName) -> Option<&SignOnId> {
        self.signed_on.get(name)
    }

    /// Cookies from the vault; a sign-in since then knows better.
    pub(super) fn remember(&mut self, jar: Jar, cookies: Vec<Cookie>) {
        self.jars.entry(jar).or_insert(cookies);
    }

    /// Whose cookies there are.
    pub(super) fn jars(&self) -> impl Iterator<Item = &Jar> {
        self.jars.iter().filter(|(_, cookies)| !cookies.is_empty()).map(|(jar, _)| jar)
    }

    /// The next sign-in with this jar is one.
    pub(super) fn forget(&mut self, jar: &Jar) {
        self.jars.remove(jar);
        self.assertions.retain(|sign_on, _| sign_on.jar != *jar);
    }

    /// What of a jar outlives a browser: cookies with an end of their own. `None` where there are none.
    pub(super) fn remembered(&self, jar: &Jar) -> Option<Vec<Cookie>> {
        let cookies: Vec<_> =
            self.jars.get(jar)?.iter().filter(|cookie| cookie.expires.is_some()).cloned().collect();
        (!cookies.is_empty()).then_some(cookies)
    }
}

/// Whose cookies a profile's sign-in uses.
pub(super) fn jar_of(profile: &EntraProfile) -> Jar {
    Jar {
        authority: profile.authority.url().to_string(),
        tenant: profile.tenant.to_ascii_lowercase(),
        user: profile.username.as_ref().map(|user| user.to_lowercase()),
    }
}

/// What tells a profile's credentials from those of another profile of the same name.
pub(super) fn sign_on_id(profile: &EntraProfile) -> SignOnId {
    SignOnId(serde_json::to_string(&SignOn::of(profile)).unwrap_or_default())
}

impl SignOn {
    fn of(profile: &EntraProfile) -> Self {
        Self {
            jar: jar_of(profile),
            app_id_uri: profile.app_id_uri.clone(),
            acs_url: profile.acs_url.clone(),
        }
    }
}

impl Controller {
    pub(super) fn open_sign_in(&mut self, name: &ProfileName, attempt: Attempt, mode: Mode, now: Timestamp) {
        let profile = match self.usable_signing_profile(name) {
            Ok(profile) => profile,
            Err(problem) => return self.step(name, Event::Answered { attempt, result: Err(problem) }, now),
        };
        let sign_on = SignOn::of(&profile);
        self.gate.signed_on.insert(name.clone(), sign_on_id(&profile));
        if let Some(assertion) = self.gate.assertions.get(&sign_on)
            && assertion.redeem_by > time::after(now, ASSERTION_MARGIN)
        {
            let result = Ok(assertion.clone());
            return self.step(name, Event::Answered { attempt, result }, now);
        }
        let unknown = profile.remember_me && !self.gate.jars.contains_key(&sign_on.jar);
        if unknown && self.waits_for_cookies(now) {
            return self.gate.queue.push_back(Queued { attempt, profile: name.clone(), mode });
        }
        if self.gate.running.iter().any(|running| running.sign_on.jar == sign_on.jar) {
            return self.gate.queue.push_back(Queued { attempt, profile: name.clone(), mode });
        }
        let request_id = (self.fixed.new_request_id)();
        let url = AuthnRequest {
            id: &request_id,
            issue_instant: now,
            authority: profile.authority.url(),
            tenant: &profile.tenant,
            issuer: &profile.app_id_uri,
            acs: &profile.acs_url,
            passive: false,
            login_hint: profile.username.as_deref(),
            domain_hint: profile.domain_hint.as_deref(),
        }
        .url();
        let os_sso = profile.os_sso && self.settings().os_sign_on;
        let time = if mode == Mode::Interactive { PERSON_TIME } else { BACKGROUND_TIME };
        let request = Request {
            url: url.as_str().to_owned(),
            profile: name.as_str().to_owned(),
            mode,
            acs: acs::accepted(),
            cookies: self.gate.jars.get(&sign_on.jar).cloned().unwrap_or_default(),
            timeout_ms: u64::try_from(time.as_millis()).unwrap_or(u64::MAX),
            os_sso,
        };
        let broker = os_sso.then(|| broker::Ask {
            username: profile.username.clone(),
            tenant: profile.tenant.clone(),
            url: url.clone(),
        });
        self.gate.running.push(Running { attempt, mode, profile: name.clone(), sign_on, request_id });
        let display = self.gate.display.clone();
        self.commands.push(Command::OpenWindow { attempt, request, broker, display });
    }

    /// A person waits for it now, whether it is open or still waits for its turn.
    pub(super) fn show_sign_in(&mut self, attempt: Attempt) {
        let queued = self.gate.queue.iter_mut().filter(|queued| queued.attempt == attempt);
        queued.for_each(|queued| queued.mode = Mode::Interactive);
        let running = self.gate.running.iter_mut().find(|running| running.attempt == attempt);
        if let Some(running) = running {
            running.mode = Mode::Interactive;
            self.commands.push(Command::ShowWindow { attempt });
        }
    }

    /// The machine goes to sleep: what nobody waits for is tried again when it wakes.
    pub(super) fn put_off_background(&mut self, now: Timestamp) {
        let background = |mode: Mode| mode == Mode::Background;
        let queued = self.gate.queue.iter().filter(|queued| background(queued.mode));
        let running = self.gate.running.iter().filter(|running| background(running.mode));
        let queued = queued.map(|queued| (queued.attempt, queued.profile.clone()));
        let running = running.map(|running| (running.attempt, running.profile.clone()));
        // Those that wait first: they would begin when the others end.
        let put_off: Vec<_> = queued.chain(running).collect();
        for (attempt, name) in put_off {
            self.close_sign_in(attempt, now);
            let detail = "the computer went to sleep".to_owned();
            let result = Err(Problem::PageUnreachable { detail });
            self.step(&name, Event::Answered { attempt, result }, now);
        }
    }

    /// The window is asked to close; what it still says is not listened to any more.
    pub(super) fn close_sign_in(&mut self, attempt: Attempt, now: Timestamp) {
        self.gate.queue.retain(|queued| queued.attempt != attempt);
        let running = self.gate.running.len();
        self.gate.running.retain(|running| running.attempt != attempt);
        if self.gate.running.len() < running {
            self.commands.push(Command::CloseWindow { attempt });
            self.next_sign_in(now);
        }
    }

    pub(super) fn window_ended(
        &mut self,
        attempt: Attempt,
        outcome: Result<Outcome, Problem>,
        now: Timestamp,
    ) {
        let Some(index) = self.gate.running.iter().position(|running| running.attempt == attempt) else {
            return;
        };
        let running = self.gate.running.swap_remove(index);
        let name = running.profile.clone();
        let result = outcome.and_then(|outcome| self.read_outcome(&running, outcome, now));
        if result.is_ok() {
            self.sign_on_worked(&name, &running.sign_on.jar, running.mode, now);
        }
        // Whoever closed the window or met an error there does not want the same for the profiles that wait for it.
        let failed = result.as_ref().err().cloned();
        let dropped = if failed.is_some() { self.drop_queued(&running) } else { vec![] };
        let answered = result.is_ok();
        self.step(&name, Event::Answered { attempt, result }, now);
        if answered {
            self.seek_names(&name, now);
        }
        for queued in dropped {
            let result = Err(match failed.clone().unwrap_or(Problem::Cancelled) {
                Problem::PersonNeeded { .. } => {
                    Problem::PersonNeeded { profile: queued.profile.as_str().to_owned() }
                }
                problem => problem,
            });
            self.step(&queued.profile, Event::Answered { attempt: queued.attempt, result }, now);
        }
        if matches!(failed, Some(Problem::PersonNeeded { .. })) && running.mode == Mode::Background {
            self.person_is_needed(running.sign_on.jar, now);
        }
        self.next_sign_in(now);
    }

    fn read_outcome(
        &mut self,
        running: &Running,
        outcome: Outcome,
        now: Timestamp,
    ) -> Result<Assertion, Problem> {
        let profile = running.profile.as_str().to_owned();
        match outcome {
            Outcome::Captured { saml_response, acs, page, cookies, shown: _, person_acted } => {
                let expected = Expected { request_id: &running.request_id, acs: &acs, page: &page };
                let assertion =
                    response::read(&saml_response, expected, now).map_err(|problem| match problem {
                        Problem::PersonNeeded { .. } => Problem::PersonNeeded { profile },
                        other => other,
                    })?;
                // Only a sign-in that we believe changes the jar.
                let kept = cookies.into_iter().filter(|cookie| !broker::is_ours(&cookie.name)).collect();
                self.gate.jars.insert(running.sign_on.jar.clone(), kept);
                // A page that was shown may have posted by itself.
                if person_acted {
                    self.answered_by_person(&running.profile, &running.sign_on.jar, now);
                } else {
                    self.answered_without_person(&running.sign_on.jar);
                }
                if self.signing_profile(&running.profile).is_ok_and(|profile| profile.remember_me) {
                    self.seal(Label::Cookies(running.sign_on.jar.clone()));
                }
                self.gate.assertions.retain(|_, assertion| assertion.redeem_by > now);
                self.gate.assertions.insert(running.sign_on.clone(), assertion.clone());
                Ok(assertion)
            }
            Outcome::NeedsPerson { error: None } => Err(Problem::PersonNeeded { profile }),
            Outcome::NeedsPerson { error: Some(error) } | Outcome::Cancelled { error: Some(error) } => {
                Err(Problem::EntraRefused { error: error.0 })
            }
            Outcome::Cancelled { error: None } => Err(Problem::Cancelled),
            Outcome::Failed { reason, detail } => Err(failure(reason, detail.unwrap_or_default())),
            // The answer to a question that was not asked.
            Outcome::EngineWorks { .. } => Err(Problem::WindowCrashed),
        }
    }

    /// The roles of the assertion that serves this profile now, and the assertion.
    pub(super) fn assertion_of(&self, profile: &EntraProfile) -> Option<(Vec<RoleArn>, Secret)> {
        let assertion = self.gate.assertions.get(&SignOn::of(profile))?;
        let Roles::Listed(roles) = &assertion.roles else { return None };
        Some((roles.iter().map(|offered| offered.role.clone()).collect(), assertion.raw.clone()))
    }

    /// Who the assertion that serves this profile says one is.
    pub(super) fn session_name(&self, profile: &EntraProfile) -> Option<String> {
        self.gate.assertions.get(&SignOn::of(profile))?.session_name.clone()
    }

    /// After signing out, the next sign-in is one.
    pub(super) fn forget_assertion(&mut self, name: &ProfileName) {
        if let Ok(profile) = self.signing_profile(name) {
            self.gate.assertions.remove(&SignOn::of(&profile));
        }
    }

    /// Those that waited for the same jar; what failed in the background says nothing to a person who waits.
    fn drop_queued(&mut self, failed: &Running) -> Vec<Queued> {
        let (same, others) = std::mem::take(&mut self.gate.queue).into_iter().partition(|queued: &Queued| {
            let alike = failed.mode == Mode::Interactive || queued.mode == Mode::Background;
            let profile = self.signing_profile(&queued.profile);
            alike && profile.is_ok_and(|profile| SignOn::of(&profile).jar == failed.sign_on.jar)
        });
        self.gate.queue = Vec::into(others);
        same
    }

    /// Starts what has waited, as far as its jar is free, its assertion is there, or its cookies are read.
    pub(super) fn next_sign_in(&mut self, now: Timestamp) {
        for Queued { attempt, profile, mode } in std::mem::take(&mut self.gate.queue) {
            self.open_sign_in(&profile, attempt, mode, now);
        }
    }
}

fn failure(reason: Failure, detail: String) -> Problem {
    match reason {
        Failure::BadRequest => {
            Problem::WindowUnavailable { reason: "it did not understand the request".into() }
        }
        Failure::NoDisplay => Problem::NoDisplay,
        Failure::NoRuntime => Problem::NoRuntime,
        Failure::Engine if detail.is_empty() => Problem::WindowCrashed,
        Failure::Engine => Problem::EngineFailed { detail },
        Failure::Unreachable => Problem::PageUnreachable { detail },
        Failure::Certificate => Problem::Certificate { host: detail },
        Failure::IdentityCenter => Problem::IdentityCenterApplication {
            place: format!("The application that you signed in to (it posts to {detail})"),
        },
        Failure::Timeout => Problem::SignInTimeout,
    }
}
