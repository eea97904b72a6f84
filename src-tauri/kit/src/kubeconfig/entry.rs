//! What is written for a cluster: its three entries.

use super::{Arguments, authority};
use crate::names::{ClusterName, Namespace, Region};
use crate::problem::files as problem;
use rolecall_core::problem::{Report, foreign};
use serde_json::{Value, json};
use std::str::FromStr;

/// As `rolecall eks-token` understands them.
const COMMAND: &str = "eks-token";

pub(super) struct Entry {
    /// Of the context, the cluster and the user.
    pub(super) name: String,
    pub(super) cluster: Value,
    pub(super) user: Value,
    pub(super) context: Value,
}

impl Entry {
    pub(super) fn new(arguments: &Arguments) -> Result<Self, Report> {
        let Arguments { cluster, endpoint, profile, region, namespace, .. } = arguments;
        let name = arguments.context.clone().unwrap_or_else(|| cluster.clone());
        for (option, text, fits) in [
            ("--cluster", Some(cluster), is::<ClusterName> as fn(&str) -> Result<(), String>),
            ("--context", Some(&name), is_text),
            ("--profile", profile.as_ref(), is_text),
            ("--region", region.as_ref(), is::<Region>),
            ("--namespace", namespace.as_ref(), is::<Namespace>),
        ] {
            if let Some(text) = text {
                fits(text).map_err(|why| no_name(option, text, &why))?;
            }
        }
        let server = endpoint.trim().trim_end_matches('/');
        let secure = server.starts_with("https://");
        if !secure && !is_loopback(server)
            || server.len() < "https://x".len()
            || server.chars().any(odd_in_address)
        {
            return Err(no_endpoint(endpoint));
        }
        let authority = match &arguments.certificate_authority {
            Some(given) => Some(authority::read(given)?),
            None if secure => return Err(no_authority()),
            None => None,
        };
        let mut words = vec![COMMAND, "--cluster", cluster];
        words.extend(region.iter().flat_map(|region| ["--region", region]));
        words.extend(profile.iter().flat_map(|profile| ["--profile", profile]));
        let exec = json!({
            "apiVersion": "client.authentication.k8s.io/v1",
            "command": rolecall_client::beside("rolecall").display().to_string(),
            "args": words,
            "interactiveMode": "IfAvailable",
            "provideClusterInfo": false,
        });
        let mut context = json!({ "cluster": name, "user": name });
        if let Some(namespace) = namespace {
            context["namespace"] = json!(namespace);
        }
        let mut place = json!({ "server": server });
        if let Some(authority) = authority {
            place["certificate-authority-data"] = json!(authority);
        }
        Ok(Self {
            cluster: json!({ "cluster": place, "name": name }),
            user: json!({ "name": name, "user": { "exec": exec } }),
            context: json!({ "context": context, "name": name }),
            name,
        })
    }

    /// The lists of the kubeconfig, and what goes into each.
    pub(super) fn lists(&self) -> [(&'static str, &Value); 3] {
        [("clusters", &self.cluster), ("contexts", &self.context), ("users", &self.user)]
    }
}

/// Whether a user's entry is one that was written here, whatever it says otherwise.
pub(super) fn is_ours(user: &Value) -> bool {
    let exec = &user["user"]["exec"];
    let command = exec["command"].as_str().unwrap_or_default();
    let file = command.rsplit(['/', '\\']).next().unwrap_or_default();
    matches!(file, "rolecall" | "rolecall.exe") && exec["args"][0] == COMMAND
}

fn is<N: FromStr<Err = String>>(text: &str) -> Result<(), String> {
    text.parse::<N>().map(drop)
}

/// Anything that no program takes for an option of its own.
fn is_text(text: &str) -> Result<(), String> {
    match text {
        "" => Err("it is empty".to_owned()),
        text if text.starts_with('-') => Err("it begins with a dash, as options do".to_owned()),
        text if text.chars().any(char::is_control) => Err("it has control characters".to_owned()),
        _ => Ok(()),
    }
}

/// The only place where a key without encryption stays on this computer.
fn is_loopback(address: &str) -> bool {
    let Some(rest) = address.strip_prefix("http://") else { return false };
    let host = rest.split('/').next().unwrap_or_default();
    let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
    matches!(host, "localhost" | "127.0.0.1" | "[::1]")
}

fn odd_in_address(c: char) -> bool {
    c.is_whitespace() || c.is_control() || matches!(c, '"' | '\\' | '@' | '<' | '>')
}

fn no_name(option: &str, text: &str, why: &str) -> Report {
    problem(
        "kube.entry",
        &format!("'{}' cannot be what {option} names: {why}.", foreign(text)),
        "Name it as EKS and the AWS config file do.",
    )
}

fn no_endpoint(endpoint: &str) -> Report {
    problem(
        "kube.endpoint",
        &format!("'{}' is no address of an API server: it must begin with https://.", foreign(endpoint)),
        "EKS shows it: aws eks describe-cluster --name NAME --query cluster.endpoint --output text",
    )
}

fn no_authority() -> Report {
    problem(
        "kube.authority",
        "The cluster's certificate authority is missing; without it nobody can tell whether the server is the cluster's.",
        "Add --certificate-authority \"$(aws eks describe-cluster --name NAME --query cluster.certificateAuthority.data --output text)\"",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_is_this_computer_alone() {
        for (address, ours) in [
            ("http://127.0.0.1:8080", true),
            ("http://localhost", true),
            ("http://[::1]:6443", true),
            ("http://127.0.0.1.evil.example", false),
            ("http://localhost.evil.example:80", false),
            ("https://127.0.0.1", false),
            ("127.0.0.1", false),
        ] {
            assert_eq!(is_loopback(address), ours, "{address}");
        }
    }
}
