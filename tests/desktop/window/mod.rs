//! The main window as a person uses it, in the real engine.

mod driver;
mod sessions;

pub(crate) use driver::Window;
