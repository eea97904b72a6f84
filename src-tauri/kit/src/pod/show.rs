//! What came of it, for a person at a terminal.

use crate::problem::{files, listed};
use crate::say;
use jiff::{Timestamp, tz::TimeZone};
use rolecall_core::expiry;
use rolecall_core::pod::{Became, Pods, ROLE_ANNOTATION, ServiceAccount};
use rolecall_core::problem::{Report, foreign};
use rolecall_core::web_identity::Claims;

pub(super) fn pods(pods: &Pods) -> Result<(), Report> {
    let Some(context) = &pods.context else { return Err(none_current(&pods.contexts)) };
    if pods.accounts.is_empty() {
        say::words(&format!("No service account there carries {ROLE_ANNOTATION} ({context})."));
        say::words(
            "help: Pods may have roles by EKS Pod Identity instead (aws eks list-pod-identity-associations); \
             such a role is handed out on the cluster's nodes only, not at a desk.",
        );
        return Ok(());
    }
    say::data(&table(&pods.accounts));
    let first = pods.accounts.iter().find(|account| account.role.is_some()).or(pods.accounts.first());
    if let Some(first) = first {
        let ServiceAccount { namespace, name, .. } = first;
        say::words(&format!(
            "\nTo become one: rolecall pod {}",
            say::quoted(&format!("{context}/{namespace}/{name}"))
        ));
    }
    Ok(())
}

pub(super) fn became(became: &Became) {
    let Became { profile, pod, arn, claims, until, .. } = became;
    say::words(&format!(
        "You are {arn} until {}.\n{}\nTo use it: AWS_PROFILE={} aws …\n\
         It is not renewed by itself; to take it again: rolecall pod {}",
        end(*until),
        token(claims),
        say::quoted(profile.as_str()),
        say::quoted(&pod.to_string())
    ));
}

/// What the role's trust policy is about.
fn token(claims: &Claims) -> String {
    let Claims { issuer, subject, audiences, expires } = claims;
    let expires = expires.map_or_else(|| "not said".to_owned(), end);
    let (issuer, subject, audience) = (foreign(issuer), foreign(subject), foreign(&audiences.join(", ")));
    format!(
        "Its token:\n  issuer    {issuer}\n  subject   {subject}\n  audience  {audience}\n  ends      {expires}"
    )
}

/// `18:11 (2 h 5 min left)`.
fn end(at: Timestamp) -> String {
    let clock = at.to_zoned(TimeZone::system()).strftime("%H:%M");
    format!("{clock} ({})", expiry::left_words(expiry::left(at, Timestamp::now())))
}

/// Namespace, name and role, in columns.
fn table(accounts: &[ServiceAccount]) -> String {
    let role = |account: &ServiceAccount| match &account.role {
        Some(role) => role.to_string(),
        None => format!("'{}' (not a role's ARN)", account.annotation),
    };
    let head = ["NAMESPACE", "NAME", "ROLE"].map(str::to_owned);
    let rows =
        accounts.iter().map(|account| [account.namespace.clone(), account.name.clone(), role(account)]);
    let rows: Vec<_> = std::iter::once(head).chain(rows).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let (first, second) = (width(0), width(1));
    let lines =
        rows.iter().map(|[namespace, name, role]| format!("{namespace:first$}  {name:second$}  {role}"));
    lines.collect::<Vec<_>>().join("\n")
}

fn none_current(contexts: &[String]) -> Report {
    let help = match contexts {
        [] => "Write one with `rolecall eks-kubeconfig`.".to_owned(),
        contexts => format!("Name one: rolecall pod CONTEXT. It has {}.", listed(contexts)),
    };
    files("kube.no_context", "The kubeconfig names no current context.", &help)
}
