//! The background service as a process: who starts it, what it inherits, where it is found, and what it outlives.

use crate::scene::{SOON, program};
use rolecall_demo::rig::bus::Bus;
use rolecall_demo::rig::home::Home;
use rolecall_demo::rig::notifications::Notifications;
use rolecall_demo::rig::wait;
use std::io::{Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

/// Two ordinary users of this computer; only root can be them.
const USER: u32 = 60_001;
const STRANGER: u32 = 60_002;

/// A home without a desktop; its service ends with it.
struct Place {
    home: Home,
}

impl Place {
    fn new() -> Self {
        Self { home: Home::new().expect("a home") }
    }

    fn command(&self, name: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(name);
        command.env_clear();
        self.home.apply(&mut command);
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default()).stdin(Stdio::null());
        command
    }

    fn rolecall(&self) -> Command {
        self.command(program("rolecall"))
    }

    fn shell(&self, script: &str) -> Output {
        let mut command = self.command("sh");
        command.args(["-c", script, "sh"]).arg(program("rolecall")).current_dir(self.home.path());
        output(&mut command)
    }

    /// The process that listens at the socket.
    async fn service(&self) -> u32 {
        service_at(&self.home.socket()).await.expect("a service")
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = self.rolecall().arg("quit").output();
        let _ = self.rolecall().arg("quit").env_remove("XDG_RUNTIME_DIR").output();
    }
}

async fn service_at(socket: &Path) -> Option<u32> {
    let stream = tokio::net::UnixStream::connect(socket).await.ok()?;
    stream.peer_cred().ok()?.pid().and_then(|id| u32::try_from(id).ok())
}

fn output(command: &mut Command) -> Output {
    command.output().expect("the program runs")
}

fn succeeded(command: &mut Command) -> String {
    let output = output(command);
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{command:?}: {words}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn is_root() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().any(|line| line.starts_with("Uid:\t0\t"))
}

fn signal(id: u32, signal: &str) {
    let sent = Command::new("kill").args([format!("-{signal}"), id.to_string()]).status().expect("kill");
    assert!(sent.success(), "{signal} to {id}");
}

async fn gone(id: u32) {
    let path = format!("/proc/{id}");
    // A zombie whose parent is this test has ended, too.
    let ended = async || {
        let stat = std::fs::read_to_string(format!("{path}/stat")).unwrap_or_default();
        // Its other threads may live on for a moment, and with them its socket.
        let threads = std::fs::read_dir(format!("{path}/task")).map_or(0, Iterator::count);
        (stat.is_empty() || stat.contains(") Z ") && threads <= 1).then_some(())
    };
    wait::until("its end", SOON, ended).await.expect("it ends");
}

#[tokio::test]
async fn it_keeps_no_lock_no_pipe_and_no_session_of_whoever_started_it() {
    let place = Place::new();
    // The service starts in there, and the lock is free when the command has ended.
    let locked = place.shell("flock job.lock \"$1\" status && flock --nonblock job.lock true");
    assert!(locked.status.success(), "{}", String::from_utf8_lossy(&locked.stderr));
    let service = place.service().await;
    let stat = std::fs::read_to_string(format!("/proc/{service}/stat")).expect("its state");
    let fields: Vec<_> = stat.rsplit(") ").next().expect("fields").split(' ').collect();
    assert_eq!((fields[2], fields[3]), (&*service.to_string(), &*service.to_string()), "group and session");
    succeeded(place.rolecall().arg("quit"));
    gone(service).await;
    // `cat` reads to the end of a pipe whose other end the service must not have.
    let piped = place.shell("(timeout 60 \"$1\" status 3>&1 >/dev/null) | timeout 60 cat");
    assert!(piped.status.success(), "{:?}: it has the pipe", piped.status);
    place.service().await;
}

#[tokio::test]
async fn one_service_with_and_without_the_session_s_variables() {
    let place = Place::new();
    let cron = |place: &Place| {
        let mut command = place.rolecall();
        for name in
            ["XDG_RUNTIME_DIR", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"]
        {
            command.env_remove(name);
        }
        command
    };
    succeeded(place.rolecall().arg("status"));
    let service = place.service().await;
    succeeded(cron(&place).arg("status"));
    let other = place.home.path().join(".local/state/rolecall/run/socket");
    assert!(!other.exists(), "a second service");
    succeeded(cron(&place).arg("quit"));
    gone(service).await;
    // The other way round.
    succeeded(cron(&place).arg("status"));
    let service = service_at(&other).await.expect("cron's service");
    succeeded(place.rolecall().arg("status"));
    assert!(!place.home.socket().exists(), "a second service");
    assert_eq!(service_at(&other).await, Some(service));
    let second = output(place.command(program("rolecall-tray")).arg("--quiet"));
    assert!(String::from_utf8_lossy(&second.stderr).starts_with("Rolecall is already running"));
}

/// As when `rolecall quit` is on its way: the lock is held, and nobody answers any more.
#[tokio::test]
async fn a_service_that_is_about_to_end_is_followed_by_another_at_once() {
    let place = Place::new();
    succeeded(place.rolecall().arg("status"));
    let service = place.service().await;
    succeeded(place.rolecall().arg("quit"));
    gone(service).await;
    let folder = place.home.path().join(".local/state/rolecall");
    let locks = || {
        let entries = std::fs::read_dir(&folder).into_iter().flatten().flatten().map(|entry| entry.path());
        entries.filter(|path| path.extension().is_some_and(|end| end == "lock")).collect::<Vec<_>>()
    };
    let file = locks().pop().unwrap_or_else(|| panic!("no lock in {}", folder.display()));
    let held = std::fs::File::options().write(true).open(&file).expect("the lock");
    held.lock().expect("locked");
    let begun = std::time::Instant::now();
    let ends = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(600));
        drop(held);
    });
    succeeded(place.rolecall().arg("status"));
    ends.join().expect("joined");
    assert!(begun.elapsed() < std::time::Duration::from_secs(8), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn two_homes_in_one_session_are_two_services() {
    let (ada, bob) = (Place::new(), Place::new());
    succeeded(ada.rolecall().arg("status"));
    let first = ada.service().await;
    let shared = ada.home.path().join("run");
    let of_bob = || {
        let mut command = bob.rolecall();
        command.env("XDG_RUNTIME_DIR", &shared);
        command
    };
    let said = output(of_bob().arg("status"));
    let words = String::from_utf8_lossy(&said.stderr).into_owned();
    assert!(words.contains(&bob.home.path().display().to_string()), "bob's files, not ada's: {words}");
    assert_eq!(ada.service().await, first);
    succeeded(of_bob().arg("quit"));
    succeeded(ada.rolecall().arg("status"));
    assert_eq!(ada.service().await, first, "ada's goes on");
}

#[tokio::test]
async fn the_first_caller_s_environment_is_not_everybody_s() {
    if !is_root() {
        return eprintln_left_out("the environment of a process whose memory is private is root's to read");
    }
    let place = Place::new();
    let mut command = place.rolecall();
    for (name, value) in [
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:1"),
        ("AWS_ACCESS_KEY_ID", "planted"),
        ("AZURE_DEFAULT_PASSWORD", "planted"),
        ("GITHUB_TOKEN", "planted"),
        ("SSLKEYLOGFILE", "/tmp/planted"),
        ("LD_PRELOAD", ""),
        ("HTTPS_PROXY", "http://proxy.example.org:3128"),
        ("SSL_CERT_FILE", "/etc/ssl/certs/ca-certificates.crt"),
        ("AWS_CONFIG_FILE", "project/config"),
        ("LC_ALL", "C.UTF-8"),
    ] {
        command.env(name, value);
    }
    succeeded(command.arg("status").current_dir(place.home.path()));
    let environment = std::fs::read(format!("/proc/{}/environ", place.service().await)).expect("as root");
    let text = String::from_utf8_lossy(&environment).replace('\0', "\n");
    let has = |line: &str| text.lines().any(|found| found == line);
    for kept in [
        "HTTPS_PROXY=http://proxy.example.org:3128",
        "SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt",
        "LC_ALL=C.UTF-8",
    ] {
        assert!(has(kept), "{kept}: {text}");
    }
    assert!(has(&format!("AWS_CONFIG_FILE={}/project/config", place.home.path().display())), "{text}");
    for gone in ["planted", "AWS_ENDPOINT", "AWS_ACCESS", "AZURE_", "SSLKEYLOG", "LD_PRELOAD", "TMPDIR="] {
        assert!(!text.contains(gone), "{gone}: {text}");
    }
}

fn eprintln_left_out(why: &str) {
    let _ = writeln!(std::io::stderr(), "LEFT OUT: {why}");
}

#[tokio::test]
async fn a_removed_socket_is_bound_again_and_the_end_of_a_terminal_is_a_clean_end() {
    let place = Place::new();
    let mut service = place.command(program("rolecall-tray"));
    let mut service = service.arg("--quiet").spawn().expect("the service");
    let bound = async |what: &str| {
        let socket = place.home.socket();
        let id = wait::until(what, SOON, async || service_at(&socket).await).await.expect(what);
        assert_eq!(id, service.id(), "{what}");
    };
    bound("the socket").await;
    std::fs::remove_file(place.home.socket()).expect("removed");
    bound("the socket again").await;
    let run = place.home.path().join("run");
    std::fs::remove_dir_all(run.join("rolecall")).expect("removed");
    bound("the run folder again").await;
    std::fs::remove_dir_all(&run).expect("removed");
    bound("all of it again").await;
    std::fs::remove_dir_all(place.home.path().join(".local/state/rolecall")).expect("removed");
    bound("after the state folder").await;
    let mode = |path: &Path| std::fs::metadata(path).expect("there").permissions().mode() & 0o777;
    assert_eq!(mode(&run.join("rolecall")), 0o700);
    succeeded(place.rolecall().arg("status").env_remove("XDG_RUNTIME_DIR"));

    signal(service.id(), "HUP");
    let ended = tokio::task::spawn_blocking(move || service.wait().expect("ended")).await.expect("joined");
    assert_eq!((ended.code(), ended.signal()), (Some(0), None), "an orderly end");
    assert!(!place.home.socket().exists(), "and nothing left");
}

#[tokio::test]
async fn after_a_crash_the_next_one_says_so_once() {
    let place = Place::new();
    let bus = Bus::start().expect("a bus");
    let notifications = Notifications::start(&bus).await.expect("a notification server");
    let status = || {
        let mut command = place.rolecall();
        command.arg("status").env("DBUS_SESSION_BUS_ADDRESS", bus.address());
        tokio::task::spawn_blocking(move || succeeded(&mut command))
    };
    status().await.expect("joined");
    let first = place.service().await;
    signal(first, "KILL");
    gone(first).await;
    status().await.expect("joined");
    let second = place.service().await;
    assert_ne!(first, second);
    let told = notifications.wait("after the crash", 0, SOON, |n| n.summary.contains("restarted")).await;
    assert_eq!(told.expect("told").summary, "Rolecall was restarted after it ended unexpectedly");
    // A clean end is none.
    let mut quit = place.rolecall();
    tokio::task::spawn_blocking(move || succeeded(quit.arg("quit"))).await.expect("joined");
    gone(second).await;
    status().await.expect("joined");
    place.service().await;
    let count = notifications.all().iter().filter(|told| told.summary.contains("restarted")).count();
    assert_eq!(count, 1);
}

#[tokio::test]
async fn who_says_nothing_is_let_go_and_takes_no_place() {
    let place = Place::new();
    let mut limited = place.command("sh");
    // Fewer descriptors than there are clients.
    limited.args(["-c", "ulimit -n 128; exec \"$1\" --quiet", "sh"]).arg(program("rolecall-tray"));
    let mut service = limited.spawn().expect("the service");
    let socket = place.home.socket();
    wait::until("the socket", SOON, async || service_at(&socket).await).await.expect("a socket");
    let connect = || UnixStream::connect(&socket).expect("connected");
    let mut silent: Vec<UnixStream> = (0..300).map(|_| connect()).collect();
    let place = tokio::task::spawn_blocking(move || {
        succeeded(place.rolecall().arg("status"));
        place
    });
    let place = place.await.expect("an answer though all places are taken");
    for stream in &mut silent {
        stream.set_read_timeout(Some(SOON)).expect("a time limit");
        assert_eq!(stream.read(&mut [0; 1]).ok(), Some(0), "let go");
    }
    let asked = tokio::task::spawn_blocking(move || {
        succeeded(place.rolecall().arg("quit"));
        place
    });
    let _place = asked.await.expect("joined");
    tokio::task::spawn_blocking(move || service.wait()).await.expect("joined").expect("ended");
}

#[test]
fn a_home_that_cannot_be_written_to_is_named() {
    if !is_root() {
        return eprintln_left_out("only root can run the program as another user");
    }
    let place = Place::new();
    let home = tempfile::tempdir_in("/tmp").expect("a folder");
    // Where that user reaches them, which may not hold for the folder of the build.
    for name in ["rolecall", "rolecall-tray"] {
        std::fs::copy(program(name), home.path().join(name)).expect("a program");
    }
    let as_user = |place: &Place| {
        let mut command = place.command("setpriv");
        command.args([format!("--reuid={USER}"), format!("--regid={USER}"), "--clear-groups".into()]);
        command.arg(home.path().join("rolecall")).arg("status");
        command.env_remove("XDG_RUNTIME_DIR").env_remove("XDG_STATE_HOME");
        command.env("HOME", home.path());
        command
    };
    // The home is root's: nothing can be made in it.
    std::fs::set_permissions(home.path(), std::fs::Permissions::from_mode(0o755)).expect("a mode");
    let output = output(&mut as_user(&place));
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(6), "{words}");
    assert!(words.contains("tray.cannot_run") && words.contains(".local/state/rolecall"), "{words}");
}

/// What another user of the computer, and another program of the same one, can see of the service.
#[tokio::test]
async fn another_user_gets_nothing() {
    if !is_root() {
        return eprintln_left_out("only root can be two other users");
    }
    let place = Place::new();
    let owned = Command::new("chown").arg("-R").arg(format!("{USER}:{USER}")).arg(place.home.path()).status();
    assert!(owned.expect("chown").success());
    std::fs::set_permissions(place.home.path(), std::fs::Permissions::from_mode(0o755)).expect("a mode");
    let run_as = |user: u32, words: &[&std::ffi::OsStr]| {
        let mut command = place.command("setpriv");
        command.args([format!("--reuid={user}"), format!("--regid={user}"), "--clear-groups".into()]);
        command.args(words);
        command
    };
    let tray = program("rolecall-tray");
    let mut service = run_as(USER, &[tray.as_os_str(), "--quiet".as_ref()]).spawn().expect("the service");
    let socket = place.home.socket();
    wait::until("the socket", SOON, async || service_at(&socket).await).await.expect("a socket");
    let unprotected = ["sleep".as_ref(), "600".as_ref()];
    let mut plain = run_as(USER, &unprotected).spawn().expect("a program as any other");
    let may = |user: u32, script: String| {
        output(&mut run_as(user, &["sh".as_ref(), "-c".as_ref(), script.as_ref()])).status.success()
    };
    let read = |id: u32, file: &str| format!("exec head -c 1 /proc/{id}/{file} >/dev/null");
    let started = async || may(USER, read(plain.id(), "environ")).then_some(());
    wait::until("a program's environment for its own user", SOON, started)
        .await
        .expect("else nothing is proved");
    for user in [USER, STRANGER] {
        for file in ["environ", "mem", "maps", "auxv"] {
            assert!(!may(user, read(service.id(), file)), "{user} reads {file}");
        }
        assert!(
            !may(user, format!("exec ls /proc/{}/fd/ >/dev/null", service.id())),
            "{user} lists descriptors"
        );
        let traced = format!("exec timeout 5 strace -qq -e trace=none -p {} -o /dev/null", service.id());
        let seen = output(&mut run_as(user, &["sh".as_ref(), "-c".as_ref(), traced.as_ref()]));
        assert!(
            String::from_utf8_lossy(&seen.stderr).contains("not permitted"),
            "{user} traces it: {seen:?}"
        );
    }
    let connect = "import socket, sys; s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1])";
    let knock = |user: u32| {
        let words = ["/usr/bin/python3".as_ref(), "-c".as_ref(), connect.as_ref(), socket.as_os_str()];
        output(&mut run_as(user, &words)).status.success()
    };
    assert!(knock(USER) && !knock(STRANGER), "the socket's folder");
    // Even where somebody opens the folders, the service looks who asks, and the client who answers.
    for path in [place.home.path().join("run"), place.home.path().join("run/rolecall"), socket.clone()] {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o777)).expect("a mode");
    }
    let ask = "import socket, sys; s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); s.settimeout(20); \
               s.sendall(b'{\"version\":1,\"request\":{\"type\":\"status\"}}\\n'); sys.exit(not s.recv(1))";
    let asks = |user: u32| {
        let words = ["/usr/bin/python3".as_ref(), "-c".as_ref(), ask.as_ref(), socket.as_os_str()];
        output(&mut run_as(user, &words)).status.success()
    };
    assert!(asks(USER) && !asks(STRANGER), "the socket itself");
    let _ = plain.kill().and_then(|()| plain.wait());
    signal(service.id(), "TERM");
    service.wait().expect("ended");
}

/// A real manager of a user's units, in namespaces of its own, and a home whose service it runs.
struct Manager {
    place: Place,
    shell: Child,
    groups: Groups,
}

/// The control groups of one manager, by their name. They are the computer's: no namespace takes them with it.
struct Groups(String);

/// In a mount namespace of its own.
const CGROUPS: &str = r#"
set -e
mount --make-rprivate /
umount -l /sys/fs/cgroup 2>/dev/null || true
mount -t cgroup2 none /sys/fs/cgroup
"#;

impl Drop for Groups {
    fn drop(&mut self) {
        // Its processes have been killed, and take a moment to end.
        let remove = r#"
            folder="/sys/fs/cgroup/rolecall-test-$1"
            for _ in 1 2 3 4 5 6 7 8 9 10; do
                [ -d "$folder" ] || exit 0
                find "$folder" -depth -type d -exec rmdir {} + 2>/dev/null && exit 0
                sleep 0.2
            done
            exit 1"#;
        let script = format!("{CGROUPS}{remove}");
        let removed = Command::new("unshare").args(["--mount", "sh", "-c", &script, "sh", &self.0]).status();
        if !removed.is_ok_and(|status| status.success()) {
            let _ = writeln!(std::io::stderr(), "the control group rolecall-test-{} is left", self.0);
        }
    }
}

const BOOT: &str = r#"
mkdir -p "/sys/fs/cgroup/rolecall-test-$2"
echo $$ >"/sys/fs/cgroup/rolecall-test-$2/cgroup.procs"
mount -t tmpfs tmpfs /run
mkdir -p /run/systemd/system
[ -z "$3" ] || { mkdir -p /run/systemd/user && cp "$3" /run/systemd/user/rolecall.service; }
mkdir "/sys/fs/cgroup/rolecall-test-$2/manager"
(echo 0 >"/sys/fs/cgroup/rolecall-test-$2/manager/cgroup.procs"; exec env -u GITHUB_TOKEN -u AWS_ENDPOINT_URL /usr/lib/systemd/systemd --user) >"$HOME/logs/systemd.log" 2>&1 &
until systemctl --user is-system-running 2>/dev/null | grep -qE 'running|degraded'; do [ -d "/proc/$!" ] || exit 3; sleep 0.1; done
# A job as of CI: its processes end with it.
mkdir "/sys/fs/cgroup/rolecall-test-$2/job"
(echo 0 >"/sys/fs/cgroup/rolecall-test-$2/job/cgroup.procs"; exec "$1" status) >/dev/null 2>"$HOME/logs/status.log"
pid() { systemctl --user show --property=MainPID --value "$1"; }
unit=$(systemctl --user list-units --plain --no-legend 'rolecall*.service' | cut -d' ' -f1)
[ -n "$unit" ] || { echo "no unit"; exit 4; }
first=$(pid "$unit")
echo "unit $unit"
echo "cgroup $(tail -1 "/proc/$first/cgroup")"
echo "environment $(tr '\0' ' ' <"/proc/$first/environ")"
echo 1 >"/sys/fs/cgroup/rolecall-test-$2/job/cgroup.kill"
"$1" status >/dev/null 2>&1 || true
[ "$(pid "$unit")" = "$first" ] && echo "outlives the job"
kill -KILL "$first"
until second=$(pid "$unit") && [ "$second" != 0 ] && [ "$second" != "$first" ]; do sleep 0.1; done
echo "came back"
until "$1" status >/dev/null 2>&1; do sleep 0.1; done
[ "$(pid "$unit")" = "$second" ] && echo "and answers"
"$1" quit 2>/dev/null
until [ "$(systemctl --user is-active "$unit")" != active ]; do sleep 0.1; done
[ "$(systemctl --user is-failed "$unit")" != failed ] && echo "ended well"
"#;

impl Manager {
    fn start(unit: Option<&Path>) -> Self {
        let place = Place::new();
        let mut command = place.command("timeout");
        command.args([
            "--signal=KILL",
            "240",
            "unshare",
            "--mount",
            "--pid",
            "--fork",
            "--kill-child",
            "--mount-proc",
        ]);
        let group = format!("{}-{}", std::process::id(), unit.is_some());
        let script = format!("{CGROUPS}{BOOT}");
        command.args(["sh", "-c", &script, "sh"]).arg(program("rolecall")).arg(&group);
        command.arg(unit.map_or_else(PathBuf::new, Path::to_path_buf));
        command.env("GITHUB_TOKEN", "planted").env("AWS_ENDPOINT_URL", "http://127.0.0.1:1");
        // Before it starts: whatever fails from here on, they are removed.
        let groups = Groups(group);
        let shell = command.stdout(Stdio::piped()).spawn().expect("unshare");
        Self { place, shell, groups }
    }

    fn said(mut self) -> String {
        let mut text = String::new();
        let out = self.shell.stdout.as_mut().expect("its words");
        out.read_to_string(&mut text).expect("text");
        let status = self.shell.wait().expect("ended");
        drop(self.groups);
        let log = |name: &str| std::fs::read_to_string(self.place.home.log(name)).unwrap_or_default();
        assert!(status.success(), "{status}: {text}\n{}\n{}", log("systemd"), log("status"));
        text
    }
}

fn can_have_a_manager() -> bool {
    let try_it = format!("{CGROUPS}mkdir \"$1\" && rmdir \"$1\"");
    let group = format!("/sys/fs/cgroup/rolecall-test-{}-try", std::process::id());
    let mounts = || {
        let mut command = Command::new("unshare");
        command.args(["--mount", "sh", "-c", &try_it, "sh", &group]).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    };
    is_root() && Path::new("/usr/lib/systemd/systemd").exists() && mounts()
}

#[test]
fn where_systemd_runs_it_is_a_unit_that_outlives_a_job_and_comes_back_after_a_crash() {
    if !can_have_a_manager() {
        return eprintln_left_out("a manager of one's own takes root, systemd, namespaces and cgroup2");
    }
    // The packages' own unit, for the program as it lies here; and none, as where it was unpacked from an archive.
    let packaged =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../packaging/linux/rolecall.service"));
    let packaged = packaged
        .expect("the unit")
        .replace("/usr/lib/rolecall/rolecall-tray", &program("rolecall-tray").display().to_string());
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("rolecall.service");
    std::fs::write(&file, packaged).expect("written");
    for (unit, begins) in [(Some(file.as_path()), "unit rolecall.service"), (None, "unit rolecall-")] {
        let said = Manager::start(unit).said();
        let line = |begin: &str| {
            said.lines().find(|line| line.starts_with(begin)).unwrap_or_else(|| panic!("{begin}: {said}"))
        };
        line(begins);
        assert!(!line("cgroup ").contains("/job"), "{said}");
        let environment = line("environment ");
        assert!(!environment.contains("AWS_ENDPOINT") && !environment.contains("planted"), "{environment}");
        assert!(environment.contains("AWS_CONFIG_FILE=/"), "{environment}");
        for step in ["outlives the job", "came back", "and answers", "ended well"] {
            line(step);
        }
    }
}
