//! One day of one person: the controller, a clock, and everything that it has asked of the world so far.

use base64::Engine as _;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use rolecall_core::audit::Entry;
use rolecall_core::client_environment::{ClientEnvironment, NetworkSettings};
use rolecall_core::credentials::Credentials;
use rolecall_core::message::{ClientContext, Reply, Request};
use rolecall_core::problem::Problem;
use rolecall_core::profile::{CredentialsKept, ProfileName};
use rolecall_core::role::RoleArn;
use rolecall_core::secret::Secret;
use rolecall_core::session::Attempt;
use rolecall_core::settings::{Renew, Settings};
use rolecall_core::sign_in::{self, Cookie, Outcome, SameSite};
use rolecall_core::update::{Installed, Running};
use rolecall_core::view::{ProfileView, View};
use rolecall_tray::controller::{ClientId, Command, Config, Controller, Files, Fixed, Input, Keys};
use rolecall_tray::memory::Memory;
use rolecall_tray::menu::Action;
use rolecall_tray::sealed::{Content, Label};
use rolecall_tray::sts::{Ask, Grant};
use rolecall_tray::vault::Unsealed;
use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::PathBuf;

pub(crate) const TENANT: &str = "11111111-1111-1111-1111-111111111111";
pub(crate) const ACS: &str = "https://signin.aws.amazon.com/saml";
pub(crate) const PAGE: &str = "https://login.microsoftonline.com";

pub(crate) struct Day {
    controller: Controller,
    pub(crate) now: Timestamp,
    /// What is to be done and was not taken by the test yet, in order.
    pub(crate) commands: Vec<Command>,
    files: Files,
    pub(crate) memory: Memory,
    /// What is sealed.
    pub(crate) vault: BTreeMap<Label, Content>,
    /// The keychain does not give its key.
    pub(crate) locked: bool,
    /// Nobody has answered its question yet.
    pub(crate) unlocking: bool,
    /// How often the main window was to be opened.
    pub(crate) opened: usize,
    /// The audit log.
    pub(crate) records: Vec<Entry>,
    /// Where AWS was asked for the accounts' names.
    pub(crate) names_sought: Vec<String>,
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

pub(crate) fn name(text: &str) -> ProfileName {
    ProfileName::new(text)
}

pub(crate) fn role(text: &str) -> RoleArn {
    let (account, name) = text.split_once('/').expect("ACCOUNT/NAME");
    RoleArn::parse(&format!("arn:aws:iam::{account}:role/{name}")).expect("a role")
}

/// The keys of a profile of the invented tenant, to be put below a header.
pub(crate) fn entra() -> String {
    format!(
        "azure_tenant_id={TENANT}\nazure_app_id_uri=https://signin.aws.amazon.com/saml#2\nazure_default_username=ada@example.org\nazure_default_duration_hours=8\n"
    )
}

impl Day {
    /// Eight in the morning, with this config file; nothing is renewed unasked.
    pub(crate) fn with_config(config: &str) -> Self {
        Self::continued(config, Memory::default(), BTreeMap::new(), at("2026-11-22T08:00:00Z"))
    }

    /// The same with the usual settings.
    pub(crate) fn renewing(config: &str) -> Self {
        let mut day = Self::with_config(config);
        day.files(|files| files.settings = Ok(Settings::default()));
        day
    }

    /// The usual settings, at another time.
    pub(crate) fn continued_with_usual_settings(config: &str, now: Timestamp) -> Self {
        let mut day = Self::continued(config, Memory::default(), BTreeMap::new(), now);
        day.files(|files| files.settings = Ok(Settings::default()));
        day
    }

    /// The process ends and starts again; memory, files and vault are still there.
    pub(crate) fn restarted(&self) -> Self {
        self.restarted_with(self.files.config.text.clone().expect("readable"))
    }

    /// The same, with another config file, or none.
    pub(crate) fn restarted_with(&self, config: Option<String>) -> Self {
        let keys = self.files.credentials.clone().expect("readable");
        let mut day = Self::new("", self.memory.clone(), keys, self.now);
        day.files.config.text = Ok(config);
        day.files.settings = self.files.settings.clone();
        (day.vault, day.locked, day.unlocking) = (self.vault.clone(), self.locked, self.unlocking);
        day.input(Input::FilesRead(Box::new(day.files.clone())));
        day
    }

    /// After a restart: with what the disk still knows.
    pub(crate) fn continued(
        config: &str,
        memory: Memory,
        keys: BTreeMap<ProfileName, Keys>,
        now: Timestamp,
    ) -> Self {
        let mut day = Self::new(config, memory, keys, now);
        day.input(Input::FilesRead(Box::new(day.files.clone())));
        day
    }

    /// On a system that has no WSL beside it.
    pub(crate) fn without_wsl(config: &str) -> Self {
        let fixed = Fixed { wsl: false, ..fixed() };
        let now = at("2026-11-22T08:00:00Z");
        let mut day = Self::of(fixed, config, Memory::default(), BTreeMap::new(), now);
        day.input(Input::FilesRead(Box::new(day.files.clone())));
        day
    }

    fn new(config: &str, memory: Memory, keys: BTreeMap<ProfileName, Keys>, now: Timestamp) -> Self {
        Self::of(fixed(), config, memory, keys, now)
    }

    fn of(
        fixed: Fixed,
        config: &str,
        memory: Memory,
        keys: BTreeMap<ProfileName, Keys>,
        now: Timestamp,
    ) -> Self {
        let files = Files {
            config: Config {
                path: PathBuf::from("/home/ada/.aws/config"),
                text: Ok(Some(config.to_owned())),
            },
            credentials: Ok(keys),
            settings: Ok(Settings { renew: Renew::Off, ..Settings::default() }),
            ..Files::default()
        };
        let controller = Controller::new(fixed, memory.clone());
        Self {
            controller,
            now,
            commands: vec![],
            files,
            memory,
            vault: BTreeMap::new(),
            locked: false,
            unlocking: false,
            opened: 0,
            records: vec![],
            names_sought: vec![],
        }
    }

    pub(crate) fn input(&mut self, input: Input) {
        let locked = || Problem::KeychainUnavailable { reason: "it is locked".into() };
        for command in self.controller.handle(input, self.now) {
            match command {
                Command::SaveMemory(memory) => self.memory = memory,
                Command::ReadVault if self.unlocking => {}
                Command::ReadVault if self.locked => self.input(Input::VaultRead(Err(locked()))),
                Command::ReadVault => {
                    let items = self.vault.clone().into_iter().collect();
                    self.input(Input::VaultRead(Ok(Unsealed { items, problems: vec![] })));
                }
                Command::Seal { item: (label, _) } if self.locked => {
                    self.input(Input::Sealed { label, result: Err(locked()) });
                }
                Command::Seal { item: (label, content) } => {
                    self.vault.insert(label.clone(), content);
                    self.input(Input::Sealed { label, result: Ok(()) });
                }
                Command::Discard { label } => _ = self.vault.remove(&label),
                Command::OpenMainWindow { .. } => self.opened += 1,
                Command::Silence { .. } => {}
                Command::Record(entry) => self.records.push(entry),
                Command::FindNames { url, .. } => self.names_sought.push(url),
                command => self.commands.push(command),
            }
        }
    }

    /// A client whose environment says nothing of its own.
    pub(crate) fn asks(&mut self, client: u64, request: Request) {
        self.asks_with(client, &[], request);
    }

    /// A client with these variables.
    pub(crate) fn asks_with(&mut self, client: u64, variables: &[(&str, &str)], request: Request) {
        let set = |name: &str| {
            let (_, value) = variables.iter().find(|(known, _)| *known == name)?;
            Some(std::ffi::OsString::from(*value))
        };
        let environment = Box::new(ClientEnvironment::read(&set));
        let request = Box::new(request);
        self.input(Input::Client { client: ClientId(client), request, environment, files: Ok(()) });
    }

    /// A client wants the credentials of the profile `work`.
    pub(crate) fn wants_keys(&mut self, client: u64, may_ask: bool) {
        let context = ClientContext::default();
        let by_tool = false;
        self.asks(client, Request::Credentials { profile: Some(name("work")), may_ask, by_tool, context });
    }

    /// The same, by a `credential_process`.
    pub(crate) fn a_tool_wants_keys(&mut self, client: u64) {
        let context = ClientContext::default();
        let profile = Some(name("work"));
        self.asks(client, Request::Credentials { profile, may_ask: true, by_tool: true, context });
    }

    /// The access key id that a client was given, or the code of its problem; nothing while it waits.
    pub(crate) fn got(&mut self, client: u64) -> Option<String> {
        match self.replies(client).pop()? {
            Reply::Credentials { credentials, .. } => Some(credentials.access_key_id),
            Reply::Problem { problem, .. } => Some(problem.code),
            Reply::Progress { .. } => None,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn press(&mut self, action: Action) {
        self.input(Input::Person(action));
    }

    pub(crate) fn files(&mut self, change: impl FnOnce(&mut Files)) {
        change(&mut self.files);
        self.input(Input::FilesRead(Box::new(self.files.clone())));
    }

    pub(crate) fn client_signs_in(&mut self, client: u64, profile: Option<&str>, role: Option<&str>) {
        let request = Request::SignIn {
            profile: profile.map(ProfileName::new),
            role: role.map(str::to_owned),
            context: ClientContext::default(),
        };
        self.asks(client, request);
    }

    /// When the controller wants to be rung next.
    pub(crate) fn next_change(&self) -> Option<Timestamp> {
        self.controller.next_change(self.now)
    }

    /// Lets the clock run to `until`, ringing at each instant that the controller asked for.
    pub(crate) fn run_until(&mut self, until: Timestamp) {
        while let Some(next) = self.controller.next_change(self.now).filter(|next| *next <= until) {
            self.now = next;
            self.input(Input::Clock);
        }
        self.now = until;
    }

    /// The machine sleeps: nothing rings until it wakes.
    pub(crate) fn sleep_until(&mut self, until: Timestamp) {
        self.now = until;
        self.input(Input::Clock);
    }

    /// The sections of the credentials file.
    pub(crate) fn credentials(&self) -> &BTreeMap<ProfileName, Keys> {
        self.files.credentials.as_ref().expect("readable")
    }

    pub(crate) fn view(&self) -> View {
        self.controller.view(self.now)
    }

    pub(crate) fn profile(&self, wanted: &str) -> ProfileView {
        self.view().profiles.into_iter().find(|p| p.name.as_str() == wanted).expect("a profile")
    }

    /// The titles and bodies of the notifications since the last call.
    pub(crate) fn told(&mut self) -> Vec<String> {
        let mut told = vec![];
        self.commands.retain(|command| match command {
            Command::Notify(n) => {
                told.push(format!("{} | {}", n.title, n.body));
                false
            }
            _ => true,
        });
        told
    }

    pub(crate) fn replies(&mut self, to: u64) -> Vec<Reply> {
        let mut replies = vec![];
        self.commands.retain(|command| match command {
            Command::Reply { client, reply, .. } if client.0 == to => {
                replies.push(reply.clone());
                false
            }
            _ => true,
        });
        replies
    }

    /// The windows to open, taken.
    pub(crate) fn windows(&mut self) -> Vec<(Attempt, sign_in::Request)> {
        let mut windows = vec![];
        self.commands.retain(|command| match command {
            Command::OpenWindow { attempt, request, .. } => {
                windows.push((*attempt, request.clone()));
                false
            }
            _ => true,
        });
        windows
    }

    /// The only window to open, taken.
    pub(crate) fn window(&mut self) -> (Attempt, sign_in::Request) {
        let mut windows = self.windows();
        assert_eq!(windows.len(), 1, "one window");
        windows.remove(0)
    }

    /// Entra signs the person in on this window's page, with these roles.
    pub(crate) fn entra_answers(&mut self, window: &(Attempt, sign_in::Request), roles: &[&str]) {
        let response = answer_to(&window.1, roles, self.now);
        self.window_ends(window.0, captured(&response));
    }

    pub(crate) fn window_ends(&mut self, attempt: Attempt, outcome: Outcome) {
        self.input(Input::WindowEnded { attempt, outcome: Ok(outcome) });
    }

    /// The click, and Entra's page with these roles.
    pub(crate) fn sign_in(&mut self, roles: &[&str]) {
        self.press(Action::LeftClick);
        let window = self.window();
        self.entra_answers(&window, roles);
    }

    /// What STS is asked, taken; the only such question.
    pub(crate) fn asked(&mut self) -> (Attempt, ProfileName, Ask) {
        let mut asked = vec![];
        self.commands.retain(|command| match command {
            Command::Assume { attempt, profile, ask } => {
                asked.push((*attempt, profile.clone(), ask.clone()));
                false
            }
            _ => true,
        });
        assert_eq!(asked.len(), 1, "one question to STS");
        asked.remove(0)
    }

    /// STS grants what it was asked, and the disk takes it.
    pub(crate) fn aws_grants(&mut self) -> Credentials {
        let (attempt, profile, ask) = self.asked();
        let credentials = Credentials {
            access_key_id: format!("ASIA{}{}", ask.role.role.name().to_uppercase(), attempt.0),
            secret_access_key: Secret::new("secret"),
            session_token: Secret::new("token"),
            expiration: self.now + SignedDuration::from_hours(i64::from(ask.hours)),
        };
        let grant =
            Grant { role: ask.role.role, credentials: credentials.clone(), shortened: None, limit: None };
        self.input(Input::Granted { attempt, profile: profile.clone(), result: Ok(grant) });
        let written = |c: &Command| matches!(c, Command::Write { attempt: a, credentials: w, .. } if *a == attempt && *w == credentials);
        let index = self.commands.iter().position(written).expect("the credentials are written");
        let Command::Write { kept, .. } = self.commands.remove(index) else { unreachable!() };
        self.input(Input::Written { attempt, profile: profile.clone(), result: Ok(None) });
        let keys = keys_of(&credentials);
        // The watch sees the write, as it would.
        self.files(|files| {
            if let Ok(sections) = &mut files.credentials
                && kept == CredentialsKept::File
            {
                sections.insert(profile, keys);
            }
        });
        credentials
    }

    pub(crate) fn aws_refuses(&mut self, problem: Problem) {
        let (attempt, profile, _) = self.asked();
        self.input(Input::Granted { attempt, profile, result: Err(problem) });
    }
}

fn fixed() -> Fixed {
    let mut ids = 0;
    Fixed {
        authority_default: None,
        network: Ok(NetworkSettings::default()),
        sign_in_url: None,
        program: PathBuf::from("/usr/bin/rolecall"),
        running: Running {
            version: "0.1.0".into(),
            installed: Installed::Deb,
            system: "linux-x86_64".into(),
        },
        wsl: true,
        zone: TimeZone::UTC,
        new_request_id: Box::new(move || {
            ids += 1;
            format!("id{ids:08}-0000-0000-0000-000000000000")
        }),
    }
}

/// What STS might grant until then.
pub(crate) fn credentials(until: Timestamp) -> Credentials {
    Credentials {
        access_key_id: "ASIAEXAMPLE".into(),
        secret_access_key: Secret::new("s"),
        session_token: Secret::new("t"),
        expiration: until,
    }
}

/// A section of the credentials file.
pub(crate) fn keys_of(credentials: &Credentials) -> Keys {
    Keys {
        access_key_id: credentials.access_key_id.clone(),
        until: Some(credentials.expiration),
        temporary: Some(credentials.clone()),
    }
}

/// A genuine answer to the AuthnRequest of this window, for `ACCOUNT/NAME` roles.
pub(crate) fn answer_to(request: &sign_in::Request, roles: &[&str], now: Timestamp) -> String {
    let value = |text: &&str| {
        let role = role(text);
        let provider = format!("arn:aws:iam::{}:saml-provider/Entra", role.account());
        format!("<AttributeValue>{role},{provider}</AttributeValue>")
    };
    let values: String = roles.iter().map(value).collect();
    let xml = format!(
        r#"<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" InResponseTo="{id}" IssueInstant="{now}">
        <samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>
        <Assertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion" IssueInstant="{now}"><AttributeStatement>
        <Attribute Name="https://aws.amazon.com/SAML/Attributes/Role">{values}</Attribute>
        </AttributeStatement></Assertion></samlp:Response>"#,
        id = request_id(request),
    );
    base64::engine::general_purpose::STANDARD.encode(xml)
}

/// The ID of the AuthnRequest in the window's address.
fn request_id(request: &sign_in::Request) -> String {
    let url = url::Url::parse(&request.url).expect("an address");
    let (_, encoded) = url.query_pairs().find(|(name, _)| name == "SAMLRequest").expect("a request");
    let deflated = base64::engine::general_purpose::STANDARD.decode(encoded.as_bytes()).expect("base64");
    let mut xml = String::new();
    flate2::read::DeflateDecoder::new(&deflated[..]).read_to_string(&mut xml).expect("deflate");
    let id = xml.split("ID=\"").nth(1).and_then(|rest| rest.split('"').next());
    id.expect("an ID").to_owned()
}

pub(crate) fn captured(response: &str) -> Outcome {
    Outcome::Captured {
        saml_response: Secret::new(response),
        acs: ACS.into(),
        page: PAGE.into(),
        cookies: vec![cookie()],
        shown: false,
        person_acted: false,
    }
}

pub(crate) fn cookie() -> Cookie {
    Cookie {
        name: "ESTSAUTH".into(),
        value: Secret::new("planted-cookie"),
        domain: ".login.microsoftonline.com".into(),
        path: "/".into(),
        secure: true,
        http_only: true,
        same_site: SameSite::None,
        expires: None,
    }
}
