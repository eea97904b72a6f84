//! macOS: AppKit and Foundation about sleep and the clock, the system's own configuration about the network.

mod configuration;
mod workspace;

use super::Happening;
use crate::macos;
use tokio::sync::mpsc::UnboundedSender;

pub(super) fn listen(to: UnboundedSender<Happening>) {
    // All of it comes by way of the main thread's loop.
    if !macos::has_desktop() {
        return tracing::debug!("there is no desktop: neither sleep nor changes of the network are noticed");
    }
    let awake = to.clone();
    tokio::task::spawn_local(async move {
        let _observers = workspace::Observers::new(&awake);
        awake.closed().await;
    });
    tokio::task::spawn_local(async move { configuration::tell(&to).await });
}
