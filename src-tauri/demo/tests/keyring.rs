//! The keychain of the rig: it keeps secrets over a restart, and refuses at once where it is locked or absent.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use rolecall_demo::rig::bus::Bus;
use rolecall_demo::rig::desktop::Desktop;
use rolecall_demo::rig::keyring::Keyring;
use std::io::Write;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};
use zbus::zvariant::{OwnedObjectPath, OwnedValue};

const PASSWORD: &str = "a login's password";
/// Far less than a person who was asked would take.
const AT_ONCE: Duration = Duration::from_secs(10);

/// libsecret's own client: another judge than ours.
fn secret_tool(desktop: &Desktop, arguments: &[&str], input: &str) -> Output {
    let mut command: Command = desktop.command("secret-tool");
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let start = Instant::now();
    let mut child = command.spawn().unwrap();
    // A client that fails at once does not read.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    assert!(start.elapsed() < AT_ONCE, "{arguments:?} took {:?}", start.elapsed());
    output
}

fn store(desktop: &Desktop, secret: &str) -> Output {
    secret_tool(desktop, &["store", "--label=Example", "vault", "example"], secret)
}

/// The secret, or what was said instead.
fn lookup(desktop: &Desktop) -> Result<String, String> {
    let output = secret_tool(desktop, &["lookup", "vault", "example"], "");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
}

#[tokio::test]
async fn a_secret_outlives_the_daemon_and_the_bus() {
    let mut desktop = Desktop::start().unwrap();
    let keyring = Keyring::start(&desktop, PASSWORD).await.unwrap();
    assert!(store(&desktop, "kept").status.success());
    assert_eq!(lookup(&desktop).as_deref(), Ok("kept"));
    let id = keyring.id();
    drop(keyring);
    assert!(!std::path::Path::new(&format!("/proc/{id}")).exists());
    desktop.bus = Bus::start().unwrap();
    assert!(lookup(&desktop).unwrap_err().contains("org.freedesktop.secrets was not provided"));
    let mut keyring = Keyring::start(&desktop, PASSWORD).await.unwrap();
    assert_eq!(lookup(&desktop).as_deref(), Ok("kept"));
    // A crash leaves its control socket behind; the next one is not confused by it.
    keyring.crash();
    let _keyring = Keyring::start(&desktop, PASSWORD).await.unwrap();
    assert_eq!(lookup(&desktop).as_deref(), Ok("kept"));
    let file = std::fs::read(desktop.home.path().join(".local/share/keyrings/login.keyring")).unwrap();
    assert!(!file.windows(4).any(|window| window == b"kept"));
}

/// Asks for the default collection to be unlocked, as keychain libraries do; true when nobody would.
async fn unlocking_is_dismissed(desktop: &Desktop) -> bool {
    use zbus::export::ordered_stream::OrderedStreamExt as _;
    const NAME: &str = "org.freedesktop.secrets";
    let client = desktop.bus.connect().await.unwrap();
    let service = "org.freedesktop.Secret.Service";
    let secrets = zbus::Proxy::new(&client, NAME, "/org/freedesktop/secrets", service).await.unwrap();
    let default: OwnedObjectPath = secrets.call("ReadAlias", &("default",)).await.unwrap();
    let (unlocked, prompt): (Vec<OwnedObjectPath>, OwnedObjectPath) =
        secrets.call("Unlock", &(vec![default],)).await.unwrap();
    assert_eq!(unlocked, []);
    let prompt = zbus::Proxy::new(&client, NAME, prompt, "org.freedesktop.Secret.Prompt").await.unwrap();
    let mut completed = prompt.receive_signal("Completed").await.unwrap();
    let _: () = prompt.call("Prompt", &("",)).await.unwrap();
    let message = tokio::time::timeout(AT_ONCE, completed.next()).await.unwrap().unwrap();
    let (dismissed, _): (bool, OwnedValue) = message.body().deserialize().unwrap();
    dismissed
}

#[tokio::test]
async fn a_locked_one_refuses_at_once() {
    let desktop = Desktop::start().unwrap();
    let trouble = Keyring::start_locked(&desktop).await.unwrap_err();
    assert!(trouble.to_string().contains("no keyring in this home"), "{trouble}");
    let keyring = Keyring::start(&desktop, PASSWORD).await.unwrap();
    assert!(store(&desktop, "kept").status.success());
    // Locked while it runs, and locked from the start.
    keyring.lock(&desktop).await.unwrap();
    assert!(lookup(&desktop).is_err());
    drop(keyring);
    let _keyring = Keyring::start_locked(&desktop).await.unwrap();
    assert!(lookup(&desktop).is_err());
    assert!(unlocking_is_dismissed(&desktop).await);
    assert!(!store(&desktop, "another").status.success());
    let output = secret_tool(&desktop, &["search", "--all", "vault", "example"], "");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("locked"), "{said}");
    assert!(!String::from_utf8_lossy(&output.stdout).contains("kept"));
}
