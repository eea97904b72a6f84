//! A private bus that starts nothing by itself.

use super::program::Program;
use super::{Done, Trouble};
use std::process::Command;
use tempfile::TempDir;

const CONFIGURATION: &str = "session.conf";

/// A bus of our own, for a session's or the system's services. Ends when dropped.
#[derive(Debug)]
pub struct Bus {
    address: String,
    /// None while it is stopped.
    daemon: Option<Program>,
    folder: TempDir,
}

impl Bus {
    /// Without a servicedir: else activation would start a stray notifier, or a locked keyring.
    pub fn start() -> Done<Self> {
        let folder = tempfile::Builder::new()
            .prefix("rolecall-bus-")
            .tempdir()
            .map_err(Trouble::at("a folder for the bus"))?;
        let configuration = folder.path().join(CONFIGURATION);
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
        let mut bus = Self { address: String::new(), daemon: None, folder };
        bus.start_again()?;
        Ok(bus)
    }

    /// Ends it, with every connection to it. Its address stays its own.
    pub fn stop(&mut self) {
        self.daemon = None;
    }

    /// Starts it after [`Bus::stop`], at the same address, with nobody on it.
    pub fn start_again(&mut self) -> Done<()> {
        let mut command = Command::new("dbus-daemon");
        command.args(["--nofork", "--nopidfile", "--print-address=1"]);
        command.arg(format!("--config-file={}", self.folder.path().join(CONFIGURATION).display()));
        let (daemon, address) = Program::start_reading_line(&mut command, None)?;
        // Without the id of this one daemon, which the next does not have.
        self.address = address.split(',').next().unwrap_or_default().to_owned();
        self.daemon = Some(daemon);
        Ok(())
    }

    /// What `DBUS_SESSION_BUS_ADDRESS`, or `DBUS_SYSTEM_BUS_ADDRESS`, must be.
    pub fn address(&self) -> &str {
        &self.address
    }

    pub async fn connect(&self) -> Done<zbus::Connection> {
        Ok(zbus::connection::Builder::address(self.address())?.build().await?)
    }
}
