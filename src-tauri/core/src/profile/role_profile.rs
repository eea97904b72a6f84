//! A profile whose role is assumed from something else than a sign-in of its own: from another profile, or with a
//! token.

use super::{ProfileName, ProfileNetwork, Section};
use crate::pod::Pod;
use crate::problem::Problem;
use crate::role::RoleArn;
use crate::wsl::{self, Distribution};
use serde::{Deserialize, Serialize};

/// What the section says (AWS SDKs and Tools Reference Guide, "Assume role credential provider").
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleProfile {
    pub name: ProfileName,
    pub role: RoleArn,
    pub origin: Origin,
    pub external_id: Option<String>,
    pub session_name: Option<String>,
    /// Seconds.
    pub duration: Option<u32>,
    pub region: Option<String>,
    pub mfa_serial: Option<String>,
    /// The section has no `role_arn` that AWS tools would assume by themselves: keys are kept for it as for an Entra
    /// profile.
    pub kept: bool,
    /// Keys stand beside the role, which AWS tools prefer where it is a source.
    pub has_keys: bool,
    /// The `credential_process` of a kept one, where it is ours.
    pub our_process: Option<String>,
    /// `rolecall_wsl`, of a kept one.
    pub wsl: Vec<Distribution>,
    pub network: ProfileNetwork,
}

/// What a role is assumed from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Origin {
    /// The credentials of another profile.
    Source { profile: ProfileName },
    /// A web identity's token, read anew each time.
    TokenFile { path: String },
    /// The token of a Kubernetes service account, which was asked for once.
    Pod { pod: Pod },
    /// Something that AWS tools have and Rolecall has not: `credential_source`, or nothing at all.
    Elsewhere,
}

/// The keys of a profile that Rolecall keeps credentials for, in place of those that would have AWS tools assume the
/// role by themselves.
pub const OUR_ROLE: &str = "rolecall_role_arn";
pub const OUR_SOURCE: &str = "rolecall_source_profile";
pub const OUR_POD: &str = "rolecall_pod";

/// The shortest and the longest session that STS gives, in seconds.
pub const DURATIONS: std::ops::RangeInclusive<u32> = 900..=43_200;

impl RoleProfile {
    /// A role that somebody wishes, with nothing more said of it.
    pub fn new(name: ProfileName, role: RoleArn, origin: Origin) -> Self {
        Self {
            name,
            role,
            origin,
            external_id: None,
            session_name: None,
            duration: None,
            region: None,
            mfa_serial: None,
            kept: false,
            has_keys: false,
            our_process: None,
            wsl: vec![],
            network: ProfileNetwork::default(),
        }
    }

    /// Whether STS would be asked the same for both.
    pub fn is_same_role(&self, other: &Self) -> bool {
        let said =
            |p: &Self| (p.role.clone(), p.origin.clone(), p.external_id.clone(), p.session_name.clone());
        said(self) == said(other) && self.duration == other.duration && self.kept == other.kept
    }

    /// `None` where the section has no role.
    ///
    /// # Errors
    /// [`Problem::KeyInvalid`] for a key that cannot be.
    pub(super) fn read(section: &Section<'_>) -> Option<Result<Self, Problem>> {
        let kept = section.get(OUR_ROLE).is_some();
        let key = if kept { OUR_ROLE } else { "role_arn" };
        let role = section.get(key)?;
        Some(Self::of(section, key, role, kept))
    }

    fn of(section: &Section<'_>, key: &str, role: &str, kept: bool) -> Result<Self, Problem> {
        let role = RoleArn::parse(role).map_err(|error| section.invalid(key, &format!(": {error}")))?;
        if kept && section.get("role_arn").is_some() {
            return Err(section.invalid("role_arn", "stands beside rolecall_role_arn: AWS tools would assume that role and ignore the keys that Rolecall keeps"));
        }
        let text = |key: &str| section.get(key).map(str::to_owned);
        let source = |profile: &str| Origin::Source { profile: ProfileName::new(profile) };
        let origin = if kept {
            match (section.get(OUR_POD), section.get(OUR_SOURCE)) {
                (Some(pod), _) => Origin::Pod {
                    pod: Pod::parse(pod)
                        .ok_or_else(|| section.invalid(OUR_POD, "is not CONTEXT/NAMESPACE/SERVICEACCOUNT"))?,
                },
                (None, Some(profile)) => source(profile),
                (None, None) => {
                    return Err(section.invalid(OUR_ROLE, "needs rolecall_source_profile beside it"));
                }
            }
        } else {
            match (section.get("web_identity_token_file"), section.get("source_profile")) {
                (Some(path), _) => Origin::TokenFile { path: path.to_owned() },
                (None, Some(profile)) => source(profile),
                (None, None) => Origin::Elsewhere,
            }
        };
        let duration = match section.get("duration_seconds") {
            Some(text) => match text.parse() {
                Ok(seconds) if DURATIONS.contains(&seconds) => Some(seconds),
                _ => {
                    return Err(section.invalid("duration_seconds", "is not a number from 900 to 43200"));
                }
            },
            None => None,
        };
        let process = section.get(crate::credential_process::KEY);
        let distributions = section.get(wsl::KEY).filter(|_| kept).map(Distribution::parse_list);
        let distributions = distributions.transpose().map_err(|reason| section.invalid(wsl::KEY, &reason))?;
        Ok(Self {
            name: section.name.clone(),
            role,
            origin,
            external_id: text("external_id"),
            session_name: text("role_session_name"),
            duration,
            region: text("region"),
            mfa_serial: text("mfa_serial"),
            kept,
            has_keys: section.get("aws_access_key_id").is_some(),
            our_process: process.filter(|line| crate::credential_process::is_ours(line)).map(str::to_owned),
            wsl: distributions.unwrap_or_default(),
            network: ProfileNetwork::read(section)?,
        })
    }
}
