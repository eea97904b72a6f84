//! The door for clients: one line of JSON with a request, lines with replies.

#[cfg_attr(unix, path = "socket/unix.rs")]
#[cfg_attr(windows, path = "socket/windows.rs")]
mod system;

pub(crate) use system::prepare_folder;

use crate::controller::ClientId;
use interprocess::local_socket::tokio::{Listener, Stream};
use interprocess::local_socket::traits::tokio::Listener as _;
use rolecall_core::message::{Answer, Ask, LINE_LIMIT, Reply, VERSION};
use rolecall_core::problem::Problem;
use std::path::Path;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use zeroize::Zeroizing;

/// What the run loop hears from the socket.
pub(crate) enum FromSocket {
    /// A client asks; its replies go into the sender, and the connection ends when that is dropped.
    Asked(ClientId, Box<Ask>, UnboundedSender<Reply>),
    Gone(ClientId),
}

/// Binds the socket; only the holder of the lock may call this, because it removes what a dead process left.
///
/// # Errors
/// When the address cannot be bound.
pub(crate) fn bind(address: &Path) -> std::io::Result<Listener> {
    system::bind(address)
}

/// Accepts clients for ever.
pub(crate) async fn serve(listener: Listener, to: UnboundedSender<FromSocket>) {
    for number in 0.. {
        let stream = match listener.accept().await {
            Ok(stream) => stream,
            Err(error) => {
                tracing::warn!("a client could not be accepted: {error}");
                // Out of descriptors: give others the time to close theirs.
                tokio::time::sleep(std::time::Duration::from_millis(100)).await;
                continue;
            }
        };
        if !system::is_ours(&stream) {
            tracing::warn!("a client of another user was turned away");
            continue;
        }
        tokio::task::spawn_local(converse(stream, ClientId(number), to.clone()));
    }
}

/// One client: its request, then its replies, until either side has had enough.
async fn converse(stream: Stream, client: ClientId, to: UnboundedSender<FromSocket>) {
    let (reader, mut writer) = (&stream, &stream);
    let mut reader = BufReader::new(reader);
    let request = match read_request(&mut reader).await {
        Ok(Some(request)) => request,
        Ok(None) => return,
        Err(problem) => {
            return write(&mut writer, Reply::Problem { profile: None, problem: problem.report() }).await;
        }
    };
    let (reply_to, mut replies): (_, UnboundedReceiver<Reply>) = unbounded_channel();
    let _ = to.send(FromSocket::Asked(client, Box::new(request), reply_to));
    let mut rest = Vec::new();
    let mut rest_of_line = reader.take(1);
    loop {
        tokio::select! {
            reply = replies.recv() => match reply {
                Some(reply) => write(&mut writer, reply).await,
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

async fn write(writer: &mut &Stream, reply: Reply) {
    let Ok(line) = serde_json::to_vec(&Answer { version: VERSION, reply }) else { return };
    let mut line = Zeroizing::new(line);
    line.push(b'\n');
    let _ = writer.write_all(&line).await;
}
