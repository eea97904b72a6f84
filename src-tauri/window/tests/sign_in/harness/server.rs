//! A web server on loopback that plays login host and ACS, and remembers every request.

use super::PATIENCE;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Instant;

/// A request as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) method: String,
    /// With its query.
    pub(crate) path: String,
    pub(crate) cookies: String,
    pub(crate) body: String,
}

pub(crate) struct Reply {
    status: &'static str,
    headers: Vec<String>,
    body: String,
}

impl Reply {
    pub(crate) fn html(body: impl Into<String>) -> Self {
        Self {
            status: "200 OK",
            headers: vec!["Content-Type: text/html; charset=utf-8".into()],
            body: body.into(),
        }
    }

    pub(crate) fn status(status: &'static str) -> Self {
        Self { status, headers: Vec::new(), body: String::new() }
    }

    pub(crate) fn header(mut self, header: impl Into<String>) -> Self {
        self.headers.push(header.into());
        self
    }
}

pub(crate) struct Server {
    port: u16,
    seen: Arc<(Mutex<Vec<Seen>>, Condvar)>,
}

impl Server {
    /// `ORIGIN` in a page stands for this server, `ACS` for its ACS. What `answer` does not know is answered 404.
    pub(crate) fn start(answer: impl Fn(&Seen) -> Option<Reply> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new((Mutex::new(Vec::new()), Condvar::new()));
        let (answer, log) = (Arc::new(answer), seen.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (answer, log) = (answer.clone(), log.clone());
                std::thread::spawn(move || serve(&stream, port, &*answer, &log));
            }
        });
        Self { port, seen }
    }

    /// A server with one page at `/start`.
    pub(crate) fn page(html: impl Into<String>) -> Self {
        let html = html.into();
        Self::start(move |seen| (seen.path == "/start").then(|| Reply::html(html.clone())))
    }

    pub(crate) fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.host())
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.0.lock().unwrap().clone()
    }

    pub(crate) fn paths(&self) -> Vec<String> {
        self.seen().into_iter().map(|seen| format!("{} {}", seen.method, seen.path)).collect()
    }

    /// Waits for a request to this path and gives its query.
    pub(crate) fn wait_for(&self, path: &str) -> String {
        let (lock, arrived) = &*self.seen;
        let deadline = Instant::now() + PATIENCE;
        let mut seen = lock.lock().unwrap();
        loop {
            let query = seen.iter().find_map(|seen| {
                let (requested, query) = seen.path.split_once('?').unwrap_or((&seen.path, ""));
                (requested == path).then(|| query.to_owned())
            });
            if let Some(query) = query {
                return query;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "no request to {path}; there were {:?}", *seen);
            seen = arrived.wait_timeout(seen, left).unwrap().0;
        }
    }
}

fn serve(
    mut stream: &TcpStream,
    port: u16,
    answer: &(dyn Fn(&Seen) -> Option<Reply> + Send + Sync),
    log: &(Mutex<Vec<Seen>>, Condvar),
) {
    let Some(seen) = read(stream) else { return };
    let reply = answer(&seen).unwrap_or_else(|| Reply::status("404 Not Found"));
    // Chromium asks for one by itself.
    if seen.path != "/favicon.ico" {
        log.0.lock().unwrap().push(seen);
    }
    log.1.notify_all();
    let (origin, acs) = (format!("http://127.0.0.1:{port}"), format!("http://127.0.0.1:{port}/saml"));
    let fill = |text: &str| text.replace("ORIGIN", &origin).replace("ACS", &acs);
    let body = fill(&reply.body);
    let headers: String = reply.headers.iter().map(|header| fill(header) + "\r\n").collect();
    let head = format!(
        "HTTP/1.1 {}\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n",
        reply.status,
        body.len()
    );
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes()));
}

fn read(stream: &TcpStream) -> Option<Seen> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
    let mut words = line.split(' ');
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let (mut cookies, mut length) = (String::new(), 0);
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        let Some((name, value)) = header.trim_end().split_once(": ") else { break };
        match name.to_lowercase().as_str() {
            "cookie" => cookies = value.to_owned(),
            "content-length" => length = value.parse().ok()?,
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Seen { method, path, cookies, body: String::from_utf8_lossy(&body).into_owned() })
}
