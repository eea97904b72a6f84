//! The role profiles as they are shown.

use super::super::Controller;
use super::RoleWork;
use jiff::Timestamp;
use rolecall_core::chain::{Chain, Root};
use rolecall_core::problem::Problem;
use rolecall_core::profile::{Origin, ProfileName, RoleProfile};
use rolecall_core::view::{Activity, RoleProfileView, State};

impl Controller {
    /// The role profiles as they are shown: each after its source, those of a sign-in first. What AWS tools begin
    /// with keys of their own is not among them.
    pub(in super::super) fn role_views(&self, now: Timestamp) -> Vec<RoleProfileView> {
        let mut views = vec![];
        let written: Vec<_> =
            self.profiles.roles().map(|profile| (profile, self.chain_of(profile))).collect();
        for entra in self.profiles.entra() {
            let root = Root::Entra(entra.name.clone());
            self.add_after(&written, &root, &entra.name, 0, &mut views, now);
        }
        for (profile, chain) in &written {
            match chain {
                Ok(chain) if chain.links.len() == 1 && !matches!(chain.root, Root::Entra(_)) => {
                    views.push(self.role_view(profile, &chain.root, 0, now));
                    self.add_after(&written, &chain.root, &profile.name, 1, &mut views, now);
                }
                Ok(_) | Err(Problem::ChainElsewhere { .. }) => {}
                Err(problem) => {
                    let (role, origin) = (Some(profile.role.clone()), Some(profile.origin.clone()));
                    let view = RoleProfileView::unusable(profile.name.clone(), problem);
                    views.push(RoleProfileView { role, origin, ..view });
                }
            }
        }
        let broken = &self.profiles.broken_roles;
        views.extend(broken.iter().map(|(name, problem)| RoleProfileView::unusable(name.clone(), problem)));
        views
    }

    /// Those that are assumed from `source`, each with those that are assumed from it.
    fn add_after(
        &self,
        written: &[(&RoleProfile, Result<Chain<'_>, Problem>)],
        root: &Root,
        source: &ProfileName,
        depth: u32,
        views: &mut Vec<RoleProfileView>,
        now: Timestamp,
    ) {
        for (profile, chain) in written {
            let from = matches!(&profile.origin, Origin::Source { profile } if profile == source);
            if from && chain.as_ref().is_ok_and(|chain| chain.root == *root) {
                views.push(self.role_view(profile, root, depth, now));
                self.add_after(written, root, &profile.name, depth + 1, views, now);
            }
        }
    }

    fn role_view(&self, profile: &RoleProfile, root: &Root, depth: u32, now: Timestamp) -> RoleProfileView {
        let name = &profile.name;
        let session = self.assumed.get(name);
        let held = session.and_then(|session| session.held.as_ref());
        let until = held.map(|held| held.until);
        let alive = self.keys.contains_key(name) && until.is_some_and(|until| until > now);
        let ended = until.filter(|_| !alive && profile.kept);
        let state = match (alive, ended) {
            (true, _) => State::Active,
            (false, Some(_)) => State::Expired,
            (false, None) => State::SignedOut,
        };
        let activity = match session.map(|session| &session.work) {
            None | Some(RoleWork::Rest) => Activity::Idle,
            Some(RoleWork::Waiting(_)) if !alive => Activity::SigningIn,
            Some(_) if alive => Activity::Renewing,
            Some(_) => Activity::Assuming,
        };
        let problem =
            session.and_then(|session| session.failed.as_ref()).map(|(problem, _)| problem.report());
        RoleProfileView {
            name: name.clone(),
            role: Some(profile.role.clone()),
            origin: Some(profile.origin.clone()),
            root: match root {
                Root::Entra(root) => Some(root.clone()),
                Root::Token(_) | Root::Pod(_) => None,
            },
            depth,
            state,
            activity,
            began: held.and_then(|held| held.began).filter(|_| alive),
            until: until.filter(|_| alive || ended.is_some()),
            renews: self.role_renews(name, now).map(|due| due.max(now)),
            claims: held.and_then(|held| held.claims.clone()),
            remarks: profile.remarks().iter().map(Problem::report).collect(),
            problem,
        }
    }
}
