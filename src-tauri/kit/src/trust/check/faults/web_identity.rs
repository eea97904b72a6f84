//! Identities of an OIDC provider: `aud` says for whom their token is, `sub` whose it is.

use super::subject;
use crate::trust::check::finding::Findings;
use crate::trust::check::near;
use crate::trust::check::operator::{Operator, like};
use crate::trust::check::pieces::open;
use crate::trust::check::policy::{Condition, Effect, Statement, quoted};
use crate::trust::check::principal::{SERVICE_DOMAINS, Who};
use rolecall_core::pod::AUDIENCE;

/// Where the audience is one application's, and `sub` one of its users.
const AUDIENCES: [&str; 4] = ["aud", "oaud", "app_id", "azp"];

/// The issuer whose tokens any Google account, and any service account of any project, can have for any audience.
const GOOGLE: &str = "accounts.google.com";

/// `client_ids` are the audiences that each provider of the file accepts.
pub(super) fn judge(statement: &Statement, client_ids: &[(String, Vec<String>)], findings: &mut Findings) {
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
    let accepted = issuer.and_then(|issuer| accepted_audiences(issuer, client_ids));
    for condition in claims() {
        let claim = condition.claim();
        if AUDIENCES.contains(&claim) {
            audience(statement, condition, &mut swapped, findings);
            if let Some(accepted) = accepted {
                accepted_by_provider(statement, condition, accepted, findings);
            }
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
    // Whoever asks Google for a token says what its audience is to be, and `oaud` is only that.
    let google = issuer == Some(GOOGLE);
    let is_oaud = |condition: &Condition| google && condition.claim().eq_ignore_ascii_case("oaud");
    let told_apart = google && claims().any(|condition| !AUDIENCES.contains(&condition.claim()));
    let has_audience = claims().any(|condition| {
        AUDIENCES.contains(&condition.claim())
            && !condition.is_for_anything()
            && (told_apart || !is_oaud(condition))
    });
    if !has_audience && !swapped.audience_in_sub {
        no_audience(statement, issuer, accepted, findings);
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

/// What the file says that a provider accepts; none where it names the issuer twice, or not at all.
fn accepted_audiences<'a>(issuer: &str, client_ids: &'a [(String, Vec<String>)]) -> Option<&'a [String]> {
    let mut same = client_ids
        .iter()
        .filter(|(known, _)| known.trim_end_matches('/').eq_ignore_ascii_case(issuer.trim_end_matches('/')));
    let (_, first) = same.next()?;
    same.all(|(_, other)| other == first).then_some(first.as_slice()).filter(|ids| !ids.is_empty())
}

/// AWS refuses a token whose audience is none of the provider's, whatever the condition says.
fn accepted_by_provider(
    statement: &Statement,
    condition: &Condition,
    accepted: &[String],
    findings: &mut Findings,
) {
    let stars = !Operator::parse(&condition.operator).is_some_and(Operator::takes_stars_literally);
    let meets = |value: &String| {
        open(value) || is_subject(value) || accepted.iter().any(|id| id == value || stars && like(value, id))
    };
    if condition.claim() != "aud" || condition.values.is_empty() || condition.values.iter().any(meets) {
        return;
    }
    let values: Vec<String> = condition.values.iter().map(|value| quoted(value)).collect();
    let accepted: Vec<String> = accepted.iter().map(|id| quoted(id)).collect();
    findings.add(
        "trust.audience_not_accepted",
        statement.number,
        format!(
            "The provider accepts only the audience {}, so a token for {} never gets in.",
            accepted.join(" or "),
            values.join(" or ")
        ),
        format!(
            "Write \"{}:aud\": {}, or add the other one to the provider.",
            condition.prefix(),
            accepted.join(", ")
        ),
    );
}

/// No condition says which audience a token must have. AWS takes only those of the provider, where they are known.
fn no_audience(
    statement: &Statement,
    issuer: Option<&str>,
    accepted: Option<&[String]>,
    findings: &mut Findings,
) {
    let number = statement.number;
    let shown = issuer.unwrap_or("ISSUER");
    match accepted {
        Some([only]) => findings.note(format!(
            "Statement {number}: there is no condition on {shown}:aud. The provider accepts only the audience {}; a \
             condition keeps it so if another is added there.",
            quoted(only)
        )),
        Some(several) => {
            let named: Vec<String> = several.iter().map(|id| quoted(id)).collect();
            findings.add(
                "trust.aud_missing",
                number,
                format!("{shown}:aud is missing, so a token made for any of {} gets in.", named.join(", ")),
                format!("Add \"StringEquals\": {{\"{shown}:aud\": …}} with the one that is meant."),
            );
        }
        None if statement.conditions.iter().any(|condition| condition.claim().eq_ignore_ascii_case("oaud")) => {
            findings.add(
                "trust.aud_missing",
                number,
                format!("{shown}:oaud alone is no limit: anybody can ask Google for a token with any audience."),
                format!("Add \"StringEquals\": {{\"{shown}:aud\": \"CLIENT-ID\"}}, or {shown}:sub."),
            );
        }
        None => findings.add(
            "trust.aud_missing",
            number,
            format!("{shown}:aud is missing, so a token made for another service would do."),
            format!("Add \"StringEquals\": {{\"{shown}:aud\": \"{}\"}}.", usual_audience(issuer)),
        ),
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
        } else if is_nearly_sts(value) && !condition.claim().eq_ignore_ascii_case("oaud") {
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
    let of_partition = value.strip_prefix("sts").is_some_and(|domain| SERVICE_DOMAINS.contains(&domain));
    if of_partition || open(value) || value.len() > 64 {
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
