//! A private desktop with the tray running on it, and a person who knows their password.

use crate::proxy::Proxy;
use rolecall_demo::entra::Page;
use rolecall_demo::rig::bus::Bus;
use rolecall_demo::rig::desktop::Desktop;
use rolecall_demo::rig::keyring::Keyring;
use rolecall_demo::rig::notifications::Notifications;
use rolecall_demo::rig::person::{Login, Person};
use rolecall_demo::rig::program::Program;
use rolecall_demo::rig::tray_host::{Item, TrayHost};
use rolecall_demo::rig::wait;
use rolecall_demo::world::PASSWORD;
use rolecall_demo::{Kind, Options, Server};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

/// Anything that a program does by itself, on a busy machine.
pub(crate) const SOON: Duration = Duration::from_secs(30);

pub(crate) const ADA: Login<'_> = Login { user: "ada@example.org", password: PASSWORD, stay: true };

pub(crate) struct Scene {
    pub(crate) tray: Program,
    pub(crate) item: Item,
    pub(crate) person: Person,
    pub(crate) notifications: Notifications,
    pub(crate) host: TrayHost,
    pub(crate) server: Server,
    /// Everything that is not on loopback goes here, and is counted.
    pub(crate) outside: Proxy,
    pub(crate) keyring: Option<Keyring>,
    pub(crate) desktop: Desktop,
}

/// In what a scene differs from the usual one.
#[derive(Default)]
pub(crate) struct Setup<'a> {
    pub(crate) options: Options,
    /// `settings.toml`.
    pub(crate) settings: &'a str,
    /// More lines for the profile `demo`.
    pub(crate) profile: &'a str,
    pub(crate) keychain: Keychain,
}

/// The desktop's keychain when the tray starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Keychain {
    /// A desktop without one.
    #[default]
    Absent,
    Locked,
    Unlocked,
}

impl Keychain {
    async fn start(self, desktop: &Desktop) -> Option<Keyring> {
        const PASSWORD: &str = "a login's password";
        let keyring = match self {
            Self::Absent => return None,
            Self::Unlocked => Keyring::start(desktop, PASSWORD).await,
            Self::Locked => {
                // There must be one before it can be locked.
                drop(Keyring::start(desktop, PASSWORD).await.expect("a keyring"));
                Keyring::start_locked(desktop).await
            }
        };
        Some(keyring.expect("a keychain"))
    }
}

/// One of the programs under test, as built beside this test.
pub(crate) fn program(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("this test's own path");
    let program = test.ancestors().nth(2).expect("the folder of the build").join(name);
    assert!(program.is_file(), "{} is not built: run `make test`", program.display());
    program
}

impl Scene {
    /// The demo's world, with the profile `demo` (ada, nine roles).
    pub(crate) async fn start() -> Self {
        Self::start_with(Options::default(), "").await
    }

    pub(crate) async fn start_with(options: Options, settings: &str) -> Self {
        Self::start_as(Setup { options, settings, ..Setup::default() }).await
    }

    pub(crate) async fn start_as(setup: Setup<'_>) -> Self {
        let server = Server::start(setup.options).expect("the demo's server");
        let desktop = Desktop::start().expect("a private desktop");
        let keys = rolecall_demo::rig::home::entra_keys(&server);
        let config = format!(
            "# kept\n[profile demo]\nregion = eu-central-1\n{keys}azure_default_duration_hours = 8\n{}",
            setup.profile
        );
        desktop.home.write_config(&config).expect("a config file");
        desktop.home.write_settings(setup.settings).expect("settings");
        let keyring = setup.keychain.start(&desktop).await;
        let outside = Proxy::start();
        let command = tray_command(&desktop, &server, &outside);
        Self { keyring, ..Self::start_with_command(desktop, server, outside, command).await }
    }

    pub(crate) async fn start_with_command(
        desktop: Desktop,
        server: Server,
        outside: Proxy,
        mut command: Command,
    ) -> Self {
        let host = TrayHost::start(&desktop.bus).await.expect("a tray host");
        let notifications = Notifications::start(&desktop.bus).await.expect("a notification server");
        let tray = desktop.run(&mut command, "tray").expect("the tray starts");
        let item = host.item(SOON).await.expect("an icon");
        let person = Person::new(&desktop.display);
        Self { tray, item, person, notifications, host, server, outside, keyring: None, desktop }
    }

    /// The tray ends by its menu and starts again.
    pub(crate) async fn restart(&mut self) {
        self.item.press(&["Quit Rolecall"], SOON).await.expect("quit");
        self.tray.end(SOON).await.expect("the tray ends");
        self.start_again().await;
    }

    pub(crate) async fn start_again(&mut self) {
        let mut command = tray_command(&self.desktop, &self.server, &self.outside);
        self.tray = self.desktop.run(&mut command, "tray-again").expect("the tray starts");
        self.item = self.host.item(SOON).await.expect("an icon");
    }

    /// The person logs out and in again: tray, keychain and session bus end, and start anew in the same home.
    pub(crate) async fn log_out_and_in(&mut self, keychain: Keychain) {
        self.item.press(&["Quit Rolecall"], SOON).await.expect("quit");
        self.tray.end(SOON).await.expect("the tray ends");
        self.keyring = None;
        self.desktop.bus = Bus::start().expect("a new session bus");
        self.keyring = keychain.start(&self.desktop).await;
        self.host = TrayHost::start(&self.desktop.bus).await.expect("a tray host");
        self.notifications = Notifications::start(&self.desktop.bus).await.expect("a notification server");
        self.start_again().await;
    }

    /// The person unlocks the keychain while the tray runs.
    pub(crate) async fn unlock_the_keychain(&mut self) {
        self.keyring = None;
        self.keyring = Keychain::Unlocked.start(&self.desktop).await;
    }

    /// Types the way through Entra's pages in the sign-in window.
    pub(crate) async fn type_through_entra(&self, mark: usize, login: &Login<'_>) {
        let window = self.person.window("sign in for demo", SOON).await.expect("the sign-in window");
        self.person.sign_in(&self.server, mark, &window, login, SOON).await.expect("signed in");
    }

    /// Signs in by the menu and chooses `ACCOUNT`, `ROLE`.
    pub(crate) async fn sign_in_as(&self, account: &str, role: &str) {
        self.sign_in_by(&["Sign in"], account, role).await;
    }

    /// The same by another entry of the menu.
    pub(crate) async fn sign_in_by(&self, entry: &[&str], account: &str, role: &str) {
        let mark = self.server.mark();
        self.item.press(entry, SOON).await.expect("Sign in");
        self.type_through_entra(mark, &ADA).await;
        // The accounts get their names a moment later, and the menu is sorted anew: a hand would see that.
        let named =
            |m: &rolecall_demo::rig::menu::Entry| m.all_labels().iter().any(|l| l.starts_with("example-"));
        self.item.menu_when("named accounts", SOON, named).await.expect("named accounts");
        self.item.press(&["Choose a role for demo", account, role], SOON).await.expect("a role");
        self.active(role).await;
    }

    /// Waits until the menu shows this role as active.
    pub(crate) async fn active(&self, role: &str) {
        let label = format!("demo — {role}");
        self.item.menu_when("an active role", SOON, |m| m.find(&[&label]).is_some()).await.expect("active");
    }

    pub(crate) async fn rolecall(&self, arguments: &[&str]) -> Output {
        run(&self.desktop, "rolecall", arguments).await
    }

    /// What the command line prints, once it has succeeded.
    pub(crate) async fn said(&self, arguments: &[&str]) -> String {
        let output = self.rolecall(arguments).await;
        let words = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {words}");
        String::from_utf8(output.stdout).expect("UTF-8")
    }

    /// What `rolecall credential-process` prints for the profile `demo`.
    pub(crate) async fn process_keys(&self) -> Value {
        let said = self.said(&["credential-process", "--profile", "demo"]).await;
        serde_json::from_str(&said).expect("JSON")
    }

    /// `rolecall status --json`.
    pub(crate) async fn status(&self) -> Value {
        let output = self.rolecall(&["status", "--json"]).await;
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).expect("JSON")
    }

    /// How often AWS was asked for a role by an assertion.
    pub(crate) fn assumed(&self) -> usize {
        self.server.count(&Kind::Sts("AssumeRoleWithSAML".into()))
    }

    /// The problem of the profile `demo` by its code, once there is another one than before.
    pub(crate) async fn problem(&self, what: &str) -> String {
        let code = async || {
            let status = self.status().await;
            let profile = &status["profiles"][0];
            let busy = profile["activity"] != "idle";
            let code = profile["problem"]["code"].as_str().map(str::to_owned);
            if busy { None } else { code }
        };
        wait::until(what, Duration::from_secs(60), code).await.expect("a problem")
    }

    pub(crate) fn credentials(&self) -> String {
        std::fs::read_to_string(self.desktop.home.credentials_file()).unwrap_or_default()
    }

    /// The access key id in the profile `demo`.
    pub(crate) fn key_id(&self) -> Option<String> {
        self.desktop.home.credential("demo", "aws_access_key_id")
    }

    /// Waits until the profile holds other keys than `before`.
    pub(crate) async fn new_keys(&self, before: Option<String>) -> String {
        let new = async || self.key_id().filter(|id| Some(id) != before.as_ref());
        wait::until("new keys in the credentials file", SOON, new).await.expect("new keys")
    }

    /// Entra's pages since `mark` at which a person would have had to answer.
    pub(crate) fn questions_since(&self, mark: usize) -> Vec<Page> {
        let page = |kind| match kind {
            Kind::Page(page) if page != Page::Working => Some(page),
            _ => None,
        };
        self.server.log().into_iter().skip(mark).filter_map(|seen| page(seen.kind)).collect()
    }

    /// Nothing left this machine, and no assertion was posted anywhere.
    pub(crate) fn nothing_left(&self) {
        assert_eq!(self.outside.seen(), Vec::<String>::new(), "something wanted to go outside");
        assert_eq!(self.server.acs_posts(), 0);
    }

    /// Every text that programs of ours have written down: logs, state, standard error.
    pub(crate) fn written_down(&self) -> String {
        let mut text = String::new();
        for folder in ["logs", ".local/state", ".local/share", ".config", ".cache", "run", "tmp"] {
            collect(&self.desktop.home.path().join(folder), &mut text);
        }
        text
    }
}

/// The tray on this desktop, its AWS the demo's, everything else through the proxy that counts.
pub(crate) fn tray_command(desktop: &Desktop, server: &Server, outside: &Proxy) -> Command {
    let mut command = desktop.command(program("rolecall-tray"));
    desktop.home.apply_aws(&mut command, server);
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"] {
        command.env(name, outside.url());
    }
    for name in ["NO_PROXY", "no_proxy"] {
        command.env(name, "127.0.0.1,localhost");
    }
    command.env("RUST_LOG", "trace").env("RUST_BACKTRACE", "1");
    // Programs that a test puts there go before the machine's own.
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(own_programs(desktop)).chain(std::env::split_paths(&path));
    command.env("PATH", std::env::join_paths(folders).expect("folders without colons"));
    command
}

/// The tray finds programs here first.
pub(crate) fn own_programs(desktop: &Desktop) -> PathBuf {
    desktop.home.path().join("bin")
}

/// Runs one of the programs to its end; this desktop's servers go on meanwhile.
pub(crate) async fn run(desktop: &Desktop, name: &str, arguments: &[&str]) -> Output {
    let mut command = desktop.command(program(name));
    command.args(arguments);
    let output = tokio::task::spawn_blocking(move || command.output()).await;
    output.expect("joined").expect("the program runs")
}

fn collect(folder: &Path, text: &mut String) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, text);
        } else if let Ok(bytes) = std::fs::read(&path) {
            text.push_str(&String::from_utf8_lossy(&bytes));
        }
    }
}
