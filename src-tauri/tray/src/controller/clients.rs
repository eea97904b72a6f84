//! What the socket's clients ask.

use super::gate::jar_of;
use super::reach::{PodWish, Wish};
use super::waiting::{KeysWanted, Purpose, Wants, stage, trouble};
use super::{ClientId, Command, Controller};
use jiff::Timestamp;
use rolecall_core::audit::Door;
use rolecall_core::client_environment::ClientEnvironment;
use rolecall_core::message::window::Told;
use rolecall_core::message::{ClientContext, DISPLAY_VARIABLES, Reply, Request};
use rolecall_core::problem::Problem;
use rolecall_core::profile::{CredentialsKept, EntraProfile, ProfileName};
use rolecall_core::role::RoleArn;
use rolecall_core::session::{Event, Held, Wanted, Work};
use rolecall_core::view::View;

impl Controller {
    /// A client whose AWS tools read other files than we do is told so, and nothing else.
    pub(super) fn refuse_other_files(&mut self, client: ClientId, request: &Request, problem: &Problem) {
        let problem = problem.report();
        let reply = match request {
            // It has a place for problems, beside which there is nothing to show.
            Request::Status | Request::Watch => {
                Reply::Status { view: View { problems: vec![problem], ..View::default() } }
            }
            Request::Window { .. } => Reply::Window { told: Told::Problem { problem } },
            _ => Reply::Problem { profile: None, problem },
        };
        // What is watched stays so until the client goes.
        let last = *request != Request::Watch;
        self.commands.push(Command::Reply { client, reply, last });
    }

    pub(super) fn client(
        &mut self,
        client: ClientId,
        mut request: Request,
        environment: ClientEnvironment,
        now: Timestamp,
    ) {
        if let Some(context) = request.context_mut() {
            context.environment = environment.clone();
        }
        if let Some(profile) = request.profile_mut() {
            *profile = profile.take().or_else(|| environment.profile());
        }
        if let Err(problem) = self.isolate(&mut request, &environment, now) {
            let problem = problem.report();
            return self.answer(client, Reply::Problem { profile: None, problem });
        }
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
            Request::SignOut { profile, forget } => self.client_sign_out(client, profile, forget, now),
            Request::SignOutAll { forget } => {
                self.client_sign_out_all(client, forget, now);
                Ok(())
            }
            Request::Credentials { profile, may_ask, by_tool, context } => {
                let wanted = KeysWanted { purpose: Purpose::Hand, may_ask, by_tool, context };
                self.client_keys(client, profile, wanted, now)
            }
            Request::Assume {
                profile,
                role,
                save_as,
                external_id,
                session_name,
                duration,
                may_ask,
                context,
            } => profile.map_or_else(|| self.usual_profile(), Ok).and_then(|source| {
                let wish = Wish { source, role, save_as, external_id, session_name, duration };
                self.assume(client, wish, may_ask, context, now)
            }),
            Request::AssumePod { pod, role, token, region, save_as } => {
                self.assume_pod(client, PodWish { pod, role, token, region, save_as }, now)
            }
            Request::Console { profile, service, print, may_ask, context } => {
                let purpose = Purpose::Console { service, print };
                self.client_keys(
                    client,
                    profile,
                    KeysWanted { purpose, may_ask, by_tool: false, context },
                    now,
                )
            }
            Request::Doctor { context } => {
                let display = self.take_display(context.display);
                let wsl = self.all_distributions();
                self.commands.push(Command::Examine { client, display, wsl });
                Ok(())
            }
            Request::Open { page, context } => {
                self.take_display(context.display);
                self.open_main(page, Some(client));
                Ok(())
            }
            Request::Window { ask, context } => self.window(client, ask, context, now),
            Request::Offer { source } => self.offer(client, source),
            Request::Accept { digest } => self.accept(client, &digest),
            Request::Update { file } => self.look_for_update(client, file),
            Request::Wsl { wish } => self.wsl(client, wish, now),
            Request::Quit => {
                self.answer(client, Reply::Ending { still: self.still(now) });
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
        if let Some(profile) = self.role_profile(&name).cloned() {
            if role.is_some() {
                return Err(Problem::OneRole { profile: name.to_string() });
            }
            let wanted = KeysWanted { purpose: Purpose::SignedIn, may_ask: true, by_tool: false, context };
            return self.role_keys(client, &profile, wanted, now);
        }
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
            _ => true,
        };
        if !same {
            return Err(Problem::Busy { profile: name.as_str().to_owned() });
        }
        self.join(&name, &busy, &context)?;
        self.wait(client, &name, Wants::SignIn);
        self.sign_in(&name, wanted, Door::CommandLine, now);
        if context.by_hand {
            self.by_hand(&name);
        }
        // A sign-in that was under way already tells how far it is.
        if let Some(stage) = stage(&busy).filter(|_| !matches!(busy, Work::Choosing { .. })) {
            self.progress(client, &name, stage);
        }
        Ok(())
    }

    fn client_sign_in_all(&mut self, client: ClientId, context: ClientContext, now: Timestamp) {
        // Variables of one profile cannot be meant for all of them.
        let by_hand = context.by_hand;
        let shell = match context.environment.network() {
            Ok(shell) => shell,
            Err(problem) => {
                let problem = problem.report();
                return self.answer(client, Reply::Problem { profile: None, problem });
            }
        };
        self.take_display(context.display);
        let view = self.view(now);
        let names: Vec<_> =
            view.profiles.iter().filter(|p| p.wants_sign_in()).map(|p| p.name.clone()).collect();
        let names = self.isolated_names(names, &shell.sts, now);
        for name in &names {
            self.remember_shell(name, shell.clone());
        }
        for (name, problem) in self.profiles.broken.clone() {
            self.commands.push(Command::Reply { client, reply: trouble(&name, &problem), last: false });
        }
        self.tell_together(&names);
        self.several.insert(client);
        for name in &names {
            self.wait(client, name, Wants::SignIn);
        }
        for name in &names {
            self.sign_in(name, Wanted::Usual, Door::CommandLine, now);
            if by_hand {
                self.by_hand(name);
            }
        }
        self.finish_several(client);
    }

    fn client_sign_out(
        &mut self,
        client: ClientId,
        profile: Option<ProfileName>,
        forget: bool,
        now: Timestamp,
    ) -> Result<(), Problem> {
        let name = profile.map_or_else(|| self.usual_profile(), Ok)?;
        if self.role_profile(&name).is_some() {
            self.client_drops(client, &name, now);
            return Ok(());
        }
        self.profiles.find(&name)?;
        self.wait(client, &name, Wants::SignOut);
        // What shells with other variables have of it goes, too: who signs out brings none.
        for other in self.of_other_sign_ons(&name) {
            self.sign_out(&other, forget, Door::CommandLine, now);
        }
        self.sign_out(&name, forget, Door::CommandLine, now);
        Ok(())
    }

    /// What is held of a role is given up; what stands in a file is waited for.
    fn client_drops(&mut self, client: ClientId, name: &ProfileName, now: Timestamp) {
        if self.role_profile(name).is_some_and(|profile| profile.kept) {
            self.wait(client, name, Wants::SignOut);
            self.sign_out_of_role(name, Door::CommandLine, now);
        } else {
            self.sign_out_of_role(name, Door::CommandLine, now);
            self.answer(client, Reply::SignedOut { profile: name.clone() });
        }
    }

    fn client_sign_out_all(&mut self, client: ClientId, forget: bool, now: Timestamp) {
        // What another tool wrote is that tool's.
        let ours = |name: &&ProfileName| match self.sessions.get(*name).map(|session| &session.held) {
            Some(Held::Active(active)) => active.role.is_some(),
            Some(Held::Expired(expired)) => expired.role.is_some(),
            Some(Held::Nothing) | None => self.work(name) != Work::Idle,
        };
        let names: Vec<_> = self.sessions.keys().filter(ours).cloned().collect();
        self.several.insert(client);
        for name in &names {
            self.wait(client, name, Wants::SignOut);
        }
        for name in &names {
            self.sign_out(name, forget, Door::CommandLine, now);
        }
        // Those that were assumed with tokens.
        for name in self.assumed.keys().cloned().collect::<Vec<_>>() {
            self.sign_out_of_role(&name, Door::CommandLine, now);
        }
        // Those of profiles that are signed out, and of none, too.
        if forget {
            self.forget_all_cookies();
        }
        self.finish_several(client);
    }

    /// `forget`: its cookies, too; profiles with the same sign-on will be asked as well.
    pub(super) fn sign_out(&mut self, name: &ProfileName, forget: bool, door: Door, now: Timestamp) {
        self.signs_out(name, forget, door);
        if forget && let Ok(profile) = self.signing_profile(name) {
            self.forget_jar(&jar_of(&profile));
        }
        self.never_mind_login(name);
        self.failed.remove(name);
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

    /// Begins with what the client brought, or joins what is under way, where that is for the same person.
    pub(super) fn join(
        &mut self,
        name: &ProfileName,
        busy: &Work,
        context: &ClientContext,
    ) -> Result<(), Problem> {
        if let Work::SigningIn { .. } | Work::Assuming { .. } = busy {
            let wanted = self.overridden(name, context)?;
            if wanted.is_some() && wanted.as_ref() != self.gate.profile(name) {
                return Err(Problem::Busy { profile: name.as_str().to_owned() });
            }
            self.take_display(context.display.clone());
            return Ok(());
        }
        self.take_context(name, context.clone())
    }

    /// The profile as the client's variables make it; none where it brought none.
    fn overridden(
        &self,
        name: &ProfileName,
        context: &ClientContext,
    ) -> Result<Option<EntraProfile>, Problem> {
        if context.overrides.is_empty() {
            return Ok(None);
        }
        let mut profile = self.with_overrides(&self.base_name(name), &context.overrides)?;
        if let Some(profile) = profile.as_mut().filter(|_| self.is_isolated(name)) {
            profile.name = name.clone();
            (profile.credentials, profile.our_process) = (CredentialsKept::File, None);
        }
        // Variables that change nothing are as good as none: such a client may join any sign-in.
        let usual = self.profiles.find(name).ok();
        Ok(profile.filter(|profile| usual != Some(profile)))
    }

    /// The client's `AZURE_*` variables for this profile, and its display.
    pub(super) fn take_context(&mut self, name: &ProfileName, context: ClientContext) -> Result<(), Problem> {
        self.remember_shell(name, context.environment.network()?);
        let overridden = self.overridden(name, &context)?;
        self.gate.override_profile(name, overridden);
        self.take_display(context.display);
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
        let seen = self.memory.of(&self.base_name(profile)).roles;
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
