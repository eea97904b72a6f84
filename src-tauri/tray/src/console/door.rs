//! An address on loopback that leads on once: the sign-in token is never an argument that other users can read.

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use rolecall_client::loopback_peer::{self, Peer};
use rolecall_core::secret::Secret;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use zeroize::Zeroizing;

/// A browser that is not started by then gets nothing.
const OPEN: Duration = Duration::from_secs(60);
/// A request line, and some headers.
const REQUEST: usize = 16 * 1024;
const USED: &str = "This address works once, for who asked for it: open the console from Rolecall again.";
const PATIENCE: Duration = Duration::from_secs(5);
/// A browser opens some connections ahead of time and says nothing on them.
const AT_ONCE: usize = 64;
const BREATH: Duration = Duration::from_millis(50);

pub(super) struct Door {
    listener: TcpListener,
    at: SocketAddr,
    /// `/` and a random name.
    path: String,
    target: Secret,
}

impl Door {
    pub(super) async fn open(target: Secret) -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let at = listener.local_addr()?;
        Ok(Self { listener, at, path: format!("/{}", uuid::Uuid::new_v4().simple()), target })
    }

    pub(super) fn address(&self) -> String {
        format!("http://{}{}", self.at, self.path)
    }

    /// Leads the first who asks for the right path on; then, or after a minute, there is nothing here. Who says nothing
    /// keeps nobody waiting, and another user of the computer is not listened to.
    pub(super) async fn serve(self) {
        let _ = tokio::time::timeout(OPEN, async {
            let mut answers = FuturesUnordered::new();
            let mut waiting = VecDeque::new();
            loop {
                tokio::select! {
                    // A browser that has been led on counts before somebody who comes.
                    biased;
                    Some(led_on) = answers.next(), if !answers.is_empty() => if led_on {
                        return;
                    },
                    accepted = self.listener.accept() => {
                        let (stream, from) = match accepted {
                            Ok(accepted) => accepted,
                            Err(_) => {
                                // Out of descriptors: others get the time to close theirs.
                                tokio::time::sleep(BREATH).await;
                                continue;
                            }
                        };
                        // The address may be seen by other users of the machine: only our own may follow it.
                        if loopback_peer::of(from, self.at) == Peer::OtherUser {
                            continue;
                        }
                        let (go, gone) = oneshot::channel::<()>();
                        answers.push(self.answer_in_time(stream, gone));
                        waiting.push_back(go);
                        waiting.retain(|go| !go.is_closed());
                        if waiting.len() > AT_ONCE {
                            // The one that has been there for longest makes room.
                            drop(waiting.pop_front());
                        }
                    }
                }
            }
        })
        .await;
    }

    async fn answer_in_time(&self, stream: TcpStream, gone: oneshot::Receiver<()>) -> bool {
        tokio::select! {
            answered = tokio::time::timeout(PATIENCE, self.answer(stream)) => matches!(answered, Ok(Ok(true))),
            _ = gone => false,
        }
    }

    /// True once somebody was led on.
    async fn answer(&self, mut stream: TcpStream) -> std::io::Result<bool> {
        let mut request = Vec::new();
        while !request.windows(4).any(|end| end == b"\r\n\r\n") && request.len() < REQUEST {
            if stream.read_buf(&mut request).await? == 0 {
                break;
            }
        }
        let wanted = format!("GET {} HTTP/1.", self.path);
        let host = format!("\r\nhost: {}\r\n", self.at);
        let text = String::from_utf8_lossy(&request).to_ascii_lowercase();
        let right = request.starts_with(wanted.as_bytes()) && text.contains(&host);
        let answer = if right {
            let target = self.target.expose();
            format!(
                "HTTP/1.1 302 Found\r\nLocation: {target}\r\nCache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            )
        } else {
            format!(
                "HTTP/1.1 404 Not Found\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{USED}",
                USED.len()
            )
        };
        let answer = Zeroizing::new(answer);
        stream.write_all(answer.as_bytes()).await?;
        stream.shutdown().await?;
        Ok(right)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn ask(at: SocketAddr, path: &str, host: &str) -> String {
        let mut stream = TcpStream::connect(at).await.expect("connected");
        let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n");
        stream.write_all(request.as_bytes()).await.expect("asked");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("answered");
        answer
    }

    #[tokio::test(flavor = "current_thread")]
    async fn it_leads_on_once() {
        let door = Door::open(Secret::new("https://signin.example.org/?t=planted")).await.expect("a door");
        let (at, path, host) = (door.at, door.path.clone(), door.at.to_string());
        assert!(!door.address().contains("planted"));
        let client = async {
            for (path, host) in [("/other", host.as_str()), (path.as_str(), "evil.example.org")] {
                assert!(ask(at, path, host).await.starts_with("HTTP/1.1 404"), "{path} {host}");
            }
            let answer = ask(at, &path, &host).await;
            assert!(answer.contains("\r\nLocation: https://signin.example.org/?t=planted\r\n"), "{answer}");
        };
        tokio::join!(door.serve(), client);
        assert!(TcpStream::connect(at).await.is_err(), "closed");
    }

    #[tokio::test(flavor = "current_thread")]
    async fn who_says_nothing_keeps_nobody_waiting() {
        let door = Door::open(Secret::new("https://signin.example.org/")).await.expect("a door");
        let (at, path, host) = (door.at, door.path.clone(), door.at.to_string());
        let client = async {
            let mut silent = vec![];
            for _ in 0..3 * AT_ONCE {
                silent.push(TcpStream::connect(at).await.expect("connected"));
            }
            let before = tokio::time::Instant::now();
            let answer = ask(at, &path, &host).await;
            assert!(answer.contains("\r\nLocation: https://signin.example.org/\r\n"), "{answer}");
            assert!(before.elapsed() < PATIENCE, "one after the other would take minutes");
        };
        tokio::join!(door.serve(), client);
    }
}
