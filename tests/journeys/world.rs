//! A day with a world around it that answers by itself: Entra's sessions, AWS, a network that comes and goes, and a
//! person who is there or not. What is told is kept with its time.

use crate::day::{Day, answer_to, captured};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use rolecall_core::credentials::Credentials;
use rolecall_core::problem::Problem;
use rolecall_core::profile::CredentialsKept;
use rolecall_core::role::RoleArn;
use rolecall_core::secret::Secret;
use rolecall_core::session::Attempt;
use rolecall_core::sign_in::{self, Failure, Mode, Outcome};
use rolecall_core::web_identity::Claims;
use rolecall_tray::controller::{Command, Input};
use rolecall_tray::power::Happening;
use rolecall_tray::sts::{Grant, Take, Taken, With};
use std::collections::BTreeMap;

pub(crate) struct World {
    pub(crate) day: Day,
    /// Entra takes the cookies.
    pub(crate) entra: bool,
    pub(crate) network: bool,
    /// STS is under load.
    pub(crate) throttled: bool,
    /// Answers Entra's page when it shows itself.
    pub(crate) person: bool,
    pub(crate) roles: Vec<&'static str>,
    pub(crate) zone: TimeZone,
    /// `15:40 Title | body`.
    told: Vec<String>,
    /// What each notification was about.
    pub(crate) about: Vec<Option<rolecall_core::profile::ProfileName>>,
    /// Windows that were shown and wait for a person.
    pub(crate) open: Vec<(Attempt, sign_in::Request)>,
    /// How often the sign-in page was loaded.
    pub(crate) loads: usize,
    /// Background sign-ins do not end by themselves.
    pub(crate) hangs: bool,
    /// Every role that was taken, or not, and when.
    pub(crate) taken: Vec<(Timestamp, Take)>,
    /// What STS says to these.
    pub(crate) refused: BTreeMap<RoleArn, Problem>,
    /// What the token says.
    pub(crate) claims: Claims,
    /// STS thinks about roles that are taken, until [`World::sts_answers`].
    pub(crate) holds: bool,
    waits: Vec<Command>,
}

impl World {
    pub(crate) fn new(day: Day, roles: &[&'static str]) -> Self {
        let roles = roles.to_vec();
        Self {
            day,
            entra: false,
            network: true,
            throttled: false,
            person: true,
            roles,
            zone: TimeZone::UTC,
            told: vec![],
            about: vec![],
            open: vec![],
            loads: 0,
            hangs: false,
            taken: vec![],
            refused: BTreeMap::new(),
            claims: Claims::default(),
            holds: false,
            waits: vec![],
        }
    }

    /// What the controller asks of the world is answered, until it asks no more.
    pub(crate) fn settle(&mut self) {
        for _ in 0..10_000 {
            let Some(command) = (!self.day.commands.is_empty()).then(|| self.day.commands.remove(0)) else {
                return;
            };
            self.answer(command);
        }
        panic!("it asks for ever");
    }

    /// The first thing that is asked of the world is answered; replies stay.
    pub(crate) fn step(&mut self) {
        let asked = |command: &Command| !matches!(command, Command::Reply { .. });
        if let Some(index) = self.day.commands.iter().position(asked) {
            let command = self.day.commands.remove(index);
            self.answer(command);
        }
    }

    fn answer(&mut self, command: Command) {
        match command {
            Command::OpenWindow { attempt, request, .. } => {
                self.loads += 1;
                self.page(attempt, request);
            }
            Command::ShowWindow { attempt } | Command::CloseWindow { attempt } => {
                self.open.retain(|(open, _)| *open != attempt);
            }
            Command::Assume { attempt, profile, ask } => {
                let until = self.day.now + SignedDuration::from_hours(i64::from(ask.hours));
                let result = if !self.network {
                    Err(Problem::AwsUnreachable { endpoint: "AWS".into(), reason: "no network".into() })
                } else if self.throttled {
                    Err(Problem::AwsThrottled)
                } else {
                    Ok(Grant {
                        role: ask.role.role.clone(),
                        credentials: Credentials {
                            access_key_id: format!("ASIA{}", attempt.0),
                            secret_access_key: Secret::new("secret"),
                            session_token: Secret::new("token"),
                            expiration: until,
                        },
                        shortened: None,
                        limit: None,
                    })
                };
                self.day.input(Input::Granted { attempt, profile, result });
            }
            Command::Take { .. } if self.holds => self.waits.push(command),
            Command::Take { attempt, profile, take } => {
                let until = self.day.now + SignedDuration::from_secs(i64::from(take.duration));
                let claims = match &take.with {
                    With::Keys { credentials, .. } => {
                        assert!(credentials.expiration > self.day.now, "{profile} with keys that are over");
                        None
                    }
                    With::TokenFile(_) | With::Token(_) => Some(self.claims.clone()),
                };
                let refused = self.refused.get(&take.role).cloned();
                let result = if !self.network {
                    Err(Problem::AwsUnreachable { endpoint: "AWS".into(), reason: "no network".into() })
                } else if let Some(problem) = refused {
                    Err(problem)
                } else {
                    Ok(Taken {
                        credentials: Credentials {
                            access_key_id: format!("ASIA{}{}", take.role.name().to_uppercase(), attempt.0),
                            secret_access_key: Secret::new("secret"),
                            session_token: Secret::new("token"),
                            expiration: until,
                        },
                        arn: format!(
                            "arn:aws:sts::{}:assumed-role/{}/x",
                            take.role.account(),
                            take.role.name()
                        ),
                        claims,
                    })
                };
                self.taken.push((self.day.now, take));
                self.day.input(Input::Taken { attempt, profile, result });
            }
            Command::WriteRole { attempt, profile, section, kept, credentials } => {
                let keys = crate::day::keys_of(&credentials);
                self.day.files(|files| {
                    if let (Some(section), Ok(Some(text))) = (&section, &mut files.config.text) {
                        // In place of what stood there.
                        let header = format!("[profile {profile}]");
                        if let Some(start) = text.find(&header) {
                            assert!(!section.new, "{profile} is there already");
                            let rest = &text[start + header.len()..];
                            let end = rest.find('[').map_or(text.len(), |end| start + header.len() + end);
                            text.replace_range(start..end, "");
                        }
                        text.push_str(&format!("[profile {profile}]\n"));
                        section
                            .set
                            .iter()
                            .for_each(|(key, value)| text.push_str(&format!("{key}={value}\n")));
                    }
                    if let (CredentialsKept::File, Ok(sections)) = (kept, &mut files.credentials) {
                        sections.insert(profile.clone(), keys);
                    }
                });
                self.day.input(Input::RoleWritten { attempt, profile, result: Ok(None) });
            }
            Command::Write { attempt, profile, credentials, .. } => {
                let keys = crate::day::keys_of(&credentials);
                self.day.input(Input::Written { attempt, profile: profile.clone(), result: Ok(None) });
                self.day.files(|files| {
                    if let Ok(sections) = &mut files.credentials {
                        sections.insert(profile, keys);
                    }
                });
            }
            Command::Arrange { profile, .. } => self.day.input(Input::Arranged { profile, result: Ok(None) }),
            Command::Forget { profile } => {
                let gone = profile.clone();
                self.day.files(|files| {
                    if let Ok(sections) = &mut files.credentials {
                        sections.remove(&gone);
                    }
                });
                self.day.input(Input::Forgotten { profile, result: Ok(None) });
            }
            Command::Notify(n) => {
                let time = self.day.now.to_zoned(self.zone.clone()).strftime("%H:%M").to_string();
                self.about.push(n.about.clone());
                self.told.push(format!("{time} {} | {}", n.title, n.body.replace('\n', " ")));
            }
            _ => {}
        }
    }

    fn page(&mut self, attempt: Attempt, request: sign_in::Request) {
        let background = request.mode == Mode::Background;
        let outcome = if !self.network {
            let detail = Some("login.microsoftonline.com: no network".to_owned());
            Outcome::Failed { reason: Failure::Unreachable, detail }
        } else if self.hangs && background {
            return self.open.push((attempt, request));
        } else if self.entra && !request.cookies.is_empty() {
            captured(&answer_to(&request, &self.roles, self.day.now))
        } else if background {
            Outcome::NeedsPerson { error: None }
        } else if self.person {
            self.entra = true;
            match captured(&answer_to(&request, &self.roles, self.day.now)) {
                Outcome::Captured { saml_response, acs, page, cookies, .. } => {
                    Outcome::Captured { saml_response, acs, page, cookies, shown: true, person_acted: true }
                }
                other => other,
            }
        } else {
            return self.open.push((attempt, request));
        };
        self.day.window_ends(attempt, outcome);
    }

    pub(crate) fn sts_answers(&mut self) {
        self.holds = false;
        for command in std::mem::take(&mut self.waits) {
            self.answer(command);
        }
        self.settle();
    }

    pub(crate) fn press(&mut self, action: rolecall_tray::menu::Action) {
        self.day.press(action);
        self.settle();
    }

    /// Lets the clock run, answering as it goes.
    pub(crate) fn run_until(&mut self, until: Timestamp) {
        let mut rings = 0;
        while let Some(next) = self.day.next_change().filter(|next| *next <= until) {
            self.day.now = next.max(self.day.now);
            self.day.input(Input::Clock);
            self.settle();
            rings += 1;
            assert!(rings < 100_000, "it rings for ever at {}", self.day.now);
        }
        self.day.now = until;
    }

    /// The machine sleeps until then, and knows it.
    pub(crate) fn sleep_until(&mut self, until: Timestamp) {
        self.happens(Happening::Sleeps);
        self.day.now = until;
        self.happens(Happening::Woke);
    }

    pub(crate) fn happens(&mut self, happening: Happening) {
        self.day.input(Input::Happened(happening));
        self.settle();
    }

    /// Since the last call, with the times.
    pub(crate) fn told(&mut self) -> Vec<String> {
        std::mem::take(&mut self.told)
    }
}
