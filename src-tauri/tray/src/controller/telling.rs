//! What a person hears: what happens to several profiles at once is one notification.

use super::{Command, Controller};
use crate::notice;
use rolecall_core::profile::ProfileName;
use rolecall_core::session::{Notice, Work};
use std::collections::BTreeSet;

#[derive(Default)]
pub(super) struct Telling {
    /// What is to be told when this input has been dealt with.
    notices: Vec<(ProfileName, Notice)>,
    together: Vec<Together>,
}

/// Profiles that are signed in to at once: how it went is told when all are done.
struct Together {
    profiles: BTreeSet<ProfileName>,
    notices: Vec<(ProfileName, Notice)>,
}

impl Telling {
    /// Whether an end is about to be announced.
    pub(super) fn warns(&self) -> bool {
        self.notices.iter().any(|(_, notice)| matches!(notice, Notice::EndsSoon { .. }))
    }

    pub(super) fn is_told(&self, name: &ProfileName) -> bool {
        self.notices.iter().any(|(told, _)| told == name)
    }
}

impl Controller {
    pub(super) fn tell_together(&mut self, names: &[ProfileName]) {
        if names.len() > 1 {
            let profiles = names.iter().cloned().collect();
            self.telling.together.push(Together { profiles, notices: vec![] });
        }
    }

    pub(super) fn notify(&mut self, name: &ProfileName, notice: Notice) {
        // Whoever asked for it is told by the reply.
        if self.is_isolated(name) {
            return;
        }
        let ends = match &notice {
            // Said beside how it went, not in its place.
            Notice::Failed(problem) => !problem.is_remark(),
            notice => matches!(notice, Notice::SignedIn { .. }),
        };
        let together = self.telling.together.iter_mut().find(|together| together.profiles.contains(name));
        match together {
            Some(together) if ends => together.notices.push((name.clone(), notice)),
            _ => self.telling.notices.push((name.clone(), notice)),
        }
    }

    /// At the end of each input.
    pub(super) fn tell(&mut self) {
        let busy: BTreeSet<_> = self
            .sessions
            .iter()
            .filter(|(_, session)| matches!(session.work, Work::SigningIn { .. } | Work::Assuming { .. }))
            .map(|(name, _)| name.clone())
            .collect();
        let done: Vec<_> =
            self.telling.together.extract_if(.., |together| together.profiles.is_disjoint(&busy)).collect();
        let names = self.account_names();
        for together in done {
            let told = notice::of_many(together.notices, &names, &self.fixed.zone);
            self.commands.extend(told.into_iter().map(Command::Notify));
        }
        let told = notice::of_profiles(std::mem::take(&mut self.telling.notices), &names, &self.fixed.zone);
        self.commands.extend(told.into_iter().map(Command::Notify));
    }
}
