//! Finding the resident process, and starting it where none runs.

use crate::beside::beside;
use crate::child_environment::{self, AWS_FILES, Purpose};
use crate::conversation::{Conversation, Limits};
use crate::{service_address, system, trouble};
use rolecall_core::aws_files::locate;
use rolecall_core::folders::Folders;
use rolecall_core::message::{ClientContext, Request, WebIdentity};
use rolecall_core::problem::Report;
use std::ffi::OsString;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a resident process may take to open its socket after it was started.
const START: Duration = Duration::from_secs(10);
/// How long another one may take to answer after ours has ended in its favor, and a unit before systemd is asked again.
const ENDED: Duration = Duration::from_millis(300);
const SILENT: Duration = Duration::from_secs(1);
/// It looks at some folders.
const CHECK: Duration = Duration::from_secs(3);

/// Asks the resident process; starts it where none runs.
///
/// # Errors
/// It cannot be reached or started, in words.
pub fn ask(request: Request) -> Result<Conversation, Report> {
    let folders = folders()?;
    let limits = Limits::of(&request);
    match reach(&folders, &request, limits)? {
        Some(conversation) => Ok(conversation),
        None => start(&folders, &request, limits),
    }
}

/// Asks the resident process if there is one.
///
/// # Errors
/// It cannot be reached, in words.
pub fn ask_running(request: Request) -> Result<Option<Conversation>, Report> {
    let limits = Limits::of(&request);
    ask_running_within(request, limits)
}

/// The same, with limits of the caller's own.
///
/// # Errors
/// As [`ask_running`].
pub fn ask_running_within(request: Request, limits: Limits) -> Result<Option<Conversation>, Report> {
    reach(&folders()?, &request, limits)
}

/// `None` where no service of this home runs.
fn reach(folders: &Folders, request: &Request, limits: Limits) -> Result<Option<Conversation>, Report> {
    for socket in service_address::sockets(folders) {
        if let Some(conversation) = Conversation::open(&socket, request, limits)? {
            return Ok(Some(conversation));
        }
    }
    Ok(None)
}

fn start(folders: &Folders, request: &Request, limits: Limits) -> Result<Conversation, Report> {
    let program = beside("rolecall-tray");
    let environment = service_environment();
    let mut started = Started::new(&program, folders, &environment)?;
    let deadline = Instant::now() + START;
    loop {
        if let Some(conversation) = reach(folders, request, limits)? {
            return Ok(conversation);
        }
        let now = Instant::now();
        let failed = started.failed();
        if failed || now > deadline {
            return Err(why_not(&program, &environment).unwrap_or_else(|| {
                trouble::not_started(&program, if failed { "it ended at once" } else { "it does not answer" })
            }));
        }
        if started.is_in_vain(now) {
            started = Started::new(&program, folders, &environment)?;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// A service that has been asked to start.
struct Started {
    /// `None` where it is a unit.
    child: Option<Child>,
    at: Instant,
    /// When the child ended, with success.
    ended: Option<Instant>,
}

impl Started {
    fn new(program: &Path, folders: &Folders, environment: &[(OsString, OsString)]) -> Result<Self, Report> {
        let child = if system::start_as_unit(program, folders, environment) {
            None
        } else {
            let started = system::spawn_apart(&mut command(program, "--service", environment));
            Some(started.map_err(|error| trouble::not_started(program, &error.to_string()))?)
        };
        Ok(Self { child, at: Instant::now(), ended: None })
    }

    fn failed(&mut self) -> bool {
        let ended = self.child.as_mut().and_then(|child| child.try_wait().ok().flatten());
        if ended.is_some() {
            self.ended.get_or_insert_with(Instant::now);
        }
        ended.is_some_and(|status| !status.success())
    }

    /// It ended at once, with success: another one had the lock. That may be one which another client has just started,
    /// and which soon answers, or one that was about to end, and never does.
    fn is_in_vain(&self, now: Instant) -> bool {
        let (since, patience) = match (&self.child, self.ended) {
            (Some(_), Some(ended)) => (ended, ENDED),
            (Some(_), None) => return false,
            // Systemd is asked again: it starts nothing that runs.
            (None, _) => (self.at, SILENT),
        };
        now.saturating_duration_since(since) > patience
    }
}

/// The program, detached from everything that is this client's.
fn command(program: &Path, argument: &str, environment: &[(OsString, OsString)]) -> Command {
    let mut command = Command::new(program);
    command.arg(argument).env_clear().envs(environment.iter().map(|(name, value)| (name, value)));
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    system::detach(&mut command);
    command
}

/// What the service goes by is the person's, and not this shell's alone: it answers everybody. But it reads the files
/// that this client means, who would else be refused.
fn service_environment() -> Vec<(OsString, OsString)> {
    let variable = |name: &str| std::env::var_os(name);
    let mut environment: Vec<_> = child_environment::allowed(Purpose::Service, std::env::vars_os()).collect();
    if let Ok(files) = locate::locate(&variable) {
        for (name, path) in [(AWS_FILES[0], files.config), (AWS_FILES[1], files.credentials)] {
            let path = std::path::absolute(&path).unwrap_or(path);
            environment.push((name.into(), path.into()));
        }
    }
    environment
}

/// Why it cannot run, in its own words: it looks again at what it needs, and runs nothing.
fn why_not(program: &Path, environment: &[(OsString, OsString)]) -> Option<Report> {
    let mut child = command(program, "--check", environment).stderr(Stdio::piped()).spawn().ok()?;
    let deadline = Instant::now() + CHECK;
    while child.try_wait().ok()?.is_none() {
        if Instant::now() > deadline {
            let _ = child.kill();
            let _ = child.wait();
            return None;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let output = child.wait_with_output().ok()?;
    let words = String::from_utf8_lossy(&output.stderr);
    let words = words.lines().next()?.trim_start_matches("rolecall-tray: ").trim_end_matches('.');
    (!output.status.success() && !words.is_empty()).then(|| trouble::cannot_run(program, words))
}

/// Where the resident process of this environment has its files.
///
/// # Errors
/// There is no home.
pub fn folders() -> Result<Folders, Report> {
    Folders::find(&|name| std::env::var_os(name)).ok_or_else(trouble::no_home)
}

/// What travels with a request that may show a window. An empty variable is as good as none. Whoever names a profile
/// takes the web identity out of it: what is named counts.
pub fn context() -> ClientContext {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let by_hand = std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
    let web_identity = web_identity(variable);
    ClientContext { by_hand, web_identity, ..ClientContext::from_variables(variable) }
}

/// A pod's environment. The resident process has another folder than this one.
fn web_identity(variable: impl Fn(&str) -> Option<String>) -> Option<WebIdentity> {
    let (role, file) = (variable("AWS_ROLE_ARN")?, variable("AWS_WEB_IDENTITY_TOKEN_FILE")?);
    // What the shell expands, but not behind the `=` of every one of them.
    let path = locate::expand_home(PathBuf::from(&file), &|name| variable(name).map(OsString::from));
    let token_file = std::path::absolute(path).map_or(file, |path| path.display().to_string());
    Some(WebIdentity { role, token_file, session_name: variable("AWS_ROLE_SESSION_NAME") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pod_s_environment() {
        let all = [("AWS_ROLE_ARN", "arn"), ("AWS_WEB_IDENTITY_TOKEN_FILE", "token")];
        let read = |variables: &[(&str, &str)]| {
            web_identity(|name| {
                variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
            })
        };
        let identity = read(&all).expect("an identity");
        assert_eq!((identity.role.as_str(), identity.session_name), ("arn", None));
        assert!(Path::new(&identity.token_file).is_absolute(), "{}", identity.token_file);
        let home = if cfg!(windows) { r"C:\Users\ada" } else { "/home/ada" };
        let tilde = [all[0], ("AWS_WEB_IDENTITY_TOKEN_FILE", "~/run/token"), ("HOME", home)];
        let identity = read(&tilde).expect("an identity");
        assert_eq!(Path::new(&identity.token_file), Path::new(home).join("run").join("token"));
        assert_eq!((read(&all[..1]), read(&all[1..])), (None, None));
    }
}
