//! Taking a role: its source first, then STS, then the files where it is kept.

use super::super::waiting::{Wants, trouble};
use super::super::{Command, Controller};
use super::kept::section_of;
use super::{HeldRole, Quest, RoleSession, RoleWork, USABLE, Why};
use crate::sealed::Held;
use crate::sts::{Take, Taken, USUAL_DURATION, With};
use jiff::Timestamp;
use rolecall_core::audit::{Door, How, Recorded};
use rolecall_core::chain::{self, Root};
use rolecall_core::message::window::Page;
use rolecall_core::problem::Problem;
use rolecall_core::profile::{CredentialsKept, Origin, ProfileName, RoleProfile};
use rolecall_core::renewal::Tries;
use rolecall_core::secret::Secret;
use rolecall_core::session::{Attempt, Notice, Work};
use rolecall_core::sign_in::Mode;
use std::path::PathBuf;

impl Controller {
    /// Takes the role, after that of its source where that is not there.
    ///
    /// # Errors
    /// [`Problem::Busy`]: another role is being taken under its name.
    pub(in super::super) fn pursue(
        &mut self,
        profile: &RoleProfile,
        why: Why,
        now: Timestamp,
    ) -> Result<(), Problem> {
        let name = &profile.name;
        self.forget_shell(name, why.door);
        let through = self.root_role(profile);
        let session = self.assumed.entry(name.clone()).or_default();
        if let Some(quest) = session.work.quest_mut() {
            if !quest.profile.is_same_role(profile) {
                return Err(Problem::Busy { profile: name.to_string() });
            }
            if why.mode == Mode::Interactive {
                quest.why = why;
            }
            if !matches!(session.work, RoleWork::Waiting(_)) || why.mode == Mode::Background {
                return Ok(());
            }
        }
        if why != Why::UNASKED {
            session.asked = Some(now);
        }
        session.work = RoleWork::Waiting(Quest { profile: profile.clone(), why, through });
        if let Err(problem) = self.policy_is_usable().and_then(|()| self.chain_of(profile).map(drop)) {
            self.role_ended(name, Err(problem), now);
            return Ok(());
        }
        match &profile.origin {
            Origin::TokenFile { path } => match token_path(path) {
                Ok(path) => self.take(name, With::TokenFile(path), now),
                Err(problem) => self.role_ended(name, Err(problem), now),
            },
            Origin::Source { profile: source } => self.pursue_from(name, source, why, now),
            Origin::Pod { pod } => {
                self.role_ended(name, Err(Problem::PodOver { pod: pod.to_string() }), now);
            }
            Origin::Elsewhere => {}
        }
        Ok(())
    }

    fn pursue_from(&mut self, name: &ProfileName, source: &ProfileName, why: Why, now: Timestamp) {
        if self.left(source, now) >= USABLE
            && let Some(held) = self.keys.get(source).cloned()
        {
            let with = With::Keys { credentials: held.credentials, role: held.role };
            return self.take(name, with, now);
        }
        if let Some(link) = self.role_profile(source).cloned() {
            if let Err(problem) = self.pursue(&link, Why { on_the_way: true, ..why }, now) {
                self.role_ended(name, Err(problem), now);
            }
        } else if why.mode == Mode::Background {
            let problem = Problem::ProfileSignedOut { profile: source.to_string() };
            self.role_ended(name, Err(problem), now);
        } else if let Work::Choosing { .. } = self.work(source) {
            // A second sign-in would take the choice away.
            self.open_main(Page::Roles { profile: source.clone() }, None);
        } else {
            // Its end is heard.
            self.renew(source, why.mode, why.door, now);
        }
    }

    /// A pod's role, with the token that somebody has brought.
    ///
    /// # Errors
    /// [`Problem::Busy`], [`Problem::PolicyRefused`].
    pub(in super::super) fn pursue_with_token(
        &mut self,
        profile: &RoleProfile,
        token: Secret,
        why: Why,
        now: Timestamp,
    ) -> Result<(), Problem> {
        self.policy_is_usable()?;
        let session = self.assumed.entry(profile.name.clone()).or_default();
        if !session.work.rests() {
            return Err(Problem::Busy { profile: profile.name.to_string() });
        }
        (session.asked, session.given_up) = (Some(now), false);
        session.work = RoleWork::Waiting(Quest { profile: profile.clone(), why, through: None });
        self.take(&profile.name, With::Token(token), now);
        Ok(())
    }

    /// Asks STS for what the session waits for.
    fn take(&mut self, name: &ProfileName, with: With, now: Timestamp) {
        let endpoint = match self.endpoint_for(name) {
            Ok(endpoint) => endpoint,
            Err(problem) => return self.role_ended(name, Err(problem), now),
        };
        let attempt = self.new_attempt();
        let Some(session) = self.assumed.get_mut(name) else { return };
        let RoleWork::Waiting(quest) = std::mem::take(&mut session.work) else { return };
        let profile = quest.profile.clone();
        session.work = RoleWork::Asking(attempt, quest);
        let root = self.chain_of(&profile).ok().map(|chain| chain.root);
        let entra = match &root {
            Some(Root::Entra(name)) => self.profiles.entra_named(name),
            _ => None,
        };
        let region = self.shell_region(name).or_else(|| self.role_region(&profile));
        let region = region.unwrap_or_else(|| profile.role.partition().default_region().to_owned());
        let signed_in = entra.and_then(|entra| self.memory.of(&entra.name).session_name);
        let usual = signed_in.or_else(|| entra.and_then(|entra| entra.username.clone()));
        let usual = usual.unwrap_or_else(|| "rolecall".to_owned());
        let most = self.policy().and_then(|policy| policy.max_duration_hours);
        let most = most.map_or(u32::MAX, |hours| u32::from(hours) * 3600);
        let hour = u32::try_from(chain::LONGEST.as_secs()).unwrap_or(USUAL_DURATION);
        let most = if profile.is_chained() { most.min(hour) } else { most };
        let take = Take {
            region,
            endpoint,
            role: profile.role.clone(),
            with,
            session_name: session_name(profile.session_name.as_deref().unwrap_or(&usual)),
            external_id: profile.external_id.clone(),
            duration: profile.duration.unwrap_or(USUAL_DURATION).min(most),
        };
        self.commands.push(Command::Take { attempt, profile: profile.name, take });
    }

    /// STS has answered.
    pub(in super::super) fn taken(
        &mut self,
        attempt: Attempt,
        name: &ProfileName,
        result: Result<Taken, Problem>,
        now: Timestamp,
    ) {
        let session = self.assumed.get_mut(name);
        let Some(session) = session.filter(|session| session.work.is_attempt(attempt)) else { return };
        let Some(quest) = session.work.quest().cloned() else { return };
        let written = self.profiles.role_named(name).cloned();
        // It names another role now than was asked for: whoever asked by its name wants that one.
        if let Some(written) = written.as_ref().filter(|written| !written.is_same_role(&quest.profile))
            && !quest.profile.kept
        {
            session.work = RoleWork::Rest;
            session.held = None;
            self.keys.remove(name);
            let _ = self.pursue(written, quest.why, now);
            return;
        }
        let taken = match result {
            Ok(taken) if quest.profile.kept => taken,
            result => return self.role_ended(name, result, now),
        };
        let section = match written {
            Some(written) if written.is_same_role(&quest.profile) => None,
            written => Some(section_of(&quest.profile, written.is_none())),
        };
        let kept = self.kept_of(&quest.profile);
        let credentials = taken.credentials.clone();
        if let Some(session) = self.assumed.get_mut(name) {
            session.work = RoleWork::Writing(attempt, quest, Box::new(taken));
        }
        self.commands.push(Command::WriteRole { attempt, profile: name.clone(), section, kept, credentials });
    }

    /// The section and the keys of a kept role are written, or not.
    pub(in super::super) fn role_written(
        &mut self,
        attempt: Attempt,
        name: &ProfileName,
        result: Result<Option<Problem>, Problem>,
        now: Timestamp,
    ) {
        let session = self.assumed.get_mut(name);
        let current = |session: &&mut RoleSession| session.work.is_attempt(attempt);
        let Some(RoleWork::Writing(_, quest, taken)) =
            session.filter(current).map(|session| std::mem::take(&mut session.work))
        else {
            // Given up meanwhile: what was written is not wanted any more, unless it is being replaced.
            if result.is_ok() && !self.is_under_way(name) {
                self.commands.push(Command::Forget { profile: name.clone() });
            }
            return;
        };
        let remark = match result {
            Ok(remark) => remark,
            Err(problem) => {
                self.put_back(name, quest);
                return self.role_ended(name, Err(problem), now);
            }
        };
        let id = &taken.credentials.access_key_id;
        self.memory.took(name, &quest.profile.role, id, None, now);
        if self.kept_of(&quest.profile) == CredentialsKept::File {
            self.also_in_wsl(name, Some(taken.credentials.clone()));
        }
        self.commands.push(Command::SaveMemory(self.memory.clone()));
        self.put_back(name, quest);
        self.role_ended(name, Ok(*taken), now);
        if let Some(problem) = remark {
            self.notify(name, Notice::Failed(problem));
        }
        self.commands.push(Command::ReadFiles);
    }

    fn put_back(&mut self, name: &ProfileName, quest: Quest) {
        self.assumed.entry(name.clone()).or_default().work = RoleWork::Waiting(quest);
    }

    /// A role was taken, or not: for those who wait for it, and for the roles that are taken with it.
    fn role_ended(&mut self, name: &ProfileName, result: Result<Taken, Problem>, now: Timestamp) {
        let Some(session) = self.assumed.get_mut(name) else { return };
        let Some(Quest { profile, why, through }) = session.work.quest().cloned() else { return };
        session.work = RoleWork::Rest;
        self.shells.remove(name);
        let Some(session) = self.assumed.get_mut(name) else { return };
        let problem = match result {
            Ok(taken) => {
                let Taken { credentials, arn, claims } = taken;
                let (until, role) = (credentials.expiration, Some(profile.role.clone()));
                let (profile, began) = (profile.clone(), Some(now));
                let held = HeldRole { profile, began, until, through, claims, arn: Some(arn) };
                let asked = session.asked;
                *session = RoleSession { held: Some(held), asked, ..RoleSession::default() };
                self.keys.insert(name.clone(), Held { role, credentials, of: None });
                None
            }
            Err(problem) => {
                session.tries.failed(problem.passes(), now);
                session.failed = Some((problem.clone(), now));
                Some(problem)
            }
        };
        self.record_role(name, why.door, problem.as_ref(), now);
        if let Some(notice) = self.notice_of(&profile, why, problem.as_ref()) {
            self.notify(name, notice);
        }
        let usable = self.role_left(&profile, now) >= USABLE;
        for waiter in self.take_waiting(name, |wants| matches!(wants, Wants::Keys { .. })) {
            let Wants::Keys { wanted, .. } = waiter.wants else { continue };
            match &problem {
                // Who wants new ones is not served with what there was.
                Some(problem) if !usable || wanted.purpose.wants_new() => {
                    self.answer(waiter.client, trouble(name, problem));
                }
                _ => self.hand_or_say(waiter.client, name, &wanted, now),
            }
        }
        self.source_ended(name, problem.as_ref(), now);
    }

    /// What is told of it: nothing to who waits at a terminal or looks at the window.
    fn notice_of(&mut self, profile: &RoleProfile, why: Why, problem: Option<&Problem>) -> Option<Notice> {
        if why.on_the_way {
            return None;
        }
        let session = self.assumed.get_mut(&profile.name)?;
        let until = session.held.as_ref().map(|held| held.until);
        let role = profile.role.clone();
        match (problem, why.door) {
            (None, Door::Tray) => Some(Notice::SignedIn { role, until: until?, shortened: None }),
            (Some(problem), Door::Tray) if *problem != Problem::Cancelled => {
                Some(Notice::Failed(problem.clone()))
            }
            (Some(problem), Door::Renewal) if !problem.passes() && session.tries.tells(problem.code()) => {
                Some(Notice::NotRenewed { role, until: until?, problem: problem.clone() })
            }
            _ => None,
        }
    }

    /// A profile's credentials are there, or could not be had: for the roles that wait for them.
    pub(in super::super) fn source_ended(
        &mut self,
        source: &ProfileName,
        problem: Option<&Problem>,
        now: Timestamp,
    ) {
        for name in self.waiting_for(source) {
            match problem {
                Some(problem) => self.role_ended(&name, Err(problem.clone()), now),
                None => self.go_on(&name, now),
            }
        }
    }

    /// What waits for a source that nobody is seeing to any more goes on, or ends.
    pub(super) fn end_idle_waits(&mut self, now: Timestamp) {
        let waits = |(name, session): (&ProfileName, &RoleSession)| match &session.work {
            RoleWork::Waiting(quest) => match &quest.profile.origin {
                Origin::Source { profile } => Some((name.clone(), profile.clone())),
                _ => None,
            },
            _ => None,
        };
        for (name, source) in self.assumed.iter().filter_map(waits).collect::<Vec<_>>() {
            if self.is_under_way(&source) {
                continue;
            }
            if self.left(&source, now) >= USABLE {
                self.go_on(&name, now);
            } else {
                let problem = Problem::ProfileSignedOut { profile: source.to_string() };
                self.role_ended(&name, Err(problem), now);
            }
        }
    }

    fn go_on(&mut self, name: &ProfileName, now: Timestamp) {
        let Some(session) = self.assumed.get_mut(name) else { return };
        let Some(Quest { profile, why, .. }) = session.work.quest().cloned() else { return };
        session.work = RoleWork::Rest;
        // It rests: nothing else is being taken under its name.
        let _ = self.pursue(&profile, why, now);
    }

    fn record_role(&mut self, name: &ProfileName, door: Door, problem: Option<&Problem>, now: Timestamp) {
        let held = self.assumed.get(name).and_then(|session| session.held.as_ref());
        let what = match (problem, self.keys.get(name), held) {
            (Some(problem), ..) => Recorded::Failed { code: problem.code().to_owned() },
            (None, Some(keys), Some(held)) => Recorded::Assumed {
                role: held.profile.role.clone(),
                until: held.until,
                access_key_id: keys.credentials.access_key_id.clone(),
                how: if held.claims.is_some() { How::WebIdentity } else { How::Chained },
            },
            _ => return,
        };
        self.record_once(name, door, what, now);
    }

    /// What is held of a role is given up, and what is under way; a kept one's keys are removed.
    pub(in super::super) fn drop_role(&mut self, name: &ProfileName, now: Timestamp) {
        let kept = self.role_profile(name).is_some_and(|profile| profile.kept);
        self.keys.remove(name);
        let session = self.assumed.remove(name);
        if kept {
            self.commands.push(Command::Forget { profile: name.clone() });
        }
        let problem = Problem::ProfileSignedOut { profile: name.to_string() };
        for waiter in self.take_waiting(name, |wants| matches!(wants, Wants::Keys { .. })) {
            self.answer(waiter.client, trouble(name, &problem));
        }
        if session.is_some_and(|session| !session.work.rests()) {
            self.source_ended(name, Some(&problem), now);
        }
    }

    /// The same, by somebody who does not want it back until they say so.
    pub(in super::super) fn give_up(&mut self, name: &ProfileName, now: Timestamp) {
        self.drop_role(name, now);
        if self.profiles.roles().any(|profile| profile.name == *name) {
            let given_up = RoleSession { given_up: true, tries: Tries::default(), ..RoleSession::default() };
            self.assumed.insert(name.clone(), given_up);
        }
    }
}

/// As STS takes it: 2 to 64 letters, digits and `+=,.@-_`.
fn session_name(text: &str) -> String {
    let legal = |c: char| if c.is_ascii_alphanumeric() || "+=,.@-_".contains(c) { c } else { '-' };
    let name: String = text.chars().map(legal).take(64).collect();
    if name.len() < 2 { "rolecall".to_owned() } else { name }
}

fn token_path(text: &str) -> Result<PathBuf, Problem> {
    let path = PathBuf::from(text);
    // The home folder is filled in where the file is read.
    if path.is_absolute() || path.starts_with("~") {
        return Ok(path);
    }
    let reason = "is looked for at a path that is not absolute, which nobody can find from here".to_owned();
    Err(Problem::TokenFile { path: text.to_owned(), reason })
}
