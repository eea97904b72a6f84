//! What the socket's clients ask, and when they are answered.

use super::{ClientId, Command, Controller};
use jiff::Timestamp;
use rolecall_core::message::{ClientContext, DISPLAY_VARIABLES, Reply, Request, Stage};
use rolecall_core::problem::Problem;
use rolecall_core::profile::{self, ProfileName};
use rolecall_core::role::RoleArn;
use rolecall_core::session::{Effect, Notice, Wanted, Work};

impl Controller {
    pub(super) fn client(&mut self, client: ClientId, request: Request, now: Timestamp) {
        match request {
            Request::Status => self.reply(client, Reply::Status { view: self.view(now) }),
            Request::SignIn { profile, role, context } => {
                if let Err(problem) = self.client_sign_in(client, profile, role, context, now) {
                    self.waiting.retain(|(waiting, _)| *waiting != client);
                    self.reply(client, Reply::Problem { problem: problem.report() });
                }
            }
            Request::Quit => {
                self.reply(client, Reply::Done);
                self.commands.push(Command::Quit);
            }
        }
    }

    fn client_sign_in(
        &mut self,
        client: ClientId,
        profile: Option<ProfileName>,
        role: Option<String>,
        context: ClientContext,
        now: Timestamp,
    ) -> Result<(), Problem> {
        let name = profile.map_or_else(|| self.usual_profile(), Ok)?;
        self.profiles.find(&name)?;
        let wanted = match role {
            Some(text) => Wanted::Role(self.find_role(&name, &text)?),
            None => Wanted::Usual,
        };
        let busy = self.sessions.get(&name).map(|session| session.work.clone()).unwrap_or_default();
        // One sign-in serves all who ask for the same; who wants another role would be told of the wrong one.
        let same = match &busy {
            Work::SigningIn { wanted: under_way, .. } => wanted == Wanted::Usual || wanted == *under_way,
            Work::Assuming { role, .. } => wanted == Wanted::Usual || wanted == Wanted::Role(role.clone()),
            _ => {
                self.take_context(&name, context)?;
                true
            }
        };
        if !same {
            return Err(Problem::Busy { profile: name.as_str().to_owned() });
        }
        if let Err(problem) = self.signing_profile(&name) {
            self.gate.override_profile(&name, None);
            return Err(problem);
        }
        self.waiting.push((client, name.clone()));
        self.sign_in(&name, wanted, now);
        // A sign-in that was under way already tells how far it is.
        if let Some(stage) = stage(&busy) {
            self.progress(client, &name, stage);
        }
        Ok(())
    }

    /// The client's `AZURE_*` variables for this profile, and its display.
    fn take_context(&mut self, name: &ProfileName, context: ClientContext) -> Result<(), Problem> {
        let ClientContext { overrides, display } = context;
        let overridden = match &self.files.config.text {
            Ok(Some(text)) if !overrides.is_empty() => {
                let default = self.fixed.authority_default.as_deref();
                Some(profile::read_with_overrides(text, &self.files.config.path, name, &overrides, default)?)
            }
            _ => None,
        };
        self.gate.override_profile(name, overridden);
        let known = |(name, _): &(String, String)| DISPLAY_VARIABLES.contains(&name.as_str());
        let display: Vec<_> = display.into_iter().filter(known).collect();
        if !display.is_empty() {
            self.gate.display = display.into_iter().collect();
        }
        Ok(())
    }

    /// A role by its ARN, its name, or ACCOUNT/NAME. An ARN need not have been seen before: the sign-in tells.
    fn find_role(&self, profile: &ProfileName, text: &str) -> Result<RoleArn, Problem> {
        if let Ok(role) = RoleArn::parse(text) {
            return Ok(role);
        }
        let seen = self.memory.of(profile).roles;
        let (account, wanted) = match text.split_once('/') {
            Some((account, name)) if account.len() == 12 => (Some(account), name),
            _ => (None, text),
        };
        let fits = |role: &&RoleArn| {
            role.name().eq_ignore_ascii_case(wanted) && account.is_none_or(|a| role.account().as_str() == a)
        };
        let (profile, wanted) = (profile.as_str().to_owned(), text.to_owned());
        let mut found = seen.iter().filter(fits);
        match (found.next(), found.next()) {
            (Some(role), None) => Ok(role.clone()),
            (Some(_), Some(_)) => Err(Problem::RoleAmbiguous { profile, wanted }),
            (None, _) => Err(Problem::RoleNotOffered { profile, wanted }),
        }
    }

    /// Tells the clients that wait for this profile what its session has come to.
    pub(super) fn tell_waiting(
        &mut self,
        name: &ProfileName,
        before: &Work,
        after: &Work,
        effects: &[Effect],
    ) {
        let clients: Vec<_> =
            self.waiting.iter().filter(|(_, n)| n == name).map(|(client, _)| *client).collect();
        if let Some(stage) = stage(after)
            && std::mem::discriminant(before) != std::mem::discriminant(after)
        {
            for client in &clients {
                self.progress(*client, name, stage);
            }
        }
        let Some(reply) = ending(name, before, after, effects) else { return };
        // A choice still to be made is part of the same sign-in.
        if !matches!(after, Work::Choosing { .. }) {
            self.gate.override_profile(name, None);
        }
        self.waiting.retain(|(_, waiting)| waiting != name);
        for client in clients {
            self.reply(client, reply.clone());
        }
    }

    fn progress(&mut self, client: ClientId, name: &ProfileName, stage: Stage) {
        let reply = Reply::Progress { profile: name.clone(), stage };
        self.commands.push(Command::Reply { client, reply, last: false });
    }

    fn reply(&mut self, client: ClientId, reply: Reply) {
        self.commands.push(Command::Reply { client, reply, last: true });
    }
}

/// How a sign-in has ended; `None` while it has not.
fn ending(name: &ProfileName, before: &Work, after: &Work, effects: &[Effect]) -> Option<Reply> {
    let profile = name.clone();
    let signed_in = effects.iter().find_map(|effect| match effect {
        Effect::Tell(Notice::SignedIn { role, until, shortened }) => Some((role.clone(), *until, *shortened)),
        _ => None,
    });
    match (before, after) {
        (_, Work::SigningIn { .. } | Work::Assuming { .. }) => None,
        (Work::SigningIn { .. } | Work::Assuming { .. }, _) => Some(match (after, signed_in) {
            (Work::Failed(problem), _) => Reply::Problem { problem: problem.report() },
            (Work::Choosing { roles, .. }, _) => {
                Reply::Choose { profile, roles: roles.iter().map(|offered| offered.role.clone()).collect() }
            }
            (_, Some((role, until, shortened))) => Reply::SignedIn { profile, role, until, shortened },
            (_, None) => Reply::Problem { problem: Problem::Cancelled.report() },
        }),
        _ => None,
    }
}

fn stage(work: &Work) -> Option<Stage> {
    match work {
        Work::SigningIn { .. } => Some(Stage::SigningIn),
        Work::Assuming { .. } => Some(Stage::Assuming),
        _ => None,
    }
}
