//! A home, a resident process that says what a test tells it to, and the program run between them.

use rolecall_core::client_environment::ClientEnvironment;
use rolecall_core::credentials::Credentials;
use rolecall_core::folders::Folders;
use rolecall_core::message::{Answer, Ask, Reply, Request, VERSION};
use rolecall_core::problem::Problem;
use rolecall_core::profile::ProfileName;
use rolecall_core::role::RoleArn;
use rolecall_core::secret::Secret;
use rolecall_core::view::{Activity, ProfileView, State, View};
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

/// A home of its own; ends with the test.
pub(crate) struct Scene {
    folder: TempDir,
    asked: Arc<Mutex<Vec<Request>>>,
    environments: Arc<Mutex<Vec<ClientEnvironment>>>,
}

/// What the program left behind.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Scene {
    /// Nobody listens.
    pub(crate) fn empty() -> Self {
        // Not the system's own folder for such: a socket's path must be short.
        let folder = TempDir::new_in("/tmp").expect("a folder");
        Self { folder, asked: Arc::default(), environments: Arc::default() }
    }

    /// Each request gets these replies.
    pub(crate) fn answering(answer: impl Fn(&Request) -> Vec<Reply> + Send + 'static) -> Self {
        Self::listening(move |request, stream| {
            answer(request).into_iter().for_each(|reply| say(stream, reply))
        })
    }

    /// Each request is given to `serve`, and the connection ends when that returns.
    pub(crate) fn listening(mut serve: impl FnMut(&Request, &mut UnixStream) + Send + 'static) -> Self {
        let scene = Self::empty();
        let listener = scene.bind();
        let asked = scene.asked.clone();
        let environments = scene.environments.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.expect("a client");
                let mut line = String::new();
                BufReader::new(&stream).read_line(&mut line).expect("a request");
                // A client that only looks whether somebody is there says nothing.
                let Ok(ask) = serde_json::from_str::<Ask>(&line) else { continue };
                environments.lock().expect("no panic").push(ask.environment.clone());
                asked.lock().expect("no panic").push(ask.request.clone());
                serve(&ask.request, &mut stream);
            }
        });
        scene
    }

    pub(crate) fn bind(&self) -> UnixListener {
        let socket = self.socket();
        std::fs::create_dir_all(socket.parent().expect("a folder")).expect("a folder");
        UnixListener::bind(socket).expect("a socket")
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.folders().socket
    }

    pub(crate) fn folders(&self) -> Folders {
        let variables = self.variables();
        let variable = |name: &str| variables.iter().find(|(known, _)| *known == name);
        Folders::find(&|name| variable(name).map(|(_, value)| value.into())).expect("folders")
    }

    pub(crate) fn home(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file below the home.
    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.home().join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }

    /// Everything that was asked so far.
    pub(crate) fn asked(&self) -> Vec<Request> {
        self.asked.lock().expect("no panic").clone()
    }

    /// What each of them said about its environment.
    pub(crate) fn environments(&self) -> Vec<ClientEnvironment> {
        self.environments.lock().expect("no panic").clone()
    }

    fn variables(&self) -> [(&'static str, PathBuf); 2] {
        [("HOME", self.home().to_owned()), ("XDG_RUNTIME_DIR", self.home().join("run"))]
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        self.command_of(Path::new(env!("CARGO_BIN_EXE_rolecall")), arguments)
    }

    pub(crate) fn command_of(&self, program: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(arguments).env_clear().envs(self.variables()).stdin(std::process::Stdio::null());
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("TERM", "xterm");
        command
    }

    /// A copy of the program without the resident one beside it.
    pub(crate) fn installed(&self) -> PathBuf {
        let program = self.home().join("bin/rolecall");
        std::fs::create_dir_all(self.home().join("bin")).expect("a folder");
        self.by_shell(r#"cp "$0" "$1""#, [Path::new(env!("CARGO_BIN_EXE_rolecall")), &program]);
        program
    }

    /// A resident program beside the copy: a script.
    pub(crate) fn install_tray(&self, script: &str) {
        self.install("rolecall-tray", script);
    }

    /// Another program beside the copy: a script.
    pub(crate) fn install(&self, name: &str, script: &str) {
        self.write("script", &format!("#!/bin/sh\n{script}\n"));
        let (script, program) = (self.home().join("script"), self.home().join("bin").join(name));
        self.by_shell(r#"cp "$0" "$1" && chmod 755 "$1""#, [&script, &program]);
    }

    /// A program that this process wrote itself could not be run while another test's new child still has it open.
    fn by_shell(&self, script: &str, paths: [&Path; 2]) {
        let status = Command::new("sh").args(["-c", script]).args(paths).status().expect("sh runs");
        assert!(status.success(), "{script}");
    }

    /// Runs it to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.command(arguments).output().expect("it runs"))
    }
}

impl Ran {
    pub(crate) fn of(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("text");
        Self { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }
}

pub(crate) fn say(stream: &mut UnixStream, reply: Reply) {
    let mut line = serde_json::to_vec(&Answer { version: VERSION, reply }).expect("JSON");
    line.push(b'\n');
    // The client may have heard enough.
    let _ = stream.write_all(&line);
}

pub(crate) fn problem(problem: Problem) -> Reply {
    Reply::Problem { profile: None, problem: problem.report() }
}

pub(crate) fn name(name: &str) -> ProfileName {
    ProfileName::new(name)
}

pub(crate) fn role(account_and_name: &str) -> RoleArn {
    let (account, name) = account_and_name.split_once('/').expect("ACCOUNT/NAME");
    RoleArn::parse(&format!("arn:aws:iam::{account}:role/{name}")).expect("an ARN")
}

/// Signed in as Developer, with Admin beside it, until long after anybody reads this.
pub(crate) fn work() -> ProfileView {
    let developer = role("111111111111/Developer");
    ProfileView {
        name: name("work"),
        state: State::Active,
        activity: Activity::Idle,
        role: Some(developer.clone()),
        began: None,
        until: Some("2126-11-22T18:11:04Z".parse().expect("an instant")),
        renews: None,
        choose_by: None,
        recent: vec![],
        roles: vec![developer, role("111111111111/Admin"), role("222222222222/Admin")],
        problem: None,
    }
}

pub(crate) fn signed_out(of: &str) -> ProfileView {
    ProfileView { state: State::SignedOut, role: None, until: None, roles: vec![], name: name(of), ..work() }
}

pub(crate) fn status(profiles: Vec<ProfileView>) -> Reply {
    status_after(profiles, None)
}

/// With the profile that somebody signed in to last.
pub(crate) fn status_after(profiles: Vec<ProfileView>, last_used: Option<ProfileName>) -> Reply {
    Reply::Status { view: View { profiles, last_used, ..View::default() } }
}

pub(crate) fn signed_in(profile: &str, as_role: &str) -> Reply {
    let until = "2126-11-22T18:11:04Z".parse().expect("an instant");
    Reply::SignedIn { profile: name(profile), role: role(as_role), until, shortened: None }
}

/// Keys with every character that a shell could stumble over.
pub(crate) fn keys(region: Option<&str>) -> Reply {
    Reply::Credentials {
        profile: name("work"),
        role: Some(role("111111111111/Developer")),
        region: region.map(str::to_owned),
        credentials: Credentials {
            access_key_id: "ASIAEXAMPLE".into(),
            secret_access_key: Secret::new("planted/se+cret="),
            session_token: Secret::new(r#"planted'tok\en" $HOME `x`"#),
            expiration: "2126-11-22T18:11:04Z".parse().expect("an instant"),
        },
        remarks: vec![],
    }
}
