//! Unix: Ctrl-C, the end of the desktop session, or of the terminal.

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
        () = hung_up() => {}
    }
}

/// Whoever started us with `nohup` wants us to outlive the terminal.
async fn hung_up() {
    if is_ignored(libc::SIGHUP) {
        return std::future::pending().await;
    }
    match signal(SignalKind::hangup()) {
        Ok(mut hangup) => _ = hangup.recv().await,
        Err(_) => std::future::pending().await,
    }
}

fn is_ignored(signal: libc::c_int) -> bool {
    #[expect(unsafe_code, reason = "sigaction(2)")]
    // SAFETY: zeros are a value of the structure, which the call fills; nothing is changed by it.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        libc::sigaction(signal, std::ptr::null(), &raw mut action) == 0
            && action.sa_sigaction == libc::SIG_IGN
    }
}
