//! A private bus that starts nothing by itself.

use super::program::Program;
use super::{Done, Trouble};
use std::process::Command;
use tempfile::TempDir;

/// A bus of our own, for a session's or the system's services. Ends when dropped.
#[derive(Debug)]
pub struct Bus {
    address: String,
    _daemon: Program,
    _folder: TempDir,
}

impl Bus {
    /// Without a servicedir: else activation would start a stray notifier, or a locked keyring.
    pub fn start() -> Done<Self> {
        let folder = tempfile::Builder::new()
            .prefix("rolecall-bus-")
            .tempdir()
            .map_err(Trouble::at("a folder for the bus"))?;
        let configuration = folder.path().join("session.conf");
        let text = format!(
            r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={}/bus</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#,
            folder.path().display()
        );
        std::fs::write(&configuration, text).map_err(Trouble::at("the configuration of the bus"))?;
        let mut command = Command::new("dbus-daemon");
        command.args(["--nofork", "--nopidfile", "--print-address=1"]);
        command.arg(format!("--config-file={}", configuration.display()));
        let (daemon, address) = Program::start_reading_line(&mut command, None)?;
        Ok(Self { address, _daemon: daemon, _folder: folder })
    }

    /// What `DBUS_SESSION_BUS_ADDRESS`, or `DBUS_SYSTEM_BUS_ADDRESS`, must be.
    pub fn address(&self) -> &str {
        &self.address
    }

    pub async fn connect(&self) -> Done<zbus::Connection> {
        Ok(zbus::connection::Builder::address(self.address())?.build().await?)
    }
}
