//! A home with a kubeconfig, a resident process that says what a test tells it to, and the program run between them.

use rolecall_core::folders::Folders;
use rolecall_core::message::{Answer, Ask, Reply, Request, VERSION};
use rolecall_core::pod::Became;
use rolecall_core::web_identity::Claims;
use rolecall_demo::rig::kubernetes::{Account, Kubernetes};
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

pub(crate) const ROLE: &str = "arn:aws:iam::111111111111:role/Till";

/// A home of its own; ends with the test.
pub(crate) struct Scene {
    folder: TempDir,
    pub(crate) cluster: Kubernetes,
    asked: Arc<Mutex<Vec<Request>>>,
}

/// What the program left behind.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Scene {
    /// A cluster with one pod's role, a kubeconfig that leads there, and a resident process that takes any role.
    pub(crate) fn new() -> Self {
        // Not the system's own folder for such: a socket's path must be short.
        let folder = TempDir::new_in("/tmp").expect("a folder");
        let cluster = Kubernetes::start(vec![
            Account::new("shop", "till", Some(ROLE)),
            Account::new("shop", "plain", None),
            Account::new("ops", "odd", Some("Till")),
        ]);
        let scene = Self { folder, cluster: cluster.expect("a cluster"), asked: Arc::default() };
        scene.write(".kube/config", &scene.cluster.kubeconfig("desk"));
        scene.listen(|request| match request {
            Request::AssumePod { pod, role, token, save_as, .. } => vec![Reply::Became {
                became: Became {
                    profile: save_as.clone().unwrap_or_else(|| pod.profile()),
                    pod: pod.clone(),
                    role: role.clone(),
                    arn: "arn:aws:sts::111111111111:assumed-role/Till/ada".into(),
                    claims: Claims::read(token.expose()).expect("claims"),
                    until: "2126-11-22T18:11:04Z".parse().expect("an instant"),
                },
            }],
            _ => vec![],
        });
        scene
    }

    /// The resident process from now on.
    pub(crate) fn listen(&self, answer: impl Fn(&Request) -> Vec<Reply> + Send + 'static) {
        let socket = self.folders().socket;
        std::fs::create_dir_all(socket.parent().expect("a folder")).expect("a folder");
        let _ = std::fs::remove_file(&socket);
        let listener = UnixListener::bind(socket).expect("a socket");
        let asked = Arc::clone(&self.asked);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.expect("a client");
                let mut line = String::new();
                BufReader::new(&stream).read_line(&mut line).expect("a request");
                let Ok(ask) = serde_json::from_str::<Ask>(&line) else { continue };
                asked.lock().expect("no panic").push(ask.request.clone());
                for reply in answer(&ask.request) {
                    let mut line = serde_json::to_vec(&Answer { version: VERSION, reply }).expect("JSON");
                    line.push(b'\n');
                    let _ = stream.write_all(&line);
                }
            }
        });
    }

    fn folders(&self) -> Folders {
        let variables = self.variables();
        let variable = |name: &str| variables.iter().find(|(known, _)| *known == name);
        Folders::find(&|name| variable(name).map(|(_, value)| value.into())).expect("folders")
    }

    pub(crate) fn home(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.home().join(path)
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }

    pub(crate) fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.path(path)).expect("a file")
    }

    /// A script that can be run, by its path. Another process writes it: one that this process wrote could not be run
    /// while another test's new child still has it open.
    pub(crate) fn script(&self, name: &str, text: &str) -> String {
        self.write("script", &format!("#!/bin/sh\n{text}\n"));
        let program = self.path(name);
        let mut copy = Command::new("sh");
        copy.args(["-c", r#"cp "$0" "$1" && chmod 755 "$1""#]).arg(self.path("script")).arg(&program);
        let status = copy.status().expect("sh runs");
        assert!(status.success(), "{name}");
        program.display().to_string()
    }

    /// Everything that the resident process was asked so far.
    pub(crate) fn asked(&self) -> Vec<Request> {
        self.asked.lock().expect("no panic").clone()
    }

    fn variables(&self) -> [(&'static str, PathBuf); 2] {
        [("HOME", self.home().to_owned()), ("XDG_RUNTIME_DIR", self.path("run"))]
    }

    /// A copy of the program, in a folder where others can stand beside it.
    pub(crate) fn installed(&self) -> PathBuf {
        let kit = self.path("bin/rolecall-kit");
        std::fs::create_dir_all(self.path("bin")).expect("a folder");
        let mut copy = Command::new("cp");
        let status = copy.arg(env!("CARGO_BIN_EXE_rolecall-kit")).arg(&kit).status().expect("cp runs");
        assert!(status.success(), "{}", kit.display());
        kit
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        self.surround(Command::new(env!("CARGO_BIN_EXE_rolecall-kit")), arguments)
    }

    fn surround(&self, mut command: Command, arguments: &[&str]) -> Command {
        command
            .args(arguments)
            .env_clear()
            .envs(self.variables())
            .stdin(Stdio::null())
            .current_dir(self.home());
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("TZ", "UTC");
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.command(arguments).output().expect("it runs"))
    }

    /// The same with another program.
    pub(crate) fn run_by(&self, program: &Path, arguments: &[&str]) -> Ran {
        Ran::of(self.surround(Command::new(program), arguments).output().expect("it runs"))
    }

    /// The real kubectl, which not everybody has.
    pub(crate) fn kubectl(&self, arguments: &[&str]) -> Option<Ran> {
        match self.surround(Command::new("kubectl"), arguments).output() {
            Ok(output) => Some(Ran::of(output)),
            Err(error) => {
                let _ = writeln!(std::io::stderr(), "kubectl cannot be run ({error}): not tried with it");
                None
            }
        }
    }

    /// The same, if it is new enough for the plug-ins that `eks-kubeconfig` writes.
    pub(crate) fn kubectl_with_plugins(&self, arguments: &[&str]) -> Option<Ran> {
        let version = self.kubectl(&["version", "--client", "-o", "json"])?;
        if let Some(why) = too_old(&version.out) {
            let _ = writeln!(std::io::stderr(), "LEFT OUT: kubectl ({why})");
            return None;
        }
        self.kubectl(arguments)
    }
}

/// Why this kubectl cannot run plug-ins as they are written today: `client.authentication.k8s.io/v1` is known since 1.22.
fn too_old(version: &str) -> Option<String> {
    let version: serde_json::Value = serde_json::from_str(version).ok()?;
    let version = &version["clientVersion"];
    // The minor may end in a plus sign.
    let number = |key: &str| {
        let text = version[key].as_str()?;
        text.trim_end_matches(|character: char| !character.is_ascii_digit()).parse::<u32>().ok()
    };
    let found = (number("major")?, number("minor")?);
    (found < (1, 22)).then(|| format!("it is {}.{}, and plug-ins need 1.22", found.0, found.1))
}

#[test]
fn a_kubectl_without_today_s_plug_ins_is_too_old() {
    let of = |minor: &str| {
        too_old(&format!(
            r#"{{"clientVersion":{{"major":"1","minor":"{minor}","gitVersion":"v1.{minor}"}}}}"#
        ))
    };
    assert_eq!(of("20").as_deref(), Some("it is 1.20, and plug-ins need 1.22"));
    assert!(of("21+").is_some() && of("22").is_none() && of("33+").is_none());
    assert_eq!(too_old("nonsense"), None);
}

impl Ran {
    pub(crate) fn of(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("text");
        Self { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// Nothing on standard output, two lines on standard error that end in the code.
    #[track_caller]
    pub(crate) fn is_problem(&self, code: &str, exit: i32) {
        assert_eq!((self.code, self.out.as_str()), (Some(exit), ""), "{code}: {self:?}");
        let help = self.err.lines().nth(1).expect("help");
        assert!(
            self.err.starts_with("rolecall: ") && help.ends_with(&format!("[{code}]")),
            "{code}: {self:?}"
        );
    }
}
