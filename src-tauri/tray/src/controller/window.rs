//! The main window: opened once, shown everything, heard.

use super::gate::jar_of;
use super::keys::sign_in_host;
use super::waiting::Wants;
use super::{ClientId, Command, Controller, ProfileEdit};
use crate::notice;
use crate::sealed::{Jar, Label};
use jiff::Timestamp;
use rolecall_core::account_names;
use rolecall_core::audit::Door;
use rolecall_core::client_environment::NetworkSettings;
use rolecall_core::draft::{self, Draft, Field, Wrong};
use rolecall_core::message::window::{Ask, Board, Page, Told};
use rolecall_core::message::{ClientContext, Reply};
use rolecall_core::pod::Pod;
use rolecall_core::policy::Policy;
use rolecall_core::problem::Problem;
use rolecall_core::profile::{Authority, ProfileName};
use rolecall_core::role::{AccountId, RoleArn};
use rolecall_core::session::{Event, Wanted};
use rolecall_core::shell::{self, Shell};
use rolecall_core::sign_in::Mode;
use std::collections::BTreeSet;

/// The main window as the controller knows it.
#[derive(Default)]
pub(super) struct MainWindow {
    /// Connections whose requests came from the window: what they are told holds no secret.
    clients: BTreeSet<ClientId>,
    /// Windows that watch, each with the board it saw last.
    watching: Vec<(ClientId, Option<Box<Board>>)>,
    /// A process was started, and has not been heard of.
    opening: bool,
    /// Processes of ours that have not ended.
    running: usize,
    /// The page it shall show.
    page: Option<Page>,
    /// Who asked for it and waits until it is there.
    awaited: Vec<ClientId>,
    pub(super) icon: Option<bool>,
    pub(super) identity_broker: Option<bool>,
    pub(super) findings: Vec<rolecall_core::checkup::Finding>,
    /// Profiles to sign in to as soon as the config file is read again.
    pub(super) sign_in: BTreeSet<ProfileName>,
}

impl MainWindow {
    /// A connection has had its last answer.
    pub(super) fn forget(&mut self, client: ClientId) {
        self.clients.remove(&client);
    }
}

impl Controller {
    pub(super) fn open_main(&mut self, page: Page, asked_by: Option<ClientId>) {
        if self.main.watching.is_empty() {
            self.main.page = Some(page);
            self.main.awaited.extend(asked_by);
            if !std::mem::replace(&mut self.main.opening, true) {
                self.main.running += 1;
                self.commands.push(Command::OpenMainWindow { display: self.gate.display.clone() });
            }
            return;
        }
        // After what the page shows.
        self.main.page = Some(page);
        if let Some(client) = asked_by {
            self.answer(client, Reply::Done);
        }
    }

    /// A role was chosen elsewhere before the window that comes for it was there: it has nothing to ask any more.
    pub(super) fn choice_is_over(&mut self, name: &ProfileName) {
        if self.main.page == Some(Page::Roles { profile: name.clone() }) {
            self.main.page = Some(Page::Sessions);
        }
    }

    pub(super) fn main_window_ended(&mut self, result: Result<(), Problem>) {
        // One that was closed may end after the next was started.
        self.main.running = self.main.running.saturating_sub(1);
        if self.main.running > 0 {
            return;
        }
        self.main.opening = false;
        let awaited = std::mem::take(&mut self.main.awaited);
        // Closed before it was seen to be there counts as opened: that is for whoever closed it to know.
        let Err(problem) = result else {
            return awaited.into_iter().for_each(|client| self.answer(client, Reply::Done));
        };
        if awaited.is_empty() && self.main.page.take().is_some() {
            self.commands.push(Command::Notify(notice::of_problem(None, &problem.report())));
        }
        for client in awaited {
            self.answer(client, Reply::Problem { profile: None, problem: problem.report() });
        }
    }

    pub(super) fn window_gone(&mut self, client: ClientId) {
        self.main.clients.remove(&client);
        self.main.watching.retain(|(watching, _)| *watching != client);
        self.main.awaited.retain(|awaited| *awaited != client);
    }

    /// What a reply becomes for the window's eyes: no variant of [`Told`] could hold a secret.
    pub(super) fn for_window(&self, client: ClientId, reply: Reply) -> Reply {
        if !self.main.clients.contains(&client) {
            return reply;
        }
        let told = match reply {
            Reply::Window { told } => told,
            Reply::Problem { problem, .. } => Told::Problem { problem },
            Reply::Doctor { findings, .. } => Told::Findings { findings },
            Reply::Update { update } => Told::Update { update },
            _ => Told::Done,
        };
        Reply::Window { told }
    }

    pub(super) fn show_board(&mut self, now: Timestamp) {
        if self.main.watching.is_empty() {
            return;
        }
        let board = Box::new(self.board(now));
        let page = self.main.page.take();
        for (client, seen) in &mut self.main.watching {
            let mut say = |told| {
                let reply = Reply::Window { told };
                self.commands.push(Command::Reply { client: *client, reply, last: false });
            };
            if seen.as_ref() != Some(&board) {
                *seen = Some(board.clone());
                say(Told::Board { board: board.clone() });
            }
            if let Some(page) = &page {
                say(Told::Turn { page: page.clone() });
            }
        }
    }

    /// # Errors
    /// What is answered as [`Told::Problem`].
    pub(super) fn window(
        &mut self,
        client: ClientId,
        ask: Ask,
        context: ClientContext,
        now: Timestamp,
    ) -> Result<(), Problem> {
        self.main.clients.insert(client);
        let display = self.take_display(context.display);
        match ask {
            Ask::Watch => {
                self.main.opening = false;
                self.main.watching.push((client, None));
                self.commands.push(Command::LookForBroker { display });
                for awaited in std::mem::take(&mut self.main.awaited) {
                    self.answer(awaited, Reply::Done);
                }
                return Ok(());
            }
            Ask::Assume { profile } => self.assume_by_hand(&profile, Door::Window, now)?,
            Ask::FindPods { context } => {
                self.commands.push(Command::RunKit { client, arguments: find_pods(context) });
                return Ok(());
            }
            Ask::BecomePod { pod, name } => {
                self.policy_is_usable()?;
                self.commands.push(Command::RunKit { client, arguments: become_pod(pod, name) });
                return Ok(());
            }
            Ask::SignOut { profile, .. } if self.role_profile(&profile).is_some() => {
                self.sign_out_of_role(&profile, Door::Window, now);
            }
            Ask::SignIn { profile } => {
                self.profiles.find(&profile)?;
                self.sign_in(&profile, Wanted::Usual, Door::Window, now);
            }
            Ask::SignInAll => self.sign_in_all(Door::Window, now),
            Ask::Choose { profile, role } => {
                self.profiles.find(&profile)?;
                self.choose(&profile, role, Door::Window, now);
            }
            Ask::Renew { profile } => {
                self.profiles.find(&profile)?;
                self.renew(&profile, Mode::Interactive, Door::Window, now);
            }
            Ask::Cancel { profile } => self.step(&profile, Event::Cancel, now),
            Ask::SignOut { profile, forget } => {
                self.profiles.find(&profile)?;
                self.wait(client, &profile, Wants::SignOut);
                self.sign_out(&profile, forget, Door::Window, now);
                return Ok(());
            }
            Ask::Console { profile, service } => {
                let visit =
                    self.visit(&profile, service.as_deref(), false, &NetworkSettings::default(), now)?;
                self.commands.push(Command::Visit { client: Some(client), profile, visit });
                return Ok(());
            }
            Ask::Copy { profile, shell } => return self.copy(Some(client), profile, shell),
            Ask::Star { role, starred } => {
                self.memory.favourites.retain(|favourite| *favourite != role);
                self.memory.favourites.extend(starred.then_some(role));
                self.save_memory();
            }
            Ask::UseAlways { profile, role } => {
                self.profiles.find(&profile)?;
                let key = "azure_default_role_arn";
                let set = role.iter().map(|role| (key, role.as_str().to_owned())).collect();
                let remove = if role.is_none() { vec![key] } else { vec![] };
                self.edit(client, profile, ProfileEdit { new: false, set, remove }, false);
                return Ok(());
            }
            Ask::AlsoInto { profile, role, name } => return self.also_into(client, &profile, &role, &name),
            Ask::NameAccount { account, name } => self.name_account(&account, name.as_deref()),
            Ask::ReadLink { text } => {
                let told = match draft::link::read(&text) {
                    Ok(understood) => Told::Link { understood },
                    Err(flaw) => Told::Wrong { wrong: vec![Wrong { field: Field::Link, flaw }] },
                };
                return self.told(client, told);
            }
            Ask::CheckDraft { draft, edits } => {
                let wrong = self.check(&draft, edits.as_ref());
                return self.told(client, Told::Wrong { wrong });
            }
            Ask::SaveDraft { draft, edits } => return self.save_draft(client, draft, edits),
            Ask::ReadDraft { profile } => {
                let draft = draft::of_profile(self.profiles.find(&profile)?);
                return self.told(client, Told::Draft { draft });
            }
            Ask::FindImports => {
                let offered = self.policy().map(Policy::imports).unwrap_or_default();
                self.commands.push(Command::FindImports { client, offered });
                return Ok(());
            }
            Ask::Settle { choices } => {
                let own = self.files.settings.clone().unwrap_or_default().choices();
                let choices =
                    self.policy().map_or_else(|| choices.clone(), |p| p.leave(choices.clone(), own));
                self.commands.push(Command::Settle { client, choices });
                return Ok(());
            }
            Ask::Forget { id } => self.forget_cookies(&id),
            Ask::StartAtLogin { on } => {
                self.commands.push(Command::StartAtLogin { client, on });
                return Ok(());
            }
            Ask::Activity { skip, limit } => {
                self.commands.push(Command::ReadRecords { client, skip, limit });
                return Ok(());
            }
            Ask::ExportActivity => {
                self.commands.push(Command::ExportRecords { client });
                return Ok(());
            }
            Ask::TestNotification => self.commands.push(Command::Notify(notice::of_test())),
            Ask::Doctor => {
                let wsl = self.all_distributions();
                self.commands.push(Command::Examine { client, display, wsl });
                return Ok(());
            }
            Ask::CopyFindings => {
                let text = self.findings_as_text();
                self.commands.push(Command::CopyText { client, text });
                return Ok(());
            }
            Ask::CheckUpdate => return self.look_for_update(client, None),
            Ask::HintRead => {
                self.memory.hint_read = true;
                self.save_memory();
            }
            Ask::Quit => self.quit(now),
        }
        self.told(client, Told::Done)
    }

    fn told(&mut self, client: ClientId, told: Told) -> Result<(), Problem> {
        self.answer(client, Reply::Window { told });
        Ok(())
    }

    pub(super) fn save_memory(&mut self) {
        self.commands.push(Command::SaveMemory(self.memory.clone()));
    }

    pub(super) fn copy(
        &mut self,
        client: Option<ClientId>,
        profile: ProfileName,
        shell: Shell,
    ) -> Result<(), Problem> {
        let region = self.region_of(&profile);
        let Some(held) = self.keys.get(&profile) else {
            return Err(Problem::ProfileSignedOut { profile: profile.as_str().to_owned() });
        };
        let text = shell::text(shell, &held.credentials, region.as_deref(), &[]);
        let time = self.settings().clear_clipboard_after;
        self.commands.push(Command::Copy { client, profile, shell, text, time });
        Ok(())
    }

    /// Every name that a section of the config file has.
    pub(super) fn section_names(&self) -> Vec<ProfileName> {
        let read = self.profiles.profiles.iter().map(|profile| profile.name().clone());
        let broken = self.profiles.broken.iter().chain(&self.profiles.broken_roles);
        read.chain(broken.map(|(name, _)| name.clone())).collect()
    }

    /// What is wrong with a draft, or not allowed here.
    fn check(&self, draft: &Draft, edits: Option<&ProfileName>) -> Vec<Wrong> {
        let mut wrong = draft::check(draft, &self.section_names(), edits);
        let usual = self.fixed.authority_default.as_deref().unwrap_or(Authority::PUBLIC);
        let typed = draft.authority.trim();
        let host = Authority::parse(if typed.is_empty() { usual } else { typed });
        let forbidden = |policy: &Policy| host.is_ok_and(|host| !policy.allows_host(host.url()));
        if wrong.is_empty() && self.policy().is_some_and(forbidden) {
            wrong.push(Wrong { field: Field::Authority, flaw: draft::Flaw::Forbidden });
        }
        wrong
    }

    fn save_draft(
        &mut self,
        client: ClientId,
        mut draft: Draft,
        edits: Option<ProfileName>,
    ) -> Result<(), Problem> {
        self.policy_is_usable()?;
        // A profile keeps its name: scripts and credentials know it by that.
        if let Some(edited) = &edits {
            draft.name = edited.as_str().to_owned();
        }
        let wrong = self.check(&draft, edits.as_ref());
        if !wrong.is_empty() {
            return self.told(client, Told::Wrong { wrong });
        }
        let (set, remove) = draft::keys(&draft);
        let profile = ProfileName::new(draft.name.trim());
        self.edit(client, profile, ProfileEdit { new: edits.is_none(), set, remove }, false);
        Ok(())
    }

    fn also_into(
        &mut self,
        client: ClientId,
        source: &ProfileName,
        role: &RoleArn,
        name: &str,
    ) -> Result<(), Problem> {
        self.policy_is_usable()?;
        let (draft, others) = draft::also_into(self.profiles.find(source)?, role, name);
        let wrong = draft::check(&draft, &self.section_names(), None);
        if !wrong.is_empty() {
            return self.told(client, Told::Wrong { wrong });
        }
        let (mut set, _) = draft::keys(&draft);
        set.extend(others);
        let profile = ProfileName::new(draft.name.trim());
        self.edit(client, profile, ProfileEdit { new: true, set, remove: vec![] }, true);
        Ok(())
    }

    fn edit(&mut self, client: ClientId, profile: ProfileName, edit: ProfileEdit, sign_in: bool) {
        self.commands.push(Command::Edit { client, profile, edit, sign_in });
    }

    pub(super) fn edited(
        &mut self,
        client: ClientId,
        profile: ProfileName,
        sign_in: bool,
        result: Result<Option<Problem>, Problem>,
        now: Timestamp,
    ) {
        if result.is_ok() && sign_in {
            // The files may have been read between the write and this.
            if self.profiles.find(&profile).is_ok() {
                self.sign_in(&profile, Wanted::Usual, Door::Window, now);
            } else {
                self.main.sign_in.insert(profile.clone());
            }
        }
        self.commands.push(Command::ReadFiles);
        let reply = match result {
            Ok(None) => Reply::Window { told: Told::Done },
            Err(Problem::ProfileTaken { .. }) => {
                let wrong = vec![Wrong { field: Field::Name, flaw: draft::Flaw::Taken }];
                Reply::Window { told: Told::Wrong { wrong } }
            }
            Ok(Some(problem)) | Err(problem) => {
                Reply::Problem { profile: Some(profile), problem: problem.report() }
            }
        };
        self.answer(client, reply);
    }

    fn name_account(&mut self, account: &AccountId, name: Option<&str>) {
        let Some(account) = AccountId::parse(account.as_str()) else { return };
        let name = name.and_then(account_names::plain);
        let known = self.memory.accounts.entry(account).or_default();
        known.typed = name.filter(|name| Some(name) != known.listed.as_ref());
        self.save_memory();
    }

    pub(super) fn served(&mut self, client: ClientId, result: Result<Told, Problem>) {
        let reply = match result {
            Ok(told) => Reply::Window { told },
            Err(problem) => Reply::Problem { profile: None, problem: problem.report() },
        };
        self.answer(client, reply);
    }

    pub(super) fn names_found(&mut self, names: Vec<(AccountId, String)>) {
        // Whoever read a page of others is not believed: numbers and short plain names, nothing else.
        for (account, name) in names {
            let pair = AccountId::parse(account.as_str()).zip(account_names::plain(&name));
            if let Some((account, name)) = pair {
                self.memory.accounts.entry(account).or_default().listed = Some(name);
            }
        }
        self.save_memory();
    }

    /// After a sign-in that lists several roles: AWS's own page shows the accounts' names to whoever posts it the
    /// assertion. Nobody waits for it.
    pub(super) fn seek_names(&mut self, name: &ProfileName, now: Timestamp) {
        // What another STS is meant for goes to nobody else.
        if !self.settings().account_names || self.is_isolated(name) {
            return;
        }
        let Ok(profile) = self.usable_signing_profile(name) else { return };
        let Some((roles, assertion)) = self.assertion_of(&profile) else { return };
        if roles.len() < 2 || !self.memory.wants_names(roles.iter().map(RoleArn::account), now) {
            return;
        }
        self.memory.seek_names(roles.iter().map(RoleArn::account), now);
        self.save_memory();
        let url = match self.fixed.sign_in_url.as_deref().map(sign_in_host) {
            Some(Ok(base)) => format!("{}/saml", base.as_str().trim_end_matches('/')),
            // An assertion goes nowhere unencrypted; the console says what is wrong with that address.
            Some(Err(_)) => return,
            None => profile.acs_url.clone(),
        };
        self.commands.push(Command::FindNames { url, assertion });
    }

    fn forget_cookies(&mut self, id: &str) {
        let Some(jar) = self.gate.jars().find(|jar| super::board::jar_id(jar) == *id).cloned() else {
            return;
        };
        self.forget_jar(&jar);
    }

    pub(super) fn forget_jar(&mut self, jar: &Jar) {
        self.gate.forget(jar);
        self.memory.people.remove(&super::board::jar_id(jar));
        self.save_memory();
        self.discard(Label::Cookies(jar.clone()));
        self.vault.replace_key();
    }

    /// Of every sign-on that is known of, whether its cookies were read yet or not.
    pub(super) fn forget_all_cookies(&mut self) {
        let kept = self.gate.jars().chain(self.vault.sealed_cookies()).cloned();
        let jars: BTreeSet<_> = kept.chain(self.profiles.entra().map(jar_of)).collect();
        for jar in jars {
            self.forget_jar(&jar);
        }
    }

    fn findings_as_text(&self) -> String {
        let line = |finding: &rolecall_core::checkup::Finding| {
            let help = finding.help.as_ref().map(|help| format!("\n    {help}")).unwrap_or_default();
            format!("{:?} {}: {}{help}", finding.verdict, finding.about, finding.what)
        };
        let version = format!("Rolecall {}", env!("CARGO_PKG_VERSION"));
        std::iter::once(version).chain(self.main.findings.iter().map(line)).collect::<Vec<_>>().join("\n")
    }
}

/// What `rolecall-kit` is asked; it answers with one [`Told`].
fn find_pods(context: Option<String>) -> Vec<String> {
    let mut arguments = vec!["pod".to_owned(), "--told".to_owned()];
    arguments.extend(context.map(|context| format!("--context={context}")));
    arguments
}

fn become_pod(pod: Pod, name: Option<String>) -> Vec<String> {
    let mut arguments = find_pods(Some(pod.context));
    arguments.push(format!("--namespace={}", pod.namespace));
    arguments.push(format!("--service-account={}", pod.service_account));
    arguments.extend(name.map(|name| format!("--as={name}")));
    arguments
}
