//! What is remembered from one day to the next in `state.json`: roles seen and last used. No secret.

use jiff::{SignedDuration, Timestamp};
use rolecall_core::profile::ProfileName;
use rolecall_core::role::RoleArn;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The whole of `state.json`. Unknown keys of a newer version are dropped, an unreadable file is like none.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// The profile that somebody signed in to last.
    pub last_used: Option<ProfileName>,
    pub profiles: BTreeMap<ProfileName, Remembered>,
    /// The longest sessions that roles were found to allow.
    pub limits: BTreeMap<RoleArn, Limit>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Remembered {
    /// The role that was written last, and the access key id by which its credentials are known again.
    pub role: Option<RoleArn>,
    pub access_key_id: Option<String>,
    /// The roles that the last assertion listed.
    pub roles: Vec<RoleArn>,
}

/// A role refused more than `hours` when it was asked at `found`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limit {
    pub hours: u8,
    pub found: Timestamp,
}

/// An administrator may raise a role's maximum: after this time it is asked again.
const LIMIT_KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);

impl Memory {
    pub fn of(&self, profile: &ProfileName) -> Remembered {
        self.profiles.get(profile).cloned().unwrap_or_default()
    }

    /// The role that was written with this access key id.
    pub fn role_of(&self, profile: &ProfileName, access_key_id: &str) -> Option<RoleArn> {
        let remembered = self.profiles.get(profile)?;
        (remembered.access_key_id.as_deref() == Some(access_key_id)).then(|| remembered.role.clone())?
    }

    /// The hours worth asking for, as far as is known.
    pub fn limit(&self, role: &RoleArn, now: Timestamp) -> Option<u8> {
        let limit = self.limits.get(role)?;
        (now.duration_since(limit.found) < LIMIT_KEPT).then_some(limit.hours)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_known_by_the_key_it_was_written_with_and_a_limit_for_a_week() {
        let role = RoleArn::parse("arn:aws:iam::111111111111:role/A").expect("a role");
        let name = ProfileName::new("work");
        let found: Timestamp = "2026-11-22T08:00:00Z".parse().expect("an instant");
        let mut memory = Memory::default();
        let remembered =
            Remembered { role: Some(role.clone()), access_key_id: Some("ASIA1".into()), roles: vec![] };
        memory.profiles.insert(name.clone(), remembered);
        memory.limits.insert(role.clone(), Limit { hours: 4, found });
        assert_eq!(memory.role_of(&name, "ASIA1"), Some(role.clone()));
        assert_eq!(memory.role_of(&name, "ASIA2"), None);
        assert_eq!(memory.limit(&role, found + SignedDuration::from_hours(24)), Some(4));
        assert_eq!(memory.limit(&role, found + LIMIT_KEPT), None);
        let text = serde_json::to_string(&memory).expect("JSON");
        assert_eq!(serde_json::from_str::<Memory>(&text).expect("memory"), memory);
        assert_eq!(serde_json::from_str::<Memory>("{}").expect("memory"), Memory::default());
    }
}
