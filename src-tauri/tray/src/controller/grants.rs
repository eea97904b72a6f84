//! What STS has granted, on its way into the credentials file.

use super::gate::{jar_of, sign_on_id};
use super::{Command, Controller, board};
use crate::memory::Limit;
use crate::sealed::{Held, Label, SignOnId};
use crate::sts;
use jiff::Timestamp;
use rolecall_core::problem::Problem;
use rolecall_core::profile::{CredentialsKept, EntraProfile, ProfileName};
use rolecall_core::role::RoleArn;
use rolecall_core::session::{Attempt, Event, Granted, Notice, Session, Work};

impl Controller {
    pub(super) fn granted(
        &mut self,
        attempt: Attempt,
        profile: ProfileName,
        result: Result<sts::Grant, Problem>,
        now: Timestamp,
    ) {
        let current =
            |session: &Session| matches!(&session.work, Work::Assuming { attempt: a, .. } if *a == attempt);
        if !self.sessions.get(&profile).is_some_and(current) {
            return;
        }
        match result {
            Ok(grant) => {
                if let Some(hours) = grant.limit {
                    self.memory.limits.insert(grant.role.clone(), Limit { hours, found: now });
                }
                let granted = Granted {
                    role: grant.role,
                    access_key_id: grant.credentials.access_key_id.clone(),
                    until: grant.credentials.expiration,
                    shortened: grant.shortened,
                };
                // A profile that is gone by now says no more where its keys may stand; nor does one that is another
                // one by now.
                let signing = self.signing_profile(&profile);
                let other = |now: &EntraProfile| self.gate.signed_on(&profile) != Some(&sign_on_id(now));
                let kept = match signing {
                    Ok(now) if other(&now) => Err(Problem::Cancelled),
                    signing => signing,
                };
                let kept = match kept {
                    Ok(profile) if profile.our_process.is_some() && !self.may_be_plain() => {
                        CredentialsKept::Process
                    }
                    Ok(profile) => profile.credentials,
                    Err(problem) => {
                        return self.step(&profile, Event::Assumed { attempt, result: Err(problem) }, now);
                    }
                };
                let credentials = grant.credentials;
                self.granted.insert(attempt, (granted, credentials.clone()));
                if self.is_isolated(&profile) {
                    return self.written(attempt, profile, Ok(None), now);
                }
                self.commands.push(Command::Write { attempt, profile, kept, credentials });
            }
            Err(problem) => {
                // What AWS refused once it would refuse again: the next sign-in is a new one.
                self.forget_assertion(&profile);
                self.step(&profile, Event::Assumed { attempt, result: Err(problem) }, now);
            }
        }
    }

    pub(super) fn written(
        &mut self,
        attempt: Attempt,
        profile: ProfileName,
        result: Result<Option<Problem>, Problem>,
        now: Timestamp,
    ) {
        let Some((granted, credentials)) = self.granted.remove(&attempt) else { return };
        match self.work(&profile) {
            Work::Assuming { attempt: current, .. } if current == attempt => {}
            Work::Idle | Work::Failed(_) if self.is_isolated(&profile) => return,
            // Signed out while the file was being written: what was written is not wanted any more.
            Work::Idle | Work::Failed(_) if result.is_ok() => {
                return self.commands.push(Command::Forget { profile });
            }
            // Another sign-in is on its way, and will replace it.
            _ => return,
        }
        let process = self.profiles.find(&profile).is_ok_and(|p| p.credentials == CredentialsKept::Process);
        let result = match result {
            // These need no file to work: they are good, and what went wrong is said.
            Err(problem) if process && !matches!(problem, Problem::LongLivedKey { .. }) => Ok(Some(problem)),
            result => result,
        };
        if result.is_ok() && self.is_isolated(&profile) {
            let role = Some(granted.role.clone());
            let of = self.gate.signed_on(&profile).cloned();
            self.keys.insert(profile.clone(), Held { role, credentials, of });
            self.root_changed(&profile, Some(&granted.role), now);
        } else if result.is_ok() {
            self.person_was_there(&profile, now);
            let jar = self.signing_profile(&profile).ok().map(|profile| board::jar_id(&jar_of(&profile)));
            self.memory.took(&profile, &granted.role, &granted.access_key_id, jar, now);
            let signed = self.signing_profile(&profile).ok();
            let of = self.gate.signed_on(&profile).cloned();
            let said = signed.and_then(|profile| self.session_name(&profile));
            if let Some(remembered) = self.memory.profiles.get_mut(&profile) {
                remembered.sign_on.clone_from(&of);
                remembered.session_name = said.or(remembered.session_name.take());
            }
            self.commands.push(Command::SaveMemory(self.memory.clone()));
            if !process {
                self.also_in_wsl(&profile, Some(credentials.clone()));
            }
            self.keys.insert(profile.clone(), Held { role: Some(granted.role.clone()), credentials, of });
            self.root_changed(&profile, Some(&granted.role), now);
            if process {
                self.seal(Label::Credentials(profile.clone()));
            }
        }
        let remark = result.as_ref().ok().cloned().flatten();
        self.step(&profile, Event::Assumed { attempt, result: result.map(|_| granted) }, now);
        if let Some(problem) = remark {
            self.notify(&profile, Notice::Failed(problem));
        }
    }

    /// By which sign-on: of a key whose role is known.
    pub(super) fn written_by(&self, name: &ProfileName, access_key_id: &str) -> Option<SignOnId> {
        let writing = self.granted.values().any(|(granted, _)| granted.access_key_id == access_key_id);
        if writing { self.gate.signed_on(name).cloned() } else { self.memory.of(name).sign_on }
    }

    /// The role that this key was written for: remembered, or being written at this moment.
    pub(super) fn written_role(&self, name: &ProfileName, access_key_id: &str) -> Option<RoleArn> {
        let writing = self.granted.values().find(|(granted, _)| granted.access_key_id == access_key_id);
        writing.map(|(granted, _)| granted.role.clone()).or_else(|| self.memory.role_of(name, access_key_id))
    }
}
