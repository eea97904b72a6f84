//! How many files this process may have open: some hundred clients at once must not use them up.

#[cfg(unix)]
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// More than any crowd of clients needs; programs that we start inherit it, and old ones among them take more for an error.
#[cfg(unix)]
const WANTED: u64 = 4096;

/// As far as the system lets us.
pub fn raise() {
    #[cfg(unix)]
    {
        let limit = getrlimit(Resource::Nofile);
        let current = limit.current.unwrap_or(u64::MAX);
        let wanted = limit.maximum.unwrap_or(u64::MAX).min(WANTED);
        if current < wanted {
            let _ = setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum: limit.maximum });
        }
    }
}

/// Clients at the same time, so that files, windows and the network have what they need besides.
pub(crate) fn most_clients() -> usize {
    #[cfg(unix)]
    let limit =
        usize::try_from(getrlimit(Resource::Nofile).current.unwrap_or(WANTED).min(WANTED)).unwrap_or(1024);
    #[cfg(not(unix))]
    let limit = 4096_usize;
    limit.saturating_sub((limit / 4).max(64)).max(8)
}
