//! Signing a browser in to the AWS console: a token by federation, then a page opened by way of a door of our own.

#[cfg_attr(unix, path = "console/browser/unix.rs")]
#[cfg_attr(windows, path = "console/browser/windows.rs")]
mod browser;
mod door;

use crate::web;
use rolecall_core::console::Console;
use rolecall_core::credentials::Credentials;
use rolecall_core::problem::{Problem, foreign};
use rolecall_core::secret::Secret;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::PathBuf;
use url::Url;

/// How AWS's sign-in site is called in problems.
const SHOWN: &str = "AWS sign-in";

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

/// The address has no secret in it, because others may see it.
fn start_browser(address: &str, display: &BTreeMap<String, String>) -> std::io::Result<()> {
    if !is_page(address) {
        // For other addresses, and for paths, the system would start other programs.
        return Err(std::io::Error::new(std::io::ErrorKind::InvalidInput, "this is no address of a page"));
    }
    browser::start(address, display)
}

fn is_page(address: &str) -> bool {
    Url::parse(address).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_pages_is_opened() {
        for (address, page) in [
            ("http://127.0.0.1:8080/x", true),
            ("https://signin.aws.amazon.com/", true),
            ("file:///C:/Windows/System32/calc.exe", false),
            (r"C:\Windows\System32\calc.exe", false),
            (r"\\server\share\x.exe", false),
            ("calc.exe", false),
            ("ms-settings:", false),
            ("javascript:1", false),
            ("", false),
        ] {
            assert_eq!(is_page(address), page, "{address}");
            if !page {
                assert!(start_browser(address, &BTreeMap::new()).is_err());
            }
        }
    }
}
