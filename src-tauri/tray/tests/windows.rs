//! The real programs as Windows programs: icon, pipe, policy, keychain, menu. Under Wine they run without a
//! web engine, so the session is a web identity's, from the demo's STS. `rolecall.exe` and `rolecall-demo.exe` must be
//! built beside `rolecall-tray.exe`.

#![cfg(windows)]

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rolecall_client::win32::wide;
use rolecall_core::folders::Folders;
use serde_json::Value;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::ptr::null;
use std::time::{Duration, Instant};
use windows::Win32::System::Com::{
    CLSCTX_LOCAL_SERVER, COINIT_MULTITHREADED, CoGetClassObject, CoInitializeEx, IClassFactory,
};
use windows::core::{GUID, IUnknown};
use windows_registry::{CURRENT_USER, LOCAL_MACHINE};
use windows_sys::Win32::UI::WindowsAndMessaging::{
    FindWindowW, GetWindowThreadProcessId, PostMessageW, WM_COMMAND,
};

const SOON: Duration = Duration::from_secs(60);
const ROLE: &str = "arn:aws:iam::222222222222:role/pods/reader";
/// The class that Windows calls when a toast is pressed.
const ACTIVATOR: GUID = GUID::from_u128(0x3a12_d42c_91e9_4e2c_8018_e5e9_2d38_ec78);
const POLICY: &str = r"SOFTWARE\Policies\Rolecall";

fn program(name: &str) -> PathBuf {
    Path::new(env!("CARGO_BIN_EXE_rolecall-tray")).with_file_name(format!("{name}.exe"))
}

/// A process that ends with the test.
struct Ending(Child);

impl Drop for Ending {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A person with a home of their own, and a make-believe AWS.
struct Scene {
    home: tempfile::TempDir,
    aws: String,
    _server: Ending,
}

impl Scene {
    fn new() -> Self {
        let home = tempfile::Builder::new().prefix("Jörg Müller ").tempdir().expect("a folder");
        std::fs::create_dir(home.path().join(".aws")).expect("a folder");
        let token = home.path().join("token");
        let expires = jiff::Timestamp::now().as_second() + 3600;
        let claims = format!(
            r#"{{"iss":"https://oidc.example.org/id/A","sub":"till","aud":["sts.amazonaws.com"],"exp":{expires}}}"#
        );
        std::fs::write(&token, format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims))).expect("written");
        let config = format!(
            "[profile pod]\r\nrole_arn = {ROLE}\r\nweb_identity_token_file = {}\r\nregion = eu-central-1\r\n",
            token.display()
        );
        std::fs::write(home.path().join(".aws/config"), config).expect("written");
        let mut server = Command::new(program("rolecall-demo"));
        server.arg("--server-only").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut server = server.spawn().expect("rolecall-demo.exe");
        let lines = BufReader::new(server.stdout.take().expect("a pipe")).lines();
        let url = |line: String| line.strip_prefix("AWS_ENDPOINT_URL_STS=").map(str::to_owned);
        let aws = lines.map_while(Result::ok).find_map(url).expect("an address");
        Self { home, aws, _server: Ending(server) }
    }

    fn command(&self, name: &str) -> Command {
        let mut command = Command::new(program(name));
        let data = |name: &str| self.home.path().join("AppData").join(name);
        command
            .env_remove("HOME")
            .env("USERPROFILE", self.home.path())
            .env("LOCALAPPDATA", data("Local"))
            .env("APPDATA", data("Roaming"))
            .env("AWS_ENDPOINT_URL_STS", &self.aws)
            .stdin(Stdio::null());
        command
    }

    fn tray(&self) -> Ending {
        let mut command = self.command("rolecall-tray");
        let tray = command.arg("--quiet").stdout(Stdio::null()).spawn().expect("rolecall-tray.exe");
        let tray = Ending(tray);
        // `rolecall` would start another.
        self.until("the pipe", || self.pipe());
        tray
    }

    /// Opened, where the service listens on it.
    fn pipe(&self) -> Option<File> {
        let name = std::fs::read_to_string(self.address()).ok()?;
        File::options().read(true).write(true).open(name.trim_end()).ok()
    }

    /// The file that says which pipe it is.
    fn address(&self) -> PathBuf {
        let local = self.home.path().join(r"AppData\Local");
        let of_home = |name: &str| (name == "LOCALAPPDATA").then(|| local.clone().into_os_string());
        let variable = |name: &str| of_home(name).or_else(|| Some(self.home.path().as_os_str().to_owned()));
        Folders::find(&variable).expect("folders").socket
    }

    fn rolecall(&self, arguments: &[&str]) -> Output {
        self.command("rolecall").args(arguments).output().expect("rolecall.exe")
    }

    fn said(&self, arguments: &[&str]) -> String {
        let output = self.rolecall(arguments);
        let words = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {words}");
        String::from_utf8(output.stdout).expect("text")
    }

    fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.said(arguments)).expect("JSON")
    }

    fn until<T>(&self, what: &str, look: impl Fn() -> Option<T>) -> T {
        let late = Instant::now() + SOON;
        loop {
            if let Some(found) = look() {
                return found;
            }
            assert!(Instant::now() < late, "{what} did not come");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn credentials(&self) -> String {
        std::fs::read_to_string(self.home.path().join(".aws/credentials")).unwrap_or_default()
    }
}

fn ended(mut tray: Ending) {
    let late = Instant::now() + SOON;
    while Instant::now() < late {
        if let Some(status) = tray.0.try_wait().expect("waited") {
            assert!(status.success(), "{status}");
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("it does not end");
}

/// Presses everything that a menu of this process may hold, the newest item first: `Quit Rolecall` is the last that was
/// made.
#[expect(unsafe_code, reason = "as a person's click would")]
fn press_last(tray: &Ending) {
    // SAFETY: the name has a zero at its end, the number is written before it is read, and a message to a window that
    // is gone is one to nobody.
    unsafe {
        let window = FindWindowW(wide("tray_icon_app").as_ptr(), null());
        assert!(!window.is_null(), "it shows no icon");
        let mut process = 0;
        GetWindowThreadProcessId(window, &raw mut process);
        assert_eq!(process, tray.0.id(), "another's icon");
        for command in (1..4_000).rev() {
            PostMessageW(window, WM_COMMAND, command, 0);
        }
    }
}

/// One test: there is one registry and one taskbar.
#[test]
fn a_day_without_a_web_engine() {
    let scene = Scene::new();
    let tray = scene.tray();
    assert_eq!(scene.json(&["status", "--json"])["profiles"], serde_json::json!([]));
    let second = scene.command("rolecall-tray").arg("--quiet").output().expect("a second one");
    assert!(second.status.success());
    assert!(String::from_utf8_lossy(&second.stderr).contains("already running"));

    // Keys for a program, and a profile with keys in the file.
    let keys = scene.json(&["env", "pod", "--shell", "json"]);
    assert!(keys["AccessKeyId"].as_str().is_some_and(|id| id.starts_with("ASIA")), "{}", keys["AccessKeyId"]);
    let auditor = "arn:aws:iam::333333333333:role/Auditor";
    scene.said(&["assume", "pod", auditor, "--as", "plain"]);
    let text = scene.credentials();
    assert!(text.contains("[plain]") && text.contains("aws_session_token"), "no keys in the file");
    let export = scene.rolecall(&["exec", "plain", "--", "cmd", "/c", "echo %AWS_ACCESS_KEY_ID%"]);
    let shown = String::from_utf8_lossy(&export.stdout).trim().to_owned();
    assert!(text.contains(&shown) && shown.starts_with("ASIA"), "{shown}");

    // An organisation that wants nothing in plain text: noticed at once.
    let policy = LOCAL_MACHINE.create(POLICY).expect("a key");
    policy.set_string("credentials", "process").expect("written");
    policy.set_string("organisation", "Example Ltd").expect("written");
    scene.until("the policy", || scene.said(&["policy", "show"]).contains("Example Ltd").then_some(()));
    scene.said(&["assume", "pod", auditor, "--as", "sealed"]);
    assert!(!scene.credentials().contains("[sealed]"), "in plain text");
    scene.said(&["quit"]);
    ended(tray);
    let tray = scene.tray();
    let keys = scene.json(&["credential-process", "sealed"]);
    assert!(keys["AccessKeyId"].as_str().is_some_and(|id| id.starts_with("ASIA")), "{}", keys["AccessKeyId"]);
    assert!(!scene.credentials().contains("[sealed]"), "in plain text");
    LOCAL_MACHINE.remove_tree(POLICY).expect("removed");

    // Whoever looks for help.
    let findings = scene.rolecall(&["doctor"]);
    let words = String::from_utf8_lossy(&findings.stdout).into_owned();
    assert!(words.contains("It keeps the key of the vault."), "{words}");

    press_last(&tray);
    ended(tray);
    let status = scene.rolecall(&["credential-process", "sealed", "--help"]);
    assert!(status.status.success());

    // A notification of its is pressed in the list, now that it has ended: one is started for it.
    let class = format!(r"Software\Classes\CLSID\{{{ACTIVATOR:?}}}\LocalServer32");
    let command =
        CURRENT_USER.open(&class).and_then(|key| key.get_string("")).expect("it has entered itself");
    assert!(command.starts_with('"') && command.ends_with(r#"\rolecall-tray.exe" --toast"#), "{command}");
    let key = CURRENT_USER.open(r"Software\Classes\AppUserModelId\org.rolecall.Rolecall").expect("a key");
    assert_eq!(key.get_string("CustomActivator").ok(), Some(format!("{{{ACTIVATOR:?}}}")));
    // Wine 8 looks for classes only where an installer for everyone writes them.
    LOCAL_MACHINE.create(&class).and_then(|key| key.set_string("", command)).expect("written");
    press_a_notification(&scene);
    LOCAL_MACHINE.remove_tree(&class).expect("removed");
    assert_eq!(scene.json(&["status", "--json"])["profiles"], serde_json::json!([]));
    scene.said(&["quit"]);
    scene.until("its end", || scene.pipe().is_none().then_some(()));
}

/// As far as Wine goes: it starts the program that the class names, with our environment, and finds its factory. The
/// call itself is a test of `notify::activator`.
#[expect(unsafe_code, reason = "as Windows does it")]
fn press_a_notification(scene: &Scene) {
    let command = scene.command("rolecall-tray");
    for (name, value) in command.get_envs() {
        // SAFETY: this process has this one test, and nothing in it reads the environment meanwhile.
        unsafe {
            match value {
                Some(value) => std::env::set_var(name, value),
                None => std::env::remove_var(name),
            }
        }
    }
    // SAFETY: no pointer is given but the class's number.
    unsafe {
        CoInitializeEx(None, COINIT_MULTITHREADED).ok().expect("an apartment");
        let factory: IClassFactory =
            CoGetClassObject(&ACTIVATOR, CLSCTX_LOCAL_SERVER, None).expect("a tray that was started");
        let _activator: IUnknown = factory.CreateInstance(None).expect("an activator");
    }
}
