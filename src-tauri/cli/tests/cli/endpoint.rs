//! `exec --endpoint`: who gets credentials from it, who does not, and how the command ends.

use crate::scene::{Ran, Scene, keys, name, problem, say};
use jiff::{SignedDuration, Timestamp};
use rolecall_core::credentials::Credentials;
use rolecall_core::message::{Reply, Request, Stage};
use rolecall_core::problem::Problem;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The program with an endpoint, and a command that runs until its standard input ends.
struct Running {
    child: Child,
    port: u16,
    token: String,
}

impl Running {
    fn start(mut command: Command) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("it runs");
        let mut lines = BufReader::new(child.stdout.as_mut().expect("a pipe")).lines();
        let mut line = || lines.next().expect("a line").expect("text");
        let (address, token) = (line(), line());
        let port = address.strip_prefix("http://127.0.0.1:").and_then(|rest| rest.strip_suffix('/'));
        Self { child, port: port.expect("a port").parse().expect("a number"), token }
    }

    fn of(scene: &Scene) -> Self {
        Self::start(scene.command(&["exec", "--endpoint", "work", "--", "sh", "-c", PRINT]))
    }

    /// Sends bytes as they are, and reads to the end.
    fn send(&self, bytes: &[u8]) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("somebody listens");
        let _ = stream.write_all(bytes);
        let mut answer = String::new();
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a limit");
        let _ = stream.read_to_string(&mut answer);
        answer
    }

    fn request(&self, line: &str, headers: &[String]) -> String {
        self.send(format!("{line} HTTP/1.1\r\n{}\r\n\r\n", headers.join("\r\n")).as_bytes())
    }

    /// As an SDK asks.
    fn ask(&self) -> String {
        self.request("GET /", &[self.host(), self.authorization()])
    }

    fn host(&self) -> String {
        format!("Host: 127.0.0.1:{}", self.port)
    }

    fn authorization(&self) -> String {
        format!("Authorization: {}", self.token)
    }

    /// Lets the command end.
    fn end(mut self) -> Ran {
        drop(self.child.stdin.take());
        Ran::of(self.child.wait_with_output().expect("it ends"))
    }
}

const PRINT: &str =
    r#"echo "$AWS_CONTAINER_CREDENTIALS_FULL_URI"; echo "$AWS_CONTAINER_AUTHORIZATION_TOKEN"; cat; exit 7"#;

fn scene() -> Scene {
    Scene::answering(|_| vec![keys(Some("eu-west-1"))])
}

#[test]
fn whoever_has_the_token_gets_keys() {
    let scene = scene();
    let running = Running::of(&scene);
    assert!(running.token.len() >= 43, "{}", running.token);
    let answer = running.ask();
    let (head, body) = answer.split_once("\r\n\r\n").expect("an answer");
    assert!(head.starts_with("HTTP/1.1 200 ") && head.contains("Cache-Control: no-store"), "{head}");
    assert!(!head.to_lowercase().contains("access-control"), "{head}");
    let keys: serde_json::Value = serde_json::from_str(body).expect("JSON");
    assert_eq!(
        keys,
        serde_json::json!({
            "AccessKeyId": "ASIAEXAMPLE", "SecretAccessKey": "planted/se+cret=",
            "Token": r#"planted'tok\en" $HOME `x`"#, "Expiration": "2126-11-22T18:11:04Z",
        })
    );
    let ran = running.end();
    assert_eq!((ran.code, ran.err.as_str()), (Some(7), ""));
    let asked = scene.asked();
    assert_eq!(asked.len(), 2, "{asked:?}");
    // By the name that the first answer gave, whichever profile is used last by then.
    assert!(
        matches!(&asked[1], Request::Credentials { profile: Some(profile), by_tool: true, .. } if *profile == name("work")),
        "{asked:?}"
    );
}

#[test]
fn nobody_else_does() {
    let scene = scene();
    let running = Running::of(&scene);
    let (host, right) = (running.host(), running.authorization());
    let port = running.port;
    let huge = format!("X: {}", "a".repeat(9000));
    for (line, headers, status) in [
        ("GET /", vec![host.clone()], "401"),
        ("GET /", vec![host.clone(), "Authorization: wrong".into()], "401"),
        ("GET /", vec!["Host: evil.example".into(), right.clone()], "403"),
        ("GET /", vec![format!("Host: evil.example:{port}"), right.clone()], "403"),
        ("GET /", vec![host.clone(), right.clone(), "Origin: https://evil.example".into()], "403"),
        ("GET /", vec![host.clone(), right.clone(), "Sec-Fetch-Site: cross-site".into()], "403"),
        ("POST /", vec![host.clone(), right.clone()], "405"),
        ("OPTIONS /", vec![host.clone(), "Origin: https://evil.example".into()], "403"),
        ("GET /latest/meta-data", vec![host.clone(), right.clone()], "404"),
        ("GET /", vec![host.clone(), right.clone(), huge], "431"),
        ("nonsense", vec![], "400"),
    ] {
        let answer = running.request(line, &headers);
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{line} {headers:.80?}: {answer}");
        let (head, body) = answer.split_once("\r\n\r\n").expect("an answer");
        assert!(!answer.contains("planted") && !head.to_lowercase().contains("access-control"), "{answer}");
        let body: serde_json::Value = serde_json::from_str(body).expect("JSON");
        assert!(body["code"].is_string() && body["message"].is_string(), "{body}");
    }
    assert!(running.send(b"\x16\x03\x01\x02\x00\r\n\r\n").starts_with("HTTP/1.1 400 "));
    let localhost = running.request("GET /", &[format!("Host: localhost:{port}"), right]);
    assert!(localhost.starts_with("HTTP/1.1 200 "), "{localhost}");
    running.end();
    assert_eq!(scene.asked().len(), 2, "the refused ones ask nobody");
}

#[test]
fn slow_ones_hold_nobody_up() {
    let scene = scene();
    let running = Running::of(&scene);
    let mut slow = TcpStream::connect(("127.0.0.1", running.port)).expect("somebody listens");
    slow.write_all(b"GET / HTTP/1.1\r\n").expect("written");
    let begun = Instant::now();
    std::thread::scope(|threads| {
        let both = [(); 2].map(|()| threads.spawn(|| running.ask()));
        for answer in both {
            let answer = answer.join().expect("an answer");
            assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        }
    });
    assert!(begun.elapsed() < Duration::from_secs(4));
    let mut answer = String::new();
    slow.read_to_string(&mut answer).expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    // More than it takes at once are turned away, and it goes on when they have gone.
    let crowd: Vec<_> =
        (0..128).map(|_| TcpStream::connect(("127.0.0.1", running.port)).expect("it listens")).collect();
    let busy = (0..200).map(|_| running.ask()).find(|answer| answer.starts_with("HTTP/1.1 503 "));
    assert!(busy.is_some());
    drop(crowd);
    let free = (0..200).map(|_| running.ask()).find(|answer| answer.starts_with("HTTP/1.1 200 "));
    assert!(free.is_some());
    running.end();
}

/// Other users of the computer may connect, too: what they open takes no place of ours.
#[cfg(target_os = "linux")]
#[test]
fn another_user_s_silent_connections_keep_nobody_waiting() {
    let status = std::fs::read_to_string("/proc/self/status").expect("our own state");
    if !status.lines().any(|line| line.starts_with("Uid:\t0\t")) {
        let _ = writeln!(std::io::stderr(), "LEFT OUT: only root can be another user");
        return;
    }
    let scene = Scene::answering(|_| vec![keys(None)]);
    let running = Running::of(&scene);
    let connect = "import socket, sys; all = [socket.create_connection(('127.0.0.1', int(sys.argv[1]))) for _ in range(300)]; \
                   print('connected', flush=True); sys.stdin.read()";
    let mut stranger = std::process::Command::new("setpriv");
    stranger.args(["--reuid=60002", "--regid=60002", "--clear-groups", "/usr/bin/python3", "-c", connect]);
    stranger.arg(running.port.to_string()).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut stranger = stranger.spawn().expect("another user");
    let mut line = String::new();
    BufReader::new(stranger.stdout.as_mut().expect("its words")).read_line(&mut line).expect("a line");
    assert_eq!(line, "connected\n");
    for _ in 0..20 {
        let answer = running.ask();
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    }
    drop(stranger.stdin.take());
    stranger.wait().expect("ended");
    // With the token in its hand it is served, as a program in a container is.
    let ask = "import sys, urllib.request as u; r = u.Request(sys.argv[1], headers={'Authorization': sys.argv[2]}); \
               print(u.urlopen(r, timeout=20).status)";
    let mut container = std::process::Command::new("setpriv");
    container.args(["--reuid=60002", "--regid=60002", "--clear-groups", "/usr/bin/python3", "-c", ask]);
    container.args([format!("http://127.0.0.1:{}/", running.port), running.token.clone()]);
    let output = container.output().expect("it runs");
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "200", "{output:?}");
    running.end();
}

/// Keys at first, then what `later` does with each request, by its number from 1 on.
fn first_keys(mut later: impl FnMut(u32, &mut UnixStream) + Send + 'static) -> Scene {
    let mut number = 0;
    Scene::listening(move |_, stream| {
        match number {
            0 => say(stream, keys(None)),
            number => later(number, stream),
        }
        number += 1;
    })
}

#[test]
fn a_refusal_reaches_the_sdk_in_words() {
    let signed_out = Problem::ProfileSignedOut { profile: "work".into() };
    let denied = Problem::AwsOther { code: "X".into(), message: "no".into() };
    for (wrong, words) in [
        (signed_out, "work is signed out"),
        (Problem::Cancelled, "window was closed"),
        (denied, "AWS refused"),
        (Problem::WindowUnavailable { reason: "gone".into() }, "could not be started"),
    ] {
        let scene = first_keys(move |_, stream| say(stream, problem(wrong.clone())));
        let running = Running::of(&scene);
        let answer = running.ask();
        assert!(answer.starts_with("HTTP/1.1 403 ") && answer.contains(words), "{words}: {answer}");
        assert!(!answer.contains("planted"), "{answer}");
        running.end();
    }
}

/// As the resident process does it: it says that a person is asked, and then nothing for minutes.
#[test]
fn while_a_person_is_asked_nothing_is_handed_out() {
    for stage in [Stage::SigningIn, Stage::Choosing] {
        let (go_on, wait) = std::sync::mpsc::channel::<()>();
        let scene = first_keys(move |number, stream| {
            say(stream, Reply::Progress { profile: name("work"), stage });
            let _ = wait.recv();
            match number {
                1 => say(stream, problem(Problem::Waited { profile: "work".into() })),
                _ => say(stream, keys(None)),
            }
        });
        let running = Running::of(&scene);
        // Longer than an SDK waits, and than a renewal that goes on unseen is waited for.
        for _ in 0..2 {
            let mut stream = TcpStream::connect(("127.0.0.1", running.port)).expect("somebody listens");
            let (host, authorization) = (running.host(), running.authorization());
            let request = format!("GET / HTTP/1.1\r\n{host}\r\n{authorization}\r\n\r\n");
            stream.write_all(request.as_bytes()).expect("written");
            stream.set_read_timeout(Some(Duration::from_millis(1500))).expect("a limit");
            let silence = stream.read(&mut [0; 1]).expect_err("no answer yet");
            assert_eq!(silence.kind(), std::io::ErrorKind::WouldBlock, "{stage:?}");
        }
        std::thread::scope(|threads| {
            let waiting = threads.spawn(|| running.ask());
            std::thread::sleep(Duration::from_millis(100));
            go_on.send(()).expect("it waits");
            let answer = waiting.join().expect("an answer");
            assert!(answer.starts_with("HTTP/1.1 403 ") && answer.contains("sign_in.waited"), "{answer}");
            assert!(!answer.contains("planted"), "{answer}");
        });
        // Whoever signs in again is served again.
        go_on.send(()).expect("it waits");
        let answer = running.ask();
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        let ran = running.end();
        assert_eq!(ran.err.matches("a person is needed").count(), 2, "{ran:?}");
    }
}

/// What passes takes nothing away, as long as there is something; then SDKs ask again.
#[test]
fn what_passes_is_bridged() {
    let endpoint = || String::from("https://sts.example");
    let gone = |reply: Reply, then: Reply| {
        first_keys(move |number, stream| match number {
            1 => say(stream, reply.clone()),
            2 => {}
            _ => say(stream, then.clone()),
        })
    };
    for passing in [
        Problem::AwsThrottled,
        Problem::AwsUnavailable { code: "ServiceUnavailable".into() },
        Problem::AwsTimeout { endpoint: endpoint() },
        Problem::AwsUnreachable { endpoint: endpoint(), reason: "no route".into() },
        Problem::AwsNotAws { endpoint: endpoint() },
    ] {
        let signed_out = problem(Problem::ProfileSignedOut { profile: "work".into() });
        let scene = gone(problem(passing.clone()), signed_out);
        let running = Running::of(&scene);
        // The second time the resident process ends in the midst of it.
        for _ in 0..2 {
            assert!(running.ask().starts_with("HTTP/1.1 200 "), "{passing}");
        }
        assert!(running.ask().starts_with("HTTP/1.1 403 "), "{passing}");
        running.end();
        // With keys that end within a minute there is nothing to bridge it with.
        let scene = Scene::answering({
            let first = std::sync::atomic::AtomicBool::new(true);
            move |_| match first.swap(false, std::sync::atomic::Ordering::SeqCst) {
                true => vec![until(Timestamp::now() + SignedDuration::from_secs(50))],
                false => vec![problem(passing.clone())],
            }
        });
        let running = Running::of(&scene);
        let answer = running.ask();
        assert!(answer.starts_with("HTTP/1.1 503 ") && !answer.contains("planted"), "{answer}");
        running.end();
    }
}

/// Keys that end then.
fn until(expiration: Timestamp) -> Reply {
    match keys(None) {
        Reply::Credentials { profile, role, region, credentials, remarks } => {
            let credentials = Credentials { expiration, ..credentials };
            Reply::Credentials { profile, role, region, credentials, remarks }
        }
        other => other,
    }
}

/// A renewal that takes its time: what is left is handed out until it is there.
#[test]
fn a_slow_renewal_is_not_waited_for() {
    let (go_on, wait) = std::sync::mpsc::channel::<()>();
    let mut first = true;
    let scene = Scene::listening(move |_, stream| {
        if !std::mem::take(&mut first) {
            let _ = wait.recv();
        }
        say(stream, keys(None));
    });
    let running = Running::of(&scene);
    let begun = Instant::now();
    assert!(running.ask().starts_with("HTTP/1.1 200 "));
    assert!(begun.elapsed() < Duration::from_secs(2));
    go_on.send(()).expect("it waits");
    running.end();
}

#[test]
fn the_command_s_environment() {
    let scene = scene();
    scene.write(".aws/credentials", "[default]\naws_access_key_id = AKIAOTHER\n");
    let mut command = scene.command(&["exec", "--endpoint", "--", "env"]);
    for variable in [
        "AWS_PROFILE",
        "AWS_DEFAULT_PROFILE",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_SECURITY_TOKEN",
        "AWS_CREDENTIAL_SCOPE",
        "AWS_ACCOUNT_ID",
        "AWS_ROLE_SESSION_NAME",
        "AWS_ROLE_ARN",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    ] {
        command.env(variable, "other");
    }
    let ran = Ran::of(command.output().expect("it runs"));
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let mut aws: Vec<_> = ran
        .out
        .lines()
        .filter_map(|line| line.strip_prefix("AWS_"))
        .map(|line| line.split_once('=').expect("a value").0)
        .collect();
    aws.sort_unstable();
    assert_eq!(
        aws,
        [
            "CONTAINER_AUTHORIZATION_TOKEN",
            "CONTAINER_CREDENTIALS_FULL_URI",
            "DEFAULT_REGION",
            "REGION",
            "SHARED_CREDENTIALS_FILE"
        ]
    );
    assert!(ran.err.contains("[default]") && ran.out.contains("AWS_SHARED_CREDENTIALS_FILE=/dev/null"));
    assert!(!ran.out.contains("planted"));
}

#[test]
fn its_end_is_the_commands() {
    let scene = scene();
    for (script, code) in [("exit 0", 0), ("exit 255", 255), ("kill -TERM $$", 143), ("kill -PIPE $$", 141)] {
        let ran = scene.run(&["exec", "--endpoint", "--", "sh", "-c", script]);
        assert_eq!((ran.code, ran.err.as_str()), (Some(code), ""), "{script}");
    }
    let missing = scene.run(&["exec", "--endpoint", "--", "no-such-command"]);
    assert_eq!(missing.code, Some(127), "{missing:?}");
    let refused = Scene::answering(|_| vec![problem(Problem::NotSignedIn)]);
    let ran = refused.run(&["exec", "--endpoint", "--", "echo", "ran"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(125), ""), "{ran:?}");
}

/// What is sent to this process reaches the command, which ends as it likes.
#[test]
fn signals_are_the_commands() {
    let script = r#"trap 'echo told; exit 5' INT TERM
        echo "$AWS_CONTAINER_CREDENTIALS_FULL_URI"; echo "$AWS_CONTAINER_AUTHORIZATION_TOKEN"
        while :; do sleep 0.05; done"#;
    for signal in [rustix::process::Signal::TERM, rustix::process::Signal::INT] {
        let scene = scene();
        let mut command = scene.command(&["exec", "--endpoint", "--", "sh", "-c", script]);
        // A group of its own: the signal reaches this process alone.
        command.process_group(0);
        let running = Running::start(command);
        let pid = rustix::process::Pid::from_child(&running.child);
        rustix::process::kill_process(pid, signal).expect("a signal");
        let ran = Ran::of(running.child.wait_with_output().expect("it ends"));
        assert_eq!((ran.code, ran.out.trim()), (Some(5), "told"), "{signal:?}: {ran:?}");
    }
}

/// Ctrl-C: the terminal tells both, and the command is told once.
#[cfg(target_os = "linux")]
#[test]
fn the_keyboard_tells_the_command_once() {
    let scene = scene();
    let script =
        "trap 'echo told' INT; echo ready; for i in 1 2 3 4 5 6 7 8 9 10; do sleep 0.1; done; exit 3";
    let program = env!("CARGO_BIN_EXE_rolecall");
    // Only the terminal that a session calls its own turns a key into a signal.
    let words = ["--ctty", "--wait", program, "exec", "--endpoint", "--", "sh", "-c", script];
    let mut terminal = crate::terminal::Terminal::run(scene.command_of("setsid".as_ref(), &words));
    terminal.wait_for("ready");
    terminal.press("\x03");
    let (code, text) = terminal.end();
    assert_eq!((code, text.matches("told").count()), (Some(3), 1), "{text:?}");
}

#[test]
fn an_override_for_compose() {
    let ran = Scene::empty().run(&["endpoint", "compose", "web", "worker"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    for line in [
        "services:",
        "  \"web\":",
        "  \"worker\":",
        "    network_mode: host",
        "      - AWS_CONTAINER_CREDENTIALS_FULL_URI",
    ] {
        assert!(ran.out.lines().any(|found| found == line), "{line}: {}", ran.out);
    }
    for arguments in [&["endpoint", "compose"][..], &["endpoint"], &["endpoint", "compose", "a: b"]] {
        assert_eq!(Scene::empty().run(arguments).code, Some(2), "{arguments:?}");
    }
}

/// Nobody may be asked later on, either.
#[test]
fn no_sign_in_holds_for_renewals() {
    let scene = scene();
    let running =
        Running::start(scene.command(&["exec", "--endpoint", "--no-sign-in", "--", "sh", "-c", PRINT]));
    running.ask();
    running.end();
    let asked = scene.asked();
    let [
        Request::Credentials { may_ask: false, by_tool: false, .. },
        Request::Credentials { may_ask: false, by_tool: true, .. },
    ] = asked.as_slice()
    else {
        panic!("{asked:?}")
    };
}
