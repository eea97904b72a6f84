//! When a role is taken anew unasked, and what ends with its root.

use super::super::Controller;
use super::super::keys::BACK_OFF;
use super::{RoleSession, USABLE, Why};
use crate::memory::LONG_AGO;
use jiff::{SignedDuration, Timestamp};
use rolecall_core::chain::Root;
use rolecall_core::profile::ProfileName;
use rolecall_core::renewal;
use rolecall_core::role::RoleArn;
use rolecall_core::settings::Renew;
use rolecall_core::time;

impl Controller {
    /// When a role is taken anew, unasked.
    pub(super) fn role_renews(&self, name: &ProfileName, now: Timestamp) -> Option<Timestamp> {
        if self.is_isolated(name) {
            return None;
        }
        let session = self.assumed.get(name).filter(|session| session.work.rests() && !session.given_up)?;
        let held = session.held.as_ref().filter(|held| now < time::after(held.until, renewal::REVIVED))?;
        let profile = self.profiles.role_named(name)?;
        let alive = match self.chain_of(profile).ok()?.root {
            Root::Entra(root) => self.left(&root, now) >= USABLE,
            Root::Token(_) => true,
            Root::Pod(_) => false,
        };
        let asked_lately = session.asked.is_none_or(|asked| now.duration_since(asked) <= self.within());
        if self.policy_is_usable().is_err() || !alive || !asked_lately || self.settings().renew == Renew::Off
        {
            return None;
        }
        if session.tries.in_vain > 0 {
            return session.tries.again;
        }
        Some(renewal::due(name.as_str(), held.began, held.until))
    }

    /// When [`Controller::roles_clock`] is due.
    pub(in super::super) fn roles_change_at(&self, now: Timestamp) -> Option<Timestamp> {
        let ends = self.assumed.values().filter_map(|session| Some(session.held.as_ref()?.until));
        let renewals = self.assumed.keys().filter_map(|name| self.role_renews(name, now));
        ends.filter(|until| *until > now).chain(renewals).min()
    }

    /// Renews what is due, and gives up what is over.
    pub(in super::super) fn roles_clock(&mut self, now: Timestamp) {
        for name in self.assumed.keys().cloned().collect::<Vec<_>>() {
            let written = self.profiles.role_named(&name).cloned();
            if let Some(profile) = &written
                && self.role_renews(&name, now).is_some_and(|due| due <= now)
            {
                // It rests: nothing else is being taken under its name.
                let _ = self.pursue(profile, Why::UNASKED, now);
            }
            let Some(session) = self.assumed.get(&name).filter(|session| session.work.rests()) else {
                continue;
            };
            let over = session.held.as_ref().is_none_or(|held| held.until <= now);
            let forgotten =
                session.failed.as_ref().is_none_or(|(_, then)| time::after(*then, BACK_OFF) <= now);
            if over {
                self.keys.remove(&name);
            }
            if over && forgotten && written.is_none() {
                self.assumed.remove(&name);
                self.forget_records(&name);
            }
        }
        self.end_idle_waits(now);
    }

    /// Tries sooner what failed for want of a network.
    pub(in super::super) fn roles_try_again(&mut self, now: Timestamp) {
        self.assumed.values_mut().for_each(|session| session.tries.sooner(now));
    }

    /// Nobody has asked more recently than before.
    pub(in super::super) fn roles_clock_set_back(&mut self, by: SignedDuration) {
        for session in self.assumed.values_mut() {
            let asked =
                session.asked.map(|asked| renewal::after_clock_set_back(asked, by).unwrap_or(LONG_AGO));
            session.asked = asked;
        }
    }

    /// The root is signed out (`None`), or has another role now: what was taken through it goes, and what failed may
    /// work.
    pub(in super::super) fn root_changed(
        &mut self,
        root: &ProfileName,
        role: Option<&RoleArn>,
        now: Timestamp,
    ) {
        let of_root = |name: &&ProfileName| {
            let profile = self.role_profile(name);
            profile
                .and_then(|profile| self.chain_of(profile).ok())
                .is_some_and(|chain| chain.root == Root::Entra(root.clone()))
        };
        for name in self.assumed.keys().filter(of_root).cloned().collect::<Vec<_>>() {
            let Some(session) = self.assumed.get_mut(&name) else { continue };
            let through = |session: &RoleSession| session.held.as_ref()?.through.clone();
            let other = through(session).is_some_and(|through| Some(&through) != role);
            session.failed = None;
            // What is under way fails, or succeeds, by itself.
            if (role.is_none() && !session.given_up) || (other && session.work.rests()) {
                self.drop_role(&name, now);
            }
        }
    }
}
