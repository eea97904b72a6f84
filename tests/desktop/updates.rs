//! A signed feed on loopback, read by the real programs when somebody asks.

use crate::scene::{Scene, Setup};
use crate::window::Window;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use minisign::KeyPair;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{Cursor, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};

const FEED: &str = "/rolecall/latest.json";
const SIGNATURE: &str = "/rolecall/latest.json.minisig";

/// Answers by path, with a head of its own for each; counts what was asked.
struct Shelf {
    url: String,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    papers: BTreeMap<&'static str, (&'static str, Vec<u8>)>,
    asked: Vec<String>,
}

impl Shelf {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let state: Arc<Mutex<State>> = Arc::default();
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&shared);
                std::thread::spawn(move || answer(stream, &shared));
            }
        });
        Self { url, state }
    }

    /// `head` is the status and what else stands before the length.
    fn put(&self, path: &'static str, head: &'static str, body: impl Into<Vec<u8>>) {
        self.state.lock().expect("the shelf").papers.insert(path, (head, body.into()));
    }

    fn put_feed(&self, pair: &KeyPair, version: &str, file: &[u8], signed: i64) {
        let signature = STANDARD.encode(sign(pair, file, signed));
        let url = format!("{}/rolecall/rolecall.bin", self.url);
        let system = format!("{}-{}", std::env::consts::OS, std::env::consts::ARCH);
        let feed = format!(
            r#"{{"version":"{version}","notes":"Quicker.","pub_date":"2026-11-20T10:00:00Z",
            "platforms":{{"{system}":{{"url":"{url}","signature":"{signature}"}}}}}}"#
        );
        self.put(SIGNATURE, "200 OK", sign(pair, feed.as_bytes(), signed));
        self.put(FEED, "200 OK", feed);
    }

    fn settings(&self, pair: &KeyPair) -> String {
        format!("update_feed = '{}{FEED}'\nupdate_key = '{}'\n", self.url, pair.pk.to_base64())
    }

    fn asked(&self) -> Vec<String> {
        let mut asked = std::mem::take(&mut self.state.lock().expect("the shelf").asked);
        asked.sort();
        asked
    }
}

fn answer(mut client: TcpStream, state: &Mutex<State>) -> Option<()> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && client.read(&mut byte).ok()? > 0 {
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let path = head.split(' ').nth(1)?.to_owned();
    let (status, body) = {
        let mut state = state.lock().ok()?;
        state.asked.push(path.clone());
        state.papers.get(path.as_str()).cloned().unwrap_or(("404 Not Found", vec![]))
    };
    let length = body.len();
    write!(client, "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n").ok()?;
    client.write_all(&body).ok()
}

fn pair() -> KeyPair {
    KeyPair::generate_unencrypted_keypair().expect("a pair of keys")
}

fn sign(pair: &KeyPair, bytes: &[u8], signed: i64) -> String {
    let comment = format!("timestamp:{signed}\tfile:it");
    let signature = minisign::sign(Some(&pair.pk), &pair.sk, Cursor::new(bytes), Some(&comment), None);
    signature.expect("a signature").into_string()
}

impl Scene {
    /// The code of the problem that a command ends with, and its exit code.
    async fn refused(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let output = self.rolecall(arguments).await;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let code = said.rsplit_once('[').and_then(|(_, rest)| rest.split_once(']'));
        (output.status.code(), code.map_or(said.clone(), |(code, _)| code.to_owned()))
    }

    fn settle(&self, settings: &str) {
        self.desktop.home.write_settings(settings).expect("settings");
    }
}

#[tokio::test]
async fn a_signed_feed_is_read_when_somebody_asks_and_believed_or_not() {
    let (scene, shelf) = (Scene::start().await, Shelf::start());
    let (ours, theirs) = (pair(), pair());
    assert_eq!(scene.refused(&["update"]).await, (Some(6), "update.no_feed".into()));
    let found = scene.said(&["doctor", "--json"]).await;
    assert!(found.contains("installed by hand"), "{found}");
    scene.settle(&shelf.settings(&ours));
    assert_eq!(scene.refused(&["update"]).await, (Some(1), "update.unreachable".into()));

    let file = scene.desktop.home.path().join("rolecall.bin");
    std::fs::write(&file, "a new Rolecall").expect("a file");
    shelf.put_feed(&ours, "99.0.0", b"a new Rolecall", 2_000);
    shelf.asked();
    let update: Value = serde_json::from_str(&scene.said(&["update", "--json"]).await).expect("JSON");
    assert_eq!((&update["offer"]["version"], &update["installed"]), (&"99.0.0".into(), &"by_hand".into()));
    assert_eq!(shelf.asked(), [FEED, SIGNATURE], "two files, and nothing is downloaded");
    let said = scene.said(&["update"]).await;
    assert!(said.contains("99.0.0, of 2026-11-20") && said.contains("Quicker."), "{said}");

    // The downloaded file, by a path that is not absolute.
    let mut verify = scene.desktop.command(crate::scene::program("rolecall"));
    verify.args(["update", "verify", "rolecall.bin"]).current_dir(scene.desktop.home.path());
    let output =
        tokio::task::spawn_blocking(move || verify.output()).await.expect("joined").expect("it runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!((output.status.code(), said.contains("is 99.0.0 for")), (Some(0), true), "{said}");
    let path = Path::to_str(&file).expect("UTF-8");
    std::fs::write(&file, "a new RolecalL").expect("a file");
    assert_eq!(scene.refused(&["update", "verify", path]).await, (Some(1), "update.file".into()));
    assert_eq!(scene.refused(&["update", "verify", "/nowhere"]).await, (Some(6), "file.unreadable".into()));
    std::fs::write(&file, "an old Rolecall").expect("a file");
    shelf.put_feed(&ours, "0.0.1", b"an old Rolecall", 3_000);
    assert_eq!(scene.refused(&["update", "verify", path]).await, (Some(1), "update.older".into()));
    let said = scene.said(&["update"]).await;
    assert!(said.contains("nothing newer: the feed has 0.0.1"), "{said}");

    // Each way in which it is not to be believed.
    shelf.put_feed(&ours, "99.0.0", b"", 2_999);
    assert_eq!(scene.refused(&["update"]).await, (Some(1), "update.replayed".into()));
    shelf.put_feed(&theirs, "99.0.0", b"", 4_000);
    assert_eq!(scene.refused(&["update"]).await, (Some(1), "update.signature".into()));
    shelf.put_feed(&ours, "99.0.0", b"", 4_000);
    shelf.put(FEED, "200 OK", r#"{"version":"100.0.0","platforms":{}}"#);
    assert_eq!(scene.refused(&["update"]).await, (Some(1), "update.signature".into()));
    let junk = "not a feed";
    shelf.put(SIGNATURE, "200 OK", sign(&ours, junk.as_bytes(), 4_000));
    shelf.put(FEED, "200 OK", junk);
    assert_eq!(scene.refused(&["update"]).await, (Some(1), "update.feed".into()));
    for (head, body) in [
        ("302 Found\r\nLocation: /elsewhere", vec![]),
        ("200 OK", vec![b' '; 1024 * 1024 + 1]),
        ("200 OK", vec![0xff]),
        ("503 Service Unavailable", vec![]),
    ] {
        shelf.put(FEED, head, body);
        assert_eq!(scene.refused(&["update"]).await, (Some(1), "update.unreachable".into()), "{head}");
    }
    assert!(!shelf.asked().contains(&"/elsewhere".to_owned()), "it is not sent on");
    scene.settle("update_feed = 'http://updates.example.org/latest.json'\nupdate_key = 'RWQ'\n");
    assert_eq!(scene.refused(&["update"]).await, (Some(6), "update.source".into()));
    scene.nothing_left();
}

#[tokio::test]
async fn the_about_page_looks_when_its_button_is_pressed() {
    let (shelf, ours) = (Shelf::start(), pair());
    let settings = shelf.settings(&ours);
    let scene = Scene::start_as(Setup { settings: &settings, ..Setup::default() }).await;
    let window = Window::open(&scene).await;
    window.click("[data-action=go-settings]").await;
    window.see("[data-action=check-update]").await;
    assert_eq!(shelf.asked(), Vec::<String>::new(), "nobody has asked");
    assert!(window.text().await.contains("by hand"));
    window.click("[data-action=check-update]").await;
    window.until("the problem", "return document.body.innerText.includes('the server answered 404')").await;
    shelf.put_feed(&ours, "99.0.0", b"", 2_000);
    window.click("[data-action=check-update]").await;
    window.see("[data-latest='99.0.0']").await;
    assert!(window.text().await.contains("Quicker."));
    // Without a feed there is no button.
    scene.settle("");
    window.gone("[data-action=check-update]").await;
}
