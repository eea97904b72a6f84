//! One background service for each person and home: the lock that it holds for life, the place where it listens, and the
//! mark by which the next one knows that this one ended unexpectedly.

#[cfg_attr(unix, path = "single_instance/unix.rs")]
#[cfg_attr(windows, path = "single_instance/windows.rs")]
mod system;

pub(crate) use system::SingleInstance;

/// Why this process is not the one.
#[derive(Debug, thiserror::Error)]
pub enum InstanceError {
    #[error(transparent)]
    Lock(#[from] crate::lock::LockError),
    #[error("{what}: {error}")]
    Io { what: String, error: std::io::Error },
}
