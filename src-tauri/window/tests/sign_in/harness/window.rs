//! The program under test, with a home of its own.

use super::wine::Wine;
use super::{Desktop, PATIENCE, Server, under_wine};
use rolecall_core::sign_in::{Acs, Cookie, Mode, Outcome, Request, ToWindow};
use std::io::{BufRead, BufReader, Write};
use std::os::linux::fs::MetadataExt;
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use tempfile::TempDir;

pub(crate) struct Window {
    child: Child,
    input: Option<ChildStdin>,
    lines: Receiver<String>,
    /// `pipe:[INODE]`, as /proc shows it.
    pub(crate) pipe: String,
    wine: Option<Wine>,
    home: TempDir,
}

/// A request for `/start` that ends at the server's own `/saml`.
pub(crate) fn request(server: &Server, mode: Mode) -> Request {
    Request {
        url: server.url("/start"),
        profile: "dev".into(),
        mode,
        acs: vec![Acs { scheme: "http".into(), host: server.host(), path: "/saml".into() }],
        cookies: Vec::new(),
        timeout_ms: PATIENCE.as_millis() as u64,
        os_sso: true,
    }
}

impl Window {
    pub(crate) fn interactive(desktop: &Desktop, server: &Server) -> Self {
        Self::open(desktop, &request(server, Mode::Interactive))
    }

    pub(crate) fn background(desktop: &Desktop, server: &Server) -> Self {
        Self::open(desktop, &request(server, Mode::Background))
    }

    pub(crate) fn with_jar(desktop: &Desktop, server: &Server, jar: Vec<Cookie>) -> Self {
        Self::open(desktop, &Request { cookies: jar, ..request(server, Mode::Background) })
    }

    pub(crate) fn open(desktop: &Desktop, request: &Request) -> Self {
        let mut window = Self::spawn(&desktop.variables());
        window.send(&ToWindow::Request(request.clone()));
        window
    }

    /// Without a request, and with nothing in its environment but these variables and the folders of its home.
    pub(crate) fn spawn(variables: &[(&str, &str)]) -> Self {
        let home = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_rolecall-window"));
        command
            .arg("sign-in")
            .env_clear()
            .env("LANG", "C.UTF-8")
            .env("PATH", std::env::var_os("PATH").unwrap_or_default());
        for (name, folder) in [
            ("HOME", ""),
            ("TMPDIR", "tmp"),
            ("XDG_CONFIG_HOME", ".config"),
            ("XDG_DATA_HOME", ".local/share"),
            ("XDG_STATE_HOME", ".local/state"),
            ("XDG_CACHE_HOME", ".cache"),
            ("XDG_RUNTIME_DIR", "run"),
        ] {
            std::fs::create_dir_all(home.path().join(folder)).unwrap();
            command.env(name, home.path().join(folder));
        }
        std::fs::create_dir(home.path().join(".aws")).unwrap();
        std::fs::write(home.path().join(".aws/credentials"), "[default]\n").unwrap();
        let mut wine = None;
        if under_wine() {
            let (instead, with) = Wine::command(variables);
            (command, wine) = (instead, Some(with));
        }
        let mut child = command
            .envs(variables.iter().copied().filter(|(name, _)| !(under_wine() && *name == "DISPLAY")))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program under test");
        let output = child.stdout.take().expect("piped");
        let inode = std::fs::metadata(format!("/proc/self/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&output)));
        let pipe = format!("pipe:[{}]", inode.unwrap().st_ino());
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
        Self { input: child.stdin.take(), child, lines, pipe, wine, home }
    }

    pub(crate) fn send(&mut self, message: &ToWindow) {
        let line = serde_json::to_string(message).unwrap();
        self.send_line(&line);
    }

    pub(crate) fn send_line(&mut self, line: &str) {
        writeln!(self.input.as_ref().expect("still open"), "{line}").unwrap();
    }

    pub(crate) fn close_input(&mut self) {
        self.input = None;
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// The only line that the process writes: waits for its end, too.
    pub(crate) fn outcome(&mut self) -> Outcome {
        let line = self.lines.recv_timeout(PATIENCE).expect("an outcome");
        assert!(self.child.wait().unwrap().success());
        assert_eq!(self.lines.recv_timeout(PATIENCE).ok(), None, "one outcome, and the pipe is closed");
        serde_json::from_str(&line).expect("an outcome")
    }

    /// Every file below home, but for the one that the test put there, and dconf's: a flag in memory that all programs
    /// of a session share. Sockets hold nothing: an engine process that was just starting may leave its D-Bus proxy's.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        if let Some(wine) = &self.wine {
            return wine.files();
        }
        let mut found = Vec::new();
        let mut folders = vec![self.home.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap().flatten() {
                let kind = entry.file_type().unwrap();
                if kind.is_dir() {
                    folders.push(entry.path());
                } else if !kind.is_socket() {
                    found.push(entry.path().strip_prefix(self.home.path()).unwrap().to_owned());
                }
            }
        }
        found.retain(|path| ![".aws/credentials", "run/dconf/user"].contains(&path.to_str().unwrap()));
        found.sort();
        found
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            // What it said instead of what was waited for.
            for line in self.lines.try_iter() {
                let outcome = serde_json::from_str::<Outcome>(&line);
                let _ = writeln!(std::io::stderr(), "the window's outcome: {outcome:?}");
            }
        }
    }
}

/// The captured assertion, or a failed test.
pub(crate) fn assertion(outcome: &Outcome) -> &str {
    match outcome {
        Outcome::Captured { saml_response, .. } => saml_response.expose(),
        other => panic!("nothing captured: {other:?}"),
    }
}
