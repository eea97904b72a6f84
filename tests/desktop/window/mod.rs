//! The main window as a person uses it, in the real engine.

mod chooser;
mod driver;
mod first_run;
mod reach;
mod roles;
mod settings;
mod shown;

pub(crate) use driver::Window;
