//! What the tray, the command line and the window show: plain data, made from the sessions.

use crate::expiry::{self, Warnings};
use crate::problem::{Problem, Report};
use crate::profile::{Origin, ProfileName};
use crate::renewal::Plan;
use crate::role::{AccountId, RoleArn};
use crate::session::{Held, Session, Work};
use crate::sign_in::Mode;
use crate::web_identity::Claims;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Everything there is to show.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct View {
    /// The Entra profiles, in the config file's order.
    pub profiles: Vec<ProfileView>,
    /// Those whose role is assumed from something else: each after its source.
    #[serde(default)]
    pub role_profiles: Vec<RoleProfileView>,
    /// The profile that is meant where none is named.
    #[serde(default)]
    pub last_used: Option<ProfileName>,
    /// What the accounts are called, as far as anybody said.
    #[serde(default)]
    pub accounts: BTreeMap<AccountId, String>,
    /// What is wrong beyond one profile: no config file, unreadable settings.
    pub problems: Vec<Report>,
}

/// One Entra profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ProfileView {
    pub name: ProfileName,
    pub state: State,
    pub activity: Activity,
    /// The role of the credentials held or expired; none where another tool wrote them.
    pub role: Option<RoleArn>,
    /// When the credentials were assumed, where it was us.
    #[serde(default)]
    #[cfg_attr(test, ts(as = "Option<String>"))]
    pub began: Option<Timestamp>,
    /// When the credentials end, or ended.
    #[cfg_attr(test, ts(as = "Option<String>"))]
    pub until: Option<Timestamp>,
    /// When it is renewed unasked, as things stand.
    #[serde(default)]
    #[cfg_attr(test, ts(as = "Option<String>"))]
    pub renews: Option<Timestamp>,
    /// Until when a choice needs no new sign-in.
    #[serde(default)]
    #[cfg_attr(test, ts(as = "Option<String>"))]
    pub choose_by: Option<Timestamp>,
    /// The roles that the profile may assume, as last seen.
    pub roles: Vec<RoleArn>,
    /// The roles that were taken last, the latest first.
    #[serde(default)]
    pub recent: Vec<RoleArn>,
    /// Why the last attempt failed, or why the profile cannot be used at all.
    pub problem: Option<Report>,
}

/// One profile whose role is assumed from something else than a sign-in of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct RoleProfileView {
    pub name: ProfileName,
    /// None where the section cannot be read; `problem` says why.
    pub role: Option<RoleArn>,
    pub origin: Option<Origin>,
    /// The Entra profile that it begins with; none for a token's, a pod's, and what cannot be used.
    pub root: Option<ProfileName>,
    /// How many roles are assumed before it, the root's own not counted.
    pub depth: u32,
    /// [`State::SignedOut`]: not assumed, or not any more.
    pub state: State,
    /// [`Activity::Assuming`] or [`Activity::Renewing`], [`Activity::SigningIn`] while its root does.
    pub activity: Activity,
    #[cfg_attr(test, ts(as = "Option<String>"))]
    pub began: Option<Timestamp>,
    #[cfg_attr(test, ts(as = "Option<String>"))]
    pub until: Option<Timestamp>,
    /// When it is renewed unasked, as things stand.
    #[cfg_attr(test, ts(as = "Option<String>"))]
    pub renews: Option<Timestamp>,
    /// Of the token that it was assumed with last.
    pub claims: Option<Claims>,
    /// What its section asks for and AWS does not give.
    pub remarks: Vec<Report>,
    /// Why it could not be assumed, or cannot be used at all.
    pub problem: Option<Report>,
}

/// What is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// The profile's section has an error; `problem` says which.
    Unusable,
    SignedOut,
    Active,
    EndingSoon,
    Expired,
}

/// What is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Activity {
    Idle,
    SigningIn,
    /// Signing in or assuming the role anew, unasked; what is held goes on working.
    Renewing,
    /// Signed in; a person has to choose a role.
    Choosing,
    Assuming,
}

/// The five faces of the tray icon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IconState {
    SignedOut,
    Active,
    EndingSoon,
    Expired,
    Working,
}

/// `Production (111111111111)`, or the number alone.
pub fn account_label(names: &BTreeMap<AccountId, String>, account: &AccountId) -> String {
    match names.get(account) {
        Some(name) => format!("{name} ({account})"),
        None => account.to_string(),
    }
}

impl View {
    /// As [`account_label`].
    pub fn account(&self, account: &AccountId) -> String {
        account_label(&self.accounts, account)
    }

    /// Work first, then whatever wants attention soonest; an expired session counts only where none is alive.
    pub fn icon(&self) -> IconState {
        let working = |p: &ProfileView| matches!(p.activity, Activity::SigningIn | Activity::Assuming);
        let any = |state| self.profiles.iter().any(|profile| profile.state == state);
        if self.profiles.iter().any(working) {
            IconState::Working
        } else if any(State::EndingSoon) {
            IconState::EndingSoon
        } else if any(State::Active) {
            IconState::Active
        } else if any(State::Expired) {
            IconState::Expired
        } else {
            IconState::SignedOut
        }
    }
}

impl ProfileView {
    pub fn new(
        name: ProfileName,
        session: &Session,
        roles: Vec<RoleArn>,
        warnings: &Warnings,
        plan: Plan,
        now: Timestamp,
    ) -> Self {
        let (state, role, until) = match &session.held {
            Held::Nothing => (State::SignedOut, None, None),
            Held::Expired(expired) => (State::Expired, expired.role.clone(), expired.until),
            Held::Active(active) => {
                let left = active.until.map(|until| expiry::left(until, now));
                let near = left.is_some_and(|left| warnings.reached(left).is_some());
                let soon = near && !session.is_hopeful(plan, now);
                let state = if soon { State::EndingSoon } else { State::Active };
                (state, active.role.clone(), active.until)
            }
        };
        let (activity, problem) = match &session.work {
            Work::Idle => (Activity::Idle, None),
            Work::SigningIn { mode: Mode::Background, .. }
            | Work::Assuming { mode: Mode::Background, .. }
                if state != State::SignedOut =>
            {
                (Activity::Renewing, None)
            }
            Work::SigningIn { .. } => (Activity::SigningIn, None),
            Work::Choosing { .. } => (Activity::Choosing, None),
            Work::Assuming { .. } => (Activity::Assuming, None),
            Work::Failed(problem) => (Activity::Idle, Some(problem.report())),
        };
        let choose_by = match &session.work {
            Work::Choosing { assertion: Some(assertion), .. } => Some(assertion.redeem_by),
            _ => None,
        };
        let renews = match plan {
            Plan::Renew { at, .. } if session.is_hopeful(plan, now) => Some(at.max(now)),
            _ => None,
        };
        let (began, recent) = (None, vec![]);
        Self { name, state, activity, role, began, until, renews, choose_by, roles, recent, problem }
    }

    /// A profile whose section has an error.
    pub fn unusable(name: ProfileName, problem: &Problem) -> Self {
        Self {
            name,
            state: State::Unusable,
            activity: Activity::Idle,
            role: None,
            began: None,
            until: None,
            renews: None,
            choose_by: None,
            roles: vec![],
            recent: vec![],
            problem: Some(problem.report()),
        }
    }

    /// Signed out or expired, with nothing under way.
    pub fn wants_sign_in(&self) -> bool {
        matches!(self.state, State::SignedOut | State::Expired) && self.activity == Activity::Idle
    }

    /// `Admin · 7 h 12 m`, `signing in`, `expired`: the session in few words.
    pub fn words(&self, now: Timestamp) -> String {
        match (self.activity, self.state) {
            (Activity::SigningIn | Activity::Assuming, _) | (Activity::Renewing, State::Expired) => {
                "signing in".to_owned()
            }
            (Activity::Choosing, State::SignedOut | State::Expired) => "choose a role".to_owned(),
            (_, State::Unusable) => "not usable as configured".to_owned(),
            (_, State::SignedOut) => "signed out".to_owned(),
            (_, State::Expired) => "expired, sign in".to_owned(),
            (_, State::Active | State::EndingSoon) => {
                let role = self.role.as_ref().map_or("written by another tool", RoleArn::name);
                match self.until {
                    Some(until) => format!("{role} · {}", expiry::left_text(expiry::left(until, now))),
                    None => role.to_owned(),
                }
            }
        }
    }
}

impl RoleProfileView {
    /// A profile that cannot be assumed as it stands.
    pub fn unusable(name: ProfileName, problem: &Problem) -> Self {
        Self {
            name,
            role: None,
            origin: None,
            root: None,
            depth: 0,
            state: State::Unusable,
            activity: Activity::Idle,
            began: None,
            until: None,
            renews: None,
            claims: None,
            remarks: vec![],
            problem: Some(problem.report()),
        }
    }

    /// `Deployer · 42 m`, `not assumed`, `over`: the session in few words.
    pub fn words(&self, now: Timestamp) -> String {
        let role = self.role.as_ref().map_or("", RoleArn::name);
        match (self.state, self.activity, self.until) {
            (State::Unusable, ..) => "not usable as configured".to_owned(),
            (_, Activity::SigningIn, _) => format!("{role} · its source first"),
            (_, Activity::Assuming, _) => format!("{role} · assuming"),
            (State::Active | State::EndingSoon, _, Some(until)) => {
                format!("{role} · {}", expiry::left_text(expiry::left(until, now)))
            }
            (State::Expired, ..) => format!("{role} · over"),
            _ => format!("{role} · not assumed"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(state: State, activity: Activity) -> ProfileView {
        let name = ProfileName::new("work");
        ProfileView { state, activity, ..ProfileView::unusable(name, &Problem::NotSignedIn) }
    }

    #[test]
    fn the_icon_shows_what_matters_most() {
        use {Activity::*, State::*};
        for (profiles, icon) in [
            (vec![], IconState::SignedOut),
            (vec![(SignedOut, Idle), (Active, Idle)], IconState::Active),
            (vec![(Expired, Idle), (Active, Idle)], IconState::Active),
            (vec![(Expired, Idle), (SignedOut, Idle)], IconState::Expired),
            (vec![(Active, Idle), (EndingSoon, Idle)], IconState::EndingSoon),
            (vec![(EndingSoon, Idle), (SignedOut, SigningIn)], IconState::Working),
            (vec![(SignedOut, Choosing)], IconState::SignedOut),
        ] {
            let profiles = profiles.into_iter().map(|(state, activity)| profile(state, activity)).collect();
            assert_eq!(View { profiles, ..View::default() }.icon(), icon);
        }
    }
}
