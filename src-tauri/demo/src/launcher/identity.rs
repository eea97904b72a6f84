//! Asks AWS who the written credentials are: with a client of somebody else's where there is one.
#![cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "only the headless story asks"))]

use jiff::Timestamp;
use rolecall_demo::Server;
use rolecall_demo::aws::signature;
use rolecall_demo::http;
use rolecall_demo::rig::home::Home;
use rolecall_demo::rig::{Done, Trouble};
use std::process::Command;
use std::time::Duration;

/// The ARN that `GetCallerIdentity` answers, and who asked.
#[derive(Debug)]
pub(crate) struct Identity {
    pub(crate) arn: String,
    pub(crate) asked_by: &'static str,
}

/// boto3 of the interpreter in `ROLECALL_PYTHON`, else `aws`, else a signed call of our own.
pub(crate) fn ask(server: &Server, home: &Home, profile: &str) -> Done<Identity> {
    if let Some(python) = std::env::var_os("ROLECALL_PYTHON") {
        let script = "import boto3, sys; print(boto3.Session(profile_name=sys.argv[1]).client('sts', endpoint_url=sys.argv[2]).get_caller_identity()['Arn'])";
        let mut command = Command::new(python);
        command.args(["-c", script, profile, server.aws_url()]);
        let arn =
            printed(command, home).ok_or_else(|| Trouble::new("boto3 of ROLECALL_PYTHON has no answer"))?;
        return Ok(Identity { arn, asked_by: "boto3" });
    }
    let mut command = Command::new("aws");
    command.args(["sts", "get-caller-identity", "--query", "Arn", "--output", "text"]);
    // Named, because some versions do not read it from the environment.
    command.args(["--profile", profile, "--endpoint-url", server.aws_url()]);
    if let Some(arn) = printed(command, home) {
        return Ok(Identity { arn, asked_by: "aws" });
    }
    Ok(Identity { arn: by_hand(server, home, profile)?, asked_by: "a signed call of the demo's own" })
}

fn printed(mut command: Command, home: &Home) -> Option<String> {
    home.apply(&mut command);
    let output = command.output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (output.status.success() && text.starts_with("arn:")).then_some(text)
}

fn by_hand(server: &Server, home: &Home, profile: &str) -> Done<String> {
    let missing = |key: &str| Trouble::new(format!("[{profile}] has no {key}"));
    let value = |key: &str| home.credential(profile, key).ok_or_else(|| missing(key));
    let keys = (value("aws_access_key_id")?, value("aws_secret_access_key")?, value("aws_session_token")?);
    let body = b"Action=GetCallerIdentity&Version=2011-06-15";
    let host = server.aws_url().trim_start_matches("http://");
    let request = ("POST", host, "/", body.as_slice());
    let headers = signature::sign((&keys.0, &keys.1, &keys.2), request, "eu-central-1", Timestamp::now());
    let answer = http::request("POST", server.aws_url(), &headers, Some(body), Duration::from_secs(10))
        .map_err(Trouble::at("GetCallerIdentity"))?;
    let arn =
        answer.body.split_once("<Arn>").and_then(|(_, rest)| Some(rest.split_once("</Arn>")?.0.to_owned()));
    arn.ok_or_else(|| Trouble::new(format!("GetCallerIdentity was refused with {}", answer.status)))
}
