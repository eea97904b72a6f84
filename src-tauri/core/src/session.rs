//! One profile's session: what is held, what is under way, and what follows from each event.
//!
//! Pure: [`Session::step`] takes an event and the time and returns the next session and the effects to perform.

use crate::expiry::{self, Warnings};
use crate::problem::Problem;
use crate::renewal::{self, Plan, Tries};
use crate::role::{OfferedRole, ProviderArn, RoleArn};
use crate::saml::response::{Assertion, Roles};
use crate::secret::Secret;
use crate::sign_in::Mode;
use crate::time;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;

/// The session of one Entra profile: two questions with one answer each.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Session {
    pub held: Held,
    pub work: Work,
}

/// Which credentials the profile has now.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Held {
    #[default]
    Nothing,
    Active(Active),
    Expired(Expired),
}

/// Credentials that are over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expired {
    /// `None` where another tool had written them.
    pub role: Option<RoleArn>,
    /// When they ended.
    pub until: Option<Timestamp>,
    /// The person knows it, or did when Rolecall began to look.
    pub told: bool,
    pub tries: Tries,
}

/// Credentials that work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Active {
    /// `None` where another tool wrote them.
    pub role: Option<RoleArn>,
    pub access_key_id: String,
    /// `None` only where another tool wrote credentials without an end.
    pub until: Option<Timestamp>,
    /// The last warning that was given, or that had passed when the session began.
    pub warned: Option<SignedDuration>,
    pub tries: Tries,
}

/// What is being done about the profile.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Work {
    #[default]
    Idle,
    SigningIn {
        attempt: Attempt,
        wanted: Wanted,
        /// Whether a person is waiting for it: what fails in the background is not announced.
        mode: Mode,
    },
    /// Several roles: a person chooses.
    Choosing {
        roles: Vec<OfferedRole>,
        /// Gone once AWS would not redeem it any more; choosing then signs in again, hidden.
        assertion: Option<Assertion>,
    },
    /// Asking STS, then writing the file.
    Assuming {
        attempt: Attempt,
        role: RoleArn,
        mode: Mode,
    },
    Failed(Problem),
}

/// Numbers the sign-ins: an answer to an earlier one is not taken for the current one's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Attempt(pub u64);

/// Which role a sign-in is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// The only one, or the profile's default, or ask.
    Usual,
    Role(RoleArn),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    SignIn {
        attempt: Attempt,
        wanted: Wanted,
        mode: Mode,
    },
    /// The sign-in window has ended, or another profile's assertion serves this one.
    Answered {
        attempt: Attempt,
        result: Result<Assertion, Problem>,
    },
    /// A person chose one of the offered roles; `attempt` is for the case that it takes another sign-in.
    Chose {
        attempt: Attempt,
        role: RoleArn,
    },
    /// STS gave credentials and they are written, or not.
    Assumed {
        attempt: Attempt,
        result: Result<Granted, Problem>,
    },
    /// What the credentials file says now.
    FileSays(Option<FileEntry>),
    /// Whoever began the sign-in wants it no more; what is held stays held.
    Cancel,
    SignOut,
    /// Time has passed. Warnings that are due within `ahead` come now, with those of others.
    Clock {
        ahead: SignedDuration,
    },
    /// What stood in the way of a renewal may be gone: the network is another, the machine has woken.
    TryAgain,
    /// Another profile with the same cookies found that a person is needed, a moment before this one would have.
    CannotRenew {
        problem: Problem,
    },
    /// A person has signed in with the same cookies: what could not be renewed without one can be now.
    PersonCame,
}

/// A role that STS granted and that is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted {
    pub role: RoleArn,
    pub access_key_id: String,
    pub until: Timestamp,
    /// The hours asked for and the hours granted, where the role allows less.
    pub shortened: Option<(u8, u8)>,
}

/// A profile's section of the credentials file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileEntry {
    pub access_key_id: String,
    pub until: Option<Timestamp>,
    /// The role that we remember having written with this access key id.
    pub role: Option<RoleArn>,
}

/// What the session needs to know about its profile.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    pub name: &'a str,
    pub default_role: Option<&'a RoleArn>,
    pub provider: Option<&'a ProviderArn>,
    pub warnings: &'a Warnings,
    /// For what is held now.
    pub plan: Plan,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    OpenSignIn {
        attempt: Attempt,
        mode: Mode,
    },
    ShowSignIn {
        attempt: Attempt,
    },
    CloseSignIn {
        attempt: Attempt,
    },
    Assume {
        attempt: Attempt,
        role: OfferedRole,
        assertion: Secret,
    },
    /// Assume the same role again, asking nobody.
    Renew,
    /// Remove our keys from the credentials file.
    Forget,
    /// Keep these roles for the menu.
    Remember(Vec<OfferedRole>),
    Tell(Notice),
    /// A sign-in has ended: for those who wait for it.
    Ended(Result<Granted, Problem>),
}

/// Something that a person should hear, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    SignedIn {
        role: RoleArn,
        until: Timestamp,
        shortened: Option<(u8, u8)>,
    },
    Choose {
        roles: usize,
        accounts: usize,
    },
    EndsSoon {
        role: RoleArn,
        left: SignedDuration,
        until: Timestamp,
    },
    /// It ends soon; shall it be renewed?
    Renew {
        role: RoleArn,
        left: SignedDuration,
        until: Timestamp,
    },
    /// It ends soon, and could not be renewed.
    NotRenewed {
        role: RoleArn,
        until: Timestamp,
        problem: Problem,
    },
    Expired {
        role: RoleArn,
    },
    /// A program asks for credentials, and nobody has signed in by hand for longer than this.
    ProgramAsks {
        /// The role that the profile had last.
        role: Option<RoleArn>,
        within: SignedDuration,
    },
    Failed(Problem),
}

impl Notice {
    /// When what it speaks of ends.
    pub fn until(&self) -> Option<Timestamp> {
        match self {
            Self::SignedIn { until, .. }
            | Self::EndsSoon { until, .. }
            | Self::Renew { until, .. }
            | Self::NotRenewed { until, .. } => Some(*until),
            Self::Choose { .. } | Self::Expired { .. } | Self::ProgramAsks { .. } | Self::Failed(_) => None,
        }
    }

    pub fn left(&self) -> Option<SignedDuration> {
        match self {
            Self::EndsSoon { left, .. } | Self::Renew { left, .. } => Some(*left),
            _ => None,
        }
    }
}

impl Session {
    pub fn step(self, event: Event, context: Context<'_>, now: Timestamp) -> (Self, Vec<Effect>) {
        match event {
            Event::SignIn { attempt, wanted, mode } => self.sign_in(attempt, wanted, mode, now),
            Event::Answered { attempt, result } => self.answered(attempt, result, context, now),
            Event::Chose { attempt, role } => self.chose(attempt, role, now),
            Event::Assumed { attempt, result } => self.assumed(attempt, result, context, now),
            Event::FileSays(entry) => (self.file_says(entry, context, now), vec![]),
            Event::Cancel => self.cancel(),
            Event::SignOut => self.sign_out(),
            Event::Clock { ahead } => self.clock(context, ahead, now),
            Event::TryAgain => (self.try_again(now), vec![]),
            Event::CannotRenew { problem } => self.cannot_renew(problem, context, now),
            Event::PersonCame => (self.person_came(context.plan), vec![]),
        }
    }

    /// The next instant at which [`Event::Clock`] changes something.
    pub fn next_change(&self, warnings: &Warnings, plan: Plan, now: Timestamp) -> Option<Timestamp> {
        let (end, renewal) = match &self.held {
            Held::Active(Active { until: Some(until), tries, .. }) => {
                // Already over: now is the time.
                let end = expiry::next_change(*until, warnings, now).unwrap_or(now);
                (Some(end), plan.due(tries, now))
            }
            Held::Expired(Expired { until: Some(until), told, tries, .. }) => {
                let renewal = plan.due_after_end(tries, *until, now);
                // Nothing is hoped for any more: it is to be told.
                ((!told && renewal.is_none() && !self.is_renewing()).then_some(now), renewal)
            }
            _ => (None, None),
        };
        let choice = match &self.work {
            Work::Choosing { assertion: Some(assertion), .. } => Some(assertion.redeem_by),
            _ => None,
        };
        [end, renewal.filter(|_| self.is_at_rest()), choice].into_iter().flatten().min()
    }

    /// Nothing is under way.
    fn is_at_rest(&self) -> bool {
        matches!(self.work, Work::Idle | Work::Failed(_))
    }

    /// Unasked.
    fn is_renewing(&self) -> bool {
        let (Work::SigningIn { mode, .. } | Work::Assuming { mode, .. }) = &self.work else { return false };
        *mode == Mode::Background
    }

    /// Whether nothing need be said of the end, because a renewal is under way or to come.
    pub fn is_hopeful(&self, plan: Plan, now: Timestamp) -> bool {
        // Who is choosing a role may never come back to it.
        let choosing = matches!(self.work, Work::Choosing { .. });
        matches!(&self.held, Held::Active(active) if !choosing && plan.is_hopeful(&active.tries, now))
    }

    fn sign_in(self, attempt: Attempt, wanted: Wanted, mode: Mode, now: Timestamp) -> (Self, Vec<Effect>) {
        match (&self.work, &wanted) {
            (Work::SigningIn { attempt: current, wanted: before, mode: earlier }, _)
                if mode == Mode::Interactive =>
            {
                // What nobody asked for gives way to what somebody wants.
                let chosen = *earlier == Mode::Background && matches!(wanted, Wanted::Role(_));
                let (attempt, wanted) = (*current, if chosen { wanted } else { before.clone() });
                let work = Work::SigningIn { attempt, wanted, mode };
                (Self { work, ..self }, vec![Effect::ShowSignIn { attempt }])
            }
            (Work::SigningIn { .. }, _) => (self, vec![]),
            (Work::Assuming { role, mode: Mode::Background, .. }, Wanted::Role(wanted)) if role != wanted => {
                let wanted = Wanted::Role(wanted.clone());
                let work = Work::SigningIn { attempt, wanted, mode };
                (Self { work, ..self }, vec![Effect::OpenSignIn { attempt, mode }])
            }
            (Work::Assuming { attempt, role, .. }, _) if mode == Mode::Interactive => {
                let work = Work::Assuming { attempt: *attempt, role: role.clone(), mode };
                (Self { work, ..self }, vec![])
            }
            (Work::Assuming { .. }, _) => (self, vec![]),
            (Work::Choosing { roles, assertion: Some(assertion) }, Wanted::Role(role))
                if assertion.redeem_by > now && roles.iter().any(|offered| offered.role == *role) =>
            {
                let role = role.clone();
                self.chose(attempt, role, now)
            }
            _ => {
                let work = Work::SigningIn { attempt, wanted, mode };
                (Self { work, ..self }, vec![Effect::OpenSignIn { attempt, mode }])
            }
        }
    }

    fn answered(
        self,
        attempt: Attempt,
        result: Result<Assertion, Problem>,
        context: Context<'_>,
        now: Timestamp,
    ) -> (Self, Vec<Effect>) {
        let (wanted, mode) = match &self.work {
            Work::SigningIn { attempt: current, wanted, mode } if *current == attempt => {
                (wanted.clone(), *mode)
            }
            _ => return (self, vec![]),
        };
        let assertion = match result {
            Ok(assertion) => assertion,
            Err(problem) => return self.fail(problem, mode, context, now),
        };
        let roles = match &assertion.roles {
            Roles::Listed(roles) => roles.clone(),
            Roles::Encrypted => match encrypted_role(&wanted, context) {
                Ok(role) => vec![role],
                Err(problem) => return self.fail(problem, mode, context, now),
            },
        };
        let role = match &wanted {
            Wanted::Role(role) => match roles.iter().find(|offered| offered.role == *role) {
                Some(offered) => Some(offered.clone()),
                None => {
                    let problem = Problem::RoleNotOffered {
                        profile: context.name.to_owned(),
                        wanted: role.as_str().to_owned(),
                    };
                    let (session, mut effects) = self.fail(problem, mode, context, now);
                    effects.insert(0, Effect::Remember(roles));
                    return (session, effects);
                }
            },
            Wanted::Usual if roles.len() == 1 => roles.first().cloned(),
            Wanted::Usual => {
                roles.iter().find(|offered| Some(&offered.role) == context.default_role).cloned()
            }
        };
        let mut effects = vec![Effect::Remember(roles.clone())];
        let work = match role {
            Some(offered) => {
                let work = Work::Assuming { attempt, role: offered.role.clone(), mode };
                effects.push(Effect::Assume { attempt, role: offered, assertion: assertion.raw });
                work
            }
            None => {
                let accounts: BTreeSet<_> = roles.iter().map(|offered| offered.role.account()).collect();
                effects.push(Effect::Tell(Notice::Choose { roles: roles.len(), accounts: accounts.len() }));
                Work::Choosing { roles, assertion: Some(assertion) }
            }
        };
        (Self { work, ..self }, effects)
    }

    fn chose(self, attempt: Attempt, role: RoleArn, now: Timestamp) -> (Self, Vec<Effect>) {
        if let Work::Choosing { roles, assertion: Some(assertion) } = &self.work
            && assertion.redeem_by > now
            && let Some(offered) = roles.iter().find(|offered| offered.role == role)
        {
            let assume = Effect::Assume { attempt, role: offered.clone(), assertion: assertion.raw.clone() };
            let work = Work::Assuming { attempt, role, mode: Mode::Interactive };
            return (Self { work, ..self }, vec![assume]);
        }
        let session = match self.work {
            Work::Choosing { .. } => Self { work: Work::Idle, ..self },
            _ => self,
        };
        session.sign_in(attempt, Wanted::Role(role), Mode::Interactive, now)
    }

    fn assumed(
        self,
        attempt: Attempt,
        result: Result<Granted, Problem>,
        context: Context<'_>,
        now: Timestamp,
    ) -> (Self, Vec<Effect>) {
        let mode = match &self.work {
            Work::Assuming { attempt: current, mode, .. } if *current == attempt => *mode,
            _ => return (self, vec![]),
        };
        let granted = match result {
            Ok(granted) => granted,
            Err(problem) => return self.fail(problem, mode, context, now),
        };
        let mut effects = vec![Effect::Ended(Ok(granted.clone()))];
        let Granted { role, access_key_id, until, shortened } = granted;
        let held = Held::Active(Active {
            role: Some(role.clone()),
            access_key_id,
            until: Some(until),
            warned: context.warnings.reached(expiry::left(until, now)),
            tries: Tries::default(),
        });
        if mode == Mode::Interactive {
            effects.push(Effect::Tell(Notice::SignedIn { role, until, shortened }));
        }
        (Self { held, work: Work::Idle }, effects)
    }

    /// What is held stays held: a failed renewal takes nothing away.
    fn fail(self, problem: Problem, mode: Mode, context: Context<'_>, now: Timestamp) -> (Self, Vec<Effect>) {
        let mut effects = vec![Effect::Ended(Err(problem.clone()))];
        if mode == Mode::Background {
            let mut session = Self { work: Work::Idle, ..self };
            effects.extend(session.held.not_renewed(problem, context, now).map(Effect::Tell));
            return (session, effects);
        }
        // Whoever closed the window knows it.
        if problem == Problem::Cancelled {
            return (Self { work: Work::Idle, ..self }, effects);
        }
        effects.push(Effect::Tell(Notice::Failed(problem.clone())));
        (Self { work: Work::Failed(problem), ..self }, effects)
    }

    fn file_says(self, entry: Option<FileEntry>, context: Context<'_>, now: Timestamp) -> Self {
        let held = match (entry, self.held) {
            (None, _) => Held::Nothing,
            (Some(entry), Held::Active(active))
                if active.access_key_id == entry.access_key_id && active.until == entry.until =>
            {
                Held::Active(active)
            }
            (Some(entry), Held::Expired(expired))
                if expired.role == entry.role
                    && expired.until == entry.until
                    && entry.until.is_some_and(|until| until <= now) =>
            {
                Held::Expired(expired)
            }
            (Some(entry), _) => match entry.until.map(|until| expiry::left(until, now)) {
                Some(left) if left.is_zero() => Held::Expired(Expired {
                    role: entry.role,
                    until: entry.until,
                    told: true,
                    tries: Tries { in_vain: 1, ..Tries::default() },
                }),
                left => Held::Active(Active {
                    role: entry.role,
                    access_key_id: entry.access_key_id,
                    until: entry.until,
                    warned: left.and_then(|left| context.warnings.reached(left)),
                    tries: Tries::default(),
                }),
            },
        };
        Self { held, ..self }
    }

    /// What AWS was asked already comes to its end.
    fn cancel(self) -> (Self, Vec<Effect>) {
        let ended = Effect::Ended(Err(Problem::Cancelled));
        let effects = match self.work {
            Work::SigningIn { attempt, .. } => vec![Effect::CloseSignIn { attempt }, ended],
            Work::Choosing { .. } => vec![ended],
            _ => return (self, vec![]),
        };
        (Self { work: Work::Idle, ..self }, effects)
    }

    fn sign_out(self) -> (Self, Vec<Effect>) {
        let mut effects = vec![];
        if let Work::SigningIn { attempt, .. } = self.work {
            effects.push(Effect::CloseSignIn { attempt });
        }
        if matches!(self.work, Work::SigningIn { .. } | Work::Choosing { .. } | Work::Assuming { .. }) {
            effects.push(Effect::Ended(Err(Problem::Cancelled)));
        }
        effects.push(Effect::Forget);
        (Self::default(), effects)
    }

    fn clock(mut self, context: Context<'_>, ahead: SignedDuration, now: Timestamp) -> (Self, Vec<Effect>) {
        let mut effects = vec![];
        if let Work::Choosing { assertion, .. } = &mut self.work
            && assertion.as_ref().is_some_and(|assertion| assertion.redeem_by <= now)
        {
            *assertion = None;
            // Who has credentials goes on with them, and may choose another role at any time.
            if matches!(self.held, Held::Active(_)) {
                self.work = Work::Idle;
            }
        }
        let hopeful = self.is_hopeful(context.plan, now);
        let (at_rest, renewing) = (self.is_at_rest(), self.is_renewing());
        if let Held::Active(active) = &mut self.held
            && active.until.is_some_and(|until| until <= now)
        {
            let (role, until, tries) = (active.role.clone(), active.until, std::mem::take(&mut active.tries));
            // Who has no role was written by another tool, which is that tool's to speak of.
            let told = role.is_none();
            self.held = Held::Expired(Expired { role, until, told, tries });
        }
        match &mut self.held {
            Held::Active(Active { role: Some(role), until: Some(until), warned, tries, .. }) => {
                let left = expiry::left(*until, now);
                let notice = |question| {
                    let (role, until) = (role.clone(), *until);
                    if question {
                        Notice::Renew { role, left, until }
                    } else {
                        Notice::EndsSoon { role, left, until }
                    }
                };
                let reached = context.warnings.reached(left.saturating_sub(ahead).max(SignedDuration::ZERO));
                let due = context.plan.due(tries, now).is_some_and(|due| due <= now);
                if due && matches!(context.plan, Plan::Ask { .. }) {
                    tries.failed(false, now);
                    *warned = reached.or(*warned);
                    effects.push(Effect::Tell(notice(true)));
                } else if due && at_rest {
                    effects.push(Effect::Renew);
                } else if !hopeful && reached.is_some() && warned.is_none_or(|warned| reached < Some(warned))
                {
                    *warned = reached;
                    effects.push(Effect::Tell(notice(false)));
                }
            }
            Held::Expired(Expired { role: Some(role), until: Some(until), told, tries }) if !renewing => {
                match context.plan.due_after_end(tries, *until, now) {
                    Some(due) if due <= now && at_rest => effects.push(Effect::Renew),
                    // The network may only just be coming back.
                    Some(due) if due > now && tries.in_vain < PATIENCE => {}
                    _ if *told => {}
                    _ => {
                        *told = true;
                        effects.push(Effect::Tell(Notice::Expired { role: role.clone() }));
                    }
                }
            }
            _ => {}
        }
        (self, effects)
    }

    fn try_again(mut self, now: Timestamp) -> Self {
        if let Some(tries) = self.held.tries() {
            tries.sooner(now);
        }
        self
    }

    fn cannot_renew(mut self, problem: Problem, context: Context<'_>, now: Timestamp) -> (Self, Vec<Effect>) {
        let soon = |tries: &Tries| {
            context.plan.due(tries, now).is_some_and(|due| due <= time::after(now, renewal::JITTER))
        };
        if !self.is_at_rest() || !self.held.tries().is_some_and(|tries| soon(tries)) {
            return (self, vec![]);
        }
        let told = self.held.not_renewed(problem, context, now).map(Effect::Tell);
        (self, told.into_iter().collect())
    }

    /// Who is asked each time has been asked.
    fn person_came(mut self, plan: Plan) -> Self {
        if !matches!(plan, Plan::Ask { .. })
            && let Some(tries) = self.held.tries()
        {
            *tries = Tries::default();
        }
        self
    }
}

/// How often a session that is over is tried in vain before its end is announced: that is one minute and a half, by
/// which a laptop that was opened has its network.
const PATIENCE: u32 = 3;

impl Held {
    fn tries(&mut self) -> Option<&mut Tries> {
        match self {
            Self::Nothing => None,
            Self::Active(active) => Some(&mut active.tries),
            Self::Expired(expired) => Some(&mut expired.tries),
        }
    }

    /// A renewal that nobody asked for came to nothing.
    fn not_renewed(&mut self, problem: Problem, context: Context<'_>, now: Timestamp) -> Option<Notice> {
        if !matches!(context.plan, Plan::Renew { .. }) {
            return None;
        }
        // Somebody closed the page of another profile that this one waited for.
        let passes = problem.passes() || problem == Problem::Cancelled;
        match self {
            Self::Active(Active { role: Some(role), until: Some(until), warned, tries, .. }) => {
                tries.failed(passes, now);
                let left = expiry::left(*until, now);
                let to_come = context.warnings.next_below(left).is_some();
                *warned = context.warnings.reached(left).or(*warned);
                // What passes is told with the warning that is still to come, where there is one; else not before it
                // was tried some times.
                let once = tries.in_vain == PATIENCE && context.warnings.first().is_some();
                let quiet = passes && (to_come || !once);
                let new = !quiet && tries.tells(problem.code());
                new.then(|| Notice::NotRenewed { role: role.clone(), until: *until, problem })
            }
            Self::Expired(Expired { role: Some(role), told, tries, .. }) => {
                tries.failed(passes, now);
                let tell = !*told && (!passes || tries.in_vain >= PATIENCE);
                *told |= tell;
                tell.then(|| Notice::Expired { role: role.clone() })
            }
            _ => None,
        }
    }
}

/// An encrypted assertion can only be used for the role that the profile names.
fn encrypted_role(wanted: &Wanted, context: Context<'_>) -> Result<OfferedRole, Problem> {
    let role = match wanted {
        Wanted::Role(role) => Some(role),
        Wanted::Usual => context.default_role,
    };
    match (role, context.provider) {
        (Some(role), Some(provider)) => Ok(OfferedRole { role: role.clone(), provider: provider.clone() }),
        _ => Err(Problem::RolesEncrypted { profile: context.name.to_owned() }),
    }
}

#[cfg(test)]
mod tests;
