//! Chromiums for the stand-in of WebView2 that the Windows programs load under Wine: a new one, with nothing in it, for
//! each view that asks for its page.

use super::program::Program;
use super::{Done, Trouble};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// A cold start on a busy machine.
const START: Duration = Duration::from_secs(60);

/// Stands between a view and its Chromium. Ends when dropped, with all that it started.
#[derive(Debug)]
pub struct Chromiums {
    address: SocketAddr,
    ended: Arc<AtomicBool>,
}

impl Chromiums {
    /// `notes` is where the stand-in notes the arguments that the program gives its engine: they are Chromium's, too.
    pub fn start(notes: PathBuf) -> Done<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").map_err(Trouble::at("a port on loopback"))?;
        let address = listener.local_addr().map_err(Trouble::at("a port on loopback"))?;
        let ended = Arc::new(AtomicBool::new(false));
        let end = ended.clone();
        std::thread::spawn(move || {
            for view in listener.incoming().flatten() {
                if end.load(Ordering::Relaxed) {
                    return;
                }
                let (notes, end) = (notes.clone(), end.clone());
                std::thread::spawn(move || {
                    if let Err(Trouble(trouble)) = serve(&view, &notes, &end) {
                        let _ = writeln!(std::io::stderr(), "rolecall-demo: chromium: {trouble}");
                    }
                });
            }
        });
        Ok(Self { address, ended })
    }

    /// What `WEBVIEW2_STANDIN_PAGE` must be.
    pub fn page(&self) -> String {
        format!("ws://{}/page", self.address)
    }
}

impl Drop for Chromiums {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
        // So that the listener looks.
        let _ = TcpStream::connect(self.address);
    }
}

/// From a view's first word to its last. The Chromium is gone before its end of the line is: one whose client leaves lets
/// go of the requests that the client held, and the real engine's processes end with the program's.
fn serve(view: &TcpStream, notes: &Path, ended: &Arc<AtomicBool>) -> Done<()> {
    let failed = Trouble::at;
    let folder = tempfile::tempdir().map_err(failed("a folder"))?;
    let mut hello = Vec::new();
    let mut byte = [0];
    while !hello.ends_with(b"\r\n\r\n") {
        (&*view).read_exact(&mut byte).map_err(failed("the view"))?;
        hello.push(byte[0]);
    }
    let log = folder.path().join("log");
    let chromium = chromium(folder.path(), &log, &arguments(notes))?;
    let host = host(&log)?;
    let path = page(&host)?;
    let server = TcpStream::connect(&host).map_err(failed("Chromium's port"))?;
    let hello = String::from_utf8_lossy(&hello).replacen("GET /page ", &format!("GET {path} "), 1);
    (&server).write_all(hello.as_bytes()).map_err(failed("Chromium"))?;
    let (mut answers, mut heard) =
        (server.try_clone().map_err(failed("Chromium"))?, view.try_clone().map_err(failed("the view"))?);
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut answers, &mut heard);
        let _ = heard.shutdown(Shutdown::Both);
    });
    let patience = Some(Duration::from_millis(200));
    view.set_read_timeout(patience).map_err(failed("the view"))?;
    let mut part = [0; 16 * 1024];
    loop {
        match (&*view).read(&mut part) {
            Ok(0) => break,
            Ok(length) => (&server).write_all(&part[..length]).map_err(failed("Chromium"))?,
            Err(error)
                if matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut) =>
            {
                if ended.load(Ordering::Relaxed) {
                    break;
                }
            }
            Err(_) => break,
        }
    }
    drop(chromium);
    drop(server);
    Ok(())
}

/// Those of the last environment that was made.
fn arguments(notes: &Path) -> Vec<String> {
    let notes = std::fs::read_to_string(notes).unwrap_or_default();
    let last = notes.lines().rev().find_map(|line| line.strip_prefix("options: arguments "));
    last.unwrap_or_default().split_whitespace().map(str::to_owned).collect()
}

fn chromium(folder: &Path, log: &Path, arguments: &[String]) -> Done<Program> {
    let mut command = Command::new("chromium");
    command
        .args([
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--remote-debugging-port=0",
        ])
        .args(arguments)
        .arg(format!("--user-data-dir={}", folder.join("profile").display()))
        .arg("about:blank");
    Program::start(&mut command, Some(log))
}

/// Where it listens, which it says when it does.
fn host(log: &Path) -> Done<String> {
    let deadline = Instant::now() + START;
    while Instant::now() < deadline {
        let said = std::fs::read_to_string(log).unwrap_or_default();
        let host =
            said.lines().find_map(|line| Some(line.split_once("ws://")?.1.split_once('/')?.0.to_owned()));
        if let Some(host) = host {
            return Ok(host);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Err(Trouble::new("it does not say where it listens"))
}

/// The path of its one page.
fn page(host: &str) -> Done<String> {
    let deadline = Instant::now() + START;
    while Instant::now() < deadline {
        let stream = TcpStream::connect(host).map_err(Trouble::at("Chromium's port"))?;
        write!(&stream, "GET /json/list HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")
            .map_err(Trouble::at("Chromium"))?;
        let mut length = 0;
        let mut reader = BufReader::new(&stream);
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).map_err(Trouble::at("Chromium"))?;
            if line.trim().is_empty() {
                break;
            }
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().unwrap_or(0);
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).map_err(Trouble::at("Chromium"))?;
        let pages: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
        let pages = pages.as_array().into_iter().flatten();
        let mut ids = pages.filter(|page| page["type"] == "page").filter_map(|page| page["id"].as_str());
        if let Some(id) = ids.next() {
            return Ok(format!("/devtools/page/{id}"));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Err(Trouble::new("it has no page"))
}
