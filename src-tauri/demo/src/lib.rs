//! A make-believe Entra and AWS on loopback, and what it takes to try Rolecall's real programs against them.
//!
//! ```no_run
//! use rolecall_demo::{Options, Server};
//! let server = Server::start(Options::default())?;
//! println!("authority {}, STS {}", server.entra_url(), server.aws_url());
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! The server has a thread and a clock of its own, and ends when it is dropped. Everything that it sees is in
//! [`Server::log`]; what it does wrong on purpose is set with [`Server::entra_does`] and [`Server::faults`].

pub mod assertions;
pub mod aws;
mod clock;
pub mod entra;
pub mod http;
pub mod log;
pub mod rig;
pub mod server;
pub mod world;

pub use log::{Kind, Seen};
pub use server::Server;
pub use world::{Options, Role, User};
