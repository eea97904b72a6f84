//! A real keychain on the private desktop: gnome-keyring, its file in the temporary home.

use super::desktop::Desktop;
use super::panel::owned;
use super::program::Program;
use super::{Done, Trouble, wait};
use std::path::PathBuf;
use std::time::Duration;
use zbus::Connection;
use zbus::zvariant::OwnedObjectPath;

const NAME: &str = "org.freedesktop.secrets";
const SOON: Duration = Duration::from_secs(15);

/// gnome-keyring-daemon. Ends when dropped; what it keeps stays in the home for the next one.
///
/// The private bus starts nothing by itself, so there is nobody to ask for a password: what needs one is refused at
/// once instead of waiting for a person.
#[derive(Debug)]
pub struct Keyring {
    program: Program,
}

impl Keyring {
    /// Unlocked, as after a login with this password; the first one makes the keyring. Returns once it takes secrets.
    pub async fn start(desktop: &Desktop, password: &str) -> Done<Self> {
        let mut command = desktop.command("gnome-keyring-daemon");
        command.args(["--foreground", "--components=secrets", "--unlock"]);
        let log = desktop.home.log("keyring");
        // The whole of its input is the password: no line end.
        let program = Program::start_with_input(&mut command, Some(&log), password.as_bytes())?;
        Self::ready(desktop, program, false).await
    }

    /// Locked, as after a login without a password (a fingerprint, an automatic login). There must have been an
    /// unlocked one in this home.
    pub async fn start_locked(desktop: &Desktop) -> Done<Self> {
        if !file(desktop).is_file() {
            return Err(Trouble::new("there is no keyring in this home that could be locked"));
        }
        let mut command = desktop.command("gnome-keyring-daemon");
        command.args(["--foreground", "--components=secrets"]);
        let program = desktop.run(&mut command, "keyring")?;
        Self::ready(desktop, program, true).await
    }

    /// Locks it while it runs, as a person does in a password program.
    pub async fn lock(&self, desktop: &Desktop) -> Done<()> {
        let connection = desktop.bus.connect().await?;
        let secrets = secrets(&connection).await?;
        let default = default_collection(&connection).await?;
        let _: (Vec<OwnedObjectPath>, OwnedObjectPath) = secrets.call("Lock", &(vec![default],)).await?;
        is(&connection, true).await
    }

    /// Kills it without asking.
    pub fn crash(&mut self) {
        self.program.crash();
    }

    pub fn id(&self) -> u32 {
        self.program.id()
    }

    async fn ready(desktop: &Desktop, program: Program, locked: bool) -> Done<Self> {
        let connection = desktop.bus.connect().await?;
        owned(&connection, NAME, SOON).await?;
        is(&connection, locked).await?;
        Ok(Self { program })
    }
}

/// The keyring that a login makes and unlocks.
fn file(desktop: &Desktop) -> PathBuf {
    desktop.home.path().join(".local/share/keyrings/login.keyring")
}

/// Waits until the default collection is locked, or unlocked.
async fn is(connection: &Connection, locked: bool) -> Done<()> {
    let what = if locked { "a locked keyring" } else { "an unlocked keyring" };
    wait::until(what, SOON, async || {
        let path = default_collection(connection).await.ok()?;
        let collection =
            zbus::Proxy::new(connection, NAME, path, "org.freedesktop.Secret.Collection").await.ok()?;
        (collection.get_property::<bool>("Locked").await.ok()? == locked).then_some(())
    })
    .await
}

async fn default_collection(connection: &Connection) -> Done<OwnedObjectPath> {
    Ok(secrets(connection).await?.call("ReadAlias", &("default",)).await?)
}

async fn secrets(connection: &Connection) -> Done<zbus::Proxy<'static>> {
    const SERVICE: &str = "org.freedesktop.Secret.Service";
    Ok(zbus::Proxy::new(connection, NAME, "/org/freedesktop/secrets", SERVICE).await?)
}
