//! A private X display: Xvfb on a number of its own choosing.

use super::program::Program;
use super::{Done, Trouble};
use std::process::Command;

/// A screen that nobody sees. Ends when dropped.
#[derive(Debug)]
pub struct Display {
    name: String,
    size: (u32, u32),
    _server: Program,
}

impl Display {
    /// Width and height in pixels; returns once the server takes clients.
    pub fn start(width: u32, height: u32) -> Done<Self> {
        let mut command = Command::new("Xvfb");
        // The number comes on standard output; -noreset keeps the screen when its last client leaves.
        command.args(["-displayfd", "1", "-nolisten", "tcp", "-noreset", "-screen", "0"]);
        command.arg(format!("{width}x{height}x24"));
        let (server, number) = Program::start_reading_line(&mut command, None)?;
        if number.parse::<u32>().is_err() {
            return Err(Trouble::new(format!("Xvfb said {number:?} instead of a display number")));
        }
        Ok(Self { name: format!(":{number}"), size: (width, height), _server: server })
    }

    /// What `DISPLAY` must be.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn size(&self) -> (u32, u32) {
        self.size
    }
}
