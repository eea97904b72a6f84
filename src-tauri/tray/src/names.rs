//! The accounts' names, from AWS's own sign-in page: asked for and read by a throw-away process of this program, which
//! gives back numbers and names and nothing else. What goes wrong there is nobody's concern.

use crate::child;
use crate::web;
use rolecall_client::child_environment::Purpose;
use rolecall_core::account_names;
use rolecall_core::role::AccountId;
use rolecall_core::secret::Secret;
use serde::{Deserialize, Serialize};
use std::io::{Read as _, Write as _};
use std::process::{ExitCode, Stdio};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use zeroize::Zeroizing;

/// What the process is called with.
pub const PURPOSE: &str = "account-names";

/// Five thousand accounts with long names fit; the page itself may be longer.
const LONGEST: u64 = 2 * 1024 * 1024;
const TIME: Duration = Duration::from_secs(40);

#[derive(Serialize, Deserialize)]
struct Request {
    url: String,
    assertion: Secret,
}

/// Asks; none where that fails.
pub(crate) async fn find(url: String, assertion: Secret) -> Vec<(AccountId, String)> {
    tokio::time::timeout(TIME, ask(url, assertion)).await.ok().flatten().unwrap_or_default()
}

async fn ask(url: String, assertion: Secret) -> Option<Vec<(AccountId, String)>> {
    let mut command = child::unseen(std::env::current_exe().ok()?, Purpose::Unseen);
    command.arg(PURPOSE).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().ok()?;
    let (mut stdin, stdout) = (child.stdin.take()?, child.stdout.take()?);
    let line = Zeroizing::new(serde_json::to_vec(&Request { url, assertion }).ok()?);
    stdin.write_all(&line).await.ok()?;
    drop(stdin);
    let mut answer = Vec::new();
    stdout.take(LONGEST).read_to_end(&mut answer).await.ok()?;
    child.wait().await.ok().filter(std::process::ExitStatus::success)?;
    serde_json::from_slice(&answer).ok()
}

/// The throw-away process: one request on standard input, the pairs on standard output.
pub fn run() -> ExitCode {
    match answer() {
        Some(()) => ExitCode::SUCCESS,
        None => ExitCode::FAILURE,
    }
}

fn answer() -> Option<()> {
    let mut text = Zeroizing::new(Vec::new());
    std::io::stdin().take(LONGEST).read_to_end(&mut text).ok()?;
    let request: Request = serde_json::from_slice(&text).ok()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
    let page = runtime.block_on(web::post(&request.url, "SAMLResponse", &request.assertion)).ok()?;
    if page.status != 200 {
        return None;
    }
    let names = account_names::read(&String::from_utf8_lossy(&page.body));
    std::io::stdout().write_all(&serde_json::to_vec(&names).ok()?).ok()
}
