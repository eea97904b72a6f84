//! Signing a browser in to the AWS console: a token by federation, then a page opened by way of a door of our own.

mod door;

use crate::{child, web};
use rolecall_core::console::Console;
use rolecall_core::credentials::Credentials;
use rolecall_core::problem::{Problem, foreign};
use rolecall_core::secret::Secret;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

/// How AWS's sign-in site is called in problems.
const SHOWN: &str = "AWS sign-in";

/// An opener that has not failed by then has found a browser.
const OPENER: Duration = Duration::from_millis(1500);

/// What somebody wants opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    pub console: Console,
    pub credentials: Credentials,
    /// More root certificates.
    pub ca_bundle: Option<PathBuf>,
    /// Give the address, open nothing.
    pub print: bool,
    /// Leave the browser's other AWS sessions alone.
    pub beside_others: bool,
    /// A client's display, for a resident process that was started without one.
    pub display: BTreeMap<String, String>,
}

/// The address where it is only asked for; else the browser is open.
///
/// # Errors
/// What AWS refused, or that no browser could be started.
pub(crate) async fn visit(visit: Visit) -> Result<Option<Secret>, Problem> {
    let token = token(&visit.console.token_url(&visit.credentials), visit.ca_bundle.clone()).await?;
    if visit.print {
        return Ok(Some(visit.console.login_url(&token)));
    }
    let target = if visit.beside_others {
        visit.console.login_url(&token)
    } else {
        visit.console.fresh_login_url(&token)
    };
    let no_browser =
        |reason: &dyn std::fmt::Display| Problem::NoBrowser { reason: foreign(&reason.to_string()) };
    let door = door::Door::open(target).await.map_err(|error| no_browser(&error))?;
    let address = door.address();
    tokio::task::spawn_local(door.serve());
    let display = visit.display;
    let started = tokio::task::spawn_blocking(move || start_browser(&address, &display)).await;
    started.map_err(|error| no_browser(&error))?.map_err(|error| no_browser(&error))?;
    Ok(None)
}

async fn token(url: &Secret, ca_bundle: Option<PathBuf>) -> Result<Secret, Problem> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Token {
        signin_token: Secret,
    }
    let answer = web::get(url, SHOWN, ca_bundle).await?;
    match answer.status {
        200 => serde_json::from_slice::<Token>(&answer.body)
            .map(|token| token.signin_token)
            .map_err(|_| Problem::AwsNotAws { endpoint: SHOWN.into() }),
        400 | 401 | 403 => Err(Problem::ConsoleRefused),
        status => Err(Problem::AwsOther { code: status.to_string(), message: "from AWS sign-in".into() }),
    }
}

/// Whichever of the desktop's openers there is; it gets an address without a secret, because others see arguments.
fn start_browser(address: &str, display: &BTreeMap<String, String>) -> std::io::Result<()> {
    let mut last = std::io::Error::new(std::io::ErrorKind::NotFound, "there is no opener");
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
fn failed_soon(child: &mut std::process::Child) -> Option<std::io::Error> {
    let until = Instant::now() + OPENER;
    while Instant::now() < until {
        match child.try_wait() {
            Ok(Some(status)) if !status.success() => {
                return Some(std::io::Error::other(format!("the opener ended with {status}")));
            }
            Ok(Some(_)) | Err(_) => return None,
            Ok(None) => std::thread::sleep(Duration::from_millis(20)),
        }
    }
    None
}
