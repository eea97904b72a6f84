//! Identities of an OIDC provider: `aud` says for whom their token is, `sub` whose it is.

use super::subject;
use crate::trust::check::finding::Findings;
use crate::trust::check::near;
use crate::trust::check::pieces::open;
use crate::trust::check::policy::{Condition, Effect, Statement, quoted};
use crate::trust::check::principal::Who;
use rolecall_core::pod::AUDIENCE;

/// Where the audience is one application's, and `sub` one of its users.
const AUDIENCES: [&str; 4] = ["aud", "oaud", "app_id", "azp"];

pub(super) fn judge(statement: &Statement, findings: &mut Findings) {
    let Some(who) = statement.who.iter().find(|who| who.is_web_identity()) else { return };
    if statement.effect != Effect::Allow {
        return;
    }
    let issuer = match who {
        Who::Oidc { issuer, .. } => issuer.as_deref(),
        Who::Builtin(issuer) => Some(issuer.as_str()),
        _ => None,
    };
    let claims = || {
        statement.conditions.iter().filter(|condition| {
            let prefix = condition.prefix().to_ascii_lowercase();
            condition.requires() && !["aws", "sts", "saml"].contains(&prefix.as_str())
        })
    };
    let github = issuer.is_some_and(subject::is_github);
    let owned = github && claims().any(|condition| subject::github_claim_narrows(condition) == Some(true));
    let mut swapped = Swapped::default();
    for condition in claims() {
        let claim = condition.claim();
        if AUDIENCES.contains(&claim) {
            audience(statement, condition, &mut swapped, findings);
        } else if claim.eq_ignore_ascii_case("sub") {
            swapped.subject(statement, condition, issuer, owned, findings);
        } else if let (true, false, Some(false)) = (github, owned, subject::github_claim_narrows(condition)) {
            let values: Vec<String> = condition.values.iter().map(|value| quoted(value)).collect();
            findings.add(
                "trust.sub_any",
                statement.number,
                format!("{} under {} is anybody on GitHub.", values.join(", "), condition.claim()),
                "Name the organisation, and the repository, before any *.",
            );
        }
    }
    if statement.conditions_open() {
        return;
    }
    let shown = issuer.unwrap_or("ISSUER");
    let has_audience =
        claims().any(|condition| AUDIENCES.contains(&condition.claim()) && !condition.is_for_anything());
    if !has_audience && !swapped.audience_in_sub {
        findings.add(
            "trust.aud_missing",
            statement.number,
            format!("{shown}:aud is missing, so a token made for another service would do."),
            format!("Add \"StringEquals\": {{\"{shown}:aud\": \"{}\"}}.", usual_audience(issuer)),
        );
    }
    // A branch or an environment of that name is in every stranger's repository.
    let tells_whose = |condition: &Condition| {
        let claim = condition.claim();
        !github || claim.eq_ignore_ascii_case("sub") || subject::github_claim_narrows(condition).is_some()
    };
    let has_subject =
        claims().any(|condition| !AUDIENCES.contains(&condition.claim()) && tells_whose(condition));
    let of_application = matches!(who, Who::Builtin(_));
    if !has_subject && !of_application && !swapped.subject_in_aud {
        let (who, example) = whose(issuer);
        findings.add(
            "trust.sub_missing",
            statement.number,
            format!("{shown}:sub is missing, so {who} may assume the role."),
            format!("Add \"StringEquals\": {{\"{shown}:sub\": \"{example}\"}}."),
        );
    }
}

#[derive(Default)]
struct Swapped {
    /// A subject stands under `aud`: that one is missing is then said already.
    subject_in_aud: bool,
    audience_in_sub: bool,
}

impl Swapped {
    fn subject(
        &mut self,
        statement: &Statement,
        condition: &Condition,
        issuer: Option<&str>,
        owned: bool,
        findings: &mut Findings,
    ) {
        for value in &condition.values {
            if is_audience(value) {
                self.audience_in_sub = true;
                findings.add(
                    "trust.sub_for_aud",
                    statement.number,
                    format!("{} is an audience, but it stands under sub.", quoted(value)),
                    format!(
                        "Write \"{0}:aud\": {1}, and under \"{0}:sub\" whose the token is.",
                        condition.prefix(),
                        quoted(value)
                    ),
                );
            } else if !(owned && value.contains('*')) {
                subject::judge(statement.number, value, condition, issuer, findings);
            }
        }
    }
}

fn audience(statement: &Statement, condition: &Condition, swapped: &mut Swapped, findings: &mut Findings) {
    for value in &condition.values {
        if is_subject(value) {
            swapped.subject_in_aud = true;
            findings.add(
                "trust.aud_for_sub",
                statement.number,
                format!("{} says whose the token is, but it stands under aud.", quoted(value)),
                format!(
                    "Write \"{0}:sub\": {1}, and \"{0}:aud\": \"{AUDIENCE}\" beside it.",
                    condition.prefix(),
                    quoted(value)
                ),
            );
        } else if is_nearly_sts(value) {
            findings.add(
                "trust.sts_audience",
                statement.number,
                format!("{} is nearly {AUDIENCE}, but not quite.", quoted(value)),
                format!("Write \"{}:aud\": \"{AUDIENCE}\".", condition.prefix()),
            );
        }
    }
}

fn is_subject(value: &str) -> bool {
    let value = value.trim_start_matches(['\'', '"']);
    ["system:serviceaccount", "repo:", "project_path:", "organization:"]
        .iter()
        .any(|start| value.starts_with(start))
}

fn is_audience(value: &str) -> bool {
    value == AUDIENCE
        || is_nearly_sts(value)
        || value == "aws.workload.identity"
        || value.starts_with("api://")
}

fn is_nearly_sts(value: &str) -> bool {
    if value == AUDIENCE || value == "sts.amazonaws.com.cn" || open(value) || value.len() > 64 {
        return false;
    }
    let lower = value.to_ascii_lowercase();
    let bare = lower
        .trim_start_matches("https://")
        .trim_start_matches("http://")
        .trim_matches(['/', '\'', '"', ' ']);
    !value.contains('*') && near::distance(bare, AUDIENCE) <= 3
}

fn usual_audience(issuer: Option<&str>) -> &'static str {
    match issuer {
        Some("cognito-identity.amazonaws.com") => "REGION:IDENTITY-POOL-ID",
        Some(issuer) if issuer.contains("gitlab") => "https://gitlab.com",
        Some("accounts.google.com" | "graph.facebook.com" | "www.amazon.com") => "CLIENT-ID",
        _ => AUDIENCE,
    }
}

/// Who gets in without `sub`, and an example of what to write.
fn whose(issuer: Option<&str>) -> (&'static str, &'static str) {
    match issuer {
        Some(issuer) if subject::is_github(issuer) => {
            ("any workflow of any repository on GitHub", "repo:ORG/REPO:ref:refs/heads/main")
        }
        Some(issuer) if subject::is_kubernetes(issuer) => {
            ("any pod of the cluster", "system:serviceaccount:NAMESPACE:NAME")
        }
        _ => ("anybody with a token of that issuer", "…"),
    }
}
