//! org.freedesktop.login1 on the system bus ("org.freedesktop.login1", systemd's manual).

use crate::power::Happening;
use tokio::sync::mpsc::UnboundedSender;
use tokio_stream::StreamExt as _;
use zbus::message::Type;
use zbus::{Connection, MatchRule, MessageStream};

/// Two for a sleep and its end, and room for another.
const QUEUED: usize = 4;

/// Tells until the bus or the other end of `to` is gone.
pub(super) async fn tell(to: &UnboundedSender<Happening>) -> zbus::Result<()> {
    let connection = Connection::system().await?;
    // No proxy: it would also follow who owns the name, which the bus does for this rule.
    let rule = MatchRule::builder()
        .msg_type(Type::Signal)
        .sender("org.freedesktop.login1")?
        .path("/org/freedesktop/login1")?
        .interface("org.freedesktop.login1.Manager")?
        .member("PrepareForSleep")?
        .build();
    let mut signals = MessageStream::for_match_rule(rule, &connection, Some(QUEUED)).await?;
    loop {
        tokio::select! {
            () = to.closed() => return Ok(()),
            signal = signals.next() => {
                let Some(signal) = signal else { return Ok(()) };
                let Ok(before) = signal?.body().deserialize::<bool>() else { continue };
                let _ = to.send(if before { Happening::Sleeps } else { Happening::Woke });
            }
        }
    }
}
