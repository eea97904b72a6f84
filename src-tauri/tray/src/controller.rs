//! The sole owner of all state: takes one input after the other, answers with commands for the edges to perform.
//!
//! Knows no clock, file, network, desktop or randomness: whole days can be played through it.

mod assumed;
mod board;
mod clients;
mod gate;
mod grants;
mod isolated;
mod kept;
mod keys;
mod offers;
mod person;
mod policy_state;
mod ports;
mod reach;
mod records;
mod renewals;
mod telling;
mod updates;
mod waiting;
mod window;
mod wsl;

pub use kept::Arrangement;
pub use ports::{ClientId, Command, Config, Files, Fixed, Found, Input, Keys, Lookup, ProfileEdit};

use crate::memory::Memory;
use crate::notice;
use crate::sealed::{Held, Label};
use crate::sts;
use assumed::Assumed;
use gate::Gate;
use isolated::Isolated;
use jiff::{SignedDuration, Timestamp};
use kept::VaultState;
use records::Records;
use renewals::Unasked;
use rolecall_core::audit::Door;
use rolecall_core::checkup::Finding;
use rolecall_core::client_environment::NetworkSettings;
use rolecall_core::credential_process;
use rolecall_core::credentials::Credentials;
use rolecall_core::message::Reply;
use rolecall_core::message::window::{Page, Told};
use rolecall_core::offer::Offer;
use rolecall_core::policy::Policy;
use rolecall_core::problem::Problem;
use rolecall_core::profile::{CredentialsKept, EntraProfile, ProfileName, Profiles};
use rolecall_core::role::{AccountId, RoleArn};
use rolecall_core::session::{
    Attempt, Context, Effect, Event, FileEntry, Granted, Notice, Session, Wanted, Work,
};
use rolecall_core::settings::Settings;
use rolecall_core::sign_in::Mode;
use rolecall_core::time;
use rolecall_core::view::{ProfileView, View};
use std::collections::{BTreeMap, BTreeSet};
use telling::Telling;
use waiting::{Waiter, Wants};
use window::MainWindow;
use wsl::WslTold;

/// So far apart are the ends of sessions that were begun by one click.
const AT_ONCE: SignedDuration = SignedDuration::from_secs(5);

pub struct Controller {
    fixed: Fixed,
    files: Files,
    policy: Option<Policy>,
    /// There is no policy any more; until then the last one is still in force.
    policy_withdrawn: Option<Timestamp>,
    profiles: Profiles,
    sessions: BTreeMap<ProfileName, Session>,
    /// The roles that are assumed from something else than a sign-in.
    assumed: Assumed,
    memory: Memory,
    gate: Gate,
    /// Profiles as shells with another STS have them.
    isolated: Isolated,
    /// What the shells of requests that are under way say of the network.
    shells: BTreeMap<ProfileName, NetworkSettings>,
    /// The credentials that tools get, of whichever profile has any.
    keys: BTreeMap<ProfileName, Held>,
    vault: VaultState,
    /// What is being done about a profile's section.
    arranging: BTreeMap<ProfileName, Arrangement>,
    arrange_again: BTreeSet<ProfileName>,
    /// Profiles whose `credential_process` was another installation's.
    taken_over: BTreeSet<ProfileName>,
    /// Profiles whose section could not be arranged, as the config file stands.
    not_arranged: BTreeSet<ProfileName>,
    waiting: Vec<Waiter>,
    /// Clients that wait for the vault.
    for_vault: Vec<ClientId>,
    /// Clients that asked for several profiles at once.
    several: BTreeSet<ClientId>,
    /// Clients that want to see each change, with what they saw last.
    watchers: Vec<(ClientId, Option<View>)>,
    main: MainWindow,
    /// What the last sign-in of a profile came to, and when, where that was nothing.
    failed: BTreeMap<ProfileName, (Timestamp, Problem)>,
    /// Granted and being written.
    granted: BTreeMap<Attempt, (Granted, Credentials)>,
    records: Records,
    telling: Telling,
    unasked: Unasked,
    wsl_told: WslTold,
    /// What an organisation offers, as it was shown.
    offer: Option<(String, Offer)>,
    last_attempt: u64,
    commands: Vec<Command>,
}

impl Controller {
    pub fn new(fixed: Fixed, memory: Memory) -> Self {
        Self {
            fixed,
            files: Files::default(),
            policy: None,
            policy_withdrawn: None,
            profiles: Profiles::default(),
            sessions: BTreeMap::new(),
            assumed: Assumed::default(),
            memory,
            gate: Gate::default(),
            isolated: Isolated::new(),
            shells: BTreeMap::new(),
            keys: BTreeMap::new(),
            vault: VaultState::default(),
            arranging: BTreeMap::new(),
            arrange_again: BTreeSet::new(),
            taken_over: BTreeSet::new(),
            not_arranged: BTreeSet::new(),
            waiting: vec![],
            for_vault: vec![],
            several: BTreeSet::new(),
            watchers: vec![],
            main: MainWindow::default(),
            failed: BTreeMap::new(),
            granted: BTreeMap::new(),
            records: Records::default(),
            telling: Telling::default(),
            unasked: Unasked::default(),
            wsl_told: WslTold::new(),
            offer: None,
            last_attempt: 0,
            commands: vec![],
        }
    }

    pub fn handle(&mut self, input: Input, now: Timestamp) -> Vec<Command> {
        self.clock_says(now);
        match input {
            Input::Person(action) => self.person(action, now),
            Input::Client { client, request, environment, files } => match files {
                Err(problem) if request.depends_on_files() => {
                    self.refuse_other_files(client, &request, &problem);
                }
                _ => self.client(client, *request, *environment, now),
            },
            Input::ClientGone(client) => {
                self.waiting.retain(|waiter| waiter.client != client);
                self.for_vault.retain(|waiting| *waiting != client);
                self.watchers.retain(|(watcher, _)| *watcher != client);
                self.several.remove(&client);
                self.window_gone(client);
            }
            Input::WindowEnded { attempt, outcome } => self.window_ended(attempt, outcome, now),
            Input::Granted { attempt, profile, result } => self.granted(attempt, profile, result, now),
            Input::Written { attempt, profile, result } => self.written(attempt, profile, result, now),
            Input::Taken { attempt, profile, result } => self.taken(attempt, &profile, result, now),
            Input::RoleWritten { attempt, profile, result } => {
                self.role_written(attempt, &profile, result, now);
            }
            Input::KitSaid { client, result } => self.served(client, result),
            Input::Forgotten { profile, result } => self.forgotten(&profile, result, now),
            Input::FilesRead(files) => self.files_read(*files, now),
            Input::Arranged { profile, result } => self.arranged(&profile, result),
            Input::VaultRead(result) => self.vault_read(result, now),
            Input::Sealed { label, result } => self.sealed(label, result),
            Input::Visited { client, profile, result } => match (client, result) {
                (Some(client), Ok(url)) => {
                    let role = self.keys.get(&profile).and_then(|held| held.role.clone());
                    self.answer(client, Reply::Console { profile, role, url });
                }
                (Some(client), Err(problem)) => self.answer(client, waiting::trouble(&profile, &problem)),
                (None, Ok(_)) => {}
                (None, Err(problem)) => self.notify(&profile, Notice::Failed(problem)),
            },
            Input::Copied { client: Some(client), profile, result, .. } => {
                let seconds = self.settings().clear_clipboard_after.as_secs();
                let told = Told::Copied { clears_after: u32::try_from(seconds).unwrap_or(u32::MAX) };
                self.answer(
                    client,
                    match result {
                        Ok(()) => Reply::Window { told },
                        Err(problem) => waiting::trouble(&profile, &problem),
                    },
                );
            }
            Input::Copied { client: None, profile, shell, result } => {
                let time = self.settings().clear_clipboard_after;
                self.commands.push(Command::Notify(match result {
                    Ok(()) => notice::of_copy(&profile, shell, time),
                    Err(problem) => notice::of_problem(Some(profile), &problem.report()),
                }));
            }
            Input::Examined { client, mut findings, variables } => {
                if let Err(problem) = &self.fixed.network {
                    findings.push(Finding::problem("environment", problem));
                }
                self.main.findings.clone_from(&findings);
                let (config, credentials) = (&self.files.config.path, &self.files.credentials_path);
                let (config, credentials) = (config.display().to_string(), credentials.display().to_string());
                let variables = Some(variables);
                self.answer(client, Reply::Doctor { findings, config, credentials, variables });
            }
            Input::Edited { client, profile, sign_in, result } => {
                self.edited(client, profile, sign_in, result, now)
            }
            Input::Settled { client, result } => {
                self.commands.push(Command::ReadFiles);
                self.served(client, result.map(|()| Told::Done));
            }
            Input::Served { client, result } => self.served(client, result),
            Input::MainWindowEnded(result) => self.main_window_ended(result),
            Input::NamesFound(names) => self.names_found(names),
            Input::IconShown(shown) => self.main.icon = Some(shown),
            Input::BrokerLookedFor(found) => self.main.identity_broker = found,
            Input::VaultKeyReplaced(result) => self.vault_key_replaced(result),
            Input::NothingToSee => self.open_main(Page::Sessions, None),
            Input::OfferRead { client, origin, result } => self.offer_read(client, &origin, result),
            Input::Accepted { client, result } => {
                self.commands.push(Command::ReadFiles);
                let reply = match result {
                    Ok(None) => Reply::Done,
                    Ok(Some(problem)) | Err(problem) => {
                        Reply::Problem { profile: None, problem: problem.report() }
                    }
                };
                self.answer(client, reply);
            }
            Input::UpdateFound { client, result } => {
                self.update_found(client, result.map(|found| *found), now)
            }
            Input::WslWritten { client, profile, outcomes } => self.wsl_written(client, profile, outcomes),
            Input::WslListed { client, result } => self.wsl_listed(client, result),
            Input::LoggedIn => self.logged_in(now),
            Input::Happened(happening) => self.happened(happening, now),
            Input::Zone(zone) => self.fixed.zone = zone,
            Input::Clock => self.clock(now),
        }
        self.replace_vault_key();
        self.tell();
        self.tell_watchers(now);
        self.show_board(now);
        std::mem::take(&mut self.commands)
    }

    fn tell_watchers(&mut self, now: Timestamp) {
        if self.watchers.is_empty() {
            return;
        }
        let view = self.view(now);
        for (client, seen) in self.watchers.iter_mut().filter(|(_, seen)| seen.as_ref() != Some(&view)) {
            *seen = Some(view.clone());
            let reply = Reply::Status { view: view.clone() };
            self.commands.push(Command::Reply { client: *client, reply, last: false });
        }
    }

    fn forgotten(&mut self, profile: &ProfileName, result: Result<Option<Problem>, Problem>, now: Timestamp) {
        // What could not be removed is still there, and still works; nobody wants it renewed.
        if result.is_err() && self.role_profile(profile).is_none() {
            self.unasked_leave(profile);
            self.take_keys_of_file(profile);
            self.read_session(profile, now);
        }
        if result.is_ok() && !self.is_isolated(profile) {
            self.also_in_wsl(profile, None);
        }
        self.record_sign_out(profile, result.is_ok(), now);
        let reply = match &result {
            Ok(_) => Reply::SignedOut { profile: profile.clone() },
            Err(problem) => waiting::trouble(profile, problem),
        };
        for waiter in self.take_waiting(profile, |wants| matches!(wants, Wants::SignOut)) {
            self.answer(waiter.client, reply.clone());
        }
        if let Err(problem) | Ok(Some(problem)) = result {
            self.notify(profile, Notice::Failed(problem));
        }
    }

    /// What there is to show now.
    pub fn view(&self, now: Timestamp) -> View {
        let settings = self.settings();
        let usable = self.profiles.entra().map(|profile| {
            let session = self.sessions.get(&profile.name).cloned().unwrap_or_default();
            let roles = match &session.work {
                Work::Choosing { roles, .. } => roles.iter().map(|offered| offered.role.clone()).collect(),
                _ => self.memory.of(&profile.name).roles,
            };
            let remembered = self.memory.profiles.get(&profile.name);
            let plan = self.plan(&profile.name, &session, now);
            let view = ProfileView::new(profile.name.clone(), &session, roles, &settings.warnings, plan, now);
            let ours = view.role.is_some() && view.until.is_some();
            ProfileView {
                began: remembered.and_then(|remembered| remembered.began).filter(|_| ours),
                recent: remembered.map(|remembered| remembered.recent.clone()).unwrap_or_default(),
                ..view
            }
        });
        let broken =
            self.profiles.broken.iter().map(|(name, problem)| ProfileView::unusable(name.clone(), problem));
        View {
            profiles: usable.chain(broken).collect(),
            role_profiles: self.role_views(now),
            last_used: self.usual_profile().ok(),
            accounts: self.account_names(),
            problems: self.problems().iter().map(Problem::report).collect(),
        }
    }

    pub fn zone(&self) -> &jiff::tz::TimeZone {
        &self.fixed.zone
    }

    /// When [`Input::Clock`] is due next.
    pub fn next_change(&self, now: Timestamp) -> Option<Timestamp> {
        let warnings = &self.settings().warnings;
        let changes: Vec<_> = self
            .sessions
            .iter()
            .filter_map(|(name, session)| session.next_change(warnings, self.plan(name, session, now), now))
            .collect();
        // Sessions that began together end together: what is seconds apart is seen to, and told, at once.
        let first = changes.iter().min().copied();
        let together = changes
            .into_iter()
            .filter(|change| first.is_some_and(|first| *change <= time::after(first, AT_ONCE)));
        together
            .max()
            .into_iter()
            .chain(self.waits_until())
            .chain(self.logs_in_at())
            .chain(self.vault.lifted_at())
            .chain(self.policy_withdrawn_at())
            .chain(self.roles_change_at(now))
            .chain(self.vault.awaited_until(now))
            .min()
    }

    /// What is wrong beyond one profile.
    fn problems(&self) -> Vec<Problem> {
        let path = self.files.config.path.display().to_string();
        let config = match &self.files.config.text {
            Err(problem) => Some(problem.clone()),
            Ok(None) => Some(Problem::ConfigMissing { path }),
            Ok(Some(_)) if self.profiles.entra().next().is_none() && self.profiles.broken.is_empty() => {
                Some(Problem::NoEntraProfile { path })
            }
            Ok(Some(_)) => None,
        };
        let others = [
            self.files.credentials.as_ref().err().cloned(),
            self.files.settings.as_ref().err().cloned(),
            self.files.policy.as_ref().err().cloned(),
            self.vault.key_not_replaced(),
            self.fixed.network.as_ref().err().cloned(),
        ];
        config.into_iter().chain(others.into_iter().flatten()).collect()
    }

    /// What the person chose, as far as the policy leaves it to them.
    fn settings(&self) -> Settings {
        let chosen = self.files.settings.clone().unwrap_or_default();
        self.policy().map_or_else(|| chosen.clone(), |policy| policy.settings(chosen.clone()))
    }

    /// The administrator's policy: the last one that could be read, as long as there is a file.
    fn policy(&self) -> Option<&Policy> {
        self.policy.as_ref()
    }

    /// What the accounts are called: by the person, the policy, or AWS.
    fn account_names(&self) -> BTreeMap<AccountId, String> {
        self.memory.names(self.policy().map(|policy| &policy.accounts))
    }

    fn sign_in(&mut self, name: &ProfileName, wanted: Wanted, door: Door, now: Timestamp) {
        self.used(name);
        self.read_vault_again(now);
        self.begin(name, wanted, Mode::Interactive, door, now);
    }

    fn begin(&mut self, name: &ProfileName, wanted: Wanted, mode: Mode, door: Door, now: Timestamp) {
        self.asked_by(name, mode, door);
        self.forget_shell(name, door);
        let attempt = self.new_attempt();
        self.step(name, Event::SignIn { attempt, wanted, mode }, now);
    }

    fn work(&self, name: &ProfileName) -> Work {
        self.sessions.get(name).map(|session| session.work.clone()).unwrap_or_default()
    }

    fn used(&mut self, name: &ProfileName) {
        if !self.is_isolated(name) && self.memory.last_used.as_ref() != Some(name) {
            self.memory.last_used = Some(name.clone());
            self.commands.push(Command::SaveMemory(self.memory.clone()));
        }
    }

    fn new_attempt(&mut self) -> Attempt {
        self.last_attempt += 1;
        Attempt(self.last_attempt)
    }

    /// One step of one profile's session, and everything that follows from it.
    fn step(&mut self, name: &ProfileName, event: Event, now: Timestamp) {
        let session = self.sessions.remove(name).unwrap_or_default();
        let settings = self.settings();
        let plan = self.plan(name, &session, now);
        let profile = self.gate.profile(name).or_else(|| self.profiles.entra_named(name));
        let context = Context {
            name: name.as_str(),
            default_role: profile.and_then(|profile| profile.default_role.as_ref()),
            provider: profile.and_then(|profile| profile.provider_arn.as_ref()),
            warnings: &settings.warnings,
            plan,
        };
        let before = session.work.clone();
        let (session, effects) = session.step(event, context, now);
        let after = session.work.clone();
        self.sessions.insert(name.clone(), session);
        if matches!(after, Work::Choosing { .. }) && !matches!(before, Work::Choosing { .. }) {
            // Who asked in a terminal chooses there.
            let terminal = |w: &Waiter| w.profile == *name && matches!(w.wants, Wants::SignIn);
            if !self.waiting.iter().any(terminal) && !self.is_isolated(name) {
                self.open_main(Page::Roles { profile: name.clone() }, None);
            }
        }
        if matches!(before, Work::Choosing { .. }) && !matches!(after, Work::Choosing { .. }) {
            self.choice_is_over(name);
        }
        self.tell_waiting(name, &before, &after, &effects, now);
        for effect in effects {
            self.perform(name, effect, now);
        }
    }

    fn perform(&mut self, name: &ProfileName, effect: Effect, now: Timestamp) {
        match effect {
            Effect::OpenSignIn { attempt, mode } => self.open_sign_in(name, attempt, mode, now),
            Effect::ShowSignIn { attempt } => self.show_sign_in(attempt),
            Effect::CloseSignIn { attempt } => self.close_sign_in(attempt, now),
            Effect::Assume { attempt, role, assertion } => match self.usable_signing_profile(name) {
                Ok(profile) => {
                    let endpoint = match self.endpoint_for(name) {
                        Ok(endpoint) => endpoint,
                        Err(problem) => {
                            return self.step(name, Event::Assumed { attempt, result: Err(problem) }, now);
                        }
                    };
                    let partition = role.role.partition();
                    let region = self.shell_region(name).or(profile.region);
                    let region = region.unwrap_or_else(|| partition.default_region().to_owned());
                    let known = self.memory.limit(&role.role, now);
                    let (audience, hours) = (profile.acs_url, profile.duration_hours);
                    let ask = sts::Ask { region, endpoint, role, assertion, audience, hours, known };
                    self.commands.push(Command::Assume { attempt, profile: name.clone(), ask });
                }
                Err(problem) => self.step(name, Event::Assumed { attempt, result: Err(problem) }, now),
            },
            Effect::Forget => {
                self.root_changed(name, None, now);
                self.keys.remove(name);
                if self.is_isolated(name) {
                    return self.forgotten(name, Ok(None), now);
                }
                self.discard(Label::Credentials(name.clone()));
                self.commands.push(Command::Forget { profile: name.clone() });
            }
            Effect::Renew => self.renew(name, Mode::Background, Door::Renewal, now),
            Effect::Ended(result) => self.record_end(name, &result, now),
            Effect::Remember(roles) => {
                let roles: Vec<RoleArn> = roles.into_iter().map(|offered| offered.role).collect();
                let remembered = self.memory.profiles.entry(self.base_name(name)).or_default();
                if remembered.roles != roles {
                    remembered.roles = roles;
                    self.commands.push(Command::SaveMemory(self.memory.clone()));
                }
            }
            Effect::Tell(notice) => self.notify(name, notice),
        }
    }

    fn files_read(&mut self, files: Files, now: Timestamp) {
        let profiles = files
            .profiles()
            .map(|both| Profiles::parse_both(&both, self.fixed.authority_default.as_deref()))
            .unwrap_or_default();
        self.take_policy(&files.policy, now);
        let usable_again = self.files.policy.is_err() && files.policy.is_ok();
        self.profiles = match self.policy() {
            Some(policy) => profiles.map_entra(|profile| policy.apply(profile)),
            None => profiles,
        };
        if self.files.config != files.config {
            self.not_arranged.clear();
        }
        self.files = files;
        self.make_isolated_profiles();
        self.drop_keys_of_others(now);
        if usable_again {
            self.policy_is_usable_again();
        }
        self.discard_unwanted_cookies();
        let names: Vec<_> = self.profiles.entra().map(|profile| profile.name.clone()).collect();
        for name in &names {
            self.arrange(name, now);
            self.read_session(name, now);
        }
        self.read_role_profiles(now);
        self.read_vault();
        for name in std::mem::take(&mut self.main.sign_in) {
            if names.contains(&name) {
                self.sign_in(&name, Wanted::Usual, Door::Window, now);
            }
        }
        // A profile that is gone from the config file takes its session with it, once nothing is under way.
        let busy = |work: &Work| matches!(work, Work::SigningIn { .. } | Work::Assuming { .. });
        self.sessions
            .retain(|name, session| self.profiles.entra_named(name).is_some() || busy(&session.work));
        self.keys.retain(|name, _| !self.isolated.contains_key(name) || self.profiles.named(name).is_some());
    }

    /// Tells a session what is kept for it: in the vault, or in the credentials file where that could be read.
    fn read_session(&mut self, name: &ProfileName, now: Timestamp) {
        // No file says anything of these.
        if self.is_isolated(name) {
            return;
        }
        let process =
            self.profiles.entra_named(name).is_some_and(|p| p.credentials == CredentialsKept::Process);
        let entry = match (self.keys.get(name), &self.files.credentials) {
            (Some(held), _) if process => Some(FileEntry {
                access_key_id: held.credentials.access_key_id.clone(),
                until: Some(held.credentials.expiration),
                role: held.role.clone(),
            }),
            (_, Ok(sections)) => sections.get(name).map(|keys| FileEntry {
                access_key_id: keys.access_key_id.clone(),
                until: keys.until,
                role: self.written_role(name, &keys.access_key_id),
            }),
            (_, Err(_)) => return,
        };
        self.step(name, Event::FileSays(entry), now);
    }

    /// The same, where the policy lets anything new be obtained.
    fn usable_signing_profile(&self, name: &ProfileName) -> Result<EntraProfile, Problem> {
        self.policy_is_usable()?;
        self.signing_profile(name)
    }

    /// The profile as this sign-in reads it: with the client's overrides, where a client asked.
    fn signing_profile(&self, name: &ProfileName) -> Result<EntraProfile, Problem> {
        let profile = match self.gate.profile(name) {
            Some(profile) => profile.clone(),
            None => self.profiles.find(name)?.clone(),
        };
        if profile.credentials == CredentialsKept::Process {
            credential_process::line(&self.fixed.program, name)?;
        }
        Ok(profile)
    }
}

/// Whether a person waits for what is under way.
fn is_interactive(work: &Work) -> bool {
    match work {
        Work::SigningIn { mode, .. } | Work::Assuming { mode, .. } => *mode == Mode::Interactive,
        Work::Choosing { .. } => true,
        Work::Idle | Work::Failed(_) => false,
    }
}
