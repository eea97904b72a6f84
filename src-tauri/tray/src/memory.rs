//! What is remembered from one day to the next in `state.json`: roles seen and taken, favourites, the accounts' names.
//! No secret.

use crate::sealed::SignOnId;
use jiff::{SignedDuration, Timestamp};
use rolecall_core::aws_files::replace;
use rolecall_core::problem::foreign;
use rolecall_core::profile::ProfileName;
use rolecall_core::renewal;
use rolecall_core::role::{AccountId, RoleArn};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

/// The whole of `state.json`. Unknown keys of a newer version are dropped, an unreadable file is like none.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// The profile that somebody signed in to last.
    pub last_used: Option<ProfileName>,
    pub profiles: BTreeMap<ProfileName, Remembered>,
    /// The longest sessions that roles were found to allow.
    pub limits: BTreeMap<RoleArn, Limit>,
    /// The starred roles, the latest last.
    pub favourites: Vec<RoleArn>,
    pub accounts: BTreeMap<AccountId, Account>,
    /// When a person last signed in by hand, by the sign-on's cookies (a jar's own JSON). [`LONG_AGO`] where a person
    /// did, but nobody can say when.
    #[serde(deserialize_with = "times_of_people")]
    pub people: BTreeMap<String, Timestamp>,
    /// What the clock said when this was last written: one that says less now was set back.
    #[serde(deserialize_with = "time_or_none")]
    pub latest_time: Option<Timestamp>,
    /// When the newest update feed was signed that was seen at an address.
    pub feeds: BTreeMap<String, Timestamp>,
    /// The person has read why there is no icon.
    pub hint_read: bool,
}

impl Memory {
    /// What is written there. What cannot be read is kept beside it under another name, and nothing of it is used: the
    /// file is written anew.
    pub(crate) fn load(path: &Path) -> Self {
        let memory = match replace::read(path) {
            Ok(None) => return Self::default(),
            Ok(Some(text)) if text.is_empty() => return Self::default(),
            Ok(Some(text)) => serde_json::from_str(&text).map_err(|error| foreign(&error.to_string())),
            Err(error) => Err(error.problem.to_string()),
        };
        memory.unwrap_or_else(|reason| {
            // Somebody has edited it, or the disk fails.
            let aside = path.with_extension("unreadable.json");
            tracing::warn!("{} is not used, and kept as {}: {reason}", path.display(), aside.display());
            let _ = std::fs::rename(path, &aside);
            Self::default()
        })
    }
}

/// Stands for a time that is not believed: longer ago than anything is renewed without a person.
pub const LONG_AGO: Timestamp = Timestamp::UNIX_EPOCH;

/// One entry that is not a time takes nothing else of the file with it.
fn times_of_people<'de, D>(deserializer: D) -> Result<BTreeMap<String, Timestamp>, D::Error>
where
    D: serde::Deserializer<'de>,
{
    let times = BTreeMap::<String, serde_json::Value>::deserialize(deserializer)?;
    let time = |value: serde_json::Value| serde_json::from_value(value).unwrap_or(LONG_AGO);
    Ok(times.into_iter().map(|(jar, value)| (jar, time(value))).collect())
}

fn time_or_none<'de, D>(deserializer: D) -> Result<Option<Timestamp>, D::Error>
where
    D: serde::Deserializer<'de>,
{
    let value = serde_json::Value::deserialize(deserializer)?;
    Ok(serde_json::from_value(value).unwrap_or_default())
}

/// What an account is called.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Account {
    /// By the person: goes before.
    pub typed: Option<String>,
    /// By AWS's sign-in page.
    pub listed: Option<String>,
    /// When that page was last asked for it.
    pub sought: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Remembered {
    /// The role that was written last, and the access key id by which its credentials are known again.
    pub role: Option<RoleArn>,
    pub access_key_id: Option<String>,
    /// By whose sign-on (a jar's own JSON).
    pub jar: Option<String>,
    /// By which sign-on: the jar's and for which application.
    pub sign_on: Option<SignOnId>,
    /// The name of its session: who one is in CloudTrail.
    pub session_name: Option<String>,
    /// When it was assumed.
    pub began: Option<Timestamp>,
    /// The roles that were taken last, the latest first.
    pub recent: Vec<RoleArn>,
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

/// How many roles count as taken lately.
const RECENT: usize = 5;

/// Names change rarely, accounts come now and then.
const NAMES_KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How often a page that does not name an account is asked again.
const NAMES_AGAIN: SignedDuration = SignedDuration::from_hours(12);

impl Memory {
    pub fn of(&self, profile: &ProfileName) -> Remembered {
        self.profiles.get(profile).cloned().unwrap_or_default()
    }

    /// A role was assumed and written.
    pub fn took(
        &mut self,
        profile: &ProfileName,
        role: &RoleArn,
        access_key_id: &str,
        jar: Option<String>,
        now: Timestamp,
    ) {
        let remembered = self.profiles.entry(profile.clone()).or_default();
        remembered.jar = jar;
        remembered.role = Some(role.clone());
        remembered.access_key_id = Some(access_key_id.to_owned());
        remembered.began = Some(now);
        remembered.recent.retain(|recent| recent != role);
        remembered.recent.insert(0, role.clone());
        remembered.recent.truncate(RECENT);
    }

    /// The accounts' names: the person's before the policy's, those before AWS's.
    pub fn names(&self, policy: Option<&BTreeMap<AccountId, String>>) -> BTreeMap<AccountId, String> {
        let of = |name: fn(&Account) -> &Option<String>| {
            self.accounts.iter().filter_map(move |(id, account)| Some((id.clone(), name(account).clone()?)))
        };
        let mut names: BTreeMap<_, _> = of(|account| &account.listed).collect();
        names.extend(policy.cloned().unwrap_or_default());
        names.extend(of(|account| &account.typed));
        names
    }

    /// Whether it is worth asking AWS's sign-in page what these accounts are called.
    pub fn wants_names(&self, accounts: impl Iterator<Item = AccountId>, now: Timestamp) -> bool {
        let due = |account: AccountId| {
            let known = self.accounts.get(&account).cloned().unwrap_or_default();
            let kept = if known.listed.is_some() { NAMES_KEPT } else { NAMES_AGAIN };
            known.sought.is_none_or(|sought| now.duration_since(sought).abs() >= kept)
        };
        accounts.into_iter().any(due)
    }

    pub fn seek_names(&mut self, accounts: impl Iterator<Item = AccountId>, now: Timestamp) {
        for account in accounts {
            self.accounts.entry(account).or_default().sought = Some(now);
        }
    }

    /// Brings the times at which people were last there into line with the clock. A clock that was set back makes
    /// none of them more recent, and a time that is still to come is not believed, now or when it has come. Tells
    /// whether anything had to change.
    pub fn clock_says(&mut self, now: Timestamp) -> bool {
        let set_back = self.latest_time.map_or(SignedDuration::ZERO, |latest| latest.duration_since(now));
        self.latest_time = Some(now);
        let mut changed = false;
        for person in self.people.values_mut() {
            let before = *person;
            if set_back.is_positive() && before != LONG_AGO {
                *person = renewal::after_clock_set_back(before, set_back).unwrap_or(LONG_AGO);
            }
            if *person > now {
                *person = LONG_AGO;
            }
            changed |= *person != before;
        }
        changed
    }

    /// When a person last signed in by hand with these cookies.
    pub fn last_person(&self, jar: &str, now: Timestamp) -> Option<Timestamp> {
        self.people.get(jar).copied().map(|person| if person > now { LONG_AGO } else { person })
    }

    /// The role that was written with this access key id.
    pub fn role_of(&self, profile: &ProfileName, access_key_id: &str) -> Option<RoleArn> {
        let remembered = self.profiles.get(profile)?;
        (remembered.access_key_id.as_deref() == Some(access_key_id)).then(|| remembered.role.clone())?
    }

    /// The hours worth asking for, as far as is known.
    pub fn limit(&self, role: &RoleArn, now: Timestamp) -> Option<u8> {
        let limit = self.limits.get(role)?;
        (now.duration_since(limit.found).abs() < LIMIT_KEPT).then_some(limit.hours)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_cannot_be_read_is_kept_aside() {
        let folder = tempfile::tempdir().expect("a folder");
        let (path, aside) = (folder.path().join("state.json"), folder.path().join("state.unreadable.json"));
        assert_eq!(Memory::load(&path), Memory::default());
        for bytes in [&b"{\"hint_read\": "[..], b"{\"hint_read\": true, \"last_used\": \"\xe9\"}"] {
            std::fs::write(&path, bytes).expect("written");
            assert_eq!(Memory::load(&path), Memory::default());
            assert_eq!(std::fs::read(&aside).ok().as_deref(), Some(bytes));
            assert!(!path.exists());
        }
        // No file at all, as a disk that fails: what is there cannot be read.
        std::fs::create_dir(&path).expect("a folder");
        std::fs::remove_file(&aside).expect("removed");
        assert_eq!(Memory::load(&path), Memory::default());
        assert!(aside.is_dir() && !path.exists());
    }

    #[test]
    fn a_role_is_known_by_the_key_it_was_written_with_and_a_limit_for_a_week() {
        let role = RoleArn::parse("arn:aws:iam::111111111111:role/A").expect("a role");
        let name = ProfileName::new("work");
        let found: Timestamp = "2026-11-22T08:00:00Z".parse().expect("an instant");
        let mut memory = Memory::default();
        let remembered = Remembered {
            role: Some(role.clone()),
            access_key_id: Some("ASIA1".into()),
            ..Remembered::default()
        };
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

    #[test]
    fn a_person_of_the_future_is_not_believed_and_a_clock_set_back_makes_nobody_more_recent() {
        let at = |text: &str| text.parse::<Timestamp>().expect("an instant");
        let (eight, evening) = (at("2026-11-22T08:00:00Z"), at("2026-11-22T19:50:00Z"));
        // When a person was there, what the clock said last, what it says now; how long ago the person was there.
        for (person, latest, now, ago) in [
            ("2026-11-22T08:00:00Z", None, evening, Some(evening.duration_since(eight))),
            (
                "2026-11-22T08:00:00Z",
                Some("2026-11-22T19:50:00Z"),
                at("2026-11-22T08:05:00Z"),
                Some(evening.duration_since(eight)),
            ),
            // Signed in by a clock that was three years ahead.
            (
                "2029-11-22T08:00:00Z",
                Some("2029-11-22T09:00:00Z"),
                eight,
                Some(SignedDuration::from_hours(1)),
            ),
            // An edited file.
            ("2026-11-22T19:50:01Z", None, evening, None),
            ("2026-11-22T19:50:01Z", Some("2026-11-22T19:50:00Z"), evening, None),
            ("9999-12-30T00:00:00Z", Some("9999-12-30T00:00:00Z"), evening, Some(SignedDuration::ZERO)),
            ("-009999-01-02T01:59:59Z", Some("9999-12-30T00:00:00Z"), evening, None),
            (
                "-009999-01-02T01:59:59Z",
                None,
                evening,
                Some(evening.duration_since(at("-009999-01-02T01:59:59Z"))),
            ),
        ] {
            let text = serde_json::json!({ "people": { "jar": person }, "latest_time": latest });
            let mut memory: Memory = serde_json::from_value(text).expect(person);
            memory.clock_says(now);
            let found = memory.last_person("jar", now).expect("a person");
            assert_eq!(found, ago.map_or(LONG_AGO, |ago| now - ago), "{person} {latest:?} {now}");
            // Nor later, when that time has come.
            let later = now + SignedDuration::from_hours(13);
            memory.clock_says(later);
            let found = memory.last_person("jar", later).expect("a person");
            assert!(later.duration_since(found) >= SignedDuration::from_hours(13), "{person}");
        }
        let text =
            r#"{"people":{"a":"soon","b":7,"c":"2026-11-22T08:00:00Z"},"latest_time":"no","hint_read":true}"#;
        let memory: Memory = serde_json::from_str(text).expect("memory");
        let people: Vec<_> = memory.people.values().copied().collect();
        assert_eq!(
            (people, memory.latest_time, memory.hint_read),
            (vec![LONG_AGO, LONG_AGO, eight], None, true)
        );
    }
}
