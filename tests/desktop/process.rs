//! Every way to credentials, and real AWS clients at the end of each: the file, credential_process, `env`, `exec`.

use crate::judges::{Client, answer, python, surround};
use crate::scene::{Keychain, Scene, Setup, program};
use rolecall_demo::rig::moto::Moto;
use serde_json::Value;
use std::process::Command;

const ARN: &str = "arn:aws:sts::222222222222:assumed-role/DataEngineer/ada@example.org";

/// The demo's STS, which knows whose keys these are; and moto's, to which all keys are a stranger's.
fn judges(scene: &Scene, moto: &Moto, at_moto: Client) -> Vec<(Client, String, &'static str)> {
    let usual = Client::ALL.map(|client| (client, scene.server.aws_url().to_owned(), ARN));
    usual.into_iter().chain([(at_moto, moto.url().to_owned(), Moto::STRANGER)]).collect()
}

fn moto(scene: &Scene) -> Moto {
    Moto::start(&python(), Some(&scene.desktop.home.log("moto"))).expect("moto starts")
}

#[tokio::test]
async fn clients_of_a_profile_in_the_file() {
    let scene = Scene::start().await;
    scene.sign_in_as("222222222222", "DataEngineer").await;
    let moto = moto(&scene);

    for (client, sts, arn) in judges(&scene, &moto, Client::Awscli) {
        let mut command = client.command(&scene, &sts);
        command.env("AWS_PROFILE", "demo");
        assert_eq!(answer(command).await, arn, "{client:?} reads the file");
    }

    let keys: Value =
        serde_json::from_str(&scene.said(&["env", "demo", "--shell", "json"]).await).expect("JSON");
    assert_eq!(keys["AccessKeyId"].as_str().map(str::to_owned), scene.key_id());
    for (client, sts, arn) in judges(&scene, &moto, Client::Javascript) {
        let mut command = client.command(&scene, &sts);
        with_keys(&mut command, &keys);
        assert_eq!(answer(command).await, arn, "{client:?} with what `env` printed");
    }

    // Not at moto: in a shell with another STS `rolecall` would ask that one for credentials of its own.
    for client in Client::ALL {
        let mut command = scene.desktop.command(program("rolecall"));
        command.args(["exec", "demo", "--"]).args(client.line());
        surround(&mut command, scene.server.aws_url());
        assert_eq!(answer(command).await, ARN, "{client:?} run by `exec`");
    }
}

/// As saml2aws leaves a section: botocore reads the token's old name first.
const SAML2AWS: &str = "[demo]\naws_access_key_id = ASIAOLD\naws_secret_access_key = old\naws_session_token = old\n\
    aws_security_token = old\nAWS_ACCOUNT_ID = 999999999999\nx_principal_arn = arn:aws:sts::999999999999:assumed-role/Old/me\n\
    x_security_token_expires = 2020-01-01T00:00:00Z\nregion = eu-central-1\n";

#[tokio::test]
async fn clients_beside_what_another_tool_left() {
    let setup =
        Setup { profile: "aws_account_id = 999999999999\naws_security_token = old\n", ..Setup::default() };
    let scene = Scene::start_as(setup).await;
    std::fs::write(scene.desktop.home.credentials_file(), SAML2AWS).expect("written");
    scene.sign_in_by(&["demo — written by another tool", "Sign in"], "222222222222", "DataEngineer").await;
    let sts = scene.server.aws_url();
    for client in Client::ALL {
        let mut command = client.command(&scene, sts);
        command.env("AWS_PROFILE", "demo");
        assert_eq!(answer(command).await, ARN, "{client:?} reads the files");
    }
    let text = |path| std::fs::read_to_string(path).expect("text");
    let both = text(scene.desktop.home.credentials_file()) + &text(scene.desktop.home.config_file());
    for stale in ["old", "Old", "999999999999", "2020-01-01"] {
        assert!(!both.contains(stale), "{stale}: {both}");
    }

    // In a shell and at a command of another identity.
    let others = |command: &mut Command| {
        for name in ["AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SECURITY_TOKEN", "AWS_ACCOUNT_ID"] {
            command.env(name, "999999999999");
        }
    };
    for client in Client::ALL {
        let mut command = scene.desktop.command(program("rolecall"));
        command.args(["exec", "demo", "--"]).args(client.line());
        surround(&mut command, sts);
        others(&mut command);
        assert_eq!(answer(command).await, ARN, "{client:?} run by `exec`");
        let mut shell = scene.desktop.command("bash");
        shell.args(["-c", "eval \"$(\"$1\" env demo)\" && shift && exec \"$@\"", "bash"]);
        shell.arg(program("rolecall")).args(client.line());
        surround(&mut shell, sts);
        others(&mut shell);
        assert_eq!(answer(shell).await, ARN, "{client:?} in a shell after `env`");
    }

    scene.said(&["sign-out", "demo"]).await;
    assert_eq!(text(scene.desktop.home.credentials_file()), "[demo]\nregion = eu-central-1\n");
}

#[tokio::test]
async fn clients_of_a_profile_that_is_served() {
    let scene = Scene::start_as(Setup {
        // Some SDKs would read keys of the section before they ask the process.
        profile: "azure_credentials = process\naws_access_key_id = ASIAOLD\naws_secret_access_key = old\n",
        keychain: Keychain::Unlocked,
        ..Setup::default()
    })
    .await;
    scene.sign_in_as("222222222222", "DataEngineer").await;
    let config = std::fs::read_to_string(scene.desktop.home.config_file()).expect("the config file");
    let line = format!(
        "credential_process = \"{}\" credential-process --profile \"demo\"",
        program("rolecall").display()
    );
    assert_eq!(config.lines().filter(|&found| found == line).count(), 1, "{config}");
    assert!(config.starts_with("# kept\n[profile demo]\nregion = eu-central-1\n"), "{config}");
    assert_eq!(scene.key_id(), None, "nothing in the credentials file");

    for client in Client::ALL {
        let mut command = client.command(&scene, scene.server.aws_url());
        command.env("AWS_PROFILE", "demo");
        assert_eq!(answer(command).await, ARN, "{client:?} asks the credential_process");
    }
    // The other doors lead to the same keys.
    let keys = scene.process_keys().await;
    assert_eq!(keys["Version"], 1);
    let printed = scene.said(&["env", "demo", "--shell", "json"]).await;
    assert_eq!(serde_json::from_str::<Value>(&printed).expect("JSON"), keys);
    let mut command = scene.desktop.command(program("rolecall"));
    command.args(["exec", "demo", "--"]).args(Client::Boto3.line());
    surround(&mut command, scene.server.aws_url());
    assert_eq!(answer(command).await, ARN);
    assert_eq!(scene.assumed(), 1);
    scene.nothing_left();
}

#[tokio::test]
async fn what_a_shell_reads_is_what_its_commands_get() {
    let scene = Scene::start().await;
    scene.sign_in_as("222222222222", "DataEngineer").await;
    let mut shell = scene.desktop.command("sh");
    shell.args(["-c", "eval \"$(\"$1\" env demo --shell bash)\" && shift && exec \"$@\"", "sh"]);
    shell.arg(program("rolecall")).args(Client::Boto3.line());
    surround(&mut shell, scene.server.aws_url());
    assert_eq!(answer(shell).await, ARN);

    // The command's own arguments, input and end go through `exec` as they are.
    let mut command = scene.desktop.command(program("rolecall"));
    command.args(["exec", "demo", "--", "sh", "-c", "printf %s \"$AWS_REGION $1\"; exit 42", "sh", "a  b"]);
    command.env("AWS_PROFILE", "of-another");
    let output = crate::judges::output(command).await;
    assert_eq!(output.status.code(), Some(42), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "eu-central-1 a  b");
    for (arguments, code) in [
        (&["exec", "demo", "--", "rolecall-no-such-program"][..], 127),
        (&["exec", "demo", "--", "/"][..], 126),
        (&["exec", "dmo", "--", "true"][..], 125),
        (&["exec", "demo"][..], 2),
    ] {
        assert_eq!(scene.rolecall(arguments).await.status.code(), Some(code), "{arguments:?}");
    }
}

/// As a person who pastes them; the region is not among what a credential_process prints.
fn with_keys(command: &mut Command, keys: &Value) {
    for (variable, key) in [
        ("AWS_ACCESS_KEY_ID", "AccessKeyId"),
        ("AWS_SECRET_ACCESS_KEY", "SecretAccessKey"),
        ("AWS_SESSION_TOKEN", "SessionToken"),
    ] {
        command.env(variable, keys[key].as_str().expect(key));
    }
    command.env("AWS_REGION", "eu-central-1").env("AWS_DEFAULT_REGION", "eu-central-1");
}
