//! The door for clients: one line of JSON with a request, lines with replies.

#[cfg_attr(unix, path = "socket/unix.rs")]
#[cfg_attr(windows, path = "socket/windows.rs")]
mod system;

pub(crate) use system::prepare_folder;

use crate::controller::ClientId;
use crate::lock::LockError;
use crate::process_limits;
use crate::single_instance::{InstanceError, SingleInstance};
use crate::watch::Watch;
use interprocess::local_socket::tokio::{Listener, Stream};
use interprocess::local_socket::traits::tokio::Listener as _;
use rolecall_core::message::{Answer, Ask, LINE_LIMIT, Reply, VERSION};
use rolecall_core::problem::Problem;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{Notify, oneshot};
use tokio::time::Instant;
use zeroize::Zeroizing;

/// What the run loop hears from the socket.
pub(crate) enum FromSocket {
    /// A client asks; its replies go into the sender, and the connection ends when that is dropped.
    Asked(ClientId, Box<Ask>, UnboundedSender<Reply>),
    Gone(ClientId),
    /// The run folder is another one from now on.
    Moved(PathBuf),
    /// Our lock was removed, and another service has begun.
    Replaced,
}

/// A client that has not asked anything by then is let go: tools ask as soon as they are connected.
const SILENCE: Duration = Duration::from_secs(10);
/// And one that does not read what it is told.
const DEAFNESS: Duration = Duration::from_secs(30);
/// How soon a socket that could not be made again is tried again, at first and at last.
const RETRY: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(60)];
/// Out of descriptors: others get the time to close theirs.
const BREATH: Duration = Duration::from_millis(100);

/// How many sockets in a row may be made again at once: `rm -rf` of two folders is two losses.
const QUICK: u32 = 5;

/// When a lost socket is to be made again. What is lost is restored at once, but not in a loop: where an attempt fails or
/// does not help, or somebody removes it again and again, the next one waits for the first of [`RETRY`] at least.
#[derive(Default)]
struct Attempts {
    last: Option<Instant>,
    next: Option<Instant>,
    /// Those that helped, less than the first of [`RETRY`] apart.
    quick: u32,
    delay: Duration,
}

impl Attempts {
    fn wanted(&mut self, now: Instant) {
        let free = (1..QUICK).contains(&self.quick);
        let soon = self.last.filter(|_| !free).map_or(now, |last| now.max(last + RETRY[0]));
        self.next = Some(self.next.map_or(soon, |next| next.min(soon)));
    }

    fn succeeded(&mut self, now: Instant, helped: bool) {
        let again = self.last.is_some_and(|last| now < last + RETRY[0]);
        let quick = if again { self.quick } else { 0 };
        let quick = if helped { quick + 1 } else { 0 };
        *self = Self { last: Some(now), next: None, quick, delay: Duration::ZERO };
    }

    fn failed(&mut self, now: Instant) {
        self.delay = (self.delay * 2).clamp(RETRY[0], RETRY[1]);
        (self.last, self.next, self.quick) = (Some(now), Some(now + self.delay), 0);
    }
}

/// Who is connected, and who of them has not asked yet.
#[derive(Default)]
struct Clients {
    open: Cell<usize>,
    silent: RefCell<BTreeMap<u64, oneshot::Sender<()>>>,
    left: Notify,
}

impl Clients {
    /// Whether one more may come; else the one that has been silent for longest is let go.
    fn make_room(&self, most: usize) -> bool {
        if self.open.get() < most {
            return true;
        }
        if let Some((_, go)) = self.silent.borrow_mut().pop_first() {
            let _ = go.send(());
        }
        false
    }
}

/// Counts a client for as long as it lives.
struct Place(Rc<Clients>, u64);

impl Place {
    fn new(clients: &Rc<Clients>, number: u64) -> (Self, oneshot::Receiver<()>) {
        let (go, gone) = oneshot::channel();
        clients.open.set(clients.open.get() + 1);
        clients.silent.borrow_mut().insert(number, go);
        (Self(Rc::clone(clients), number), gone)
    }

    fn has_asked(&self) {
        self.0.silent.borrow_mut().remove(&self.1);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.has_asked();
        self.0.open.set(self.0.open.get() - 1);
        self.0.left.notify_one();
    }
}

/// Binds the socket; only the holder of the lock may call this, because it removes what a dead process left.
///
/// # Errors
/// When the address cannot be bound.
pub(crate) fn bind(address: &Path) -> std::io::Result<Listener> {
    system::bind(address)
}

/// Accepts clients for ever; where somebody removes the socket, or the lock, they are made again.
pub(crate) async fn serve(
    mut listener: Listener,
    instance: Rc<RefCell<SingleInstance>>,
    to: UnboundedSender<FromSocket>,
) {
    let clients = Rc::new(Clients::default());
    let most = process_limits::most_clients();
    let (rings_to, mut rings) = unbounded_channel();
    let watch = |instance: &SingleInstance| {
        let (files, rings_to) = (instance.files(), rings_to.clone());
        // What was removed before anybody watched is noticed, too.
        let _ = rings_to.send(());
        (!files.is_empty()).then(|| Watch::new(files, move || _ = rings_to.send(())))
    };
    let mut watched = watch(&instance.borrow());
    let mut attempts = Attempts::default();
    let mut number = 0;
    loop {
        let room = clients.make_room(most);
        tokio::select! {
            accepted = listener.accept(), if room => match accepted {
                Ok(stream) if system::is_ours(&stream) => {
                    let (place, evicted) = Place::new(&clients, number);
                    tokio::task::spawn_local(converse(stream, place, evicted, to.clone()));
                    number += 1;
                }
                Ok(_) => tracing::warn!("a client of another user was turned away"),
                Err(error) => {
                    tracing::warn!("a client could not be accepted: {error}");
                    tokio::time::sleep(BREATH).await;
                }
            },
            () = clients.left.notified(), if !room => {}
            Some(()) = rings.recv() => {
                while rings.try_recv().is_ok() {}
                // A folder may have appeared.
                if let Some(watch) = &mut watched {
                    watch.follow();
                }
                if instance.borrow().is_intact() {
                    continue;
                }
                attempts.wanted(Instant::now());
            }
            () = until(attempts.next), if attempts.next.is_some() => {
                let mut instance = instance.borrow_mut();
                let before = instance.run_folder().to_owned();
                match instance.restore() {
                    Ok(again) => {
                        tracing::info!("the socket was removed, and is there again");
                        listener = again;
                        attempts.succeeded(Instant::now(), instance.is_intact());
                        watched = watch(&instance);
                        if instance.run_folder() != before {
                            let _ = to.send(FromSocket::Moved(instance.run_folder().to_owned()));
                        }
                    }
                    Err(InstanceError::Lock(LockError::AlreadyRunning)) => {
                        let _ = to.send(FromSocket::Replaced);
                        return;
                    }
                    Err(error) => {
                        tracing::warn!("the socket cannot be made again: {error}");
                        attempts.failed(Instant::now());
                    }
                }
            }
        }
    }
}

async fn until(time: Option<Instant>) {
    tokio::time::sleep_until(time.unwrap_or_else(Instant::now)).await;
}

/// One client: its request, then its replies, until either side has had enough.
async fn converse(
    stream: Stream,
    place: Place,
    evicted: oneshot::Receiver<()>,
    to: UnboundedSender<FromSocket>,
) {
    let client = ClientId(place.1);
    let (reader, mut writer) = (&stream, &stream);
    let mut reader = BufReader::new(reader);
    let request = tokio::select! {
        request = tokio::time::timeout(SILENCE, read_request(&mut reader)) => match request {
            Ok(request) => request,
            Err(_) => return,
        },
        _ = evicted => return,
    };
    place.has_asked();
    let request = match request {
        Ok(Some(request)) => request,
        Ok(None) => return,
        Err(problem) => {
            _ = write(&mut writer, Reply::Problem { profile: None, problem: problem.report() }).await;
            return;
        }
    };
    let (reply_to, mut replies): (_, UnboundedReceiver<Reply>) = unbounded_channel();
    let _ = to.send(FromSocket::Asked(client, Box::new(request), reply_to));
    let mut rest = Vec::new();
    let mut rest_of_line = reader.take(1);
    loop {
        tokio::select! {
            reply = replies.recv() => match reply {
                Some(reply) => if !write(&mut writer, reply).await {
                    let _ = to.send(FromSocket::Gone(client));
                    return;
                },
                None => return,
            },
            // One request a connection: whatever comes now, or the end, means that the client has gone.
            _ = rest_of_line.read_to_end(&mut rest) => {
                let _ = to.send(FromSocket::Gone(client));
                return;
            }
        }
    }
}

async fn read_request(reader: &mut BufReader<&Stream>) -> Result<Option<Ask>, Problem> {
    let bad = |reason: String| Problem::BadRequest { reason };
    let mut line = Vec::new();
    let limit = LINE_LIMIT as u64 + 1;
    let length =
        reader.take(limit).read_until(b'\n', &mut line).await.map_err(|error| bad(error.to_string()))?;
    if length == 0 {
        return Ok(None);
    }
    if length > LINE_LIMIT {
        return Err(bad("the line is too long".into()));
    }
    // The version first: the rest of another version's request may be anything.
    let version: Version = serde_json::from_slice(&line).map_err(|_| bad("it is not a request".into()))?;
    if version.version != VERSION {
        return Err(bad(format!("it speaks version {}, this program version {VERSION}", version.version)));
    }
    // Serde's own words could quote what the client sent.
    let ask: Ask = serde_json::from_slice(&line).map_err(|_| bad("it asks for something unknown".into()))?;
    Ok(Some(ask))
}

#[derive(serde::Deserialize)]
struct Version {
    version: u32,
}

/// Whether the client takes it.
async fn write(writer: &mut &Stream, reply: Reply) -> bool {
    let Ok(line) = serde_json::to_vec(&Answer { version: VERSION, reply }) else { return false };
    let mut line = Zeroizing::new(line);
    line.push(b'\n');
    matches!(tokio::time::timeout(DEAFNESS, writer.write_all(&line)).await, Ok(Ok(())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(milliseconds: u64) -> Instant {
        static START: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);
        *START + Duration::from_millis(milliseconds)
    }

    #[test]
    fn a_lost_socket_is_made_again_at_once_and_not_in_a_loop() {
        let mut attempts = Attempts::default();
        for time in 0..u64::from(QUICK) {
            attempts.wanted(after(time));
            assert_eq!(attempts.next, Some(after(time)), "another loss");
            attempts.succeeded(after(time), true);
            assert_eq!(attempts.next, None);
        }
        attempts.wanted(after(5));
        assert_eq!(attempts.next, Some(after(1_004)), "again and again");
        attempts.succeeded(after(1_004), true);
        attempts.wanted(after(9_000));
        assert_eq!(attempts.next, Some(after(9_000)));
    }

    #[test]
    fn what_fails_or_does_not_help_waits() {
        let mut attempts = Attempts::default();
        attempts.wanted(after(0));
        attempts.succeeded(after(0), false);
        attempts.wanted(after(1));
        assert_eq!(attempts.next, Some(after(1_000)), "it did not help");
        attempts.failed(after(1_000));
        assert_eq!(attempts.next, Some(after(2_000)));
        attempts.failed(after(2_000));
        assert_eq!(attempts.next, Some(after(4_000)));
        attempts.wanted(after(2_001));
        assert_eq!(attempts.next, Some(after(3_000)), "a folder may have appeared");
    }
}
