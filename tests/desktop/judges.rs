//! The AWS clients that judge what Rolecall hands out, each a program of its own.

use crate::scene::{Scene, program};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A client that says who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Client {
    Awscli,
    Boto3,
    Javascript,
    Rust,
}

const BOTO3: &str = "import boto3; print(boto3.Session().client('sts').get_caller_identity()['Arn'])";

impl Client {
    pub(crate) const ALL: [Self; 4] = [Self::Awscli, Self::Boto3, Self::Javascript, Self::Rust];

    /// The program and its arguments: prints the ARN of GetCallerIdentity.
    pub(crate) fn line(self) -> Vec<String> {
        let python = || set("ROLECALL_PYTHON");
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("clients/javascript/identity.mjs");
        let words: Vec<String> = match self {
            Self::Awscli => {
                let words =
                    ["-m", "awscli", "sts", "get-caller-identity", "--query", "Arn", "--output", "text"];
                std::iter::once(python()).chain(words.map(str::to_owned)).collect()
            }
            Self::Boto3 => vec![python(), "-c".into(), BOTO3.into()],
            Self::Javascript => vec![set("ROLECALL_NODE"), script.display().to_string()],
            Self::Rust => vec![program("rust-identity").display().to_string()],
        };
        words
    }

    /// The client on this desktop, told of no profile and no keys, its STS at `sts`.
    pub(crate) fn command(self, scene: &Scene, sts: &str) -> Command {
        let line = self.line();
        let mut command = scene.desktop.command(&line[0]);
        command.args(&line[1..]);
        surround(&mut command, sts);
        command
    }
}

/// What a client needs around it beside its profile or keys.
pub(crate) fn surround(command: &mut Command, sts: &str) {
    command
        .env("AWS_ENDPOINT_URL_STS", sts)
        // A client that finds no credentials must not look for a cloud's metadata on the network.
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("ROLECALL_JS", set("ROLECALL_JS"));
}

/// The interpreter with awscli, boto3 and moto.
pub(crate) fn python() -> PathBuf {
    set("ROLECALL_PYTHON").into()
}

/// What the client prints, once it has succeeded; this desktop's servers go on meanwhile.
pub(crate) async fn answer(command: Command) -> String {
    let output = output(command).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

pub(crate) async fn output(mut command: Command) -> Output {
    tokio::task::spawn_blocking(move || command.output()).await.expect("joined").expect("it runs")
}

fn set(variable: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| panic!("{variable} is not set: run `make test`"))
}
