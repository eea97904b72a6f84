//! A whole private desktop: display, buses and home, and commands that run in it.

use super::bus::Bus;
use super::display::Display;
use super::home::Home;
use super::program::Program;
use super::{Done, Trouble};
use std::ffi::OsStr;
use std::process::Command;

const STILL: &str = "[Settings]\ngtk-cursor-blink = false\ngtk-enable-animations = false\n";

/// What a program needs to believe that it runs on somebody's desktop.
#[derive(Debug)]
pub struct Desktop {
    // Ended in this order: clients first, files last.
    pub display: Display,
    pub bus: Bus,
    /// In place of the machine's own, and empty until somebody offers something there.
    pub system_bus: Bus,
    pub home: Home,
}

impl Desktop {
    pub fn start() -> Done<Self> {
        let home = Home::new()?;
        // Nothing that moves by itself: pictures are taken once the screen stands still.
        let folder = home.path().join(".config/gtk-3.0");
        std::fs::create_dir_all(&folder)
            .and_then(|()| std::fs::write(folder.join("settings.ini"), STILL))
            .map_err(Trouble::at("GTK's settings"))?;
        Ok(Self { display: Display::start(1280, 900)?, bus: Bus::start()?, system_bus: Bus::start()?, home })
    }

    /// A command with nothing of this process's environment but `PATH`, `LANG` and the locale archive.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env_clear();
        for kept in ["PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "XDG_DATA_DIRS", "USER", "LOGNAME"] {
            if let Some(value) = std::env::var_os(kept) {
                command.env(kept, value);
            }
        }
        self.home.apply(&mut command);
        command
            .env("DISPLAY", self.display.name())
            .env("DBUS_SESSION_BUS_ADDRESS", self.bus.address())
            .env("DBUS_SYSTEM_BUS_ADDRESS", self.system_bus.address())
            .env("GDK_BACKEND", "x11")
            // Without an accessibility bus GTK would wait for one.
            .env("NO_AT_BRIDGE", "1")
            .env("GTK_A11Y", "none");
        command
    }

    /// Starts a command, its words going to a file in the home's `logs` folder.
    pub fn run(&self, command: &mut Command, log: &str) -> Done<Program> {
        Program::start(command, Some(&self.home.log(log)))
    }
}
