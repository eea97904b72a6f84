//! Where each profile's credentials are kept: in the credentials file, or in memory and the vault.

use super::gate::{jar_of, sign_on_id};
use super::policy_state::REPLACED;
use super::{Command, Controller};
use crate::sealed::{Content, Held, Jar, Label, Sealed};
use crate::vault::Unsealed;
use jiff::{SignedDuration, Timestamp};
use rolecall_core::credential_process;
use rolecall_core::credentials::Credentials;
use rolecall_core::policy::Policy;
use rolecall_core::problem::Problem;
use rolecall_core::profile::{CredentialsKept, EntraProfile, ProfileName};
use rolecall_core::session::Notice;
use rolecall_core::time;
use std::collections::BTreeSet;

/// What is known of the vault.
#[derive(Debug, Default)]
pub(super) struct VaultState {
    reading: Reading,
    /// What could not be sealed yet.
    pending: BTreeSet<Label>,
    /// What was discarded while it was being read.
    gone: BTreeSet<Label>,
    /// Whose cookies are sealed there, as far as it was read.
    sealed_cookies: BTreeSet<Jar>,
    /// Profiles whose sealed credentials are those of another profile of the same name, which may come back.
    others: BTreeSet<ProfileName>,
    /// How long sign-ins wait for the cookies in it.
    awaited: Option<Timestamp>,
    /// The policy no longer keeps credentials out of plain text: from then on they may go there.
    lifted: Option<Timestamp>,
    /// Something was forgotten: the key goes after it.
    replace_key: bool,
    /// Why the key could not be replaced; tried again as soon as the keychain works.
    key_not_replaced: Option<Problem>,
    /// The trouble was said; it is said again only after it was gone.
    told: bool,
}

#[derive(Debug, Default, PartialEq, Eq)]
enum Reading {
    #[default]
    NotBegun,
    Under,
    Done,
    /// The keychain did not give the key then.
    Failed(Timestamp),
}

/// A keychain that is there answers much sooner; one that asks the person takes longer.
const COOKIES_WAIT: SignedDuration = SignedDuration::from_secs(5);

/// How often a keychain that does not answer is asked again: it may ask the person each time.
const AGAIN: SignedDuration = SignedDuration::from_mins(5);

impl VaultState {
    pub(super) fn is_read(&self) -> bool {
        matches!(self.reading, Reading::Done | Reading::Failed(_))
    }

    /// Whether it is worth another try, for somebody who has nothing otherwise.
    fn is_due_again(&self, now: Timestamp) -> bool {
        matches!(self.reading, Reading::Failed(then) if now.duration_since(then).abs() >= AGAIN)
    }

    /// When those who wait for cookies go on without.
    pub(super) fn awaited_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.awaited.filter(|awaited| *awaited > now)
    }

    pub(super) fn lifted_at(&self) -> Option<Timestamp> {
        self.lifted
    }

    /// Whose cookies are, or may be, on the disk.
    pub(super) fn sealed_cookies(&self) -> impl Iterator<Item = &Jar> {
        self.sealed_cookies.iter()
    }

    /// Before the next command that is not about the vault, and after those that are.
    pub(super) fn replace_key(&mut self) {
        self.replace_key = true;
    }

    pub(super) fn key_not_replaced(&self) -> Option<Problem> {
        self.key_not_replaced.clone()
    }

    /// What it holds is still taken when it comes.
    pub(super) fn go_on_without(&mut self) {
        self.reading = Reading::Done;
    }
}

/// A change of the person's files that follows from where a profile keeps its credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arrangement {
    /// Write the `credential_process`.
    Serve,
    /// The same, and remove our keys from the credentials file.
    Move,
    /// Write what the vault held into the credentials file, if anything, and remove the `credential_process`.
    Unserve(Option<Credentials>),
}

impl Controller {
    /// Once the profiles are known.
    pub(super) fn read_vault(&mut self) {
        if self.vault.reading == Reading::NotBegun {
            self.begin_to_read_vault();
        }
    }

    /// Begins again where it failed, for somebody who has nothing otherwise.
    pub(super) fn read_vault_again(&mut self, now: Timestamp) {
        if self.vault.is_due_again(now) {
            self.begin_to_read_vault();
        }
    }

    /// After a sign-out.
    pub(super) fn discard(&mut self, label: Label) {
        if !self.vault.is_read() {
            self.vault.gone.insert(label.clone());
        }
        self.vault.pending.remove(&label);
        if let Label::Cookies(jar) = &label {
            self.vault.sealed_cookies.remove(jar);
        }
        self.commands.push(Command::Discard { label });
    }

    /// Whether a sign-in has to wait for what is remembered of its sign-on.
    pub(super) fn waits_for_cookies(&mut self, now: Timestamp) -> bool {
        self.vault.reading == Reading::Under
            && now < *self.vault.awaited.get_or_insert(time::after(now, COOKIES_WAIT))
    }

    /// Those that waited in vain begin.
    pub(super) fn go_on_without_cookies(&mut self, now: Timestamp) {
        if self.vault.awaited.is_some_and(|awaited| awaited <= now) {
            self.next_sign_in(now);
        }
    }

    fn begin_to_read_vault(&mut self) {
        self.vault.awaited = None;
        self.vault.reading = Reading::Under;
        self.commands.push(Command::ReadVault);
    }

    pub(super) fn vault_read(&mut self, result: Result<Unsealed, Problem>, now: Timestamp) {
        self.vault.reading = if result.is_ok() { Reading::Done } else { Reading::Failed(now) };
        let names: Vec<_> = self.profiles.entra().map(|profile| profile.name.clone()).collect();
        for name in &names {
            self.arrange(name, now);
        }
        match result {
            Ok(Unsealed { items, problems }) => {
                // Who signed out while the keychain was being unlocked is signed out.
                let gone = std::mem::take(&mut self.vault.gone);
                for item in items.into_iter().filter(|(label, _)| !gone.contains(label)) {
                    self.unsealed(item, now);
                }
                // What could not be sealed before can be now.
                for label in std::mem::take(&mut self.vault.pending) {
                    self.seal(label);
                }
                for problem in problems {
                    self.say(&problem);
                }
            }
            Err(problem) => self.vault_trouble(&problem),
        }
        self.vault.awaited = None;
        self.serve_those_who_waited_for_the_vault(now);
        self.next_sign_in(now);
        self.log_in(now);
    }

    fn unsealed(&mut self, (label, content): Sealed, now: Timestamp) {
        match (&label, content) {
            (Label::Credentials(name), Content::Credentials(held)) => {
                // A profile may be gone for a moment, or be another config file's: what still works is left alone.
                let Ok(profile) = self.profiles.find(name) else {
                    if held.credentials.expiration <= now {
                        self.commands.push(Command::Discard { label });
                    }
                    return;
                };
                let (name, kept) = (name.clone(), profile.credentials);
                // A profile of the same name in another config file, or as it was before: what still works is left
                // alone, and is nobody's here. Of what an older version sealed, nobody knows whose it is.
                if held.of.is_none() || !self.is_of(&name, &held) {
                    if held.credentials.expiration <= now {
                        self.commands.push(Command::Discard { label });
                    } else {
                        self.vault.others.insert(name.clone());
                    }
                    return;
                }
                self.vault.others.remove(&name);
                // Somebody signed in, or another tool wrote, while the keychain was being unlocked.
                let known = self.keys.contains_key(&name);
                if kept == CredentialsKept::File && self.may_be_plain() {
                    let alive = held.credentials.expiration > now && !known;
                    self.push_arrangement(&name, Arrangement::Unserve(alive.then_some(held.credentials)));
                } else if !known {
                    self.keys.insert(name.clone(), held);
                    self.read_session(&name, now);
                }
            }
            (Label::Cookies(jar), Content::Cookies(cookies)) => {
                self.vault.sealed_cookies.insert(jar.clone());
                let theirs = self.profiles.entra().filter(|profile| jar_of(profile) == *jar);
                let wishes: Vec<_> = theirs.map(|profile| profile.remember_me).collect();
                // Somebody changed their mind; cookies that no profile speaks of end by themselves.
                let unwanted = !wishes.is_empty() && !wishes.contains(&true);
                let over = cookies.iter().all(|c| c.expires.is_none_or(|end| end <= now.as_second()));
                if unwanted || over {
                    self.discard(label);
                } else if wishes.contains(&true) {
                    self.gate.remember(jar.clone(), cookies);
                }
            }
            _ => self.say(&Problem::SealedUnreadable { what: label.to_string() }),
        }
    }

    /// Seals what is held under a label now, or removes what was.
    pub(super) fn seal(&mut self, label: Label) {
        let content = match &label {
            Label::Credentials(name) => self.keys.get(name).cloned().map(Content::Credentials),
            Label::Cookies(jar) => self.gate.remembered(jar).map(Content::Cookies),
        };
        match content {
            Some(content) => {
                match &label {
                    Label::Cookies(jar) => _ = self.vault.sealed_cookies.insert(jar.clone()),
                    Label::Credentials(name) => _ = self.vault.others.remove(name),
                }
                self.commands.push(Command::Seal { item: (label, content) });
            }
            None => self.discard(label),
        }
    }

    pub(super) fn sealed(&mut self, label: Label, result: Result<(), Problem>) {
        match result {
            Ok(()) => {
                self.vault.told = false;
                self.vault.pending.remove(&label);
                self.vault.replace_key |= self.vault.key_not_replaced.is_some();
                // The key can be had now: so can what was sealed before.
                if matches!(self.vault.reading, Reading::Failed(_)) {
                    self.begin_to_read_vault();
                }
                for label in std::mem::take(&mut self.vault.pending) {
                    self.seal(label);
                }
            }
            Err(problem) => {
                self.vault.pending.insert(label);
                self.vault_trouble(&problem);
            }
        }
    }

    /// After everything that was discarded.
    pub(super) fn replace_vault_key(&mut self) {
        if std::mem::take(&mut self.vault.replace_key) {
            self.commands.push(Command::ReplaceVaultKey);
        }
    }

    pub(super) fn vault_key_replaced(&mut self, result: Result<(), Problem>) {
        let problem = result.err();
        if let Some(problem) = problem.as_ref().filter(|_| self.vault.key_not_replaced.is_none()) {
            self.say(problem);
        }
        self.vault.key_not_replaced = problem;
    }

    fn vault_trouble(&mut self, problem: &Problem) {
        if !std::mem::replace(&mut self.vault.told, true) {
            self.say(problem);
        }
    }

    /// `sure`: it was looked at for long enough, and is not in the middle of being replaced.
    pub(super) fn policy_changes(&mut self, policy: Option<Policy>, sure: bool, now: Timestamp) {
        let demands = |policy: &Option<Policy>| policy.as_ref().is_some_and(Policy::demands_process);
        if demands(&policy) {
            self.vault.lifted = None;
        } else if demands(&self.policy) && !sure {
            self.vault.lifted = Some(time::after(now, REPLACED));
        }
        self.policy = policy;
    }

    /// Whether it is sure that no policy keeps credentials out of plain text.
    pub(super) fn may_be_plain(&self) -> bool {
        self.vault.lifted.is_none() && self.files.policy.is_ok()
    }

    /// Keys that the policy kept out of plain text go where the profiles want them, once that is sure.
    pub(super) fn arrange_after_policy(&mut self, now: Timestamp) {
        if self.vault.lifted.take_if(|lifted| *lifted <= now).is_some() {
            for name in self.profiles.entra().map(|profile| profile.name.clone()).collect::<Vec<_>>() {
                self.arrange(&name, now);
            }
        }
    }

    /// Of sign-ins that were remembered and may be no longer.
    pub(super) fn discard_unwanted_cookies(&mut self) {
        let wanted = |jar: &Jar| {
            let wishes: Vec<_> =
                self.profiles.entra().filter(|p| jar_of(p) == *jar).map(|p| p.remember_me).collect();
            wishes.is_empty() || wishes.contains(&true)
        };
        let unwanted: Vec<_> = self.vault.sealed_cookies.iter().filter(|jar| !wanted(jar)).cloned().collect();
        for jar in unwanted {
            self.discard(Label::Cookies(jar));
        }
    }

    /// After the files were read: each profile's keys, and what its section has to say.
    pub(super) fn arrange(&mut self, name: &ProfileName, now: Timestamp) {
        let Ok(profile) = self.profiles.find(name).cloned() else { return };
        match profile.credentials {
            CredentialsKept::File => {
                let in_file = self.held_in_file(name).is_some();
                if self.files.credentials.is_ok() && (in_file || profile.our_process.is_none()) {
                    self.take_keys_of_file(name);
                }
                if profile.our_process.is_some() && self.vault.is_read() && self.may_be_plain() {
                    // The profile was switched back to `file`, perhaps while it was signed in. Until its keys stand in
                    // the file, memory and vault keep them.
                    let held = self.keys.get(name).filter(|_| !in_file).map(|held| held.credentials.clone());
                    let alive = held.filter(|credentials| credentials.expiration > now);
                    self.push_arrangement(name, Arrangement::Unserve(alive));
                }
            }
            CredentialsKept::Process => self.arrange_process(&profile),
        }
    }

    fn arrange_process(&mut self, profile: &EntraProfile) {
        let name = &profile.name;
        let Ok(line) = credential_process::line(&self.fixed.program, name) else { return };
        let ours = self.held_in_file(name).filter(|held| held.role.is_some());
        if let Some(held) = ours {
            // The profile was switched to `process` while it was signed in.
            let same = self.is_of(name, &held);
            if !same {
                // They go from there, and nowhere else.
            } else if !self.keys.contains_key(name) || self.keys.get(name) == Some(&held) {
                self.keys.insert(name.clone(), held);
                self.seal(Label::Credentials(name.clone()));
            }
            return self.push_arrangement(name, Arrangement::Move);
        }
        // Another installation of ours may share this home: two of them must not take turns for ever.
        let theirs = profile.our_process.as_ref().is_some_and(|there| *there != line);
        if profile.our_process.is_none() || theirs && self.taken_over.insert(name.clone()) {
            self.push_arrangement(name, Arrangement::Serve);
        }
    }

    pub(super) fn push_arrangement(&mut self, name: &ProfileName, arrangement: Arrangement) {
        if self.not_arranged.contains(name) {
            return;
        }
        match self.arranging.get(name) {
            Some(under_way) if *under_way == arrangement => {}
            // One after the other: what is wanted then is seen by reading the files again.
            Some(_) => _ = self.arrange_again.insert(name.clone()),
            None => {
                self.arranging.insert(name.clone(), arrangement.clone());
                self.commands.push(Command::Arrange { profile: name.clone(), arrangement });
            }
        }
    }

    /// What cannot be done is said once, and tried again when the config file has changed.
    pub(super) fn arranged(&mut self, profile: &ProfileName, result: Result<Option<Problem>, Problem>) {
        let done = self.arranging.remove(profile);
        if result.is_err() {
            self.not_arranged.insert(profile.clone());
        } else {
            match done {
                // What leaves plain text here leaves it there, and the other way round.
                Some(Arrangement::Move) => self.also_in_wsl(profile, None),
                Some(Arrangement::Unserve(credentials)) => {
                    if let Some(credentials) = credentials {
                        self.also_in_wsl(profile, Some(credentials));
                    }
                    if self.vault.reading == Reading::Done && !self.vault.others.contains(profile) {
                        self.discard(Label::Credentials(profile.clone()));
                    }
                }
                Some(Arrangement::Serve) | None => {}
            }
        }
        if self.arrange_again.remove(profile) {
            self.commands.push(Command::ReadFiles);
        }
        if let Err(problem) | Ok(Some(problem)) = result {
            self.notify(profile, Notice::Failed(problem));
        }
    }

    /// The keys of a profile that keeps them in the credentials file are those that stand there.
    pub(super) fn take_keys_of_file(&mut self, name: &ProfileName) {
        match self.held_in_file(name).filter(|held| self.is_of(name, held)) {
            Some(held) => _ = self.keys.insert(name.clone(), held),
            None => _ = self.keys.remove(name),
        }
    }

    fn held_in_file(&self, name: &ProfileName) -> Option<Held> {
        let keys = self.files.credentials.as_ref().ok()?.get(name)?;
        let credentials = keys.temporary.clone()?;
        let role = self.written_role(name, &keys.access_key_id);
        let of = role.as_ref().and_then(|_| self.written_by(name, &keys.access_key_id));
        Some(Held { role, credentials, of })
    }

    /// Whether credentials are those of the profile as it is now, as far as is known.
    fn is_of(&self, name: &ProfileName, held: &Held) -> bool {
        let (Some(of), Some(profile)) = (&held.of, self.profiles.entra_named(name)) else { return true };
        *of == sign_on_id(profile)
    }

    /// After the files were read: a profile that is another one by now has nothing of what its name stood for.
    pub(super) fn drop_keys_of_others(&mut self, now: Timestamp) {
        let other = |(name, held): (&ProfileName, &Held)| (!self.is_of(name, held)).then(|| name.clone());
        for name in self.keys.iter().filter_map(other).collect::<Vec<_>>() {
            self.root_changed(&name, None, now);
            self.keys.remove(&name);
            // It may be sealed, and come back with its profile.
            self.vault.others.insert(name);
        }
    }

    fn say(&mut self, problem: &Problem) {
        self.commands.push(Command::Notify(crate::notice::of_problem(None, &problem.report())));
    }
}
