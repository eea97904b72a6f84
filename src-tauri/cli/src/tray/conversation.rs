//! One request and its replies. A thread of its own listens, so that a silence can be given up everywhere.

use super::{system, trouble};
use crate::say::Said;
use interprocess::local_socket::{GenericFilePath, Stream, ToFsName as _, prelude::*};
use rolecall_core::message::{ANSWER_LIMIT, Answer, Ask, Reply, Request, VERSION};
use std::io::{BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

/// A request that was sent, with its replies to come.
pub(crate) struct Conversation {
    heard: Receiver<Result<Heard, Said>>,
    limits: Limits,
    answered: bool,
}

/// How long a silence may last.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Before the first reply.
    pub(crate) first: Duration,
    /// Between replies; none where a person takes their time.
    pub(crate) next: Option<Duration>,
}

enum Heard {
    /// Nobody listens at the socket.
    Nobody,
    /// Somebody does, and has the request.
    Sent,
    Reply(Box<Reply>),
}

impl Limits {
    pub(super) fn of(request: &Request) -> Self {
        let quick = Duration::from_secs(10);
        // The resident process gives a person five minutes.
        let person = Duration::from_secs(6 * 60);
        match request {
            Request::Status
            | Request::SignOut { .. }
            | Request::SignOutAll
            | Request::Doctor { .. }
            | Request::Quit => Self { first: quick, next: Some(quick) },
            Request::Watch => Self { first: quick, next: None },
            Request::SignIn { .. }
            | Request::SignInAll { .. }
            | Request::Credentials { .. }
            | Request::Console { .. } => Self { first: person, next: None },
        }
    }
}

impl Conversation {
    /// `None` where no resident process runs.
    pub(super) fn open(socket: &Path, request: &Request, limits: Limits) -> Result<Option<Self>, Said> {
        let ask = Ask { version: VERSION, request: request.clone() };
        let mut line = serde_json::to_vec(&ask).map_err(|_| trouble::junk())?;
        line.push(b'\n');
        let (to, heard) = channel();
        let socket = PathBuf::from(socket);
        std::thread::spawn(move || {
            if let Err(problem) = converse(&socket, &line, &to) {
                let _ = to.send(Err(problem));
            }
        });
        let conversation = Self { heard, limits, answered: false };
        match conversation.hear(Some(limits.first.min(Duration::from_secs(10))))? {
            Some(Heard::Nobody) => Ok(None),
            Some(_) => Ok(Some(conversation)),
            None => Err(trouble::hangs()),
        }
    }

    pub(crate) fn next_reply(&mut self) -> Result<Reply, Said> {
        let limit = if self.answered { self.limits.next } else { Some(self.limits.first) };
        match self.hear(limit)? {
            Some(heard) => self.reply(heard),
            None => Err(trouble::hangs()),
        }
    }

    /// `None` where nothing was said for so long.
    pub(crate) fn next_within(&mut self, limit: Duration) -> Result<Option<Reply>, Said> {
        self.hear(Some(limit))?.map(|heard| self.reply(heard)).transpose()
    }

    fn reply(&mut self, heard: Heard) -> Result<Reply, Said> {
        self.answered = true;
        match heard {
            Heard::Reply(reply) => Ok(*reply),
            Heard::Nobody | Heard::Sent => Err(trouble::junk()),
        }
    }

    fn hear(&self, limit: Option<Duration>) -> Result<Option<Heard>, Said> {
        let heard = match limit {
            Some(limit) => self.heard.recv_timeout(limit),
            None => self.heard.recv().map_err(RecvTimeoutError::from),
        };
        match heard {
            Ok(heard) => heard.map(Some),
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => Err(trouble::gone()),
        }
    }
}

/// The listening thread's whole life.
fn converse(socket: &Path, line: &[u8], to: &Sender<Result<Heard, Said>>) -> Result<(), Said> {
    let tell = |heard| to.send(Ok(heard)).is_ok();
    let unreachable = |error| trouble::unreachable(socket, &error);
    let name = socket.to_fs_name::<GenericFilePath>().map_err(unreachable)?;
    let mut stream = match Stream::connect(name) {
        Ok(stream) => stream,
        // No socket, or one that a dead process left.
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::ConnectionRefused) => {
            tell(Heard::Nobody);
            return Ok(());
        }
        Err(error) => return Err(unreachable(error)),
    };
    if !system::is_ours(&stream) {
        return Err(trouble::other_user());
    }
    stream.write_all(line).and_then(|()| stream.flush()).map_err(|_| trouble::gone())?;
    tell(Heard::Sent);
    let mut reader = BufReader::new(stream);
    while tell(Heard::Reply(Box::new(read(&mut reader)?))) {}
    Ok(())
}

fn read(reader: &mut BufReader<Stream>) -> Result<Reply, Said> {
    let mut line = Vec::new();
    reader.take(ANSWER_LIMIT as u64).read_until(b'\n', &mut line).map_err(|_| trouble::gone())?;
    if !line.ends_with(b"\n") {
        return Err(if line.len() == ANSWER_LIMIT { trouble::too_long() } else { trouble::gone() });
    }
    match serde_json::from_slice::<Answer>(&line) {
        Ok(answer) if answer.version == VERSION => Ok(answer.reply),
        Ok(answer) => Err(trouble::other_version(answer.version)),
        // The rest of another version's answer may be anything.
        Err(_) => Err(match serde_json::from_slice::<Version>(&line) {
            Ok(theirs) if theirs.version != VERSION => trouble::other_version(theirs.version),
            _ => trouble::junk(),
        }),
    }
}

#[derive(serde::Deserialize)]
struct Version {
    version: u32,
}
