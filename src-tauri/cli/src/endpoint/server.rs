//! The endpoint itself: a few connections at a time on loopback, each with one short request.

use super::door::{Door, Refused};
use super::keeper::{self, Keeper};
use rolecall_client::loopback_peer::{self, Peer};
use rolecall_core::credentials::Credentials;
use rolecall_core::problem::Report;
use rolecall_core::secret::Secret;
use serde::Serialize;
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// In bytes, of a request's head.
const HEAD_LIMIT: usize = 8 * 1024;
/// For a request to arrive, and for its answer to be taken.
const TIME_LIMIT: Duration = Duration::from_secs(5);
/// Connections at the same time.
const AT_ONCE: usize = 128;
/// Of another user's processes, such as those in a container that has our token: some of them, and not for long.
const OTHERS_AT_ONCE: usize = 8;
const OTHERS_TIME_LIMIT: Duration = Duration::from_secs(1);
/// What a thread needs for one short request.
const STACK: usize = 256 * 1024;

/// Listens for as long as the process lives.
pub(super) struct Server {
    door: Arc<Door>,
}

/// One reply of HTTP, complete.
struct Answer {
    status: u16,
    reason: &'static str,
    body: Secret,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Keys<'a> {
    access_key_id: &'a str,
    secret_access_key: &'a Secret,
    token: &'a Secret,
    expiration: String,
}

#[derive(Serialize)]
struct Failure<'a> {
    code: &'a str,
    message: &'a str,
}

impl Server {
    pub(super) fn start(keeper: Arc<Keeper>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let door = Arc::new(Door { port: listener.local_addr()?.port(), token: random()? });
        let theirs = Arc::clone(&door);
        std::thread::Builder::new().spawn(move || accept(&listener, &theirs, &keeper))?;
        Ok(Self { door })
    }

    pub(super) fn address(&self) -> String {
        format!("http://127.0.0.1:{}/", self.door.port)
    }

    pub(super) fn token(&self) -> &Secret {
        &self.door.token
    }
}

/// 32 bytes that nobody guesses, as text.
fn random() -> io::Result<Secret> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(Secret::new(bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>()))
}

fn accept(listener: &TcpListener, door: &Arc<Door>, keeper: &Arc<Keeper>) {
    // Counted apart: what another user opens takes no place of ours.
    let (ours, others) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let at = SocketAddr::from((Ipv4Addr::LOCALHOST, door.port));
    loop {
        let Ok((mut stream, from)) = listener.accept() else {
            // Too many files are open, mostly: they will be fewer.
            std::thread::sleep(Duration::from_millis(50));
            continue;
        };
        let (open, most, time) = match loopback_peer::of(from, at) {
            Peer::SameUser | Peer::Unknown => (&ours, AT_ONCE, TIME_LIMIT),
            Peer::OtherUser => (&others, OTHERS_AT_ONCE, OTHERS_TIME_LIMIT),
        };
        let Some(place) = Place::take(open, most) else {
            let _ = stream
                .set_nonblocking(true)
                .and_then(|()| Answer::refused(Refused::TooMany).write(&mut stream));
            continue;
        };
        let (door, keeper) = (Arc::clone(door), Arc::clone(keeper));
        let thread = std::thread::Builder::new().stack_size(STACK);
        // Where there is no thread the connection ends, and its place is free.
        let _ = thread.spawn(move || {
            serve(stream, &door, &keeper, time);
            drop(place);
        });
    }
}

/// One connection among those that are counted together; free again when it is dropped.
struct Place(Arc<AtomicUsize>);

impl Place {
    fn take(open: &Arc<AtomicUsize>, most: usize) -> Option<Self> {
        let place = Self(Arc::clone(open));
        // Where that was one too many, it is given back at once.
        (open.fetch_add(1, Ordering::SeqCst) < most).then_some(place)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

fn serve(mut stream: TcpStream, door: &Door, keeper: &Arc<Keeper>, time: Duration) {
    let answer = match head(&mut stream, time) {
        Ok(Some(head)) => match door.judge(&head) {
            Ok(()) => match keeper.credentials() {
                Ok(credentials) => Answer::keys(&credentials),
                Err(problem) => Answer::problem(&problem),
            },
            Err(refused) => Answer::refused(refused),
        },
        Ok(None) => return,
        Err(refused) => Answer::refused(refused),
    };
    let written = stream.set_write_timeout(Some(TIME_LIMIT)).and_then(|()| answer.write(&mut stream));
    // What is not read when the connection ends would cost the client the answer.
    if written.and_then(|()| stream.shutdown(Shutdown::Write)).is_ok() {
        let _ = stream.set_read_timeout(Some(Duration::from_millis(200)));
        let _ = io::copy(&mut stream.take(64 * 1024), &mut io::sink());
    }
}

/// Reads to the empty line. `None` where the client has gone.
fn head(stream: &mut TcpStream, time: Duration) -> Result<Option<Vec<u8>>, Refused> {
    let deadline = Instant::now() + time;
    let (mut head, mut piece) = (Vec::new(), [0; 1024]);
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() || stream.set_read_timeout(Some(left)).is_err() {
            return Err(Refused::TooSlow);
        }
        match stream.read(&mut piece) {
            Ok(0) => return Ok(None),
            Ok(read) => head.extend_from_slice(&piece[..read]),
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                return Err(Refused::TooSlow);
            }
            Err(_) => return Ok(None),
        }
        if head.len() > HEAD_LIMIT {
            return Err(Refused::TooLong);
        }
        if head.windows(4).any(|end| end == b"\r\n\r\n") {
            return Ok(Some(head));
        }
    }
}

impl Answer {
    fn keys(credentials: &Credentials) -> Self {
        let keys = Keys {
            access_key_id: &credentials.access_key_id,
            secret_access_key: &credentials.secret_access_key,
            token: &credentials.session_token,
            expiration: format!("{:.0}", credentials.expiration),
        };
        Self {
            status: 200,
            reason: "OK",
            body: Secret::new(serde_json::to_string(&keys).unwrap_or_default()),
        }
    }

    fn problem(problem: &Report) -> Self {
        // SDKs ask again after a 5xx, which helps only where it may pass.
        let (status, reason) =
            if keeper::passes(problem) { (503, "Service Unavailable") } else { (403, "Forbidden") };
        Self::failure(status, reason, &problem.code, &format!("{} {}", problem.what, problem.help))
    }

    fn refused(refused: Refused) -> Self {
        let (status, reason, code, message) = refused.words();
        Self::failure(status, reason, code, message)
    }

    fn failure(status: u16, reason: &'static str, code: &str, message: &str) -> Self {
        let body = serde_json::to_string(&Failure { code, message }).unwrap_or_default();
        Self { status, reason, body: Secret::new(body) }
    }

    fn write(&self, stream: &mut TcpStream) -> io::Result<()> {
        let Self { status, reason, body } = self;
        let body = body.expose();
        let allow = if *status == 405 { "Allow: GET\r\n" } else { "" };
        let text = Secret::new(format!(
            "HTTP/1.1 {status} {reason}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
             Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n{allow}Connection: close\r\n\r\n{body}",
            body.len()
        ));
        stream.write_all(text.expose().as_bytes()).and_then(|()| stream.flush())
    }
}
