//! Windows: a window that nobody sees hears of sleep and of the clock; the IP helper tells of the network.

mod network;
mod window;

use super::Happening;
use tokio::sync::mpsc::UnboundedSender;

pub(super) fn listen(to: UnboundedSender<Happening>) {
    let network = to.clone();
    std::thread::spawn(move || {
        if let Err(error) = window::tell(to) {
            tracing::debug!("neither sleep nor a clock that is set is noticed: {error}");
        }
    });
    tokio::task::spawn_local(async move {
        if let Err(error) = network::tell(&network).await {
            tracing::debug!("changes of the network are not noticed: {error}");
        }
    });
}
