//! What this process keeps in its memory is nobody else's: asked of the system before anything is there.

#[cfg_attr(target_os = "linux", path = "private/linux.rs")]
#[cfg_attr(target_os = "macos", path = "private/macos.rs")]
#[cfg_attr(windows, path = "private/windows.rs")]
mod system;

/// No core dump and no other program of the same user sees the cookies, assertions and keys in this memory, as far as
/// the system can see to it. To be called first.
///
/// # Errors
/// The system refuses.
pub fn keep_memory() -> std::io::Result<()> {
    system::keep_memory()
}
