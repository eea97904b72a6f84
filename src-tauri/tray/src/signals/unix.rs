//! Unix: Ctrl-C, or the end of the desktop session.

use tokio::signal::unix::{SignalKind, signal};

/// Returns when it comes; never, where the system does not tell.
pub async fn terminated() {
    let (Ok(mut interrupt), Ok(mut terminate)) =
        (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}
