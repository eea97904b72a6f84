//! The private desktop that everything here is measured on.

use rolecall_demo::rig::desktop::Desktop;
use rolecall_demo::rig::notifications::Notifications;
use rolecall_demo::rig::program::Program;
use rolecall_demo::rig::tray_host::{Item, TrayHost};
use rolecall_demo::rig::{Done, home};
use rolecall_demo::{Options, Server};
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

pub(crate) const SOON: Duration = Duration::from_secs(30);

pub(crate) struct Stage {
    pub(crate) host: TrayHost,
    pub(crate) server: Server,
    pub(crate) desktop: Desktop,
    _notifications: Notifications,
}

impl Stage {
    /// With the profile `demo`: bob, one role.
    pub(crate) async fn start(options: Options) -> Done<Self> {
        let server = Server::start(options).expect("the demo's server");
        let desktop = Desktop::start()?;
        let keys = home::entra_keys(&server);
        let bob = "azure_default_username = bob@example.org\nazure_default_duration_hours = 8\n";
        desktop.home.write_config(&format!("[profile demo]\nregion = eu-central-1\n{keys}{bob}"))?;
        let host = TrayHost::start(&desktop.bus).await?;
        let notifications = Notifications::start(&desktop.bus).await?;
        Ok(Self { host, server, desktop, _notifications: notifications })
    }

    /// A tray, once its icon is there.
    pub(crate) async fn tray(&self) -> Done<(Program, Item)> {
        let mut command = self.desktop.command(program("rolecall-tray"));
        self.desktop.home.apply_aws(&mut command, &self.server);
        let tray = self.desktop.run(&mut command, "tray")?;
        Ok((tray, self.host.item(SOON).await?))
    }

    /// The command line on this desktop.
    pub(crate) fn rolecall(&self, arguments: &[&str]) -> Command {
        let mut command = self.desktop.command(program("rolecall"));
        command.args(arguments);
        command
    }

    /// The access key id that the profile holds.
    pub(crate) fn key(&self) -> Option<String> {
        self.desktop.home.credential("demo", "aws_access_key_id")
    }
}

/// The programs stand two folders above this benchmark.
pub(crate) fn program(name: &str) -> PathBuf {
    let bench = std::env::current_exe().expect("this benchmark's own path");
    bench.ancestors().nth(2).expect("the folder of the build").join(name)
}
