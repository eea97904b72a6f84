//! Windows: Ctrl-C or a closed console, where there is one. The end of the desktop session ends the process itself,
//! which loses nothing: all that must last was written when it came.

use tokio::signal::windows::{ctrl_break, ctrl_c, ctrl_close};

/// Returns when it comes; never, where the system does not tell.
pub async fn terminated() {
    let (Ok(mut interrupt), Ok(mut stop), Ok(mut close)) = (ctrl_c(), ctrl_break(), ctrl_close()) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = stop.recv() => {}
        _ = close.recv() => {}
    }
}
