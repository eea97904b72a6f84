//! Whichever of the desktop's openers there is.

use crate::child;
use std::collections::BTreeMap;
use std::io;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// An opener that has not failed by then has found a browser.
const OPENER: Duration = Duration::from_millis(1500);

pub(super) fn start(address: &str, display: &BTreeMap<String, String>) -> io::Result<()> {
    let mut last = io::Error::new(io::ErrorKind::NotFound, "there is no opener");
    for mut command in open::commands(address) {
        // Neither the credentials of whoever started us nor our own pipes are a browser's business.
        command.env_clear().envs(child::desktop_environment(display));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        match command.spawn() {
            Ok(mut child) => match failed_soon(&mut child) {
                Some(error) => last = error,
                None => {
                    // An opener may stay for as long as the browser: somebody has to wait for its end.
                    std::thread::spawn(move || child.wait());
                    return Ok(());
                }
            },
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// An opener that finds no browser says so at once.
fn failed_soon(child: &mut Child) -> Option<io::Error> {
    let until = Instant::now() + OPENER;
    while Instant::now() < until {
        match child.try_wait() {
            Ok(Some(status)) if !status.success() => {
                return Some(io::Error::other(format!("the opener ended with {status}")));
            }
            Ok(Some(_)) | Err(_) => return None,
            Ok(None) => std::thread::sleep(Duration::from_millis(20)),
        }
    }
    None
}
