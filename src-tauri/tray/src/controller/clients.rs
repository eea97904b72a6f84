//! What the socket's clients ask.

use super::waiting::{Purpose, Wants, stage, trouble};
use super::{ClientId, Command, Controller};
use jiff::Timestamp;
use rolecall_core::message::{ClientContext, DISPLAY_VARIABLES, Reply, Request};
use rolecall_core::problem::Problem;
use rolecall_core::profile::{self, ProfileName};
use rolecall_core::role::RoleArn;
use rolecall_core::session::{Event, Held, Wanted, Work};

impl Controller {
    pub(super) fn client(&mut self, client: ClientId, request: Request, now: Timestamp) {
        let asked = match request {
            Request::Status => {
                self.answer(client, Reply::Status { view: self.view(now) });
                Ok(())
            }
            Request::Watch => {
                self.watchers.push((client, None));
                Ok(())
            }
            Request::SignIn { profile, role, context } => {
                self.client_sign_in(client, profile, role, context, now)
            }
            Request::SignInAll { context } => {
                self.client_sign_in_all(client, context, now);
                Ok(())
            }
            Request::SignOut { profile } => self.client_sign_out(client, profile, now),
            Request::SignOutAll => {
                self.client_sign_out_all(client, now);
                Ok(())
            }
            Request::Credentials { profile, may_ask, context } => {
                self.client_keys(client, profile, Purpose::Hand, may_ask, context, now)
            }
            Request::Console { profile, service, print, may_ask, context } => {
                let purpose = Purpose::Console { service, print };
                self.client_keys(client, profile, purpose, may_ask, context, now)
            }
            Request::Doctor { context } => {
                let display = self.take_display(context.display);
                self.commands.push(Command::Examine { client, display });
                Ok(())
            }
            Request::Quit => {
                self.answer(client, Reply::Done);
                self.commands.push(Command::Quit);
                Ok(())
            }
        };
        if let Err(problem) = asked {
            self.waiting.retain(|waiter| waiter.client != client);
            self.answer(client, Reply::Problem { profile: None, problem: problem.report() });
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
        let busy = self.work(&name);
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
        self.wait(client, &name, Wants::SignIn);
        self.sign_in(&name, wanted, now);
        // A sign-in that was under way already tells how far it is.
        if let Some(stage) = stage(&busy).filter(|_| !matches!(busy, Work::Choosing { .. })) {
            self.progress(client, &name, stage);
        }
        Ok(())
    }

    fn client_sign_in_all(&mut self, client: ClientId, context: ClientContext, now: Timestamp) {
        // Variables of one profile cannot be meant for all of them.
        self.take_display(context.display);
        let view = self.view(now);
        let names: Vec<_> =
            view.profiles.iter().filter(|p| p.wants_sign_in()).map(|p| p.name.clone()).collect();
        self.several.insert(client);
        for name in &names {
            self.wait(client, name, Wants::SignIn);
        }
        for name in &names {
            self.sign_in(name, Wanted::Usual, now);
        }
        for (name, problem) in self.profiles.broken.clone() {
            self.commands.push(Command::Reply { client, reply: trouble(&name, &problem), last: false });
        }
        self.finish_several(client);
    }

    fn client_sign_out(
        &mut self,
        client: ClientId,
        profile: Option<ProfileName>,
        now: Timestamp,
    ) -> Result<(), Problem> {
        let name = profile.map_or_else(|| self.usual_profile(), Ok)?;
        self.profiles.find(&name)?;
        self.wait(client, &name, Wants::SignOut);
        self.sign_out(&name, now);
        Ok(())
    }

    fn client_sign_out_all(&mut self, client: ClientId, now: Timestamp) {
        // What another tool wrote is that tool's.
        let ours = |name: &&ProfileName| match self.sessions.get(*name).map(|session| &session.held) {
            Some(Held::Active(active)) => active.role.is_some(),
            Some(Held::Expired { role }) => role.is_some(),
            Some(Held::Nothing) | None => self.work(name) != Work::Idle,
        };
        let names: Vec<_> = self.sessions.keys().filter(ours).cloned().collect();
        self.several.insert(client);
        for name in &names {
            self.wait(client, name, Wants::SignOut);
        }
        for name in &names {
            self.sign_out(name, now);
        }
        self.finish_several(client);
    }

    pub(super) fn sign_out(&mut self, name: &ProfileName, now: Timestamp) {
        self.forget_assertion(name);
        self.gate.override_profile(name, None);
        self.step(name, Event::SignOut, now);
    }

    /// Where there was nothing to wait for.
    fn finish_several(&mut self, client: ClientId) {
        if !self.waiting.iter().any(|waiter| waiter.client == client) && self.several.remove(&client) {
            self.commands.push(Command::Reply { client, reply: Reply::Done, last: true });
        }
    }

    /// The client's `AZURE_*` variables for this profile, and its display.
    pub(super) fn take_context(&mut self, name: &ProfileName, context: ClientContext) -> Result<(), Problem> {
        let ClientContext { overrides, display } = context;
        let overridden = match &self.files.config.text {
            Ok(Some(text)) if !overrides.is_empty() => {
                let default = self.fixed.authority_default.as_deref();
                Some(profile::read_with_overrides(text, &self.files.config.path, name, &overrides, default)?)
            }
            _ => None,
        };
        self.gate.override_profile(name, overridden);
        self.take_display(display);
        Ok(())
    }

    /// The display that a window may be shown on: this client's, or an earlier one's.
    pub(super) fn take_display(
        &mut self,
        display: std::collections::BTreeMap<String, String>,
    ) -> std::collections::BTreeMap<String, String> {
        let known = |(name, _): &(String, String)| DISPLAY_VARIABLES.contains(&name.as_str());
        let display: Vec<_> = display.into_iter().filter(known).collect();
        if !display.is_empty() {
            self.gate.display = display.into_iter().collect();
        }
        self.gate.display.clone()
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
}
