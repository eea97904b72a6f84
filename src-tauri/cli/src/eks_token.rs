//! `eks-token`: what kubectl runs for a token of a cluster of EKS, signed here, so it has to be quick.

mod sign;

use crate::arguments::EksToken;
use crate::credentials::{self, Asker};
use crate::environment;
use crate::exit::Exit;
use crate::progress;
use crate::say::{self, Said};
use jiff::{SignedDuration, Timestamp};
use rolecall_core::problem::{Kind, Report};
use rolecall_core::profile::ProfileName;
use rolecall_core::role::RoleArn;
use serde::{Deserialize, Serialize};
use std::ffi::OsString;

/// EKS honours a token for a quarter of an hour; clocks differ.
const GOOD_FOR: SignedDuration = SignedDuration::from_mins(14);

pub(crate) fn run(options: EksToken) -> Result<Exit, Said> {
    let profile = options.profile.map(ProfileName::new).or_else(rolecall_client::profile);
    let given = credentials::ask(profile, Asker::Tool { may_ask: true }, progress::to_a_tool())?;
    let region = match options.region.or(given.region) {
        Some(named) => region(&named).map_err(|_| wrong_region(&named))?,
        None => default_region(given.role.as_ref()).to_owned(),
    };
    let now = Timestamp::now();
    let token = sign::token(&given.credentials, &options.cluster, &region, now).map_err(not_signed)?;
    let until = given.credentials.expiration.min(now.saturating_add(GOOD_FOR).unwrap_or(now));
    say::data(&printed(token.expose(), until, environment::variable("KUBERNETES_EXEC_INFO").as_deref()));
    Ok(Exit::Done)
}

/// A name as EKS takes it (Amazon EKS API Reference, CreateCluster), or the id of a local cluster.
pub(crate) fn cluster(text: &str) -> Result<String, &'static str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let begins = text.starts_with(|first: char| first.is_ascii_alphanumeric());
    if !begins || text.len() > 100 || !text.chars().all(plain) {
        return Err("a cluster's name has up to 100 letters, digits, '-' and '_'");
    }
    Ok(text.to_owned())
}

/// It becomes part of a host's name.
pub(crate) fn region(text: &str) -> Result<String, &'static str> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if text.is_empty() || text.len() > 40 || !text.chars().all(plain) {
        return Err("write it as in eu-central-1");
    }
    Ok(text.to_owned())
}

/// `eks-token --cluster NAME [--region R] [--profile P]`, in the order in which `eks-kubeconfig` writes it, without
/// building the grammar of every other command first. Whatever else is said goes to the grammar.
pub(crate) fn plainly_asked(mut arguments: impl Iterator<Item = OsString>) -> Option<EksToken> {
    arguments.next();
    if arguments.next()? != "eks-token" {
        return None;
    }
    let words: Vec<String> = arguments.map(OsString::into_string).collect::<Result<_, _>>().ok()?;
    let mut pairs = words.chunks(2).peekable();
    let mut value = |option: &str| match pairs.next_if(|pair| pair[0] == option)? {
        [_, value] if !value.starts_with('-') && !value.is_empty() => Some(value.clone()),
        _ => None,
    };
    let cluster = cluster(&value("--cluster")?).ok()?;
    let named = value("--region");
    let profile = value("--profile");
    let region = named.as_deref().map(region).transpose().ok()?;
    let understood = 2 + 2 * (usize::from(region.is_some()) + usize::from(profile.is_some()));
    (words.len() == understood).then_some(EksToken { cluster, region, profile })
}

fn default_region(role: Option<&RoleArn>) -> &'static str {
    role.map_or("us-east-1", |role| role.partition().default_region())
}

/// An ExecCredential (Kubernetes documentation, "client-go credential plugins"), in the version that was asked for.
fn printed(token: &str, until: Timestamp, asked: Option<&str>) -> String {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Asked {
        api_version: String,
    }
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct ExecCredential<'a> {
        kind: &'a str,
        api_version: &'a str,
        spec: Empty,
        status: Status<'a>,
    }
    #[derive(Serialize)]
    struct Empty {}
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Status<'a> {
        expiration_timestamp: String,
        token: &'a str,
    }
    const OLDER: &str = "client.authentication.k8s.io/v1beta1";
    let asked = asked.and_then(|info| serde_json::from_str::<Asked>(info).ok());
    let older = asked.is_some_and(|asked| asked.api_version == OLDER);
    let api_version = if older { OLDER } else { "client.authentication.k8s.io/v1" };
    let status = Status { expiration_timestamp: format!("{until:.0}"), token };
    let credential = ExecCredential { kind: "ExecCredential", api_version, spec: Empty {}, status };
    serde_json::to_string(&credential).unwrap_or_default()
}

fn wrong_region(region: &str) -> Report {
    Report {
        code: "eks.region".into(),
        kind: Kind::Files,
        what: format!("'{}' is no region of AWS.", rolecall_core::problem::foreign(region)),
        help: "Correct region in the profile, or name one with --region: eu-central-1.".into(),
        mend: None,
    }
}

fn not_signed(reason: String) -> Report {
    Report {
        code: "eks.not_signed".into(),
        kind: Kind::SignIn,
        what: format!("The token could not be signed: {reason}."),
        help: "Renew the session with `rolecall sign-in`, then try again.".into(),
        mend: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arguments::{Arguments, Command};
    use clap::Parser as _;

    #[test]
    fn the_short_way_says_what_the_grammar_says() {
        for (line, short) in [
            ("eks-token --cluster shop", true),
            ("eks-token --cluster shop --region eu-west-1", true),
            ("eks-token --cluster shop --profile work", true),
            ("eks-token --cluster shop --region eu-west-1 --profile work", true),
            ("eks-token --cluster shop --profile work --region eu-west-1", false),
            ("eks-token --cluster=shop", false),
            ("eks-token --cluster shop --help", false),
            ("eks-token --cluster --profile", false),
            ("eks-token --cluster shop --region", false),
            ("eks-token --cluster shop --region EU", false),
            ("eks-token --cluster sh/op", false),
            ("eks-token --profile work --cluster shop", false),
            ("eks-token --cluster shop extra", false),
            ("eks-token", false),
            ("status", false),
            ("", false),
        ] {
            let words = || std::iter::once("rolecall").chain(line.split_whitespace());
            let plain = plainly_asked(words().map(OsString::from));
            assert_eq!(plain.is_some(), short, "{line}");
            if let Some(plain) = plain {
                let Some(Command::EksToken(options)) = Arguments::parse_from(words()).command else {
                    panic!("{line}")
                };
                assert_eq!(format!("{options:?}"), format!("{plain:?}"));
            }
        }
    }

    #[test]
    fn an_exec_credential_in_the_version_that_was_asked_for() {
        let until = "2026-11-22T18:11:04.7Z".parse().expect("an instant");
        let older =
            r#"{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1beta1","spec":{}}"#;
        let newer = older.replace("v1beta1", "v1");
        for (asked, version) in
            [(None, "v1"), (Some(older), "v1beta1"), (Some(newer.as_str()), "v1"), (Some("junk"), "v1")]
        {
            assert_eq!(
                printed("k8s-aws-v1.x", until, asked),
                format!(
                    r#"{{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/{version}","spec":{{}},"status":{{"expirationTimestamp":"2026-11-22T18:11:04Z","token":"k8s-aws-v1.x"}}}}"#
                )
            );
        }
    }
}
