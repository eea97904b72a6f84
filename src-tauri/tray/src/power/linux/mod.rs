//! Linux: logind about sleep, a timerfd(2) about the clock, netlink(7) about the network.

mod clock;
mod network;
mod sleep;

use super::Happening;
use tokio::sync::mpsc::UnboundedSender;

pub(super) fn listen(to: UnboundedSender<Happening>) {
    let (clock, network) = (to.clone(), to.clone());
    tokio::task::spawn_local(async move { sleep::tell(&to).await });
    tokio::task::spawn_local(async move {
        if let Err(error) = clock::tell(&clock).await {
            tracing::debug!("a clock that is set is not noticed: {error}");
        }
    });
    tokio::task::spawn_local(async move {
        if let Err(error) = network::tell(&network).await {
            tracing::debug!("changes of the network are not noticed: {error}");
        }
    });
}
