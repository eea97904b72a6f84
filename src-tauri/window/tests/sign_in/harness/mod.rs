//! An X display, a web server and the program under test. Whatever is started is ended by its id when dropped.

mod desktop;
mod processes;
mod server;
mod window;
mod wine;

pub(crate) use desktop::Desktop;
pub(crate) use processes::{Process, descendants};
pub(crate) use server::{Reply, Server};
pub(crate) use window::{Window, assertion, request};
pub(crate) use wine::{left_out_under_wine, under_wine};

use std::time::{Duration, Instant};

/// Far longer than anything takes: only a hang reaches it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// Asks until the answer is there. For what has no event to wait for: another process's windows, /proc.
pub(crate) fn poll<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(Instant::now() < deadline, "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
