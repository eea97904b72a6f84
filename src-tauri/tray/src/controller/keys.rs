//! Who asks for credentials gets good ones: from memory, renewed in time, or by asking the person.

use super::assumed::USABLE;
use super::gate::sign_on_id;
use super::waiting::{KeysWanted, Purpose, Wants, stage, trouble};
use super::{ClientId, Command, Controller, is_interactive};
use crate::console::Visit;
use crate::sealed::Held;
use jiff::{SignedDuration, Timestamp};
use rolecall_core::audit::Door;
use rolecall_core::client_environment::{EndpointChoice, NetworkSettings};
use rolecall_core::console::Console;
use rolecall_core::expiry;
use rolecall_core::message::{Reply, Stage};
use rolecall_core::problem::Problem;
use rolecall_core::profile::ProfileName;
use rolecall_core::role::RoleArn;
use rolecall_core::session::{Wanted, Work};
use rolecall_core::sign_in::Mode;
use rolecall_core::time;
use url::Url;

/// SDKs begin to refresh a quarter of an hour before the end (AWS SDKs: process credential provider).
pub(super) const FRESH: SignedDuration = SignedDuration::from_mins(15);
/// How long the person may take to unlock their keychain, before it goes on without it.
const VAULT_WAIT: SignedDuration = SignedDuration::from_secs(20);
/// How long somebody with usable credentials waits for fresh ones.
const RENEWAL_WAIT: SignedDuration = SignedDuration::from_secs(15);
/// How long somebody without any waits for a person.
const PERSON_WAIT: SignedDuration = SignedDuration::from_mins(5);
/// A sign-in that failed would fail again: it is not tried at each of a hundred calls.
pub(super) const BACK_OFF: SignedDuration = SignedDuration::from_mins(5);

impl Controller {
    pub(super) fn client_keys(
        &mut self,
        client: ClientId,
        profile: Option<ProfileName>,
        wanted: KeysWanted,
        now: Timestamp,
    ) -> Result<(), Problem> {
        self.take_display(wanted.context.display.clone());
        let name = match (profile, wanted.context.web_identity.clone()) {
            (Some(name), _) => name,
            (None, Some(said)) => {
                let role = Self::role_of_environment(said)?;
                let role = self.isolate_token(role, wanted.context.environment.network()?.sts, now);
                return self.role_keys(client, &role, wanted, now);
            }
            (None, None) => self.usual_profile()?,
        };
        if let Some(profile) = self.role_profile(&name).cloned() {
            return self.role_keys(client, &profile, wanted, now);
        }
        self.profiles.find(&name)?;
        let left = self.left(&name, now);
        let foreign = self.keys.get(&name).is_some_and(|held| held.role.is_none());
        let failed = self.failed_lately(&name, now);
        let alone = wanted.by_tool && !self.tool_may_renew(&name, now);
        if left >= FRESH || left >= USABLE && (foreign || failed.is_some() || alone) {
            return self.hand(client, &name, &wanted, now);
        }
        if left < USABLE {
            self.read_vault_again(now);
        }
        // What is held may still be in the vault.
        if !self.vault.is_read() {
            self.wait(
                client,
                &name,
                Wants::Keys { wanted: Box::new(wanted), until: time::after(now, VAULT_WAIT) },
            );
            self.for_vault.push(client);
            return Ok(());
        }
        let mode = if left >= USABLE || !wanted.may_ask { Mode::Background } else { Mode::Interactive };
        // What failed would fail again, and who was left alone for too long begins again by hand.
        if mode == Mode::Background && (failed.is_some() || alone) {
            return Err(Problem::ProfileSignedOut { profile: name.as_str().to_owned() });
        }
        // Who closed the window would have it open again at a tool's next try.
        if let Some(problem) = failed
            && wanted.by_tool
        {
            return Err(problem);
        }
        let wait = if mode == Mode::Background { RENEWAL_WAIT } else { PERSON_WAIT };
        let door = wanted.door();
        let busy = self.work(&name);
        // What a program asks for again and again opens no window where nobody has been for so long. Where somebody is
        // signing in at this moment, it waits for them.
        let idle = matches!(busy, Work::Idle | Work::Failed(_));
        if idle
            && alone
            && let Some(problem) = self.person_is_away(&name, now)
        {
            return Err(problem);
        }
        self.join(&name, &busy, &wanted.context)?;
        let by_tool = wanted.by_tool;
        let by_hand = wanted.context.by_hand && !by_tool;
        self.wait(client, &name, Wants::Keys { wanted: Box::new(wanted), until: time::after(now, wait) });
        if mode == Mode::Interactive
            && let Some(stage) = stage(&busy).filter(|stage| *stage != Stage::Assuming)
        {
            self.progress(client, &name, stage);
        }
        // Somebody is choosing already: a second sign-in would take the choice away. A program that waits for what a
        // person began leaves it theirs.
        let joins = by_tool && is_interactive(&busy);
        if !joins && !matches!(busy, Work::Choosing { .. }) {
            self.renew(&name, mode, door, now);
            if by_hand && mode == Mode::Interactive {
                self.by_hand(&name);
            }
        }
        Ok(())
    }

    /// The role that was held last, under whatever STS; another tenant's or application's is no role of this one.
    fn usual_role(&self, name: &ProfileName) -> Option<RoleArn> {
        let remembered = self.memory.of(&self.base_name(name));
        let same = match (&remembered.sign_on, self.signing_profile(name)) {
            (Some(of), Ok(profile)) => *of == sign_on_id(&profile),
            _ => true,
        };
        remembered.role.filter(|_| same)
    }

    /// Signs in again, to the role that is held or was held last.
    pub(super) fn renew(&mut self, name: &ProfileName, mode: Mode, door: Door, now: Timestamp) {
        let role = self.keys.get(name).and_then(|held| held.role.clone()).or_else(|| self.usual_role(name));
        let wanted = role.map_or(Wanted::Usual, Wanted::Role);
        if mode == Mode::Interactive {
            self.used(name);
        }
        self.begin(name, wanted, mode, door, now);
    }

    /// The sign-in that somebody's keys were to come from has ended; the profile's keys are up to date.
    pub(super) fn sign_in_ended_for_keys(
        &mut self,
        name: &ProfileName,
        problem: Option<Problem>,
        now: Timestamp,
    ) {
        match &problem {
            Some(problem) => _ = self.failed.insert(name.clone(), (now, problem.clone())),
            None => _ = self.failed.remove(name),
        }
        let usable = self.left(name, now) >= USABLE;
        let mut ask = None;
        for waiter in self.take_waiting(name, |wants| matches!(wants, Wants::Keys { .. })) {
            let Wants::Keys { wanted, .. } = waiter.wants else { continue };
            match &problem {
                _ if usable => self.hand_or_say(waiter.client, name, &wanted, now),
                Some(Problem::PersonNeeded { .. }) if wanted.may_ask => {
                    ask = Some((wanted.context.clone(), wanted.door()));
                    self.wait(
                        waiter.client,
                        name,
                        Wants::Keys { wanted, until: time::after(now, PERSON_WAIT) },
                    );
                }
                Some(Problem::PersonNeeded { .. }) | None => {
                    let problem = Problem::ProfileSignedOut { profile: name.as_str().to_owned() };
                    self.answer(waiter.client, trouble(name, &problem));
                }
                Some(problem) => self.answer(waiter.client, trouble(name, problem)),
            }
        }
        if let Some((context, door)) = ask {
            match self.take_context(name, context) {
                Ok(()) => self.renew(name, Mode::Interactive, door, now),
                Err(problem) => self.sign_in_ended_for_keys(name, Some(problem), now),
            }
        }
    }

    /// Whoever has waited long enough gets what there is.
    pub(super) fn waited(&mut self, now: Timestamp) {
        let is_due = |wants: &Wants| matches!(wants, Wants::Keys { until, .. } if *until <= now);
        if !self.vault.is_read() && self.waiting.iter().any(|waiter| is_due(&waiter.wants)) {
            self.vault.go_on_without();
            self.serve_those_who_waited_for_the_vault(now);
        }
        let due: Vec<_> = self.waiting.extract_if(.., |waiter| is_due(&waiter.wants)).collect();
        for waiter in due {
            let Wants::Keys { wanted, .. } = waiter.wants else { continue };
            let name = waiter.profile;
            let profile = name.as_str().to_owned();
            if self.left(&name, now) >= USABLE {
                self.hand_or_say(waiter.client, &name, &wanted, now);
            } else if !wanted.may_ask {
                self.answer(waiter.client, trouble(&name, &Problem::ProfileSignedOut { profile }));
            } else {
                self.answer(waiter.client, trouble(&name, &Problem::Waited { profile }));
            }
        }
    }

    /// When [`Controller::waited`] is due.
    pub(super) fn waits_until(&self) -> Option<Timestamp> {
        let until = |wants: &Wants| match wants {
            Wants::Keys { until, .. } => Some(*until),
            _ => None,
        };
        self.waiting.iter().filter_map(|waiter| until(&waiter.wants)).min()
    }

    /// The vault has been read, or cannot be: those who asked before are answered now.
    pub(super) fn serve_those_who_waited_for_the_vault(&mut self, now: Timestamp) {
        for client in std::mem::take(&mut self.for_vault) {
            let Some(index) = self.waiting.iter().position(|waiter| waiter.client == client) else {
                continue;
            };
            let waiter = self.waiting.swap_remove(index);
            let Wants::Keys { wanted, .. } = waiter.wants else { continue };
            if let Err(problem) = self.client_keys(client, Some(waiter.profile.clone()), *wanted, now) {
                self.answer(client, trouble(&waiter.profile, &problem));
            }
        }
    }

    /// The time that the credentials of a profile still work; none where there are none.
    pub(super) fn left(&self, name: &ProfileName, now: Timestamp) -> SignedDuration {
        let until = self.keys.get(name).map(|held| held.credentials.expiration);
        until.map_or(SignedDuration::ZERO, |until| expiry::left(until, now))
    }

    fn failed_lately(&self, name: &ProfileName, now: Timestamp) -> Option<Problem> {
        let (then, problem) = self.failed.get(name)?;
        (now.duration_since(*then).abs() < BACK_OFF).then(|| problem.clone())
    }

    pub(super) fn hand_or_say(
        &mut self,
        client: ClientId,
        name: &ProfileName,
        wanted: &KeysWanted,
        now: Timestamp,
    ) {
        if let Err(problem) = self.hand(client, name, wanted, now) {
            self.answer(client, trouble(name, &problem));
        }
    }

    /// Gives a client what it wants the credentials for.
    pub(super) fn hand(
        &mut self,
        client: ClientId,
        name: &ProfileName,
        wanted: &KeysWanted,
        now: Timestamp,
    ) -> Result<(), Problem> {
        let signed_out = || Problem::ProfileSignedOut { profile: name.as_str().to_owned() };
        let held = self.keys.get(name).cloned().ok_or_else(signed_out)?;
        let shell = wanted.context.environment.network()?;
        match &wanted.purpose {
            Purpose::Hand => {
                let Held { role, credentials, of: _ } = held;
                // What AWS tools would use in that shell.
                let region = shell.region.or_else(|| self.region_of(name));
                let remarks = self.remarks_of(name);
                let profile = name.clone();
                self.answer(client, Reply::Credentials { profile, role, region, credentials, remarks });
            }
            Purpose::Chain { profile, wanted } => {
                return self.await_role(client, profile, (**wanted).clone(), now);
            }
            Purpose::SignedIn | Purpose::Save | Purpose::Pod { .. } => {
                let reply = wanted.purpose.reply(self, name).ok_or_else(signed_out)?;
                self.answer(client, reply);
            }
            Purpose::Console { service, print } => {
                let visit = self.visit(name, service.as_deref(), *print, &shell, now)?;
                self.commands.push(Command::Visit { client: Some(client), profile: name.clone(), visit });
            }
        }
        Ok(())
    }

    /// How the console is opened with a profile's credentials.
    pub(super) fn visit(
        &self,
        name: &ProfileName,
        service: Option<&str>,
        print: bool,
        shell: &NetworkSettings,
        now: Timestamp,
    ) -> Result<Visit, Problem> {
        let held = self.keys.get(name).filter(|_| self.left(name, now).is_positive());
        let held = held.ok_or_else(|| Problem::ProfileSignedOut { profile: name.as_str().to_owned() })?;
        let region = shell.region.clone().or_else(|| self.region_of(name));
        let partition = match (&held.role, &region) {
            (Some(role), _) => role.partition(),
            (None, region) => {
                rolecall_core::role::Partition::of_region(region.as_deref().unwrap_or_default())
            }
        };
        let region = region.unwrap_or_else(|| partition.default_region().to_owned());
        let endpoint = match &shell.sign_in {
            EndpointChoice::Url(url) => Some(url.clone()),
            EndpointChoice::AwsOwn => None,
            EndpointChoice::Unsaid => self.fixed.sign_in_url.as_deref().map(sign_in_host).transpose()?,
        };
        // What is held may go to AWS's own console; which other hosts it may go to, nobody knows then.
        if endpoint.is_some() {
            self.policy_is_usable()?;
        }
        if let (Some(url), Some(policy)) = (&endpoint, self.policy())
            && !policy.allows_sts(url)
        {
            let what = format!("console sign-in at {}", url.host_str().unwrap_or_default());
            return Err(Problem::PolicyForbids { by: policy.by(), what });
        }
        let own = self.fixed.network.as_ref().ok().and_then(|own| own.ca_bundle.clone());
        let ca_bundle = shell.ca_bundle.clone().or(own);
        let console = Console::new(&partition, &region, service, endpoint.as_ref())
            .map_err(|error| Problem::ConsolePage { page: error.to_string() })?;
        Ok(Visit {
            console,
            credentials: held.credentials.clone(),
            ca_bundle,
            print,
            beside_others: self.settings().console_multi_session,
            display: self.gate.display.clone(),
        })
    }
}

/// `AWS_ENDPOINT_URL_SIGNIN`: credentials go there.
pub(super) fn sign_in_host(text: &str) -> Result<Url, Problem> {
    let wrong = || Problem::VariableInvalid {
        variable: "AWS_ENDPOINT_URL_SIGNIN".into(),
        reason: "must be an https address (http is for loopback only)".into(),
    };
    let url = Url::parse(text).map_err(|_| wrong())?;
    if rolecall_core::profile::is_private_address(&url) { Ok(url) } else { Err(wrong()) }
}
