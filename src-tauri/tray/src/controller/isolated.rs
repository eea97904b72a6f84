//! Sessions of another STS than the usual one: a shell whose environment names an endpoint of its own gets sessions of
//! its own. They have names that no profile can have, live in memory only, are written nowhere and are never renewed
//! unasked; nobody without that endpoint sees or gets them, and nobody with it gets the usual ones.

use super::Controller;
use crate::sts::Endpoint;
use rolecall_core::audit::Door;
use rolecall_core::client_environment::{ClientEnvironment, EndpointChoice, NetworkSettings};
use rolecall_core::message::{Reply, Request};
use rolecall_core::problem::Problem;
use rolecall_core::profile::{CredentialsKept, Origin, Profile, ProfileName, ProfileNetwork, RoleProfile};
use std::collections::BTreeMap;
use url::Url;

/// More of them are kept only while somebody uses them.
const MOST: usize = 64;

/// By the names of the isolated profiles.
pub(super) type Isolated = BTreeMap<ProfileName, IsolatedProfile>;

/// A profile as it is for one endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct IsolatedProfile {
    /// The profile in the config file.
    pub(super) base: ProfileName,
    pub(super) endpoint: EndpointChoice,
}

impl Controller {
    pub(super) fn is_isolated(&self, name: &ProfileName) -> bool {
        self.isolated.contains_key(name)
    }

    /// The profile's name in the config file.
    pub(super) fn base_name(&self, name: &ProfileName) -> ProfileName {
        self.isolated.get(name).map_or_else(|| name.clone(), |isolated| isolated.base.clone())
    }

    /// A request of a shell with another STS is turned to the profile's isolated one.
    ///
    /// # Errors
    /// [`Problem::VariableInvalid`], [`Problem::EndpointNotKept`], or that there is no such profile.
    pub(super) fn isolate(
        &mut self,
        request: &mut Request,
        environment: &ClientEnvironment,
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
        let Some(profile) = request.profile_mut().filter(|_| !by_token) else { return Ok(()) };
        // Nobody asks for an isolated one by its name.
        if let Some(name) = profile.as_ref().filter(|name| self.is_isolated(name)) {
            return Err(Problem::UnknownProfile { name: name.to_string(), nearest: None });
        }
        if other {
            let base = match profile.take() {
                Some(name) => name,
                None => self.usual_profile()?,
            };
            *profile = Some(self.isolated_name(&base, &endpoint));
            self.make_isolated_profiles();
        }
        Ok(())
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

    /// The name of a profile for this endpoint, which is known from then on; the sources of its role are, too.
    pub(super) fn isolated_name(&mut self, base: &ProfileName, endpoint: &EndpointChoice) -> ProfileName {
        self.drop_unused_isolated();
        let mut next = Some(base.clone());
        let mut steps = 0;
        while let Some(name) = next.take() {
            let isolated = name_for(&name, endpoint);
            let known = IsolatedProfile { base: name.clone(), endpoint: endpoint.clone() };
            self.isolated.insert(isolated, known);
            steps += 1;
            next = match self.role_profile(&name).map(|profile| &profile.origin) {
                Some(Origin::Source { profile }) if steps < MOST => Some(profile.clone()),
                _ => None,
            };
        }
        name_for(base, endpoint)
    }

    /// The profiles by the names of the isolated ones, as the config file stands.
    pub(super) fn make_isolated_profiles(&mut self) {
        let make = |(name, isolated): (&ProfileName, &IsolatedProfile)| {
            let base = self.profiles.profiles.iter().find(|profile| *profile.name() == isolated.base)?;
            Some(match base {
                Profile::Entra(entra) => {
                    let mut entra = entra.clone();
                    entra.name = name.clone();
                    entra.credentials = CredentialsKept::File;
                    (entra.our_process, entra.wsl) = (None, vec![]);
                    Profile::Entra(entra)
                }
                Profile::Role(role) => {
                    Profile::Role(Box::new(self.isolated_role(role, name, &isolated.endpoint)))
                }
                Profile::Other { .. } => Profile::Other { name: name.clone() },
            })
        };
        let made: Vec<_> = self.isolated.iter().filter_map(make).collect();
        self.profiles.isolated = made;
    }

    fn isolated_role(
        &self,
        role: &RoleProfile,
        name: &ProfileName,
        endpoint: &EndpointChoice,
    ) -> RoleProfile {
        let origin = match &role.origin {
            Origin::Source { profile } => Origin::Source { profile: name_for(profile, endpoint) },
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

    /// Those that nobody uses and that have nothing.
    fn drop_unused_isolated(&mut self) {
        if self.isolated.len() < MOST {
            return;
        }
        let used = |name: &ProfileName| {
            self.keys.contains_key(name)
                || self.waiting.iter().any(|waiter| waiter.profile == *name)
                || self.is_under_way(name)
        };
        let unused: Vec<_> = self.isolated.keys().filter(|name| !used(name)).cloned().collect();
        for name in unused {
            self.isolated.remove(&name);
            self.sessions.remove(&name);
        }
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
        let isolated = self.isolated.get(name).map(|isolated| &isolated.endpoint);
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
    pub(super) fn isolate_token(&mut self, profile: RoleProfile, endpoint: &EndpointChoice) -> RoleProfile {
        if !self.is_other_than(endpoint, &profile.network) {
            return profile;
        }
        let name = self.isolated_name(&profile.name, endpoint);
        RoleProfile { name, ..profile }
    }

    /// Signing in to everything, from a shell with another STS, is that for each profile.
    pub(super) fn isolated_names(
        &mut self,
        names: Vec<ProfileName>,
        endpoint: &EndpointChoice,
    ) -> Vec<ProfileName> {
        if *endpoint == EndpointChoice::Unsaid {
            return names;
        }
        let of_shell = |name: ProfileName| {
            if self.is_other(endpoint, &name) { self.isolated_name(&name, endpoint) } else { name }
        };
        let names = names.into_iter().map(of_shell).collect();
        self.make_isolated_profiles();
        names
    }
}

/// No profile of a file has such a name: a header ends at the first `]`.
fn name_for(base: &ProfileName, endpoint: &EndpointChoice) -> ProfileName {
    let shown = |url: &Url| url.as_str().trim_end_matches('/').to_owned();
    let of = match endpoint {
        EndpointChoice::Url(url) => shown(url),
        EndpointChoice::AwsOwn | EndpointChoice::Unsaid => "AWS's own endpoint".to_owned(),
    };
    ProfileName::new(format!("{base} [STS: {of}]"))
}
