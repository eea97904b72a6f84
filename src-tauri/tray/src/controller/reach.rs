//! Who asks for a role that is assumed from something else: by the command line, the menu or the window.

use super::assumed::{RoleWork, USABLE, Why};
use super::keys::{BACK_OFF, FRESH};
use super::waiting::{KeysWanted, Purpose, Wants};
use super::{ClientId, Controller};
use jiff::{SignedDuration, Timestamp};
use rolecall_core::audit::Door;
use rolecall_core::chain::{Chain, Root};
use rolecall_core::draft;
use rolecall_core::message::{ClientContext, Reply, Stage, WebIdentity};
use rolecall_core::pod::{Became, Pod};
use rolecall_core::problem::{Problem, Report};
use rolecall_core::profile::{Origin, ProfileName, RoleProfile};
use rolecall_core::role::RoleArn;
use rolecall_core::secret::Secret;
use rolecall_core::sign_in::Mode;
use rolecall_core::view::{Activity, RoleProfileView, State};

/// How long somebody waits for STS.
const STS_WAIT: SignedDuration = SignedDuration::from_secs(60);

/// A role, as `rolecall assume` says it.
pub(super) struct Wish {
    pub(super) source: ProfileName,
    pub(super) role: RoleArn,
    pub(super) save_as: Option<ProfileName>,
    pub(super) external_id: Option<String>,
    pub(super) session_name: Option<String>,
    pub(super) duration: Option<u32>,
}

impl Controller {
    /// Somebody wants credentials of a role profile.
    pub(super) fn role_keys(
        &mut self,
        client: ClientId,
        name: &ProfileName,
        wanted: KeysWanted,
        now: Timestamp,
    ) -> Result<(), Problem> {
        let profile = self.role_profile(name).cloned().ok_or(Problem::NotSignedIn)?;
        if let Some(session) = self.assumed.sessions.get_mut(name) {
            session.asked = Some(now);
        }
        let chain = self.chain_of(&profile)?;
        let left = self.left(name, now);
        let session = self.assumed.sessions.get(name);
        let failed = session.and_then(|session| session.problem.clone().zip(session.failed));
        let failed = failed.filter(|(_, then)| now.duration_since(*then).abs() < BACK_OFF);
        let again = wanted.purpose.wants_new();
        if !again && (left >= FRESH || left >= USABLE && failed.is_some()) {
            return self.hand(client, name, &wanted.purpose, now);
        }
        if let (Some((problem, _)), true) = (failed, wanted.by_tool) {
            return Err(problem);
        }
        let root = chain.root.clone();
        // Nothing on the way to the root can be begun with.
        let nothing = !chain.links.iter().rev().skip(1).any(|link| self.left(&link.name, now) >= USABLE);
        match root {
            Root::Entra(root) if nothing && self.left(&root, now) < USABLE => {
                if left >= USABLE && !again {
                    return self.hand(client, name, &wanted.purpose, now);
                }
                let root_wanted = KeysWanted {
                    purpose: Purpose::Chain { profile: name.clone(), wanted: Box::new(wanted.clone()) },
                    ..wanted
                };
                self.client_keys(client, Some(root), root_wanted, now)
            }
            Root::Pod(_) if left >= USABLE => self.hand(client, name, &wanted.purpose, now),
            Root::Entra(_) | Root::Token(_) | Root::Pod(_) => {
                self.await_role(client, name, wanted, now);
                Ok(())
            }
        }
    }

    /// The root is there: the client goes on waiting for the role itself.
    pub(super) fn await_role(
        &mut self,
        client: ClientId,
        name: &ProfileName,
        wanted: KeysWanted,
        now: Timestamp,
    ) {
        // Its root's sign-in was interactive, where one was needed; what comes now asks nobody.
        let why = Why { mode: Mode::Background, door: wanted.door() };
        self.progress(client, name, Stage::Assuming);
        self.wait(client, name, Wants::Keys { wanted, until: now + STS_WAIT });
        self.pursue(name, why, now);
    }

    /// `rolecall assume`.
    pub(super) fn assume(
        &mut self,
        client: ClientId,
        wish: Wish,
        may_ask: bool,
        context: ClientContext,
        now: Timestamp,
    ) -> Result<(), Problem> {
        let source = wish.source.clone();
        if self.role_profile(&source).is_none() {
            self.profiles.find(&source)?;
        }
        let name = match &wish.save_as {
            Some(name) => self.free_name(name)?,
            None => ProfileName::new(format!("{source} → {}", wish.role)),
        };
        let profile = RoleProfile {
            name: name.clone(),
            role: wish.role,
            origin: Origin::Source { profile: source.clone() },
            external_id: wish.external_id,
            session_name: wish.session_name,
            duration: wish.duration,
            region: self.region_of(&source).filter(|_| wish.save_as.is_some()),
            mfa_serial: None,
            kept: wish.save_as.is_some(),
            our_process: None,
        };
        let purpose = if profile.kept { Purpose::Save } else { Purpose::Hand };
        self.put_unnamed(profile)?;
        self.role_keys(client, &name, KeysWanted { purpose, may_ask, by_tool: false, context }, now)
    }

    /// `rolecall pod`, and the window's page of pods.
    pub(super) fn assume_pod(
        &mut self,
        client: ClientId,
        pod: Pod,
        role: RoleArn,
        token: Secret,
        region: Option<String>,
        save_as: Option<ProfileName>,
        now: Timestamp,
    ) -> Result<(), Problem> {
        let name = self.free_name(&save_as.unwrap_or_else(|| pod.profile()))?;
        let session_name = format!("{}-{}", pod.namespace, pod.service_account);
        let profile = RoleProfile {
            name: name.clone(),
            role,
            origin: Origin::Pod { pod: pod.clone() },
            external_id: None,
            session_name: Some(session_name),
            duration: None,
            region,
            mfa_serial: None,
            kept: true,
            our_process: None,
        };
        self.put_unnamed(profile)?;
        let context = ClientContext::default();
        let wanted = KeysWanted { purpose: Purpose::Pod { pod }, may_ask: false, by_tool: false, context };
        let why = Why { mode: Mode::Background, door: wanted.door() };
        self.wait(client, &name, Wants::Keys { wanted, until: now + STS_WAIT });
        self.pursue_with_token(&name, token, why);
        Ok(())
    }

    /// The role that a client's environment names, as a pod's does.
    pub(super) fn role_of_environment(&mut self, said: WebIdentity) -> Result<ProfileName, Problem> {
        let role = RoleArn::parse(&said.role).map_err(|error| Problem::VariableInvalid {
            variable: "AWS_ROLE_ARN".into(),
            reason: error.to_string(),
        })?;
        let name = ProfileName::new(format!("{role} by {}", said.token_file));
        self.put_unnamed(RoleProfile {
            name: name.clone(),
            role,
            origin: Origin::TokenFile { path: said.token_file },
            external_id: None,
            session_name: said.session_name,
            duration: None,
            region: None,
            mfa_serial: None,
            kept: false,
            our_process: None,
        })?;
        Ok(name)
    }

    /// What is wished replaces what was wished under the same name; what is held for it stays, where it is the same.
    fn put_unnamed(&mut self, profile: RoleProfile) -> Result<(), Problem> {
        let name = profile.name.clone();
        if self.assumed.unnamed.get(&name) == Some(&profile) {
            return Ok(());
        }
        let session = self.assumed.sessions.get(&name);
        if session.is_some_and(|session| session.work.why().is_some()) {
            return Err(Problem::Busy { profile: name.to_string() });
        }
        if !profile.kept {
            self.keys.remove(&name);
            self.assumed.sessions.remove(&name);
        }
        self.assumed.unnamed.insert(name, profile);
        Ok(())
    }

    /// A name for a profile of ours: new, or one that was ours before.
    fn free_name(&self, name: &ProfileName) -> Result<ProfileName, Problem> {
        let path = self.files.config.path.display().to_string();
        let text = name.as_str();
        if draft::legal_name(text) != text || text.is_empty() {
            let reason = "must be letters, digits and _-.@:+ as every AWS tool reads them".to_owned();
            return Err(Problem::NameInvalid { name: rolecall_core::problem::foreign(text), reason });
        }
        let ours = self.role_profile(name).is_some_and(|profile| profile.kept);
        if !ours && self.section_names().contains(name) {
            return Err(Problem::ProfileTaken { path, name: text.to_owned() });
        }
        Ok(name.clone())
    }

    /// The region that a profile's tools are to use: its own, or that of the nearest source that has one.
    pub(super) fn region_of(&self, name: &ProfileName) -> Option<String> {
        let Some(profile) = self.role_profile(name) else {
            return self.profiles.find(name).ok()?.region.clone();
        };
        let Ok(Chain { root, links }) = self.chain_of(profile) else { return profile.region.clone() };
        let root = self.profiles.find(root.name()).ok().and_then(|entra| entra.region.clone());
        links.iter().rev().find_map(|link| link.region.clone()).or(root)
    }

    /// What is to be said beside the credentials of a profile.
    pub(super) fn remarks_of(&self, name: &ProfileName) -> Vec<Report> {
        let profile = self.role_profile(name);
        profile.map_or_else(Vec::new, |p| p.remarks().iter().map(Problem::report).collect())
    }

    /// Who one has become.
    pub(super) fn became(&self, name: &ProfileName, pod: &Pod) -> Option<Became> {
        let session = self.assumed.sessions.get(name)?;
        Some(Became {
            profile: name.clone(),
            pod: pod.clone(),
            role: self.role_profile(name)?.role.clone(),
            arn: session.arn.clone().unwrap_or_default(),
            claims: session.claims.clone().unwrap_or_default(),
            until: session.until?,
        })
    }

    /// Somebody who clicks wants it now.
    pub(super) fn assume_by_hand(
        &mut self,
        name: &ProfileName,
        door: Door,
        now: Timestamp,
    ) -> Result<(), Problem> {
        if self.role_profile(name).is_none() {
            return Err(self.profiles.find(name).err().unwrap_or(Problem::NotSignedIn));
        }
        self.read_vault_again(now);
        self.pursue(name, Why { mode: Mode::Interactive, door }, now);
        Ok(())
    }

    /// The role profiles as they are shown: each after its source, those of a sign-in first. What AWS tools begin
    /// with keys of their own is not among them.
    pub(super) fn role_views(&self, now: Timestamp) -> Vec<RoleProfileView> {
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
        let session = self.assumed.sessions.get(name);
        let until = session.and_then(|session| session.until);
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
        let problem = session.and_then(|session| session.problem.as_ref());
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
            began: session.and_then(|session| session.began).filter(|_| alive),
            until: until.filter(|_| alive || ended.is_some()),
            renews: self.role_renews(name, now).map(|due| due.max(now)),
            claims: session.and_then(|session| session.claims.clone()),
            remarks: profile.remarks().iter().map(Problem::report).collect(),
            problem: problem.map(Problem::report),
        }
    }
}

impl Purpose {
    /// Who signs in by hand wants new ones.
    fn wants_new(&self) -> bool {
        matches!(self, Self::SignedIn | Self::Save)
    }

    /// What a purpose other than keys is answered with.
    pub(super) fn reply(&self, controller: &Controller, name: &ProfileName) -> Option<Reply> {
        let held = controller.keys.get(name)?;
        let role = held.role.clone()?;
        let (profile, until) = (name.clone(), held.credentials.expiration);
        Some(match self {
            Self::SignedIn => Reply::SignedIn { profile, role, until, shortened: None },
            Self::Save => Reply::Assumed { profile, role, until, remarks: controller.remarks_of(name) },
            Self::Pod { pod } => Reply::Became { became: controller.became(name, pod)? },
            Self::Hand | Self::Console { .. } | Self::Chain { .. } => return None,
        })
    }
}
