//! What profiles, assertions, roles, sessions and credential files *are*, and the messages of the socket.
//!
//! No window, no network, no ambient clock or environment: time, environment and paths are passed in.

pub mod aws_files;
pub mod credentials;
pub mod problem;
pub mod role;
pub mod secret;
pub mod sign_in;
