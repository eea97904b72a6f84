//! Clients that wait for the end of a sign-in or a sign-out, and what each is told then.

use super::{ClientId, Command, Controller};
use jiff::Timestamp;
use rolecall_core::audit::Door;
use rolecall_core::message::{ClientContext, Reply, Stage};
use rolecall_core::pod::Pod;
use rolecall_core::problem::Problem;
use rolecall_core::profile::{ProfileName, RoleProfile};
use rolecall_core::session::{Effect, Granted, Work};

/// One client that waits for one profile.
#[derive(Debug, Clone)]
pub(super) struct Waiter {
    pub(super) client: ClientId,
    pub(super) profile: ProfileName,
    pub(super) wants: Wants,
}

#[derive(Debug, Clone)]
pub(super) enum Wants {
    /// To hear how the sign-in ends.
    SignIn,
    /// To hear that our keys are gone.
    SignOut,
    /// Credentials; at `until` it gets what is left, or a problem.
    Keys { wanted: Box<KeysWanted>, until: Timestamp },
}

/// What a client asked for who wants credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KeysWanted {
    pub(super) purpose: Purpose,
    pub(super) may_ask: bool,
    /// It asks by itself, again and again.
    pub(super) by_tool: bool,
    pub(super) context: ClientContext,
}

impl KeysWanted {
    pub(super) fn door(&self) -> Door {
        if self.by_tool { Door::Tool } else { Door::CommandLine }
    }
}

/// What credentials are wanted for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Purpose {
    Hand,
    Console {
        service: Option<String>,
        print: bool,
    },
    /// To take this role with them.
    Chain {
        profile: Box<RoleProfile>,
        wanted: Box<KeysWanted>,
    },
    /// To hear that there are some, new ones.
    SignedIn,
    /// To have a profile with them.
    Save,
    /// To be this pod.
    Pod {
        pod: Pod,
    },
}

impl Controller {
    pub(super) fn wait(&mut self, client: ClientId, profile: &ProfileName, wants: Wants) {
        self.waiting.push(Waiter { client, profile: profile.clone(), wants });
    }

    /// Takes out the clients that wait for `profile` and want what `which` says.
    pub(super) fn take_waiting(
        &mut self,
        profile: &ProfileName,
        which: impl Fn(&Wants) -> bool,
    ) -> Vec<Waiter> {
        self.waiting.extract_if(.., |w| w.profile == *profile && which(&w.wants)).collect()
    }

    /// Tells the clients that wait for this profile what its session has come to.
    pub(super) fn tell_waiting(
        &mut self,
        name: &ProfileName,
        before: &Work,
        after: &Work,
        effects: &[Effect],
        now: Timestamp,
    ) {
        if let Some(stage) = stage(after)
            && std::mem::discriminant(before) != std::mem::discriminant(after)
        {
            self.tell_stage(name, stage, after);
        }
        let ended = effects.iter().find_map(|effect| match effect {
            Effect::Ended(result) => Some(result.clone()),
            _ => None,
        });
        // A choice still to be made is part of the same sign-in.
        if ended.is_some() {
            self.shells.remove(name);
            self.gate.override_profile(name, None);
        }
        let signing_in = |wants: &Wants| matches!(wants, Wants::SignIn);
        if let Work::Choosing { roles, .. } = after
            && !matches!(before, Work::Choosing { .. })
        {
            let roles: Vec<_> = roles.iter().map(|offered| offered.role.clone()).collect();
            for waiter in self.take_waiting(name, signing_in) {
                self.answer(waiter.client, Reply::Choose { profile: name.clone(), roles: roles.clone() });
            }
        }
        let Some(ended) = ended else { return };
        for waiter in self.take_waiting(name, signing_in) {
            let reply = match &ended {
                Ok(Granted { role, until, shortened, .. }) => Reply::SignedIn {
                    profile: name.clone(),
                    role: role.clone(),
                    until: *until,
                    shortened: *shortened,
                },
                Err(problem) => trouble(name, problem),
            };
            self.answer(waiter.client, reply);
        }
        let problem = ended.err();
        self.login_ended(name, problem.as_ref(), now);
        self.sign_in_ended_for_keys(name, problem.clone(), now);
        self.source_ended(name, problem.as_ref(), now);
    }

    /// Who asked for a sign-in hears how far it is; who asked for keys hears it only where a person is needed.
    fn tell_stage(&mut self, name: &ProfileName, stage: Stage, work: &Work) {
        let person = super::is_interactive(work);
        let clients: Vec<_> = self
            .waiting
            .iter()
            .filter(|waiter| {
                waiter.profile == *name
                    && match waiter.wants {
                        Wants::SignIn => stage != Stage::Choosing,
                        Wants::Keys { .. } => person && stage != Stage::Assuming,
                        Wants::SignOut => false,
                    }
            })
            .map(|waiter| waiter.client)
            .collect();
        for client in clients {
            self.progress(client, name, stage);
        }
    }

    pub(super) fn progress(&mut self, client: ClientId, name: &ProfileName, stage: Stage) {
        let reply = Reply::Progress { profile: self.base_name(name), stage };
        self.commands.push(Command::Reply { client, reply, last: false });
    }

    /// A client that asked for several profiles hears of each, then that it was all.
    pub(super) fn answer(&mut self, client: ClientId, reply: Reply) {
        let reply = self.for_window(client, self.by_base_name(reply));
        let several = self.several.contains(&client);
        if !several {
            self.main.forget(client);
        }
        let reply = match reply {
            // Who asked for one profile knows which.
            Reply::Problem { problem, .. } if !several => Reply::Problem { profile: None, problem },
            reply => reply,
        };
        self.commands.push(Command::Reply { client, reply, last: !several });
        if several && !self.waiting.iter().any(|waiter| waiter.client == client) {
            self.several.remove(&client);
            self.commands.push(Command::Reply { client, reply: Reply::Done, last: true });
        }
    }
}

/// A problem of one profile, as a reply.
pub(super) fn trouble(name: &ProfileName, problem: &Problem) -> Reply {
    Reply::Problem { profile: Some(name.clone()), problem: problem.report() }
}

pub(super) fn stage(work: &Work) -> Option<Stage> {
    match work {
        Work::SigningIn { .. } => Some(Stage::SigningIn),
        Work::Choosing { .. } => Some(Stage::Choosing),
        Work::Assuming { .. } => Some(Stage::Assuming),
        Work::Idle | Work::Failed(_) => None,
    }
}
