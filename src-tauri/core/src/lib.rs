//! What profiles, assertions, roles, sessions and credential files *are*, and the messages of the socket.
//!
//! No window, no network, no ambient clock or environment: time, environment and paths are passed in.

pub mod account_names;
pub mod audit;
pub mod aws_files;
pub mod chain;
pub mod checkup;
pub mod client_environment;
pub mod console;
pub mod credential_process;
pub mod credentials;
pub mod draft;
pub mod entra_error;
pub mod expiry;
pub mod fnv1a;
pub mod folders;
pub mod launch_environment;
pub mod message;
pub mod offer;
pub mod pod;
pub mod policy;
pub mod problem;
pub mod profile;
pub mod refusal;
pub mod renewal;
pub mod role;
pub mod saml;
pub mod secret;
pub mod session;
pub mod settings;
pub mod shell;
pub mod sign_in;
pub mod time;
pub mod trust;
pub mod update;
pub mod view;
pub mod web_identity;
pub mod wsl;
