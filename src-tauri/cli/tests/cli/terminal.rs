//! A terminal for the program to run on: what it shows is read, and keys are pressed.

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};
use std::ffi::OsStr;
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

pub(crate) struct Terminal {
    keys: File,
    shown: Receiver<Vec<u8>>,
    text: String,
    child: Child,
}

impl Terminal {
    /// Runs the command with all three of its streams on the terminal.
    pub(crate) fn run(command: Command) -> Self {
        Self::start(command, false)
    }

    /// Runs it with its standard output going elsewhere.
    pub(crate) fn run_piped(command: Command) -> Self {
        Self::start(command, true)
    }

    fn start(mut command: Command, piped: bool) -> Self {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
        grantpt(&master).expect("a terminal");
        unlockpt(&master).expect("a terminal");
        let path = ptsname(&master, Vec::new()).expect("its name");
        let slave = || {
            let path = OsStr::from_bytes(path.as_bytes());
            File::options().read(true).write(true).open(path).expect("its other end")
        };
        let size = Winsize { ws_row: 30, ws_col: 100, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&master, size).expect("a size");
        let out = if piped { Stdio::piped() } else { slave().into() };
        let child = command.stdin(slave()).stdout(out).stderr(slave()).spawn().expect("it runs");
        // The command holds the other end, too, and the terminal ends with its last holder.
        drop(command);
        let keys = File::from(master);
        let mut screen = keys.try_clone().expect("a descriptor");
        let (to, shown) = channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(length @ 1..) = screen.read(&mut buffer) {
                let _ = to.send(buffer[..length].to_vec());
            }
        });
        Self { keys, shown, text: String::new(), child }
    }

    /// Waits until it shows `text` after what was waited for before.
    pub(crate) fn wait_for(&mut self, text: &str) {
        while !self.text.contains(text) {
            let more = self.shown.recv_timeout(Duration::from_secs(20));
            let more = more.unwrap_or_else(|_| panic!("no {text:?} in {:?}", self.text));
            self.text.push_str(&String::from_utf8_lossy(&more));
        }
        let end = self.text.find(text).map_or(0, |at| at + text.len());
        self.text.drain(..end);
    }

    pub(crate) fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).expect("the keys are taken");
    }

    /// Its exit code, and what it showed since; piped output, too.
    pub(crate) fn end(mut self) -> (Option<i32>, String) {
        let output = self.child.wait_with_output().expect("it ends");
        while let Ok(more) = self.shown.recv() {
            self.text.push_str(&String::from_utf8_lossy(&more));
        }
        (output.status.code(), self.text + &String::from_utf8_lossy(&output.stdout))
    }

    /// Ends it where it would go on for ever.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("it runs still");
        self.child.wait().expect("it ends");
    }
}
