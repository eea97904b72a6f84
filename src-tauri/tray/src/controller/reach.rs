//! Who asks for a role that is assumed from something else: by the command line, the menu or the window.

use super::assumed::{USABLE, Why};
use super::isolated::IsolatedProfile;
use super::keys::{BACK_OFF, FRESH};
use super::waiting::{KeysWanted, Purpose, Wants};
use super::{ClientId, Controller};
use jiff::{SignedDuration, Timestamp};
use rolecall_core::audit::Door;
use rolecall_core::chain::Root;
use rolecall_core::message::{ClientContext, Reply, Stage, WebIdentity};
use rolecall_core::pod::{Became, Pod};
use rolecall_core::problem::{Problem, Report};
use rolecall_core::profile::{Origin, ProfileName, RoleProfile};
use rolecall_core::role::RoleArn;
use rolecall_core::secret::Secret;
use rolecall_core::sign_in::Mode;
use rolecall_core::time;

/// How long somebody waits for STS.
const STS_WAIT: SignedDuration = SignedDuration::from_secs(60);

/// A pod's role, with the token of its service account.
pub(super) struct PodWish {
    pub(super) pod: Pod,
    pub(super) role: RoleArn,
    pub(super) token: Secret,
    pub(super) region: Option<String>,
    pub(super) save_as: Option<ProfileName>,
}

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
        profile: &RoleProfile,
        wanted: KeysWanted,
        now: Timestamp,
    ) -> Result<(), Problem> {
        let name = &profile.name;
        let shell = wanted.context.environment.network()?;
        let chain = self.chain_of(profile)?;
        let root = chain.root.clone();
        let links: Vec<_> = chain.links.iter().map(|link| link.name.clone()).collect();
        // Nothing on the way to the root can be begun with.
        let nothing = !chain.links.iter().rev().skip(1).any(|link| self.left(&link.name, now) >= USABLE);
        let left = self.role_left(profile, now);
        for link in links {
            self.remember_shell(&link, shell.clone());
        }
        let session = self.assumed.entry(name.clone()).or_default();
        if session.given_up && wanted.by_tool {
            return Err(Problem::ProfileSignedOut { profile: name.to_string() });
        }
        session.given_up = false;
        session.asked = Some(now);
        let failed = session.failed.clone().filter(|(_, then)| now.duration_since(*then).abs() < BACK_OFF);
        let again = wanted.purpose.wants_new();
        if !again && (left >= FRESH || left >= USABLE && failed.is_some()) {
            return self.hand(client, name, &wanted, now);
        }
        if let (Some((problem, _)), true) = (failed, wanted.by_tool) {
            return Err(problem);
        }
        match root {
            Root::Entra(root) if nothing && self.left(&root, now) < USABLE => {
                if left >= USABLE && !again {
                    return self.hand(client, name, &wanted, now);
                }
                let purpose =
                    Purpose::Chain { profile: Box::new(profile.clone()), wanted: Box::new(wanted.clone()) };
                self.client_keys(client, Some(root), KeysWanted { purpose, ..wanted }, now)
            }
            Root::Pod(_) if left >= USABLE => self.hand(client, name, &wanted, now),
            Root::Entra(_) | Root::Token(_) | Root::Pod(_) => self.await_role(client, profile, wanted, now),
        }
    }

    /// The root is there: the client goes on waiting for the role itself.
    ///
    /// # Errors
    /// [`Problem::Busy`].
    pub(super) fn await_role(
        &mut self,
        client: ClientId,
        profile: &RoleProfile,
        wanted: KeysWanted,
        now: Timestamp,
    ) -> Result<(), Problem> {
        let (name, door) = (&profile.name, wanted.door());
        self.progress(client, name, Stage::Assuming);
        self.wait(client, name, Wants::Keys { wanted: Box::new(wanted), until: time::after(now, STS_WAIT) });
        // Its root's sign-in was interactive, where one was needed; what comes now asks nobody.
        let begun = self.pursue(profile, Why::by(Mode::Background, door), now);
        if begun.is_err() {
            self.waiting.retain(|waiter| waiter.client != client);
        }
        begun
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
        let origin = Origin::Source { profile: source.clone() };
        let kept = wish.save_as.is_some();
        let name = match wish.save_as {
            Some(name) => self.free_name(name, &origin)?,
            None => ProfileName::new(format!("{source} → {}", wish.role)),
        };
        if let Some(isolated) = self.isolated.get(&source).cloned() {
            let base = ProfileName::new(format!("{} → {}", isolated.base, wish.role));
            self.isolated.insert(name.clone(), IsolatedProfile { base, ..isolated });
        }
        let profile = RoleProfile {
            external_id: wish.external_id,
            session_name: wish.session_name,
            duration: wish.duration,
            region: self.region_of(&source).filter(|_| kept),
            kept,
            ..RoleProfile::new(name, wish.role, origin)
        };
        let purpose = if kept { Purpose::Save } else { Purpose::Hand };
        self.role_keys(client, &profile, KeysWanted { purpose, may_ask, by_tool: false, context }, now)
    }

    /// `rolecall pod`, and the window's page of pods.
    pub(super) fn assume_pod(
        &mut self,
        client: ClientId,
        wish: PodWish,
        now: Timestamp,
    ) -> Result<(), Problem> {
        let PodWish { pod, role, token, region, save_as } = wish;
        let origin = Origin::Pod { pod: pod.clone() };
        let name = self.free_name(save_as.unwrap_or_else(|| pod.profile()), &origin)?;
        let profile = RoleProfile {
            session_name: Some(format!("{}-{}", pod.namespace, pod.service_account)),
            region,
            kept: true,
            ..RoleProfile::new(name.clone(), role, origin)
        };
        let context = ClientContext::default();
        let wanted = KeysWanted { purpose: Purpose::Pod { pod }, may_ask: false, by_tool: false, context };
        self.pursue_with_token(&profile, token, Why::by(Mode::Background, wanted.door()), now)?;
        self.wait(client, &name, Wants::Keys { wanted: Box::new(wanted), until: time::after(now, STS_WAIT) });
        Ok(())
    }

    /// The role that a client's environment names, as a pod's does.
    pub(super) fn role_of_environment(said: WebIdentity) -> Result<RoleProfile, Problem> {
        let role = RoleArn::parse(&said.role).map_err(|error| Problem::VariableInvalid {
            variable: "AWS_ROLE_ARN".into(),
            reason: error.to_string(),
        })?;
        let name = ProfileName::new(format!("{role} by {}", said.token_file));
        let origin = Origin::TokenFile { path: said.token_file };
        Ok(RoleProfile { session_name: said.session_name, ..RoleProfile::new(name, role, origin) })
    }

    /// What is to be said beside the credentials of a profile.
    pub(super) fn remarks_of(&self, name: &ProfileName) -> Vec<Report> {
        let profile = self.role_profile(name);
        profile.map_or_else(Vec::new, |p| p.remarks().iter().map(Problem::report).collect())
    }

    /// Who one has become.
    fn became(&self, name: &ProfileName, pod: &Pod) -> Option<Became> {
        let held = self.assumed.get(name)?.held.clone()?;
        Some(Became {
            profile: name.clone(),
            pod: pod.clone(),
            role: held.profile.role,
            arn: held.arn.unwrap_or_default(),
            claims: held.claims.unwrap_or_default(),
            until: held.until,
        })
    }

    /// Somebody who clicks wants it now.
    pub(super) fn assume_by_hand(
        &mut self,
        name: &ProfileName,
        door: Door,
        now: Timestamp,
    ) -> Result<(), Problem> {
        let Some(profile) = self.role_profile(name).cloned() else {
            return Err(self.profiles.find(name).err().unwrap_or(Problem::NotSignedIn));
        };
        self.read_vault_again(now);
        self.assumed.entry(name.clone()).or_default().given_up = false;
        self.pursue(&profile, Why::by(Mode::Interactive, door), now)
    }
}

impl Purpose {
    /// Who signs in by hand wants new ones.
    pub(super) fn wants_new(&self) -> bool {
        matches!(self, Self::SignedIn | Self::Save | Self::Pod { .. })
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
