//! What one busy second took is given back: the process sleeps for most of the day.

#[cfg_attr(all(target_os = "linux", target_env = "gnu"), path = "footprint/gnu.rs")]
#[cfg_attr(not(all(target_os = "linux", target_env = "gnu")), path = "footprint/elsewhere.rs")]
mod system;

/// One heap for all threads; to be called before there are any.
pub fn share_heap() {
    system::share_heap();
}

/// Returns free memory, and the program's pages that only a sign-in needs, to the system.
pub fn give_back() {
    system::give_back();
}
