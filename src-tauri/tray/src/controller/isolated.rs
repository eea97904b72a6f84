//! Sessions of another STS than the usual one, or of another sign-on than the profile's: a shell whose environment names
//! an endpoint, a tenant, an application or a user of its own gets sessions of its own. They have names that no profile can have, live in memory only, are written nowhere and are never renewed
//! unasked; nobody without these variables sees or gets them, and nobody with them gets the usual ones.

use super::Controller;
use super::gate::sign_on_id;
use crate::sts::Endpoint;
use jiff::Timestamp;
use rolecall_core::audit::Door;
use rolecall_core::chain::Root;
use rolecall_core::client_environment::{ClientEnvironment, EndpointChoice, NetworkSettings};
use rolecall_core::message::{Reply, Request};
use rolecall_core::problem::Problem;
use rolecall_core::profile::{
    self, CredentialsKept, EntraProfile, Origin, Overrides, Profile, ProfileName, ProfileNetwork, RoleProfile,
};
use std::collections::BTreeMap;
use url::Url;

/// More of them are kept only while somebody uses them.
const MOST: usize = 64;

/// By the names of the isolated profiles.
pub(super) type Isolated = BTreeMap<ProfileName, IsolatedProfile>;

/// A profile as it is for one endpoint and sign-on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct IsolatedProfile {
    /// The profile in the config file.
    pub(super) base: ProfileName,
    pub(super) apart: Apart,
}

/// What a shell has of its own.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Apart {
    /// Unsaid where it is the usual one.
    pub(super) endpoint: EndpointChoice,
    /// None where the sign-on is the profile's own.
    pub(super) sign_on: Overrides,
}

impl Apart {
    fn is_usual(&self) -> bool {
        *self == Self::default()
    }
}

impl Controller {
    pub(super) fn is_isolated(&self, name: &ProfileName) -> bool {
        self.isolated.contains_key(name)
    }

    /// The profile's name in the config file.
    pub(super) fn base_name(&self, name: &ProfileName) -> ProfileName {
        self.isolated.get(name).map_or_else(|| name.clone(), |isolated| isolated.base.clone())
    }

    /// A request of a shell with another STS or sign-on is turned to the profile's isolated one.
    ///
    /// # Errors
    /// [`Problem::VariableInvalid`], [`Problem::EndpointNotKept`], or that there is no such profile.
    pub(super) fn isolate(
        &mut self,
        request: &mut Request,
        environment: &ClientEnvironment,
        now: Timestamp,
    ) -> Result<(), Problem> {
        let kept = match &request {
            Request::Assume { save_as, .. } => save_as.is_some(),
            Request::AssumePod { .. } => true,
            _ => false,
        };
        // Their tokens name them; see `isolate_token`.
        let by_token = match &request {
            Request::Credentials { profile: None, context, .. }
            | Request::Console { profile: None, context, .. } => context.web_identity.is_some(),
            _ => false,
        };
        if !kept && request.profile_mut().is_none() {
            return Ok(());
        }
        let endpoint = environment.network()?.sts;
        let named = request.profile_mut().and_then(|profile| profile.clone());
        let other = match named.or_else(|| self.usual_profile().ok()) {
            Some(name) => self.is_other(&endpoint, &name),
            None => self.is_other_than(&endpoint, &ProfileNetwork::default()),
        };
        if kept && other {
            return Err(Problem::EndpointNotKept);
        }
        let overrides = request.context_mut().map(|context| context.overrides.clone()).unwrap_or_default();
        let Some(profile) = request.profile_mut().filter(|_| !by_token) else { return Ok(()) };
        // Nobody asks for an isolated one by its name.
        if let Some(name) = profile.as_ref().filter(|name| self.is_isolated(name)) {
            return Err(Problem::UnknownProfile { name: name.to_string(), nearest: None });
        }
        if !other && overrides.is_empty() {
            return Ok(());
        }
        let base = match profile.clone() {
            Some(name) => name,
            None => self.usual_profile()?,
        };
        let sign_on = self.other_sign_on(&base, &overrides)?;
        if kept && let Some((key, _)) = sign_on.iter().next() {
            let variable = key.to_ascii_uppercase();
            let reason =
                "makes this another sign-in than the profile's own, of which nothing is kept in files";
            return Err(Problem::VariableInvalid { variable, reason: reason.into() });
        }
        let apart = Apart { endpoint: if other { endpoint } else { EndpointChoice::Unsaid }, sign_on };
        if !apart.is_usual() {
            self.drop_unused_isolated(now);
            *profile = Some(self.isolated_name(&base, &apart));
            self.make_isolated_profiles();
        }
        Ok(())
    }

    /// What of a client's variables makes another sign-on of the profile's, or of the one that its role begins with.
    fn other_sign_on(&self, base: &ProfileName, overrides: &Overrides) -> Result<Overrides, Problem> {
        let sign_on = overrides.of_sign_on();
        let root = match self.role_profile(base).map(|role| self.chain_of(role).map(|chain| chain.root)) {
            Some(Ok(Root::Entra(root))) => root,
            Some(_) => return Ok(Overrides::default()),
            None => base.clone(),
        };
        let (Some(usual), false) = (self.profiles.entra_named(&root), sign_on.is_empty()) else {
            return Ok(Overrides::default());
        };
        let other = self.with_overrides(&root, &sign_on)?;
        let same = other.is_none_or(|other| sign_on_id(&other) == sign_on_id(usual));
        Ok(if same { Overrides::default() } else { sign_on })
    }

    /// A profile of the config file as these variables make it.
    pub(super) fn with_overrides(
        &self,
        base: &ProfileName,
        overrides: &Overrides,
    ) -> Result<Option<EntraProfile>, Problem> {
        let Some(files) = self.files.profiles() else { return Ok(None) };
        let default = self.fixed.authority_default.as_deref();
        let profile = profile::read_with_overrides(&files, base, overrides, default)?;
        self.policy().map_or(Ok(profile.clone()), |policy| policy.apply(profile)).map(Some)
    }

    /// Whether it is another STS than the one that everybody gets who says nothing, for the profile or for one that its
    /// role comes from.
    pub(super) fn is_other(&self, endpoint: &EndpointChoice, name: &ProfileName) -> bool {
        let mut next = Some(name);
        let mut steps = 0;
        while let Some(name) = next.take() {
            if self.is_other_than(endpoint, &self.network_of(name)) {
                return true;
            }
            steps += 1;
            next = match self.role_profile(name).map(|profile| &profile.origin) {
                Some(Origin::Source { profile }) if steps < MOST => Some(profile),
                _ => None,
            };
        }
        false
    }

    /// The same for a profile that says this of the network.
    fn is_other_than(&self, endpoint: &EndpointChoice, profile: &ProfileNetwork) -> bool {
        self.sts_url(endpoint, profile) != self.sts_url(&EndpointChoice::Unsaid, profile)
    }

    /// The address of STS, by the order of the AWS SDKs: the shell's, that of this process, the profile's.
    fn sts_url(&self, shell: &EndpointChoice, profile: &ProfileNetwork) -> Option<Url> {
        let own = self.fixed.network.as_ref().map_or(&EndpointChoice::Unsaid, |own| &own.sts);
        let said = if *shell == EndpointChoice::Unsaid { own } else { shell };
        match said {
            _ if profile.ignores_endpoints => None,
            EndpointChoice::Url(url) => Some(url.clone()),
            EndpointChoice::AwsOwn => None,
            EndpointChoice::Unsaid => profile.sts.clone(),
        }
    }

    fn network_of(&self, name: &ProfileName) -> ProfileNetwork {
        match self.role_profile(name) {
            Some(role) => role.network.clone(),
            None => self.signing_profile(name).map(|entra| entra.network).unwrap_or_default(),
        }
    }

    /// The name of a profile for such a shell, which is known from then on; the sources of its role are, too.
    fn isolated_name(&mut self, base: &ProfileName, apart: &Apart) -> ProfileName {
        let mut next = Some(base.clone());
        let mut steps = 0;
        while let Some(name) = next.take() {
            let isolated = name_for(&name, apart);
            let known = IsolatedProfile { base: name.clone(), apart: apart.clone() };
            self.isolated.insert(isolated, known);
            steps += 1;
            next = match self.role_profile(&name).map(|profile| &profile.origin) {
                Some(Origin::Source { profile }) if steps < MOST => Some(profile.clone()),
                _ => None,
            };
        }
        name_for(base, apart)
    }

    /// The profiles by the names of the isolated ones, as the config file stands.
    pub(super) fn make_isolated_profiles(&mut self) {
        let make = |(name, isolated): (&ProfileName, &IsolatedProfile)| {
            let base = self.profiles.profiles.iter().find(|profile| *profile.name() == isolated.base)?;
            Some(match base {
                Profile::Entra(entra) => {
                    let sign_on = &isolated.apart.sign_on;
                    let mut entra = if sign_on.is_empty() {
                        entra.clone()
                    } else {
                        Box::new(self.with_overrides(&isolated.base, sign_on).ok()??)
                    };
                    entra.name = name.clone();
                    entra.credentials = CredentialsKept::File;
                    (entra.our_process, entra.wsl) = (None, vec![]);
                    Profile::Entra(entra)
                }
                Profile::Role(role) => {
                    Profile::Role(Box::new(self.isolated_role(role, name, &isolated.apart)))
                }
                Profile::Other { .. } => Profile::Other { name: name.clone() },
            })
        };
        let made: Vec<_> = self.isolated.iter().filter_map(make).collect();
        self.profiles.isolated = made;
    }

    fn isolated_role(&self, role: &RoleProfile, name: &ProfileName, apart: &Apart) -> RoleProfile {
        let origin = match &role.origin {
            Origin::Source { profile } => Origin::Source { profile: name_for(profile, apart) },
            other => other.clone(),
        };
        RoleProfile {
            name: name.clone(),
            origin,
            kept: false,
            our_process: None,
            wsl: vec![],
            ..role.clone()
        }
    }

    /// Those that nobody uses and that have nothing any more.
    fn drop_unused_isolated(&mut self, now: Timestamp) {
        if self.isolated.len() < MOST {
            return;
        }
        let used = |name: &ProfileName| {
            self.left(name, now).is_positive()
                || self.waiting.iter().any(|waiter| waiter.profile == *name)
                || self.is_under_way(name)
        };
        let unused: Vec<_> = self.isolated.keys().filter(|name| !used(name)).cloned().collect();
        for name in unused {
            self.isolated.remove(&name);
            self.sessions.remove(&name);
            self.keys.remove(&name);
            self.assumed.remove(&name);
            self.shells.remove(&name);
            self.failed.remove(&name);
            self.gate.forget_profile(&name);
            self.forget_records(&name);
        }
    }

    /// What there is of a profile by other sign-ons, with the usual STS.
    pub(super) fn of_other_sign_ons(&self, base: &ProfileName) -> Vec<ProfileName> {
        let of = |(name, isolated): (&ProfileName, &IsolatedProfile)| {
            let Apart { endpoint, sign_on } = &isolated.apart;
            let other = *endpoint == EndpointChoice::Unsaid && !sign_on.is_empty();
            (other && isolated.base == *base && self.sessions.contains_key(name)).then(|| name.clone())
        };
        self.isolated.iter().filter_map(of).collect()
    }

    /// A client hears of the profile that it asked for.
    pub(super) fn by_base_name(&self, reply: Reply) -> Reply {
        let base = |name: ProfileName| self.base_name(&name);
        match reply {
            Reply::Progress { profile, stage } => Reply::Progress { profile: base(profile), stage },
            Reply::SignedIn { profile, role, until, shortened } => {
                Reply::SignedIn { profile: base(profile), role, until, shortened }
            }
            Reply::Choose { profile, roles } => Reply::Choose { profile: base(profile), roles },
            Reply::SignedOut { profile } => Reply::SignedOut { profile: base(profile) },
            Reply::Credentials { profile, role, region, credentials, remarks } => {
                Reply::Credentials { profile: base(profile), role, region, credentials, remarks }
            }
            Reply::Console { profile, role, url } => Reply::Console { profile: base(profile), role, url },
            Reply::Problem { profile, problem } => Reply::Problem { profile: profile.map(base), problem },
            other => other,
        }
    }

    /// How STS is asked for a profile: as the shell says whose request is under way, else as the profile and the
    /// environment of this process say.
    ///
    /// # Errors
    /// [`Problem::VariableInvalid`]: this process's own environment names what cannot be.
    pub(super) fn endpoint_for(&self, name: &ProfileName) -> Result<Endpoint, Problem> {
        let isolated = self.isolated.get(name).map(|isolated| &isolated.apart.endpoint);
        let isolated = isolated.filter(|endpoint| **endpoint != EndpointChoice::Unsaid);
        let own = match (&self.fixed.network, isolated) {
            (Ok(own), _) => own.clone(),
            (Err(_), Some(_)) => NetworkSettings::default(),
            (Err(problem), None) => return Err(problem.clone()),
        };
        let shell = self.shells.get(name).cloned().unwrap_or_default();
        let profile = self.network_of(name);
        let url = self.sts_url(isolated.unwrap_or(&EndpointChoice::Unsaid), &profile);
        // An address that is named is taken as it is.
        let flag = |shell: Option<bool>, own: Option<bool>, profile: Option<bool>| {
            url.is_none() && shell.or(own).or(profile).unwrap_or(false)
        };
        Ok(Endpoint {
            use_fips: flag(shell.use_fips, own.use_fips, profile.use_fips),
            use_dualstack: flag(shell.use_dualstack, own.use_dualstack, profile.use_dualstack),
            ca_bundle: shell.ca_bundle.or(own.ca_bundle).or(profile.ca_bundle),
            policy: self.policy().filter(|policy| policy.sts_hosts.is_some()).cloned(),
            url,
        })
    }

    /// The region whose STS is asked for a profile, where the shell says it.
    pub(super) fn shell_region(&self, name: &ProfileName) -> Option<String> {
        self.shells.get(name)?.region.clone()
    }

    /// What nobody asked for in a shell, and what a person asks for elsewhere, has no shell's settings.
    pub(super) fn forget_shell(&mut self, name: &ProfileName, door: Door) {
        if !matches!(door, Door::CommandLine | Door::Tool) && !self.is_under_way(name) {
            self.shells.remove(name);
        }
    }

    /// What a shell says of the network holds for its request.
    pub(super) fn remember_shell(&mut self, name: &ProfileName, shell: NetworkSettings) {
        self.shells.insert(name.clone(), shell);
    }

    /// A client that asks by the environment of a pod, from a shell with another STS.
    pub(super) fn isolate_token(
        &mut self,
        profile: RoleProfile,
        endpoint: EndpointChoice,
        now: Timestamp,
    ) -> RoleProfile {
        if !self.is_other_than(&endpoint, &profile.network) {
            return profile;
        }
        self.drop_unused_isolated(now);
        let name = self.isolated_name(&profile.name, &Apart { endpoint, ..Apart::default() });
        RoleProfile { name, ..profile }
    }

    /// Signing in to everything, from a shell with another STS, is that for each profile.
    pub(super) fn isolated_names(
        &mut self,
        names: Vec<ProfileName>,
        endpoint: &EndpointChoice,
        now: Timestamp,
    ) -> Vec<ProfileName> {
        if *endpoint == EndpointChoice::Unsaid {
            return names;
        }
        // Before any of this request's own are there, which nobody uses yet.
        self.drop_unused_isolated(now);
        let apart = Apart { endpoint: endpoint.clone(), ..Apart::default() };
        let of_shell = |name: ProfileName| {
            if self.is_other(endpoint, &name) { self.isolated_name(&name, &apart) } else { name }
        };
        let names = names.into_iter().map(of_shell).collect();
        self.make_isolated_profiles();
        names
    }
}

/// No profile of a file has such a name: a header ends at the first `]`.
fn name_for(base: &ProfileName, apart: &Apart) -> ProfileName {
    let shown = |url: &Url| url.as_str().trim_end_matches('/').to_owned();
    let sts = match &apart.endpoint {
        EndpointChoice::Url(url) => Some(shown(url)),
        EndpointChoice::AwsOwn => Some("AWS's own endpoint".to_owned()),
        EndpointChoice::Unsaid => None,
    };
    let sts = sts.map(|sts| format!("STS: {sts}"));
    // Quoted: no value looks like two.
    let sign_on = apart.sign_on.iter().map(|(key, value)| format!("{key}: {value:?}"));
    let of: Vec<_> = sts.into_iter().chain(sign_on).collect();
    ProfileName::new(format!("{base} [{}]", of.join(", ")))
}
