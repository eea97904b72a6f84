//! moto, somebody else's make-believe AWS: a second opinion on what Rolecall and its clients say to STS.

use super::Done;
use super::program::Program;
use std::path::Path;
use std::process::Command;

const SERVER: &str = include_str!("moto.py");

/// A moto server on loopback. Ends when dropped.
#[derive(Debug)]
pub struct Moto {
    url: String,
    _server: Program,
}

impl Moto {
    /// Who everybody is whose keys moto has not made itself.
    pub const STRANGER: &str = "arn:aws:sts::123456789012:user/moto";

    /// `python` has moto; returns once it answers. Its words go to the file `log`.
    pub fn start(python: &Path, log: Option<&Path>) -> Done<Self> {
        let mut command = Command::new(python);
        command.args(["-c", SERVER]);
        let (server, url) = Program::start_reading_line(&mut command, log)?;
        Ok(Self { url, _server: server })
    }

    /// What `AWS_ENDPOINT_URL_STS` must be.
    pub fn url(&self) -> &str {
        &self.url
    }
}
