//! The Windows programs, whole, on a stand-in for WebView2 with a Chromium behind it: tray, command line, sign-in and main
//! window, from a typed password to keys that AWS takes.
//!
//! `scripts/cross.sh` says where the programs are; without it these tests are left out, and say so.

use crate::scene::{ADA, SOON};
use rolecall_demo::rig::chromium::Chromiums;
use rolecall_demo::rig::home::entra_keys;
use rolecall_demo::rig::person::Person;
use rolecall_demo::rig::program::Program;
use rolecall_demo::rig::wait;
use rolecall_demo::{Options, Server};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

/// Two thirds of a session of two minutes, and what a sign-in takes on a busy machine.
const RENEWED: Duration = Duration::from_secs(180);

/// What a home of Wine's holds of ours.
struct Windows {
    programs: PathBuf,
    /// `C:\Users\NAME`.
    home: PathBuf,
    folder: tempfile::TempDir,
    chromiums: Chromiums,
    server: Server,
}

impl Windows {
    fn new() -> Option<Self> {
        let programs = PathBuf::from(std::env::var_os("ROLECALL_WINDOW_UNDER_WINE")?).parent()?.to_owned();
        let dll = std::env::var_os("ROLECALL_WEBVIEW2")?;
        let folder = tempfile::tempdir().expect("a folder");
        let place = folder.path().join("runtime/EBWebView/x64");
        std::fs::create_dir_all(&place).expect("a folder");
        std::fs::copy(dll, place.join("EmbeddedBrowserWebView.dll")).expect("the stand-in");
        let server = Server::start(Options { speed: 240, ..Options::default() }).expect("the demo's server");
        let users = PathBuf::from(std::env::var_os("WINEPREFIX")?).join("drive_c/users");
        let homes = std::fs::read_dir(users).expect("Wine's users").flatten().map(|user| user.path());
        let home = homes.into_iter().find(|home| home.join("AppData").is_dir()).expect("a person of Wine's");
        for ours in [".aws", "AppData/Local/Rolecall", "AppData/Roaming/Rolecall"] {
            let _ = std::fs::remove_dir_all(home.join(ours));
        }
        std::fs::create_dir(home.join(".aws")).expect("a folder");
        let config = format!(
            "[profile demo]\r\nregion = eu-central-1\r\n{}azure_default_duration_hours = 8\r\n",
            entra_keys(&server).replace('\n', "\r\n")
        );
        std::fs::write(home.join(".aws/config"), config).expect("a config file");
        let chromiums = Chromiums::start(folder.path().join("notes")).expect("a port");
        Some(Self { programs, home, folder, chromiums, server })
    }

    fn command(&self, name: &str) -> Command {
        let windows = |path: &Path| format!("Z:{}", path.display()).replace('/', "\\");
        let mut command = Command::new("wine");
        command.arg(self.programs.join(name)).env_clear();
        for name in ["PATH", "WINEPREFIX", "DISPLAY", "XAUTHORITY", "HOME", "WINEPATH"] {
            command.envs(std::env::var_os(name).map(|value| (name, value)));
        }
        command
            .env("LANG", "C.UTF-8")
            .env("WINEDEBUG", "-all")
            .env("WINEDLLOVERRIDES", "mscoree,mshtml,winemenubuilder.exe=")
            .env("WEBVIEW2_BROWSER_EXECUTABLE_FOLDER", windows(&self.folder.path().join("runtime")))
            .env("WEBVIEW2_STANDIN_PAGE", self.chromiums.page())
            .env("WEBVIEW2_STANDIN_NOTES", windows(&self.folder.path().join("notes")))
            .env("AWS_ENDPOINT_URL_STS", self.server.aws_url())
            .env("AWS_ENDPOINT_URL_SIGNIN", self.server.aws_url());
        command
    }

    async fn rolecall(&self, words: &[&str]) -> Output {
        let mut command = self.command("rolecall.exe");
        command.args(words);
        tokio::task::spawn_blocking(move || command.output()).await.expect("joined").expect("rolecall.exe")
    }

    fn notes(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("notes")).unwrap_or_default()
    }

    /// A key of the profile in the credentials file.
    fn credential(&self, key: &str) -> Option<String> {
        let file = ini::Ini::load_from_file_noescape(self.home.join(".aws/credentials")).ok()?;
        Some(file.section(Some("demo"))?.get(key)?.to_owned())
    }
}

fn words(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[tokio::test]
#[ignore = "the background service does not hand on where another WebView2 is, nor what the stand-in needs"]
async fn a_day_of_the_whole_product() {
    let Some(windows) = Windows::new() else {
        let _ = std::io::Write::write_all(
            &mut std::io::stderr(),
            b"LEFT OUT: no programs for Windows were given\n",
        );
        return;
    };
    let display = std::env::var("DISPLAY").expect("Wine's display");
    let person = Person::at(&display);
    let log = windows.folder.path().join("tray.log");
    let mut tray = windows.command("rolecall-tray.exe");
    let mut tray = Program::start(tray.arg("--quiet"), Some(&log)).expect("the tray");
    wait::until("a service", SOON, async || {
        windows.rolecall(&["status"]).await.status.success().then_some(())
    })
    .await
    .unwrap_or_else(|late| panic!("{late:?}: {}", std::fs::read_to_string(&log).unwrap_or_default()));

    // A person types; the first role is chosen on the command line.
    let role = "arn:aws:iam::111111111111:role/Developer";
    let mark = windows.server.mark();
    let words_of_it = ["sign-in", "demo", "--role", role];
    let signing_in = windows.rolecall(&words_of_it);
    let typing = async {
        let window = person.window("sign in for demo", SOON).await.expect("the sign-in window");
        person.sign_in(&windows.server, mark, &window, &ADA, SOON).await
    };
    let (signed_in, typed) = tokio::join!(signing_in, typing);
    assert!(
        typed.is_ok() && signed_in.status.success(),
        "{typed:?} {}\n{}",
        words(&signed_in),
        windows.notes()
    );
    let first = windows.credential("aws_access_key_id").expect("keys in the credentials file");
    assert!(person.visible("sign in for demo").is_empty(), "the window is gone");

    // Eight hours take two minutes: by themselves the keys become others, through the cookies, in a window that is not shown.
    let renewed = async || windows.credential("aws_access_key_id").filter(|key| *key != first);
    wait::until("a renewal", RENEWED, renewed)
        .await
        .unwrap_or_else(|late| panic!("{late:?}\n{}", windows.notes()));
    assert!(person.visible("sign in for demo").is_empty(), "no window unasked");
    let engines = windows.notes().matches("environment: folder").count();
    assert!(engines >= 2, "the engine was started again");
    assert_eq!(windows.notes().matches("controller: visible true").count(), 1, "and shown to nobody");

    let status = windows.rolecall(&["status", "--json"]).await;
    let status: Value = serde_json::from_slice(&status.stdout).expect("JSON");
    assert_eq!(status["profiles"][0]["profile"], "demo", "{status:#}");

    let doctor = windows.rolecall(&["doctor"]).await;
    assert!(words(&doctor).contains("WebView2 150.0.0.0"), "the engine was opened: {}", words(&doctor));

    // The main window shows the page of ours.
    let opened = windows.rolecall(&["open"]).await;
    assert!(opened.status.success(), "{}", words(&opened));
    person.window("Rolecall", SOON).await.unwrap_or_else(|late| panic!("{late:?}\n{}", windows.notes()));
    assert!(windows.notes().contains("commit: http://tauri.localhost/"), "{}", windows.notes());

    let quit = windows.rolecall(&["quit"]).await;
    assert!(quit.status.success(), "{}", words(&quit));
    tray.end(SOON).await.expect("ended");
    let faults: Vec<String> =
        windows.notes().lines().filter(|line| line.starts_with("FAULT")).map(str::to_owned).collect();
    assert!(faults.is_empty(), "{faults:#?}");
}
