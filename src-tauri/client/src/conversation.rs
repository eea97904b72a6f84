//! One request and its replies, with an end to every silence that is not a person's.

use crate::environment::environment;
use crate::line::Heard;
use crate::system::{self, Listener};
use crate::trouble;
use rolecall_core::message::{Answer, Ask, Reply, Request, VERSION, window};
use rolecall_core::problem::Report;
use serde::Deserialize;
use std::io::{ErrorKind, Write as _};
use std::path::Path;
use std::time::Duration;

/// A request that was sent, with its replies to come.
pub struct Conversation {
    listener: Listener,
    limits: Limits,
    answered: bool,
}

/// How long a silence may last.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Before the first reply.
    pub first: Duration,
    /// Between replies; none where a person takes their time.
    pub next: Option<Duration>,
}

const QUICK: Duration = Duration::from_secs(10);

/// The resident process itself gives a person five minutes.
const PERSON: Duration = Duration::from_secs(6 * 60);

impl Limits {
    pub(crate) fn of(request: &Request) -> Self {
        match request {
            Request::Status | Request::SignOut { .. } | Request::SignOutAll { .. } | Request::Quit => {
                Self { first: QUICK, next: Some(QUICK) }
            }
            Request::Watch | Request::Window { ask: window::Ask::Watch, .. } => {
                Self { first: QUICK, next: None }
            }
            // A cold start of the web engine on a busy machine takes its time.
            Request::Open { .. } | Request::Doctor { .. } => {
                Self { first: Duration::from_secs(60), next: Some(QUICK) }
            }
            Request::SignIn { .. } | Request::SignInAll { .. } => Self { first: PERSON, next: None },
            // Within a minute it has an answer, or says that a person is asked.
            Request::Credentials { .. }
            | Request::Assume { .. }
            | Request::AssumePod { .. }
            | Request::Console { .. }
            | Request::Window { .. }
            | Request::Offer { .. }
            | Request::Update { .. }
            | Request::Wsl { .. }
            | Request::Accept { .. } => Self { first: Duration::from_secs(60), next: Some(PERSON) },
        }
    }
}

impl Conversation {
    /// `None` where no resident process runs.
    pub(crate) fn open(socket: &Path, request: &Request, limits: Limits) -> Result<Option<Self>, Report> {
        let ask = Ask { version: VERSION, request: request.clone(), environment: environment() };
        let mut line = serde_json::to_vec(&ask).map_err(|_| trouble::junk())?;
        line.push(b'\n');
        let mut stream = match system::connect(socket, limits.first.min(QUICK)) {
            Ok(stream) => stream,
            Err(error) => {
                return match error.kind() {
                    // No socket, or one that a dead process left.
                    ErrorKind::NotFound | ErrorKind::ConnectionRefused => Ok(None),
                    // A service that has ended leaves its pipe's name to anyone, who may let nobody in: whether one runs,
                    // the lock says, which is asked when one is started.
                    ErrorKind::PermissionDenied if cfg!(windows) => Ok(None),
                    ErrorKind::WouldBlock | ErrorKind::TimedOut => Err(trouble::hangs()),
                    _ => Err(trouble::unreachable(socket, &error)),
                };
            }
        };
        if !system::is_ours(&stream) {
            // Only a service that has ended leaves its pipe's name to others.
            return if cfg!(windows) { Ok(None) } else { Err(trouble::other_user()) };
        }
        stream.write_all(&line).and_then(|()| stream.flush()).map_err(|error| match error.kind() {
            ErrorKind::WouldBlock | ErrorKind::TimedOut => trouble::hangs(),
            _ => trouble::gone(),
        })?;
        Ok(Some(Self { listener: Listener::new(stream), limits, answered: false }))
    }

    /// # Errors
    /// The resident process is silent for too long, gone, or not understood.
    pub fn next_reply(&mut self) -> Result<Reply, Report> {
        let limit = if self.answered { self.limits.next } else { Some(self.limits.first) };
        self.hear(limit)?.ok_or_else(trouble::hangs)
    }

    /// `None` where nothing was said for so long.
    ///
    /// # Errors
    /// As [`Conversation::next_reply`].
    pub fn next_within(&mut self, limit: Duration) -> Result<Option<Reply>, Report> {
        self.hear(Some(limit))
    }

    fn hear(&mut self, limit: Option<Duration>) -> Result<Option<Reply>, Report> {
        match self.listener.hear(limit)? {
            Heard::Silence => Ok(None),
            Heard::Line(line) => {
                self.answered = true;
                understand(&line).map(Some)
            }
        }
    }
}

fn understand(line: &[u8]) -> Result<Reply, Report> {
    match serde_json::from_slice::<Answer>(line) {
        Ok(answer) if answer.version == VERSION => Ok(answer.reply),
        Ok(answer) => Err(trouble::other_version(answer.version)),
        // The rest of another version's answer may be anything.
        Err(_) => Err(match serde_json::from_slice::<Version>(line) {
            Ok(theirs) if theirs.version != VERSION => trouble::other_version(theirs.version),
            _ => trouble::junk(),
        }),
    }
}

#[derive(Deserialize)]
struct Version {
    version: u32,
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::net::UnixListener;

    const SOON: Limits = Limits { first: Duration::from_millis(20), next: Some(Duration::from_millis(20)) };

    fn opened(socket: &Path) -> Result<Option<Conversation>, Report> {
        Conversation::open(socket, &Request::Status, SOON)
    }

    #[test]
    fn a_silence_is_given_up() {
        let folder = tempfile::tempdir().expect("a folder");
        let socket = folder.path().join("socket");
        let _listener = UnixListener::bind(&socket).expect("a socket");
        let mut conversation = opened(&socket).expect("a connection").expect("somebody");
        assert_eq!(conversation.next_reply().expect_err("silence").code, "tray.hangs");
    }

    #[test]
    fn a_line_may_come_in_pieces() {
        let folder = tempfile::tempdir().expect("a folder");
        let socket = folder.path().join("socket");
        let listener = UnixListener::bind(&socket).expect("a socket");
        let mut conversation = opened(&socket).expect("a connection").expect("somebody");
        let (mut peer, _) = listener.accept().expect("a client");
        let (begin, end) = (br#"{"version":2,"rep"#, b"ly\":{\"type\":\"done\"}}\n");
        peer.write_all(begin).expect("written");
        assert_eq!(conversation.next_within(SOON.first).expect("no end"), None);
        peer.write_all(end).expect("written");
        assert_eq!(conversation.next_reply().expect("a reply"), Reply::Done);
    }

    /// Elsewhere a full queue refuses.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_queue_is_given_up() {
        let folder = tempfile::tempdir().expect("a folder");
        let socket = folder.path().join("socket");
        let listener = UnixListener::bind(&socket).expect("a socket");
        rustix::net::listen(&listener, 0).expect("a short queue");
        let waiting: Vec<_> = std::iter::repeat_with(|| opened(&socket)).take(3).collect();
        let code = |result: &Result<Option<Conversation>, Report>| {
            result.as_ref().err().map(|problem| problem.code.clone())
        };
        assert_eq!(waiting.last().and_then(code).as_deref(), Some("tray.hangs"));
    }
}
