//! Roles that are assumed from something else than a sign-in: from another profile's role, or with a token.
//!
//! A role that was asked for is renewed while its source lives, for as long as anything is renewed unasked. A session
//! is an hour at most, so nothing is told of its end: it comes when the source's does, which is told.

mod kept;
mod pursuit;
mod renewal;
mod shown;

use super::Controller;
use crate::sts::Taken;
use jiff::{SignedDuration, Timestamp};
use rolecall_core::audit::Door;
use rolecall_core::chain::{self, Chain, Root};
use rolecall_core::problem::Problem;
use rolecall_core::profile::{Origin, ProfileName, RoleProfile};
use rolecall_core::renewal::Tries;
use rolecall_core::role::RoleArn;
use rolecall_core::session::{Attempt, Work};
use rolecall_core::sign_in::Mode;
use rolecall_core::web_identity::Claims;
use std::collections::BTreeMap;

/// With less left, a call that begins now may not end in time.
pub(super) const USABLE: SignedDuration = SignedDuration::from_secs(60);

/// By the profile's name; a role without a profile has a name of ours.
pub(super) type Assumed = BTreeMap<ProfileName, RoleSession>;

/// What a role profile has, and what is being done about it. Its keys are with those of the other profiles.
#[derive(Debug, Default)]
pub(super) struct RoleSession {
    pub(super) work: RoleWork,
    pub(super) held: Option<HeldRole>,
    /// Why the last try came to nothing, and when.
    pub(super) failed: Option<(Problem, Timestamp)>,
    /// When somebody, or a tool, asked for it last: not for ever after that is it renewed.
    pub(super) asked: Option<Timestamp>,
    /// Somebody gave it up: tools and renewals leave it alone until somebody asks by hand.
    pub(super) given_up: bool,
    tries: Tries,
}

/// A role that was taken.
#[derive(Debug, Clone)]
pub(super) struct HeldRole {
    /// As it was asked for.
    pub(super) profile: RoleProfile,
    pub(super) began: Option<Timestamp>,
    pub(super) until: Timestamp,
    /// The role that the root had when it was asked for.
    through: Option<RoleArn>,
    /// Of the token.
    pub(super) claims: Option<Claims>,
    /// Who AWS said one is.
    pub(super) arn: Option<String>,
}

#[derive(Debug, Default)]
pub(super) enum RoleWork {
    #[default]
    Rest,
    /// Its source comes first.
    Waiting(Quest),
    /// STS is asked.
    Asking(Attempt, Quest),
    /// Its keys are being written.
    Writing(Attempt, Quest, Box<Taken>),
}

/// What is to be taken, and for whom.
#[derive(Debug, Clone)]
pub(super) struct Quest {
    profile: RoleProfile,
    why: Why,
    through: Option<RoleArn>,
}

/// For whom something is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Why {
    pub(super) mode: Mode,
    pub(super) door: Door,
    /// It is only on the way to another role.
    pub(super) on_the_way: bool,
}

impl Why {
    const UNASKED: Self = Self { mode: Mode::Background, door: Door::Renewal, on_the_way: false };

    pub(super) fn by(mode: Mode, door: Door) -> Self {
        Self { mode, door, on_the_way: false }
    }
}

impl RoleSession {
    /// What failed is tried again as if for the first time.
    pub(super) fn forget_tries(&mut self) {
        self.tries = Tries::default();
    }
}

impl RoleWork {
    pub(super) fn quest(&self) -> Option<&Quest> {
        match self {
            Self::Rest => None,
            Self::Waiting(quest) | Self::Asking(_, quest) | Self::Writing(_, quest, _) => Some(quest),
        }
    }

    fn quest_mut(&mut self) -> Option<&mut Quest> {
        match self {
            Self::Rest => None,
            Self::Waiting(quest) | Self::Asking(_, quest) | Self::Writing(_, quest, _) => Some(quest),
        }
    }

    fn is_attempt(&self, attempt: Attempt) -> bool {
        matches!(self, Self::Asking(current, _) | Self::Writing(current, ..) if *current == attempt)
    }

    pub(super) fn rests(&self) -> bool {
        matches!(self, Self::Rest)
    }
}

impl Controller {
    /// The role profile of that name: of the config file, else one that somebody wished.
    pub(super) fn role_profile(&self, name: &ProfileName) -> Option<&RoleProfile> {
        let written = self.profiles.role_named(name);
        written.or_else(|| {
            let session = self.assumed.get(name)?;
            let held = session.held.as_ref().map(|held| &held.profile);
            session.work.quest().map(|quest| &quest.profile).or(held)
        })
    }

    pub(super) fn chain_of<'a>(&'a self, profile: &'a RoleProfile) -> Result<Chain<'a>, Problem> {
        let has_keys = |name: &ProfileName| {
            let sections = self.files.credentials.as_ref();
            sections.is_ok_and(|sections| sections.contains_key(name)) && !self.is_kept_by_us(name)
        };
        chain::resolve(&self.profiles, profile, has_keys)
    }

    fn is_kept_by_us(&self, name: &ProfileName) -> bool {
        self.profiles.entra_named(name).is_some()
            || self.role_profile(name).is_some_and(|profile| profile.kept)
    }

    /// The time that what is held for just this profile still works.
    pub(super) fn role_left(&self, profile: &RoleProfile, now: Timestamp) -> SignedDuration {
        let held = self.assumed.get(&profile.name).and_then(|session| session.held.as_ref());
        match held {
            Some(held) if held.profile.is_same_role(profile) => self.left(&profile.name, now),
            _ => SignedDuration::ZERO,
        }
    }

    /// The region that a profile's tools are to use: its own, or that of the nearest source that has one.
    pub(super) fn region_of(&self, name: &ProfileName) -> Option<String> {
        match self.role_profile(name) {
            Some(profile) => self.role_region(profile),
            None => self.profiles.entra_named(name)?.region.clone(),
        }
    }

    fn role_region(&self, profile: &RoleProfile) -> Option<String> {
        let Ok(Chain { root, links }) = self.chain_of(profile) else { return profile.region.clone() };
        let root = self.profiles.entra_named(root.name()).and_then(|entra| entra.region.clone());
        links.iter().rev().find_map(|link| link.region.clone()).or(root)
    }

    /// The role that the root of a chain has now.
    fn root_role(&self, profile: &RoleProfile) -> Option<RoleArn> {
        match self.chain_of(profile).ok()?.root {
            Root::Entra(root) => self.keys.get(&root)?.role.clone(),
            Root::Token(_) | Root::Pod(_) => None,
        }
    }

    /// Whether something is being done about a profile that others wait for.
    pub(super) fn is_under_way(&self, name: &ProfileName) -> bool {
        let role = self.assumed.get(name).is_some_and(|session| !session.work.rests());
        role || !matches!(self.work(name), Work::Idle | Work::Failed(_))
    }

    /// The roles that wait for this profile.
    fn waiting_for(&self, source: &ProfileName) -> Vec<ProfileName> {
        let from = Origin::Source { profile: source.clone() };
        let waits = |session: &RoleSession| match &session.work {
            RoleWork::Waiting(quest) => quest.profile.origin == from,
            _ => false,
        };
        let waiting = self.assumed.iter().filter(|(_, session)| waits(session));
        waiting.map(|(name, _)| name.clone()).collect()
    }
}
