//! A private X display and session bus, and what a person sees and does there.

use super::{poll, under_wine};
use rolecall_demo::rig::x11;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

pub(crate) struct Desktop {
    /// The display's server and the bus, where they are our own.
    servers: Vec<Child>,
    pub(crate) display: String,
    pub(crate) bus_address: String,
    _folder: TempDir,
}

/// No service directory: nothing is ever started through this bus.
const BUS: &str = r#"<busconfig><type>session</type><listen>unix:dir=FOLDER</listen><policy context="default">
<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>"#;

impl Desktop {
    pub(crate) fn start() -> Self {
        if under_wine() {
            let display = std::env::var("DISPLAY").expect("Wine's display");
            let folder = tempfile::tempdir().unwrap();
            return Self { servers: Vec::new(), display, bus_address: String::new(), _folder: folder };
        }
        let (server, number) =
            // Without -noreset it starts anew when its last client leaves, and a client that comes just then is refused.
            start("Xvfb", &["-displayfd", "1", "-screen", "0", "1280x1024x24", "-nolisten", "tcp", "-noreset"]);
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("bus.conf");
        std::fs::write(&config, BUS.replace("FOLDER", folder.path().to_str().unwrap())).unwrap();
        let config = format!("--config-file={}", config.display());
        let (bus, bus_address) = start("dbus-daemon", &[&config, "--print-address", "--nofork"]);
        Self { servers: vec![bus, server], display: format!(":{number}"), bus_address, _folder: folder }
    }

    /// What a program of this desktop finds in its environment.
    pub(crate) fn variables(&self) -> [(&str, &str); 2] {
        [("DISPLAY", &self.display), ("DBUS_SESSION_BUS_ADDRESS", &self.bus_address)]
    }

    fn xdotool(&self, arguments: &[&str]) -> Option<String> {
        let output = Command::new("xdotool")
            .args(arguments)
            .env("DISPLAY", &self.display)
            .stderr(Stdio::null())
            .output()
            .expect("these tests need xdotool");
        output.status.success().then(|| String::from_utf8(output.stdout).unwrap().trim().to_owned())
    }

    /// The visible window of this title, if there is one.
    pub(crate) fn visible(&self, title: &str) -> Option<String> {
        let ids = self.xdotool(&["search", "--onlyvisible", "--name", &format!("^{title}$")])?;
        ids.lines().next().map(str::to_owned)
    }

    pub(crate) fn wait_for(&self, title: &str) -> String {
        poll(&format!("a window titled {title:?}"), || self.visible(title))
    }

    /// Any visible window with a title.
    pub(crate) fn titles(&self) -> Vec<String> {
        let ids = self.xdotool(&["search", "--onlyvisible", "--name", "."]).unwrap_or_default();
        ids.lines().filter_map(|id| self.xdotool(&["getwindowname", id])).collect()
    }

    /// As the window's close button does it.
    pub(crate) fn close(&self, window: &str) {
        x11::ask_to_close(&self.display, window.parse().unwrap()).expect("the X protocol");
    }

    pub(crate) fn type_text(&self, window: &str, keys: &[&str]) {
        self.xdotool(&["windowfocus", "--sync", window]).expect("xdotool windowfocus");
        for key in keys {
            self.xdotool(&["key", "--window", "0", key]).expect("xdotool key");
        }
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        for child in &mut self.servers {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Starts a server and reads the line that says where it listens.
fn start(program: &str, arguments: &[&str]) -> (Child, String) {
    let mut child = Command::new(program)
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| panic!("these tests need {program}: {error}"));
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).unwrap();
    assert!(!line.trim().is_empty(), "{program} did not start");
    (child, line.trim().to_owned())
}
