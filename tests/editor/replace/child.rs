//! A writer in a process of its own: this test program again, told by its environment what to write.

use rolecall_core::aws_files::document::Dialect;
use rolecall_core::aws_files::edit::set;
use rolecall_core::aws_files::replace::{UpdateError, Waits, Written, update};
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

const FILE: &str = "ROLECALL_TEST_WRITER_FILE";
const ENDLESS: &str = "ROLECALL_TEST_WRITER_ENDLESS";

/// Not patient, and not careful about files that changed just now: a file of ours is never half-written.
pub(crate) const HASTY: Waits = Waits { patience: Duration::from_secs(20), quiet: Duration::ZERO };

/// The arguments with which `program`, a copy of this test program, writes `file`; without end, or once.
pub(crate) fn writer(program: &Path, file: &Path, endless: bool) -> Command {
    let mut command = Command::new(program);
    command
        .args(["--exact", "replace::child::the_writer", "--nocapture", "--test-threads=1"])
        .env(FILE, file);
    if endless {
        command.env(ENDLESS, "1");
    }
    command
}

/// The next version of a file whose section `dev` counts its versions.
pub(crate) fn write_next(file: &Path) -> Result<Written, UpdateError<String>> {
    update(file, HASTY, |text| {
        let next = version(text) + 1;
        let [id, token] = values(next);
        let values = [("aws_access_key_id", id.as_str()), ("aws_session_token", token.as_str())];
        set(text, Dialect::Credentials, "dev", &values).map_err(|error| error.to_string())
    })
}

/// The whole file of one version: other people's sections, then ours.
pub(crate) fn whole(version: u32) -> String {
    let others: String = (0..40)
        .map(|n| {
            format!("# of team {n}\n[team-{n}]\naws_access_key_id = AKIAEXAMPLE{n}\nregion=eu-west-1\n\n")
        })
        .collect();
    let [id, token] = values(version);
    format!("{others}[dev]\naws_access_key_id = {id}\nregion = eu-central-1\naws_session_token = {token}")
}

pub(crate) fn version(text: &str) -> u32 {
    let id = text.split("ASIAEXAMPLE").nth(1).and_then(|rest| rest.lines().next());
    id.and_then(|id| id.parse().ok()).expect("a version")
}

/// The token's length differs from version to version.
fn values(version: u32) -> [String; 2] {
    [format!("ASIAEXAMPLE{version}"), "t/+=".repeat(100 + version as usize % 150) + &version.to_string()]
}

/// Nothing by itself: what [`writer`] runs.
#[test]
fn the_writer() {
    let Some(file) = std::env::var_os(FILE) else { return };
    if std::env::var_os(ENDLESS).is_none() {
        match write_next(Path::new(&file)) {
            Err(UpdateError::File(error)) => println!("\nproblem: {:?}", error.problem),
            other => println!("\n{other:?}"),
        }
        return;
    }
    println!("\nready");
    std::io::stdout().flush().unwrap();
    loop {
        write_next(Path::new(&file)).unwrap();
    }
}
