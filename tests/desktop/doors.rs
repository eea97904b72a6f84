//! Many at one door: they share one sign-in, and bad neighbours keep nobody waiting.

use crate::scene::{ADA, SOON, Scene, Setup, program};
use rolecall_demo::Kind;
use rolecall_demo::entra::Page;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// No role to choose: nothing but the sign-in itself.
const ONE_ROLE: &str = "azure_default_role_arn = arn:aws:iam::111111111111:role/Developer\n";
const CROWD: usize = 500;
/// Far more than an answer takes, far less than waiting for a neighbour would.
const AT_ONCE: Duration = Duration::from_secs(5);

/// `rolecall credential-process` so many times at once, and what each of them prints.
struct Crowd {
    children: Vec<Child>,
    folder: PathBuf,
}

impl Crowd {
    fn start(scene: &Scene, name: &str) -> Self {
        // Files, not pipes: a thousand pipes are more than a process may have open.
        let folder = scene.desktop.home.path().join(name);
        std::fs::create_dir(&folder).expect("a folder");
        let words = File::create(folder.join("words")).expect("a file");
        let start = |n: usize| {
            let mut command = scene.desktop.command(program("rolecall"));
            command.args(["credential-process", "--profile", "demo"]).stdin(Stdio::null());
            command.stdout(File::create(folder.join(n.to_string())).expect("a file"));
            command.stderr(words.try_clone().expect("the same file"));
            command.spawn().expect("rolecall starts")
        };
        Self { children: (0..CROWD).map(start).collect(), folder }
    }

    /// What all of them printed.
    async fn end(self) -> String {
        let Self { children, folder } = self;
        let wait = |mut child: Child| child.wait().expect("it ends");
        let ends = tokio::task::spawn_blocking(move || children.into_iter().map(wait).collect::<Vec<_>>());
        let ends = ends.await.expect("joined");
        let read = |name: String| std::fs::read_to_string(folder.join(name)).expect("a file");
        assert!(ends.iter().all(std::process::ExitStatus::success), "{}", read("words".into()));
        let first = read("0".into());
        assert!(first.contains("\"SecretAccessKey\""), "{first}");
        let others = (0..CROWD).filter(|n| read(n.to_string()) != first).count();
        assert_eq!(others, 0, "so many got other keys");
        first
    }
}

#[tokio::test]
async fn five_hundred_at_once_share_one_sign_in() {
    let setup = Setup { profile: ONE_ROLE, ..Setup::default() };
    let scene = Scene::start_as(setup).await;
    let mark = scene.server.mark();
    let crowd = Crowd::start(&scene, "first");
    scene.type_through_entra(mark, &ADA).await;
    let keys = crowd.end().await;
    assert_eq!(scene.assumed(), 1);
    let opened = [Page::UserName, Page::Password, Page::Number, Page::StaySignedIn, Page::Working];
    let counts = opened.map(|page| scene.server.count(&Kind::Page(page)));
    assert_eq!(counts, [1; 5], "each page once: {:?}", scene.server.pages());
    // With keys at hand nobody is asked anything.
    let mark = scene.server.mark();
    assert_eq!(Crowd::start(&scene, "second").end().await, keys);
    assert_eq!(scene.server.mark(), mark);
}

#[tokio::test]
async fn who_says_nothing_or_too_much_keeps_nobody_waiting() {
    let scene = Scene::start_as(Setup { profile: ONE_ROLE, ..Setup::default() }).await;
    let mark = scene.server.mark();
    scene.item.press(&["Sign in"], SOON).await.expect("Sign in");
    scene.type_through_entra(mark, &ADA).await;
    scene.active("Developer").await;

    let connect = || UnixStream::connect(scene.desktop.home.socket()).expect("the socket");
    let silent: Vec<_> = (0..50).map(|_| connect()).collect();
    let halves: Vec<_> = (0..50)
        .map(|_| {
            let mut stream = connect();
            stream.write_all(b"{\"version\":1,\"req").expect("half a line");
            stream
        })
        .collect();
    // They ask to be told of every change, and never read.
    let deaf: Vec<_> = (0..20)
        .map(|_| {
            let mut stream = connect();
            stream.write_all(b"{\"version\":2,\"request\":{\"type\":\"watch\"},\"environment\":{\"config_file\":null,\"credentials_file\":null,\"ca_bundle\":null,\"variables\":{}}}\n").expect("a line");
            stream
        })
        .collect();
    // A megabyte that does not end, and one that does.
    let mut endless = connect();
    endless.set_write_timeout(Some(SOON)).expect("a time limit");
    let _ = endless.write_all(&vec![b'x'; 1024 * 1024]);
    let mut long = connect();
    long.set_write_timeout(Some(SOON)).expect("a time limit");
    long.set_read_timeout(Some(SOON)).expect("a time limit");
    let _ = long.write_all(&[vec![b'x'; 1024 * 1024 + 1], b"\n".to_vec()].concat());
    let mut reply = String::new();
    BufReader::new(&long).read_line(&mut reply).expect("an answer");
    assert!(reply.contains("the line is too long"), "{reply}");

    let keys = scene.key_id().expect("keys");
    for _ in 0..20 {
        let start = Instant::now();
        assert_eq!(scene.process_keys().await["AccessKeyId"], keys.as_str());
        assert_eq!(scene.status().await["profiles"][0]["state"], "active");
        assert!(start.elapsed() < AT_ONCE, "{:?}", start.elapsed());
    }
    // Changes are told to those who do not read, and the tray goes on.
    for _ in 0..3 {
        let before = scene.key_id();
        scene.item.press(&["demo — Developer", "Renew now"], SOON).await.expect("Renew now");
        scene.new_keys(before).await;
    }
    scene.active("Developer").await;
    drop((silent, halves, deaf, endless));
    assert_eq!(scene.status().await["profiles"][0]["state"], "active");
}
