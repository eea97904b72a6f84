//! The allocator's habits: a process that mostly sleeps should not hold on to what one busy second took.

#[cfg_attr(all(target_os = "linux", target_env = "gnu"), path = "heap/gnu.rs")]
#[cfg_attr(not(all(target_os = "linux", target_env = "gnu")), path = "heap/elsewhere.rs")]
mod system;

/// One heap for all threads; to be called before there are any.
pub fn share() {
    system::share();
}

/// Returns what is free to the system.
pub fn give_back() {
    system::give_back();
}
