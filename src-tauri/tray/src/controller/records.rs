//! Who asked, and what the audit log says of it.

use super::{Command, Controller};
use jiff::Timestamp;
use rolecall_core::audit::{Door, Entry, How, Recorded};
use rolecall_core::problem::Problem;
use rolecall_core::profile::ProfileName;
use rolecall_core::session::{Granted, Held, Work};
use rolecall_core::sign_in::Mode;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Default)]
pub(super) struct Records {
    /// By which door the sign-in under way, or the last one, was asked for.
    doors: BTreeMap<ProfileName, Door>,
    /// Profiles whose sign-in under way was answered by a person.
    answered: BTreeSet<ProfileName>,
    /// Profiles whose last sign-in was asked for by somebody at the machine.
    by_hand: BTreeSet<ProfileName>,
    /// Profiles that are being signed out: by which door, and whether their cookies go, too.
    signing_out: BTreeMap<ProfileName, (Door, bool)>,
    /// What was recorded of a profile last, where that was a failure: it is not repeated at each try.
    failed: BTreeMap<ProfileName, &'static str>,
    /// The same of roles.
    roles_failed: BTreeMap<ProfileName, String>,
    count: u32,
}

impl Controller {
    /// A sign-in is asked for: it is whose it was first, until a person asks.
    pub(super) fn asked_by(&mut self, name: &ProfileName, mode: Mode, door: Door) {
        let busy = matches!(self.work(name), Work::SigningIn { .. } | Work::Assuming { .. });
        if mode == Mode::Interactive || !busy {
            self.records.doors.insert(name.clone(), door);
            self.records.by_hand.remove(name);
            // A desktop session begins because somebody has sat down.
            if matches!(door, Door::Tray | Door::Window | Door::Login) {
                self.by_hand(name);
            }
        }
        if mode == Mode::Interactive && door != Door::Login {
            self.never_mind_login(name);
        }
    }

    pub(super) fn by_hand(&mut self, name: &ProfileName) {
        self.records.by_hand.insert(name.clone());
    }

    pub(super) fn is_by_hand(&self, name: &ProfileName) -> bool {
        self.records.by_hand.contains(name)
    }

    pub(super) fn door(&self, name: &ProfileName) -> Door {
        self.records.doors.get(name).copied().unwrap_or(Door::Tray)
    }

    pub(super) fn record_person(&mut self, name: &ProfileName) {
        self.records.answered.insert(name.clone());
    }

    pub(super) fn record_end(
        &mut self,
        name: &ProfileName,
        result: &Result<Granted, Problem>,
        now: Timestamp,
    ) {
        let answered = self.records.answered.remove(name);
        let what = match result {
            Ok(granted) => {
                self.records.failed.remove(name);
                // What was told of an end that did not come, or did not last, is over.
                self.commands.push(Command::Silence { about: name.clone() });
                Recorded::Assumed {
                    role: granted.role.clone(),
                    until: granted.until,
                    access_key_id: granted.access_key_id.clone(),
                    how: if answered { How::Person } else { How::Silent },
                }
            }
            Err(problem) => {
                let code = problem.code();
                if self.records.failed.insert(name.clone(), code) == Some(code) {
                    return;
                }
                Recorded::Failed { code: code.to_owned() }
            }
        };
        self.record(name, self.door(name), what, now);
    }

    /// Recorded when it is done.
    pub(super) fn signs_out(&mut self, name: &ProfileName, forgot: bool, door: Door) {
        let nothing = self.sessions.get(name).is_none_or(|session| session.held == Held::Nothing);
        if forgot || !nothing {
            self.records.signing_out.insert(name.clone(), (door, forgot));
        }
    }

    pub(super) fn record_sign_out(&mut self, name: &ProfileName, done: bool, now: Timestamp) {
        if let Some((door, forgot)) = self.records.signing_out.remove(name)
            && done
        {
            self.record(name, door, Recorded::SignedOut { forgot }, now);
        }
    }

    /// The same failure is not repeated at each try.
    pub(super) fn record_once(&mut self, name: &ProfileName, door: Door, what: Recorded, now: Timestamp) {
        let code = match &what {
            Recorded::Failed { code } => Some(code.clone()),
            _ => None,
        };
        let before = match &code {
            Some(code) => self.records.roles_failed.insert(name.clone(), code.clone()),
            None => self.records.roles_failed.remove(name),
        };
        if code.is_none() || before != code {
            self.record(name, door, what, now);
        }
    }

    /// A role that nobody speaks of any more.
    pub(super) fn forget_records(&mut self, name: &ProfileName) {
        self.records.roles_failed.remove(name);
    }

    /// What is held of a role is given up.
    pub(super) fn sign_out_of_role(&mut self, name: &ProfileName, door: Door, now: Timestamp) {
        let held = self.keys.contains_key(name);
        self.give_up(name, now);
        if held {
            self.record(name, door, Recorded::SignedOut { forgot: false }, now);
        }
    }

    fn record(&mut self, profile: &ProfileName, door: Door, what: Recorded, at: Timestamp) {
        self.records.count += 1;
        self.commands.push(Command::Record(Entry { at, profile: profile.clone(), door, what }));
    }

    pub(super) fn recorded(&self) -> u32 {
        self.records.count
    }
}
