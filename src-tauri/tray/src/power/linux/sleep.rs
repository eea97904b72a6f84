//! org.freedesktop.login1 on the system bus ("org.freedesktop.login1", systemd's manual).

use crate::bus::Backoff;
use crate::power::Happening;
use tokio::sync::mpsc::UnboundedSender;
use tokio_stream::StreamExt as _;
use zbus::message::Type;
use zbus::{Connection, MatchRule, MessageStream};

/// Two for a sleep and its end, and room for another.
const QUEUED: usize = 4;

/// Tells until the other end of `to` is gone. A bus that ends, or is not there yet, is looked for again.
pub(super) async fn tell(to: &UnboundedSender<Happening>) {
    let mut backoff = Backoff::new();
    let mut may_have_missed = false;
    let mut told_the_log = false;
    loop {
        match subscribe().await {
            Ok(mut signals) => {
                told_the_log = false;
                if may_have_missed {
                    // The computer may have slept while nobody could say so.
                    let _ = to.send(Happening::Woke);
                }
                if pass_on(&mut signals, to).await == End::Unwanted {
                    return;
                }
                may_have_missed = true;
                tracing::info!("the system bus has ended; sleep is noticed again when it is back");
            }
            Err(error) if !told_the_log => {
                told_the_log = true;
                tracing::debug!("sleep is not noticed for now: {error}");
            }
            Err(_) => {}
        }
        tokio::select! {
            () = to.closed() => return,
            () = backoff.pause() => {}
        }
    }
}

async fn subscribe() -> zbus::Result<MessageStream> {
    let connection = Connection::system().await?;
    // No proxy: it would also follow who owns the name, which the bus does for this rule.
    let rule = MatchRule::builder()
        .msg_type(Type::Signal)
        .sender("org.freedesktop.login1")?
        .path("/org/freedesktop/login1")?
        .interface("org.freedesktop.login1.Manager")?
        .member("PrepareForSleep")?
        .build();
    MessageStream::for_match_rule(rule, &connection, Some(QUEUED)).await
}

#[derive(PartialEq, Eq)]
enum End {
    /// Nobody listens any more.
    Unwanted,
    /// The bus has ended.
    BusEnded,
}

async fn pass_on(signals: &mut MessageStream, to: &UnboundedSender<Happening>) -> End {
    loop {
        tokio::select! {
            () = to.closed() => return End::Unwanted,
            signal = signals.next() => {
                let Some(Ok(signal)) = signal else { return End::BusEnded };
                let Ok(before) = signal.body().deserialize::<bool>() else { continue };
                let _ = to.send(if before { Happening::Sleeps } else { Happening::Woke });
            }
        }
    }
}
