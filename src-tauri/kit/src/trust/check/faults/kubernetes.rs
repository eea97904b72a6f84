//! Objects of Kubernetes beside a trust policy: names that YAML read as something else, and role ARNs that are none.

use crate::trust::check::finding::Findings;
use crate::trust::check::node::Node;
use crate::trust::check::policy::quoted;
use rolecall_core::pod::ROLE_ANNOTATION;
use rolecall_core::role::RoleArn;

/// Whether there is anything in the object that can be judged.
pub(in crate::trust::check) fn is_judged(node: &Node) -> bool {
    let metadata = node.get("metadata");
    let misread = |key: &str| {
        metadata
            .and_then(|metadata| metadata.get(key))
            .is_some_and(|name| !matches!(name, Node::Text(_) | Node::Null | Node::Unknown(_)))
    };
    let annotated =
        metadata.and_then(|all| all.get("annotations")).and_then(|all| all.get(ROLE_ANNOTATION)).is_some();
    let runs = pod(node).is_some_and(|pod| {
        ["serviceAccountName", "serviceAccount", "containers"].iter().any(|key| pod.get(key).is_some())
    });
    let cluster = node.get("stringData").and_then(|data| data.get("config")).is_some();
    let account = node.get("kind").and_then(Node::text) == Some("ServiceAccount");
    account || annotated || runs || cluster || ["name", "namespace"].into_iter().any(misread)
}

pub(super) fn judge(node: &Node, findings: &mut Findings) {
    let metadata = node.get("metadata");
    for key in ["name", "namespace"] {
        name(key, metadata.and_then(|metadata| metadata.get(key)), findings);
    }
    let annotation =
        metadata.and_then(|metadata| metadata.get("annotations")).and_then(|all| all.get(ROLE_ANNOTATION));
    if let Some(annotation) = annotation {
        role(ROLE_ANNOTATION, annotation, findings);
    }
    name("serviceAccountName", pod(node).and_then(|pod| pod.get("serviceAccountName")), findings);
    // ArgoCD's secret of a cluster.
    let config = node.get("stringData").and_then(|data| data.get("config")).and_then(Node::text);
    if let Some(config) = config {
        match super::super::read::parsed(config) {
            Ok(config) => {
                let arn = config.get("awsAuthConfig").and_then(|auth| auth.get("roleARN"));
                arn.into_iter().for_each(|arn| role("roleARN", arn, findings));
            }
            Err(unread) => findings.add(
                "trust.not_json",
                None,
                format!("stringData.config cannot be read: {}.", unread.why),
                "Write config as one JSON object.",
            ),
        }
    }
}

/// What says how pods are: of a pod itself, of what makes pods, and of a CronJob, which makes what makes them.
fn pod(node: &Node) -> Option<&Node> {
    let way: &[&str] = match node.get("kind").and_then(Node::text)? {
        "Pod" => &["spec"],
        "CronJob" => &["spec", "jobTemplate", "spec", "template", "spec"],
        _ => &["spec", "template", "spec"],
    };
    way.iter().try_fold(node, |node, key| node.get(key))
}

fn name(key: &str, value: Option<&Node>, findings: &mut Findings) {
    match value {
        None | Some(Node::Text(_) | Node::Unknown(_)) => {}
        Some(other) => findings.add(
            "trust.service_account_yaml",
            None,
            format!("YAML reads {key} as {}, not as a name.", other.kind()),
            format!("Put it in quotes: {key}: \"…\"."),
        ),
    }
}

fn role(key: &str, value: &Node, findings: &mut Findings) {
    let text = value.scalar().unwrap_or_default();
    // Helm and Kustomize put it in later.
    if RoleArn::parse(&text).is_err() && !text.contains("${") && !text.contains("{{") {
        findings.add(
            "trust.role_arn",
            None,
            format!("{key} is {}, which is not the ARN of a role.", quoted(&text)),
            "Write arn:aws:iam::ACCOUNT:role/NAME.",
        );
    }
}
