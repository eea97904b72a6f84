//! Everything that the main window shows, as plain data.

use super::Controller;
use super::gate::jar_of;
use crate::sealed::Jar;
use jiff::Timestamp;
use rolecall_core::message::window::{Board, Details, Place, Remembered};
use rolecall_core::policy::Policy;
use rolecall_core::problem::Problem;
use rolecall_core::profile::{CredentialsKept, EntraProfile, Profile, ProfileName};

impl Controller {
    pub(super) fn board(&self, now: Timestamp) -> Board {
        let path = |path: &std::path::Path| path.display().to_string();
        Board {
            view: self.view(now),
            favourites: self.memory.favourites.clone(),
            details: self.profiles.entra().map(details).collect(),
            others: self.others(),
            remembered: self.remembered(),
            choices: self.settings().choices(),
            start_at_login: self.files.start_at_login,
            policy: self.policy().map(Policy::shown),
            recorded: self.recorded(),
            place: Place {
                config: path(&self.files.config.path),
                credentials: path(&self.files.credentials_path),
                settings: path(&self.files.settings_path),
                version: self.fixed.running.version.clone(),
                installed: self.fixed.running.installed,
                updates: self.has_update_feed(),
                icon: self.main.icon,
                hint_read: self.memory.hint_read,
                identity_broker: self.main.identity_broker,
            },
        }
    }

    /// The profiles that AWS's tools alone know what to do with.
    fn others(&self) -> Vec<ProfileName> {
        let left_alone = |profile: &&Profile| match profile {
            Profile::Entra(_) => false,
            Profile::Role(role) => matches!(self.chain_of(role), Err(Problem::ChainElsewhere { .. })),
            Profile::Other { .. } => true,
        };
        self.profiles.profiles.iter().filter(left_alone).map(|profile| profile.name().clone()).collect()
    }

    fn remembered(&self) -> Vec<Remembered> {
        let wish = |jar: &Jar| self.profiles.entra().any(|p| p.remember_me && jar_of(p) == *jar);
        let shown = |jar: &Jar| Remembered {
            id: jar_id(jar),
            host: url::Url::parse(&jar.authority)
                .ok()
                .and_then(|url| url.host_str().map(str::to_owned))
                .unwrap_or_else(|| jar.authority.clone()),
            tenant: jar.tenant.clone(),
            user: jar.user.clone(),
            sealed: wish(jar) && self.gate.remembered(jar).is_some(),
        };
        let mut remembered: Vec<_> = self.gate.jars().map(shown).collect();
        remembered.sort_by(|a, b| (&a.host, &a.tenant, &a.user).cmp(&(&b.host, &b.tenant, &b.user)));
        remembered
    }
}

/// How the window names a jar.
pub(super) fn jar_id(jar: &Jar) -> String {
    serde_json::to_string(jar).unwrap_or_default()
}

fn details(profile: &EntraProfile) -> Details {
    Details {
        profile: profile.name.clone(),
        tenant: profile.tenant.clone(),
        username: profile.username.clone(),
        region: profile.region.clone(),
        duration: profile.duration_hours,
        default_role: profile.default_role.clone(),
        process: profile.credentials == CredentialsKept::Process,
        remember_me: profile.remember_me,
        os_sso: profile.os_sso,
    }
}
