//! Roles that are assumed from something else than a sign-in: from another profile's role, or with a token.
//!
//! A role that was asked for once is renewed for as long as its source lives. A session is an hour at most, so nothing
//! is told of its end: it comes when the source's does, which is told.

use super::waiting::{Wants, trouble};
use super::{Command, Controller, ProfileEdit};
use crate::sealed::Held;
use crate::sts::{Take, Taken, With};
use jiff::{SignedDuration, Timestamp};
use rolecall_core::audit::{Door, How, Recorded};
use rolecall_core::chain::{self, Chain, Root};
use rolecall_core::problem::Problem;
use rolecall_core::profile::{
    CredentialsKept, EntraProfile, OUR_POD, OUR_ROLE, OUR_SOURCE, Origin, ProfileName, RoleProfile,
};
use rolecall_core::renewal::{self, Tries};
use rolecall_core::role::RoleArn;
use rolecall_core::secret::Secret;
use rolecall_core::session::{Attempt, Notice};
use rolecall_core::settings::Renew;
use rolecall_core::sign_in::Mode;
use rolecall_core::web_identity::Claims;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// What STS gives where nobody says.
const USUAL: u32 = 3600;

/// With less left, a call that begins now may not end in time.
pub(super) const USABLE: SignedDuration = SignedDuration::from_secs(60);

#[derive(Default)]
pub(super) struct Assumed {
    pub(super) sessions: BTreeMap<ProfileName, RoleSession>,
    /// Roles without a profile in the config file, or not yet with one.
    pub(super) unnamed: BTreeMap<ProfileName, RoleProfile>,
}

/// What a role profile has, and what is being done about it. Its keys are with those of the other profiles.
#[derive(Debug, Default)]
pub(super) struct RoleSession {
    pub(super) work: RoleWork,
    pub(super) began: Option<Timestamp>,
    pub(super) until: Option<Timestamp>,
    /// The role that the root had then.
    through: Option<RoleArn>,
    pub(super) claims: Option<Claims>,
    /// Who AWS said one is.
    pub(super) arn: Option<String>,
    pub(super) problem: Option<Problem>,
    /// When somebody, or a tool, asked for it last: not for ever after that is it renewed.
    pub(super) asked: Option<Timestamp>,
    /// When the last one failed.
    pub(super) failed: Option<Timestamp>,
    tries: Tries,
}

#[derive(Debug, Default)]
pub(super) enum RoleWork {
    #[default]
    Rest,
    /// Its source comes first.
    Waiting(Why),
    /// STS is asked.
    Asking(Attempt, Why),
    /// Its keys are being written.
    Writing(Attempt, Why, Box<Taken>),
}

/// For whom it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Why {
    pub(super) mode: Mode,
    pub(super) door: Door,
}

impl Why {
    pub(super) const UNASKED: Self = Self { mode: Mode::Background, door: Door::Renewal };
}

impl RoleWork {
    pub(super) fn why(&self) -> Option<Why> {
        match self {
            Self::Rest => None,
            Self::Waiting(why) | Self::Asking(_, why) | Self::Writing(_, why, _) => Some(*why),
        }
    }

    fn is_attempt(&self, attempt: Attempt) -> bool {
        matches!(self, Self::Asking(current, _) | Self::Writing(current, ..) if *current == attempt)
    }
}

impl Controller {
    /// The role profile of that name, of the config file or of somebody's wish.
    pub(super) fn role_profile(&self, name: &ProfileName) -> Option<&RoleProfile> {
        let written = self.profiles.roles().find(|profile| profile.name == *name);
        // One that is being written anew counts as it will be.
        self.assumed.unnamed.get(name).or(written)
    }

    pub(super) fn chain_of<'a>(&'a self, profile: &'a RoleProfile) -> Result<Chain<'a>, Problem> {
        let has_keys = |name: &ProfileName| {
            let sections = self.files.credentials.as_ref();
            sections.is_ok_and(|sections| sections.contains_key(name)) && !self.is_kept_by_us(name)
        };
        chain::resolve(&self.profiles, profile, has_keys)
    }

    fn is_kept_by_us(&self, name: &ProfileName) -> bool {
        self.profiles.find(name).is_ok() || self.role_profile(name).is_some_and(|profile| profile.kept)
    }

    /// Takes the role, after that of its source where that is not there.
    pub(super) fn pursue(&mut self, name: &ProfileName, why: Why, now: Timestamp) {
        let Some(profile) = self.role_profile(name).cloned() else { return };
        let session = self.assumed.sessions.entry(name.clone()).or_default();
        match &mut session.work {
            RoleWork::Rest => {}
            RoleWork::Waiting(there) | RoleWork::Asking(_, there) | RoleWork::Writing(_, there, _) => {
                if why.mode == Mode::Interactive {
                    *there = why;
                }
                return;
            }
        }
        session.work = RoleWork::Waiting(why);
        if why != Why::UNASKED {
            session.asked = Some(now);
        }
        if let Err(problem) = self.chain_of(&profile) {
            return self.role_ended(name, Err(problem), now);
        }
        match &profile.origin {
            Origin::TokenFile { path } => match token_path(path) {
                Ok(path) => self.take(&profile, With::TokenFile(path), why),
                Err(problem) => self.role_ended(name, Err(problem), now),
            },
            Origin::Source { profile: source } if self.left(source, now) >= USABLE => {
                let Some(held) = self.keys.get(source).cloned() else { return };
                let with = With::Keys { credentials: held.credentials, role: held.role };
                self.take(&profile, with, why);
            }
            Origin::Source { profile: source } if self.role_profile(source).is_some() => {
                self.pursue(source, why, now);
            }
            // The end of its sign-in is heard.
            Origin::Source { profile: source } if why.mode == Mode::Interactive => {
                self.renew(source, why.mode, why.door, now);
            }
            Origin::Source { profile: source } => {
                let problem = Problem::ProfileSignedOut { profile: source.to_string() };
                self.role_ended(name, Err(problem), now);
            }
            Origin::Pod { pod } => {
                self.role_ended(name, Err(Problem::PodOver { pod: pod.to_string() }), now);
            }
            Origin::Elsewhere => {}
        }
    }

    /// A pod's role, with the token that somebody has brought.
    pub(super) fn pursue_with_token(&mut self, name: &ProfileName, token: Secret, why: Why) {
        let Some(profile) = self.role_profile(name).cloned() else { return };
        self.take(&profile, With::Token(token), why);
    }

    fn take(&mut self, profile: &RoleProfile, with: With, why: Why) {
        let attempt = self.new_attempt();
        let root = self.chain_of(profile).ok().map(|chain| chain.root);
        let entra = match &root {
            Some(Root::Entra(name)) => self.profiles.find(name).ok(),
            _ => None,
        };
        let region = self.region_of(&profile.name);
        let region = region.unwrap_or_else(|| profile.role.partition().default_region().to_owned());
        let signed_in = entra.and_then(|entra| self.memory.of(&entra.name).session_name);
        let usual = signed_in.or_else(|| entra.and_then(|entra| entra.username.clone()));
        let usual = usual.unwrap_or_else(|| "rolecall".to_owned());
        let session_name = session_name(profile.session_name.as_deref().unwrap_or(&usual));
        let most = self.policy().and_then(|policy| policy.max_duration_hours);
        let most = most.map_or(u32::MAX, |hours| u32::from(hours) * 3600);
        let hour = u32::try_from(chain::LONGEST.as_secs()).unwrap_or(USUAL);
        let most = if profile.is_chained() { most.min(hour) } else { most };
        let take = Take {
            region,
            role: profile.role.clone(),
            with,
            session_name,
            external_id: profile.external_id.clone(),
            duration: profile.duration.unwrap_or(USUAL).min(most),
        };
        let session = self.assumed.sessions.entry(profile.name.clone()).or_default();
        session.work = RoleWork::Asking(attempt, why);
        self.commands.push(Command::Take { attempt, profile: profile.name.clone(), take });
    }

    /// STS has answered.
    pub(super) fn taken(
        &mut self,
        attempt: Attempt,
        name: &ProfileName,
        result: Result<Taken, Problem>,
        now: Timestamp,
    ) {
        let session = self.assumed.sessions.get_mut(name);
        let Some(session) = session.filter(|session| session.work.is_attempt(attempt)) else { return };
        let taken = match result {
            Ok(taken) => taken,
            Err(problem) => return self.role_ended(name, Err(problem), now),
        };
        let (Some(why), Some(profile)) = (session.work.why(), self.role_profile(name).cloned()) else {
            // Its section is gone.
            return self.drop_role(name);
        };
        if !profile.kept {
            return self.role_ended(name, Ok(taken), now);
        }
        let kept = self.kept_of(&profile);
        if let Some(session) = self.assumed.sessions.get_mut(name) {
            session.work = RoleWork::Writing(attempt, why, Box::new(taken.clone()));
        }
        let section = self.assumed.unnamed.contains_key(name).then(|| section_of(&profile));
        self.commands.push(Command::WriteRole {
            attempt,
            profile: name.clone(),
            section,
            kept,
            credentials: taken.credentials,
        });
    }

    /// Where a kept one's keys stand: where its root's do; without a sign-in, where those of all sign-ins do.
    fn kept_of(&self, profile: &RoleProfile) -> CredentialsKept {
        let root = self.chain_of(profile).ok().map(|chain| chain.root);
        let root = root.and_then(|root| self.profiles.find(root.name()).ok());
        let is_served = |entra: &EntraProfile| entra.credentials == CredentialsKept::Process;
        let mut others = self.profiles.entra().peekable();
        let process = match root {
            Some(root) => is_served(root),
            None => others.peek().is_some() && others.all(is_served),
        };
        let forbidden = self.policy().is_some_and(|policy| policy.demands_process());
        let unsure = profile.our_process.is_some() && !self.may_be_plain();
        if process || forbidden || unsure { CredentialsKept::Process } else { CredentialsKept::File }
    }

    /// The section and the keys of a kept role are written, or not.
    pub(super) fn role_written(
        &mut self,
        attempt: Attempt,
        name: &ProfileName,
        result: Result<Option<Problem>, Problem>,
        now: Timestamp,
    ) {
        let session = self.assumed.sessions.get_mut(name);
        let Some(session) = session.filter(|session| session.work.is_attempt(attempt)) else {
            // Dropped meanwhile: what was written is not wanted any more.
            if result.is_ok() && self.role_profile(name).is_some_and(|profile| profile.kept) {
                self.commands.push(Command::Forget { profile: name.clone() });
            }
            return;
        };
        let RoleWork::Writing(_, _, taken) = std::mem::take(&mut session.work) else { return };
        match result {
            Ok(remark) => {
                let role = self.role_profile(name).map(|profile| profile.role.clone());
                if let Some(role) = role {
                    let id = &taken.credentials.access_key_id;
                    self.memory.took(name, &role, id, None, now);
                    self.commands.push(Command::SaveMemory(self.memory.clone()));
                }
                self.role_ended(name, Ok(*taken), now);
                if let Some(problem) = remark {
                    self.notify(name, Notice::Failed(problem));
                }
                if self.assumed.unnamed.contains_key(name) {
                    self.commands.push(Command::ReadFiles);
                }
            }
            Err(problem) => self.role_ended(name, Err(problem), now),
        }
    }

    /// A role was taken, or not: for those who wait for it, and for the roles that are taken with it.
    pub(super) fn role_ended(&mut self, name: &ProfileName, result: Result<Taken, Problem>, now: Timestamp) {
        let role = self.role_profile(name).map(|profile| profile.role.clone());
        let through = self.root_role(name);
        let left = self.left(name, now);
        let session = self.assumed.sessions.entry(name.clone()).or_default();
        let why = session.work.why().unwrap_or(Why::UNASKED);
        session.work = RoleWork::Rest;
        let mut notice = None;
        let problem = match result {
            Ok(taken) => {
                let Taken { credentials, arn, claims } = taken;
                *session = RoleSession {
                    began: Some(now),
                    until: Some(credentials.expiration),
                    through,
                    claims,
                    asked: session.asked,
                    arn: Some(arn),
                    ..RoleSession::default()
                };
                let until = credentials.expiration;
                if let (Mode::Interactive, Door::Tray, Some(role)) = (why.mode, why.door, role.clone()) {
                    notice = Some(Notice::SignedIn { role, until, shortened: None });
                }
                self.keys.insert(name.clone(), Held { role, credentials });
                None
            }
            Err(problem) => {
                session.failed = Some(now);
                session.tries.failed(problem.passes(), now);
                let unasked = why.mode == Mode::Background;
                let tell = !problem.passes() && session.tries.tells(problem.code());
                session.problem = Some(problem.clone());
                notice = match (unasked, why.door, role, session.until) {
                    (true, Door::Renewal, Some(role), Some(until)) if tell => {
                        Some(Notice::NotRenewed { role, until, problem: problem.clone() })
                    }
                    (false, Door::Tray, ..) if problem != Problem::Cancelled => {
                        Some(Notice::Failed(problem.clone()))
                    }
                    _ => None,
                };
                Some(problem)
            }
        };
        self.record_role(name, why.door, problem.as_ref(), now);
        if let Some(notice) = notice {
            self.notify(name, notice);
        }
        for waiter in self.take_waiting(name, |wants| matches!(wants, Wants::Keys { .. })) {
            let Wants::Keys { wanted, .. } = waiter.wants else { continue };
            match &problem {
                Some(problem) if left < USABLE => self.answer(waiter.client, trouble(name, problem)),
                _ => self.hand_or_say(waiter.client, name, &wanted, now),
            }
        }
        self.source_ended(name, problem.as_ref(), now);
        // What was wished and cannot be had leaves no trace, and what was there under its name is as it was.
        if problem.is_some() && self.assumed.unnamed.get(name).is_some_and(|profile| profile.kept) {
            self.assumed.unnamed.remove(name);
            if self.role_profile(name).is_none() {
                self.assumed.sessions.remove(name);
            }
        }
    }

    /// A profile's credentials are there, or could not be had: for the roles that wait for them.
    pub(super) fn source_ended(&mut self, source: &ProfileName, problem: Option<&Problem>, now: Timestamp) {
        let waiting = self.assumed.sessions.iter().filter_map(|(name, session)| match session.work {
            RoleWork::Waiting(why) => Some((name.clone(), why)),
            _ => None,
        });
        for (name, why) in waiting.collect::<Vec<_>>() {
            let from = self.role_profile(&name).map(|profile| profile.origin.clone());
            if from != Some(Origin::Source { profile: source.clone() }) {
                continue;
            }
            match problem {
                Some(problem) => self.role_ended(&name, Err(problem.clone()), now),
                None => {
                    if let Some(session) = self.assumed.sessions.get_mut(&name) {
                        session.work = RoleWork::Rest;
                    }
                    self.pursue(&name, why, now);
                }
            }
        }
    }

    fn record_role(&mut self, name: &ProfileName, door: Door, problem: Option<&Problem>, now: Timestamp) {
        let what = match (problem, self.keys.get(name), self.assumed.sessions.get(name)) {
            (Some(problem), ..) => Recorded::Failed { code: problem.code().to_owned() },
            (None, Some(Held { role: Some(role), credentials }), Some(session)) => Recorded::Assumed {
                role: role.clone(),
                until: credentials.expiration,
                access_key_id: credentials.access_key_id.clone(),
                how: if session.claims.is_some() { How::WebIdentity } else { How::Chained },
            },
            _ => return,
        };
        self.record_once(name, door, what, now);
    }

    /// The role that the root of a chain has now.
    fn root_role(&self, name: &ProfileName) -> Option<RoleArn> {
        let profile = self.role_profile(name)?;
        let chain = self.chain_of(profile).ok()?;
        match chain.root {
            Root::Entra(root) => self.keys.get(&root)?.role.clone(),
            Root::Token(_) | Root::Pod(_) => None,
        }
    }

    /// What is held of a role is given up; a kept one's keys are removed.
    pub(super) fn drop_role(&mut self, name: &ProfileName) {
        let kept = self.role_profile(name).is_some_and(|profile| profile.kept);
        self.keys.remove(name);
        self.assumed.sessions.remove(name);
        self.assumed.unnamed.remove(name);
        if kept {
            self.commands.push(Command::Forget { profile: name.clone() });
        }
        for waiter in self.take_waiting(name, |wants| matches!(wants, Wants::Keys { .. })) {
            let problem = Problem::ProfileSignedOut { profile: name.to_string() };
            self.answer(waiter.client, trouble(name, &problem));
        }
    }

    /// The root is signed out, or has another role now: what was taken through it goes, too.
    pub(super) fn root_changed(&mut self, root: &ProfileName, role: Option<&RoleArn>) {
        let names: Vec<_> = self.assumed.sessions.keys().cloned().collect();
        for name in names {
            let Some(profile) = self.role_profile(&name) else { continue };
            let of_root = self.chain_of(profile).is_ok_and(|chain| chain.root == Root::Entra(root.clone()));
            let through = self.assumed.sessions.get(&name).and_then(|session| session.through.as_ref());
            // What is under way fails, or succeeds, by itself.
            let rests = self.assumed.sessions.get(&name).is_some_and(|s| s.work.why().is_none());
            if of_root && (role.is_none() || rests && through.is_some() && through != role) {
                self.drop_role(&name);
            }
        }
    }

    /// After the files were read.
    pub(super) fn read_role_profiles(&mut self, now: Timestamp) {
        let written: Vec<_> = self.profiles.roles().cloned().collect();
        self.assumed.unnamed.retain(|name, wanted| {
            let there = written.iter().find(|profile| profile.name == *name);
            there.is_none_or(|there| there.role != wanted.role || there.origin != wanted.origin)
        });
        for profile in written.iter().filter(|profile| profile.kept) {
            self.read_kept_role(profile, now);
        }
        let gone: Vec<_> = self
            .assumed
            .sessions
            .iter()
            .filter(|(name, session)| session.work.why().is_none() && self.role_profile(name).is_none())
            .map(|(name, _)| name.clone())
            .collect();
        for name in gone {
            self.keys.remove(&name);
            self.assumed.sessions.remove(&name);
        }
    }

    /// A kept role's keys are those of the credentials file, where they stand there.
    fn read_kept_role(&mut self, profile: &RoleProfile, now: Timestamp) {
        let name = &profile.name;
        if self.kept_of(profile) == CredentialsKept::Process || self.files.credentials.is_err() {
            return;
        }
        self.take_keys_of_file(name);
        let session = self.assumed.sessions.entry(name.clone()).or_default();
        let until = self.keys.get(name).map(|held| held.credentials.expiration);
        if session.until != until {
            session.until = until;
            session.began = self.memory.of(name).began.filter(|began| *began <= now);
            session.through = None;
        }
    }

    /// When a role is taken anew, unasked.
    pub(super) fn role_renews(&self, name: &ProfileName, now: Timestamp) -> Option<Timestamp> {
        let session = self.assumed.sessions.get(name)?;
        let profile = self.profiles.roles().find(|profile| profile.name == *name)?;
        let chain = self.chain_of(profile).ok()?;
        let alive = match &chain.root {
            Root::Entra(root) => self.left(root, now) >= USABLE,
            Root::Token(_) => true,
            Root::Pod(_) => false,
        };
        let wanted = self.settings().renew != Renew::Off
            && session.asked.is_none_or(|asked| now.duration_since(asked) <= self.within());
        let rests = session.work.why().is_none();
        let until = session.until.filter(|until| *until > now && alive && wanted && rests)?;
        if session.tries.in_vain > 0 {
            return session.tries.again;
        }
        Some(renewal::due(name.as_str(), session.began, until))
    }

    /// When [`Controller::roles_clock`] is due.
    pub(super) fn roles_change_at(&self, now: Timestamp) -> Option<Timestamp> {
        let ends = self.assumed.sessions.values().filter_map(|session| session.until);
        let ends = ends.filter(|until| *until > now);
        let renewals = self.assumed.sessions.keys().filter_map(|name| self.role_renews(name, now));
        ends.chain(renewals).min()
    }

    /// Renews what is due, and gives up what is over.
    pub(super) fn roles_clock(&mut self, now: Timestamp) {
        for name in self.assumed.sessions.keys().cloned().collect::<Vec<_>>() {
            if self.role_renews(&name, now).is_some_and(|due| due <= now) {
                self.pursue(&name, Why::UNASKED, now);
            }
            let over = self.assumed.sessions.get(&name).and_then(|session| session.until);
            let rests = self.assumed.sessions.get(&name).is_some_and(|s| s.work.why().is_none());
            if rests && over.is_some_and(|until| until <= now) {
                self.keys.remove(&name);
                if self.assumed.unnamed.remove(&name).is_some() {
                    self.assumed.sessions.remove(&name);
                }
            }
        }
    }

    /// Tries sooner what failed for want of a network.
    pub(super) fn roles_try_again(&mut self, now: Timestamp) {
        self.assumed.sessions.values_mut().for_each(|session| session.tries.sooner(now));
    }
}

/// What of a kept role stands in the config file.
fn section_of(profile: &RoleProfile) -> ProfileEdit {
    let mut set = vec![(OUR_ROLE, profile.role.to_string())];
    let mut remove = vec![];
    let mut put = |key: &'static str, value: Option<String>| match value {
        Some(value) => set.push((key, value)),
        None => remove.push(key),
    };
    let (source, pod) = match &profile.origin {
        Origin::Source { profile } => (Some(profile.to_string()), None),
        Origin::Pod { pod } => (None, Some(pod.to_string())),
        Origin::TokenFile { .. } | Origin::Elsewhere => (None, None),
    };
    put(OUR_SOURCE, source);
    put(OUR_POD, pod);
    put("external_id", profile.external_id.clone());
    put("role_session_name", profile.session_name.clone());
    put("duration_seconds", profile.duration.map(|seconds| seconds.to_string()));
    if let Some(region) = &profile.region {
        set.push(("region", region.clone()));
    }
    ProfileEdit { new: false, set, remove }
}

/// As STS takes it: 2 to 64 letters, digits and `+=,.@-_`.
fn session_name(text: &str) -> String {
    let legal = |c: char| if c.is_ascii_alphanumeric() || "+=,.@-_".contains(c) { c } else { '-' };
    let name: String = text.chars().map(legal).take(64).collect();
    if name.len() < 2 { "rolecall".to_owned() } else { name }
}

fn token_path(text: &str) -> Result<PathBuf, Problem> {
    let path = PathBuf::from(text);
    if path.is_absolute() {
        return Ok(path);
    }
    let reason = "is looked for at a path that is not absolute, which nobody can find from here".to_owned();
    Err(Problem::TokenFile { path: text.to_owned(), reason })
}
