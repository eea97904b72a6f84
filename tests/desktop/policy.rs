//! An administrator's policy, in force and refused; an organisation's profiles, taken and refused.

use crate::proxy::Proxy;
use crate::scene::{ADA, SOON, Scene, program, tray_command};
use rolecall_demo::rig::desktop::Desktop;
use rolecall_demo::rig::{home, wait};
use rolecall_demo::{Options, Server};
use std::os::unix::fs::PermissionsExt as _;
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
