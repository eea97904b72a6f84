//! What happens unasked: renewals before the end, after sleep and lost networks, and the sign-in at login.

use super::gate::jar_of;
use super::{Command, Controller, board};
use crate::memory::LONG_AGO;
use crate::power::Happening;
use crate::sealed::Jar;
use jiff::{SignedDuration, Timestamp};
use rolecall_core::audit::Door;
use rolecall_core::problem::Problem;
use rolecall_core::profile::{EntraProfile, ProfileName};
use rolecall_core::renewal::{self, Plan, Tries};
use rolecall_core::session::{Event, Held, Notice, Session, Wanted, Work};
use rolecall_core::settings::Renew;
use rolecall_core::sign_in::Mode;
use rolecall_core::time;
use std::collections::BTreeSet;

/// Warnings that are due within this time of another's are told with it.
const TOGETHER: SignedDuration = SignedDuration::from_secs(180);
/// How often it is looked again whether the vault is read: without its cookies every renewal would need a person.
const VAULT: SignedDuration = SignedDuration::from_secs(30);

#[derive(Default)]
pub(super) struct Unasked {
    /// Entra wants a person before these cookies are good for anything again.
    needs_person: BTreeSet<Jar>,
    /// Somebody wanted to be signed out of these, which could not be done.
    left_alone: BTreeSet<ProfileName>,
    /// Nobody was there for too long, a program asked for credentials, and the person was told so.
    told_of_program: BTreeSet<Jar>,
    login: Option<Login>,
}

/// The sign-in that was to come with the desktop session.
struct Login {
    profile: ProfileName,
    tries: Tries,
    /// It is under way.
    began: bool,
}

impl Controller {
    /// What is to happen before the session of a profile ends.
    pub(super) fn plan(&self, name: &ProfileName, session: &Session, now: Timestamp) -> Plan {
        if self.is_isolated(name) {
            return Plan::Leave;
        }
        let (Held::Active(_) | Held::Expired(_)) = &session.held else { return Plan::Leave };
        let (until, key) = match &session.held {
            Held::Active(active) if active.role.is_some() => (active.until, Some(&active.access_key_id)),
            Held::Expired(expired) if expired.role.is_some() => (expired.until, None),
            _ => (None, None),
        };
        let (Some(until), Ok(profile)) = (until, self.profiles.find(name)) else { return Plan::Leave };
        // Nothing would come of it.
        if self.policy_is_usable().is_err() {
            return Plan::Leave;
        }
        let jar = jar_of(profile);
        let remembered = self.memory.profiles.get(name);
        // Taken with another user's or tenant's sign-on (a client's variables, an edit since): not ours to repeat.
        let same = remembered.and_then(|r| r.jar.as_ref()).is_none_or(|taken| *taken == board::jar_id(&jar));
        if !same || self.unasked.left_alone.contains(name) {
            return Plan::Leave;
        }
        let renew = match self.settings().renew {
            Renew::WhenSilent if self.unasked.needs_person.contains(&jar) => Renew::Off,
            renew => renew,
        };
        let began = remembered.filter(|r| key.is_none() || r.access_key_id.as_ref() == key);
        let person = self.memory.last_person(&board::jar_id(&jar), now);
        let began = began.and_then(|remembered| remembered.began);
        let who = jar.user.as_deref().unwrap_or(&jar.tenant);
        let plan = renewal::plan(who, renew, began, until, person, self.within());
        match plan {
            Plan::Renew { at, last } if !self.vault.is_read() => {
                Plan::Renew { at: at.max(time::after(now, VAULT)), last }
            }
            plan => plan,
        }
    }

    /// Whether a tool may have this profile renewed unasked: not for longer than Rolecall itself would.
    pub(super) fn tool_may_renew(&self, name: &ProfileName, now: Timestamp) -> bool {
        let Ok(profile) = self.profiles.find(name) else { return false };
        let person = self.memory.last_person(&board::jar_id(&jar_of(profile)), now);
        person.is_some_and(|person| now.duration_since(person) <= self.within())
    }

    /// A program asks for credentials that nobody may renew unasked any more. Where a person has signed in before, they
    /// are told once, and the program has its answer; `None` where nobody ever has: that is the first sign-in.
    pub(super) fn person_is_away(&mut self, name: &ProfileName, now: Timestamp) -> Option<Problem> {
        let jar = jar_of(&self.signing_profile(name).ok()?);
        self.memory.last_person(&board::jar_id(&jar), now)?;
        let within = self.within();
        if self.unasked.told_of_program.insert(jar) {
            let role = self.memory.of(name).role;
            self.notify(name, Notice::ProgramAsks { role, within });
        }
        Some(Problem::PersonAway { profile: name.as_str().to_owned(), within })
    }

    /// How long after a person last signed in anything is renewed unasked.
    pub(super) fn within(&self) -> SignedDuration {
        let policy = self.policy().and_then(|policy| policy.renew_within);
        policy.unwrap_or(renewal::LONGEST).min(renewal::LONGEST)
    }

    /// A clock that was set back makes nobody's last sign-in or question more recent than it is.
    pub(super) fn clock_says(&mut self, now: Timestamp) {
        let latest = self.memory.latest_time;
        if self.memory.clock_says(now) {
            self.commands.push(Command::SaveMemory(self.memory.clone()));
        }
        let set_back = latest.map(|latest| latest.duration_since(now)).filter(SignedDuration::is_positive);
        if let Some(set_back) = set_back {
            self.roles_clock_set_back(set_back);
        }
    }

    pub(super) fn clock(&mut self, now: Timestamp) {
        self.step_all(|| Event::Clock { ahead: SignedDuration::ZERO }, now);
        if self.telling.warns() {
            // One that has just been told something hears the rest when it is due.
            for name in self.sessions.keys().cloned().collect::<Vec<_>>() {
                if !self.telling.is_told(&name) {
                    self.step(&name, Event::Clock { ahead: TOGETHER }, now);
                }
            }
        }
        self.roles_clock(now);
        self.policy_clock(now);
        self.arrange_after_policy(now);
        self.go_on_without_cookies(now);
        self.waited(now);
        self.log_in(now);
    }

    fn step_all(&mut self, event: impl Fn() -> Event, now: Timestamp) {
        for name in self.sessions.keys().cloned().collect::<Vec<_>>() {
            self.step(&name, event(), now);
        }
    }

    pub(super) fn happened(&mut self, happening: Happening, now: Timestamp) {
        match happening {
            Happening::Sleeps => return self.put_off_background(now),
            Happening::Woke | Happening::NetworkChanged => {
                self.step_all(|| Event::TryAgain, now);
                self.roles_try_again(now);
                if let Some(login) = &mut self.unasked.login {
                    login.tries.sooner(now);
                }
            }
            Happening::ClockSet => {}
        }
        // What had ended by a clock that was wrong has not.
        for name in self.sessions.keys().cloned().collect::<Vec<_>>() {
            self.read_session(&name, now);
        }
        self.clock(now);
    }

    /// The cookies of a sign-on, by which this profile was signed in: others may go on with them.
    pub(super) fn sign_on_worked(&mut self, name: &ProfileName, jar: &Jar, mode: Mode, now: Timestamp) {
        if self.unasked.needs_person.remove(jar) || mode == Mode::Interactive {
            for other in self.of_jar(jar).into_iter().filter(|other| other != name) {
                self.step(&other, Event::PersonCame, now);
            }
        }
    }

    /// Nothing is tried with these cookies until a person has signed in. Those that were about to be renewed hear it
    /// together.
    pub(super) fn person_is_needed(&mut self, jar: Jar, now: Timestamp) {
        for profile in self.of_jar(&jar) {
            let problem = Problem::PersonNeeded { profile: profile.as_str().to_owned() };
            self.step(&profile, Event::CannotRenew { problem }, now);
        }
        self.unasked.needs_person.insert(jar);
    }

    fn of_jar(&self, jar: &Jar) -> Vec<ProfileName> {
        let same = |profile: &&EntraProfile| jar_of(profile) == *jar;
        self.profiles.entra().filter(same).map(|profile| profile.name.clone()).collect()
    }

    /// A role was taken that somebody asked for by hand: they are there.
    pub(super) fn person_was_there(&mut self, name: &ProfileName, now: Timestamp) {
        let work = self.work(name);
        let interactive = matches!(work, Work::Assuming { mode: Mode::Interactive, .. });
        if (interactive || self.door(name) == Door::Login)
            && self.is_by_hand(name)
            && let Ok(profile) = self.signing_profile(name)
        {
            self.person_is_there(&jar_of(&profile), now);
        }
    }

    pub(super) fn answered_by_person(&mut self, name: &ProfileName, jar: &Jar, now: Timestamp) {
        self.person_is_there(jar, now);
        self.record_person(name);
    }

    /// Entra let a sign-in through without a question: nobody knows when a person was last there, if none is remembered.
    pub(super) fn answered_without_person(&mut self, jar: &Jar) {
        self.memory.people.entry(board::jar_id(jar)).or_insert(LONG_AGO);
    }

    fn person_is_there(&mut self, jar: &Jar, now: Timestamp) {
        self.memory.people.insert(board::jar_id(jar), now);
        self.unasked.told_of_program.remove(jar);
    }

    /// The desktop session begins: where the person wants it, so does theirs.
    pub(super) fn logged_in(&mut self, now: Timestamp) {
        if self.settings().sign_in_at_login
            && let Ok(profile) = self.usual_profile()
        {
            self.unasked.login = Some(Login { profile, tries: Tries::default(), began: false });
            self.log_in(now);
        }
    }

    /// Begins what [`Controller::logged_in`] wants, once that can work.
    pub(super) fn log_in(&mut self, now: Timestamp) {
        let due = self.logs_in_at().is_some_and(|due| due <= now);
        let login = self.unasked.login.as_ref().filter(|_| due);
        let Some(name) = login.map(|login| login.profile.clone()) else { return };
        let busy = !matches!(self.work(&name), Work::Idle | Work::Failed(_));
        if busy || self.left(&name, now).is_positive() {
            self.unasked.login = None;
            return;
        }
        self.unasked.login.iter_mut().for_each(|login| login.began = true);
        self.begin(&name, Wanted::Usual, Mode::Background, Door::Login, now);
    }

    pub(super) fn logs_in_at(&self) -> Option<Timestamp> {
        let login = self.unasked.login.as_ref().filter(|login| !login.began && self.vault.is_read())?;
        if login.tries.in_vain == 0 { Some(Timestamp::MIN) } else { login.tries.again }
    }

    /// The sign-in of a profile has ended: what came with the login goes on where it must.
    pub(super) fn login_ended(&mut self, name: &ProfileName, problem: Option<&Problem>, now: Timestamp) {
        let Some(mut login) = self.unasked.login.take_if(|login| login.profile == *name && login.began)
        else {
            return;
        };
        match problem {
            // They wanted it, and have just sat down.
            Some(Problem::PersonNeeded { .. }) => {
                self.begin(name, Wanted::Usual, Mode::Interactive, Door::Login, now);
            }
            Some(problem) if problem.passes() => {
                login.tries.failed(true, now);
                login.began = false;
                self.unasked.login = Some(login);
            }
            Some(problem) if *problem != Problem::Cancelled => {
                self.notify(name, Notice::Failed(problem.clone()));
            }
            Some(_) | None => {}
        }
    }

    pub(super) fn unasked_leave(&mut self, name: &ProfileName) {
        self.unasked.left_alone.insert(name.clone());
    }

    /// Somebody does it by hand, or wants to be signed out.
    pub(super) fn never_mind_login(&mut self, name: &ProfileName) {
        self.unasked.login.take_if(|login| login.profile == *name);
        self.unasked.left_alone.remove(name);
    }
}
