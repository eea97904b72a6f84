//! An administrator's policy, in force and refused; an organisation's profiles, taken and refused.

use crate::proxy::Proxy;
use crate::scene::{ADA, SOON, Scene, program, tray_command};
use rolecall_demo::rig::desktop::Desktop;
use rolecall_demo::rig::program::Program;
use rolecall_demo::rig::{home, wait};
use rolecall_demo::{Options, Server};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A view of the file system in which `/etc` is another one: nothing of this machine's is touched.
struct Etc(PathBuf);

impl Etc {
    fn with_policy(desktop: &Desktop, policy: &str) -> Self {
        let etc = desktop.home.path().join("etc");
        let copied = Command::new("cp").args(["-a", "/etc"]).arg(&etc).output().expect("cp");
        assert!(etc.join("passwd").exists(), "{}", String::from_utf8_lossy(&copied.stderr));
        let folder = etc.join("rolecall");
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).expect("its mode");
        let this = Self(etc);
        this.write(policy);
        this
    }

    fn write(&self, policy: &str) {
        std::fs::write(self.file(), policy).expect("a policy");
        std::fs::set_permissions(self.file(), std::fs::Permissions::from_mode(0o644)).expect("its mode");
    }

    fn file(&self) -> PathBuf {
        self.0.join("rolecall/policy.toml")
    }

    /// The command with this `/etc`; its owner is root there, whoever runs the test.
    fn inside(&self, desktop: &Desktop, program: &Path, command: &Command) -> Command {
        let mut inside = desktop.command("bwrap");
        inside.args(["--die-with-parent", "--unshare-user", "--uid", "0", "--gid", "0"]);
        inside.args(["--dev-bind", "/", "/", "--bind"]).arg(&self.0).arg("/etc").arg("--").arg(program);
        inside.args(command.get_args());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => inside.env(name, value),
                None => inside.env_remove(name),
            };
        }
        inside
    }
}

fn policy(server: &Server) -> String {
    let host = server.entra_url().trim_start_matches("http://").trim_end_matches('/').to_owned();
    format!(
        "organisation = \"Example GmbH\"\nlogin_hosts = [\"{host}\"]\nremember_sign_in = false\n\
         credentials = \"process\"\nmax_duration_hours = 2\nrenew = \"off\"\n\
         [accounts]\n\"111111111111\" = \"the works\"\n"
    )
}

async fn start(policy: impl Fn(&Server) -> String) -> (Scene, Etc) {
    let server = Server::start(Options::default()).expect("the demo's server");
    let desktop = Desktop::start().expect("a private desktop");
    let keys = home::entra_keys(&server);
    let config = format!(
        "[profile demo]\nregion = eu-central-1\n{keys}azure_default_duration_hours = 8\n\
         azure_default_role_arn = arn:aws:iam::111111111111:role/Developer\nazure_default_remember_me = true\n"
    );
    desktop.home.write_config(&config).expect("a config file");
    let etc = Etc::with_policy(&desktop, &policy(&server));
    let outside = Proxy::start();
    let command = tray_command(&desktop, &server, &outside);
    let command = etc.inside(&desktop, &program("rolecall-tray"), &command);
    (Scene::start_with_command(desktop, server, outside, command).await, etc)
}

#[tokio::test]
async fn a_policy_is_in_force_and_cannot_be_talked_out_of() {
    let (scene, etc) = start(policy).await;
    let mark = scene.server.mark();
    scene.item.press(&["Sign in"], SOON).await.expect("Sign in");
    scene.type_through_entra(mark, &ADA).await;
    scene.active("Developer").await;
    let profile = scene.status().await["profiles"][0].clone();
    let time = |key: &str| profile[key].as_str().expect(key).parse::<jiff::Timestamp>().expect("an instant");
    let hours = time("until").duration_since(time("began")).as_hours();
    assert!(hours <= 2, "{profile}");
    assert_eq!(profile["renews"], serde_json::Value::Null, "renewal is off");
    assert_eq!(scene.key_id(), None, "nothing in plain text");
    let config = std::fs::read_to_string(scene.desktop.home.config_file()).expect("the config file");
    assert!(config.contains("credential_process = "), "{config}");
    // It says whose rule it is.
    let mut show = scene.desktop.command(program("rolecall"));
    show.args(["policy", "show"]);
    let show = etc.inside(&scene.desktop, &program("rolecall"), &show).output().expect("rolecall");
    let said = String::from_utf8_lossy(&show.stdout).into_owned();
    assert!(said.contains("Example GmbH"), "{said}{}", String::from_utf8_lossy(&show.stderr));

    // Another login host is refused, by name, at once.
    etc.write("organisation = \"Example GmbH\"\nlogin_hosts = [\"login.microsoftonline.com\"]\n");
    let forbidden = async || {
        let profile = scene.status().await["profiles"][0].clone();
        (profile["problem"]["code"] == "policy.forbids").then_some(profile)
    };
    wait::until("the refusal", SOON, forbidden).await.expect("refused");

    // A file that others could write is not believed.
    std::fs::set_permissions(etc.file(), std::fs::Permissions::from_mode(0o666)).expect("its mode");
    let refused = async || {
        let problems = scene.status().await["problems"].clone();
        problems.to_string().contains("policy.refused").then_some(())
    };
    wait::until("the policy's refusal", SOON, refused).await.expect("refused");
}

/// An ordinary user on a computer whose `/etc` and whose programs are these. Root could read every file.
struct Nobody {
    etc: PathBuf,
    home: tempfile::TempDir,
}

/// No user of this computer.
const UID: u32 = 54_321;

impl Nobody {
    fn new() -> Self {
        let home = tempfile::Builder::new().permissions(std::fs::Permissions::from_mode(0o755)).tempdir();
        let home = home.expect("a folder");
        let etc = home.path().join("etc");
        let copied = Command::new("cp").args(["-a", "/etc"]).arg(&etc).output().expect("cp");
        assert!(etc.join("passwd").exists(), "{}", String::from_utf8_lossy(&copied.stderr));
        let _ = std::fs::remove_dir_all(etc.join("rolecall"));
        for folder in ["home/.aws", "run", "programs"] {
            std::fs::create_dir_all(home.path().join(folder)).expect("a folder");
        }
        for name in ["rolecall", "rolecall-tray"] {
            std::fs::copy(program(name), home.path().join("programs").join(name)).expect("a program");
        }
        let keys = "azure_tenant_id = 11111111-1111-1111-1111-111111111111\n\
                    azure_app_id_uri = https://signin.aws.amazon.com/saml\n";
        std::fs::write(home.path().join("home/.aws/config"), format!("[profile work]\n{keys}"))
            .expect("a config file");
        std::fs::set_permissions(home.path().join("run"), std::fs::Permissions::from_mode(0o700))
            .expect("its mode");
        for folder in ["home", "home/.aws", "home/.aws/config", "run"] {
            std::os::unix::fs::chown(home.path().join(folder), Some(UID), Some(UID)).expect("given away");
        }
        Self { etc, home }
    }

    fn policy(&self) -> PathBuf {
        self.etc.join("rolecall/policy.toml")
    }

    /// The program as that user runs it.
    fn command(&self, name: &str) -> Command {
        let folder = self.home.path();
        let mut command = Command::new("bwrap");
        command.args(["--die-with-parent", "--dev-bind", "/", "/", "--bind"]).arg(&self.etc).arg("/etc");
        command.args(["--", "setpriv", "--clear-groups"]);
        command.args([format!("--reuid={UID}"), format!("--regid={UID}")]);
        command.arg(folder.join("programs").join(name)).env_clear().env("PATH", "/usr/bin:/bin");
        command.env("HOME", folder.join("home")).env("XDG_RUNTIME_DIR", folder.join("run")).current_dir("/");
        command
    }

    /// The exit code, and what is said.
    fn says(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let output = self.command("rolecall").args(arguments).output().expect("rolecall");
        let said = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8_lossy(&said).into_owned())
    }
}

#[tokio::test]
async fn a_policy_that_an_ordinary_user_cannot_use_blocks_every_sign_in() {
    let who = std::fs::metadata("/proc/self").expect("this process").uid();
    assert_eq!(who, 0, "only root can start a program as another user");
    let nobody = Nobody::new();
    let mut tray = Program::start(&mut nobody.command("rolecall-tray"), None).expect("the tray starts");
    // Before anything is asked: a command that found no tray would start one of its own.
    let socket = nobody.home.path().join("run/rolecall/socket");
    wait::until("the socket", SOON, async || socket.exists().then_some(())).await.expect("the tray listens");
    let (policy, folder) = (nobody.policy(), nobody.etc.join("rolecall"));
    let mode = |path: &Path, mode: u32| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("its mode");
    };
    let clean = || {
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir(&folder).expect("a folder");
        mode(&folder, 0o755);
    };
    let write = |text: &[u8]| {
        std::fs::write(&policy, text).expect("a policy");
        mode(&policy, 0o644);
    };
    let good = b"organisation = \"Example GmbH\"\n";
    // What is done to the folder, and a part of the reason.
    let states: [(&str, &dyn Fn()); 11] = [
        ("not allowed to read it", &|| {
            write(good);
            mode(&policy, 0o600);
        }),
        ("not allowed to read it", &|| {
            write(good);
            mode(&folder, 0o700);
        }),
        ("may be written by others", &|| {
            write(good);
            mode(&policy, 0o666);
        }),
        ("belongs to user 54321", &|| {
            write(good);
            std::os::unix::fs::chown(&policy, Some(UID), None).expect("given away");
        }),
        ("unknown field `organization`", &|| write(b"organization = \"Example GmbH\"\n")),
        ("invalid type", &|| write(b"renew_within = 8\n")),
        ("larger than a megabyte", &|| write(&vec![b'#'; 1024 * 1024 + 1])),
        ("not UTF-8", &|| write(b"organisation = \"\xff\"\n")),
        ("it is a link", &|| std::os::unix::fs::symlink("nowhere", &policy).expect("a link")),
        ("not a regular file", &|| std::fs::create_dir(&policy).expect("a folder")),
        ("not a regular file", &|| {
            assert!(Command::new("mkfifo").arg(&policy).status().expect("mkfifo").success());
        }),
    ];
    for (reason, state) in states {
        clean();
        state();
        for arguments in [
            &["sign-in", "work"][..],
            &["credential-process", "--profile", "work"],
            &["env", "work"],
            &["policy", "show"],
        ] {
            let (code, said) = nobody.says(arguments);
            let told = said.contains("/etc/rolecall/policy.toml") && said.contains(reason);
            assert!(code == Some(6) && told, "{arguments:?}: {code:?} {said}");
        }
        for arguments in [&["status"][..], &["doctor"]] {
            let (_, said) = nobody.says(arguments);
            assert!(
                said.contains("/etc/rolecall/policy.toml") && said.contains(reason),
                "{arguments:?}: {said}"
            );
        }
    }
    // As docs/policy.md has it: what is refused then is that there is no display.
    clean();
    write(good);
    let (code, said) = nobody.says(&["policy", "show"]);
    assert!(code == Some(0) && said.contains("Example GmbH"), "{said}");
    let (_, said) = nobody.says(&["sign-in", "work"]);
    assert!(!said.contains("policy.toml"), "{said}");
    assert!(tray.ended().is_none(), "the tray runs on");
}

#[tokio::test]
async fn an_organisations_profiles_are_shown_before_they_are_written() {
    let scene = Scene::start().await;
    let folder = scene.desktop.home.path().to_owned();
    let offer = folder.join("offer.ini");
    let (config, offered) = (scene.desktop.home.config_file(), offer.to_str().expect("UTF-8"));
    let before = std::fs::read_to_string(&config).expect("the config file");
    let profile = "[profile offered]\nazure_tenant_id = 11111111-2222-3333-4444-555555555555\n\
                   azure_app_id_uri = https://signin.aws.amazon.com/saml\nregion = eu-west-1\n";
    for (bad, named) in [
        ("credential_process = /bin/sh -c 'touch /tmp/x'\n", "credential_process"),
        ("endpoint_url = https://example.org\n", "endpoint_url"),
        ("azure_authority_host = https://login.example.org\n", "azure_authority_host"),
        ("azure_default_password = x\n", "azure_default_password"),
    ] {
        std::fs::write(&offer, format!("{profile}{bad}")).expect("an offer");
        let refused = scene.rolecall(&["configure", "--from", offered, "--yes"]).await;
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert_eq!(refused.status.code(), Some(6), "{said}");
        assert!(said.contains(named), "{said}");
    }
    std::fs::write(&offer, profile).expect("an offer");
    let asked = scene.rolecall(&["configure", "--from", offered]).await;
    let shown = String::from_utf8_lossy(&asked.stdout).into_owned();
    assert!(shown.contains("+ [profile offered]") && shown.contains("+ region = eu-west-1"), "{shown}");
    assert_eq!(asked.status.code(), Some(2), "nobody said yes");
    assert_eq!(std::fs::read_to_string(&config).expect("the config file"), before);
    scene.said(&["configure", "--from", offered, "--yes"]).await;
    let after = std::fs::read_to_string(&config).expect("the config file");
    assert!(after.starts_with(&before) && after.contains("[profile offered]"), "{after}");
    let twice = scene.rolecall(&["configure", "--from", offered, "--yes"]).await;
    assert_eq!(twice.status.code(), Some(0));
    assert_eq!(std::fs::read_to_string(&config).expect("the config file"), after);
    // An address that is neither encrypted nor here is not even asked.
    let plain = scene.rolecall(&["configure", "--from", "http://example.org/profiles", "--yes"]).await;
    assert_eq!(plain.status.code(), Some(6));
    scene.nothing_left();
}
