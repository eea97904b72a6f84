//! The real program against a make-believe resident process on a socket in a folder of its own.

#![cfg(unix)]

mod assume;
mod bad_input;
mod completions;
mod credentials;
mod doctor;
mod eks_token;
mod endpoint;
mod exec;
mod kit;
mod log;
mod offer;
mod policy;
mod roles;
mod scene;
mod sign_in;
mod starting;
mod status;
mod terminal;
mod update;
mod wsl;
