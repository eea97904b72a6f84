//! A change of the network comes as a flock of messages, and is told once.

use super::Happening;
use std::io;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedSender;
use tokio::time::{Instant, timeout, timeout_at};

/// It is over when none came for this long,
const QUIET: Duration = Duration::from_secs(1);
/// and told after this long even so.
const LONGEST: Duration = Duration::from_secs(10);

/// Tells until the other end of `to` is gone; `news` waits for the next message.
///
/// # Errors
/// Those of `news`, after which there is none.
pub(super) async fn tell(
    to: &UnboundedSender<Happening>,
    mut news: impl AsyncFnMut() -> io::Result<()>,
) -> io::Result<()> {
    loop {
        tokio::select! {
            () = to.closed() => return Ok(()),
            news = news() => news?,
        }
        let latest = Instant::now() + LONGEST;
        while let Ok(Ok(more)) = timeout_at(latest, timeout(QUIET, news())).await {
            more?;
        }
        let _ = to.send(Happening::NetworkChanged);
    }
}
