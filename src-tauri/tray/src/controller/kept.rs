//! Where each profile's credentials are kept: in the credentials file, or in memory and the vault.

use super::{Command, Controller};
use crate::sealed::{Content, Held, Label, Sealed};
use crate::vault::Unsealed;
use jiff::{SignedDuration, Timestamp};
use rolecall_core::credential_process;
use rolecall_core::credentials::Credentials;
use rolecall_core::problem::Problem;
use rolecall_core::profile::{CredentialsKept, EntraProfile, ProfileName};
use rolecall_core::session::Notice;
use std::collections::BTreeSet;

/// What is known of the vault.
#[derive(Debug, Default)]
pub(super) struct VaultState {
    reading: Reading,
    /// What could not be sealed yet.
    pending: BTreeSet<Label>,
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

/// How often a keychain that does not answer is asked again: it may ask the person each time.
const AGAIN: SignedDuration = SignedDuration::from_mins(1);

impl VaultState {
    pub(super) fn is_read(&self) -> bool {
        matches!(self.reading, Reading::Done | Reading::Failed(_))
    }

    /// Whether it is worth another try, for somebody who has nothing otherwise.
    fn is_due_again(&self, now: Timestamp) -> bool {
        matches!(self.reading, Reading::Failed(then) if now.duration_since(then).abs() >= AGAIN)
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

    fn begin_to_read_vault(&mut self) {
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
                for item in items {
                    self.unsealed(item, now);
                }
                for problem in problems {
                    self.say(&problem);
                }
            }
            Err(problem) => self.vault_trouble(&problem),
        }
        self.serve_those_who_waited_for_the_vault(now);
    }

    fn unsealed(&mut self, (label, content): Sealed, now: Timestamp) {
        match (&label, content) {
            (Label::Credentials(name), Content::Credentials(held)) => {
                let Ok(profile) = self.profiles.find(name) else {
                    return self.commands.push(Command::Discard { label });
                };
                let (name, kept) = (name.clone(), profile.credentials);
                // Somebody signed in, or another tool wrote, while the keychain was being unlocked.
                let known = self.keys.contains_key(&name);
                if kept == CredentialsKept::File {
                    let alive = held.credentials.expiration > now && !known;
                    self.push_arrangement(&name, Arrangement::Unserve(alive.then_some(held.credentials)));
                } else if !known {
                    self.keys.insert(name.clone(), held);
                    self.read_session(&name, now);
                }
            }
            (Label::Cookies(jar), Content::Cookies(cookies)) => {
                if self.profiles.entra().any(|p| p.remember_me && super::gate::jar_of(p) == *jar) {
                    self.gate.remember(jar.clone(), cookies);
                } else {
                    self.commands.push(Command::Discard { label });
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
        self.commands.push(match content {
            Some(content) => Command::Seal { item: (label, content) },
            None => Command::Discard { label },
        });
    }

    pub(super) fn sealed(&mut self, label: Label, result: Result<(), Problem>) {
        match result {
            Ok(()) => {
                self.vault.told = false;
                self.vault.pending.remove(&label);
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

    fn vault_trouble(&mut self, problem: &Problem) {
        if !std::mem::replace(&mut self.vault.told, true) {
            self.say(problem);
        }
    }

    /// After the files were read: each profile's keys, and what its section has to say.
    pub(super) fn arrange(&mut self, name: &ProfileName, now: Timestamp) {
        let Ok(profile) = self.profiles.find(name).cloned() else { return };
        match profile.credentials {
            CredentialsKept::File => {
                let before = self.keys.get(name).cloned();
                if self.files.credentials.is_ok() {
                    self.take_keys_of_file(name);
                }
                if profile.our_process.is_some() && self.vault.is_read() {
                    // The profile was switched back to `file`, perhaps while it was signed in.
                    let lost = before.filter(|_| !self.keys.contains_key(name)).map(|held| held.credentials);
                    let alive = lost.filter(|credentials| credentials.expiration > now);
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
            self.keys.insert(name.clone(), held);
            self.seal(Label::Credentials(name.clone()));
            self.push_arrangement(name, Arrangement::Move);
        } else if profile.our_process.as_ref() != Some(&line) {
            self.push_arrangement(name, Arrangement::Serve);
        }
    }

    fn push_arrangement(&mut self, name: &ProfileName, arrangement: Arrangement) {
        let under_way = self.arranging.get(name);
        let done = under_way == Some(&arrangement)
            || under_way == Some(&Arrangement::Move) && arrangement == Arrangement::Serve;
        if !done && !self.not_arranged.contains(name) {
            self.arranging.insert(name.clone(), arrangement.clone());
            self.commands.push(Command::Arrange { profile: name.clone(), arrangement });
        }
    }

    /// What cannot be done is said once, and tried again when the config file has changed.
    pub(super) fn arranged(&mut self, profile: &ProfileName, result: Result<Option<Problem>, Problem>) {
        self.arranging.remove(profile);
        let kept = self.profiles.find(profile).map(|profile| profile.credentials);
        if result.is_err() {
            self.not_arranged.insert(profile.clone());
        } else if kept == Ok(CredentialsKept::File) {
            self.commands.push(Command::Discard { label: Label::Credentials(profile.clone()) });
        }
        if let Err(problem) | Ok(Some(problem)) = result {
            self.notify(profile, &Notice::Failed(problem));
        }
    }

    /// The keys of a profile that keeps them in the credentials file are those that stand there.
    pub(super) fn take_keys_of_file(&mut self, name: &ProfileName) {
        match self.held_in_file(name) {
            Some(held) => _ = self.keys.insert(name.clone(), held),
            None => _ = self.keys.remove(name),
        }
    }

    fn held_in_file(&self, name: &ProfileName) -> Option<Held> {
        let keys = self.files.credentials.as_ref().ok()?.get(name)?;
        let credentials = keys.temporary.clone()?;
        Some(Held { role: self.written_role(name, &keys.access_key_id), credentials })
    }

    fn say(&mut self, problem: &Problem) {
        self.commands.push(Command::Notify(crate::notice::of_problem(None, &problem.report())));
    }
}
