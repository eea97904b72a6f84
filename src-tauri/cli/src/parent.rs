//! The program that runs this one.

#[cfg_attr(target_os = "linux", path = "parent/linux.rs")]
#[cfg_attr(target_os = "macos", path = "parent/macos.rs")]
#[cfg_attr(target_os = "windows", path = "parent/windows.rs")]
mod system;

/// The program's name or path, where it can be told.
pub(crate) use system::program;

/// The shell to think of where none can be told.
pub(crate) use system::USUAL_SHELL;
