//! Linux with systemd: the background service is a unit of the user's own manager. It does not end with the terminal,
//! unit or job of the client that started it, and after a crash it comes back.

use crate::service_address::{belongs_to_another_home, home_text};
use rolecall_core::fnv1a::fnv1a;
use rolecall_core::folders::Folders;
use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType};
use std::ffi::{OsStr, OsString};
use std::fs::{DirBuilder, File};
use std::io::{self, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{DirBuilderExt as _, FileTypeExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// The unit that the packages bring. It reads its environment from [`ENVIRONMENT`].
const UNIT: &str = "rolecall.service";
/// In `XDG_RUNTIME_DIR`.
const ENVIRONMENT: &str = "rolecall/environment";
/// A manager that takes longer is not waited for.
const PATIENCE: Duration = Duration::from_secs(5);
const POLL: Duration = Duration::from_millis(5);
/// A unit that is stopping refuses a start; it is tried again this often, after so long.
const STOPPING: (u32, Duration) = (5, Duration::from_millis(200));

/// What the unit of the packages says, for a service that is not theirs: another version, another home. A browser that
/// it opens goes on when it ends. What ends with 1 has said why it cannot run, and would say so again.
const PROPERTIES: [&str; 10] = [
    "StartLimitIntervalSec=10min",
    "StartLimitBurst=5",
    "Type=exec",
    "Restart=on-failure",
    "RestartSec=1s",
    "RestartPreventExitStatus=1",
    "KillMode=process",
    "TimeoutStopSec=10s",
    "LimitCORE=0",
    "UMask=0077",
];

/// Starts `program --service` as a unit, or finds it started. False where no manager runs, or where it could not: then
/// the program is started without.
pub(crate) fn start(program: &Path, folders: &Folders, environment: &[(OsString, OsString)]) -> bool {
    let Some(runtime) = runtime_folder() else { return false };
    started(&runtime, program, folders, environment).unwrap_or(false)
}

/// Where the manager of this user listens. Without the session's variables (cron) it is at its usual place.
fn runtime_folder() -> Option<PathBuf> {
    let user = rustix::process::geteuid().as_raw();
    let usual = || PathBuf::from(format!("/run/user/{user}"));
    let runtime = std::env::var_os("XDG_RUNTIME_DIR").map_or_else(usual, PathBuf::from);
    let socket = std::fs::symlink_metadata(runtime.join("systemd/private")).ok()?;
    (runtime.is_absolute() && socket.file_type().is_socket() && socket.uid() == user).then_some(runtime)
}

fn started(
    runtime: &Path,
    program: &Path,
    folders: &Folders,
    environment: &[(OsString, OsString)],
) -> io::Result<bool> {
    let text = environment_file(environment);
    let theirs = runtime.join("rolecall");
    if !belongs_to_another_home(&theirs, folders) && is_of_the_packages(runtime, program) {
        write(&runtime.join(ENVIRONMENT), &text)?;
        return start_or_find(runtime, UNIT, tool(runtime, "systemctl").args(["start", UNIT]));
    }
    // One unit for each home, so that two clients at once start one service.
    let name = format!("rolecall-{:016x}", fnv1a(home_text(folders).bytes()));
    let file = runtime.join(format!("{name}.environment"));
    write(&file, &text)?;
    let mut command = tool(runtime, "systemd-run");
    command.args(["--collect", "--quiet", "--working-directory=/"]).arg(format!("--unit={name}"));
    command.arg("--description=Rolecall background service");
    for property in PROPERTIES {
        command.arg(format!("--property={property}"));
    }
    command.arg(format!("--property=EnvironmentFile={}", file.display())).arg(program).arg("--service");
    start_or_find(runtime, &format!("{name}.service"), &mut command)
}

/// A start is refused where the unit is there: another client was faster, or it comes back after a crash. Only a unit
/// that neither runs nor will is a reason to start the program within the client's own job.
fn start_or_find(runtime: &Path, unit: &str, start: &mut Command) -> io::Result<bool> {
    for _ in 0..STOPPING.0 {
        let late = match run(start) {
            Ok(output) if output.status.success() => return Ok(true),
            Ok(_) => false,
            Err(error) if error.kind() == io::ErrorKind::TimedOut => true,
            Err(error) => return Err(error),
        };
        let mut show = tool(runtime, "systemctl");
        match run(show.args(["show", "--property=ActiveState,Job", unit])) {
            Ok(output) => match state(&String::from_utf8_lossy(&output.stdout)) {
                State::Runs => return Ok(true),
                State::Stops => std::thread::sleep(STOPPING.1),
                State::Not => return Ok(false),
            },
            // A busy manager does later what it was asked.
            Err(error) if late && error.kind() == io::ErrorKind::TimedOut => return Ok(lives(runtime)),
            Err(error) => return Err(error),
        }
    }
    Ok(false)
}

#[derive(Debug, PartialEq, Eq)]
enum State {
    /// Or will: it waits for its restart, or is to be started.
    Runs,
    Stops,
    Not,
}

fn state(said: &str) -> State {
    let value = |name: &str| said.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
    match value("ActiveState") {
        Some("active" | "activating" | "reloading") => State::Runs,
        Some("deactivating") => State::Stops,
        _ if value("Job").is_some_and(|job| !matches!(job, "" | "0")) => State::Runs,
        _ => State::Not,
    }
}

/// Whether a manager has the socket, however busy it is.
fn lives(runtime: &Path) -> bool {
    let connected = || {
        let address = SocketAddrUnix::new(runtime.join("systemd/private"))?;
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        let stream = rustix::net::socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)?;
        rustix::net::connect(&stream, &address)
    };
    matches!(connected(), Ok(()) | Err(Errno::AGAIN))
}

/// Whether the packages' unit is there and starts this program: another build must not be answered by theirs.
fn is_of_the_packages(runtime: &Path, program: &Path) -> bool {
    let mut command = tool(runtime, "systemctl");
    command.args(["show", "--property=LoadState,ExecStart", UNIT]);
    run(&mut command).is_ok_and(|output| is_loaded_for(&String::from_utf8_lossy(&output.stdout), program))
}

fn is_loaded_for(said: &str, program: &Path) -> bool {
    let start = format!("ExecStart={{ path={} ;", program.display());
    said.lines().any(|line| line == "LoadState=loaded") && said.lines().any(|line| line.starts_with(&start))
}

fn tool(runtime: &Path, name: &str) -> Command {
    let mut command = Command::new(name);
    command.arg("--user").env_clear().env("XDG_RUNTIME_DIR", runtime).env("LC_ALL", "C");
    command.env("PATH", "/usr/bin:/bin:/run/current-system/sw/bin").current_dir("/");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

/// With an end: what it prints here is short.
fn run(command: &mut Command) -> io::Result<Output> {
    let mut child = command.spawn()?;
    let deadline = Instant::now() + PATIENCE;
    while child.try_wait()?.is_none() {
        if Instant::now() > deadline {
            let _ = child.kill();
            let _ = child.wait();
            return Err(io::ErrorKind::TimedOut.into());
        }
        std::thread::sleep(POLL);
    }
    child.wait_with_output()
}

/// For `EnvironmentFile=` (systemd.exec(5)): in quotes, as a shell would read it. What is not UTF-8 cannot be said.
fn environment_file(environment: &[(OsString, OsString)]) -> Vec<u8> {
    let mut text = Vec::new();
    for (name, value) in environment {
        let Some((name, value)) = utf8(name).zip(utf8(value)) else { continue };
        text.extend_from_slice(name.as_bytes());
        text.extend_from_slice(b"=\"");
        for character in value.chars() {
            if matches!(character, '"' | '\\' | '`' | '$') {
                text.push(b'\\');
            }
            text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        }
        text.extend_from_slice(b"\"\n");
    }
    text
}

fn utf8(text: &OsStr) -> Option<&str> {
    std::str::from_utf8(text.as_bytes()).ok().filter(|text| !text.chars().any(|c| c.is_control()))
}

/// Whole, or not at all: two clients may start it at once. A proxy's address may hold a password.
fn write(file: &Path, text: &[u8]) -> io::Result<()> {
    if let Some(folder) = file.parent() {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    let new = file.with_extension(format!("{}.new", std::process::id()));
    let _ = std::fs::remove_file(&new);
    let mut written = File::options().write(true).create_new(true).mode(0o600).open(&new)?;
    written.write_all(text)?;
    std::fs::rename(&new, file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_environment_as_systemd_reads_it() {
        let environment = [
            ("HOME", "/home/ada lovelace"),
            ("HTTPS_PROXY", "http://u:p\"a$s`s\\@proxy.example.org:3128"),
            ("ODD", "two\nlines"),
            ("LANG", "größe"),
        ];
        let environment = environment.map(|(name, value)| (name.into(), value.into()));
        let text = String::from_utf8(environment_file(&environment)).expect("text");
        let expected = "HOME=\"/home/ada lovelace\"\nHTTPS_PROXY=\"http://u:p\\\"a\\$s\\`s\\\\@proxy.example.org:3128\"\nLANG=\"größe\"\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn a_transient_unit_is_as_the_packages_unit() {
        let packaged = include_str!("../../../packaging/linux/rolecall.service");
        // What a command line says otherwise.
        let elsewhere = ["Description=", "Documentation=", "EnvironmentFile=", "ExecStart="];
        let mut settings: Vec<_> = packaged.lines().filter(|line| line.contains('=')).collect();
        settings
            .retain(|line| !line.starts_with('#') && !elsewhere.iter().any(|name| line.starts_with(name)));
        assert_eq!(settings, PROPERTIES);
    }

    #[test]
    fn a_unit_that_runs_or_will_is_started() {
        for (said, expected) in [
            ("ActiveState=active\n", State::Runs),
            ("ActiveState=activating\nJob=12\n", State::Runs),
            ("Job=12\nActiveState=inactive\n", State::Runs),
            ("ActiveState=reloading\n", State::Runs),
            ("ActiveState=deactivating\n", State::Stops),
            ("ActiveState=inactive\nJob=0\n", State::Not),
            ("ActiveState=failed\n", State::Not),
            ("", State::Not),
        ] {
            assert_eq!(state(said), expected, "{said}");
        }
    }

    #[test]
    fn a_manager_lives_as_long_as_it_listens() {
        let runtime = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(runtime.path().join("systemd")).expect("a folder");
        assert!(!lives(runtime.path()));
        let socket = std::os::unix::net::UnixListener::bind(runtime.path().join("systemd/private"));
        assert!(lives(runtime.path()));
        drop(socket);
        assert!(!lives(runtime.path()), "its file only");
    }

    #[test]
    fn another_program_s_unit_is_not_ours() {
        let said = "LoadState=loaded\nExecStart={ path=/usr/lib/rolecall/rolecall-tray ; argv[]=/usr/lib/rolecall/rolecall-tray --service ; ignore_errors=no }\n";
        assert!(is_loaded_for(said, Path::new("/usr/lib/rolecall/rolecall-tray")));
        assert!(!is_loaded_for(said, Path::new("/usr/lib/rolecall/rolecall")));
        assert!(!is_loaded_for(said, Path::new("/opt/rolecall/rolecall-tray")));
        assert!(!is_loaded_for("LoadState=not-found\n", Path::new("/usr/lib/rolecall/rolecall-tray")));
    }
}
