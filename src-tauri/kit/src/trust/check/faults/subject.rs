//! The `sub` of a token: a pod's service account, a repository of GitHub's.

use crate::trust::check::finding::Findings;
use crate::trust::check::operator::Operator;
use crate::trust::check::pieces::open;
use crate::trust::check::policy::{Condition, quoted};

const GITHUB: &str = "token.actions.githubusercontent.com";
const PREFIX: &str = "system:serviceaccount:";
const FORM: &str = "Write \"system:serviceaccount:NAMESPACE:NAME\".";

pub(super) fn is_kubernetes(issuer: &str) -> bool {
    issuer.starts_with("oidc.eks.") || issuer.starts_with("oidc-eks.")
}

/// GitHub's, also an enterprise's own.
pub(super) fn is_github(issuer: &str) -> bool {
    issuer.starts_with(GITHUB)
}

pub(super) fn judge(
    number: usize,
    value: &str,
    condition: &Condition,
    issuer: Option<&str>,
    findings: &mut Findings,
) {
    let stars = takes_stars(condition);
    let github = issuer.map_or(value.starts_with("repo:"), is_github);
    if stars && (is_any(value) || any_organisation(value)) || github && anybodys_on_github(value, stars) {
        findings.add(
            "trust.sub_any",
            number,
            format!("{} is anybody with a token of that issuer.", quoted(value)),
            "Say whose: a namespace and a service account, or an organisation and a repository.",
        );
        return;
    }
    let kubernetes = issuer.is_some_and(is_kubernetes);
    let found = if github {
        repository(value)
    } else if kubernetes || value.trim_start_matches(['\'', '"', ' ']).starts_with("system:") {
        if value.ends_with(":null") {
            findings.note(format!(
                "Statement {number}: {} is right only if the service account is really called null.",
                quoted(value)
            ));
        }
        pod(value, stars)
    } else {
        None
    };
    if let Some((code, what, instead)) = found {
        findings.add(code, number, format!("{} {what}.", quoted(value)), instead);
    }
}

fn takes_stars(condition: &Condition) -> bool {
    Operator::parse(&condition.operator).is_none_or(|operator| !operator.takes_stars_literally())
}

/// GitLab's `project_path:`, Terraform's and Buildkite's `organization:`, Vercel's `owner:`: whose it is comes first.
fn any_organisation(value: &str) -> bool {
    ["project_path:", "organization:", "owner:"].iter().any(|start| {
        let first =
            |rest: &str| rest.split(['/', ':']).next().is_some_and(|first| first.contains(['*', '?']));
        value.strip_prefix(start).is_some_and(first)
    })
}

/// A subject that a stranger's workflow can have: a star before the organisation, or a branch and no repository.
fn anybodys_on_github(value: &str, stars: bool) -> bool {
    const BY_ITSELF: [&str; 9] = [
        "ref:",
        "ref_type:",
        "base_ref:",
        "head_ref:",
        "environment:",
        "context:",
        "workflow:",
        "event_name:",
        "runner_environment:",
    ];
    const OWNED: [&str; 5] = ["repo:", "repository", "job_workflow_ref:", "enterprise", "actor_id:"];
    if open(value) {
        return false;
    }
    let star = value.find(['*', '?']).filter(|_| stars);
    let before = star.map_or("", |at| &value[..at]);
    let claim_alone = before != "repo:"
        && before.find(':').is_some_and(|at| at + 1 == before.len())
        && OWNED.iter().any(|start| before.starts_with(start));
    let in_claim = OWNED.iter().any(|start| start.starts_with(before) && *start != before);
    star.is_some() && (claim_alone || in_claim)
        || BY_ITSELF.iter().any(|start| value.starts_with(start))
            && !OWNED.iter().any(|owned| value.contains(owned))
}

/// Whether a claim of GitHub's other than `sub` says whose workflow it is. None: it is no such claim.
pub(super) fn github_claim_narrows(condition: &Condition) -> Option<bool> {
    let of_repository = match condition.claim() {
        "repository" | "job_workflow_ref" => true,
        "repository_id" | "repository_owner" | "repository_owner_id" | "enterprise_id" | "actor_id" => false,
        _ => return None,
    };
    let stars = takes_stars(condition);
    let narrows = |value: &String| match value.find(['*', '?']).filter(|_| stars) {
        None => true,
        Some(at) => open(value) || of_repository && value[..at].contains('/'),
    };
    Some(condition.values.iter().all(narrows))
}

fn is_any(value: &str) -> bool {
    let wild = |text: &str| !text.is_empty() && text.chars().all(|letter| "*?:/".contains(letter));
    wild(value)
        || ["system:serviceaccount:", "system:", "repo:"]
            .iter()
            .any(|start| value.strip_prefix(start).is_some_and(wild))
}

type Found = (&'static str, String, String);

/// What is wrong with the name of a pod's service account.
fn pod(value: &str, stars: bool) -> Option<Found> {
    let wrong = |what: &str, instead: String| Some(("trust.service_account", what.to_owned(), instead));
    let yaml = |what: &str, instead: String| Some(("trust.service_account_yaml", what.to_owned(), instead));
    // What Terraform puts in is taken to be right.
    let value = if open(value) { with_names(value) } else { value.to_owned() };
    if value.contains(['\'', '"', '`', '<', '>']) || value.contains(char::is_whitespace) {
        let clean: String = value.chars().filter(|c| !c.is_whitespace() && !"'\"`".contains(*c)).collect();
        return yaml("has quotes or blanks in it that no name has", format!("Write {}.", quoted(&clean)));
    }
    let Some(rest) = value.strip_prefix(PREFIX) else {
        return wrong("does not begin with system:serviceaccount:, as every pod's sub does", FORM.to_owned());
    };
    let (namespace, name) = match rest.split(':').collect::<Vec<_>>().as_slice() {
        [only] if stars && only.contains('*') => {
            return wrong("has no colon between namespace and name", FORM.to_owned());
        }
        [one] if one.contains('/') => {
            return wrong(
                "has a slash where a colon belongs",
                format!("Write \"{PREFIX}{}\".", one.replacen('/', ":", 1)),
            );
        }
        [_] => return wrong("has no namespace, or no name", FORM.to_owned()),
        [namespace, name] => ((*namespace).to_owned(), (*name).to_owned()),
        _ => return wrong("has more than a namespace and a name", FORM.to_owned()),
    };
    if namespace.is_empty() || name.is_empty() {
        return wrong("has no namespace, or no name", FORM.to_owned());
    }
    for part in [&namespace, &name] {
        if broken_by_yaml(part) {
            return yaml(
                &format!("ends in what YAML makes of a name without quotes: {part}"),
                "Write the name as Kubernetes has it (kubectl get serviceaccounts), and quote it in the YAML."
                    .to_owned(),
            );
        }
    }
    let letters = |text: &str, more: &str| {
        text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || more.contains(c))
    };
    let wild = if stars { "*?" } else { "*" };
    if !letters(&namespace, wild) || !letters(&name, &format!(".{wild}")) {
        let lower = value.to_lowercase();
        let instead =
            if lower != value && letters(&name.to_lowercase(), ".") && letters(&namespace.to_lowercase(), "")
            {
                format!("Write {}.", quoted(&lower))
            } else {
                FORM.to_owned()
            };
        return wrong("has a letter that no name in Kubernetes has", instead);
    }
    let any = stars && namespace.chars().all(|c| "*?".contains(c));
    any.then(|| {
        (
            "trust.sub_any",
            "is of any namespace: whoever may make one gets in".to_owned(),
            "Name the namespace; a * may stand for the name.".to_owned(),
        )
    })
}

/// What a number, a truth or nothing becomes when it is written out again.
fn broken_by_yaml(part: &str) -> bool {
    let number = part.ends_with(".0") || part.contains("e+") || part.contains("E+");
    ["true", "false", "True", "False", "None", "nil", "~"].contains(&part)
        || (number && part.parse::<f64>().is_ok())
}

fn with_names(value: &str) -> String {
    let opened = crate::trust::check::pieces::opened(value);
    // A star that was written stays; one that stands for something is a name.
    if value.contains('*') { opened } else { opened.replace('*', "x") }
}

/// `repo:ORG/REPO:…`.
fn repository(value: &str) -> Option<Found> {
    let wrong = |what: &str, instead: String| Some(("trust.github_sub", what.to_owned(), instead));
    let form = "Write \"repo:ORG/REPO:ref:refs/heads/BRANCH\", or with StringLike \"repo:ORG/REPO:*\".";
    if open(value) {
        return None;
    }
    let Some(rest) = value.strip_prefix("repo:") else {
        let claim = value.split('/').next().unwrap_or_default();
        if value.contains('/') && !claim.contains(':') {
            return wrong("does not begin with repo:", format!("Write \"repo:{value}\"."));
        }
        return None;
    };
    let repository = rest.split(':').next().unwrap_or_default();
    let Some((org, name)) = repository.split_once('/') else {
        return wrong("does not name the organisation", form.to_owned());
    };
    if org.is_empty() || name.is_empty() {
        return wrong("does not name the organisation and the repository", form.to_owned());
    }
    if org.contains(['*', '?']) {
        return wrong("is of any organisation whose name fits, a stranger's too", form.to_owned());
    }
    if !rest.contains(':') && !name.contains('*') {
        return wrong(
            "never holds: a sub goes on after the repository",
            format!(
                "With StringLike, write \"{value}:*\"; with StringEquals, \"{value}:ref:refs/heads/main\"."
            ),
        );
    }
    None
}
