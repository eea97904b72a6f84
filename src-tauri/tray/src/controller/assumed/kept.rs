//! Roles that are kept as profiles of their own, for tools that do not assume roles by themselves: their sections and
//! where their keys stand.

use super::super::{Arrangement, Controller, ProfileEdit};
use super::{HeldRole, RoleSession};
use jiff::Timestamp;
use rolecall_core::chain::Root;
use rolecall_core::draft;
use rolecall_core::policy::Policy;
use rolecall_core::problem::{Problem, foreign};
use rolecall_core::profile::{
    CredentialsKept, EntraProfile, OUR_POD, OUR_ROLE, OUR_SOURCE, Origin, ProfileName, RoleProfile,
};

impl Controller {
    /// Where a kept one's keys stand: where its root's do; without a sign-in, where those of all sign-ins do.
    pub(in super::super) fn kept_of(&self, profile: &RoleProfile) -> CredentialsKept {
        let root = match self.chain_of(profile).map(|chain| chain.root) {
            Ok(Root::Entra(root)) => self.profiles.entra_named(&root),
            _ => None,
        };
        let is_served = |entra: &EntraProfile| entra.credentials == CredentialsKept::Process;
        let mut others = self.profiles.entra().peekable();
        let process = match root {
            Some(root) => is_served(root),
            None => others.peek().is_some() && others.all(is_served),
        };
        let forbidden = self.policy().is_some_and(Policy::demands_process);
        let unsure = profile.our_process.is_some() && !self.may_be_plain();
        if process || forbidden || unsure { CredentialsKept::Process } else { CredentialsKept::File }
    }

    /// A name for a profile of ours: a new one, or one of ours with this origin.
    ///
    /// # Errors
    /// [`Problem::NameInvalid`], [`Problem::ProfileTaken`].
    pub(in super::super) fn free_name(
        &self,
        name: ProfileName,
        origin: &Origin,
    ) -> Result<ProfileName, Problem> {
        let text = name.as_str();
        if draft::legal_name(text) != text || text.is_empty() {
            let reason = "must be letters, digits and _-.@:+ as every AWS tool reads them".to_owned();
            return Err(Problem::NameInvalid { name: foreign(text), reason });
        }
        let written = self.profiles.roles().find(|profile| profile.name == name && profile.kept);
        // A pod of another cluster is another profile; a chain may be given another source.
        let ours = written.is_some_and(|there| match (&there.origin, origin) {
            (Origin::Pod { pod: there }, Origin::Pod { pod }) => there == pod,
            (there, wanted) => std::mem::discriminant(there) == std::mem::discriminant(wanted),
        });
        let section = |path: &std::path::Path| path.display().to_string();
        let in_file = self.files.credentials.as_ref().is_ok_and(|sections| sections.contains_key(&name));
        if ours {
            Ok(name)
        } else if self.section_names().contains(&name) {
            Err(Problem::ProfileTaken { path: section(&self.files.config.path), name: text.to_owned() })
        } else if in_file {
            Err(Problem::ProfileTaken { path: section(&self.files.credentials_path), name: text.to_owned() })
        } else {
            Ok(name)
        }
    }

    /// After the files were read: what is held for a profile that says something else now is given up.
    pub(in super::super) fn read_role_profiles(&mut self, now: Timestamp) {
        let written: Vec<_> = self.profiles.roles().cloned().collect();
        for profile in &written {
            let session = self.assumed.get(&profile.name).filter(|session| session.work.rests());
            let held = session.and_then(|session| session.held.as_ref());
            if held.is_some_and(|held| !held.profile.is_same_role(profile)) {
                self.drop_role(&profile.name, now);
            }
            if profile.kept {
                self.read_kept_role(profile, now);
            }
        }
        // Whose section is gone is kept no more; others end with their hour, as what was only wished does.
        let gone = |(name, session): (&ProfileName, &RoleSession)| {
            let there = written.iter().any(|profile| profile.name == *name);
            let kept = session.held.as_ref().is_some_and(|held| held.profile.kept);
            (session.work.rests() && kept && !there).then(|| name.clone())
        };
        for name in self.assumed.iter().filter_map(gone).collect::<Vec<_>>() {
            self.keys.remove(&name);
            self.assumed.remove(&name);
        }
        self.end_idle_waits(now);
    }

    /// A kept role's keys are those of the credentials file, where they stand there.
    fn read_kept_role(&mut self, profile: &RoleProfile, now: Timestamp) {
        let name = &profile.name;
        let busy = self.assumed.get(name).is_some_and(|session| !session.work.rests());
        let given_up = self.assumed.get(name).is_some_and(|session| session.given_up);
        let Ok(sections) = &self.files.credentials else { return };
        if busy || given_up {
            return;
        }
        let there = sections.contains_key(name);
        let process = self.kept_of(profile) == CredentialsKept::Process;
        if process && !there {
            return;
        }
        self.take_keys_of_file(name);
        // Another tool's, or for a role that the profile named before.
        if self.keys.get(name).is_some_and(|held| held.role.as_ref() != Some(&profile.role)) {
            self.keys.remove(name);
        }
        let until = self.keys.get(name).map(|held| held.credentials.expiration);
        let began = self.memory.of(name).began.filter(|began| *began <= now);
        let session = self.assumed.entry(name.clone()).or_default();
        session.asked = session.asked.or(began);
        if session.held.as_ref().map(|held| held.until) != until {
            session.held = until.map(|until| {
                let profile = profile.clone();
                HeldRole { profile, began, until, through: None, claims: None, arn: None }
            });
        }
        if process && until.is_some() {
            self.push_arrangement(name, Arrangement::Move);
        }
    }
}

/// What of a kept role stands in the config file.
pub(super) fn section_of(profile: &RoleProfile, new: bool) -> ProfileEdit {
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
    ProfileEdit { new, set, remove }
}
