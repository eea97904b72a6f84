//! The person's files: read when they have changed, the one section written, our own memory kept.

mod section;

pub(crate) use section::{remove_keys, write_keys};

use crate::autostart::Autostart;
use crate::controller::{Arrangement, Config, Files, Keys, ProfileEdit};
use crate::downloads;
use crate::environment::Environment;
use crate::memory::Memory;
use crate::registry;
use rolecall_core::audit::{self, Entry, Log};
use rolecall_core::aws_files::compatibility::identity_conflicts;
use rolecall_core::aws_files::document::{Dialect, Document};
use rolecall_core::aws_files::edit;
use rolecall_core::aws_files::replace::{self, Access, FileError, FileProblem, UpdateError, Waits};
use rolecall_core::checkup::FileSeen;
use rolecall_core::credential_process;
use rolecall_core::credentials::{Credentials, KEYS};
use rolecall_core::draft::{Imported, import};
use rolecall_core::offer::Offer;
use rolecall_core::policy::{self, Policy};
use rolecall_core::problem::Problem;
use rolecall_core::profile::{CredentialsKept, ProfileName, without_secrets};
use rolecall_core::secret::Secret;
use rolecall_core::settings::{self, Choices, CredentialsMode, Settings};
use section::{Refusal, own, remark, remove_from_config, update};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

/// Where the files are, and what they looked like when they were last read.
#[derive(Debug, Clone)]
pub(crate) struct Disk {
    pub(crate) config: PathBuf,
    pub(crate) credentials: PathBuf,
    pub(crate) settings: PathBuf,
    pub(crate) memory: PathBuf,
    /// Where a policy may lie.
    pub(crate) policies: Vec<PathBuf>,
    autostart: Arc<Autostart>,
    pub(crate) audit: Log,
    /// The command line's program.
    program: PathBuf,
    home: Option<PathBuf>,
    config_home: PathBuf,
    last: Option<(Vec<Option<Stamp>>, u64)>,
}

/// Length, time of the content, and of the rest: owner and mode decide whether a policy is believed.
type Stamp = (u64, Option<SystemTime>, (i64, i64));

impl Disk {
    pub(crate) fn new(environment: &Environment, program: PathBuf) -> Self {
        Self {
            program,
            home: environment.home.clone(),
            config_home: environment.config_home.clone(),
            config: environment.aws_files.config.clone(),
            credentials: environment.aws_files.credentials.clone(),
            settings: environment.folders.config.join("settings.toml"),
            memory: environment.folders.state.join("state.json"),
            policies: policy::places(),
            autostart: Arc::new(Autostart::new(
                &environment.config_home,
                rolecall_client::beside("rolecall-tray"),
            )),
            audit: Log::new(&environment.folders.state),
            last: None,
        }
    }

    /// The variables by which programs of ours read the same files.
    pub(crate) fn variables(&self) -> [(&'static str, PathBuf); 2] {
        [("AWS_CONFIG_FILE", self.config.clone()), ("AWS_SHARED_CREDENTIALS_FILE", self.credentials.clone())]
    }

    /// Whether a file has changed since it was read.
    pub(crate) fn changed(&self) -> bool {
        self.last.as_ref() != Some(&self.stamps())
    }

    fn stamps(&self) -> (Vec<Option<Stamp>>, u64) {
        let watched = self.watched();
        // A policy, or its folder, that is a link is not followed: a link to nowhere is not nothing.
        let folders = self.policies.iter().filter_map(|policy| policy.parent());
        let policies = self.policies.iter().map(PathBuf::as_path).chain(folders);
        let policies = policies.map(|path| stamp_of(path.symlink_metadata()));
        let stamps = watched.iter().map(|path| stamp_of(path.metadata())).chain(policies).collect();
        (stamps, registry::stamp(&self.autostart))
    }

    /// The files whose changes by others matter.
    pub(crate) fn watched(&self) -> Vec<PathBuf> {
        let others =
            [&self.config, &self.credentials, &self.settings, &self.autostart.file()].map(PathBuf::clone);
        others.into_iter().chain(self.policies.iter().cloned()).collect()
    }

    pub(crate) fn read(&mut self) -> Files {
        // Before the texts: what changes meanwhile is read again.
        self.last = Some(self.stamps());
        let credentials = replace::read(&self.credentials).map_err(unreadable);
        let credentials = credentials.map(Option::unwrap_or_default);
        Files {
            config: Config {
                path: self.config.clone(),
                text: replace::read(&self.config).map_err(unreadable),
            },
            credentials_settings: credentials.as_deref().map(without_secrets).unwrap_or_default(),
            // Of the text as it is: the one without secrets has other lines, and lacks what is odd.
            credentials_conflicts: credentials
                .as_deref()
                .map(|text| identity_conflicts(text, Dialect::Credentials))
                .unwrap_or_default(),
            credentials: credentials.map(|text| keys(&text)),
            credentials_path: self.credentials.clone(),
            settings: self.read_settings(),
            settings_path: self.settings.clone(),
            policy: Policy::read(&policy::path()),
            start_at_login: self.autostart.is_on(),
        }
    }

    /// # Errors
    /// [`Problem::Autostart`].
    pub(crate) fn start_at_login(&self, on: bool) -> Result<(), Problem> {
        self.autostart.set(on)
    }

    /// Adds to the audit log.
    pub(crate) fn record(&self, entry: &Entry) {
        if let Err(error) = self.audit.append(entry) {
            tracing::warn!("{} was not written: {error}", self.audit.path().display());
        }
    }

    /// The newest entries of the audit log, and whether there are older ones.
    ///
    /// # Errors
    /// [`Problem::FileUnreadable`].
    pub(crate) fn records(&self, skip: u32, limit: u32) -> Result<(Vec<Entry>, bool), Problem> {
        let many = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
        self.audit.read(many(skip), many(limit)).map_err(|error| self.unread_log(&error))
    }

    /// Writes the whole audit log as a table into the person's downloads; where to.
    ///
    /// # Errors
    /// [`Problem::FileUnreadable`], [`Problem::FileUnwritable`].
    pub(crate) fn export_records(&self) -> Result<PathBuf, Problem> {
        let entries = self.audit.all().map_err(|error| self.unread_log(&error))?;
        let folder = downloads::folder(&self.config_home, self.home.as_deref());
        let path = folder.join("rolecall-activity.csv");
        let text = audit::csv(&entries);
        replace::update(&path, Waits::default(), |_| Ok::<_, std::convert::Infallible>(text.clone()))
            .map_err(|error| Problem::FileUnwritable {
                path: path.display().to_string(),
                reason: error.to_string(),
            })?;
        Ok(path)
    }

    fn unread_log(&self, error: &std::io::Error) -> Problem {
        let path = self.audit.path().display().to_string();
        Problem::FileUnreadable { path, reason: error.to_string() }
    }

    /// Writes an organisation's profiles into the config file.
    ///
    /// # Errors
    /// Why not, in which case the file is as it was.
    pub(crate) fn accept(&self, offer: &Offer) -> Result<Option<Problem>, Problem> {
        let path = self.config.display().to_string();
        match replace::update(&self.config, Waits::default(), |text| offer.apply(text, &self.config)) {
            Ok(written) => Ok(remark(&written, path)),
            Err(UpdateError::File(error)) => Err(unwritable(&error)),
            Err(UpdateError::Edit(problem)) => Err(problem),
        }
    }

    /// The two AWS files as `rolecall doctor` looks at them: config, then credentials.
    pub(crate) fn seen(&self) -> [FileSeen; 2] {
        [&self.config, &self.credentials].map(|path| FileSeen {
            path: path.clone(),
            text: replace::read(path).map_err(unreadable),
            mode: mode(path),
            open_to_others: replace::is_open_to_others(path),
        })
    }

    /// Makes the files say where a profile keeps its credentials; what else is to be said of it.
    ///
    /// # Errors
    /// As [`Disk::write`].
    pub(crate) fn arrange(
        &self,
        profile: &ProfileName,
        arrangement: &Arrangement,
    ) -> Result<Option<Problem>, Problem> {
        match arrangement {
            Arrangement::Serve => self.serve(profile),
            Arrangement::Move => {
                Ok(self.serve(profile)?.or(remove_keys(&self.credentials, profile, self.access())?))
            }
            Arrangement::Unserve(credentials) => {
                let written = credentials.as_ref().map_or(Ok(None), |held| self.write(profile, held))?;
                Ok(self.unserve(profile)?.or(written))
            }
        }
    }

    /// Writes our `credential_process` into the profile's section of the config file, never over another tool's. Keys
    /// beside it would come first for some SDKs: they are removed.
    fn serve(&self, profile: &ProfileName) -> Result<Option<Problem>, Problem> {
        let line = credential_process::line(&self.program, profile)?;
        update(&self.config, profile, Access::AsBefore, |text| {
            let document = Document::parse(text, Dialect::Config);
            let there = document.get(profile.as_str(), credential_process::KEY);
            if there.is_some_and(|there| !credential_process::is_ours(&there)) {
                return Err(Refusal::ForeignProcess);
            }
            let text = own(text, Dialect::Config, profile, &[])?;
            Ok(edit::set(&text, Dialect::Config, profile.as_str(), &[(credential_process::KEY, &line)])?)
        })
    }

    fn unserve(&self, profile: &ProfileName) -> Result<Option<Problem>, Problem> {
        update(&self.config, profile, Access::AsBefore, |text| {
            let document = Document::parse(text, Dialect::Config);
            let there = document.get(profile.as_str(), credential_process::KEY);
            if !there.is_some_and(|there| credential_process::is_ours(&there)) {
                return Ok(text.to_owned());
            }
            Ok(edit::remove(text, Dialect::Config, profile.as_str(), &[credential_process::KEY])?)
        })
    }

    /// The policy as it can be read now, and the settings as they count under it.
    pub(crate) fn policy_and_settings(&self) -> (Result<Option<Policy>, Problem>, Settings) {
        let policy = Policy::read(&policy::path());
        let chosen = self.read_settings().unwrap_or_default();
        let settings = match &policy {
            Ok(Some(policy)) => policy.settings(chosen),
            _ => chosen,
        };
        (policy, settings)
    }

    fn read_settings(&self) -> Result<Settings, Problem> {
        let text = replace::read(&self.settings).map_err(unreadable)?;
        Settings::parse(&text.unwrap_or_default())
            .map_err(|reason| Problem::SettingsInvalid { path: self.settings.display().to_string(), reason })
    }

    /// Changes keys of one profile's section of the config file, or begins it.
    ///
    /// # Errors
    /// As [`Disk::write`], and [`Problem::ProfileTaken`].
    pub(crate) fn edit_profile(
        &self,
        profile: &ProfileName,
        wanted: &ProfileEdit,
    ) -> Result<Option<Problem>, Problem> {
        let set: Vec<_> = wanted.set.iter().map(|(key, value)| (*key, value.as_str())).collect();
        update(&self.config, profile, Access::AsBefore, |text| {
            let document = Document::parse(text, Dialect::Config);
            let there = document.profiles().any(|there| there == profile.as_str());
            if wanted.new && there {
                return Err(Refusal::Taken);
            }
            let text = edit::set(text, Dialect::Config, profile.as_str(), &set)?;
            Ok(edit::remove(&text, Dialect::Config, profile.as_str(), &wanted.remove)?)
        })
    }

    /// Writes what the person chose into `settings.toml`; its comments and other keys stay.
    ///
    /// # Errors
    /// Why not, in which case the file is as it was.
    pub(crate) fn settle(&self, choices: &Choices) -> Result<(), Problem> {
        let path = || self.settings.display().to_string();
        let edit = |text: &str| settings::edit(text, choices);
        match replace::update(&self.settings, Waits::default(), edit) {
            Ok(_) => Ok(()),
            Err(UpdateError::File(error)) => Err(unwritable(&error)),
            Err(UpdateError::Edit(reason)) => Err(Problem::SettingsInvalid { path: path(), reason }),
        }
    }

    /// What other tools' files in the person's home hold.
    pub(crate) fn imports(&self) -> Vec<Imported> {
        let Some(home) = &self.home else { return vec![] };
        let text = replace::read(&home.join(".saml2aws")).ok().flatten().unwrap_or_default();
        let mut found = import::saml2aws(&text);
        if home.join(".Leapp").is_dir() {
            found.push(import::leapp());
        }
        found
    }

    /// Who may read the credentials file, as the settings say. Settings that cannot be read allow nothing.
    pub(crate) fn access(&self) -> Access {
        match self.read_settings().map(|settings| settings.credentials_mode) {
            Ok(CredentialsMode::Keep) => Access::AsBefore,
            Ok(CredentialsMode::Private) | Err(_) => Access::OwnerOnly,
        }
    }

    /// Writes the four keys into the profile's section of the credentials file; what else is to be said of it.
    ///
    /// # Errors
    /// Why not, in which case the file is as it was.
    pub(crate) fn write(
        &self,
        profile: &ProfileName,
        credentials: &Credentials,
    ) -> Result<Option<Problem>, Problem> {
        let remark = remove_from_config(&self.config, profile, true)?;
        Ok(write_keys(&self.credentials, profile, credentials, self.access())?.or(remark))
    }

    /// Writes the keys of a role that is kept, after its section, where that is new or another.
    ///
    /// # Errors
    /// As [`Disk::write`].
    pub(crate) fn write_role(
        &self,
        profile: &ProfileName,
        section: Option<&ProfileEdit>,
        kept: CredentialsKept,
        credentials: &Credentials,
    ) -> Result<Option<Problem>, Problem> {
        let remark = section.map(|section| self.edit_profile(profile, section)).transpose()?.flatten();
        let written = match kept {
            CredentialsKept::File => self.arrange(profile, &Arrangement::Unserve(Some(credentials.clone()))),
            CredentialsKept::Process => self.arrange(profile, &Arrangement::Move),
        };
        Ok(written?.or(remark))
    }

    /// Removes the keys, here and from the config file.
    ///
    /// # Errors
    /// As [`Disk::write`].
    pub(crate) fn forget(&self, profile: &ProfileName) -> Result<Option<Problem>, Problem> {
        let removed = remove_keys(&self.credentials, profile, self.access())?;
        Ok(removed.or(remove_from_config(&self.config, profile, false)?))
    }

    pub(crate) fn load_memory(&self) -> Memory {
        Memory::load(&self.memory)
    }

    pub(crate) fn save_memory(&self, memory: &Memory) {
        let Ok(text) = serde_json::to_string_pretty(memory) else { return };
        let saved = replace::update(&self.memory, Waits::default(), |_| {
            Ok::<_, std::convert::Infallible>(text.clone())
        });
        if let Err(error) = saved {
            tracing::warn!("{} was not written: {error}", self.memory.display());
        }
    }
}

fn unwritable(error: &FileError) -> Problem {
    Problem::FileUnwritable { path: error.path.display().to_string(), reason: error.problem.to_string() }
}

fn keys(text: &str) -> BTreeMap<ProfileName, Keys> {
    let document = Document::parse(text, Dialect::Credentials);
    let keys = document.profiles().filter_map(|profile| {
        let access_key_id = document.get(profile, KEYS[0])?.into_owned();
        let until = document.get(profile, KEYS[3]).and_then(|text| text.trim().parse().ok());
        let secret = |key| document.get(profile, key).map(Secret::new);
        let temporary = until.zip(secret(KEYS[1])).zip(secret(KEYS[2])).map(|((expiration, key), token)| {
            let access_key_id = access_key_id.clone();
            Credentials { access_key_id, secret_access_key: key, session_token: token, expiration }
        });
        Some((ProfileName::new(profile), Keys { access_key_id, until, temporary }))
    });
    keys.collect()
}

#[cfg(unix)]
fn mode(path: &Path) -> Option<u32> {
    Some(std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(path).ok()?.permissions()))
}

#[cfg(not(unix))]
fn mode(_: &Path) -> Option<u32> {
    None
}

fn unreadable(error: FileError) -> Problem {
    let path = error.path.display().to_string();
    match error.problem {
        FileProblem::NotUtf8 { line } => {
            Problem::FileNotUnderstood { path, line, reason: "it is not UTF-8 text".into() }
        }
        problem => Problem::FileUnreadable { path, reason: problem.to_string() },
    }
}

#[cfg(unix)]
fn status_changed(metadata: &std::fs::Metadata) -> (i64, i64) {
    use std::os::unix::fs::MetadataExt as _;
    (metadata.ctime(), metadata.ctime_nsec())
}

#[cfg(not(unix))]
fn status_changed(_: &std::fs::Metadata) -> (i64, i64) {
    (0, 0)
}

fn stamp_of(metadata: std::io::Result<std::fs::Metadata>) -> Option<Stamp> {
    let metadata = metadata.ok()?;
    Some((metadata.len(), metadata.modified().ok(), status_changed(&metadata)))
}
